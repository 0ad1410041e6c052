/*
 * SPE of e500v2: multiplies and sums with the accumulator (SPEPEM chapter 5).
 *
 * A name tells what is done:
 *   evm  h e|o   half-words, the even or odd one of each word: a product a word
 *        h eg|og the same of the low word alone, a 64-bit sum ("guarded")
 *        w h|l   words, the high or low half of each product
 *        w       the low words, a 64-bit product
 *   u|s  unsigned, signed;  m|s modulo, saturate;  i|f integer, fraction
 *        (a product of fractions is shifted left by one)
 *   -    to RT;  a  to RT and ACC;  aa, aaw  added to ACC;  an, anw  subtracted
 *
 * A form is a product kernel, an accumulate kernel, and whether it writes ACC
 * and the overflow bits.
 */
#include "sim/exec/exec.h"
#include "sim/float/spefscr.h"

/* The product of one pair of words; *overflow is set where it saturates, and never cleared. */
typedef int64_t product_fn(uint32_t a, uint32_t b, bool *overflow);
/* What becomes of an accumulator word (or of all of it), and *overflow in the same way. */
typedef uint32_t word_sum_fn(uint32_t acc, int64_t product, bool *overflow);
typedef uint64_t sum_fn(uint64_t acc, int64_t product, bool *overflow);

enum target { RT_ONLY, RT_AND_ACC };
enum status { NO_STATUS, STATUS };

static inline void set_result(struct core *core, const struct op *op, uint64_t result, enum target target)
{
	core->r[op->t] = result;
	if (target == RT_AND_ACC)
		core->acc = result;
}

/* A product and a sum for each of the two words. */
static inline enum exec_result by_words(struct core *core, const struct op *op, product_fn *product, word_sum_fn *sum,
					enum target target, enum status status)
{
	uint64_t a = core->r[op->a], b = core->r[op->b], acc = core->acc;
	bool overflow_high = false, overflow_low = false;
	uint32_t high, low;

	high = sum((uint32_t)(acc >> 32), product((uint32_t)(a >> 32), (uint32_t)(b >> 32), &overflow_high),
		   &overflow_high);
	low = sum((uint32_t)acc, product((uint32_t)a, (uint32_t)b, &overflow_low), &overflow_low);
	set_result(core, op, (uint64_t)high << 32 | low, target);
	if (status == STATUS)
		spefscr_set_overflow(&core->spefscr, overflow_high, overflow_low);
	return EXEC_NEXT;
}

/* One product of the low words, and a 64-bit sum: OV alone can be set, OVH is cleared. */
static inline enum exec_result as_double(struct core *core, const struct op *op, product_fn *product, sum_fn *sum,
					 enum target target, enum status status)
{
	bool overflow = false;
	int64_t factor;

	factor = product(core_gpr(core, op->a), core_gpr(core, op->b), &overflow);
	set_result(core, op, sum(core->acc, factor, &overflow), target);
	if (status == STATUS)
		spefscr_set_overflow(&core->spefscr, false, overflow);
	return EXEC_NEXT;
}

/* Products of half-words, at most 32 bits and the sign. */
static inline int64_t even_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(a >> 16) * (b >> 16);
}

static inline int64_t odd_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return even_unsigned(a << 16, b << 16, overflow);
}

static inline int64_t even_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(int16_t)(a >> 16) * (int16_t)(b >> 16);
}

static inline int64_t odd_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return even_signed(a << 16, b << 16, overflow);
}

static inline int64_t even_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return even_signed(a, b, overflow) * 2;
}

static inline int64_t odd_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return odd_signed(a, b, overflow) * 2;
}

/* -1 * -1 alone does not fit. */
static inline int64_t even_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	int64_t product = even_fraction(a, b, overflow);

	if (product > INT32_MAX) {
		*overflow = true;
		return INT32_MAX;
	}
	return product;
}

static inline int64_t odd_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	return even_fraction_saturated(a << 16, b << 16, overflow);
}

/* Products of words; unsigned ones as the same 64 bits. */
static inline int64_t word_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)((uint64_t)a * b);
}

static inline int64_t word_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(int32_t)a * (int32_t)b;
}

static inline int64_t word_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)((uint64_t)word_signed(a, b, overflow) << 1);
}

static inline int64_t word_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	if (a == 0x80000000 && b == 0x80000000) {
		*overflow = true;
		return INT64_MAX;
	}
	return word_fraction(a, b, overflow);
}

/* The low half of a product, as the unsigned or signed number it is added as. */
static inline int64_t low_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return a * b;
}

static inline int64_t low_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int32_t)(a * b);
}

/* The high half. */
static inline int64_t high_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return word_unsigned(a, b, overflow) >> 32;
}

static inline int64_t high_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return word_signed(a, b, overflow) >> 32;
}

static inline int64_t high_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return word_fraction(a, b, overflow) >> 32;
}

static inline int64_t high_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	return word_fraction_saturated(a, b, overflow) >> 32;
}

/* No product: the first operand itself, for the sums of a register and ACC. */
static inline int64_t operand_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return a;
}

static inline int64_t operand_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int32_t)a;
}

static inline uint32_t keep(uint32_t acc, int64_t product, bool *overflow)
{
	return (uint32_t)product;
}

static inline uint32_t add(uint32_t acc, int64_t product, bool *overflow)
{
	return acc + (uint32_t)product;
}

static inline uint32_t subtract(uint32_t acc, int64_t product, bool *overflow)
{
	return acc - (uint32_t)product;
}

static inline uint32_t clamp(int64_t sum, int64_t least, int64_t greatest, bool *overflow)
{
	if (sum >= least && sum <= greatest)
		return (uint32_t)sum;
	*overflow = true;
	return (uint32_t)(sum < least ? least : greatest);
}

static inline uint32_t add_signed(uint32_t acc, int64_t product, bool *overflow)
{
	return clamp((int32_t)acc + product, INT32_MIN, INT32_MAX, overflow);
}

static inline uint32_t subtract_signed(uint32_t acc, int64_t product, bool *overflow)
{
	return clamp((int32_t)acc - product, INT32_MIN, INT32_MAX, overflow);
}

static inline uint32_t add_unsigned(uint32_t acc, int64_t product, bool *overflow)
{
	return clamp((int64_t)acc + product, 0, UINT32_MAX, overflow);
}

static inline uint32_t subtract_unsigned(uint32_t acc, int64_t product, bool *overflow)
{
	return clamp((int64_t)acc - product, 0, UINT32_MAX, overflow);
}

static inline uint64_t keep_double(uint64_t acc, int64_t product, bool *overflow)
{
	return (uint64_t)product;
}

/* The sum never saturates, not even in the forms whose product does (SPEPEM, evmwssfaa). */
static inline uint64_t add_double(uint64_t acc, int64_t product, bool *overflow)
{
	int64_t sum;

	*overflow |= __builtin_add_overflow((int64_t)acc, product, &sum);
	return (uint64_t)sum;
}

static inline uint64_t subtract_double(uint64_t acc, int64_t product, bool *overflow)
{
	int64_t sum;

	*overflow |= __builtin_sub_overflow((int64_t)acc, product, &sum);
	return (uint64_t)sum;
}

#define WORDS(name, product, sum, target, status)                                                     \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return by_words(core, op, product, sum, target, status);                              \
	}

#define DOUBLE(name, product, sum, target, status)                                                    \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return as_double(core, op, product, sum, target, status);                             \
	}

/* Half-words. */
WORDS(evmheumi, even_unsigned, keep, RT_ONLY, NO_STATUS)
WORDS(evmhesmi, even_signed, keep, RT_ONLY, NO_STATUS)
WORDS(evmhesmf, even_fraction, keep, RT_ONLY, NO_STATUS)
WORDS(evmhessf, even_fraction_saturated, keep, RT_ONLY, STATUS)
WORDS(evmhoumi, odd_unsigned, keep, RT_ONLY, NO_STATUS)
WORDS(evmhosmi, odd_signed, keep, RT_ONLY, NO_STATUS)
WORDS(evmhosmf, odd_fraction, keep, RT_ONLY, NO_STATUS)
WORDS(evmhossf, odd_fraction_saturated, keep, RT_ONLY, STATUS)
WORDS(evmheumia, even_unsigned, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmia, even_signed, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfa, even_fraction, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhessfa, even_fraction_saturated, keep, RT_AND_ACC, STATUS)
WORDS(evmhoumia, odd_unsigned, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmia, odd_signed, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfa, odd_fraction, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhossfa, odd_fraction_saturated, keep, RT_AND_ACC, STATUS)
WORDS(evmheumiaaw, even_unsigned, add, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmiaaw, even_signed, add, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfaaw, even_fraction, add, RT_AND_ACC, NO_STATUS)
WORDS(evmhoumiaaw, odd_unsigned, add, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmiaaw, odd_signed, add, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfaaw, odd_fraction, add, RT_AND_ACC, NO_STATUS)
WORDS(evmheumianw, even_unsigned, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmianw, even_signed, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfanw, even_fraction, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhoumianw, odd_unsigned, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmianw, odd_signed, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfanw, odd_fraction, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmheusiaaw, even_unsigned, add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhessiaaw, even_signed, add_signed, RT_AND_ACC, STATUS)
WORDS(evmhessfaaw, even_fraction_saturated, add_signed, RT_AND_ACC, STATUS)
WORDS(evmhousiaaw, odd_unsigned, add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhossiaaw, odd_signed, add_signed, RT_AND_ACC, STATUS)
WORDS(evmhossfaaw, odd_fraction_saturated, add_signed, RT_AND_ACC, STATUS)
WORDS(evmheusianw, even_unsigned, subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhessianw, even_signed, subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhessfanw, even_fraction_saturated, subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhousianw, odd_unsigned, subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhossianw, odd_signed, subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhossfanw, odd_fraction_saturated, subtract_signed, RT_AND_ACC, STATUS)

/* Guarded half-words. */
DOUBLE(evmhegumiaa, even_unsigned, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmiaa, even_signed, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmfaa, even_fraction, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogumiaa, odd_unsigned, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmiaa, odd_signed, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmfaa, odd_fraction, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegumian, even_unsigned, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmian, even_signed, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmfan, even_fraction, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogumian, odd_unsigned, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmian, odd_signed, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmfan, odd_fraction, subtract_double, RT_AND_ACC, NO_STATUS)

/* Words: the high or low half of each product. */
WORDS(evmwhumi, high_unsigned, keep, RT_ONLY, NO_STATUS)
WORDS(evmwhsmi, high_signed, keep, RT_ONLY, NO_STATUS)
WORDS(evmwhsmf, high_fraction, keep, RT_ONLY, NO_STATUS)
WORDS(evmwhssf, high_fraction_saturated, keep, RT_ONLY, STATUS)
WORDS(evmwlumi, low_unsigned, keep, RT_ONLY, NO_STATUS)
WORDS(evmwhumia, high_unsigned, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhsmia, high_signed, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhsmfa, high_fraction, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhssfa, high_fraction_saturated, keep, RT_AND_ACC, STATUS)
WORDS(evmwlumia, low_unsigned, keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwlumiaaw, low_unsigned, add, RT_AND_ACC, NO_STATUS)
WORDS(evmwlsmiaaw, low_signed, add, RT_AND_ACC, NO_STATUS)
WORDS(evmwlusiaaw, low_unsigned, add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmwlssiaaw, low_signed, add_signed, RT_AND_ACC, STATUS)
WORDS(evmwlumianw, low_unsigned, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmwlsmianw, low_signed, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmwlusianw, low_unsigned, subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmwlssianw, low_signed, subtract_signed, RT_AND_ACC, STATUS)

/* Words: the 64-bit product of the low ones. */
DOUBLE(evmwumi, word_unsigned, keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwsmi, word_signed, keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwsmf, word_fraction, keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwssf, word_fraction_saturated, keep_double, RT_ONLY, STATUS)
DOUBLE(evmwumia, word_unsigned, keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmia, word_signed, keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfa, word_fraction, keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfa, word_fraction_saturated, keep_double, RT_AND_ACC, STATUS)
DOUBLE(evmwumiaa, word_unsigned, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmiaa, word_signed, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfaa, word_fraction, add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfaa, word_fraction_saturated, add_double, RT_AND_ACC, STATUS)
DOUBLE(evmwumian, word_unsigned, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmian, word_signed, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfan, word_fraction, subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfan, word_fraction_saturated, subtract_double, RT_AND_ACC, STATUS)

/* Sums of a register and the accumulator. */
WORDS(evaddumiaaw, operand_unsigned, add, RT_AND_ACC, NO_STATUS)
WORDS(evaddsmiaaw, operand_signed, add, RT_AND_ACC, NO_STATUS)
WORDS(evaddusiaaw, operand_unsigned, add_unsigned, RT_AND_ACC, STATUS)
WORDS(evaddssiaaw, operand_signed, add_signed, RT_AND_ACC, STATUS)
WORDS(evsubfumiaaw, operand_unsigned, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evsubfsmiaaw, operand_signed, subtract, RT_AND_ACC, NO_STATUS)
WORDS(evsubfusiaaw, operand_unsigned, subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evsubfssiaaw, operand_signed, subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmra, operand_unsigned, keep, RT_AND_ACC, NO_STATUS)
