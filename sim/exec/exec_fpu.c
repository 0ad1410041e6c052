/*
 * Classic floating point of e500mc: arithmetic, compare, moves (Power ISA
 * Book I, 4.6.4 to 4.6.7). Loads and stores are in exec_fpu_memory.c, the
 * FPSCR instructions in exec_fpu_status.c.
 */
#include "sim/exec/exec_fpu.h"

#include "sim/core/interrupt.h"
#include "sim/float/softfloat.h"

typedef uint64_t binary_fn(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b);
typedef uint64_t fused_fn(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c, uint64_t b);
typedef uint64_t unary_fn(struct softfloat *sf, uint64_t b);

enum exec_result exec_fpu_finish(struct core *core, const struct op *op)
{
	if (op->flags & OP_RC)
		core->cr[1] = core->fpscr >> 28;
	if (core->fpscr & FPSCR_FEX && core->msr & (MSR_FE0 | MSR_FE1))
		return interrupt_program(core, op, ESR_FP);
	return EXEC_NEXT;
}

/* Below the normal numbers of its precision; an enabled underflow moved the exponent and made it normal. */
static bool exec_fpu_is_denormal(const struct softfloat *sf, enum softfloat_precision precision, uint64_t value)
{
	uint64_t smallest = precision == SOFTFLOAT_SINGLE ? UINT64_C(897) << 52 : SOFTFLOAT_HIDDEN;

	return (value & ~SOFTFLOAT_SIGN) < smallest && !(sf->trap & sf->flags & SOFTFLOAT_UNDERFLOW);
}

/* The result of an arithmetic instruction, with all that goes with it. */
static enum exec_result exec_fpu_set_result(struct core *core, const struct op *op, const struct softfloat *sf,
			       enum softfloat_precision precision, uint64_t result)
{
	if (fpscr_take_exceptions(&core->fpscr, sf->flags)) {
		unsigned class = fpscr_class(result, exec_fpu_is_denormal(sf, precision, result));

		core->f[op->t] = result;
		core->fpscr = (core->fpscr & ~(uint32_t)FPSCR_FPRF) | class << 12;
	}
	return exec_fpu_finish(core, op);
}

static inline enum exec_result exec_fpu_binary(struct core *core, const struct op *op,
					       enum softfloat_precision precision, binary_fn *operation,
					       uint64_t second)
{
	struct softfloat sf = fpscr_begin(core->fpscr);

	return exec_fpu_set_result(core, op, &sf, precision, operation(&sf, precision, core->f[op->a], second));
}

#define BINARY(name, operation, precision, second)                                                    \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_fpu_binary(core, op, SOFTFLOAT_##precision, softfloat_##operation, core->f[op->second]); \
	}

BINARY(fadd, add, DOUBLE, b)
BINARY(fadds, add, SINGLE, b)
BINARY(fsub, sub, DOUBLE, b)
BINARY(fsubs, sub, SINGLE, b)
BINARY(fmul, mul, DOUBLE, c)
BINARY(fmuls, mul, SINGLE, c)
BINARY(fdiv, div, DOUBLE, b)
BINARY(fdivs, div, SINGLE, b)

/* The negative forms negate after rounding, and no NaN (4.6.5.2). */
static inline enum exec_result exec_fpu_fused(struct core *core, const struct op *op,
					      enum softfloat_precision precision, fused_fn *operation, bool negative)
{
	struct softfloat sf = fpscr_begin(core->fpscr);
	uint64_t result;

	result = operation(&sf, precision, core->f[op->a], core->f[op->c], core->f[op->b]);
	if (negative && !softfloat_is_nan(result))
		result ^= SOFTFLOAT_SIGN;
	return exec_fpu_set_result(core, op, &sf, precision, result);
}

#define FUSED(name, operation, precision, negative)                                                   \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_fpu_fused(core, op, SOFTFLOAT_##precision, softfloat_##operation, negative);       \
	}

FUSED(fmadd, muladd, DOUBLE, false)
FUSED(fmadds, muladd, SINGLE, false)
FUSED(fmsub, mulsub, DOUBLE, false)
FUSED(fmsubs, mulsub, SINGLE, false)
FUSED(fnmadd, muladd, DOUBLE, true)
FUSED(fnmadds, muladd, SINGLE, true)
FUSED(fnmsub, mulsub, DOUBLE, true)
FUSED(fnmsubs, mulsub, SINGLE, true)

static inline enum exec_result exec_fpu_unary(struct core *core, const struct op *op,
					      enum softfloat_precision precision, unary_fn *operation)
{
	struct softfloat sf = fpscr_begin(core->fpscr);

	return exec_fpu_set_result(core, op, &sf, precision, operation(&sf, core->f[op->b]));
}

#define UNARY(name, operation, precision)                                                             \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_fpu_unary(core, op, SOFTFLOAT_##precision, softfloat_##operation);                 \
	}

UNARY(frsp, round_to_single, SINGLE)
UNARY(fres, reciprocal_estimate, SINGLE)
UNARY(frsqrte, rsqrt_estimate, DOUBLE)

/*
 * The high word of the target and FPRF are undefined; the word is the one that
 * classic PowerPC cores leave there, FPRF stays.
 */
static enum exec_result exec_fpu_convert_to_word(struct core *core, const struct op *op, struct softfloat *sf)
{
	uint64_t word = (uint32_t)softfloat_to_signed(sf, core->f[op->b], 32, 0);

	if (fpscr_take_exceptions(&core->fpscr, sf->flags))
		core->f[op->t] = UINT64_C(0xfff8000000000000) | word;
	return exec_fpu_finish(core, op);
}

enum exec_result exec_fctiw(struct core *core, const struct op *op)
{
	struct softfloat sf = fpscr_begin(core->fpscr);

	return exec_fpu_convert_to_word(core, op, &sf);
}

enum exec_result exec_fctiwz(struct core *core, const struct op *op)
{
	struct softfloat sf = { .round = SOFTFLOAT_ZERO };

	return exec_fpu_convert_to_word(core, op, &sf);
}

/* Moves: no exception, FPSCR unchanged; Rc copies it to CR1 all the same. */
static enum exec_result exec_fpu_move(struct core *core, const struct op *op, uint64_t value)
{
	core->f[op->t] = value;
	if (op->flags & OP_RC)
		core->cr[1] = core->fpscr >> 28;
	return EXEC_NEXT;
}

enum exec_result exec_fmr(struct core *core, const struct op *op)
{
	return exec_fpu_move(core, op, core->f[op->b]);
}

enum exec_result exec_fabs(struct core *core, const struct op *op)
{
	return exec_fpu_move(core, op, core->f[op->b] & ~SOFTFLOAT_SIGN);
}

enum exec_result exec_fnabs(struct core *core, const struct op *op)
{
	return exec_fpu_move(core, op, core->f[op->b] | SOFTFLOAT_SIGN);
}

enum exec_result exec_fneg(struct core *core, const struct op *op)
{
	return exec_fpu_move(core, op, core->f[op->b] ^ SOFTFLOAT_SIGN);
}

/* Greater than or equal to zero, of either sign: frC; less, or a NaN: frB. */
enum exec_result exec_fsel(struct core *core, const struct op *op)
{
	bool select = softfloat_compare(core->f[op->a], 0) & (SOFTFLOAT_GREATER | SOFTFLOAT_EQUAL);

	return exec_fpu_move(core, op, core->f[select ? op->c : op->b]);
}

/* 4.6.7: a NaN is VXVC for the ordered compare, except that an SNaN with VE set is VXSNAN alone. */
static enum exec_result exec_fpu_compare(struct core *core, const struct op *op, bool ordered)
{
	uint64_t a = core->f[op->a], b = core->f[op->b];
	enum softfloat_relation relation = softfloat_compare(a, b);
	uint32_t exceptions = 0;

	if (softfloat_is_snan(a) || softfloat_is_snan(b))
		exceptions = FPSCR_VXSNAN;
	if (ordered && relation == SOFTFLOAT_UNORDERED && !(exceptions && core->fpscr & FPSCR_VE))
		exceptions |= FPSCR_VXVC;
	core->cr[op->t] = (uint8_t)relation;
	core->fpscr = (core->fpscr & ~(uint32_t)FPSCR_FPCC) | (uint32_t)relation << 12;
	fpscr_raise(&core->fpscr, exceptions);
	return exec_fpu_finish(core, op);
}

enum exec_result exec_fcmpu(struct core *core, const struct op *op)
{
	return exec_fpu_compare(core, op, false);
}

enum exec_result exec_fcmpo(struct core *core, const struct op *op)
{
	return exec_fpu_compare(core, op, true);
}
