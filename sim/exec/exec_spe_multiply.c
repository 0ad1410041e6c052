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

static inline void exec_spe_set_result(struct core *core, const struct op *op, uint64_t result, enum target target)
{
	core->r[op->t] = result;
	if (target == RT_AND_ACC)
		core->acc = result;
}

/* A product and a sum for each of the two words. */
static inline enum exec_result exec_spe_by_words(struct core *core, const struct op *op, product_fn *product,
						 word_sum_fn *sum, enum target target, enum status status)
{
	uint64_t a = core->r[op->a], b = core->r[op->b], acc = core->acc;
	bool overflow_high = false, overflow_low = false;
	uint32_t high, low;

	high = sum((uint32_t)(acc >> 32), product((uint32_t)(a >> 32), (uint32_t)(b >> 32), &overflow_high),
		   &overflow_high);
	low = sum((uint32_t)acc, product((uint32_t)a, (uint32_t)b, &overflow_low), &overflow_low);
	exec_spe_set_result(core, op, (uint64_t)high << 32 | low, target);
	if (status == STATUS)
		spefscr_set_overflow(&core->spefscr, overflow_high, overflow_low);
	return EXEC_NEXT;
}

/* One product of the low words, and a 64-bit sum: OV alone can be set, OVH is cleared. */
static inline enum exec_result exec_spe_as_double(struct core *core, const struct op *op, product_fn *product,
						  sum_fn *sum, enum target target, enum status status)
{
	bool overflow = false;
	int64_t factor;

	factor = product(core_gpr(core, op->a), core_gpr(core, op->b), &overflow);
	exec_spe_set_result(core, op, sum(core->acc, factor, &overflow), target);
	if (status == STATUS)
		spefscr_set_overflow(&core->spefscr, false, overflow);
	return EXEC_NEXT;
}

/* Products of half-words, at most 32 bits and the sign. */
static inline int64_t exec_spe_even_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(a >> 16) * (b >> 16);
}

static inline int64_t exec_spe_odd_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_even_unsigned(a << 16, b << 16, overflow);
}

static inline int64_t exec_spe_even_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(int16_t)(a >> 16) * (int16_t)(b >> 16);
}

static inline int64_t exec_spe_odd_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_even_signed(a << 16, b << 16, overflow);
}

static inline int64_t exec_spe_even_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_even_signed(a, b, overflow) * 2;
}

static inline int64_t exec_spe_odd_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_odd_signed(a, b, overflow) * 2;
}

/* -1 * -1 alone does not fit. */
static inline int64_t exec_spe_even_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	int64_t product = exec_spe_even_fraction(a, b, overflow);

	if (product > INT32_MAX) {
		*overflow = true;
		return INT32_MAX;
	}
	return product;
}

static inline int64_t exec_spe_odd_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_even_fraction_saturated(a << 16, b << 16, overflow);
}

/* Products of words; unsigned ones as the same 64 bits. */
static inline int64_t exec_spe_word_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)((uint64_t)a * b);
}

static inline int64_t exec_spe_word_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)(int32_t)a * (int32_t)b;
}

static inline int64_t exec_spe_word_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return (int64_t)((uint64_t)exec_spe_word_signed(a, b, overflow) << 1);
}

static inline int64_t exec_spe_word_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	if (a == 0x80000000 && b == 0x80000000) {
		*overflow = true;
		return INT64_MAX;
	}
	return exec_spe_word_fraction(a, b, overflow);
}

/* The low half of a product, as the unsigned or signed number it is added as. */
static inline int64_t exec_spe_low_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return a * b;
}

static inline int64_t exec_spe_low_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int32_t)(a * b);
}

/* The high half. */
static inline int64_t exec_spe_high_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_word_unsigned(a, b, overflow) >> 32;
}

static inline int64_t exec_spe_high_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_word_signed(a, b, overflow) >> 32;
}

static inline int64_t exec_spe_high_fraction(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_word_fraction(a, b, overflow) >> 32;
}

static inline int64_t exec_spe_high_fraction_saturated(uint32_t a, uint32_t b, bool *overflow)
{
	return exec_spe_word_fraction_saturated(a, b, overflow) >> 32;
}

/* No product: the first operand itself, for the sums of a register and ACC. */
static inline int64_t exec_spe_operand_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	return a;
}

static inline int64_t exec_spe_operand_signed(uint32_t a, uint32_t b, bool *overflow)
{
	return (int32_t)a;
}

static inline uint32_t exec_spe_keep(uint32_t acc, int64_t product, bool *overflow)
{
	return (uint32_t)product;
}

static inline uint32_t exec_spe_add(uint32_t acc, int64_t product, bool *overflow)
{
	return acc + (uint32_t)product;
}

static inline uint32_t exec_spe_subtract(uint32_t acc, int64_t product, bool *overflow)
{
	return acc - (uint32_t)product;
}

static inline uint32_t exec_spe_clamp(int64_t sum, int64_t least, int64_t greatest, bool *overflow)
{
	if (sum >= least && sum <= greatest)
		return (uint32_t)sum;
	*overflow = true;
	return (uint32_t)(sum < least ? least : greatest);
}

static inline uint32_t exec_spe_add_signed(uint32_t acc, int64_t product, bool *overflow)
{
	return exec_spe_clamp((int32_t)acc + product, INT32_MIN, INT32_MAX, overflow);
}

static inline uint32_t exec_spe_subtract_signed(uint32_t acc, int64_t product, bool *overflow)
{
	return exec_spe_clamp((int32_t)acc - product, INT32_MIN, INT32_MAX, overflow);
}

static inline uint32_t exec_spe_add_unsigned(uint32_t acc, int64_t product, bool *overflow)
{
	return exec_spe_clamp((int64_t)acc + product, 0, UINT32_MAX, overflow);
}

static inline uint32_t exec_spe_subtract_unsigned(uint32_t acc, int64_t product, bool *overflow)
{
	return exec_spe_clamp((int64_t)acc - product, 0, UINT32_MAX, overflow);
}

static inline uint64_t exec_spe_keep_double(uint64_t acc, int64_t product, bool *overflow)
{
	return (uint64_t)product;
}

/* The sum never saturates, not even in the forms whose product does (SPEPEM, evmwssfaa). */
static inline uint64_t exec_spe_add_double(uint64_t acc, int64_t product, bool *overflow)
{
	int64_t sum;

	*overflow |= __builtin_add_overflow((int64_t)acc, product, &sum);
	return (uint64_t)sum;
}

static inline uint64_t exec_spe_subtract_double(uint64_t acc, int64_t product, bool *overflow)
{
	int64_t sum;

	*overflow |= __builtin_sub_overflow((int64_t)acc, product, &sum);
	return (uint64_t)sum;
}

#define WORDS(name, product, sum, target, status)                                                     \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_spe_by_words(core, op, product, sum, target, status);                              \
	}

#define DOUBLE(name, product, sum, target, status)                                                    \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_spe_as_double(core, op, product, sum, target, status);                             \
	}

/* Half-words. */
WORDS(evmheumi, exec_spe_even_unsigned, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhesmi, exec_spe_even_signed, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhesmf, exec_spe_even_fraction, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhessf, exec_spe_even_fraction_saturated, exec_spe_keep, RT_ONLY, STATUS)
WORDS(evmhoumi, exec_spe_odd_unsigned, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhosmi, exec_spe_odd_signed, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhosmf, exec_spe_odd_fraction, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmhossf, exec_spe_odd_fraction_saturated, exec_spe_keep, RT_ONLY, STATUS)
WORDS(evmheumia, exec_spe_even_unsigned, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmia, exec_spe_even_signed, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfa, exec_spe_even_fraction, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhessfa, exec_spe_even_fraction_saturated, exec_spe_keep, RT_AND_ACC, STATUS)
WORDS(evmhoumia, exec_spe_odd_unsigned, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmia, exec_spe_odd_signed, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfa, exec_spe_odd_fraction, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmhossfa, exec_spe_odd_fraction_saturated, exec_spe_keep, RT_AND_ACC, STATUS)
WORDS(evmheumiaaw, exec_spe_even_unsigned, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmiaaw, exec_spe_even_signed, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfaaw, exec_spe_even_fraction, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmhoumiaaw, exec_spe_odd_unsigned, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmiaaw, exec_spe_odd_signed, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfaaw, exec_spe_odd_fraction, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmheumianw, exec_spe_even_unsigned, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmianw, exec_spe_even_signed, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhesmfanw, exec_spe_even_fraction, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhoumianw, exec_spe_odd_unsigned, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmianw, exec_spe_odd_signed, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmhosmfanw, exec_spe_odd_fraction, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmheusiaaw, exec_spe_even_unsigned, exec_spe_add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhessiaaw, exec_spe_even_signed, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evmhessfaaw, exec_spe_even_fraction_saturated, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evmhousiaaw, exec_spe_odd_unsigned, exec_spe_add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhossiaaw, exec_spe_odd_signed, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evmhossfaaw, exec_spe_odd_fraction_saturated, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evmheusianw, exec_spe_even_unsigned, exec_spe_subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhessianw, exec_spe_even_signed, exec_spe_subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhessfanw, exec_spe_even_fraction_saturated, exec_spe_subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhousianw, exec_spe_odd_unsigned, exec_spe_subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmhossianw, exec_spe_odd_signed, exec_spe_subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmhossfanw, exec_spe_odd_fraction_saturated, exec_spe_subtract_signed, RT_AND_ACC, STATUS)

/* Guarded half-words. */
DOUBLE(evmhegumiaa, exec_spe_even_unsigned, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmiaa, exec_spe_even_signed, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmfaa, exec_spe_even_fraction, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogumiaa, exec_spe_odd_unsigned, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmiaa, exec_spe_odd_signed, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmfaa, exec_spe_odd_fraction, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegumian, exec_spe_even_unsigned, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmian, exec_spe_even_signed, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhegsmfan, exec_spe_even_fraction, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogumian, exec_spe_odd_unsigned, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmian, exec_spe_odd_signed, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmhogsmfan, exec_spe_odd_fraction, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)

/* Words: the high or low half of each product. */
WORDS(evmwhumi, exec_spe_high_unsigned, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmwhsmi, exec_spe_high_signed, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmwhsmf, exec_spe_high_fraction, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmwhssf, exec_spe_high_fraction_saturated, exec_spe_keep, RT_ONLY, STATUS)
WORDS(evmwlumi, exec_spe_low_unsigned, exec_spe_keep, RT_ONLY, NO_STATUS)
WORDS(evmwhumia, exec_spe_high_unsigned, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhsmia, exec_spe_high_signed, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhsmfa, exec_spe_high_fraction, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwhssfa, exec_spe_high_fraction_saturated, exec_spe_keep, RT_AND_ACC, STATUS)
WORDS(evmwlumia, exec_spe_low_unsigned, exec_spe_keep, RT_AND_ACC, NO_STATUS)
WORDS(evmwlumiaaw, exec_spe_low_unsigned, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmwlsmiaaw, exec_spe_low_signed, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evmwlusiaaw, exec_spe_low_unsigned, exec_spe_add_unsigned, RT_AND_ACC, STATUS)
WORDS(evmwlssiaaw, exec_spe_low_signed, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evmwlumianw, exec_spe_low_unsigned, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmwlsmianw, exec_spe_low_signed, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evmwlusianw, exec_spe_low_unsigned, exec_spe_subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evmwlssianw, exec_spe_low_signed, exec_spe_subtract_signed, RT_AND_ACC, STATUS)

/* Words: the 64-bit product of the low ones. */
DOUBLE(evmwumi, exec_spe_word_unsigned, exec_spe_keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwsmi, exec_spe_word_signed, exec_spe_keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwsmf, exec_spe_word_fraction, exec_spe_keep_double, RT_ONLY, NO_STATUS)
DOUBLE(evmwssf, exec_spe_word_fraction_saturated, exec_spe_keep_double, RT_ONLY, STATUS)
DOUBLE(evmwumia, exec_spe_word_unsigned, exec_spe_keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmia, exec_spe_word_signed, exec_spe_keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfa, exec_spe_word_fraction, exec_spe_keep_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfa, exec_spe_word_fraction_saturated, exec_spe_keep_double, RT_AND_ACC, STATUS)
DOUBLE(evmwumiaa, exec_spe_word_unsigned, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmiaa, exec_spe_word_signed, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfaa, exec_spe_word_fraction, exec_spe_add_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfaa, exec_spe_word_fraction_saturated, exec_spe_add_double, RT_AND_ACC, STATUS)
DOUBLE(evmwumian, exec_spe_word_unsigned, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmian, exec_spe_word_signed, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwsmfan, exec_spe_word_fraction, exec_spe_subtract_double, RT_AND_ACC, NO_STATUS)
DOUBLE(evmwssfan, exec_spe_word_fraction_saturated, exec_spe_subtract_double, RT_AND_ACC, STATUS)

/* Sums of a register and the accumulator. */
WORDS(evaddumiaaw, exec_spe_operand_unsigned, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evaddsmiaaw, exec_spe_operand_signed, exec_spe_add, RT_AND_ACC, NO_STATUS)
WORDS(evaddusiaaw, exec_spe_operand_unsigned, exec_spe_add_unsigned, RT_AND_ACC, STATUS)
WORDS(evaddssiaaw, exec_spe_operand_signed, exec_spe_add_signed, RT_AND_ACC, STATUS)
WORDS(evsubfumiaaw, exec_spe_operand_unsigned, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evsubfsmiaaw, exec_spe_operand_signed, exec_spe_subtract, RT_AND_ACC, NO_STATUS)
WORDS(evsubfusiaaw, exec_spe_operand_unsigned, exec_spe_subtract_unsigned, RT_AND_ACC, STATUS)
WORDS(evsubfssiaaw, exec_spe_operand_signed, exec_spe_subtract_signed, RT_AND_ACC, STATUS)
WORDS(evmra, exec_spe_operand_unsigned, exec_spe_keep, RT_AND_ACC, NO_STATUS)
