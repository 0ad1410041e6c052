/*
 * Making and running a machine: cores + bus + clock (machine_state.h), and the rounds that drive them
 * (VIRTUAL_TIME.md, 2). The builder (soc/build/builder.h) fills it from a device
 * tree; a test may fill it by hand in a few lines. Several live in a process.
 *
 * The files machine*.c, rounds.c and threads.c are one unit: the loop drives what the machine holds, and the calls of
 * the machine (run, stop, threads) are the loop's.
 *
 * Threads: one thread drives a machine (machine_run). Other threads may use
 * the calls of sim/time, and machine_stop.
 */
#ifndef WARPCORE_MACHINE_MACHINE_H
#define WARPCORE_MACHINE_MACHINE_H

#include "sim/base/err.h"
#include "sim/bus/irq.h"
#include "sim/machine/machine_state.h"

/* Why machine_run came back. */
enum machine_reason {
	MACHINE_TIME,     /* the virtual time asked for was reached */
	MACHINE_INSNS,    /* the number of instructions was reached */
	MACHINE_BREAK,    /* a breakpoint */
	MACHINE_STOP,     /* machine_stop, a callback that said stop */
	MACHINE_POWEROFF, /* the guest switched the power off */
	MACHINE_EXIT,     /* the guest ended the run with a status (sim/machine/semihost.h) */
	MACHINE_RESET,    /* the guest asked for a reset */
	MACHINE_DEADLOCK, /* no core gets anywhere, and no timer is pending */
	MACHINE_NOTHING,  /* nothing to run: no core was ever started, and no timer is pending */
	MACHINE_WALL,     /* the host-time limit was reached */
	MACHINE_ERROR,    /* a callback failed; the text says how */
};
const char *machine_reason_name(enum machine_reason reason);

#define MACHINE_NOTHING_TEXT "nothing to run: there is no kernel or firmware, and no core was started"

struct machine_event {
	enum machine_reason reason;
	int64_t time;  /* virtual ns */
	int core;      /* the core that caused it, or -1 */
	uint32_t status; /* MACHINE_EXIT: the guest's; else 0 */
	char text[4096]; /* deadlock diagnosis, what is missing, error; else empty */
};

/* Zeroes are "no limit". */
struct machine_limits {
	int64_t until;  /* virtual ns */
	int64_t insns;  /* summed over the cores, from now on */
	double wall;    /* host seconds; a run that ends so is marked non-deterministic */
};

struct machine *machine_create(void);
void machine_destroy(struct machine *machine);

/* Makes core number ncores. `config` as for core_create; index, bus, clock and log are filled in here. */
struct core *machine_add_core(struct machine *machine, struct core_config config);
/* The core's interrupt input for `cause` (CAUSE_EXTERNAL, CAUSE_CRITICAL, CAUSE_MACHINE_CHECK). */
struct irq machine_core_input(struct machine *machine, unsigned core, enum core_cause cause);
/*
 * Frees a parked core at virtual time `when` (spin table): it starts at `pc`
 * with the registers that the caller has set. Counted when it comes too late.
 */
void machine_release_core(struct machine *machine, unsigned core, uint64_t pc, int64_t when);
/* Between runs; NULL both: nobody looks any more. The observer is that of each core, those made later too. */
void machine_set_debugger(struct machine *machine, const struct machine_debugger *debugger,
			  const struct core_observer *observer);
void machine_add_part(struct machine *machine, struct machine_part part);
/* Destroys the part with this `opaque`, as if it had never been added. */
void machine_remove_part(struct machine *machine, const void *opaque);

void machine_run(struct machine *machine, const struct machine_limits *limits, struct machine_event *event);
/* True inside of machine_run, as seen from its own thread: callbacks and hooks. */
bool machine_is_running(const struct machine *machine);
/*
 * The core that a callback comes from, in the middle of an instruction (sim/core/core_pause.h), or NULL. `core`: its
 * number where each core has a thread, as the callback has it, or -1.
 */
struct core *machine_calling_core(const struct machine *machine, int core);
/*
 * True on a core's thread while a round is under way: other cores are not to be touched. False on the driving thread.
 */
bool threads_in_round(const struct machine *machine);
/*
 * Ends the run at the next instruction boundary of the running core, with `reason`. Any thread; `text` may be NULL.
 * True: it is the reason that counts; false: another one came before.
 */
bool machine_stop(struct machine *machine, enum machine_reason reason, int core, const char *text);

/* The same for MACHINE_EXIT, with the guest's status. */
bool machine_exit(struct machine *machine, int core, uint32_t status);
/*
 * For what waits for the host in the middle of a run: true when the run has to end, as somebody asked for or because
 * its host time is over. Any thread of the run.
 */
bool machine_must_stop(struct machine *machine);

/*
 * Cores on `threads` host threads (core n on thread n modulo threads), met at
 * each horizon; 0 or 1: all on the driving thread, in a fixed order. Where
 * guest cores race for memory such a run does not come out the same again
 * (CLOCK_THREADS). Between runs. False: the host has not so many threads, and
 * the driving thread does it all.
 */
bool threads_set_count(struct machine *machine, unsigned threads);

/* A region of interest (sim/stat/region.h) begins or ends at `now`. False: it is open already, or is not. */
bool machine_begin_region(struct machine *machine, const char *name, int64_t now);
bool machine_end_region(struct machine *machine, const char *name, int64_t now);

/* 128-bit digest of the whole guest-visible state as 32 hex digits and a NUL. */
void machine_digest(struct machine *machine, char digest[33]);

#endif
