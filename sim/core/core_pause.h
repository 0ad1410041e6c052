/*
 * A core in the middle of an instruction, looked at from outside. Inside a block, pc and insns are those of the block's
 * beginning; who calls out of the middle, to a device, an observer or a hook, says from which instruction, in
 * core->calling. Who is called and wants to see or change the core pauses it: then pc, insns, time and time base are
 * those of that instruction, as if the core stood before it. What is changed meanwhile takes effect: the instruction
 * is carried through, the block ends with it, and the core goes on at the pc that was set, if one was.
 *
 * Threads: the one that runs the core.
 */
#ifndef WARPCORE_CORE_CORE_PAUSE_H
#define WARPCORE_CORE_CORE_PAUSE_H

#include "sim/core/core_state.h"

struct core_pause {
	const struct op *op; /* NULL: it stood at a block boundary, and all of it was true already */
	uint64_t pc;
	int64_t cycles; /* charged for the block's instructions before it */
};

void core_pause_begin(struct core *core, struct core_pause *pause);
void core_pause_end(struct core *core, const struct core_pause *pause);

/* Around what may call out of `op`. After it, `paused` says that somebody was there. */
static inline void core_pause_allow(struct core *core, const struct op *op)
{
	core->calling = op;
	core->paused = core->moved = false;
}

static inline void core_pause_forbid(struct core *core)
{
	core->calling = NULL;
}

/* The instruction is done and its block left: the core goes on where it was told to. */
static inline void core_pause_apply(struct core *core)
{
	if (core->moved)
		core->pc = core->moved_pc;
	core->paused = core->moved = false;
}

#endif
