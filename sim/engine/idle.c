#include "sim/engine/idle.h"

#include "sim/base/endian.h"
#include "sim/core/fault.h"
#include "sim/core/interrupt.h"
#include "sim/engine/block.h"
#include "sim/exec/exec_branch.h"

enum idle_look { IDLE_UNMAPPED, IDLE_OF_A_DEVICE, IDLE_SEEN };

/* What the core stands on, as a fetch would see it, without what a fetch changes. */
static enum idle_look idle_look(struct core *core, struct op *op)
{
	struct mmu_translation page;
	uint8_t bytes[4];
	uint32_t word;

	if (mmu_translate(&core->mmu, core->pc, MMU_EXECUTE, core->msr & MSR_IS, core->msr & MSR_PR, &page) != MMU_OK)
		return IDLE_UNMAPPED;
	if (!bus_peek(core->bus, page.pa, bytes, sizeof bytes))
		return IDLE_OF_A_DEVICE; /* a look might change it */
	word = page.wimge & MMU_E ? __builtin_bswap32(be32_load(bytes)) : be32_load(bytes);
	block_decode_op(core, word, op, NULL);
	return IDLE_SEEN;
}

static bool idle_still_loops(struct core *core)
{
	enum idle_look look;
	struct op op;

	if (fault_is_hopeless(core))
		return !(atomic_load(&core->attention) & ATTENTION_INVALIDATE);
	look = idle_look(core, &op);
	return look == IDLE_OF_A_DEVICE || (look == IDLE_SEEN && exec_branch_loops(core, &op));
}

bool idle_hangs(struct core *core)
{
	struct op op;

	if (core->state != CORE_RUNNING || core->msr & (MSR_EE | MSR_CE) || core->held)
		return false;
	if (interrupt_due(core) || atomic_load(&core->attention) || block_cache_has_breakpoint(core, core->pc))
		return false;
	return idle_look(core, &op) == IDLE_SEEN && exec_branch_hangs(core, &op);
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
