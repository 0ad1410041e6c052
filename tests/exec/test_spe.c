/*
 * SPE of e500v2 against references in 64- and 128-bit integers. A multiply's
 * reference reads its meaning from the letters of the mnemonic, as SPEPEM
 * defines them; the others are stated element by element, bit by bit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "sim/core/interrupt.h"
#include "sim/float/spefscr.h"
#include "sim/isa/isa.h"
#include "tests/fixture/lone_core.h"

#define CASES 1500 /* an instruction */

typedef __int128 wide;

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

/* Half-words from the corners of their range, mostly. */
static uint64_t random_vector(struct random *random)
{
	static const uint16_t corners[] = { 0, 1, 2, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff };
	uint64_t vector = random_u64(random);

	for (int shift = 0; shift < 64; shift += 16)
		if (random_below(random, 8) < 5) {
			uint64_t corner = corners[random_below(random, sizeof corners / sizeof *corners)];

			vector = (vector & ~(UINT64_C(0xffff) << shift)) | corner << shift;
		}
	return vector;
}

/* What an instruction leaves. */
struct outcome {
	uint64_t rt, acc;
	uint32_t spefscr;
};

static void assert_outcome(const struct lone_core *s, const char *name, uint64_t a, uint64_t b, uint64_t acc,
			   const struct outcome *want)
{
	const struct core *core = s->core;

	if (core->r[1] != want->rt || core->acc != want->acc || core->spefscr != want->spefscr)
		fail_msg(
			"%s a %016llx b %016llx acc %016llx: rt %016llx acc %016llx SPEFSCR %08x, want %016llx "
			"%016llx %08x",
			name, (unsigned long long)a, (unsigned long long)b, (unsigned long long)acc,
			(unsigned long long)core->r[1], (unsigned long long)core->acc, core->spefscr,
			(unsigned long long)want->rt, (unsigned long long)want->acc, want->spefscr);
}

/* ---- Multiplies, from the letters of their names ---- */

struct meaning {
	bool words, odd, guarded, high, low; /* which elements, which half of the product */
	bool is_signed, saturate, fraction;
	int sum; /* 0: none, 1: added, -1: subtracted */
	bool by_words, to_acc;
};

/* True if the letters stand at *at, which is moved past them. */
static bool starts(const char **at, const char *letters)
{
	size_t n = strlen(letters);

	if (strncmp(*at, letters, n))
		return false;
	*at += n;
	return true;
}

/* evm (h (e|o) [g] | w [h|l]) (u|s) (s|m) (i|f) [a | aa[w] | an[w]] */
static struct meaning read_meaning(const char *name)
{
	struct meaning m = { 0 };
	const char *at = name;

	assert_true(starts(&at, "evm"));
	if (starts(&at, "w")) {
		m.words = true;
		m.high = starts(&at, "h");
		m.low = !m.high && starts(&at, "l");
	} else {
		assert_true(starts(&at, "h"));
		m.odd = *at++ == 'o';
		m.guarded = starts(&at, "g");
	}
	m.is_signed = *at++ == 's';
	m.saturate = *at++ == 's';
	m.fraction = *at++ == 'f';
	m.by_words = !m.guarded && (!m.words || m.high || m.low);
	if (starts(&at, "aa") || starts(&at, "an"))
		m.sum = at[-1] == 'a' ? 1 : -1;
	else
		m.to_acc = starts(&at, "a");
	m.to_acc |= m.sum != 0;
	assert_int_equal(starts(&at, "w"), m.sum && m.by_words);
	assert_int_equal(*at, 0);
	return m;
}

static wide as_number(uint64_t bits, int width, bool is_signed)
{
	wide number = (wide)(bits & (((unsigned __int128)1 << width) - 1));

	return is_signed && number >> (width - 1) ? number - ((wide)1 << width) : number;
}

static wide saturated(wide number, int width, bool is_signed, bool *overflow)
{
	wide least = is_signed ? -((wide)1 << (width - 1)) : 0;
	wide greatest = least + ((wide)1 << width) - 1;

	if (number < least || number > greatest)
		*overflow = true;
	return number < least ? least : number > greatest ? greatest : number;
}

/* The element of `lane` (0 high, 1 low word) as the letters say. */
static wide factor(const struct meaning *m, uint64_t vector, int lane)
{
	uint64_t word = lane ? vector & 0xffffffff : vector >> 32;

	if (m->words)
		return as_number(word, 32, m->is_signed);
	return as_number(m->odd ? word : word >> 16, 16, m->is_signed);
}

/* A lane's product; a fraction's saturates by itself. */
static wide product(const struct meaning *m, uint64_t a, uint64_t b, int lane, bool *overflow)
{
	int width = m->words ? 64 : 32;
	wide value = factor(m, a, lane) * factor(m, b, lane);

	if (m->fraction)
		value *= 2;
	if (m->fraction && m->saturate)
		value = saturated(value, width, true, overflow);
	else if (m->words)
		value = as_number((uint64_t)value, 64, m->is_signed);
	if (m->high)
		value = as_number((uint64_t)(value >> 32), 32, m->is_signed);
	if (m->low)
		value = as_number((uint64_t)value, 32, m->is_signed);
	return value;
}

static uint64_t multiply_lane(const struct meaning *m, uint64_t a, uint64_t b, uint64_t acc, int lane, bool *overflow)
{
	int width = m->by_words ? 32 : 64;
	wide value = product(m, a, b, lane, overflow);

	if (m->sum) {
		wide before = as_number(m->by_words && !lane ? acc >> 32 : acc, width, m->is_signed);

		value = before + m->sum * value;
		if (m->saturate && m->by_words)
			value = saturated(value, width, m->is_signed, overflow);
		else if (m->saturate)
			saturated(value, width, m->is_signed, overflow);
	}
	return (uint64_t)value & (m->by_words ? 0xffffffff : UINT64_MAX);
}

static uint32_t with_overflow(uint32_t spefscr, bool high, bool low)
{
	/* SOVH OVH at bits 0, 1 and SOV OV at 16, 17. */
	spefscr &= 0xbfffbfff;
	return spefscr | (high ? 0xc0000000 : 0) | (low ? 0xc000 : 0);
}

static struct outcome multiply(const struct meaning *m, uint64_t a, uint64_t b, const struct core *before)
{
	bool high = false, low = false;
	struct outcome out = { .acc = before->acc, .spefscr = before->spefscr };

	out.rt = multiply_lane(m, a, b, before->acc, 1, &low);
	if (m->by_words)
		out.rt |= multiply_lane(m, a, b, before->acc, 0, &high) << 32;
	if (m->to_acc)
		out.acc = out.rt;
	if (m->saturate)
		out.spefscr = with_overflow(out.spefscr, high, low);
	return out;
}

static void test_multiplies(void **state)
{
	struct lone_core *s = *state;
	struct random random;
	unsigned rows = 0;

	random_seed(&random, 1);
	for (enum isa_insn insn = 0; insn < ISA_COUNT; insn++) {
		const char *name = isa_row(insn)->mnemonic;
		struct meaning m;
		struct op op;
		char text[64];

		if (strncmp(name, "evmh", 4) && strncmp(name, "evmw", 4))
			continue;
		rows++;
		m = read_meaning(name);
		snprintf(text, sizeof text, "%s r1,r2,r3", name);
		op = lone_core_decode(s, text);
		for (int i = 0; i < CASES; i++) {
			uint64_t a = random_vector(&random), b = random_vector(&random), acc;
			struct outcome want;

			if (i % 32 == 1) /* -1 * -1 */
				a = b = m.words ? UINT64_C(0x8000000080000000) : UINT64_C(0x8000800080008000);
			s->core->r[2] = a;
			s->core->r[3] = b;
			s->core->acc = acc = random_vector(&random);
			s->core->spefscr = (uint32_t)random_u64(&random) & 0xc000c03f;
			want = multiply(&m, a, b, s->core);
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_outcome(s, name, a, b, acc, &want);
		}
	}
	assert_int_equal(rows, 86);
}

/* ---- The others: by word, by bit, by half-word ---- */

typedef uint32_t word_reference(uint32_t a, uint32_t b);

static uint32_t ref_add(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a + b); }
static uint32_t ref_subf(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)b + 0x100000000 - a); }
static uint32_t ref_abs(uint32_t a, uint32_t b) { (void)b; return (uint32_t)(a & 0x80000000 ? 0x100000000 - a : a); }
static uint32_t ref_neg(uint32_t a, uint32_t b) { (void)b; return ~a + 1; }
static uint32_t ref_extsb(uint32_t a, uint32_t b) { (void)b; return a & 0x80 ? a | 0xffffff00 : a & 0xff; }
static uint32_t ref_extsh(uint32_t a, uint32_t b) { (void)b; return a & 0x8000 ? a | 0xffff0000 : a & 0xffff; }

static uint32_t ref_rnd(uint32_t a, uint32_t b)
{
	(void)b;
	return ((a >> 16) + (a >> 15 & 1)) << 16;
}

static uint32_t ref_cntlz(uint32_t a, uint32_t b)
{
	uint32_t n = 0;

	(void)b;
	while (n < 32 && !(a & 0x80000000 >> n))
		n++;
	return n;
}

static uint32_t ref_cntls(uint32_t a, uint32_t b)
{
	uint32_t n = 0;

	(void)b;
	while (n < 32 && (a >> (31 - n) & 1) == a >> 31)
		n++;
	return n;
}

/* Shifts one place at a time. */
static uint32_t ref_sru(uint32_t a, uint32_t b)
{
	for (b &= 63; b; b--)
		a /= 2;
	return a;
}

static uint32_t ref_srs(uint32_t a, uint32_t b)
{
	for (b &= 63; b; b--)
		a = a / 2 | (a & 0x80000000);
	return a;
}

static uint32_t ref_sl(uint32_t a, uint32_t b)
{
	for (b &= 63; b; b--)
		a += a;
	return a;
}

static uint32_t ref_rl(uint32_t a, uint32_t b)
{
	for (b &= 31; b; b--)
		a = a + a + (a >> 31);
	return a;
}

/* Truth tables: bit 2a + b of the number is the result. */
static uint32_t ref_table(uint32_t a, uint32_t b, unsigned table)
{
	uint32_t result = 0;

	for (int bit = 0; bit < 32; bit++)
		result |= (table >> (2 * (a >> bit & 1) + (b >> bit & 1)) & 1u) << bit;
	return result;
}

static uint32_t ref_and(uint32_t a, uint32_t b) { return ref_table(a, b, 0x8); }
static uint32_t ref_andc(uint32_t a, uint32_t b) { return ref_table(a, b, 0x4); }
static uint32_t ref_xor(uint32_t a, uint32_t b) { return ref_table(a, b, 0x6); }
static uint32_t ref_or(uint32_t a, uint32_t b) { return ref_table(a, b, 0xe); }
static uint32_t ref_nor(uint32_t a, uint32_t b) { return ref_table(a, b, 0x1); }
static uint32_t ref_eqv(uint32_t a, uint32_t b) { return ref_table(a, b, 0x9); }
static uint32_t ref_orc(uint32_t a, uint32_t b) { return ref_table(a, b, 0xd); }
static uint32_t ref_nand(uint32_t a, uint32_t b) { return ref_table(a, b, 0x7); }

static const struct {
	const char *text;
	word_reference *reference;
	int immediate; /* the operand that is not a register, or -1 */
	bool immediate_first;
} simple[] = {
	{ "evaddw r1,r2,r3", ref_add, -1, false },
	{ "evaddiw r1,r3,29", ref_add, 29, true },
	{ "evsubfw r1,r2,r3", ref_subf, -1, false },
	{ "evsubifw r1,31,r3", ref_subf, 31, true },
	{ "evabs r1,r2", ref_abs, -1, false },
	{ "evneg r1,r2", ref_neg, -1, false },
	{ "evextsb r1,r2", ref_extsb, -1, false },
	{ "evextsh r1,r2", ref_extsh, -1, false },
	{ "evrndw r1,r2", ref_rnd, -1, false },
	{ "evcntlzw r1,r2", ref_cntlz, -1, false },
	{ "evcntlsw r1,r2", ref_cntls, -1, false },
	{ "evand r1,r2,r3", ref_and, -1, false },
	{ "evandc r1,r2,r3", ref_andc, -1, false },
	{ "evxor r1,r2,r3", ref_xor, -1, false },
	{ "evor r1,r2,r3", ref_or, -1, false },
	{ "evnor r1,r2,r3", ref_nor, -1, false },
	{ "eveqv r1,r2,r3", ref_eqv, -1, false },
	{ "evorc r1,r2,r3", ref_orc, -1, false },
	{ "evnand r1,r2,r3", ref_nand, -1, false },
	{ "evsrwu r1,r2,r3", ref_sru, -1, false },
	{ "evsrwiu r1,r2,17", ref_sru, 17, false },
	{ "evsrwiu r1,r2,0", ref_sru, 0, false },
	{ "evsrws r1,r2,r3", ref_srs, -1, false },
	{ "evsrwis r1,r2,31", ref_srs, 31, false },
	{ "evslw r1,r2,r3", ref_sl, -1, false },
	{ "evslwi r1,r2,9", ref_sl, 9, false },
	{ "evrlw r1,r2,r3", ref_rl, -1, false },
	{ "evrlwi r1,r2,21", ref_rl, 21, false },
};

static void test_simple(void **state)
{
	struct lone_core *s = *state;
	struct random random;

	random_seed(&random, 2);
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
		struct op op = lone_core_decode(s, simple[i].text);

		for (int n = 0; n < CASES; n++) {
			uint64_t a = random_vector(&random), b = random_vector(&random);
			uint32_t imm = (uint32_t)simple[i].immediate;
			uint64_t x = a, y = b;
			struct outcome want = { .acc = s->core->acc, .spefscr = s->core->spefscr };

			s->core->r[2] = a;
			s->core->r[3] = b;
			if (simple[i].immediate >= 0 && simple[i].immediate_first)
				x = (uint64_t)imm << 32 | imm;
			else if (simple[i].immediate >= 0)
				y = (uint64_t)imm << 32 | imm;
			want.rt = (uint64_t)simple[i].reference((uint32_t)(x >> 32), (uint32_t)(y >> 32)) << 32 |
				  simple[i].reference((uint32_t)x, (uint32_t)y);
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_outcome(s, simple[i].text, a, b, want.acc, &want);
		}
	}
}

/* Which word of which operand goes where: digits name a's high 0 and low 1, b's high 2 and low 3. */
static void test_merges_and_splats(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} rows[] = {
		{ "evmergehi r1,r2,r3", UINT64_C(0x0000000022222222) },
		{ "evmergelo r1,r2,r3", UINT64_C(0x1111111133333333) },
		{ "evmergehilo r1,r2,r3", UINT64_C(0x0000000033333333) },
		{ "evmergelohi r1,r2,r3", UINT64_C(0x1111111122222222) },
		{ "evsplati r1,15", UINT64_C(0x0000000f0000000f) },
		{ "evsplati r1,-16", UINT64_C(0xfffffff0fffffff0) },
		{ "evsplatfi r1,-16", UINT64_C(0x8000000080000000) },
		{ "evsplatfi r1,5", UINT64_C(0x2800000028000000) },
		{ "evmra r1,r2", UINT64_C(0x0000000011111111) },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->core->r[2] = UINT64_C(0x0000000011111111);
		s->core->r[3] = UINT64_C(0x2222222233333333);
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_NEXT);
		assert_int_equal(s->core->r[1], rows[i].want);
	}
	assert_int_equal(s->core->acc, UINT64_C(0x0000000011111111));
}

static void test_select(void **state)
{
	struct lone_core *s = *state;

	for (unsigned field = 0; field < 16; field++) {
		uint64_t high = field & 8 ? 0 : 0x22222222, low = field & 4 ? 0x11111111 : 0x33333333;

		s->core->r[2] = UINT64_C(0x0000000011111111);
		s->core->r[3] = UINT64_C(0x2222222233333333);
		s->core->cr[6] = (uint8_t)field;
		assert_int_equal(lone_core_run(s, "evsel r1,r2,r3,cr6"), EXEC_NEXT);
		assert_int_equal(s->core->r[1], high << 32 | low);
	}
}

/* -1, 0, 1: the order of two numbers. */
static int order(wide a, wide b)
{
	return a < b ? -1 : a > b;
}

static void test_compares(void **state)
{
	static const struct {
		const char *text;
		int relation;
		bool is_signed;
	} rows[] = {
		{ "evcmpgtu cr3,r2,r3", 1, false },  { "evcmpgts cr3,r2,r3", 1, true },
		{ "evcmpltu cr3,r2,r3", -1, false }, { "evcmplts cr3,r2,r3", -1, true },
		{ "evcmpeq cr3,r2,r3", 0, false },
	};
	struct lone_core *s = *state;
	struct random random;

	random_seed(&random, 3);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct op op = lone_core_decode(s, rows[i].text);

		for (int n = 0; n < CASES; n++) {
			uint64_t a = random_vector(&random),
				 b = n & 1 ? random_vector(&random) : a ^ (random_u64(&random) & 0x100000001);
			bool high, low;

			s->core->r[2] = a;
			s->core->r[3] = b;
			high = order(as_number(a >> 32, 32, rows[i].is_signed),
				     as_number(b >> 32, 32, rows[i].is_signed)) == rows[i].relation;
			low = order(as_number(a, 32, rows[i].is_signed), as_number(b, 32, rows[i].is_signed)) ==
			      rows[i].relation;
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_int_equal(s->core->cr[3], high * 8 + low * 4 + (high || low) * 2 + (high && low));
		}
	}
}

/* Sums of a register and ACC: letters u|s (sign), s|m (saturate). */
static void test_accumulator_sums(void **state)
{
	static const char *const names[] = {
		"evaddusiaaw", "evaddssiaaw", "evaddumiaaw", "evaddsmiaaw",
		"evsubfusiaaw", "evsubfssiaaw", "evsubfumiaaw", "evsubfsmiaaw",
	};
	struct lone_core *s = *state;
	struct random random;

	random_seed(&random, 4);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *letters = names[i] + strlen(names[i]) - 6;
		bool is_signed = letters[0] == 's', saturate = letters[1] == 's';
		int sign = names[i][2] == 'a' ? 1 : -1;
		char text[64];
		struct op op;

		snprintf(text, sizeof text, "%s r1,r2", names[i]);
		op = lone_core_decode(s, text);
		for (int n = 0; n < CASES; n++) {
			uint64_t a = random_vector(&random), acc = random_vector(&random);
			struct outcome want = { 0 };
			bool overflow[2] = { false, false };

			s->core->r[2] = a;
			s->core->acc = acc;
			s->core->spefscr = (uint32_t)random_u64(&random) & 0xc000c03f;
			for (int lane = 0; lane < 2; lane++) {
				int shift = lane ? 0 : 32;
				wide sum = as_number(acc >> shift, 32, is_signed) +
					   sign * as_number(a >> shift, 32, is_signed);

				if (saturate)
					sum = saturated(sum, 32, is_signed, &overflow[lane]);
				want.rt |= ((uint64_t)sum & 0xffffffff) << shift;
			}
			want.acc = want.rt;
			want.spefscr = saturate ? with_overflow(s->core->spefscr, overflow[0], overflow[1])
						: s->core->spefscr;
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_outcome(s, names[i], a, 0, acc, &want);
		}
	}
}

static uint32_t reference_divide(uint32_t a, uint32_t b, bool is_signed, bool *overflow)
{
	wide x = as_number(a, 32, is_signed), y = as_number(b, 32, is_signed);

	if (y == 0) {
		*overflow = true;
		return !is_signed ? 0xffffffff : x < 0 ? 0x80000000 : 0x7fffffff;
	}
	return (uint32_t)saturated(x / y, 32, is_signed, overflow);
}

static void test_divides(void **state)
{
	struct lone_core *s = *state;
	struct random random;

	random_seed(&random, 5);
	for (int is_signed = 0; is_signed < 2; is_signed++) {
		struct op op = lone_core_decode(s, is_signed ? "evdivws r1,r2,r3" : "evdivwu r1,r2,r3");

		for (int n = 0; n < 4 * CASES; n++) {
			uint64_t a = random_vector(&random), b = random_vector(&random);
			struct outcome want = { .acc = s->core->acc };
			bool high = false, low = false;

			if (n % 3 == 0)
				b = (b & UINT64_C(0xffff0000ffff)) >> random_below(&random, 17);
			if (n % 16 == 1) {
				a = UINT64_C(0x8000000080000000);
				b |= UINT64_C(0xffffffff) << (n & 32);
			}
			s->core->r[2] = a;
			s->core->r[3] = b;
			s->core->spefscr = (uint32_t)random_u64(&random) & 0xc000c03f;
			want.rt = (uint64_t)reference_divide((uint32_t)(a >> 32), (uint32_t)(b >> 32), is_signed, &high)
				  << 32;
			want.rt |= reference_divide((uint32_t)a, (uint32_t)b, is_signed, &low);
			want.spefscr = with_overflow(s->core->spefscr, high, low);
			assert_int_equal(lone_core_execute(s, &op), EXEC_NEXT);
			assert_outcome(s, is_signed ? "evdivws" : "evdivwu", a, b, 0, &want);
		}
	}
}

/* Stepping through an 8-entry buffer of 4-byte elements visits the bit-reversed indices. */
static void test_brinc(void **state)
{
	static const unsigned indices[] = { 4, 2, 6, 1, 5, 3, 7, 0 };
	struct lone_core *s = *state;

	s->core->r[2] = UINT64_C(0xaaaaaaaa12340000);
	s->core->r[3] = 7 << 2;
	core_set_msr(s->core, 0); /* needs no MSR[SPE] */
	for (int i = 0; i < 8; i++) {
		assert_int_equal(lone_core_run(s, "brinc r2,r2,r3"), EXEC_NEXT);
		assert_int_equal(s->core->r[2], UINT64_C(0xaaaaaaaa12340000) | indices[i] << 2);
	}
	core_set_msr(s->core, MSR_SPE);
}

/* ---- Memory ---- */

static void poke64(struct lone_core *s, uint32_t pa, uint64_t value)
{
	uint8_t bytes[8];

	be64_store(bytes, value);
	assert_true(bus_poke(s->bus, pa, bytes, 8));
}

static uint64_t peek64(struct lone_core *s, uint32_t pa)
{
	uint8_t bytes[8];

	assert_true(bus_peek(s->bus, pa, bytes, 8));
	return be64_load(bytes);
}

/* Bytes at 0x2010 are 81 12 93 34 a5 56 b7 78; r3 + 16 and r3 + r4 are there. */
static const struct {
	const char *name;
	unsigned size;
	uint64_t want;
} loads[] = {
	{ "evldd", 8, UINT64_C(0x81129334a556b778) },
	{ "evldw", 8, UINT64_C(0x81129334a556b778) },
	{ "evldh", 8, UINT64_C(0x81129334a556b778) },
	{ "evlhhesplat", 2, UINT64_C(0x8112000081120000) },
	{ "evlhhousplat", 2, UINT64_C(0x0000811200008112) },
	{ "evlhhossplat", 2, UINT64_C(0xffff8112ffff8112) },
	{ "evlwhe", 4, UINT64_C(0x8112000093340000) },
	{ "evlwhou", 4, UINT64_C(0x0000811200009334) },
	{ "evlwhos", 4, UINT64_C(0xffff8112ffff9334) },
	{ "evlwwsplat", 4, UINT64_C(0x8112933481129334) },
	{ "evlwhsplat", 4, UINT64_C(0x8112811293349334) },
};

/* Register 0x0123456789abcdef. */
static const struct {
	const char *name;
	unsigned size;
	uint64_t want;
} stores[] = {
	{ "evstdd", 8, UINT64_C(0x0123456789abcdef) },
	{ "evstdw", 8, UINT64_C(0x0123456789abcdef) },
	{ "evstdh", 8, UINT64_C(0x0123456789abcdef) },
	{ "evstwhe", 4, UINT64_C(0x012389ab) },
	{ "evstwho", 4, UINT64_C(0x4567cdef) },
	{ "evstwwe", 4, UINT64_C(0x01234567) },
	{ "evstwwo", 4, UINT64_C(0x89abcdef) },
};

static enum exec_result run_memory(struct lone_core *s, const char *name, bool indexed, unsigned displacement)
{
	char text[64];

	if (indexed)
		snprintf(text, sizeof text, "%sx r1,r3,r4", name);
	else
		snprintf(text, sizeof text, "%s r1,%u(r3)", name, displacement);
	return lone_core_run(s, text);
}

static void test_loads(void **state)
{
	struct lone_core *s = *state;

	poke64(s, 0x2010, UINT64_C(0x81129334a556b778));
	for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
		for (int indexed = 0; indexed < 2; indexed++) {
			s->core->r[1] = 0;
			s->core->r[3] = UINT64_C(0xffffffff00002000);
			s->core->r[4] = 16;
			assert_int_equal(run_memory(s, loads[i].name, indexed, 16), EXEC_NEXT);
			if (s->core->r[1] != loads[i].want)
				fail_msg("%s: %016llx", loads[i].name, (unsigned long long)s->core->r[1]);
		}
}

static void test_stores(void **state)
{
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		for (int indexed = 0; indexed < 2; indexed++) {
			uint64_t rest = UINT64_C(0x5a5a5a5a5a5a5a5a);

			poke64(s, 0x2010, rest);
			s->core->r[1] = UINT64_C(0x0123456789abcdef);
			s->core->r[3] = 0x2000;
			s->core->r[4] = 16;
			assert_int_equal(run_memory(s, stores[i].name, indexed, 16), EXEC_NEXT);
			assert_int_equal(peek64(s, 0x2010), stores[i].size == 8
							    ? stores[i].want
							    : stores[i].want << 32 | (rest & 0xffffffff));
		}
}

static void assert_misaligned(struct lone_core *s, const char *name, unsigned size, bool store)
{
	for (unsigned offset = 1; offset < size; offset++) {
		s->core->r[1] = UINT64_C(0x0123456789abcdef);
		s->core->r[3] = 0x2000 + offset;
		s->core->r[4] = 0;
		core_set_msr(s->core, MSR_SPE);
		assert_int_equal(run_memory(s, name, offset & 1, 0), EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_ALIGNMENT));
		assert_int_equal(s->core->dear, 0x2000 + offset);
		assert_int_equal(s->core->esr, ESR_SPV | (store ? ESR_ST : 0));
		assert_int_equal(s->core->r[1], UINT64_C(0x0123456789abcdef));
	}
	core_set_msr(s->core, MSR_SPE);
}

static void test_alignment(void **state)
{
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
		assert_misaligned(s, loads[i].name, loads[i].size, false);
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		assert_misaligned(s, stores[i].name, stores[i].size, true);
}

/* A page of the other byte order: each element is turned, none changes its place. */
static void test_little_endian_elements(void **state)
{
	static const struct {
		const char *name;
		uint64_t want;
	} rows[] = {
		{ "evldd", UINT64_C(0xefcdab8967452301) },   { "evldw", UINT64_C(0x67452301efcdab89) },
		{ "evldh", UINT64_C(0x23016745ab89efcd) },   { "evlhhousplat", UINT64_C(0x0000230100002301) },
		{ "evlwhou", UINT64_C(0x0000230100006745) }, { "evlwwsplat", UINT64_C(0x6745230167452301) },
	};
	struct mmu_entry page = {
		.rpn = 0x3000, .epn = 0x100000, .mask = 0xfffff000, .size = 1, .valid = true, .permissions = 0x3f,
		.wimge = 1,
	};
	struct lone_core *s = *state;


	mmu_set_tlb1(&s->core->mmu, 1, &page);
	poke64(s, 0x3000, UINT64_C(0x0123456789abcdef));
	s->core->r[3] = 0x100000;
	s->core->r[4] = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int indexed = 0; indexed < 2; indexed++) {
			assert_int_equal(run_memory(s, rows[i].name, indexed, 0), EXEC_NEXT);
			assert_int_equal(s->core->r[1], rows[i].want);
		}
	s->core->r[1] = UINT64_C(0x1111222233334444);
	assert_int_equal(run_memory(s, "evstwho", false, 0), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x3000), UINT64_C(0x2222444489abcdef));
	s->core->r[1] = UINT64_C(0x0123456789abcdef);
	assert_int_equal(run_memory(s, "evstdw", true, 0), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x3000), UINT64_C(0x67452301efcdab89));
	assert_int_equal(run_memory(s, "evstdh", true, 0), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x3000), UINT64_C(0x23016745ab89efcd));
}

/* RA 0 is the number 0. */
static void test_no_base_register(void **state)
{
	struct lone_core *s = *state;

	poke64(s, 0x18, UINT64_C(0x81129334a556b778));
	s->core->r[0] = 0x3000;
	s->core->r[4] = 0x18;
	assert_int_equal(lone_core_run(s, "evldd r1,24(0)"), EXEC_NEXT);
	assert_int_equal(s->core->r[1], UINT64_C(0x81129334a556b778));
	assert_int_equal(lone_core_run(s, "evlwwsplatx r1,0,r4"), EXEC_NEXT);
	assert_int_equal(s->core->r[1], UINT64_C(0x8112933481129334));
}

static void test_faults(void **state)
{
	struct lone_core *s = *state;

	s->core->r[1] = 5;
	s->core->r[3] = 0x200000;
	assert_int_equal(run_memory(s, "evldw", false, 8), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_DTLB));
	assert_int_equal(s->core->dear, 0x200008);
	assert_int_equal(s->core->esr, ESR_SPV);
	assert_int_equal(s->core->r[1], 5);
	core_set_msr(s->core, MSR_SPE);
}

/* Every row of the group but brinc needs MSR[SPE]. */
static void test_unavailable(void **state)
{
	struct lone_core *s = *state;
	unsigned rows = 0;

	for (enum isa_insn insn = ISA_evaddw; insn <= ISA_evmwsmfan; insn++) {
		const struct isa_row *row = isa_row(insn);
		struct op op = { .fn = lone_core_function(s, insn), .insn = insn, .t = 1, .a = 2, .b = 3 };

		if (insn == ISA_brinc)
			continue;
		rows++;
		assert_true(row->categories == ISA_CATEGORY_SP || row->categories == ISA_CATEGORY_SPFV);
		core_set_msr(s->core, 0);
		s->core->r[1] = s->core->r[2] = s->core->r[3] = s->core->acc = 0x3001;
		s->core->spefscr = 0;
		s->core->cr[1] = 9;
		assert_int_equal(lone_core_execute(s, &op), EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_SPE_UNAVAILABLE));
		assert_int_equal(s->core->srr[0], LONE_SINGLE_EA);
		assert_int_equal(s->core->esr, ESR_SPV);
		assert_int_equal(s->core->r[1], 0x3001);
		assert_int_equal(s->core->acc, 0x3001);
		assert_int_equal(s->core->spefscr, 0);
		assert_int_equal(s->core->cr[1], 9);
	}
	assert_int_equal(rows, 172);
	core_set_msr(s->core, MSR_SPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_multiplies),
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_merges_and_splats),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_accumulator_sums),
		cmocka_unit_test(test_divides),
		cmocka_unit_test(test_brinc),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_stores),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_little_endian_elements),
		cmocka_unit_test(test_no_base_register),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_unavailable),
	};

	return cmocka_run_group_tests_name("spe", tests, setup, teardown);
}
