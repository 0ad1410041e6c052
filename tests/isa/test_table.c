/*
 * The instruction table: words and rows there and back, operand fields against
 * words put together by hand from the manuals' diagrams, the assembler's errors,
 * the rules for flags.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/isa/isa.h"
#include "sim/isa/isa_random.h"
#include "tests/fixture/models.h"

#define WORDS_PER_ROW 500

/* A random legal word of a row is that row, for every core that has it, and for no other. */
static void test_words_decode_to_their_row(void **state)
{
	struct random random;

	random_seed(&random, 3);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);

		for (unsigned i = 0; i < WORDS_PER_ROW; i++) {
			uint32_t word = isa_random_word(row, &random);

			const struct core_model *model;

			for (unsigned m = 0; (model = model_at(m)); m++) {
				enum isa_insn found = isa_identify(word, model->categories);

				if (model_has(model, row->categories) ? found != insn
						      : found != ISA_ILLEGAL && isa_is_valid(isa_row(found), word))
					fail_msg("%08x of %s is %s on the %s", word, row->name,
						 found == ISA_ILLEGAL ? "illegal" : isa_row(found)->name, model->name);
			}
		}
	}
}

/* The same for cores that nobody built: any set of categories. */
static void test_any_set_of_categories(void **state)
{
	struct random random;

	random_seed(&random, 8);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);

		for (unsigned i = 0; i < WORDS_PER_ROW; i++) {
			/* Each second set has what the row takes, so that rows of two categories are met. */
			isa_categories set = random_u64(&random) | (i & 1 ? row->categories : 0);
			uint32_t word = isa_random_word(row, &random);
			enum isa_insn found = isa_identify(word, set);

			if (isa_has(set, row->categories) ? found != insn
							  : found != ISA_ILLEGAL && isa_is_valid(isa_row(found), word))
				fail_msg("%08x of %s with categories %llx", word, row->name, (unsigned long long)set);
		}
	}
}

/* Operand values and flags taken from a word make that word again; and so does its text. */
static void test_words_assemble_again(void **state)
{
	struct random random;
	struct err err;

	random_seed(&random, 4);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);

		for (unsigned i = 0; i < WORDS_PER_ROW; i++) {
			uint32_t word = isa_random_word(row, &random), again = 0,
				 address = (uint32_t)random_u64(&random) & ~3u;
			int32_t values[ISA_MAX_OPERANDS];
			char text[64];

			for (unsigned n = 0; row->operands[n]; n++)
				values[n] = isa_operand_value(isa_operand(row->operands[n]), word);
			assert_true(isa_assemble(row, values, isa_word_flags(row, word), &again, &err));
			assert_int_equal(again, word);
			assert_true(isa_disassemble(word, address, ISA_ALL_CATEGORIES, text, sizeof(text)) <
				    sizeof(text));
			if (!isa_assemble_text(text, ISA_ALL_CATEGORIES, address, &again, &err))
				fail_msg("%08x: %s: %s", word, text, err.text);
			if (again != word)
				fail_msg("%08x: \"%s\" gives %08x", word, text, again);
		}
	}
}

/* Any word, and any cut of the buffer: text with its end, never more than the buffer. */
static void test_any_word_has_text(void **state)
{
	struct random random;

	random_seed(&random, 5);
	for (unsigned i = 0; i < 200000; i++) {
		uint32_t word = (uint32_t)random_u64(&random);
		size_t size = random_below(&random, 65);
		char text[64 + 1];
		struct op op;

		memset(text, 0x55, sizeof(text));
		assert_true(isa_disassemble(word, 0x1000, ISA_ALL_CATEGORIES, text, size) < 64);
		assert_true(text[size] == 0x55);
		if (size)
			assert_true(memchr(text, 0, size) != NULL);
		assert_int_equal(isa_decode(word, ISA_ALL_CATEGORIES, &op), isa_identify(word, ISA_ALL_CATEGORIES));
	}
}

struct example {
	uint32_t word;
	const char *model;
	enum isa_insn insn;
	unsigned t, a, b, c;
	int32_t imm;
	unsigned flags;
};

static const struct example examples[] = {
	/* opcd | RT | RA | SI */
	{ 14u << 26 | 3 << 21 | 4 << 16 | 0xfffb, NULL, ISA_addi, 3, 4, 0, 0, -5, 0 },
	{ 15u << 26 | 3 << 21 | 0 << 16 | 0x8000, NULL, ISA_addis, 3, 0, 0, 0, -32768, 0 },
	{ 24u << 26 | 5 << 21 | 6 << 16 | 0x8000, NULL, ISA_ori, 5, 6, 0, 0, 32768, 0 },
	{ 11u << 26 | 7 << 23 | 9 << 16 | 0xffff, NULL, ISA_cmpi, 7, 9, 0, 0, -1, 0 },
	{ 10u << 26 | 2 << 23 | 1 << 21 | 9 << 16 | 0xffff, NULL, ISA_cmpli, 2, 9, 0, 0, 65535, OP_L },
	/* 31 | RT | RA | RB | OE | 266 | Rc */
	{ 31u << 26 | 1 << 21 | 2 << 16 | 3 << 11 | 1 << 10 | 266 << 1 | 1, NULL, ISA_add, 1, 2, 3, 0, 0,
	  OP_OE | OP_RC },
	/* 18 | LI | AA | LK: LI is -1 word */
	{ 18u << 26 | 0x03fffffc | 3, NULL, ISA_b, 0, 0, 0, 0, -4, OP_AA | OP_LK },
	/* 16 | BO | BI | BD | AA | LK */
	{ 16u << 26 | 12 << 21 | 30 << 16 | 0x7ffc, NULL, ISA_bc, 12, 30, 0, 0, 32764, 0 },
	{ 19u << 26 | 20 << 21 | 0 << 16 | 3 << 11 | 16 << 1 | 1, NULL, ISA_bclr, 20, 0, 3, 0, 0, OP_LK },
	/* 21 | RS | RA | SH | MB | ME | Rc; MASK(24, 3) wraps */
	{ 21u << 26 | 8 << 21 | 9 << 16 | 31 << 11 | 24 << 6 | 3 << 1, NULL, ISA_rlwinm, 8, 9, 31, 0,
	  (int32_t)0xf00000ff, 0 },
	{ 23u << 26 | 8 << 21 | 9 << 16 | 10 << 11 | 0 << 6 | 31 << 1 | 1, NULL, ISA_rlwnm, 8, 9, 10, 0, -1,
	  OP_RC },
	{ 19u << 26 | 1 << 21 | 17 << 16 | 31 << 11 | 257 << 1, NULL, ISA_crand, 1, 17, 31, 0, 0, 0 },
	{ 19u << 26 | 7 << 23 | 5 << 18 | 0 << 1, NULL, ISA_mcrf, 7, 5, 0, 0, 0, 0 },
	{ 31u << 26 | 24 << 21 | 9 << 16 | 10 << 11 | 4 << 1, NULL, ISA_tw, 24, 9, 10, 0, 0, 0 },
	{ 31u << 26 | 8 << 21 | 9 << 16 | 31 << 11 | 824 << 1, NULL, ISA_srawi, 8, 9, 31, 0, 0, 0 },
	{ 31u << 26 | 1 << 21 | 2 << 16 | 3 << 11 | 30 << 6 | 15 << 1, NULL, ISA_isel, 1, 2, 3, 30, 0, 0 },
	/* mfspr r4, 1023 - 31: the halves of the SPR number are swapped in the word */
	{ 31u << 26 | 4 << 21 | 0 << 16 | 31 << 11 | 339 << 1, NULL, ISA_mfspr, 4, 0, 0, 0, 31 << 5, 0 },
	{ 31u << 26 | 4 << 21 | 1 << 16 | 0 << 11 | 467 << 1, NULL, ISA_mtspr, 4, 0, 0, 0, 1, 0 },
	{ 31u << 26 | 7 << 21 | 0x81 << 12 | 144 << 1, NULL, ISA_mtcrf, 7, 0, 0, 0, 0x81, 0 },
	{ 31u << 26 | 7 << 21 | 1 << 20 | 0x20 << 12 | 144 << 1, NULL, ISA_mtocrf, 7, 0, 0, 0, 0x20, 0 },
	{ 31u << 26 | 1 << 15 | 163 << 1, NULL, ISA_wrteei, 0, 0, 0, 0, 1, 0 },
	{ 31u << 26 | 5 << 21 | 6 << 16 | 7 << 11 | 20 << 1 | 1, NULL, ISA_lwarx, 5, 6, 7, 0, 0, OP_L },
	{ 31u << 26 | 3 << 21 | 6 << 16 | 7 << 11 | 18 << 1, "e500mc", ISA_tlbilx, 3, 6, 7, 0, 0, 0 },
	{ 17u << 26 | 1 << 5 | 2, "e500mc", ISA_sc, 0, 0, 0, 0, 1, 0 },
	/* 59 | FRT | FRA | FRB | FRC | 29 | Rc */
	{ 59u << 26 | 1 << 21 | 2 << 16 | 3 << 11 | 4 << 6 | 29 << 1 | 1, "e500mc", ISA_fmadds, 1, 2, 3, 4, 0,
	  OP_RC },
	{ 63u << 26 | 5 << 23 | 6 << 18 | 64 << 1, "e500mc", ISA_mcrfs, 5, 6, 0, 0, 0, 0 },
	{ 63u << 26 | 31 << 21 | 70 << 1, "e500mc", ISA_mtfsb0, 31, 0, 0, 0, 0, 0 },
	{ 19u << 26 | 3 << 21 | 0x3ff << 11 | 198 << 1, "e500mc", ISA_dnh, 3, 0, 0, 0, 0x3ff, 0 },
	{ 31u << 26 | 0x7fff << 11 | 270 << 1, "e500mc", ISA_ehpriv, 0, 0, 0, 0, 0x7fff, 0 },
	{ 31u << 26 | 1 << 21 | 854 << 1, NULL, ISA_mbar, 0, 0, 0, 0, 1, 0 },
	{ 31u << 26 | 2 << 21 | 3 << 16 | 4 << 11 | 166 << 1, NULL, ISA_dcbtls, 2, 3, 4, 0, 0, 0 },
	{ 63u << 26 | 0xa5 << 17 | 9 << 11 | 711 << 1, "e500mc", ISA_mtfsf, 0, 0, 9, 0, 0xa5, 0 },
	{ 63u << 26 | 6 << 23 | 13 << 12 | 134 << 1, "e500mc", ISA_mtfsfi, 6, 0, 0, 0, 13, 0 },
	/* SPE: 4 | RT | RA | UIMM | 769, the displacement in double words */
	{ 4u << 26 | 3 << 21 | 4 << 16 | 31 << 11 | 769, "e500v2", ISA_evldd, 3, 4, 0, 0, 248, 0 },
	{ 4u << 26 | 3 << 21 | 4 << 16 | 31 << 11 | 777, "e500v2", ISA_evlhhesplat, 3, 4, 0, 0, 62, 0 },
	{ 4u << 26 | 3 << 21 | 4 << 16 | 31 << 11 | 785, "e500v2", ISA_evlwhe, 3, 4, 0, 0, 124, 0 },
	{ 4u << 26 | 3 << 21 | 16 << 16 | 553, "e500v2", ISA_evsplati, 3, 0, 0, 0, -16, 0 },
	{ 4u << 26 | 3 << 21 | 17 << 16 | 5 << 11 | 514, "e500v2", ISA_evaddiw, 3, 0, 5, 0, 17, 0 },
	{ 4u << 26 | 3 << 21 | 4 << 16 | 5 << 11 | 79 << 3 | 6, "e500v2", ISA_evsel, 3, 4, 5, 6, 0, 0 },
	/* What the other core has is illegal. */
	{ 4u << 26 | 512, "e500mc", ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 },
	{ 50u << 26, "e500v2", ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 },
	{ 31u << 26 | 1 << 21 | 598 << 1, "e500v2", ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 }, /* lwsync */
	{ 31u << 26 | 1 << 21 | 598 << 1, "e500mc", ISA_lwsync, 0, 0, 0, 0, 0, 0 },
	{ 31u << 26 | 1 << 21 | 4 << 16 | 1014 << 1, "e500mc", ISA_dcbzl, 0, 4, 0, 0, 0, 0 },
	{ 31u << 26 | 1 << 21 | 4 << 16 | 1014 << 1, "e500v2", ISA_dcbz, 0, 4, 0, 0, 0, 0 },
	/* Neither core has strings (E500CORERM 3.3, E500MCRM). */
	{ 31u << 26 | 597 << 1, NULL, ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 },
	{ UINT32_MAX, "e500mc", ISA_fnmadd, 31, 31, 31, 31, 0, OP_RC },
	{ 0, NULL, ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 },
	{ UINT32_MAX, "e500v2", ISA_ILLEGAL, 0, 0, 0, 0, 0, 0 },
};

static void test_operand_fields(void **state)
{
	for (unsigned i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		const struct example *example = &examples[i];
		struct op op;

		memset(&op, 0xff, sizeof(op));
		assert_int_equal(isa_decode(example->word, models_has(example->model), &op), example->insn);
		assert_int_equal(op.insn, example->insn);
		assert_int_equal(op.word, example->word);
		assert_int_equal(op.t, example->t);
		assert_int_equal(op.a, example->a);
		assert_int_equal(op.b, example->b);
		assert_int_equal(op.c, example->c);
		assert_int_equal(op.imm, example->imm);
		assert_int_equal(op.flags, example->flags);
		assert_int_equal(op.index, 0);
	}
	assert_int_equal(sizeof(struct op), 32); /* two ops a cache line */
}

static void test_names(void **state)
{
	assert_int_equal(isa_find("addic."), ISA_addic_rc);
	assert_int_equal(isa_find("addic_rc"), ISA_addic_rc);
	assert_int_equal(isa_find("addo."), ISA_add);
	assert_int_equal(isa_find("bla"), ISA_b);
	assert_int_equal(isa_find("bclrl"), ISA_bclr);
	assert_int_equal(isa_find("addl"), ISA_ILLEGAL);
	assert_int_equal(isa_find("add.o"), ISA_ILLEGAL);
	assert_int_equal(isa_find("mulhwo"), ISA_ILLEGAL);
	assert_int_equal(isa_find(""), ISA_ILLEGAL);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		assert_int_equal(isa_find(isa_row(insn)->mnemonic), insn);
		assert_true(*isa_row(insn)->summary);
	}
}

/* What the flags add (Power ISA Book I 2.3.1, 3.3, 4.2.2). */
static void test_flags_have_effects(void **state)
{
	const struct isa_row *add = isa_row(ISA_add), *fadd = isa_row(ISA_fadd), *b = isa_row(ISA_b);

	assert_int_equal(isa_writes(add, 0), 0);
	assert_int_equal(isa_writes(add, OP_RC), ISA_EFFECT_CR0);
	assert_int_equal(isa_reads(add, OP_RC), ISA_EFFECT_SO);
	assert_int_equal(isa_writes(add, OP_OE), ISA_EFFECT_OV | ISA_EFFECT_SO);
	assert_int_equal(isa_writes(isa_row(ISA_adde), 0), ISA_EFFECT_CA);
	assert_int_equal(isa_writes(fadd, OP_RC), ISA_EFFECT_FPSCR | ISA_EFFECT_CR1);
	assert_int_equal(isa_writes(b, OP_LK), ISA_EFFECT_LR);
	assert_int_equal(isa_writes(b, OP_OE), 0); /* not a flag of this row */
}

static size_t describe(enum isa_insn insn, char *text, size_t size)
{
	char cores[64];

	return isa_describe(insn, model_names(isa_row(insn)->categories, ", ", cores, sizeof(cores)), text, size);
}

static void expect_description(enum isa_insn insn, const char *expected)
{
	char text[1024];

	assert_true(describe(insn, text, sizeof(text)) < sizeof(text));
	assert_string_equal(text, expected);
}

static void test_descriptions(void **state)
{
	char text[1024];

	expect_description(ISA_adde,
			   "adde[o][.] RT,RA,RB  add extended\n"
			   "  form XO: 31 0-5 | RT 6-10 | RA 11-15 | RB 16-20 | OE 21 | 138 22-30 | Rc 31\n"
			   "  RT    general purpose register; written\n"
			   "  RA    general purpose register; read\n"
			   "  RB    general purpose register; read\n"
			   "  reads XER[CA], XER[SO]\n"
			   "  writes XER[CA], XER[OV], XER[SO], CR field 0\n"
			   "  cores: e500v2, e500mc; category: Base; privilege: user; timing: simple integer\n");
	expect_description(
		ISA_dcbzl,
		"dcbzl RA|0,RB  data cache block set to zero by line\n"
		"  form X: 31 0-5 | / 6-9 | 1 10 | RA|0 11-15 | RB 16-20 | 1014 21-30 | / 31\n"
		"  RA|0  general purpose register, or the number 0 for r0; read\n"
		"  RB    general purpose register; read\n"
		"  reads special purpose registers\n"
		"  writes memory\n"
		"  cores: e500mc; category: Data Cache Extended Operations; privilege: user; timing: cache control\n");
	expect_description(ISA_bc, "bc[l][a] BO,BI,BD  branch conditional\n"
				   "  form B: 16 0-5 | BO 6-10 | BI 11-15 | BD 16-29 | AA 30 | LK 31\n"
				   "  BO    branch options: which of condition and CTR decide\n"
				   "  BI    bit of the condition register; read\n"
				   "  BD    target: relative to the branch, or absolute with AA, a multiple of 4\n"
				   "  reads CTR\n"
				   "  writes LR, CTR\n"
				   "  cores: e500v2, e500mc; category: Base; privilege: user; timing: branch\n");
	expect_description(ISA_evldd,
			   "evldd RT,UIMM(RA|0)  vector load double word into double word\n"
			   "  form EVX: 4 0-5 | RT 6-10 | RA|0 11-15 | UIMM 16-20 | 769 21-31\n"
			   "  RT    general purpose register, all 64 bits; written\n"
			   "  UIMM  displacement, in bytes, a multiple of 8\n"
			   "  RA|0  general purpose register, or the number 0 for r0; read\n"
			   "  reads memory, MSR\n"
			   "  cores: e500v2; category: Signal Processing Engine; privilege: user; timing: load\n");
	for (unsigned insn = 0; insn < ISA_COUNT; insn++)
		assert_true(describe(insn, text, sizeof(text)) < sizeof(text));
}

static void expect_error(const char *text, const char *model, const char *expected)
{
	struct err err = { "" };
	uint32_t word;

	assert_false(isa_assemble_text(text, models_has(model), 0, &word, &err));
	assert_string_equal(err.text, expected);
}

static void test_assembler_errors(void **state)
{
	uint32_t word;

	expect_error("frobnicate r1", NULL, "\"frobnicate r1\" is not an instruction of this core");
	expect_error("", NULL, "\"\" is not an instruction of this core");
	expect_error("evaddw r1,r2,r3", "e500mc", "\"evaddw r1,r2,r3\" is not an instruction of this core");
	expect_error("addi r1,r2", NULL, "addi: operand 3 (SI) is missing");
	expect_error("addi r1,r2,", NULL, "addi: operand 3 (SI) is not understood");
	expect_error("addi r1,r2,32768", NULL, "addi: operand 3 (SI): 32768 does not fit");
	expect_error("addi r32,r2,0", NULL, "addi: operand 1 (RT): 32 does not fit");
	expect_error("addi r1,r2,99999999999", NULL, "addi: operand 3 (SI) is not understood");
	expect_error("add r1,r2,r3,r4", NULL, "add: \",r4\" behind the last operand");
	expect_error("lwz r1,4 r2", NULL, "lwz: operand 3 (RA|0) is missing");
	expect_error("lwz r1,4(r2", NULL, "lwz: operand 3 (RA|0) is not understood");
	expect_error("evldd r1,4(r2)", "e500v2", "evldd: operand 2 (UIMM): 4 does not fit");
	expect_error("b 2", NULL, "b: operand 1 (LI): 2 does not fit");
	expect_error("b 0x4000000", NULL, "b: operand 1 (LI): 67108864 does not fit");
	expect_error("mtocrf 3,r1", NULL, "mtocrf: operand 1 (FXM): 3 does not fit");
	expect_error("mfspr r1,1024", NULL, "mfspr: operand 2 (SPR): 1024 does not fit");
	/* With blanks, hexadecimal, and a target below the branch. */
	assert_true(isa_assemble_text("  addi  r3 , 4, -0x10 ", ISA_ALL_CATEGORIES, 0, &word, NULL));
	assert_int_equal(word, 0x3864fff0);
	assert_true(isa_assemble_text("b 0xffffff00", ISA_ALL_CATEGORIES, 0xffffff80, &word, NULL));
	assert_int_equal(word, 0x4bffff80);
	assert_true(isa_assemble_text("isel r1,0,r3,4*cr7+un", ISA_ALL_CATEGORIES, 0, &word, NULL));
	assert_int_equal(word, 31u << 26 | 1 << 21 | 3 << 11 | 31 << 6 | 15 << 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_decode_to_their_row),
		cmocka_unit_test(test_any_set_of_categories),
		cmocka_unit_test(test_words_assemble_again),
		cmocka_unit_test(test_any_word_has_text),
		cmocka_unit_test(test_operand_fields),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_flags_have_effects),
		cmocka_unit_test(test_descriptions),
		cmocka_unit_test(test_assembler_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
