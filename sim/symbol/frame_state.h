/*
 * How far a function's prologue or epilogue has come at some instruction: found
 * by following its code, as the PowerPC ABI and compilers shape it.
 */
#ifndef WARPCORE_SYMBOL_FRAME_STATE_H
#define WARPCORE_SYMBOL_FRAME_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct symbols;

struct frame_state {
	bool framed; /* r1 is its own frame's; else still, or again, the caller's */
	bool saved;  /* the return address is in the caller's frame at 4; else in LR */
};

/*
 * At pc, before that instruction. With the function's symbol its code is followed from its start along each
 * branch; without one the code ahead of pc is taken as a guess. `symbols` may be NULL.
 */
struct frame_state frame_state_at(const struct core *core, const struct symbols *symbols, uint64_t pc);

#endif
