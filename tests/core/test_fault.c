/* sim/core/fault.c: which exception is kept to be told of, its words, and the core whose vectors fault themselves. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

#define VECTOR(n) (0x10000 + 0x100 * (n))

static const char *words(const struct lone_core *lone)
{
	static char text[96];

	return fault_describe(&lone->core->fault, text, sizeof text);
}

static void test_kept(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	assert_false(lone.core->fault.any);
	lone_core_program(&lone, 0x1000, "ori r0,r0,0\ntw 31,r0,r0");
	lone_core_program(&lone, VECTOR(6), "ori r0,r0,0\naddis r3,r0,-1\nlwz r4,8(r3)");
	lone_core_program(&lone, VECTOR(13), "ori r0,r0,0\nori r0,r0,0");
	lone_core_steps(&lone, 2);
	assert_true(lone.core->fault.any);
	assert_int_equal(lone.core->fault.pc, 0x1004);
	assert_int_equal(lone.core->fault.insns, 1);
	assert_string_equal(words(&lone), "program interrupt (trap)");
	/* The handler misses the TLB: no news. */
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->dear, 0xffff0008);
	assert_int_equal(lone.core->fault.pc, 0x1004);
	core_reset(lone.core);
	assert_false(lone.core->fault.any);
	lone_core_close(&lone);
}

/* What a program does is its kernel's affair. */
static void test_user(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, "tw 31,r0,r0");
	lone_core_program(&lone, VECTOR(6), "ori r0,r0,0");
	core_set_msr(lone.core, MSR_PR);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], 0x1000);
	assert_false(lone.core->fault.any);
	lone_core_close(&lone);
}

/* Vectors that are not mapped: the core stands, and the first miss behind the exception is what it shows. */
static void test_stuck(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_set_spr(&lone, "IVPR", 0xc0000000);
	lone_core_program(&lone, 0x1000, "ori r0,r0,0\ntw 31,r0,r0");
	lone_core_run_until(&lone, 100000);
	assert_int_equal(lone.core->state, CORE_LOOPING);
	assert_int_equal(lone.core->insns, 1);
	assert_int_equal(lone.core->fault.ivor, IVOR_ITLB);
	assert_string_equal(words(&lone), "instruction TLB error interrupt");
	lone_core_close(&lone);
}

static void test_words(void **state)
{
	static const struct {
		struct fault fault;
		const char *text;
	} rows[] = {
		{ { .ivor = IVOR_PROGRAM, .esr = ESR_PIL }, "program interrupt (illegal instruction)" },
		{ { .ivor = IVOR_PROGRAM, .esr = ESR_PPR }, "program interrupt (privileged instruction)" },
		{ { .ivor = IVOR_PROGRAM, .esr = ESR_FP }, "program interrupt (floating point)" },
		{ { .ivor = IVOR_DSI, .dear = 0x10 }, "data storage interrupt (load from 0x00000010)" },
		{ { .ivor = IVOR_DTLB, .esr = ESR_ST, .dear = 0xc0de },
		  "data TLB error interrupt (store to 0x0000c0de)" },
		{ { .ivor = IVOR_MACHINE_CHECK, .mcsr = 8 }, "machine check interrupt (MCSR 0x00000008)" },
		{ { .ivor = IVOR_ISI }, "instruction storage interrupt" },
		{ { .ivor = IVOR_SPE_UNAVAILABLE }, "SPE unavailable interrupt" },
	};
	char text[96];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(fault_describe(&rows[i].fault, text, sizeof text), rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
