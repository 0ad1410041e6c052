/* The rounds of a machine, for the files of this room. See VIRTUAL_TIME.md, 2. */
#ifndef WARPCORE_MACHINE_ROUNDS_H
#define WARPCORE_MACHINE_ROUNDS_H

#include <pthread.h>
#include <stdatomic.h>

#include "sim/machine/machine.h"

struct warp_wait;

struct machine_rounds {
	pthread_t thread;  /* that drives the machine, while `active` */
	bool active;
	_Atomic bool in_round; /* a stop left a round unfinished: it goes on first */
	_Atomic int64_t horizon; /* of the round in progress */
	int64_t observed; /* the latest time at which a run stopped or somebody looked; the clock may be behind it */
	int64_t until;    /* where this run is to stop, or CLOCK_NO_DEADLINE */
	bool reached;     /* it is there */
	int64_t adapted_now, adapted_host; /* where the last stretch of an adaptive rate began */
	int64_t wall;      /* host time at which this run is to stop, or HOST_CLOCK_FOREVER */
	int64_t insns_end; /* machine_insns at which to stop, or INT64_MAX */
	struct core *running; /* the one that executes on the driving thread */
	int last;             /* number of the one that did */
	unsigned turn;        /* number of the one that goes on first in a round that was stopped; else 0 */
	pthread_mutex_t lock; /* guards the stop request */
	_Atomic bool stop_requested;
	struct machine_event stop;
};

struct machine_rounds *rounds_create(struct machine *machine);
void rounds_destroy(struct machine_rounds *rounds);

/*
 * One step of the loop: due timers, a jump by `how` (sim/time/warp.h) when all cores are idle, or a round. False: the
 * run ends with *event. The driving thread.
 *
 * Who only looks cuts no round (VIRTUAL_TIME.md, 2.6): at the end of the run and for the timers of observers the first
 * core that gets there stands still, and the round goes on from it later.
 */
bool rounds_step(struct machine *machine, struct warp_wait *how, struct machine_event *event);

/*
 * Decoded blocks (sim/engine/block.h): cores that take turns on one thread share those of their model, a core on a
 * thread of its own has its own. Between runs, `threaded` set.
 */
void machine_give_blocks(struct machine *machine, struct core *core);
void machine_take_blocks(struct core *core);

/* Takes the request that machine_stop or machine_exit made, if there is one. The driving thread. */
bool machine_take_stop(struct machine *machine, struct machine_event *event);

/* It has something to do in the round in progress. Its owner's thread. */
bool rounds_core_may_run(const struct machine *machine, const struct core *core);
/* Runs one core up to the horizon, or to the end of the instruction budget. Its owner's thread. */
void rounds_run_core(struct machine *machine, struct core *core);

/* How far `core` is past `when`, ns; to be asked before the event that comes to it then. */
int64_t rounds_lateness(const struct machine *machine, const struct core *core, int64_t when);
/* Counts an event that came so late; nothing when it did not. */
void rounds_count_late(struct machine *machine, int64_t late);

/* It is `now` for who looks. */
void rounds_note_observed(struct machine_rounds *rounds, int64_t now);

/*
 * Each idle core's own time is brought up to the clock's. At the end of a run, and where a digest is to be that of
 * one.
 */
void rounds_settle(struct machine *machine);

#endif
