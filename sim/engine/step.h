/* One instruction under the eyes of the core's debug facilities (sim/core/debug_event.h). */
#ifndef WARPCORE_ENGINE_STEP_H
#define WARPCORE_ENGINE_STEP_H

#include "sim/core/core_state.h"

/* Does the instruction at core->pc, unless an event takes its place; sets pc and insns as the run loop would. */
void step_instruction(struct core *core, const struct op *op);

#endif
