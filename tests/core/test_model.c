/* A core that is in no table of the project has what its categories say, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sim/core/core.h"
#include "sim/core/debug_event.h"
#include "sim/core/doorbell.h"
#include "sim/core/interrupt.h"
#include "sim/core/spr.h"
#include "sim/exec/exec_table.h"
#include "sim/isa/isa.h"
#include "sim/isa/isa_random.h"

/* Classic floating point and three PIDs, doorbells, e500's control registers: no core is so. */
#define MIXED                                                                                                        \
	(ISA_CATEGORY_B | ISA_CATEGORY_E | ISA_CATEGORY_FP | ISA_CATEGORY_MPID | ISA_CATEGORY_PC | ISA_CATEGORY_GEN1)

struct mixed {
	struct core_model model;
	struct bus *bus;
	struct clock *clock;
	struct core *core;
};

static void mixed_open(struct mixed *mixed)
{
	mixed->model = *model_find("e500v2");
	mixed->model.name = "mixed";
	mixed->model.categories = MIXED;
	mixed->model.msr_mask |= MSR_FP;
	mixed->model.tlbsx_has_ra = true; /* so that no row has a form that is illegal */
	mixed->bus = bus_create();
	mixed->clock = clock_create();
	assert_true(bus_add_memory(mixed->bus, "ram", 0, 0x10000, false, NULL));
	mixed->core = core_create(&(struct core_config){
		.model = &mixed->model, .bus = mixed->bus, .clock = mixed->clock });
}

static void mixed_close(struct mixed *mixed)
{
	core_destroy(mixed->core);
	clock_destroy(mixed->clock);
	bus_destroy(mixed->bus);
}

static void expect_row(const char *text, bool has)
{
	uint32_t word;

	if (!isa_assemble_text(text, ISA_ALL_CATEGORIES, 0, &word, NULL))
		fail_msg("%s is no instruction at all", text);
	if ((isa_identify(word, MIXED) != ISA_ILLEGAL) != has)
		fail_msg("%s: the core should %s it", text, has ? "have" : "lack");
}

static void test_instructions(void **state)
{
	static const char *const has[] = { "addi r3,r4,5", "lwarx r3,r4,r5,0", "tlbwe", "fadd f1,f2,f3", "lfd f1,0(r3)",
					   "msgsnd r3", "rfci" };
	static const char *const lacks[] = {
		"evaddw r1,r2,r3", "efsadd r1,r2,r3", "lwsync", "wait 0",         "rfdi",
		"mfpmr r3,0",      "dcbtls 0,r3,r4",  "bblels", "tlbilx 0,r3,r4", "lbepx r3,r4,r5"
	};

	for (unsigned i = 0; i < sizeof has / sizeof *has; i++)
		expect_row(has[i], true);
	for (unsigned i = 0; i < sizeof lacks / sizeof *lacks; i++)
		expect_row(lacks[i], false);
}

/* A row that takes two categories is in no core that has one of them only: lfdepx takes external PID and FP. */
static void test_two_categories(void **state)
{
	uint32_t word;

	assert_true(isa_assemble_text("lfdepx f1,r3,r4", ISA_ALL_CATEGORIES, 0, &word, NULL));
	assert_int_equal(isa_identify(word, ISA_CATEGORY_B | ISA_CATEGORY_FP), ISA_ILLEGAL);
	assert_int_equal(isa_identify(word, ISA_CATEGORY_B | ISA_CATEGORY_PD), ISA_ILLEGAL);
	assert_int_equal(isa_identify(word, ISA_CATEGORY_FP | ISA_CATEGORY_PD), ISA_lfdepx);
}

/* What it lacks is illegal, also where the unit's MSR bit would be off (Book III-E 7.6.8: illegal comes first). */
static void test_illegal(void **state)
{
	struct mixed mixed;
	struct op op;
	uint32_t word;

	mixed_open(&mixed);
	mixed.core->pc = mixed.core->block_ea = 0x1000;
	mixed.core->ivor[IVOR_PROGRAM] = 0x700;
	assert_true(isa_assemble_text("evaddw r1,r2,r3", ISA_ALL_CATEGORIES, 0, &word, NULL));
	assert_int_equal(isa_decode(word, mixed.model.categories, &op), ISA_ILLEGAL);
	op.fn = exec_table_function(&mixed.model, &op, NULL);
	assert_int_equal(op.fn(mixed.core, &op), EXEC_FAULT);
	assert_int_equal(mixed.core->pc, 0x700);
	assert_int_equal(mixed.core->esr, ESR_PIL);
	mixed_close(&mixed);
}

/* Registers, and the bits of those that differ between cores (ESR: E500CORERM 2.7.1.6, E500MCRM 2.7.1.7). */
static void test_registers(void **state)
{
	struct mixed mixed;
	const struct spr *spr;

	mixed_open(&mixed);
	assert_non_null(spr_find_name(&mixed.model, "PID2"));
	assert_non_null(spr_find_name(&mixed.model, "HID1"));
	assert_null(spr_find_name(&mixed.model, "SPEFSCR"));
	assert_null(spr_find_name(&mixed.model, "SPRG8"));
	assert_null(spr_find_name(&mixed.model, "EPLC"));
	assert_null(spr_find_pmr(&mixed.model, 400));
	spr = spr_find_name(&mixed.model, "ESR");
	assert_true(spr_mask(&mixed.model, spr) & 0x01000000); /* FP */
	assert_false(spr_mask(&mixed.model, spr) & 0x40);      /* EPID: external PID */
	spr = spr_find_name(&mixed.model, "DBCR0");
	spr_debug_write(mixed.core, spr, 0x60); /* CIRPT, CRET: enhanced debug */
	assert_int_equal(spr_debug_read(mixed.core, spr), 0);
	mixed_close(&mixed);
}

/*
 * What the core does follows its categories too: doorbells arrive, debug interrupts save to CSRR (no enhanced debug).
 */
static void test_behaviour(void **state)
{
	struct mixed mixed;

	mixed_open(&mixed);
	assert_true(doorbell_receive(mixed.core, 0x04000000, 0)); /* BRDCAST, type 0 */
	assert_true(atomic_load(&mixed.core->pending) & CAUSE_DOORBELL);
	mixed.model.categories &= ~(isa_categories)ISA_CATEGORY_PC;
	assert_false(doorbell_receive(mixed.core, 0x04000000, 0));
	mixed.core->dbcr[0] = DBCR0_IDM;
	core_set_msr(mixed.core, MSR_DE);
	interrupt_debug(mixed.core, 0x08000000, 0x4444);
	assert_int_equal(mixed.core->csrr[0], 0x4444);
	mixed.model.categories |= ISA_CATEGORY_ED;
	core_set_msr(mixed.core, MSR_DE);
	interrupt_debug(mixed.core, 0x08000000, 0x5554);
	assert_int_equal(mixed.core->dsrr[0], 0x5554);
	mixed_close(&mixed);
}

/* Runs a word at 0x1000 in supervisor state with all units on; ESR, or 0 where there was no program interrupt. */
static uint32_t run_word(struct mixed *mixed, uint32_t word)
{
	struct core *core = mixed->core;
	struct op op;

	core_set_msr(core, MSR_FP);
	core->esr = 0;
	core->pc = core->block_ea = 0x1000;
	core->ivor[IVOR_PROGRAM] = 0x700;
	isa_decode(word, mixed->model.categories, &op);
	op.fn = exec_table_function(&mixed->model, &op, NULL);
	return op.fn(core, &op) == EXEC_FAULT && core->pc == 0x700 ? core->esr : 0;
}

/* A word of one row, which the decoder may take for an invalid form of another that the core has (dcbzl: dcbz). */
static void check_word(struct mixed *mixed, const struct isa_row *row, uint32_t word)
{
	enum isa_insn found = isa_identify(word, MIXED);

	if (isa_has(MIXED, row->categories)) {
		struct op op, illegal = { .insn = ISA_ILLEGAL };

		assert_ptr_equal(isa_row(found), row);
		isa_decode(word, mixed->model.categories, &op);
		if (exec_table_function(&mixed->model, &op, NULL) == exec_table_function(&mixed->model, &illegal, NULL))
			fail_msg("%s is illegal", row->name);
		return;
	}
	if (found != ISA_ILLEGAL && !isa_is_valid(isa_row(found), word))
		return;
	if (found != ISA_ILLEGAL || run_word(mixed, word) != ESR_PIL)
		fail_msg("%08x of %s is not illegal", word, row->name);
}

/* Every row: decoded and found where its categories are there, else a program interrupt (illegal instruction). */
static void test_every_row(void **state)
{
	struct random random;
	struct mixed mixed;

	mixed_open(&mixed);
	random_seed(&random, 11);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++)
		for (unsigned i = 0; i < 50; i++)
			check_word(&mixed, isa_row(insn), isa_random_word(isa_row(insn), &random));
	mixed_close(&mixed);
}

/* Where the mixed core's registers are not those of e500v2, whose test_spr.c has from the manual. */
static bool differs_from_e500v2(unsigned number)
{
	static const unsigned gone[] = { 512, 513, 514, 526, 527, 528, 529, 530, 531, 702 }, more[] = { 532, 533 };

	for (unsigned i = 0; i < sizeof gone / sizeof *gone; i++)
		if (number == gone[i])
			return true;
	return number == more[0] || number == more[1]; /* IVOR36 and IVOR37: doorbells */
}

/* Every number is read as on e500v2, but for the registers of categories that only one of the two has. */
static void test_every_register(void **state)
{
	const struct core_model *e500v2 = model_find("e500v2");
	struct mixed mixed;

	mixed_open(&mixed);
	for (unsigned number = 0; number < 1024; number++) {
		uint32_t word = 31u << 26 | 4u << 21 | (number & 31) << 16 | (number >> 5) << 11 | 339u << 1;
		const struct spr *spr = spr_find(e500v2, number);
		bool reads = (spr && spr->access & SPR_R) != differs_from_e500v2(number);

		if ((run_word(&mixed, word) != ESR_PIL) != reads)
			fail_msg("SPR %u: the core should %s it", number, reads ? "have" : "lack");
	}
	mixed_close(&mixed);
}

/* What mtspr changes, by the manuals' figures of the bits that the categories of the mixed core bring. */
static void test_masks(void **state)
{
	static const struct {
		const char *name;
		uint32_t mask;
	} expected[] = {
		{ "ESR", 0x0fb200a0 }, { "DBCR0", 0x7fcf8001 }, { "MAS0", 0x300f0003 }, { "HID0", 0x80f260c1 },
		{ "L1CSR0", 0x00018e01 }, { "BUCSR", 0x00000001 }, { "HID1", 0x0003ffff },
	};
	struct mixed mixed;

	mixed_open(&mixed);
	for (unsigned i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct spr *spr = spr_find_name(&mixed.model, expected[i].name);

		assert_non_null(spr);
		assert_int_equal(spr_mask(&mixed.model, spr), expected[i].mask);
	}
	mixed_close(&mixed);
}

/* The columns that tell one thing in two ways (TLBnCFG, L1CFGn: register chapters of E500CORERM and E500MCRM). */
static void test_columns_agree(void **state)
{
	const struct core_model *model;

	for (unsigned i = 0; (model = model_at(i)); i++) {
		assert_int_equal(model->tlbcfg[0] & 0xfff, model->tlb0_entries);
		assert_int_equal(model->tlbcfg[0] >> 24, model->tlb0_ways);
		assert_int_equal(model->tlbcfg[1] & 0xfff, model->tlb1_entries);
		assert_int_equal(32u << (model->l1cfg[0] >> 23 & 3), model->cache_line);
		assert_int_equal(32u << (model->l1cfg[1] >> 23 & 3), model->cache_line);
		/* MAS0[ESEL] selects each entry of TLB1. */
		assert_int_equal((spr_mask(model, spr_find(model, 624)) >> 16 & 0xfff) + 1, model->tlb1_entries);
		assert_int_equal(!!(model->msr_mask & MSR_SPE), model_has(model, ISA_CATEGORY_SP));
		assert_int_equal(!!(model->msr_mask & MSR_UBLE), model_has(model, ISA_CATEGORY_BL));
		for (unsigned class = 0; class < CLASS_COUNT; class++)
			assert_false(model->kept_msr[class] & ~model->msr_mask);
	}
}

/* No category is without a row of instructions or registers. */
static void test_every_category(void **state)
{
	isa_categories used = 0;
	const struct spr *spr;

	for (unsigned insn = 0; insn < ISA_COUNT; insn++)
		used |= isa_row(insn)->categories;
	for (size_t i = 0; (spr = spr_at(i)); i++)
		used |= spr->categories;
	for (unsigned i = 0; i < ISA_CATEGORY_COUNT; i++)
		if (!(used >> i & 1))
			fail_msg("nothing belongs to %s", isa_category_name(i));
}

static void test_names(void **state)
{
	char text[64], cut[9];

	assert_string_equal(model_names(ISA_CATEGORY_B, ", ", text, sizeof text), "e500v2, e500mc");
	assert_string_equal(model_names(0, " or ", text, sizeof text), "e500v2 or e500mc");
	assert_string_equal(model_names(ISA_CATEGORY_FP, " or ", text, sizeof text), "e500mc");
	assert_string_equal(model_names(ISA_CATEGORY_SP, ", ", text, sizeof text), "e500v2");
	assert_string_equal(model_names(ISA_CATEGORY_SP | ISA_CATEGORY_FP, ", ", text, sizeof text), "");
	assert_string_equal(model_names(ISA_CATEGORY_B, ", ", cut, sizeof cut), "e500v2, ");
	assert_null(model_at(2));
	assert_string_equal(model_at(1)->name, "e500mc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instructions),
		cmocka_unit_test(test_two_categories),
		cmocka_unit_test(test_illegal),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_behaviour),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_every_register),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_columns_agree),
		cmocka_unit_test(test_every_category),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
