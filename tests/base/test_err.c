#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sim/base/err.h"

static void test_set_formats_and_fails(void **state)
{
	struct err err;

	assert_false(err_set(&err, "%s: offset %d", "a.dtb", 40));
	assert_string_equal(err.text, "a.dtb: offset 40");
}

static void test_prefix_goes_in_front(void **state)
{
	struct err err;

	err_set(&err, "truncated");
	assert_false(err_prefix(&err, "%s", "a.dtb"));
	assert_string_equal(err.text, "a.dtb: truncated");
}

static void test_long_messages_are_cut(void **state)
{
	struct err err;

	err_set(&err, "%2000s", "x");
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	err_prefix(&err, "file");
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_memory_equal(err.text, "file: ", 6);
}

static void test_nobody_asks(void **state)
{
	assert_false(err_set(NULL, "x"));
	assert_false(err_prefix(NULL, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_formats_and_fails),
		cmocka_unit_test(test_prefix_goes_in_front),
		cmocka_unit_test(test_long_messages_are_cut),
		cmocka_unit_test(test_nobody_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
