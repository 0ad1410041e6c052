/* sim/time/pacing: the adaptive rate. Waiting and lag are in test_warp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/time/pacing.h"

#define MS INT64_C(1000000)

static struct pacing pace_of(int64_t numerator, int64_t denominator)
{
	struct pacing pacing = { 0 };

	assert_true(pacing_set_speed(&pacing, numerator, denominator, NULL));
	return pacing;
}

/* A host that retires `mips` million instructions a second, a guest clock of `mhz`: cpi for real time is mhz / mips. */
static uint32_t settle(struct pacing *pacing, int64_t mhz, int64_t mips)
{
	uint32_t cpi = 1;

	for (int i = 0; i < 20; i++)
		cpi = pacing_adapt(pacing, cpi, 100 * MS * mips * cpi / mhz, 100 * MS);
	return cpi;
}

static void the_rate_settles_where_the_guest_keeps_pace(void **state)
{
	struct pacing pacing = pace_of(1, 1), fast = pace_of(2, 1);

	assert_int_equal(settle(&pacing, 400, 50), 8);
	assert_int_equal(settle(&pacing, 400, 130), 4); /* rounded up: ahead, and the rest is waited for */
	assert_int_equal(settle(&pacing, 100, 500), 1); /* a host that is faster waits */
	assert_int_equal(settle(&fast, 400, 50), 16);
	assert_int_equal(settle(&pacing, 400000, 1), PACING_MAX_CPI);
}

static void small_errors_change_nothing(void **state)
{
	struct pacing pacing = pace_of(1, 1);

	assert_int_equal(pacing_adapt(&pacing, 8, 1000, 1031), 8);
	assert_int_equal(pacing_adapt(&pacing, 8, 1000, 876), 8);
	assert_int_equal(pacing_adapt(&pacing, 8, 1000, 1300), 11); /* 10.4, rounded up */
	assert_int_equal(pacing_adapt(&pacing, 8, 0, 1000), 8);
	assert_int_equal(pacing_adapt(&pacing, 8, 1000, 0), 8);
}

static void conversions_round_and_saturate(void **state)
{
	struct pacing pacing = pace_of(3, 7);

	assert_int_equal(pacing_virtual_ns(&pacing, 10), 4);
	assert_int_equal(pacing_host_ns(&pacing, 4), 10);
	assert_int_equal(pacing_host_ns(&pacing, 3), 7);
	assert_int_equal(pacing_host_ns(&pacing, INT64_MAX), INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_settles_where_the_guest_keeps_pace),
		cmocka_unit_test(small_errors_change_nothing),
		cmocka_unit_test(conversions_round_and_saturate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
