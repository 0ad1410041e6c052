/*
 * Embedded floating point of e500v2. Which default result and which status a
 * kind of operand gives is the table of Power ISA 2.03 Book I, 7.4; results,
 * guard and sticky bits of numbers come from MPFR; conversions, interrupts and
 * the rest are worked out by hand from E500CORERM 10.4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <mpfr.h>

#include "sim/base/random.h"
#include "sim/core/interrupt.h"
#include "sim/float/spefscr.h"
#include "sim/isa/isa.h"
#include "tests/fixture/lone_core.h"

#define UNTOUCHED UINT64_C(0x123456789abcdef0)

enum mode { RN, RZ, RP, RM };

#define FINV SPEFSCR_FINV
#define FDBZ SPEFSCR_FDBZ
#define FOVF SPEFSCR_FOVF
#define FUNF SPEFSCR_FUNF
#define FG SPEFSCR_FG
#define FX SPEFSCR_FX
#define FINVS SPEFSCR_FINVS
#define FINXS SPEFSCR_FINXS

static int setup(void **state)
{
	static struct lone_core single;

	lone_core_open_single(&single, "e500v2");
	*state = &single;
	return 0;
}

static int teardown(void **state)
{
	lone_core_close(*state);
	return 0;
}

/* The three sizes that an operation comes in. */
enum size { SINGLE, DOUBLE, VECTOR };

static const char *const prefixes[] = { "efs", "efd", "evfs" };

struct format {
	int exponent, fraction; /* bits */
};

static const struct format formats[] = { { 8, 23 }, { 11, 52 }, { 8, 23 } };

static uint64_t number(enum size size, bool sign, uint64_t exponent, uint64_t fraction)
{
	const struct format *f = &formats[size];

	return (uint64_t)sign << (f->exponent + f->fraction) | exponent << f->fraction | fraction;
}

static uint64_t fraction_mask(enum size size)
{
	return (UINT64_C(1) << formats[size].fraction) - 1;
}

static uint64_t top_exponent(enum size size)
{
	return (UINT64_C(1) << formats[size].exponent) - 1;
}

static uint64_t maximum(enum size size, bool sign)
{
	return number(size, sign, top_exponent(size) - 1, fraction_mask(size));
}

/* Sets the operands of lane 0 (low; all of a double) or 1 (high). */
static void set_lane(uint64_t *reg, enum size size, int lane, uint64_t value)
{
	int shift = lane ? 32 : 0;

	if (size == DOUBLE)
		*reg = value;
	else
		*reg = (*reg & ~(UINT64_C(0xffffffff) << shift)) | value << shift;
}

static uint64_t get_lane(uint64_t reg, enum size size, int lane)
{
	return size == DOUBLE ? reg : (uint32_t)(reg >> (lane ? 32 : 0));
}

/* What a status in the places of the low element does to SPEFSCR: element, sticky bits, FINXS. */
static uint32_t expected_spefscr(uint32_t before, enum size size, int lane, uint32_t status)
{
	uint32_t after = before & ~UINT32_C(0x3f00);

	if (size == VECTOR)
		after &= ~UINT32_C(0x3f000000);
	after |= lane ? status << 16 : status;
	after |= status & FINV ? SPEFSCR_FINVS : 0;
	after |= status & FDBZ ? SPEFSCR_FDBZS : 0;
	after |= status & FUNF ? SPEFSCR_FUNFS : 0;
	after |= status & FOVF ? SPEFSCR_FOVFS : 0;
	return after | (status & (FG | FX | FOVF | FUNF) ? SPEFSCR_FINXS : 0);
}

/* Runs op on one lane, the other one holding numbers whose result is exact. */
static enum exec_result run_lane(struct lone_core *s, const struct op *op, enum size size, int lane, uint64_t a,
				 uint64_t b)
{
	uint64_t one = number(size, false, top_exponent(size) / 2, 0);

	s->core->r[1] = UNTOUCHED;
	for (int l = 0; l < 2; l++) {
		set_lane(&s->core->r[2], size, l, one);
		set_lane(&s->core->r[3], size, l, one);
	}
	set_lane(&s->core->r[2], size, lane, a);
	set_lane(&s->core->r[3], size, lane, b);
	return lone_core_execute(s, op);
}

static struct op decode(struct lone_core *s, enum size size, const char *operation)
{
	char text[64];

	snprintf(text, sizeof text, "%s%s r1,r2,r3", prefixes[size], operation);
	return lone_core_decode(s, text);
}

/* ---- The tables of 7.4 ---- */

enum kind { INFINITE, NAN_KIND, DENORMAL, ZERO, NORMAL, KINDS };

static uint64_t of_kind(enum size size, enum kind kind, bool sign)
{
	static const struct {
		int exponent; /* -1: the top one, 0 or the middle one */
		uint64_t fraction;
	} kinds[] = {
		[INFINITE] = { -1, 0 }, [NAN_KIND] = { -1, 5 }, [DENORMAL] = { 0, 5 }, [ZERO] = { 0, 0 },
		[NORMAL] = { 1, 5 },
	};
	uint64_t exponent = kinds[kind].exponent < 0 ? top_exponent(size)
			    : kinds[kind].exponent   ? top_exponent(size) / 2
						     : 0;

	return number(size, sign, exponent, kinds[kind].fraction);
}

/*
 * A row is the first operand's kind, a column the second's, in the order of
 * enum kind. A cell is the result: A, B the largest number with the sign of the
 * first or second operand, X with both signs combined; a, b the operand
 * itself; 0 the zero of a sum, z of a product; c the computed result. ! is
 * FINV, / is FDBZ.
 */
static const char *const sums[KINDS][KINDS] = {
	{ "A!", "A!", "A!", "A!", "A!" },
	{ "A!", "A!", "A!", "A!", "A!" },
	{ "B!", "B!", "0!", "0!", "b!" },
	{ "B!", "B!", "0!", "0", "b" },
	{ "B!", "B!", "a!", "a", "c" },
};

static const char *const products[KINDS][KINDS] = {
	{ "X!", "X!", "z!", "z!", "X!" },
	{ "X!", "X!", "z!", "z!", "X!" },
	{ "z!", "z!", "z!", "z!", "z!" },
	{ "z!", "z!", "z!", "z", "z" },
	{ "X!", "X!", "z!", "z", "c" },
};

static const char *const quotients[KINDS][KINDS] = {
	{ "X!", "X!", "X!", "X!", "X!" },
	{ "X!", "X!", "X!", "X!", "X!" },
	{ "z!", "z!", "X!", "X!", "z!" },
	{ "z!", "z!", "X!", "X!", "z" },
	{ "z!", "z!", "X!", "X/", "c" },
};

struct pair {
	uint64_t a, b;
	bool sign_a, sign_b; /* of b as it is added, for sub */
};

static uint64_t cell_result(enum size size, char cell, const struct pair *p)
{
	uint64_t sign = number(size, true, 0, 0);

	switch (cell) {
	case 'A':
		return maximum(size, p->sign_a);
	case 'B':
		return maximum(size, p->sign_b);
	case 'X':
		return maximum(size, p->sign_a ^ p->sign_b);
	case 'a':
		return p->a;
	case 'b':
		return (p->b & ~sign) | (p->sign_b ? sign : 0);
	case '0': /* rounding to nearest: -0 only if both are */
		return number(size, p->sign_a && p->sign_b, 0, 0);
	default:
		return number(size, p->sign_a ^ p->sign_b, 0, 0);
	}
}

static void check_kinds(struct lone_core *s, enum size size, const char *operation,
			const char *const table[KINDS][KINDS])
{
	struct op op = decode(s, size, operation);

	for (unsigned i = 0; i < 4 * KINDS * KINDS * 2; i++) {
		enum kind x = i / 2 / 4 / KINDS, y = i / 2 / 4 % KINDS;
		int lane = size == VECTOR && i & 1;
		struct pair p = { .sign_a = i >> 1 & 1, .sign_b = i >> 2 & 1 };
		const char *cell = table[x][y];
		uint32_t status = cell[1] == '!' ? FINV : cell[1] == '/' ? FDBZ : 0, want;

		p.a = of_kind(size, x, p.sign_a);
		p.b = of_kind(size, y, p.sign_b);
		p.sign_b ^= !strcmp(operation, "sub");
		s->core->spefscr = 0x3f003f00;
		want = expected_spefscr(s->core->spefscr, size, lane, status);
		assert_int_equal(run_lane(s, &op, size, lane, p.a, p.b), EXEC_NEXT);
		if (*cell == 'c')
			continue;
		if (get_lane(s->core->r[1], size, lane) != cell_result(size, *cell, &p) || s->core->spefscr != want)
			fail_msg("%s%s a %llx b %llx lane %d: %llx SPEFSCR %08x, want %llx %08x", prefixes[size],
				 operation, (unsigned long long)p.a, (unsigned long long)p.b, lane,
				 (unsigned long long)s->core->r[1], s->core->spefscr,
				 (unsigned long long)cell_result(size, *cell, &p), want);
	}
}

static void test_kinds(void **state)
{
	for (enum size size = SINGLE; size <= VECTOR; size++) {
		check_kinds(*state, size, "add", sums);
		check_kinds(*state, size, "sub", sums);
		check_kinds(*state, size, "mul", products);
		check_kinds(*state, size, "div", quotients);
	}
}

/* ---- Numbers, against MPFR ---- */

static void to_mpfr(mpfr_t m, enum size size, uint64_t value)
{
	double d;
	float f;
	uint32_t word = (uint32_t)value;

	if (size == DOUBLE)
		memcpy(&d, &value, sizeof d);
	else
		memcpy(&f, &word, sizeof f);
	mpfr_set_d(m, size == DOUBLE ? d : (double)f, MPFR_RNDZ);
}

static uint64_t from_mpfr(mpfr_t m, enum size size)
{
	double d = mpfr_get_d(m, MPFR_RNDZ);
	float f = (float)d;
	uint64_t value;
	uint32_t word;

	memcpy(&value, &d, sizeof value);
	memcpy(&word, &f, sizeof word);
	return size == DOUBLE ? value : word;
}

static int compute(mpfr_t r, char operation, mpfr_t a, mpfr_t b, mpfr_rnd_t mode)
{
	switch (operation) {
	case 'a':
		return mpfr_add(r, a, b, mode);
	case 's':
		return mpfr_sub(r, a, b, mode);
	case 'm':
		return mpfr_mul(r, a, b, mode);
	default:
		return mpfr_div(r, a, b, mode);
	}
}

struct expected {
	uint64_t value;
	uint32_t status;
};

/* 7.2.3: r > pmax saturates, 0 < r < pmin is zero; else rounded (nearest) or cut, with guard and sticky bits. */
static struct expected expect(enum size size, char operation, uint64_t x, uint64_t y, bool nearest, enum mode mode)
{
	int precision = formats[size].fraction + 1, bias = (int)(top_exponent(size) / 2);
	struct expected e = { 0 };
	mpfr_t a, b, r, cut, longer;

	mpfr_inits2(53, a, b, (mpfr_ptr)0);
	mpfr_inits2(precision, r, cut, (mpfr_ptr)0);
	mpfr_init2(longer, precision + 1);
	to_mpfr(a, size, x);
	to_mpfr(b, size, y);
	compute(cut, operation, a, b, MPFR_RNDZ);
	compute(r, operation, a, b, nearest ? MPFR_RNDN : MPFR_RNDZ);
	if (mpfr_zero_p(cut)) { /* only a sum can cancel */
		e.value = number(size, mode == RM, 0, 0);
	} else if (mpfr_get_exp(r) - 1 > bias) {
		e.value = maximum(size, mpfr_signbit(r));
		e.status = FOVF;
	} else if (mpfr_get_exp(cut) - 1 < 1 - bias) {
		bool sum = operation == 'a' || operation == 's';

		e.value = number(size, sum ? mode == RM : mpfr_signbit(r), 0, 0);
		e.status = FUNF;
	} else {
		e.value = from_mpfr(r, size);
		if (compute(longer, operation, a, b, MPFR_RNDZ))
			e.status |= FX;
		if (!mpfr_equal_p(longer, cut))
			e.status |= FG;
	}
	mpfr_clears(a, b, r, cut, longer, (mpfr_ptr)0);
	return e;
}

static uint64_t random_normal(struct random *random, enum size size)
{
	uint64_t top = top_exponent(size), exponent, fraction = random_u64(random) & fraction_mask(size);

	switch (random_below(random, 5)) {
	case 0:
		exponent = 1 + random_below(random, 40);
		break;
	case 1:
		exponent = top - 1 - random_below(random, 40);
		break;
	case 2:
		exponent = 1 + random_below(random, (uint32_t)top - 1);
		break;
	default:
		exponent = top / 2 + random_below(random, 60) - 30;
	}
	if (random_below(random, 3) == 0)
		fraction &= fraction_mask(size) << random_below(random, 52);
	if (random_below(random, 5) == 0)
		fraction = fraction_mask(size) - random_below(random, 3);
	return number(size, random_u64(random) & 1, exponent, fraction & fraction_mask(size));
}

static void check_numbers(struct lone_core *s, enum size size, const char *operation, enum mode mode, bool finxe)
{
	struct op op = decode(s, size, operation);
	struct random random;

	random_seed(&random, 100 * size + 10 * (unsigned char)*operation + mode);
	for (int i = 0; i < 3000; i++) {
		int lane = size == VECTOR && i & 1;
		uint64_t a = random_normal(&random, size), b = random_normal(&random, size);
		uint32_t enables = mode | (finxe ? SPEFSCR_FINXE : 0), want;
		struct expected e;
		enum exec_result result;

		if (i % 8 == 0)
			b = a ^ (random_u64(&random) & 3) ^ number(size, random_u64(&random) & 1, 0, 0);
		e = expect(size, *operation, a, b, mode == RN && !finxe, mode);
		s->core->spefscr = enables;
		want = expected_spefscr(enables, size, lane, e.status);
		result = run_lane(s, &op, size, lane, a, b);
		if (get_lane(s->core->r[1], size, lane) != e.value || s->core->spefscr != want)
			fail_msg("%s%s mode %d FINXE %d a %llx b %llx: %llx SPEFSCR %08x, want %llx %08x",
				 prefixes[size], operation, mode, finxe, (unsigned long long)a, (unsigned long long)b,
				 (unsigned long long)s->core->r[1], s->core->spefscr, (unsigned long long)e.value,
				 want);
		/* The round interrupt: for what is inexact, and always in the modes that the handler rounds for. */
		if ((finxe && e.status) || mode >= RP) {
			assert_int_equal(result, EXEC_LEAVE);
			assert_true(lone_core_took(s, IVOR_EFP_ROUND));
			assert_int_equal(s->core->srr[0], LONE_SINGLE_EA + 4);
			core_set_msr(s->core, MSR_SPE);
		} else {
			assert_int_equal(result, EXEC_NEXT);
		}
	}
}

static void test_numbers(void **state)
{
	static const char *const operations[] = { "add", "sub", "mul", "div" };

	for (enum size size = SINGLE; size <= VECTOR; size++)
		for (int i = 0; i < 4; i++)
			for (enum mode mode = RN; mode <= RM; mode++)
				check_numbers(*state, size, operations[i], mode, mode == RN && size == DOUBLE && i & 1);
	for (int i = 0; i < 4; i++)
		check_numbers(*state, SINGLE, operations[i], RN, true);
}

/* ---- Conversions ---- */

struct conversion {
	const char *text; /* r1 from r3 */
	uint32_t mode;
	uint64_t b, result; /* all of r1; the high half of a word result is UNTOUCHED's */
	uint32_t status;
};

#define HIGH UINT64_C(0x1234567800000000)

static const struct conversion conversions[] = {
	{ "efscfsi r1,r3", RN, 0xffffffff, HIGH | 0xbf800000, 0 },
	{ "efscfui r1,r3", RN, 0xffffffff, HIGH | 0x4f800000, FG | FX },
	{ "efscfui r1,r3", RZ, 0xffffffff, HIGH | 0x4f7fffff, FG | FX },
	{ "efscfsi r1,r3", RN, 0x01000001, HIGH | 0x4b800000, FG },
	{ "efscfsi r1,r3", RN, 0x01000003, HIGH | 0x4b800002, FG },
	{ "efscfsi r1,r3", RN, 0x80000000, HIGH | 0xcf000000, 0 },
	{ "efscfsi r1,r3", RN, 0, HIGH, 0 },
	{ "efscfsf r1,r3", RN, 0x80000000, HIGH | 0xbf800000, 0 },
	{ "efscfsf r1,r3", RN, 0x40000000, HIGH | 0x3f000000, 0 },
	{ "efscfuf r1,r3", RN, 0x80000000, HIGH | 0x3f000000, 0 },
	{ "efdcfsi r1,r3", RN, 0x80000001, UINT64_C(0xc1dfffffffc00000), 0 },
	{ "efdcfui r1,r3", RN, 0xffffffff, UINT64_C(0x41efffffffe00000), 0 },
	{ "efdcfsf r1,r3", RN, 0x00000001, UINT64_C(0x3e00000000000000), 0 },
	{ "efdcfuf r1,r3", RN, 0x00000001, UINT64_C(0x3df0000000000000), 0 },
	{ "efsctsi r1,r3", RN, 0x40200000, HIGH | 2, FG },          /* 2.5 */
	{ "efsctsi r1,r3", RN, 0x40600000, HIGH | 4, FG },          /* 3.5 */
	{ "efsctsi r1,r3", RN, 0xc0400001, HIGH | 0xfffffffd, FX }, /* just below -3 */
	{ "efsctsiz r1,r3", RN, 0x40600001, HIGH | 3, FG | FX },
	{ "efsctsiz r1,r3", RN, 0xc0600000, HIGH | 0xfffffffd, FG },
	{ "efsctui r1,r3", RN, 0x4f7fffff, HIGH | 0xffffff00, 0 },
	{ "efsctui r1,r3", RN, 0x4f800000, HIGH | 0xffffffff, FINV },
	{ "efsctuiz r1,r3", RN, 0xbe800000, HIGH, FINV }, /* -0.25: a negative number is out of range */
	{ "efsctui r1,r3", RN, 0x80000000, HIGH, 0 },
	{ "efsctsi r1,r3", RN, 0x4f000000, HIGH | 0x7fffffff, FINV },
	{ "efsctsi r1,r3", RN, 0xcf000000, HIGH | 0x80000000, 0 },
	{ "efsctsi r1,r3", RN, 0xcf000001, HIGH | 0x80000000, FINV },
	{ "efsctsi r1,r3", RN, 0x7f800000, HIGH | 0x7fffffff, FINV },
	{ "efsctsi r1,r3", RN, 0xff800000, HIGH | 0x80000000, FINV },
	{ "efsctui r1,r3", RN, 0x7f800000, HIGH | 0xffffffff, FINV },
	{ "efsctui r1,r3", RN, 0xff800000, HIGH, FINV },
	{ "efsctsi r1,r3", RN, 0xffc00000, HIGH, FINV }, /* NaN */
	{ "efsctui r1,r3", RN, 0x7f800001, HIGH, FINV },
	{ "efsctsi r1,r3", RN, 0x00000001, HIGH, FINV }, /* denormal */
	{ "efsctsf r1,r3", RN, 0x3f000000, HIGH | 0x40000000, 0 },
	{ "efsctsf r1,r3", RN, 0xbf800000, HIGH | 0x80000000, 0 },
	{ "efsctsf r1,r3", RN, 0x3f800000, HIGH | 0x7fffffff, FINV },
	{ "efsctuf r1,r3", RN, 0x3f000000, HIGH | 0x80000000, 0 },
	{ "efsctuf r1,r3", RN, 0x2f000000, HIGH, FG },              /* 2^-33: a tie, to even */
	{ "efsctuf r1,r3", RN, 0x2f000001, HIGH | 1, FG | FX },
	{ "efdctsi r1,r3", RN, UINT64_C(0x41dfffffffc00000), HIGH | 0x7fffffff, 0 },
	{ "efdctsi r1,r3", RN, UINT64_C(0xc004000000000000), HIGH | 0xfffffffe, FG }, /* -2.5 */
	{ "efdctui r1,r3", RN, UINT64_C(0x41f0000000000000), HIGH | 0xffffffff, FINV },
	{ "efdctsiz r1,r3", RN, UINT64_C(0x4005000000000000), HIGH | 2, FG | FX },
	{ "efdctuiz r1,r3", RN, UINT64_C(0x7ff0000000000000), HIGH | 0xffffffff, FINV },
	{ "efdctsf r1,r3", RN, UINT64_C(0xbfe0000000000000), HIGH | 0xc0000000, 0 },
	{ "efdctuf r1,r3", RN, UINT64_C(0x3fe0000000000000), HIGH | 0x80000000, 0 },
	{ "efscfd r1,r3", RN, UINT64_C(0x3ff0000010000000), HIGH | 0x3f800000, FG },
	{ "efscfd r1,r3", RN, UINT64_C(0x3ff0000030000001), HIGH | 0x3f800002, FG | FX },
	{ "efscfd r1,r3", RN, UINT64_C(0x47f0000000000000), HIGH | 0x7f7fffff, FOVF },
	{ "efscfd r1,r3", RN, UINT64_C(0xb800000000000000), HIGH | 0x80800000, FUNF }, /* the smallest normal number */
	{ "efscfd r1,r3", RN, UINT64_C(0xfff0000000000000), HIGH | 0xff7fffff, FINV },
	{ "efscfd r1,r3", RN, UINT64_C(0x7ff0000000000001), HIGH | 0x7f7fffff, FINV },
	{ "efscfd r1,r3", RN, UINT64_C(0x8000000000000001), HIGH | 0x80000000, FINV },
	{ "efscfd r1,r3", RN, UINT64_C(0x8000000000000000), HIGH | 0x80000000, 0 },
	{ "efdcfs r1,r3", RN, 0x3fc00000, UINT64_C(0x3ff8000000000000), 0 },
	{ "efdcfs r1,r3", RN, 0xff800000, UINT64_C(0xffefffffffffffff), FINV },
	{ "efdcfs r1,r3", RN, 0x7fc00000, UINT64_C(0x7fefffffffffffff), FINV },
	{ "efdcfs r1,r3", RN, 0x80000001, UINT64_C(0x8000000000000000), FINV },
	{ "evfscfsi r1,r3", RN, UINT64_C(0xffffffff00000002), UINT64_C(0xbf80000040000000), 0 },
	{ "evfscfui r1,r3", RN, UINT64_C(0x00000003fffffffe), UINT64_C(0x404000004f800000), FG | FX },
	{ "evfscfsf r1,r3", RN, UINT64_C(0x8000000040000000), UINT64_C(0xbf8000003f000000), 0 },
	{ "evfscfuf r1,r3", RN, UINT64_C(0x8000000040000000), UINT64_C(0x3f0000003e800000), 0 },
	{ "evfsctsi r1,r3", RN, UINT64_C(0x40200000c0400000), UINT64_C(0x00000002fffffffd), (uint32_t)FG << 16 },
	{ "evfsctui r1,r3", RN, UINT64_C(0xbf8000004f000000), UINT64_C(0x0000000080000000), (uint32_t)FINV << 16 },
	{ "evfsctsf r1,r3", RN, UINT64_C(0x3f000000bf800000), UINT64_C(0x4000000080000000), 0 },
	{ "evfsctuf r1,r3", RN, UINT64_C(0x3f0000003f800000), UINT64_C(0x80000000ffffffff), FINV },
	{ "evfsctsiz r1,r3", RN, UINT64_C(0x4060000040000000), UINT64_C(0x0000000300000002), (uint32_t)FG << 16 },
	{ "evfsctuiz r1,r3", RN, UINT64_C(0x3f80000040700000), UINT64_C(0x0000000100000003), FG | FX },
};

static void test_conversions(void **state)
{
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
		const struct conversion *c = &conversions[i];
		uint32_t sticky = c->status & (FINV | (uint32_t)FINV << 16) ? FINVS : 0;

		sticky |= c->status & FOVF ? SPEFSCR_FOVFS | FINXS : 0;
		sticky |= c->status & FUNF ? SPEFSCR_FUNFS | FINXS : 0;
		sticky |= c->status & (FG | FX | (uint32_t)(FG | FX) << 16) ? FINXS : 0;
		s->core->r[1] = UNTOUCHED;
		s->core->r[3] = c->b;
		s->core->spefscr = c->mode | 0x3f00;
		assert_int_equal(lone_core_run(s, c->text), EXEC_NEXT);
		if ((s->core->r[1] ^ c->result) & ((c->result ^ HIGH) >> 32 ? UINT64_MAX : UINT64_C(0xffffffff)) ||
		    s->core->spefscr != (c->mode | c->status | sticky))
			fail_msg("row %zu, %s %llx: %016llx SPEFSCR %08x, want %016llx %08x", i, c->text,
				 (unsigned long long)c->b, (unsigned long long)s->core->r[1], s->core->spefscr,
				 (unsigned long long)c->result, c->mode | c->status | sticky);
		if (!((c->result ^ HIGH) >> 32))
			assert_int_equal(s->core->r[1] >> 32, UNTOUCHED >> 32);
	}
}

/* ---- Interrupts ---- */

/* An enabled exception: target unchanged, status and sticky bits set, SRR0 at the instruction. */
static void test_data_interrupt(void **state)
{
	static const struct {
		const char *text;
		uint32_t enable;
		uint64_t a, b;
		uint32_t status;
	} rows[] = {
		{ "efsadd r1,r2,r3", SPEFSCR_FINVE, 0x7f800000, 0x3f800000, FINV | FINVS },
		{ "efsdiv r1,r2,r3", SPEFSCR_FDBZE, 0x3f800000, 0, FDBZ | SPEFSCR_FDBZS },
		{ "efsmul r1,r2,r3", SPEFSCR_FOVFE, 0x7f000000, 0x7f000000, FOVF | SPEFSCR_FOVFS },
		{ "efsmul r1,r2,r3", SPEFSCR_FUNFE, 0x00800000, 0x00800000, FUNF | SPEFSCR_FUNFS },
		{ "efdsub r1,r2,r3", SPEFSCR_FINVE, 1, 0, FINV | FINVS },
		{ "efscfd r1,r3", SPEFSCR_FOVFE, 0, UINT64_C(0x7fe0000000000000), FOVF | SPEFSCR_FOVFS },
		{ "efsctsi r1,r3", SPEFSCR_FINVE, 0, 0x7fc00000, FINV | FINVS },
		{ "efscmpgt cr1,r2,r3", SPEFSCR_FINVE, 1, 0, FINV | FINVS },
		{ "efdcmpeq cr1,r2,r3", SPEFSCR_FINVE, 1, 0, FINV | FINVS },
		{ "evfscmplt cr1,r2,r3", SPEFSCR_FINVE, UINT64_C(0x7fc0000000000000), 0, SPEFSCR_FINVH | FINVS },
		/* One element is enough, and the other one is not written either. */
		{ "evfsadd r1,r2,r3", SPEFSCR_FINVE, UINT64_C(0x7f8000003f800000), UINT64_C(0x3f8000003f800000),
		  SPEFSCR_FINVH | FINVS },
		{ "evfsdiv r1,r2,r3", SPEFSCR_FDBZE, UINT64_C(0x3f8000003f800000), UINT64_C(0x3f80000000000000),
		  FDBZ | SPEFSCR_FDBZS },
		/* No inexact while another interrupt is taken: 1/3 in the high element, 0x3eaaaaaa and 0.67. */
		{ "evfsdiv r1,r2,r3", SPEFSCR_FDBZE | SPEFSCR_FINXE, UINT64_C(0x3f8000003f800000),
		  UINT64_C(0x4040000000000000), FDBZ | SPEFSCR_FDBZS | SPEFSCR_FGH | SPEFSCR_FXH },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint32_t others = 0x7c & ~rows[i].enable & ~(uint32_t)SPEFSCR_FINXE;

		s->core->r[1] = UNTOUCHED;
		s->core->r[2] = rows[i].a;
		s->core->r[3] = rows[i].b;
		s->core->cr[1] = 9;
		s->core->spefscr = rows[i].enable;
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_EFP_DATA));
		assert_int_equal(s->core->srr[0], LONE_SINGLE_EA);
		assert_int_equal(s->core->esr, ESR_SPV);
		assert_int_equal(s->core->r[1], UNTOUCHED);
		assert_int_equal(s->core->cr[1], 9);
		assert_int_equal(s->core->spefscr, rows[i].enable | rows[i].status);
		core_set_msr(s->core, MSR_SPE);
		/* The other enables do not matter. */
		s->core->spefscr = others;
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_NEXT);
		core_set_msr(s->core, MSR_SPE);
	}
}

/* The truncated result is delivered, guard and sticky bits tell the handler what was cut off. */
static void test_round_interrupt(void **state)
{
	static const struct {
		const char *text;
		uint32_t spefscr;
		uint64_t a, b, result;
		uint32_t status;
		bool interrupt;
	} rows[] = {
		/* 2/3 = 0x3f2aaaaa and 0.67 */
		{ "efsdiv r1,r2,r3", SPEFSCR_FINXE | RN, 0x40000000, 0x40400000, 0x3f2aaaaa, FG | FX | FINXS, true },
		{ "efsdiv r1,r2,r3", RN, 0x40000000, 0x40400000, 0x3f2aaaab, FG | FX | FINXS, false },
		{ "efsdiv r1,r2,r3", RP, 0x40000000, 0x40400000, 0x3f2aaaaa, FG | FX | FINXS, true },
		{ "efsdiv r1,r2,r3", RM, 0xc0000000, 0x40400000, 0xbf2aaaaa, FG | FX | FINXS, true },
		{ "efsadd r1,r2,r3", RP, 0x3f800000, 0x3f800000, 0x40000000, 0, true },
		{ "efsadd r1,r2,r3", SPEFSCR_FINXE, 0x3f800000, 0x3f800000, 0x40000000, 0, false },
		/* Disabled overflow and underflow are inexact. */
		{ "efsmul r1,r2,r3", SPEFSCR_FINXE, 0x7f000000, 0x7f000000, 0x7f7fffff, FOVF | SPEFSCR_FOVFS | FINXS,
		  true },
		{ "efsmul r1,r2,r3", SPEFSCR_FINXE, 0x00800000, 0x00800000, 0, FUNF | SPEFSCR_FUNFS | FINXS, true },
		/* Conversions round too, those to zero need no handler, nor what cannot be inexact. */
		{ "efsctsi r1,r3", SPEFSCR_FINXE, 0, 0x40600000, 3, FG | FINXS, true },
		{ "efsctsi r1,r3", RP, 0, 0x40600000, 3, FG | FINXS, true },
		{ "efsctsiz r1,r3", RP, 0, 0x40600000, 3, FG | FINXS, false },
		{ "efsctsiz r1,r3", SPEFSCR_FINXE, 0, 0x40600000, 3, FG | FINXS, true },
		{ "efdcfsi r1,r3", RP, 0, 1, UINT64_C(0x3ff0000000000000), 0, false },
		{ "efdcfs r1,r3", RM, 0, 0x3f800000, UINT64_C(0x3ff0000000000000), 0, false },
		/* One element rounds: both are truncated. */
		{ "evfsdiv r1,r2,r3", SPEFSCR_FINXE, UINT64_C(0x400000003f800000), UINT64_C(0x404000003f800000),
		  UINT64_C(0x3f2aaaaa3f800000), SPEFSCR_FGH | SPEFSCR_FXH | FINXS, true },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->core->r[1] = 0;
		s->core->r[2] = rows[i].a;
		s->core->r[3] = rows[i].b;
		s->core->spefscr = rows[i].spefscr;
		assert_int_equal(lone_core_run(s, rows[i].text), rows[i].interrupt ? EXEC_LEAVE : EXEC_NEXT);
		assert_int_equal(s->core->r[1], rows[i].result);
		assert_int_equal(s->core->spefscr, rows[i].spefscr | rows[i].status);
		if (!rows[i].interrupt)
			continue;
		assert_true(lone_core_took(s, IVOR_EFP_ROUND));
		assert_int_equal(s->core->srr[0], LONE_SINGLE_EA + 4);
		assert_int_equal(s->core->esr, ESR_SPV);
		core_set_msr(s->core, MSR_SPE);
	}
}

/* ---- Compares and signs ---- */

/* Ordered by sign, exponent and fraction; > < = are expected of cmp and tst alike. */
static void test_compares(void **state)
{
	static const struct {
		uint64_t a, b; /* doubles; the singles are their high words, shifted into place */
		char relation;
		bool error;
	} rows[] = {
		{ UINT64_C(0x3ff0000000000000), UINT64_C(0x4000000000000000), '<', false },
		{ UINT64_C(0xbff0000000000000), UINT64_C(0xc000000000000000), '>', false },
		{ UINT64_C(0xbff0000000000000), UINT64_C(0x3ff0000000000000), '<', false },
		{ 0, UINT64_C(0x8000000000000000), '=', false },
		{ UINT64_C(0x0000000000000001), 0, '>', true },
		{ UINT64_C(0x8000000000000001), 0, '<', true },
		{ UINT64_C(0x7ff8000000000000), UINT64_C(0x7ff0000000000000), '>', true },
		{ UINT64_C(0x7ff8000000000000), UINT64_C(0x7ff8000000000000), '=', true },
		{ UINT64_C(0xfff8000000000000), UINT64_C(0x3ff0000000000000), '<', true },
	};
	static const struct {
		const char *suffix;
		char relation;
	} relations[] = { { "gt", '>' }, { "lt", '<' }, { "eq", '=' } };
	struct lone_core *s = *state;

	for (unsigned i = 0; i < sizeof rows / sizeof *rows * 3 * 3 * 2 * 2; i++) {
		unsigned row = i / 36, test = i & 1, lane = i >> 1 & 1, relation = i / 4 % 3;
		enum size size = i / 12 % 3;
		bool yes = rows[row].relation == relations[relation].relation, other = relation == 2;
		uint64_t a = rows[row].a, b = rows[row].b;
		char text[64];
		struct op op;

		if (lane && size != VECTOR)
			continue;
		if (size != DOUBLE) { /* 11 bits of exponent become 8 */
			a = (a >> 32 & 0xc0000000) | (a >> 29 & 0x3fffffff) | (a & 1);
			b = (b >> 32 & 0xc0000000) | (b >> 29 & 0x3fffffff) | (b & 1);
		}
		snprintf(text, sizeof text, "%s%s%s cr2,r2,r3", prefixes[size], test ? "tst" : "cmp",
			 relations[relation].suffix);
		op = lone_core_decode(s, text);
		s->core->spefscr = 0x3f003f00;
		assert_int_equal(run_lane(s, &op, size, (int)lane, a, b), EXEC_NEXT); /* 1 = 1 in the other lane */
		if (size != VECTOR)
			assert_int_equal(s->core->cr[2], yes ? 4 : 0);
		else
			assert_int_equal(s->core->cr[2], (lane ? yes : other) << 3 | (lane ? other : yes) << 2 |
								 (yes || other) << 1 | (yes && other));
		assert_int_equal(s->core->spefscr,
				 test ? 0x3f003f00
				      : expected_spefscr(0x3f003f00, size, (int)lane, rows[row].error ? FINV : 0));
	}
}

static void test_signs(void **state)
{
	static const struct {
		const char *text;
		uint64_t a, result;
	} rows[] = {
		{ "efsabs r1,r2", UINT64_C(0xffffffffffc00001), UINT64_C(0x123456787fc00001) },
		{ "efsnabs r1,r2", 0x3f800000, UINT64_C(0x12345678bf800000) },
		{ "efsneg r1,r2", 0x80000000, UINT64_C(0x1234567800000000) },
		{ "efdabs r1,r2", UINT64_C(0xfff0000080000001), UINT64_C(0x7ff0000080000001) },
		{ "efdnabs r1,r2", UINT64_C(0x3ff0000000000000), UINT64_C(0xbff0000000000000) },
		{ "efdneg r1,r2", UINT64_C(0x3ff0000000000000), UINT64_C(0xbff0000000000000) },
		{ "evfsabs r1,r2", UINT64_C(0xbf800000ffc00001), UINT64_C(0x3f8000007fc00001) },
		{ "evfsnabs r1,r2", UINT64_C(0xbf80000000000000), UINT64_C(0xbf80000080000000) },
		{ "evfsneg r1,r2", UINT64_C(0xbf80000000000001), UINT64_C(0x3f80000080000001) },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->core->r[1] = UNTOUCHED;
		s->core->r[2] = rows[i].a;
		s->core->spefscr = 0x3f00 | SPEFSCR_FINVE;
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_NEXT);
		assert_int_equal(s->core->r[1], rows[i].result);
		assert_int_equal(s->core->spefscr, 0x3f00 | SPEFSCR_FINVE);
	}
}

/* Scalar single works on the low words and needs no MSR[SPE]; efscfd reads a high word. */
static void test_unavailable(void **state)
{
	struct lone_core *s = *state;
	unsigned rows = 0;

	for (enum isa_insn insn = ISA_evfsadd; insn <= ISA_efdtsteq; insn++) {
		const char *name = isa_row(insn)->mnemonic;
		bool scalar = !strncmp(name, "efs", 3) && strcmp(name, "efscfd");
		struct op op = { .fn = lone_core_function(s, insn), .insn = insn, .t = 1, .a = 2, .b = 3 };

		rows++;
		core_set_msr(s->core, 0);
		s->core->r[1] = s->core->r[2] = s->core->r[3] = UINT64_C(0x3f8000003f800000);
		s->core->spefscr = 0x3f00;
		s->core->cr[1] = 9;
		if (scalar) {
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_int_equal(s->core->r[1] >> 32, 0x3f800000);
			continue;
		}
		assert_int_equal(lone_core_execute(s, &op), EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_SPE_UNAVAILABLE));
		assert_int_equal(s->core->esr, ESR_SPV);
		assert_int_equal(s->core->r[1], UINT64_C(0x3f8000003f800000));
		assert_int_equal(s->core->spefscr, 0x3f00);
		assert_int_equal(s->core->cr[1], 9);
	}
	assert_int_equal(rows, 71);
	core_set_msr(s->core, MSR_SPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_data_interrupt),
		cmocka_unit_test(test_round_interrupt),
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_unavailable),
	};

	return cmocka_run_group_tests_name("efp", tests, setup, teardown);
}
