/*
 * Embedded floating point of e500v2: scalar single in the low word, vector
 * single in both words, scalar double in all of a GPR (E500CORERM 10.4, SPEPEM
 * chapters 4 and 5, Power ISA 2.03 Book I chapter 7).
 *
 * What sets it apart from IEEE 754: a denormal operand counts as a zero of its
 * sign, infinities and NaNs as the largest number; each of them is an input
 * error (FINV). A result is never one of them: overflow gives the largest
 * number, underflow zero. An enabled exception leaves the target unchanged.
 *
 * Rounding to nearest and to zero is done in hardware. Where the inexact
 * exception is enabled, or the mode is round up or down, the core delivers the
 * truncated result with the guard and sticky bits and takes the round
 * interrupt, whose handler rounds; in the latter modes even where the result is
 * exact, as the silicon does.
 */
#include "sim/exec/exec.h"
#include "sim/core/interrupt.h"
#include "sim/float/softfloat.h"
#include "sim/float/spefscr.h"

enum class { ZERO, DENORMAL, NORMAL, SPECIAL };

struct operand {
	enum class class;
	bool sign;
	uint64_t value; /* double format; a denormal is a zero here */
};

/* Status in the places of the low element: FG and FX, or else one or none of FINV, FDBZ, FUNF, FOVF. */
struct outcome {
	uint64_t value; /* double format, or an integer */
	uint32_t status;
};

#define STATUS_LOW (SPEFSCR_FG | SPEFSCR_FX | SPEFSCR_FINV | SPEFSCR_FDBZ | SPEFSCR_FUNF | SPEFSCR_FOVF)
#define STATUS_HIGH (STATUS_LOW << 16)

/* Whether an instruction can be inexact, and so asks for the round interrupt in the modes without hardware. */
enum rounding { EXACT, ROUNDS };

typedef struct outcome binary_fn(const struct core *core, enum softfloat_precision precision, struct operand a,
				 struct operand b);
typedef struct outcome unary_fn(const struct core *core, struct operand b);
typedef struct outcome integer_fn(const struct core *core, enum softfloat_precision precision, uint32_t b);

static struct operand exec_efp_take(uint64_t value, uint64_t fraction, unsigned exponent, unsigned largest)
{
	struct operand o = { .sign = value >> 63, .value = value };

	if (exponent == largest) {
		o.class = SPECIAL;
	} else if (exponent) {
		o.class = NORMAL;
	} else {
		o.class = fraction ? DENORMAL : ZERO;
		o.value = value & SOFTFLOAT_SIGN;
	}
	return o;
}

static struct operand exec_efp_from_single(uint32_t word)
{
	return exec_efp_take(softfloat_from_single(word), word & 0x7fffff, word >> 23 & 0xff, 0xff);
}

static struct operand exec_efp_from_double(uint64_t value)
{
	return exec_efp_take(value, value & SOFTFLOAT_FRACTION, value >> 52 & 0x7ff, 0x7ff);
}

static uint64_t exec_efp_signed_zero(bool sign)
{
	return (uint64_t)sign << 63;
}

/* pmax, nmax. */
static uint64_t exec_efp_largest(enum softfloat_precision precision, bool sign)
{
	uint64_t value = precision == SOFTFLOAT_SINGLE ? UINT64_C(0x47efffffe0000000) : SOFTFLOAT_INFINITY - 1;

	return exec_efp_signed_zero(sign) | value;
}

static bool exec_efp_is_none(struct operand o)
{
	return o.class == ZERO || o.class == DENORMAL;
}

static uint32_t exec_efp_input_error(struct operand o)
{
	return o.class == DENORMAL || o.class == SPECIAL ? SPEFSCR_FINV : 0;
}

static unsigned exec_efp_mode(const struct core *core)
{
	return core->spefscr & SPEFSCR_FRMC;
}

/* Rounded here, or truncated for the handler; any tiny result is an underflow. */
static struct softfloat exec_efp_begin(const struct core *core)
{
	bool nearest = exec_efp_mode(core) == SOFTFLOAT_NEAREST && !(core->spefscr & SPEFSCR_FINXE);

	return (struct softfloat){
		.round = nearest ? SOFTFLOAT_NEAREST : SOFTFLOAT_ZERO,
		.trap = SOFTFLOAT_UNDERFLOW,
	};
}

static uint32_t exec_efp_guard_and_sticky(const struct softfloat *sf)
{
	return (sf->flags & SOFTFLOAT_GUARD ? SPEFSCR_FG : 0u) | (sf->flags & SOFTFLOAT_STICKY ? SPEFSCR_FX : 0u);
}

/* The default result in place of what overflowed or underflowed. */
static struct outcome exec_efp_settle(const struct softfloat *sf, enum softfloat_precision precision, uint64_t value,
			     uint64_t zero)
{
	bool sign = value >> 63;

	if (sf->flags & SOFTFLOAT_OVERFLOW)
		return (struct outcome){ exec_efp_largest(precision, sign), SPEFSCR_FOVF };
	if (sf->flags & SOFTFLOAT_UNDERFLOW)
		return (struct outcome){ zero, SPEFSCR_FUNF };
	return (struct outcome){ value, exec_efp_guard_and_sticky(sf) };
}

/* A sum that underflows or cancels is +0, but -0 when rounding down. */
static struct outcome exec_efp_add(const struct core *core, enum softfloat_precision precision, struct operand a,
			  struct operand b)
{
	struct softfloat sf = exec_efp_begin(core);
	struct outcome out;
	uint64_t zero;

	if (a.class == SPECIAL || b.class == SPECIAL) {
		out.value = exec_efp_largest(precision, a.class == SPECIAL ? a.sign : b.sign);
		out.status = SPEFSCR_FINV;
		return out;
	}
	zero = exec_efp_signed_zero(exec_efp_is_none(a) && exec_efp_is_none(b) && a.sign == b.sign
					    ? a.sign
					    : exec_efp_mode(core) == SOFTFLOAT_DOWN);
	out = exec_efp_settle(&sf, precision, softfloat_add(&sf, precision, a.value, b.value), zero);
	if (softfloat_is_zero(out.value))
		out.value = zero;
	out.status |= exec_efp_input_error(a) | exec_efp_input_error(b);
	return out;
}

static struct outcome exec_efp_subtract(const struct core *core, enum softfloat_precision precision, struct operand a,
			       struct operand b)
{
	b.sign = !b.sign;
	b.value ^= SOFTFLOAT_SIGN;
	return exec_efp_add(core, precision, a, b);
}

static struct outcome exec_efp_multiply(const struct core *core, enum softfloat_precision precision, struct operand a,
			       struct operand b)
{
	struct softfloat sf = exec_efp_begin(core);
	uint64_t zero = exec_efp_signed_zero(a.sign ^ b.sign), product;
	uint32_t error = exec_efp_input_error(a) | exec_efp_input_error(b);

	if (exec_efp_is_none(a) || exec_efp_is_none(b))
		return (struct outcome){ zero, error };
	if (error)
		return (struct outcome){ exec_efp_largest(precision, a.sign ^ b.sign), error };
	product = softfloat_mul(&sf, precision, a.value, b.value);
	return exec_efp_settle(&sf, precision, product, zero);
}

/* Dividing a normal number by zero is FDBZ; zero by zero is an input error. */
static struct outcome exec_efp_divide(const struct core *core, enum softfloat_precision precision, struct operand a,
			     struct operand b)
{
	struct softfloat sf = exec_efp_begin(core);
	uint64_t zero = exec_efp_signed_zero(a.sign ^ b.sign), quotient;
	uint32_t error = exec_efp_input_error(a) | exec_efp_input_error(b);

	if (b.class == ZERO && !error)
		error = a.class == ZERO ? SPEFSCR_FINV : SPEFSCR_FDBZ;
	if (a.class == SPECIAL || exec_efp_is_none(b))
		return (struct outcome){ exec_efp_largest(precision, a.sign ^ b.sign), error };
	if (b.class == SPECIAL || exec_efp_is_none(a))
		return (struct outcome){ zero, error };
	quotient = softfloat_div(&sf, precision, a.value, b.value);
	return exec_efp_settle(&sf, precision, quotient, zero);
}

/* E500CORERM, efscfd: underflow gives the smallest normal number here. */
static struct outcome exec_efp_narrow(const struct core *core, struct operand b)
{
	struct softfloat sf = exec_efp_begin(core);
	uint64_t smallest = exec_efp_signed_zero(b.sign) | UINT64_C(0x3810000000000000);

	if (b.class == SPECIAL)
		return (struct outcome){ exec_efp_largest(SOFTFLOAT_SINGLE, b.sign), SPEFSCR_FINV };
	if (exec_efp_is_none(b))
		return (struct outcome){ b.value, exec_efp_input_error(b) };
	return exec_efp_settle(&sf, SOFTFLOAT_SINGLE, softfloat_round_to_single(&sf, b.value), smallest);
}

static struct outcome exec_efp_widen(const struct core *core, struct operand b)
{
	uint64_t value = b.class == SPECIAL ? exec_efp_largest(SOFTFLOAT_DOUBLE, b.sign) : b.value;

	return (struct outcome){ value, exec_efp_input_error(b) };
}

static struct outcome exec_efp_from_integer(const struct softfloat *sf, uint64_t value)
{
	return (struct outcome){ value, exec_efp_guard_and_sticky(sf) };
}

static struct outcome exec_efp_from_unsigned(const struct core *core, enum softfloat_precision precision, uint32_t b)
{
	struct softfloat sf = exec_efp_begin(core);

	return exec_efp_from_integer(&sf, softfloat_from_unsigned(&sf, precision, b, 0));
}

static struct outcome exec_efp_from_signed(const struct core *core, enum softfloat_precision precision, uint32_t b)
{
	struct softfloat sf = exec_efp_begin(core);

	return exec_efp_from_integer(&sf, softfloat_from_signed(&sf, precision, (int32_t)b, 0));
}

static struct outcome exec_efp_from_unsigned_fraction(const struct core *core, enum softfloat_precision precision,
						      uint32_t b)
{
	struct softfloat sf = exec_efp_begin(core);

	return exec_efp_from_integer(&sf, softfloat_from_unsigned(&sf, precision, b, -32));
}

static struct outcome exec_efp_from_signed_fraction(const struct core *core, enum softfloat_precision precision,
						    uint32_t b)
{
	struct softfloat sf = exec_efp_begin(core);

	return exec_efp_from_integer(&sf, softfloat_from_signed(&sf, precision, (int32_t)b, -31));
}

/* E500CORERM 10.4.5.2: saturates, out of range is an input error too; a NaN counts as zero. */
static struct outcome exec_efp_to_signed(struct softfloat sf, struct operand b, int scale)
{
	struct outcome out = { .status = exec_efp_input_error(b) };

	if (!softfloat_is_nan(b.value))
		out.value = softfloat_to_signed(&sf, b.value, 32, scale);
	if (sf.flags & SOFTFLOAT_CVI)
		out.status |= SPEFSCR_FINV;
	out.status |= exec_efp_guard_and_sticky(&sf);
	return out;
}

/* A negative number is out of range, even if it would round to zero. */
static struct outcome exec_efp_to_unsigned(struct softfloat sf, struct operand b, int scale)
{
	struct outcome out = { .status = exec_efp_input_error(b) };

	if (b.class == NORMAL && b.sign)
		return (struct outcome){ 0, SPEFSCR_FINV };
	if (!softfloat_is_nan(b.value))
		out.value = softfloat_to_unsigned(&sf, b.value, 32, scale);
	if (sf.flags & SOFTFLOAT_CVI)
		out.status |= SPEFSCR_FINV;
	out.status |= exec_efp_guard_and_sticky(&sf);
	return out;
}

static struct outcome exec_efp_to_unsigned_integer(const struct core *core, struct operand b)
{
	return exec_efp_to_unsigned(exec_efp_begin(core), b, 0);
}

static struct outcome exec_efp_to_signed_integer(const struct core *core, struct operand b)
{
	return exec_efp_to_signed(exec_efp_begin(core), b, 0);
}

static struct outcome exec_efp_to_unsigned_fraction(const struct core *core, struct operand b)
{
	return exec_efp_to_unsigned(exec_efp_begin(core), b, 32);
}

static struct outcome exec_efp_to_signed_fraction(const struct core *core, struct operand b)
{
	return exec_efp_to_signed(exec_efp_begin(core), b, 31);
}

static struct outcome exec_efp_to_unsigned_truncated(const struct core *core, struct operand b)
{
	return exec_efp_to_unsigned((struct softfloat){ .round = SOFTFLOAT_ZERO }, b, 0);
}

static struct outcome exec_efp_to_signed_truncated(const struct core *core, struct operand b)
{
	return exec_efp_to_signed((struct softfloat){ .round = SOFTFLOAT_ZERO }, b, 0);
}

/* What an instruction makes of the new status: is its target written, which interrupt follows. */
enum verdict { WRITE, WRITE_AND_ROUND, REFUSE };

/* The bit of `status`, in either element. */
static bool exec_efp_has(uint32_t status, uint32_t low)
{
	return status & (low | low << 16);
}

/* An exception is disabled: its default result is an inexact one. */
static bool exec_efp_is_inexact(uint32_t status)
{
	return exec_efp_has(status, SPEFSCR_FG | SPEFSCR_FX | SPEFSCR_FOVF | SPEFSCR_FUNF);
}

/* Replaces the status bits of `mask`, accumulates the sticky ones. */
static enum verdict exec_efp_take_status(struct core *core, uint32_t status, uint32_t mask, enum rounding rounding)
{
	uint32_t spefscr = (core->spefscr & ~mask) | status;
	bool refused = false;

	/* FOVF, FUNF, FDBZ, FINV stand in the order of their sticky and of their enable bits. */
	for (unsigned n = 0; n < 4; n++)
		if (exec_efp_has(status, SPEFSCR_FOVF << n)) {
			spefscr |= (uint32_t)SPEFSCR_FOVFS << n;
			refused |= (spefscr & (uint32_t)SPEFSCR_FOVFE << n) != 0;
		}
	if (!refused && exec_efp_is_inexact(status))
		spefscr |= SPEFSCR_FINXS;
	core->spefscr = spefscr;
	if (refused)
		return REFUSE;
	if (exec_efp_is_inexact(status) && spefscr & SPEFSCR_FINXE)
		return WRITE_AND_ROUND;
	return rounding == ROUNDS && exec_efp_mode(core) >= SOFTFLOAT_UP ? WRITE_AND_ROUND : WRITE;
}

/* A result in the low word: scalar single, or an integer. */
static enum exec_result exec_efp_finish_low(struct core *core, const struct op *op, const struct outcome *out,
					    uint32_t word, enum rounding rounding)
{
	enum verdict verdict = exec_efp_take_status(core, out->status, STATUS_LOW, rounding);

	if (verdict == REFUSE)
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core_set_gpr(core, op->t, word);
	return verdict == WRITE ? EXEC_NEXT : interrupt_efp(core, op, IVOR_EFP_ROUND);
}

static enum exec_result exec_efp_finish_double(struct core *core, const struct op *op, const struct outcome *out,
				      enum rounding rounding)
{
	enum verdict verdict = exec_efp_take_status(core, out->status, STATUS_LOW, rounding);

	if (verdict == REFUSE)
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->r[op->t] = out->value;
	return verdict == WRITE ? EXEC_NEXT : interrupt_efp(core, op, IVOR_EFP_ROUND);
}

static enum exec_result exec_efp_finish_vector(struct core *core, const struct op *op, const struct outcome *high,
				      const struct outcome *low, uint64_t vector, enum rounding rounding)
{
	uint32_t status = high->status << 16 | low->status;
	enum verdict verdict = exec_efp_take_status(core, status, STATUS_HIGH | STATUS_LOW, rounding);

	if (verdict == REFUSE)
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->r[op->t] = vector;
	return verdict == WRITE ? EXEC_NEXT : interrupt_efp(core, op, IVOR_EFP_ROUND);
}

static inline struct operand exec_efp_low_single(const struct core *core, unsigned n)
{
	return exec_efp_from_single((uint32_t)core->r[n]);
}

static inline struct operand exec_efp_high_single(const struct core *core, unsigned n)
{
	return exec_efp_from_single((uint32_t)(core->r[n] >> 32));
}

static inline uint64_t exec_efp_join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* Two operands: one kernel for efs, efd and evfs. */
static enum exec_result exec_efp_binary_single(struct core *core, const struct op *op, binary_fn *kernel)
{
	struct outcome out =
		kernel(core, SOFTFLOAT_SINGLE, exec_efp_low_single(core, op->a), exec_efp_low_single(core, op->b));

	return exec_efp_finish_low(core, op, &out, softfloat_to_single(out.value), ROUNDS);
}

static enum exec_result exec_efp_binary_double(struct core *core, const struct op *op, binary_fn *kernel)
{
	struct outcome out;

	out = kernel(core, SOFTFLOAT_DOUBLE, exec_efp_from_double(core->r[op->a]),
		     exec_efp_from_double(core->r[op->b]));
	return exec_efp_finish_double(core, op, &out, ROUNDS);
}

static enum exec_result exec_efp_binary_vector(struct core *core, const struct op *op, binary_fn *kernel)
{
	struct outcome high, low;

	high = kernel(core, SOFTFLOAT_SINGLE, exec_efp_high_single(core, op->a), exec_efp_high_single(core, op->b));
	low = kernel(core, SOFTFLOAT_SINGLE, exec_efp_low_single(core, op->a), exec_efp_low_single(core, op->b));
	return exec_efp_finish_vector(core, op, &high, &low,
			     exec_efp_join(softfloat_to_single(high.value), softfloat_to_single(low.value)), ROUNDS);
}

#define EXEC(name, call)                                                                              \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return call;                                                                          \
	}

#define BINARY(operation, kernel)                                                                     \
	EXEC(efs##operation, exec_efp_binary_single(core, op, kernel))                                         \
	EXEC(efd##operation, exec_efp_binary_double(core, op, kernel))                                         \
	EXEC(evfs##operation, exec_efp_binary_vector(core, op, kernel))

BINARY(add, exec_efp_add)
BINARY(sub, exec_efp_subtract)
BINARY(mul, exec_efp_multiply)
BINARY(div, exec_efp_divide)

/* From integers and fractions; a double holds every one of them exactly. */
static enum exec_result exec_efp_from_single_word(struct core *core, const struct op *op, integer_fn *kernel)
{
	struct outcome out = kernel(core, SOFTFLOAT_SINGLE, core_gpr(core, op->b));

	return exec_efp_finish_low(core, op, &out, softfloat_to_single(out.value), ROUNDS);
}

static enum exec_result exec_efp_from_double_word(struct core *core, const struct op *op, integer_fn *kernel)
{
	struct outcome out = kernel(core, SOFTFLOAT_DOUBLE, core_gpr(core, op->b));

	return exec_efp_finish_double(core, op, &out, EXACT);
}

static enum exec_result exec_efp_from_vector_words(struct core *core, const struct op *op, integer_fn *kernel)
{
	struct outcome high = kernel(core, SOFTFLOAT_SINGLE, (uint32_t)(core->r[op->b] >> 32));
	struct outcome low = kernel(core, SOFTFLOAT_SINGLE, core_gpr(core, op->b));

	return exec_efp_finish_vector(core, op, &high, &low,
			     exec_efp_join(softfloat_to_single(high.value), softfloat_to_single(low.value)), ROUNDS);
}

#define FROM_INTEGER(operation, kernel)                                                               \
	EXEC(efs##operation, exec_efp_from_single_word(core, op, kernel))                                      \
	EXEC(efd##operation, exec_efp_from_double_word(core, op, kernel))                                      \
	EXEC(evfs##operation, exec_efp_from_vector_words(core, op, kernel))

FROM_INTEGER(cfui, exec_efp_from_unsigned)
FROM_INTEGER(cfsi, exec_efp_from_signed)
FROM_INTEGER(cfuf, exec_efp_from_unsigned_fraction)
FROM_INTEGER(cfsf, exec_efp_from_signed_fraction)

/* To integers and fractions. */
static enum exec_result exec_efp_to_single_word(struct core *core, const struct op *op, unary_fn *kernel,
						enum rounding rounding)
{
	struct outcome out = kernel(core, exec_efp_low_single(core, op->b));

	return exec_efp_finish_low(core, op, &out, (uint32_t)out.value, rounding);
}

static enum exec_result exec_efp_to_double_word(struct core *core, const struct op *op, unary_fn *kernel,
						enum rounding rounding)
{
	struct outcome out = kernel(core, exec_efp_from_double(core->r[op->b]));

	return exec_efp_finish_low(core, op, &out, (uint32_t)out.value, rounding);
}

static enum exec_result exec_efp_to_vector_words(struct core *core, const struct op *op, unary_fn *kernel,
					enum rounding rounding)
{
	struct outcome high = kernel(core, exec_efp_high_single(core, op->b));
	struct outcome low = kernel(core, exec_efp_low_single(core, op->b));

	return exec_efp_finish_vector(core, op, &high, &low, exec_efp_join((uint32_t)high.value, (uint32_t)low.value),
				      rounding);
}

#define TO_INTEGER(operation, kernel, rounding)                                                       \
	EXEC(efs##operation, exec_efp_to_single_word(core, op, kernel, rounding))                              \
	EXEC(efd##operation, exec_efp_to_double_word(core, op, kernel, rounding))                              \
	EXEC(evfs##operation, exec_efp_to_vector_words(core, op, kernel, rounding))

TO_INTEGER(ctui, exec_efp_to_unsigned_integer, ROUNDS)
TO_INTEGER(ctsi, exec_efp_to_signed_integer, ROUNDS)
TO_INTEGER(ctuf, exec_efp_to_unsigned_fraction, ROUNDS)
TO_INTEGER(ctsf, exec_efp_to_signed_fraction, ROUNDS)
TO_INTEGER(ctuiz, exec_efp_to_unsigned_truncated, EXACT)
TO_INTEGER(ctsiz, exec_efp_to_signed_truncated, EXACT)

enum exec_result exec_efscfd(struct core *core, const struct op *op)
{
	struct outcome out = exec_efp_narrow(core, exec_efp_from_double(core->r[op->b]));

	return exec_efp_finish_low(core, op, &out, softfloat_to_single(out.value), ROUNDS);
}

enum exec_result exec_efdcfs(struct core *core, const struct op *op)
{
	struct outcome out = exec_efp_widen(core, exec_efp_low_single(core, op->b));

	return exec_efp_finish_double(core, op, &out, EXACT);
}
