/* sim/time/rate: exact at whole seconds, floor and ceiling between, defined at the ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/random.h"
#include "sim/time/rate.h"

static const uint64_t frequencies[] = {
	1, 3, 7, 32768, 1000000, 66666666, 66666667, 33333333, 400000000, 999999937, 1000000000,
	1333333333, 1499999985, 2200000001, 9999999967,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct rate rate_of(uint64_t frequency)
{
	struct rate rate;

	assert_true(rate_init(&rate, frequency, NULL));
	return rate;
}

static void whole_seconds_are_exact(void **state)
{
	for (size_t i = 0; i < COUNT(frequencies); i++) {
		struct rate rate = rate_of(frequencies[i]);

		/* up to 10 years */
		for (int64_t k = 0; k <= 315360000; k = 3 * k + 1) {
			int64_t ticks = k * (int64_t)frequencies[i];

			assert_int_equal(rate_ns_of_ticks(&rate, ticks), k * RATE_NS_PER_SECOND);
			assert_int_equal(rate_ticks_of_ns(&rate, k * RATE_NS_PER_SECOND), ticks);
		}
	}
}

/* floor: t * 1e9 - f < ns * f <= t * 1e9; ceiling: (t - 1) * 1e9 < ns * f <= t * 1e9. */
static void rounding_is_floor_and_ceiling(void **state)
{
	struct random random = { 42 };

	for (size_t i = 0; i < COUNT(frequencies); i++) {
		struct rate rate = rate_of(frequencies[i]);
		__int128 f = frequencies[i], g = RATE_NS_PER_SECOND;

		for (int n = 0; n < 20000; n++) {
			int64_t value = (int64_t)(random_u64(&random) >> (5 + random_below(&random, 58)));
			__int128 exact = value * g;
			__int128 ns = rate_ns_of_ticks(&rate, value), ticks = rate_ticks_of_ns(&rate, value);

			if (ns != INT64_MAX)
				assert_true(ns * f <= exact && exact < (ns + 1) * f);
			if (ticks != INT64_MAX)
				assert_true((ticks - 1) * g < value * f && value * f <= ticks * g);
		}
	}
}

static void a_tick_reached_is_never_before_its_time(void **state)
{
	for (size_t i = 0; i < COUNT(frequencies); i++) {
		struct rate rate = rate_of(frequencies[i]);

		for (int64_t ns = 0; ns < 5000; ns++)
			assert_true(rate_ns_of_ticks(&rate, rate_ticks_of_ns(&rate, ns)) >= ns);
	}
}

/* One by one for a second of an odd clock: steps of 0 or 1 ns apart from floor, no drift at the end. */
static void no_drift_when_summed(void **state)
{
	struct rate rate = rate_of(66666666);
	int64_t last = 0;

	for (int64_t tick = 1; tick <= 66666666; tick++) {
		int64_t ns = rate_ns_of_ticks(&rate, tick);

		if (ns - last != 15 && ns - last != 16)
			fail_msg("step of %d ns at tick %d", (int)(ns - last), (int)tick);
		last = ns;
	}
	assert_int_equal(last, RATE_NS_PER_SECOND);
}

static void negative_values_round_the_same_way(void **state)
{
	struct rate rate = rate_of(3);

	assert_int_equal(rate_ns_of_ticks(&rate, -1), -333333334);
	assert_int_equal(rate_ns_of_ticks(&rate, -3), -1000000000);
	assert_int_equal(rate_ticks_of_ns(&rate, -1), 0);
	assert_int_equal(rate_ticks_of_ns(&rate, -333333334), -1);
}

static void results_saturate(void **state)
{
	struct rate slow = rate_of(1), fast = rate_of(UINT64_C(4000000000));

	assert_int_equal(rate_ns_of_ticks(&slow, INT64_MAX), INT64_MAX);
	assert_int_equal(rate_ns_of_ticks(&slow, INT64_MIN), INT64_MIN);
	assert_int_equal(rate_ticks_of_ns(&fast, INT64_MAX), INT64_MAX);
	assert_int_equal(rate_ns_of_ticks(&slow, 9223372036), INT64_C(9223372036000000000));
	assert_int_equal(rate_ns_of_ticks(&slow, 9223372037), INT64_MAX);
}

static void bad_frequencies_are_errors(void **state)
{
	struct rate rate;
	struct err err = { "" };

	assert_false(rate_init(&rate, 0, &err));
	assert_non_null(strstr(err.text, "0 Hz"));
	assert_false(rate_init(&rate, (UINT64_C(1) << 62) + 1, &err));
	assert_true(rate_init(&rate, UINT64_C(1) << 62, &err));
	assert_int_equal(rate_ns_of_ticks(&rate, INT64_C(1) << 62), RATE_NS_PER_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_seconds_are_exact),
		cmocka_unit_test(rounding_is_floor_and_ceiling),
		cmocka_unit_test(a_tick_reached_is_never_before_its_time),
		cmocka_unit_test(no_drift_when_summed),
		cmocka_unit_test(negative_values_round_the_same_way),
		cmocka_unit_test(results_saturate),
		cmocka_unit_test(bad_frequencies_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
