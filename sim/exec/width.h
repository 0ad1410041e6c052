/*
 * How wide the registers of integer instructions are. One source for both widths: exec_branch.c, exec_integer.c,
 * exec_memory.c and exec_spr.c are compiled twice, the second time with EXEC_WIDTH 64 (Makefile), which makes functions
 * exec64_add and so on of them. A choice at run time would cost the cores of 32 bits a test in each instruction; two
 * sources would drift.
 *
 *   32   exec_add: a register is the low half of a GPR; the high half (SPE) stays. These cores pay for nothing.
 *   64   exec64_add: all of a GPR. MSR[CM] says how an address is computed and what CR0, CA and OV are computed from:
 *        the low 32 bits in 32-bit mode, all of them in 64-bit mode (Power ISA Book I 1.10.3, 2.3.1, 3.3.8). No core
 *        model uses these yet.
 *
 * What depends on the width or on the mode is here, and only here; an instruction is written with width_reg and these.
 */
#ifndef WARPCORE_EXEC_WIDTH_H
#define WARPCORE_EXEC_WIDTH_H

#include "sim/exec/exec.h"

#ifndef EXEC_WIDTH
#define EXEC_WIDTH 32
#endif

#if EXEC_WIDTH == 64

typedef uint64_t width_reg;
typedef int64_t width_signed;

#define EXEC_NAME(name) exec64_##name

#define ISA_INSN(name, ...) exec_fn exec64_##name;
#include "sim/isa/insns.def"
#undef ISA_INSN

static inline bool width_is_64(const struct core *core)
{
	return core->msr & MSR_CM;
}

static inline width_reg width_gpr(const struct core *core, unsigned n)
{
	return core->r[n];
}

static inline void width_set_gpr(struct core *core, unsigned n, width_reg value)
{
	core->r[n] = value;
}

/* cmp, cmpl and their immediate forms: all of RA and RB. */
static inline bool width_compares_all(const struct op *op)
{
	return op->flags & OP_L;
}

/* MASK(MB+32, ME+32) of rlwinm and the like, which takes in the high half where it wraps; and what it is laid on. */
static inline width_reg width_mask(const struct op *op)
{
	bool wraps = bits32(op->word, ISA_FIRST_MB, ISA_LAST_MB) > bits32(op->word, ISA_FIRST_ME, ISA_LAST_ME);

	return (uint32_t)op->imm | (wraps ? UINT64_C(0xffffffff00000000) : 0);
}

static inline width_reg width_rotl(uint32_t word, unsigned count)
{
	return bits_rotl32(word, count) * UINT64_C(0x100000001);
}

#else

typedef uint32_t width_reg;
typedef int32_t width_signed;

#define EXEC_NAME(name) exec_##name

static inline bool width_is_64(const struct core *core)
{
	return false;
}

static inline width_reg width_gpr(const struct core *core, unsigned n)
{
	return core_gpr(core, n);
}

static inline void width_set_gpr(struct core *core, unsigned n, width_reg value)
{
	core_set_gpr(core, n, value);
}

static inline bool width_compares_all(const struct op *op)
{
	return false;
}

static inline width_reg width_mask(const struct op *op)
{
	return (width_reg)op->imm;
}

static inline width_reg width_rotl(uint32_t word, unsigned count)
{
	return bits_rotl32(word, count);
}

#endif

/* Begins the function of a row: EXEC(add) { ... }, with the parameters core and op. */
#define EXEC(name) enum exec_result EXEC_NAME(name)(struct core *core, const struct op *op)

/* A result, or an address, as the mode sees it. */
static inline uint64_t width_cut(const struct core *core, width_reg value)
{
	return width_is_64(core) ? value : (uint32_t)value;
}

static inline bool width_is_negative(const struct core *core, width_reg value)
{
	return width_is_64(core) ? (uint64_t)value >> 63 : value >> 31 & 1;
}

/* CR0 from a result (Power ISA Book I 2.3.1). */
static inline void width_record(struct core *core, width_reg result)
{
	unsigned field = width_is_negative(core, result) ? 8 : width_cut(core, result) ? 4 : 2;

	core->cr[0] = (uint8_t)(field | core->so);
}

/* The carry out of a + b + carry. */
static inline uint8_t width_carry_out(const struct core *core, width_reg a, width_reg b, unsigned carry)
{
	uint64_t sum, whole;

	if (!width_is_64(core))
		return (uint8_t)(((uint64_t)(uint32_t)a + (uint32_t)b + carry) >> 32);
	sum = (uint64_t)a + b;
	whole = sum + carry;
	return sum < a || whole < sum;
}

/* True if a + b (and a carry) does not fit: both have the sign that the sum has not. */
static inline bool width_overflows(const struct core *core, width_reg a, width_reg b, width_reg sum)
{
	return width_is_negative(core, ~(a ^ b) & (a ^ sum));
}

#endif
