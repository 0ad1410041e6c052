/* sim/time/invariant: each of them is told of when it is broken on purpose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/time/clock_state.h"

struct bench {
	struct clock *clock;
	struct timer_list *list;
	struct timer a, b;
	struct clock copy; /* that is broken: the clock itself has to go on */
};

static void nothing(void *opaque, int64_t now)
{
}

/* Two cores, one of them runs; timers at 100 and 200 ns; the time is 50 ns. */
static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	bench->clock = clock_create();
	bench->list = timer_list_create(bench->clock, "owner");
	timer_init(&bench->a, bench->list, "a", nothing, NULL);
	timer_init(&bench->b, bench->list, "b", nothing, NULL);
	warp_add_core(bench->clock);
	warp_add_core(bench->clock);
	timer_arm(&bench->a, 100);
	timer_arm(&bench->b, 200);
	warp_core_wake(bench->clock, 1, 0);
	clock_advance(bench->clock, 50);
	assert_null(invariant_broken(bench->clock));
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	clock_destroy(bench->clock);
	free(bench);
	return 0;
}

static struct clock *copy_of(struct bench *bench)
{
	memcpy(&bench->copy, bench->clock, sizeof bench->copy);
	return &bench->copy;
}

static void assert_broken(const struct clock *clock, const char *text)
{
	const char *broken = invariant_broken(clock);

	assert_non_null(broken);
	assert_non_null(strstr(broken, text));
}

static void time_that_passes_a_timer(void **state)
{
	struct clock *clock = copy_of(*state);

	clock_execute(clock, 100);
	assert_null(invariant_broken(clock));
	clock_execute(clock, 101);
	assert_broken(clock, "went past an armed timer");
}

static void a_timer_armed_in_the_past_is_none(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->b, 20);
	assert_null(invariant_broken(bench->clock));
	bench->b.late = false;
	assert_broken(bench->clock, "went past an armed timer");
	bench->b.late = true;
}

static void time_that_comes_from_nowhere(void **state)
{
	struct clock *clock = copy_of(*state);

	clock_set_base(clock, 60);
	assert_broken(clock, "not the time that passed");
}

static void time_that_is_credited_twice(void **state)
{
	struct clock *clock = copy_of(*state);

	atomic_fetch_add(&clock->ledger.ns, 10);
	assert_broken(clock, "not the time that passed");
}

static void a_wrong_deadline(void **state)
{
	struct clock *clock = copy_of(*state);

	atomic_store(&clock->deadline, 200);
	assert_broken(clock, "deadline is not that of the first timer");
}

static void a_warp_while_a_core_runs(void **state)
{
	struct clock *clock = copy_of(*state);

	atomic_store(&clock->warp_deadline, 100);
	atomic_store(&clock->warp_start, 0);
	assert_broken(clock, "while somebody runs");
}

static void a_warp_past_its_deadline(void **state)
{
	struct bench *bench = *state;
	struct clock *clock;

	warp_core_idle(bench->clock, 1, WARP_WAITING, 50);
	clock = copy_of(bench);
	clock->in_wait = true; /* the driving thread is where it waits */
	atomic_store(&clock->runners, 0);
	atomic_store(&clock->warp_start, 0);
	atomic_store(&clock->warp_deadline, 51);
	assert_null(invariant_broken(clock));
	atomic_store(&clock->warp_deadline, 50);
	assert_broken(clock, "past its deadline");
	atomic_store(&clock->warp_deadline, CLOCK_NO_DEADLINE);
	assert_broken(clock, "without a deadline");
	atomic_store(&clock->warp_start, -2);
	assert_broken(clock, "before the host's time");
}

static void a_count_that_is_wrong(void **state)
{
	struct clock *clock = copy_of(*state);

	atomic_fetch_add(&clock->runners, 1);
	assert_broken(clock, "runners are miscounted");
	clock->nidle++;
	assert_broken(clock, "idle cores are miscounted");
	clock->reasons[1] = WARP_WAITING;
	assert_broken(clock, "without a reason");
}

static void a_write_section_without_an_end(void **state)
{
	struct clock *clock = copy_of(*state);

	seqlock_write_begin(&clock->seqlock);
	assert_broken(clock, "left open");
}

/* The driving thread sleeps in a warp of 3 host ns for each virtual one, from base 50 to a's 100 ns. */
static struct clock *asleep(struct bench *bench)
{
	struct clock *clock;

	warp_core_idle(bench->clock, 1, WARP_WAITING, 50);
	clock = copy_of(bench);
	clock->in_wait = true;
	atomic_store(&clock->runners, 0);
	atomic_store(&clock->waiting, true);
	clock->pacing.numerator = 1;
	clock->pacing.denominator = 3;
	atomic_store(&clock->warp_start, 1000);
	atomic_store(&clock->warp_deadline, 100);
	atomic_store(&clock->warp_timer, 1000 + 3 * (100 - 50));
	assert_null(invariant_broken(clock));
	return clock;
}

static void a_warp_timer_that_is_too_late(void **state)
{
	struct clock *clock = asleep(*state);

	atomic_fetch_add(&clock->warp_timer, 1);
	assert_broken(clock, "too late");
	atomic_store(&clock->warp_timer, HOST_CLOCK_FOREVER);
	assert_broken(clock, "nothing will wake");
	atomic_store(&clock->beginners, 1); /* but somebody is about to set it */
	assert_null(invariant_broken(clock));
}

static void a_warp_past_the_first_timer(void **state)
{
	struct clock *clock = asleep(*state);

	atomic_store(&clock->warp_deadline, 101);
	assert_broken(clock, "past the first timer");
	atomic_store(&clock->warp_deadline, 100);
	clock->limit = 99;
	assert_broken(clock, "past the first timer");
}

static void a_due_timer_of_which_nobody_knows(void **state)
{
	struct clock *clock = asleep(*state);

	atomic_store(&clock->warp_start, WARP_NONE);
	clock_execute(clock, 100);
	assert_broken(clock, "nobody was told");
	clock->told = true;
	assert_null(invariant_broken(clock));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(time_that_passes_a_timer),
		TEST(a_timer_armed_in_the_past_is_none),
		TEST(time_that_comes_from_nowhere),
		TEST(time_that_is_credited_twice),
		TEST(a_wrong_deadline),
		TEST(a_warp_while_a_core_runs),
		TEST(a_warp_past_its_deadline),
		TEST(a_count_that_is_wrong),
		TEST(a_write_section_without_an_end),
		TEST(a_warp_timer_that_is_too_late),
		TEST(a_warp_past_the_first_timer),
		TEST(a_due_timer_of_which_nobody_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
