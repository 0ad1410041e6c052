/* The instruction set against QEMU: a fixed seed over every row that both can run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/endian.h"
#include "tests/diff/compare.h"
#include "tests/diff/expect.h"
#include "tests/diff/generate.h"
#include "tests/diff/run.h"
#include "tests/diff/spe_oracle.h"

#define CASES 49152
#define SEED 1

static void compare_with_qemu(const char *core)
{
	struct run_outcome outcome = { .report = stderr, .per_row = 3 };
	struct err err;

	if (!batch_have_qemu())
		skip();
	if (!run_cases(model_find(core), CASES, SEED, true, &outcome, &err))
		fail_msg("%s", err.text);
	assert_int_equal(outcome.cases, CASES);
	assert_int_equal(outcome.different, 0);
}

static void test_e500v2(void **state)
{
	compare_with_qemu("e500v2");
}

static void test_e500mc(void **state)
{
	compare_with_qemu("e500mc");
}

/* Every described instruction is either generated or excluded by name; a name that is no row hides nothing. */
static void test_exclusions_are_few(void **state)
{
	unsigned excluded = 0;

	for (int i = 0; i < ISA_COUNT; i++)
		excluded += generate_excluded(isa_row(i)) != NULL;
	assert_int_equal(excluded, 7);
}

/* The comparison sees one wrong bit anywhere. */
static void test_comparison_is_awake(void **state)
{
	uint8_t want[RECORD_SIZE] = { 0 }, got[RECORD_SIZE] = { 0 };
	const struct core_model *v2 = model_find("e500v2"), *mc = model_find("e500mc");
	char text[256];

	assert_true(compare_records(v2, want, got, text, sizeof text));
	got[RECORD_GPR + 8 * 7] = 0x80;
	assert_false(compare_records(v2, want, got, text, sizeof text));
	assert_string_equal(text, "r7 0000000000000000 got 8000000000000000; ");
	got[RECORD_GPR + 8 * 7] = 0;
	got[RECORD_FPSCR + 7] = 1;
	assert_true(compare_records(v2, want, got, text, sizeof text)); /* it has no FPSCR */
	assert_false(compare_records(mc, want, got, text, sizeof text));
	assert_string_equal(text, "fpscr 00000000 got 00000001; ");
}

static void test_divergences_name_rows(void **state)
{
	const struct divergence *list;
	size_t count = expect_divergences(&list);

	for (size_t i = 0; i < count; i++) {
		char names[512], *name, *rest;

		strncpy(names, list[i].mnemonics, sizeof names - 1);
		for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
			if (!strchr(name, '*'))
				assert_int_not_equal(isa_find(name), ISA_ILLEGAL);
		assert_true(strlen(list[i].reason) > 10);
	}
}

/* Worked by hand: SPEPEM's rule for -1 times -1, and an accumulation that leaves the range. */
static void test_spe_oracle(void **state)
{
	struct spe_state s = { .a = UINT64_C(0x8000000080000000), .b = UINT64_C(0x8000000000010000) };

	assert_true(spe_oracle("evmhessf", &s));
	assert_true(s.result == UINT64_C(0x7fffffffffff0000)); /* saturated; -1.0 * 2^-15 = -2^-15 */
	assert_int_equal(s.spefscr, 0xc0000000); /* SOVH, OVH */
	s = (struct spe_state){ .a = 0xffff, .b = 0xffff, .acc = UINT64_C(0xfffffffffffffffe) };
	assert_true(spe_oracle("evmhousiaaw", &s));
	assert_true(s.result == UINT64_C(0xffffffffffffffff) && s.acc == s.result);
	assert_int_equal(s.spefscr, 0x0000c000); /* SOV, OV: the low word only */
	s = (struct spe_state){ .a = 3, .b = 0xfffffffe, .acc = 10 };
	assert_true(spe_oracle("evmwsmian", &s));
	assert_true(s.result == 16);
	assert_false(spe_oracle("evmra", &s));
	assert_false(spe_oracle("evmergehi", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exclusions_are_few),
		cmocka_unit_test(test_comparison_is_awake),
		cmocka_unit_test(test_divergences_name_rows),
		cmocka_unit_test(test_spe_oracle),
		cmocka_unit_test(test_e500v2),
		cmocka_unit_test(test_e500mc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
