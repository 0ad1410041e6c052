#include "sim/engine/idle.h"

#include "sim/base/endian.h"
#include "sim/core/fault.h"
#include "sim/core/interrupt.h"
#include "sim/engine/block.h"
#include "sim/exec/exec_branch.h"

static bool idle_still_loops(struct core *core)
{
	struct mmu_translation page;
	uint8_t bytes[4];
	uint32_t word;
	struct op op;

	if (fault_is_hopeless(core))
		return !(atomic_load(&core->attention) & ATTENTION_INVALIDATE);
	/* As a fetch would see it, without what a fetch changes. */
	if (mmu_translate(&core->mmu, core->pc, MMU_EXECUTE, core->msr & MSR_IS, core->msr & MSR_PR, &page) != MMU_OK)
		return false;
	if (!bus_peek(core->bus, page.pa, bytes, sizeof bytes))
		return true; /* a device's, which a look might change */
	word = page.wimge & MMU_E ? __builtin_bswap32(be32_load(bytes)) : be32_load(bytes);
	block_decode_op(core, word, &op, NULL);
	return exec_branch_loops(core, &op);
}

/* It was reported before the branch went round, or not since the breakpoint is there. */
static void idle_report_breakpoint(struct core *core)
{
	bool reported = core->break_pc == core->pc && core->break_reported >= core->insns - 1;

	if (reported || !core->observer.breakpoint || !block_cache_has_breakpoint(core, core->pc))
		return;
	core->break_reported = core->insns;
	core->break_pc = core->pc;
	core->observer.breakpoint(core->observer.opaque, core, core->pc);
}

bool idle_is_over(struct core *core)
{
	if (core->state == CORE_PARKED || core->state == CORE_CHECKSTOPPED)
		return false;
	if (core->state == CORE_LOOPING)
		idle_report_breakpoint(core);
	return interrupt_due(core) || (core->state == CORE_LOOPING && !idle_still_loops(core));
}
