/*
 * One core: its life, its time, and what can be asked of it. What it consists of is in sim/core/core_state.h.
 *
 * Threads: a core is owned by the thread that runs it. Only core_request, interrupt_set_cause, core_post_tlbivax and
 * the reads of atomic fields are for other threads.
 */
#ifndef WARPCORE_CORE_CORE_H
#define WARPCORE_CORE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/log.h"
#include "sim/base/state.h"
#include "sim/bus/bus.h"
#include "sim/core/core_state.h"
#include "sim/core/core_time.h"
#include "sim/time/clock.h"

/* Where and how a core is made; everything but `model` and `bus` may be NULL or 0 in a test. */
struct core_config {
	int index;
	const struct core_model *model;
	uint64_t frequency;          /* Hz; 0: 400 MHz */
	uint64_t timebase_frequency; /* Hz; 0: same as frequency */
	uint32_t cpi;                /* 0: 1 */
	uint32_t svr;
	const char *path; /* device-tree path, copied */
	struct bus *bus;
	struct clock *clock;
	struct log *log;
};

/*
 * A core in its reset state (core_reset), CORE_PARKED. NULL never happens for a user's reason. Before it can run, an
 * engine gives it blocks (block_cache_attach), and takes them back before its end.
 */
struct core *core_create(const struct core_config *config);
void core_destroy(struct core *core);
/* Before the core runs first; copies. A controller may come later, an observer come and go between runs. */
void core_set_platform(struct core *core, const struct core_platform *platform);
void core_set_controller(struct core *core, const struct core_controller *controller);
void core_set_observer(struct core *core, const struct core_observer *observer);
/* The state after power-on reset (E500CORERM, reset chapter). Counters of insns and time are kept. */
void core_reset(struct core *core);

/* "running", "parked", "wait", "doze", "loop", "checkstop". */
const char *core_state_name(enum core_state state);
/* Asks a core on another thread for its part of a tlbivax; it does it before its next block. Any thread. */
/*
 * The core goes on at `pc`, as a debugger wants it: one that was idle, and not held in the spin table, from `when` on.
 */
void core_set_pc(struct core *core, uint64_t pc, int64_t when);
void core_post_tlbivax(struct core *core, uint64_t ea);
/* Does what was posted. Block boundaries, and tlbsync's wait. */
void core_do_posted(struct core *core);
/* Another master stored to pa..pa+size-1: drops the reservation if they meet. */
void core_break_reservation(struct core *core, uint64_t pa, unsigned size);

/* Goes idle at the end of the running instruction: run_core returns, and calls the hook. */
void core_set_state(struct core *core, enum core_state state);
/* Tells the hook of a change of state. Block boundaries only. */
void core_note_state(struct core *core);
/* Sets bits of core->attention. Any thread. */
void core_request(struct core *core, enum core_attention attention);
/* An idle core runs on at time `when`. */
void core_wake(struct core *core, int64_t when);
/* A parked core starts at `pc` at time `when`; registers are the caller's to set. */
void core_release(struct core *core, uint64_t pc, int64_t when);
bool core_is_idle(const struct core *core);

/* Raises or drops a cause; wakes an idle core at time `when` if it is now due. */
void interrupt_set_cause(struct core *core, enum core_cause cause, bool on, int64_t when);
/* Takes the highest enabled pending interrupt, if any: true if pc and MSR changed. Block boundaries only. */
bool interrupt_take_due(struct core *core);
/* True when interrupt_take_due would take one. */
bool interrupt_due(const struct core *core);

/* A new MSR value by rfi, mtmsr, wrtee or interrupt entry: masks what the model lacks, switches translation context. */
void core_set_msr(struct core *core, uint32_t msr);

void core_visit_state(struct core *core, struct state_visitor *visitor);

#endif
