#include "sim/core/core_pause.h"

#include "sim/core/core_time.h"

void core_pause_begin(struct core *core, struct core_pause *pause)
{
	const struct op *op = core->calling;

	*pause = (struct core_pause){ .op = op, .pc = core->pc };
	if (!op)
		return;
	core->calling = NULL;
	core->paused = true;
	if (core->time.costs)
		pause->cycles = core_time_before(core, op);
	core->time.cycles += pause->cycles;
	core->pc = core_op_ea(core, op);
	core->insns += op->index;
}

void core_pause_end(struct core *core, const struct core_pause *pause)
{
	if (!pause->op)
		return;
	core->insns -= pause->op->index;
	core->time.cycles -= pause->cycles;
	core->pc = pause->pc;
	core->calling = pause->op;
}
