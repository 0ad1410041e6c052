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

static void test_names(void **state)
{
	char text[64], cut[9];

	assert_string_equal(model_names(ISA_CATEGORY_B, text, sizeof text), "e500v2, e500mc");
	assert_string_equal(model_names(ISA_CATEGORY_SP, text, sizeof text), "e500v2");
	assert_string_equal(model_names(ISA_CATEGORY_SP | ISA_CATEGORY_FP, text, sizeof text), "");
	assert_string_equal(model_names(ISA_CATEGORY_B, cut, sizeof cut), "e500v2, ");
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
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
