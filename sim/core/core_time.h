/*
 * The time of one core, and the budget that an engine counts down. A tick is one cycle of this core's clock since
 * reset, idle ones included: exact integers (VIRTUAL_TIME.md, 1).
 *
 * What an instruction costs is the model's: the same for each (core_set_cpi, the instruction-counting model), or by the
 * timing class of its row (core_set_costs). A budget is cycles up to a horizon; the instruction with which core time
 * reaches it is the slice's last. While all instructions cost the same the budget is also a number of instructions,
 * slice_end, worked out once, and an engine needs to look at nothing else. With costs it charges what it ran, block by
 * block (core_time_charge), and asks how far a block may go (core_time_fit).
 *
 * Threads: the one that owns the core.
 */
#ifndef WARPCORE_CORE_CORE_TIME_H
#define WARPCORE_CORE_CORE_TIME_H

#include "sim/core/core_state.h"

/* Cycles of the ops of the running block before `op`; with costs only. */
int64_t core_time_before(const struct core *core, const struct op *op);

/* Ticks at the start of `op` (of the running block), or with NULL at a block boundary. */
static inline int64_t core_ticks(const struct core *core, const struct op *op)
{
	const struct core_time *time = &core->time;

	if (__builtin_expect(time->costs != NULL, 0))
		return time->idle_cycles + time->cycles + (op ? core_time_before(core, op) : 0);
	return time->idle_cycles + time->cycles +
	       ((op ? core_insns_at(core, op) : core->insns) - time->charged) * time->cpi;
}

/* floor(ticks / frequency) in ns, and the first tick at or after a time. */
int64_t core_ns_of_ticks(const struct core *core, int64_t ticks);
int64_t core_ticks_of_ns(const struct core *core, int64_t ns);

/* The core's own time in ns, at `op` or at a block boundary. */
static inline int64_t core_now(const struct core *core, const struct op *op)
{
	return core_ns_of_ticks(core, core_ticks(core, op));
}

/* Hz > 0. One cycle an instruction. */
void core_time_init(struct core *core, uint64_t frequency);
/* Each instruction costs `cpi` cycles from here on, >= 1. Between blocks. */
void core_set_cpi(struct core *core, uint32_t cpi);
/* Each instruction costs what its timing class says: ISA_TIMING_COUNT numbers >= 1, the caller's. Between blocks. */
void core_set_costs(struct core *core, const uint16_t *costs);

/* Cycles of all instructions up to insns are charged. Between blocks. */
void core_charge(struct core *core);
/* With costs: the first `count` ops from `op` on have run. Ends the slice where the budget is used up. */
void core_time_charge(struct core *core, const struct op *op, int64_t count);
/* With costs: how many of `count` ops from `op` on may run, 1..count: the last one is that which uses the budget up. */
uint32_t core_time_fit(const struct core *core, const struct op *op, uint32_t count);

/* Sets the budget so that core time reaches `ns` (but not one instruction further). */
void core_set_horizon(struct core *core, int64_t ns);
/* It is past where core_set_horizon(ns) would have stopped it. */
bool core_is_past(const struct core *core, int64_t ns);
/* An idle core's time moves to `ns` (never back). */
void core_idle_until(struct core *core, int64_t ns);

#endif
