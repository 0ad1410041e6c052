/* The stress test with numbers that fit into `make test`; `make test-stress` has the large ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/time/stress.h"

static void a_seed_repeats_its_course(void **state)
{
	struct stress_figures first, second;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		uint64_t hash = stress_course(50000, seed, &first);

		assert_true(hash == stress_course(50000, seed, &second));
		assert_memory_equal(&first, &second, sizeof first);
		assert_true(hash != stress_course(50000, seed + 100, &second));
		assert_true(first.warps > 1000 && first.partial > 100 && first.fired > 1000);
	}
}

static void threads_violate_nothing(void **state)
{
	struct stress_figures figures;

	stress_threads(200000, 1, &figures);
	assert_true(figures.operations >= 200000);
	assert_true(figures.warps > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_repeats_its_course),
		cmocka_unit_test(threads_violate_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
