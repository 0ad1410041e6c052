/* The interpreter's loop: blocks of pre-decoded instructions, exact to the instruction. */
#include "sim/engine/run.h"

#include "sim/engine/block.h"
#include "sim/core/core.h"
#include "sim/engine/step.h"
#include "sim/exec/exec.h"
#include "sim/core/interrupt.h"
#include "sim/core/translate.h"

/* Runs the first `limit` ops of a block at pc, or fewer where the flow leaves it. */
static inline void run_ops(struct core *core, const struct op *op, uint32_t limit)
{
	enum exec_result result = EXEC_END;

	core->block_ea = core->pc;
	for (const struct op *end = op + limit; op != end; op++) {
		result = op->fn(core, op);
		if (result != EXEC_NEXT)
			break;
	}
	if (result == EXEC_NEXT) { /* cut at the limit */
		core->pc = core_cut(core, core->block_ea + 4 * (uint64_t)limit);
		core->insns += limit;
		return;
	}
	core->insns += op->index + (result == EXEC_LEAVE);
}

/* Requests from outside of the instruction stream. False: leave run_core. */
static bool run_attend(struct core *core)
{
	uint32_t attention = atomic_exchange(&core->attention, 0);

	if (attention & ATTENTION_INVALIDATE) {
		block_cache_drop_requested(core->blocks);
		core_do_posted(core);
	}
	if (attention & ATTENTION_INTERRUPT) {
		if (core->state != CORE_RUNNING && interrupt_due(core))
			core->state = CORE_RUNNING;
		if (core->state == CORE_RUNNING)
			interrupt_take_due(core);
	}
	return core->state == CORE_RUNNING && !(attention & ATTENTION_STOP);
}

/* One instruction from a page without memory behind it, or a little-endian one: decoded and run, not kept. */
static void run_uncached(struct core *core, const struct mmu_translation *page)
{
	struct bus_access access = { core->index, core_now(core, NULL) };
	int64_t insns;
	uint64_t word;
	struct op op;

	core->block_ea = core->pc;
	if (bus_read(core->bus, &access, page->pa, 4, &word) != BUS_OK) {
		interrupt_bus_error(core, NULL, page->pa, core->pc, false);
		return;
	}
	if (page->wimge & MMU_E)
		word = __builtin_bswap32((uint32_t)word);
	block_decode_op(core, (uint32_t)word, &op, NULL);
	op.index = 0;
	insns = core->insns;
	run_ops(core, &op, 1);
	if (core->time.costs)
		core_time_charge(core, &op, core->insns - insns);
}

/* At pc stands a breakpoint that has not been reported yet. */
static bool run_at_breakpoint(const struct core *core)
{
	return (core->break_reported != core->insns || core->break_pc != core->pc) && core->observer.breakpoint &&
	       block_cache_has_breakpoint(core, core->pc);
}

/* True: leave run_core before the instruction. Else look at everything anew: the hook may have changed it. */
static bool run_report_breakpoint(struct core *core)
{
	core->break_reported = core->insns;
	core->break_pc = core->pc;
	return core->observer.breakpoint(core->observer.opaque, core, core->pc);
}

/* The same where there is no block: code of a page without memory. True: nothing is to be run now. */
static bool run_breaks_uncached(struct core *core)
{
	if (!run_at_breakpoint(core))
		return false;
	if (run_report_breakpoint(core))
		core_request(core, ATTENTION_STOP);
	return true;
}

/* The entry for pc, filled where it is missing; NULL: an interrupt was taken or an uncached instruction ran. */
static const struct mmu_fetch *run_fetch_slow(struct core *core)
{
	struct mmu_translation page;
	struct mmu_fetch *fetch;
	bool uncached;

	block_cache_make_room(core->blocks);
	fetch = translate_fetch(core, &uncached, &page);
	if (fetch)
		fetch->blocks = block_cache_page(core->blocks, page.memory_page);
	if (uncached && core->insns < core->slice_end && !run_breaks_uncached(core))
		run_uncached(core, &page);
	return fetch;
}

/* One instruction under the eyes of a debug facility or a trace. False: leave run_core before it. */
static bool run_watched(struct core *core, const struct op *op)
{
	if (core->tracing && core->observer.trace && core->observer.trace(core->observer.opaque, core, op))
		return false;
	if (core->debug_active)
		step_instruction(core, op);
	else
		run_ops(core, op, 1);
	return true;
}

/* The first ops of a block, as many as the budget lets, charged by what they are. */
static void run_costed(struct core *core, const struct block *block, int64_t left)
{
	int64_t before = core->insns;

	run_ops(core, block->ops, core_time_fit(core, block->ops, block->n < left ? block->n : (uint32_t)left));
	core_time_charge(core, block->ops, core->insns - before);
}

/* What only some runs need. False: leave run_core. */
static bool run_carefully(struct core *core, const struct block *block, int64_t left)
{
	int64_t before = core->insns;

	if (!core->debug_active && !core->tracing) {
		run_costed(core, block, left);
		return true;
	}
	if (!run_watched(core, block->ops))
		return false;
	if (core->time.costs)
		core_time_charge(core, block->ops, core->insns - before);
	return true;
}

void run_core(struct core *core)
{
	while (core->insns < core->slice_end || atomic_load_explicit(&core->attention, memory_order_relaxed)) {
		const struct mmu_fetch *fetch;
		const struct block *block;
		int64_t left;

		if (__builtin_expect(atomic_load_explicit(&core->attention, memory_order_relaxed) != 0, 0)) {
			if (!run_attend(core))
				break;
			continue;
		}
		fetch = &core->mmu.fetch[core->pc >> 12 & (MMU_FAST_ENTRIES - 1)];
		if (__builtin_expect(fetch->page != (core->pc & MMU_PAGE), 0)) {
			fetch = run_fetch_slow(core);
			if (!fetch)
				continue;
		}
		block = block_cache_find(core, fetch, core->pc);
		if (__builtin_expect(block->breakpoint, 0) && run_at_breakpoint(core)) {
			if (run_report_breakpoint(core))
				break;
			continue;
		}
		left = core->slice_end - core->insns;
		if (__builtin_expect(core->careful, 0)) {
			if (!run_carefully(core, block, left))
				break;
			continue;
		}
		if (__builtin_expect(block->n <= left, 1)) {
			core->block_ea = core->pc;
			block->ops->chain(core, block->ops);
		} else {
			run_ops(core, block->ops, (uint32_t)left);
		}
	}
	core_charge(core);
	core_note_state(core);
}
