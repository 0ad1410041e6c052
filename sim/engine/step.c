#include "sim/engine/step.h"

#include "sim/core/debug_event.h"
#include "sim/exec/exec_branch.h"

static void step_retire(struct core *core, enum exec_result result, uint64_t ea)
{
	if (result == EXEC_NEXT)
		core->pc = core_cut(core, ea + 4);
	core->insns++;
}

void step_instruction(struct core *core, const struct op *op)
{
	uint64_t ea = core->pc;
	bool enabled = core->msr & MSR_DE;
	enum exec_result result;

	core->block_ea = ea;
	if (debug_event_fetch(core, ea) || (exec_branch_taken(core, op) && debug_event_branch(core, ea)))
		return;
	result = op->fn(core, op);
	if (result == EXEC_FAULT)
		return;
	step_retire(core, result, ea);
	debug_event_completed(core, enabled);
}
