/*
 * softfloat against MPFR: value, sign, inexact and direction from MPFR's
 * ternary value, tininess from the exact result's exponent, over boundary-
 * weighted random operands; and against the host's own FPU.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fenv.h>
#include <mpfr.h>

#include "sim/base/random.h"
#include "sim/float/softfloat.h"

#define CASES 12000 /* for each operation, precision and rounding mode */

enum operation { ADD, SUB, MUL, DIV, MULADD, MULSUB, TO_SINGLE, OPERATIONS };

static const char *const operation_names[] = { "add", "sub", "mul", "div", "muladd", "mulsub", "to_single" };
static const mpfr_rnd_t mpfr_modes[] = { MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD };

struct limits {
	mpfr_prec_t precision;
	mpfr_exp_t smallest, largest; /* IEEE exponents of normal numbers */
	long adjust;
};

static const struct limits limits[] = {
	[SOFTFLOAT_SINGLE] = { 24, -126, 127, 192 },
	[SOFTFLOAT_DOUBLE] = { 53, -1022, 1023, 1536 },
};

static double as_double(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof d);
	return d;
}

static uint64_t as_bits(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof bits);
	return bits;
}

/* Fractions with long runs of equal bits meet the rounding boundaries. */
static uint64_t random_fraction(struct random *random, unsigned bits)
{
	uint64_t mask = (UINT64_C(1) << bits) - 1;
	uint64_t run = random_u64(random) >> (64 - bits);

	switch (random_below(random, 6)) {
	case 0:
		return 0;
	case 1:
		return mask;
	case 2:
		return mask & (UINT64_MAX << random_below(random, bits));
	case 3:
		return UINT64_C(1) << random_below(random, bits);
	case 4:
		return mask & (run | UINT64_MAX << (bits - 4));
	default:
		return run;
	}
}

/* A finite operand of the precision, in double format; exponents crowd around 0 and the ends. */
static uint64_t random_operand(struct random *random, enum softfloat_precision precision)
{
	unsigned top = precision == SOFTFLOAT_SINGLE ? 254 : 2046;
	unsigned width = precision == SOFTFLOAT_SINGLE ? 23 : 52;
	uint64_t sign = random_u64(random) >> 63;
	uint64_t exponent, fraction = random_fraction(random, width);

	switch (random_below(random, 8)) {
	case 0:
		exponent = 0;
		break;
	case 1:
		exponent = random_below(random, 60);
		break;
	case 2:
		exponent = top - random_below(random, 60);
		break;
	case 3:
		exponent = random_below(random, top + 1);
		break;
	case 4:
		exponent = top / 4 + random_below(random, 80) - 40;
		break;
	case 5:
		exponent = top / 4 * 3 + random_below(random, 80) - 40;
		break;
	default:
		exponent = top / 2 + random_below(random, 120) - 60;
	}
	if (random_below(random, 40) == 0)
		exponent = fraction = 0;
	if (precision == SOFTFLOAT_SINGLE)
		return softfloat_from_single((uint32_t)(sign << 31 | exponent << 23 | fraction));
	return sign << 63 | exponent << 52 | fraction;
}

static int mpfr_operation(mpfr_t result, enum operation operation, mpfr_t a, mpfr_t c, mpfr_t b, mpfr_rnd_t mode)
{
	switch (operation) {
	case ADD:
		return mpfr_add(result, a, b, mode);
	case SUB:
		return mpfr_sub(result, a, b, mode);
	case MUL:
		return mpfr_mul(result, a, c, mode);
	case DIV:
		return mpfr_div(result, a, b, mode);
	case MULADD:
		return mpfr_fma(result, a, c, b, mode);
	case MULSUB:
		return mpfr_fms(result, a, c, b, mode);
	default:
		return mpfr_set(result, a, mode);
	}
}

static uint64_t soft_operation(struct softfloat *sf, enum operation operation, enum softfloat_precision precision,
			       uint64_t a, uint64_t c, uint64_t b)
{
	switch (operation) {
	case ADD:
		return softfloat_add(sf, precision, a, b);
	case SUB:
		return softfloat_sub(sf, precision, a, b);
	case MUL:
		return softfloat_mul(sf, precision, a, c);
	case DIV:
		return softfloat_div(sf, precision, a, b);
	case MULADD:
		return softfloat_muladd(sf, precision, a, c, b);
	case MULSUB:
		return softfloat_mulsub(sf, precision, a, c, b);
	default:
		return softfloat_round_to_single(sf, a);
	}
}

static void wide_exponents(void)
{
	mpfr_set_emin(mpfr_get_emin_min());
	mpfr_set_emax(mpfr_get_emax_max());
}

/* Flags of a rounding with MPFR's ternary value; `negative` is the result's sign. */
static unsigned ternary_flags(int ternary, bool negative)
{
	if (!ternary)
		return 0;
	return SOFTFLOAT_INEXACT | ((ternary > 0) != negative ? SOFTFLOAT_ROUNDED_UP : 0);
}

#define CUT (SOFTFLOAT_GUARD | SOFTFLOAT_STICKY)

/* Guard and sticky bits of an exact value whose significand is cut to this many bits. */
static unsigned cut_flags(enum operation operation, mpfr_prec_t precision, mpfr_t a, mpfr_t c, mpfr_t b)
{
	unsigned flags;
	mpfr_t cut, longer;

	mpfr_init2(cut, precision);
	mpfr_init2(longer, precision + 1);
	mpfr_operation(cut, operation, a, c, b, MPFR_RNDZ);
	flags = mpfr_operation(longer, operation, a, c, b, MPFR_RNDZ) ? SOFTFLOAT_STICKY : 0;
	if (mpfr_regular_p(cut) && !mpfr_equal_p(cut, longer))
		flags |= SOFTFLOAT_GUARD;
	mpfr_clear(cut);
	mpfr_clear(longer);
	return flags;
}

struct expected {
	uint64_t bits;
	unsigned flags;
	unsigned compared; /* flags to look at: guard and sticky of a denormal result are not worked out here */
};

/* What IEEE 754 asks for, and the Power ISA for enabled exceptions. */
static struct expected expect(enum operation operation, enum softfloat_precision precision, const struct softfloat *sf,
			      mpfr_t a, mpfr_t c, mpfr_t b)
{
	const struct limits *l = &limits[precision];
	mpfr_rnd_t mode = mpfr_modes[sf->round];
	struct expected e = { 0 };
	unsigned overflow;
	bool tiny, huge;
	int ternary;
	mpfr_t r;

	mpfr_init2(r, l->precision);
	wide_exponents();
	mpfr_operation(r, operation, a, c, b, MPFR_RNDZ);
	/* MPFR's significands are in [1/2, 1): its exponents are one more. */
	tiny = mpfr_regular_p(r) && mpfr_get_exp(r) - 1 < l->smallest;
	ternary = mpfr_operation(r, operation, a, c, b, mode);
	huge = mpfr_regular_p(r) && mpfr_get_exp(r) - 1 > l->largest;
	overflow = ternary_flags(ternary, mpfr_signbit(r)) | SOFTFLOAT_OVERFLOW | SOFTFLOAT_INEXACT;
	if ((tiny && sf->trap & SOFTFLOAT_UNDERFLOW) || (huge && sf->trap & SOFTFLOAT_OVERFLOW)) {
		e.flags = ternary_flags(ternary, mpfr_signbit(r));
		e.flags |= tiny ? SOFTFLOAT_UNDERFLOW : SOFTFLOAT_OVERFLOW;
		mpfr_mul_2si(r, r, tiny ? l->adjust : -l->adjust, MPFR_RNDZ);
	} else {
		mpfr_set_emin(l->smallest - l->precision + 2);
		mpfr_set_emax(l->largest + 1);
		ternary = mpfr_operation(r, operation, a, c, b, mode);
		ternary = mpfr_check_range(r, ternary, mode);
		ternary = mpfr_subnormalize(r, ternary, mode);
		/* An overflow keeps the direction that the significand was rounded in. */
		e.flags = huge ? overflow : ternary_flags(ternary, mpfr_signbit(r));
		e.flags |= tiny && ternary ? SOFTFLOAT_UNDERFLOW : 0;
		wide_exponents();
	}
	e.compared = tiny && !(sf->trap & SOFTFLOAT_UNDERFLOW) ? ~(uint32_t)CUT : UINT32_MAX;
	e.flags |= cut_flags(operation, l->precision, a, c, b) & e.compared;
	if (operation == DIV && mpfr_zero_p(b))
		e.flags |= mpfr_zero_p(a) ? SOFTFLOAT_ZDZ : SOFTFLOAT_DIVIDE_BY_ZERO;
	e.bits = mpfr_nan_p(r) ? SOFTFLOAT_DEFAULT_NAN : as_bits(mpfr_get_d(r, MPFR_RNDZ));
	mpfr_clear(r);
	return e;
}

static void check_one(enum operation operation, enum softfloat_precision precision, unsigned round, unsigned trap,
		      const uint64_t operands[3])
{
	struct softfloat sf = { .round = (uint8_t)round, .trap = trap };
	struct expected e;
	uint64_t got;
	mpfr_t m[3];

	wide_exponents();
	for (int i = 0; i < 3; i++) {
		mpfr_init2(m[i], 53);
		mpfr_set_d(m[i], as_double(operands[i]), MPFR_RNDZ);
	}
	e = expect(operation, precision, &sf, m[0], m[1], m[2]);
	got = soft_operation(&sf, operation, precision, operands[0], operands[1], operands[2]);
	if (got != e.bits || (sf.flags & e.compared) != e.flags)
		fail_msg(
			"%s precision %d round %u trap %#x a %016llx c %016llx b %016llx: %016llx flags %#x, want "
			"%016llx %#x",
			operation_names[operation], precision, round, trap, (unsigned long long)operands[0],
			(unsigned long long)operands[1], (unsigned long long)operands[2], (unsigned long long)got,
			sf.flags, (unsigned long long)e.bits, e.flags);
	for (int i = 0; i < 3; i++)
		mpfr_clear(m[i]);
}

/* An enabled exception of frsp moves the exponent by 192 only, which the double format can hold. */
static void check_operation(enum operation operation, enum softfloat_precision precision, unsigned round, unsigned trap,
			    unsigned cases)
{
	struct random random;
	enum softfloat_precision operand = operation == TO_SINGLE ? SOFTFLOAT_DOUBLE : precision;

	random_seed(&random, 1000 * operation + 100 * precision + 4 * (trap >> 24) + round);
	for (unsigned i = 0; i < cases; i++) {
		uint64_t operands[3];

		for (int k = 0; k < 3; k++)
			operands[k] = random_operand(&random, operand);
		/* Sums that cancel, and addends around the product. */
		if (i % 4 == 1)
			operands[2] = operands[0] ^ (random_u64(&random) & (SOFTFLOAT_SIGN | 3u << 29));
		if (i % 8 == 2 && (operation == MULADD || operation == MULSUB)) {
			struct softfloat sf = { .round = SOFTFLOAT_ZERO };

			operands[2] = softfloat_mul(&sf, precision, operands[0], operands[1]) ^
				      (random_u64(&random) & SOFTFLOAT_SIGN);
		}
		check_one(operation, precision, round, trap, operands);
	}
}

static void check_all(unsigned trap, unsigned cases)
{
	for (enum operation operation = 0; operation < OPERATIONS; operation++)
		for (enum softfloat_precision p = SOFTFLOAT_SINGLE; p <= SOFTFLOAT_DOUBLE; p++)
			for (unsigned round = 0; round < 4; round++)
				if (operation != TO_SINGLE || p == SOFTFLOAT_SINGLE)
					check_operation(operation, p, round, trap, cases);
}

static void test_operations_against_mpfr(void **state)
{
	(void)state;
	check_all(0, CASES);
}

static void test_enabled_exceptions_against_mpfr(void **state)
{
	(void)state;
	check_all(SOFTFLOAT_OVERFLOW, CASES / 4);
	check_all(SOFTFLOAT_UNDERFLOW, CASES / 4);
}

/* Integer of b * 2^scale in the mode; the flags that softfloat should give. */
static void check_to_integer(struct random *random, bool is_signed, unsigned width, int scale)
{
	struct softfloat sf = { .round = (uint8_t)random_below(random, 4) };
	uint64_t b = random_operand(random, SOFTFLOAT_DOUBLE), got, want;
	unsigned flags, cut;
	int ternary, fits;
	mpfr_t m, r, fraction;

	if (random_below(random, 4)) /* around the integers and the limits */
		b = (b & ~(UINT64_C(0x7ff) << 52)) | (uint64_t)(1019 + (int)random_below(random, 70) - scale) << 52;
	wide_exponents();
	mpfr_inits2(200, m, r, fraction, (mpfr_ptr)0);
	mpfr_set_d(m, as_double(b), MPFR_RNDZ);
	mpfr_mul_2si(m, m, scale, MPFR_RNDZ);
	ternary = mpfr_rint(r, m, mpfr_modes[sf.round]);
	mpfr_frac(fraction, m, MPFR_RNDZ);
	mpfr_abs(fraction, fraction, MPFR_RNDZ);
	cut = mpfr_cmp_d(fraction, 0.5) >= 0 ? SOFTFLOAT_GUARD : 0;
	if (mpfr_cmp_d(fraction, cut ? 0.5 : 0) != 0)
		cut |= SOFTFLOAT_STICKY;
	if (is_signed) {
		mpfr_set_si_2exp(m, -1, width - 1, MPFR_RNDZ);
		fits = mpfr_cmp(r, m) >= 0;
		mpfr_neg(m, m, MPFR_RNDZ);
	} else {
		fits = mpfr_sgn(r) >= 0;
		mpfr_set_si_2exp(m, 1, width, MPFR_RNDZ);
	}
	fits = fits && mpfr_less_p(r, m);
	flags = fits ? ternary_flags(ternary, mpfr_signbit(r)) | cut : (unsigned)SOFTFLOAT_CVI;
	if (fits)
		want = is_signed ? (uint64_t)mpfr_get_sj(r, MPFR_RNDZ) : mpfr_get_uj(r, MPFR_RNDZ);
	else if (is_signed)
		want = mpfr_signbit(r) ? UINT64_MAX << (width - 1) : UINT64_MAX >> (65 - width);
	else
		want = mpfr_signbit(r) ? 0 : UINT64_MAX >> (64 - width);
	got = is_signed ? softfloat_to_signed(&sf, b, width, scale) : softfloat_to_unsigned(&sf, b, width, scale);
	if (got != want || sf.flags != flags)
		fail_msg("to_integer signed %d width %u scale %d round %u %016llx: %016llx flags %#x, want %016llx %#x",
			 is_signed, width, scale, sf.round, (unsigned long long)b, (unsigned long long)got, sf.flags,
			 (unsigned long long)want, flags);
	mpfr_clears(m, r, fraction, (mpfr_ptr)0);
}

static void check_from_integer(struct random *random, bool is_signed, enum softfloat_precision precision, int scale)
{
	struct softfloat sf = { .round = (uint8_t)random_below(random, 4) };
	uint64_t value = random_u64(random) >> random_below(random, 64), got, want;
	int ternary;
	mpfr_t r;

	if (random_below(random, 2))
		value = 0 - value;
	wide_exponents();
	mpfr_init2(r, limits[precision].precision);
	if (is_signed)
		ternary = mpfr_set_sj_2exp(r, (int64_t)value, scale, mpfr_modes[sf.round]);
	else
		ternary = mpfr_set_uj_2exp(r, value, scale, mpfr_modes[sf.round]);
	want = as_bits(mpfr_get_d(r, MPFR_RNDZ));
	got = is_signed ? softfloat_from_signed(&sf, precision, (int64_t)value, scale)
			: softfloat_from_unsigned(&sf, precision, value, scale);
	assert_int_equal(got, want);
	assert_int_equal(sf.flags & ~CUT, ternary_flags(ternary, mpfr_signbit(r)));
	mpfr_clear(r);
}

static void test_conversions_against_mpfr(void **state)
{
	struct random random;

	(void)state;
	random_seed(&random, 7);
	for (int i = 0; i < CASES; i++) {
		check_to_integer(&random, true, 32, 0);
		check_to_integer(&random, true, 64, 0);
		check_to_integer(&random, true, 32, 31);
		check_to_integer(&random, false, 32, 0);
		check_to_integer(&random, false, 64, 0);
		check_to_integer(&random, false, 32, 32);
		check_from_integer(&random, true, SOFTFLOAT_SINGLE, 0);
		check_from_integer(&random, true, SOFTFLOAT_DOUBLE, -31);
		check_from_integer(&random, false, SOFTFLOAT_SINGLE, -32);
		check_from_integer(&random, false, SOFTFLOAT_DOUBLE, 0);
	}
}

static void test_compare_against_mpfr(void **state)
{
	struct random random;
	mpfr_t a, b;

	(void)state;
	random_seed(&random, 8);
	wide_exponents();
	mpfr_inits2(53, a, b, (mpfr_ptr)0);
	for (int i = 0; i < CASES; i++) {
		uint64_t x = random_operand(&random, SOFTFLOAT_DOUBLE);
		uint64_t y = i & 1 ? random_operand(&random, SOFTFLOAT_DOUBLE)
				   : x ^ (random_u64(&random) & (SOFTFLOAT_SIGN | 1));
		int relation;

		mpfr_set_d(a, as_double(x), MPFR_RNDZ);
		mpfr_set_d(b, as_double(y), MPFR_RNDZ);
		relation = mpfr_cmp(a, b);
		assert_int_equal(softfloat_compare(x, y), relation < 0   ? SOFTFLOAT_LESS
							  : relation > 0 ? SOFTFLOAT_GREATER
									 : SOFTFLOAT_EQUAL);
	}
	mpfr_clears(a, b, (mpfr_ptr)0);
}

/* lfs of every kind of word equals the value, and stfs gives the word back. */
static void test_single_format(void **state)
{
	struct random random;

	(void)state;
	random_seed(&random, 9);
	for (int i = 0; i < 100000; i++) {
		uint32_t word = (uint32_t)random_u64(&random);
		float f;

		if (i & 1)
			word &= 0x807fffff; /* denormal */
		if (i % 16 == 2)
			word &= 0x80000000 | UINT32_C(1) << random_below(&random, 23);
		memcpy(&f, &word, sizeof f);
		assert_int_equal(softfloat_to_single(softfloat_from_single(word)), word);
		if (f == f)
			assert_int_equal(softfloat_from_single(word), as_bits((double)f));
	}
	assert_int_equal(softfloat_from_single(0x7f800001), UINT64_C(0x7ff0000020000000)); /* SNaN stays one */
	/* Bits below a single's are cut, not rounded; too small values (undefined) become zero. */
	assert_int_equal(softfloat_to_single(UINT64_C(0x3fefffffffffffff)), 0x3f7fffff);
	assert_int_equal(softfloat_to_single(UINT64_C(0x380fffffffffffff)), 0x007fffff);
	assert_int_equal(softfloat_to_single(UINT64_C(0xb6a0000000000000)), 0x80000001);
	assert_int_equal(softfloat_to_single(UINT64_C(0xb690000000000000)), 0x80000000);
}

#define INF SOFTFLOAT_INFINITY
#define NEG SOFTFLOAT_SIGN
#define ONE UINT64_C(0x3ff0000000000000)
#define Q1 UINT64_C(0x7ff8000000000011)
#define Q2 UINT64_C(0xfff8000000000022)
#define Q3 UINT64_C(0x7ff8000000000033)
#define S1 UINT64_C(0x7ff0000000000041)
#define S2 UINT64_C(0xfff0000000000052)
#define QUIET SOFTFLOAT_QUIET
#define DEFAULT SOFTFLOAT_DEFAULT_NAN

struct special {
	enum operation operation;
	uint64_t a, c, b, result;
	unsigned flags;
};

/* Power ISA Book I, 4.3.2 (which NaN), 4.4.1 (which invalid operation), 4.6.5.2 (multiply-add). */
static const struct special specials[] = {
	{ ADD, Q1, 0, Q2, Q1, 0 },
	{ ADD, ONE, 0, Q2, Q2, 0 },
	{ ADD, S1, 0, Q2, S1 | QUIET, SOFTFLOAT_SNAN },
	{ ADD, Q1, 0, S2, Q1, SOFTFLOAT_SNAN },
	{ ADD, INF, 0, INF, INF, 0 },
	{ ADD, INF, 0, NEG | INF, DEFAULT, SOFTFLOAT_ISI },
	{ ADD, ONE, 0, NEG | INF, NEG | INF, 0 },
	{ SUB, INF, 0, INF, DEFAULT, SOFTFLOAT_ISI },
	{ SUB, INF, 0, NEG | INF, INF, 0 },
	{ SUB, ONE, 0, Q2, Q2, 0 },
	{ SUB, ONE, 0, INF, NEG | INF, 0 },
	{ MUL, INF, 0, 0, DEFAULT, SOFTFLOAT_IMZ },
	{ MUL, NEG, INF, 0, DEFAULT, SOFTFLOAT_IMZ },
	{ MUL, INF, NEG | ONE, 0, NEG | INF, 0 },
	{ MUL, ONE, S2, 0, S2 | QUIET, SOFTFLOAT_SNAN },
	{ DIV, 0, 0, NEG, DEFAULT, SOFTFLOAT_ZDZ },
	{ DIV, INF, 0, INF, DEFAULT, SOFTFLOAT_IDI },
	{ DIV, INF, 0, NEG, NEG | INF, 0 },
	{ DIV, ONE, 0, NEG, NEG | INF, SOFTFLOAT_DIVIDE_BY_ZERO },
	{ DIV, ONE, 0, NEG | INF, NEG, 0 },
	{ DIV, Q1, 0, 0, Q1, 0 },
	{ MULADD, Q1, Q2, Q3, Q1, 0 },
	{ MULADD, ONE, Q2, Q3, Q3, 0 },
	{ MULADD, ONE, Q2, ONE, Q2, 0 },
	{ MULADD, ONE, S2, Q3, Q3, SOFTFLOAT_SNAN },
	{ MULADD, INF, 0, ONE, DEFAULT, SOFTFLOAT_IMZ },
	{ MULADD, INF, 0, Q3, Q3, SOFTFLOAT_IMZ },
	{ MULADD, 0, INF, S2, S2 | QUIET, SOFTFLOAT_IMZ | SOFTFLOAT_SNAN },
	{ MULADD, INF, ONE, NEG | INF, DEFAULT, SOFTFLOAT_ISI },
	{ MULADD, INF, ONE, ONE, INF, 0 },
	{ MULADD, ONE, ONE, NEG | INF, NEG | INF, 0 },
	{ MULSUB, INF, ONE, INF, DEFAULT, SOFTFLOAT_ISI },
	{ MULSUB, ONE, ONE, INF, NEG | INF, 0 },
	{ MULSUB, ONE, ONE, Q3, Q3, 0 },
	{ TO_SINGLE, Q1, 0, 0, UINT64_C(0x7ff8000000000000), 0 },
	{ TO_SINGLE, UINT64_C(0xfff0000020000001), 0, 0, UINT64_C(0xfff8000020000000), SOFTFLOAT_SNAN },
	{ TO_SINGLE, NEG | INF, 0, 0, NEG | INF, 0 },
};

static void test_special_operands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
		const struct special *s = &specials[i];

		for (unsigned round = 0; round < 4; round++) {
			struct softfloat sf = { .round = (uint8_t)round };
			uint64_t got = soft_operation(&sf, s->operation, SOFTFLOAT_DOUBLE, s->a, s->c, s->b);

			if (got != s->result || sf.flags != s->flags)
				fail_msg("row %zu (%s) round %u: %016llx flags %#x", i, operation_names[s->operation],
					 round, (unsigned long long)got, sf.flags);
		}
	}
}

static void test_special_conversions(void **state)
{
	struct softfloat sf = { 0 };

	(void)state;
	assert_int_equal(softfloat_to_signed(&sf, Q1, 32, 0), UINT64_C(0xffffffff80000000));
	assert_int_equal(sf.flags, SOFTFLOAT_CVI);
	assert_int_equal(softfloat_to_unsigned(&sf, S1, 32, 0), 0);
	assert_int_equal(sf.flags, SOFTFLOAT_CVI | SOFTFLOAT_SNAN);
	sf.flags = 0;
	assert_int_equal(softfloat_to_signed(&sf, INF, 32, 0), 0x7fffffff);
	assert_int_equal(softfloat_to_signed(&sf, NEG | INF, 32, 0), UINT64_C(0xffffffff80000000));
	assert_int_equal(softfloat_to_unsigned(&sf, INF, 32, 0), 0xffffffff);
	assert_int_equal(softfloat_to_unsigned(&sf, NEG | INF, 32, 0), 0);
	assert_int_equal(sf.flags, SOFTFLOAT_CVI);
	assert_int_equal(softfloat_compare(Q1, Q1), SOFTFLOAT_UNORDERED);
	assert_int_equal(softfloat_compare(ONE, S2), SOFTFLOAT_UNORDERED);
	assert_int_equal(softfloat_compare(INF, NEG | INF), SOFTFLOAT_GREATER);
}

static void test_estimates_against_mpfr(void **state)
{
	struct random random;
	mpfr_t m, error;

	(void)state;
	random_seed(&random, 10);
	wide_exponents();
	mpfr_inits2(120, m, error, (mpfr_ptr)0);
	for (int i = 0; i < CASES; i++) {
		uint64_t b = random_operand(&random, SOFTFLOAT_DOUBLE) & ~NEG;
		struct softfloat sf = { .round = (uint8_t)(i & 3) };
		uint64_t got = softfloat_rsqrt_estimate(&sf, b);

		if (!b) {
			assert_int_equal(got, INF);
			assert_int_equal(sf.flags, SOFTFLOAT_DIVIDE_BY_ZERO);
			continue;
		}
		assert_int_equal(sf.flags, 0);
		mpfr_set_d(m, as_double(b), MPFR_RNDN);
		mpfr_rec_sqrt(m, m, MPFR_RNDN);
		mpfr_d_sub(error, as_double(got), m, MPFR_RNDN);
		mpfr_div(error, error, m, MPFR_RNDN);
		assert_true(mpfr_cmpabs_ui(error, 0) == 0 || mpfr_get_exp(error) <= -52);
	}
	mpfr_clears(m, error, (mpfr_ptr)0);
}

static void test_estimate_specials(void **state)
{
	struct softfloat sf = { 0 };

	(void)state;
	assert_int_equal(softfloat_reciprocal_estimate(&sf, UINT64_C(0x4008000000000000)),
			 UINT64_C(0x3fd5555560000000));
	assert_int_equal(softfloat_reciprocal_estimate(&sf, NEG | INF), NEG);
	assert_int_equal(softfloat_rsqrt_estimate(&sf, UINT64_C(0x4010000000000000)), UINT64_C(0x3fe0000000000000));
	assert_int_equal(softfloat_rsqrt_estimate(&sf, INF), 0);
	assert_int_equal(sf.flags, 0);
	assert_int_equal(softfloat_reciprocal_estimate(&sf, NEG), NEG | INF);
	assert_int_equal(softfloat_rsqrt_estimate(&sf, NEG), NEG | INF);
	assert_int_equal(sf.flags, SOFTFLOAT_DIVIDE_BY_ZERO);
	sf.flags = 0;
	assert_int_equal(softfloat_rsqrt_estimate(&sf, NEG | ONE), DEFAULT);
	assert_int_equal(softfloat_rsqrt_estimate(&sf, NEG | INF), DEFAULT);
	assert_int_equal(sf.flags, SOFTFLOAT_SQRT);
	sf.flags = 0;
	assert_int_equal(softfloat_rsqrt_estimate(&sf, S2), S2 | QUIET);
	assert_int_equal(sf.flags, SOFTFLOAT_SNAN);
	/* 1 / 2^-1000 overflows a single. */
	sf.flags = 0;
	assert_int_equal(softfloat_reciprocal_estimate(&sf, UINT64_C(0x0170000000000000)), INF);
	assert_int_equal(sf.flags, SOFTFLOAT_OVERFLOW);
}

static const int host_modes[] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };

/* The host's double arithmetic, at run time in the mode; `flags` as softfloat's, without underflow and direction. */
static uint64_t host_operation(enum operation operation, unsigned round, uint64_t ab, uint64_t bb, unsigned *flags)
{
	volatile double a = as_double(ab), b = as_double(bb), result = 0;
	int raised;

	fesetround(host_modes[round]);
	feclearexcept(FE_ALL_EXCEPT);
	switch (operation) {
	case ADD:
		result = a + b;
		break;
	case SUB:
		result = a - b;
		break;
	case MUL:
		result = a * b;
		break;
	default:
		result = a / b;
	}
	raised = fetestexcept(FE_ALL_EXCEPT);
	fesetround(FE_TONEAREST);
	*flags = (raised & FE_INEXACT ? SOFTFLOAT_INEXACT : 0u) | (raised & FE_OVERFLOW ? SOFTFLOAT_OVERFLOW : 0u) |
		 (raised & FE_DIVBYZERO ? SOFTFLOAT_DIVIDE_BY_ZERO : 0u) | (raised & FE_INVALID ? SOFTFLOAT_ZDZ : 0u);
	return as_bits(result);
}

static void test_operations_against_the_host(void **state)
{
	const unsigned compared = SOFTFLOAT_INEXACT | SOFTFLOAT_OVERFLOW | SOFTFLOAT_DIVIDE_BY_ZERO | SOFTFLOAT_ZDZ;
	struct random random;

	(void)state;
	random_seed(&random, 11);
	for (int i = 0; i < 200000; i++) {
		enum operation operation = i & 3;
		struct softfloat sf = { .round = (uint8_t)(i >> 2 & 3) };
		uint64_t a = random_operand(&random, SOFTFLOAT_DOUBLE), b = random_operand(&random, SOFTFLOAT_DOUBLE);
		unsigned flags;
		uint64_t want = host_operation(operation, sf.round, a, b, &flags);
		uint64_t got = soft_operation(&sf, operation, SOFTFLOAT_DOUBLE, a, b, b);

		if (flags & SOFTFLOAT_ZDZ)
			want = DEFAULT; /* hosts differ in the sign of theirs */
		assert_int_equal(got, want);
		assert_int_equal(sf.flags & compared, flags);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations_against_mpfr),
		cmocka_unit_test(test_enabled_exceptions_against_mpfr),
		cmocka_unit_test(test_conversions_against_mpfr),
		cmocka_unit_test(test_compare_against_mpfr),
		cmocka_unit_test(test_single_format),
		cmocka_unit_test(test_special_operands),
		cmocka_unit_test(test_special_conversions),
		cmocka_unit_test(test_estimates_against_mpfr),
		cmocka_unit_test(test_estimate_specials),
		cmocka_unit_test(test_operations_against_the_host),
	};

	return cmocka_run_group_tests_name("softfloat", tests, NULL, NULL);
}
