/* Times and sizes as text, and near misses of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lua/kit/quantity.h"
#include "lua/kit/suggest.h"

static void times_are_exact(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "0ns", 0 },
		{ "1ns", 1 },
		{ "10us", 10000 },
		{ "1.5ms", 1500000 },
		{ "2s", 2000000000 },
		{ "2 s", 2000000000 },
		{ "1min", INT64_C(60000000000) },
		{ "0.000000001s", 1 },
		{ "0.001us", 1 },
		{ "1.000000000s", 1000000000 },
		{ "9223372036s", INT64_C(9223372036000000000) },
		{ "9223372036854775807ns", INT64_MAX },
		{ "0.5min", INT64_C(30000000000) },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ns = -1;

		assert_true(quantity_time(cases[i].text, &ns, NULL));
		assert_int_equal(ns, cases[i].ns);
	}
}

static void wrong_times_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"10",
		"us",
		"-1us",
		"+1us",
		" 1us",
		"1 u s",
		"1usx",
		"1e3us",
		"0x10us",
		"1..5ms",
		"1.us",
		".5us",
		"1.5.1us",
		"0.5ns",
		"0.0001us",
		"0.00000000001min",
		"9223372037s",
		"9223372036854775808ns",
		"99999999999999999999ns",
		"200000000min",
	};
	struct err err;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ns = -1;

		err.text[0] = 0;
		assert_false(quantity_time(cases[i], &ns, &err));
		assert_int_equal(ns, -1);
		assert_non_null(strstr(err.text, cases[i]));
	}
}

static void a_time_text_reads_back(void **state)
{
	static const struct { int64_t ns; const char *text; } cases[] = {
		{ 0, "0ns" }, { 999, "999ns" }, { 1000, "1us" }, { 1500000, "1.5ms" }, { 1000001, "1.000001ms" },
		{ 1000000000, "1s" }, { INT64_MAX, "9223372036.854775807s" }, { -1500, "-1.5us" },
	};
	char text[QUANTITY_TIME_TEXT];
	int64_t back;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_string_equal(quantity_time_text(cases[i].ns, text), cases[i].text);
		if (cases[i].ns >= 0) {
			assert_true(quantity_time(text, &back, NULL));
			assert_int_equal(back, cases[i].ns);
		}
	}
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{ "0", 0 },
		{ "65536", 65536 },
		{ "0x10000", 65536 },
		{ "64K", 65536 },
		{ "64k", 65536 },
		{ "256M", 268435456 },
		{ "2G", UINT64_C(2147483648) },
		{ "1T", UINT64_C(1099511627776) },
	};
	static const char *const bad[] = { "",         "M", "-1", "64KB", "64 K", "1.5G", "0xg", "99999999999999999999",
					   "20000000T" };
	uint64_t bytes;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(quantity_size(good[i].text, &bytes, NULL));
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(quantity_size(bad[i], &bytes, NULL));
}

static const char *nearest(const char *wanted, struct suggest *suggest)
{
	static const char *const names[] = { "insns", "cycles", "time", "state", "quantum", "longest" };

	suggest_init(suggest, wanted);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		suggest_offer(suggest, names[i]);
	return suggest_best(suggest);
}

static void the_nearest_name_is_suggested(void **state)
{
	struct suggest suggest;

	assert_string_equal(nearest("insn", &suggest), "insns");
	assert_string_equal(nearest("isnns", &suggest), "insns"); /* two neighbours swapped: one slip */
	assert_string_equal(nearest("Cycles", &suggest), "cycles");
	assert_string_equal(nearest("qunatum", &suggest), "quantum");
	assert_string_equal(nearest("tmie", &suggest), "time");
}

static void a_far_name_is_not_suggested(void **state)
{
	struct suggest suggest;
	char longer[300];

	assert_null(nearest("memory", &suggest));
	assert_null(nearest("x", &suggest));
	assert_null(nearest("", &suggest));
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_null(nearest(longer, &suggest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_exact),
		cmocka_unit_test(wrong_times_are_refused),
		cmocka_unit_test(a_time_text_reads_back),
		cmocka_unit_test(sizes),
		cmocka_unit_test(the_nearest_name_is_suggested),
		cmocka_unit_test(a_far_name_is_not_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
