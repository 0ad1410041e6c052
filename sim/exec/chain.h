/*
 * The interpreter's inner loop. A chain function does what the op's exec
 * function does, which it has inline, and ends in a jump to the next op's chain
 * function: no call, no loop, no result looked at between two instructions.
 * It is in this room and not the engine's because it needs the bodies of the exec
 * functions inline. Where the block is left it counts what was retired. Compilers make jumps of
 * such calls when they optimise; where they do not, a block is shallow.
 *
 * Against a loop that calls one exec function after the other it takes 18 host
 * instructions for one of the guest instead of 26 (benchmarks/guests/integer.c;
 * memory.c 33 instead of 38, branches.c 40 instead of 47; callgrind), and four
 * sha256sum under Linux run 1.28 times as fast.
 */
#ifndef WARPCORE_EXEC_CHAIN_H
#define WARPCORE_EXEC_CHAIN_H

#include "sim/exec/width.h"

/* A declaration a function: see exec.h. */
#define CHAIN(name) exec_fn chain_##name;
#define CHAIN_IF(name, variant, condition) exec_fn chain_##name##_##variant;
#include "sim/exec/chain.def"

static inline __attribute__((always_inline)) enum exec_result chain_on(struct core *core, const struct op *op,
								       enum exec_result result)
{
	if (__builtin_expect(result == EXEC_NEXT, 1))
		return op[1].chain(core, op + 1);
	core->insns += op->index + (result == EXEC_LEAVE);
	return result;
}

#if EXEC_WIDTH == 32

/* For the files of the exec functions, which have their bodies: a chain function must inline one. */
#define CHAIN(name)                                                                                    \
	__attribute__((flatten)) enum exec_result chain_##name(struct core *core, const struct op *op) \
	{                                                                                              \
		return chain_on(core, op, exec_##name(core, op));                                      \
	}

/* The compiler leaves out what the condition rules out. */
#define CHAIN_IF(name, variant, condition)                                                                        \
	__attribute__((flatten)) enum exec_result chain_##name##_##variant(struct core *core, const struct op *op) \
	{                                                                                                         \
		if (!(condition))                                                                                 \
			__builtin_unreachable();                                                                  \
		return chain_on(core, op, exec_##name(core, op));                                                 \
	}

#else /* an interpreter of 64-bit cores has none yet */

#define CHAIN(name)
#define CHAIN_IF(name, variant, condition)

#endif

/* The chain function for a decoded op with its fn. */
exec_fn *chain_of(const struct op *op);
/* That of the mark behind a block's last op. */
exec_fn chain_end;

#endif
