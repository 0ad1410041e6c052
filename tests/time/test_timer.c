/* sim/time/timer and clock: firing order, arming and cancelling from callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/random.h"
#include "sim/time/clock.h"
#include "sim/time/timer.h"

struct bench {
	struct clock *clock;
	struct timer_list *lists[3];
	struct timer timers[8];
	char log[64]; /* one letter a firing */
	int64_t times[64];
	struct timer *victim, *follower;
	int64_t follower_expiry;
};

struct probe {
	struct bench *bench;
	char letter;
};

static struct probe probes[8];

static void record(void *opaque, int64_t now)
{
	struct probe *probe = opaque;
	struct bench *bench = probe->bench;
	size_t n = strlen(bench->log);

	bench->log[n] = probe->letter;
	bench->times[n] = now;
	if (bench->victim)
		timer_cancel(bench->victim);
	if (bench->follower)
		timer_arm(bench->follower, bench->follower_expiry);
	bench->victim = bench->follower = NULL;
}

static int setup(void **state)
{
	static struct bench bench;

	memset(&bench, 0, sizeof bench);
	bench.clock = clock_create();
	for (int i = 0; i < 3; i++)
		bench.lists[i] = timer_list_create(bench.clock, (const char *[]){ "owner a", "owner b", "owner c" }[i]);
	for (int i = 0; i < 8; i++) {
		probes[i] = (struct probe){ &bench, (char)('a' + i) };
		timer_init(&bench.timers[i], bench.lists[i % 3], "probe", record, &probes[i]);
	}
	*state = &bench;
	return 0;
}

static int teardown(void **state)
{
	clock_destroy(((struct bench *)*state)->clock);
	return 0;
}

static void order_is_expiry_then_arming_over_all_lists(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->timers[5], 100);
	timer_arm(&bench->timers[1], 200);
	timer_arm(&bench->timers[0], 100);
	timer_arm(&bench->timers[2], 100);
	timer_arm(&bench->timers[3], 50);
	timer_arm(&bench->timers[5], 100); /* moved: behind the others */
	assert_int_equal(clock_deadline(bench->clock), 50);
	clock_advance(bench->clock, 150);
	assert_string_equal(bench->log, "dacf");
	assert_int_equal(bench->times[0], 50);
	assert_int_equal(bench->times[3], 100);
	assert_int_equal(clock_now(bench->clock), 150);
	assert_int_equal(clock_deadline(bench->clock), 200);
	clock_advance(bench->clock, 200);
	assert_string_equal(bench->log, "dacfb");
	assert_int_equal(clock_deadline(bench->clock), CLOCK_NO_DEADLINE);
}

static void a_callback_may_cancel_and_arm_at_the_same_instant(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->timers[0], 10);
	timer_arm(&bench->timers[1], 10);
	timer_arm(&bench->timers[2], 10);
	bench->victim = &bench->timers[1];
	bench->follower = &bench->timers[0];
	bench->follower_expiry = 10;
	clock_advance(bench->clock, 10);
	assert_string_equal(bench->log, "aca");
	assert_int_equal(bench->timers[1].cancelled, 1);
	assert_int_equal(bench->timers[0].fired, 2);
}

static void anticipate_moves_only_earlier(void **state)
{
	struct bench *bench = *state;

	timer_anticipate(&bench->timers[0], 100);
	timer_anticipate(&bench->timers[0], 200);
	assert_int_equal(timer_expiry(&bench->timers[0]), 100);
	timer_anticipate(&bench->timers[0], 60);
	assert_int_equal(timer_expiry(&bench->timers[0]), 60);
	timer_cancel(&bench->timers[0]);
	assert_false(timer_pending(&bench->timers[0]));
	assert_int_equal(timer_expiry(&bench->timers[0]), -1);
}

static void the_clock_never_goes_back(void **state)
{
	struct bench *bench = *state;

	clock_advance(bench->clock, 100);
	clock_advance(bench->clock, 50);
	assert_int_equal(clock_now(bench->clock), 100);
}

static void an_expiry_in_the_past_fires_at_once(void **state)
{
	struct bench *bench = *state;

	clock_advance(bench->clock, 100);
	timer_arm(&bench->timers[0], 40);
	clock_advance(bench->clock, 100);
	assert_string_equal(bench->log, "a");
	assert_int_equal(bench->times[0], 40);
}

static void an_expiry_before_reset_counts_as_reset(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->timers[0], -5);
	assert_int_equal(timer_expiry(&bench->timers[0]), 0);
	clock_advance(bench->clock, 0);
	assert_string_equal(bench->log, "a");
}

static void each_fires_at_its_own_time(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->timers[0], 10);
	bench->follower = &bench->timers[1];
	bench->follower_expiry = 15; /* armed in the callback, due within the same advance */
	timer_arm(&bench->timers[2], 20);
	clock_advance(bench->clock, 30);
	assert_string_equal(bench->log, "abc");
	assert_int_equal(bench->times[1], 15);
	assert_int_equal(clock_now(bench->clock), 30);
}

static void the_end_of_time_is_never_reached(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(timer_add(INT64_MAX - 5, 4), INT64_MAX - 1);
	assert_int_equal(timer_add(INT64_MAX - 5, 6), TIMER_NEVER);
	assert_int_equal(timer_add(INT64_MIN, -1), INT64_MIN);
	clock_advance(bench->clock, INT64_MAX - 5);
	timer_arm_after(&bench->timers[0], 100);
	assert_true(timer_pending(&bench->timers[0]));
	assert_int_equal(timer_expiry(&bench->timers[0]), TIMER_NEVER);
	assert_int_equal(clock_deadline(bench->clock), CLOCK_NO_DEADLINE);
	assert_true(clock_advance(bench->clock, INT64_MAX));
	assert_int_equal(clock_now(bench->clock), INT64_MAX - 1);
	assert_string_equal(bench->log, "");
}

static void a_destroyed_list_takes_its_timers_along(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 8; i++)
		timer_arm(&bench->timers[i], 10 + i);
	timer_list_destroy(bench->lists[0]); /* a, d, g */
	assert_int_equal(clock_deadline(bench->clock), 11);
	clock_advance(bench->clock, 100);
	assert_string_equal(bench->log, "bcefh");
}

static void views_are_in_firing_order(void **state)
{
	struct bench *bench = *state;
	struct timer_view views[8];

	timer_arm(&bench->timers[2], 10);
	timer_arm(&bench->timers[1], 10);
	timer_arm(&bench->timers[0], 5);
	timer_arm(&bench->timers[3], 20);
	timer_cancel(&bench->timers[3]);
	assert_int_equal(timer_views(bench->clock, NULL, 0), 3);
	assert_int_equal(timer_views(bench->clock, views, 8), 3);
	assert_int_equal(views[0].expiry, 5);
	assert_string_equal(views[1].owner, "owner c");
	assert_string_equal(views[2].owner, "owner b");
	assert_string_equal(views[0].name, "probe");
	assert_int_equal(views[0].armed, 1);
}

static void rearm_now(void *opaque, int64_t now)
{
	timer_arm(opaque, now);
}

static void copy_text(void *opaque, const char *text)
{
	strncpy(opaque, text, 255);
}

static void a_timer_that_fires_for_ever_is_stopped(void **state)
{
	struct bench *bench = *state;
	struct timer loop;
	char text[256] = "";

	clock_set_error_hook(bench->clock, copy_text, text);
	timer_init(&loop, bench->lists[0], "looper", rearm_now, &loop);
	timer_arm(&loop, 77);
	assert_false(clock_advance(bench->clock, 100));
	assert_int_equal(loop.fired, CLOCK_MAX_FIRINGS);
	assert_int_equal(clock_now(bench->clock), 77);
	assert_non_null(strstr(text, "\"looper\" of owner a"));
	assert_non_null(strstr(text, "77 ns"));
	timer_cancel(&loop); /* and then all is well again */
	assert_true(clock_advance(bench->clock, 100));
}

static void count_call(void *opaque, int64_t deadline, bool observing)
{
	*(int64_t *)opaque += deadline;
}

static void an_earlier_deadline_is_told(void **state)
{
	struct bench *bench = *state;
	int64_t sum = 0;

	clock_set_earlier_hook(bench->clock, count_call, &sum);
	timer_arm(&bench->timers[0], 100);
	assert_int_equal(sum, 100);
	timer_arm(&bench->timers[1], 1000);
	assert_int_equal(sum, 100);
	timer_arm(&bench->timers[1], 50);
	assert_int_equal(sum, 150);
}

/* VIRTUAL_TIME.md, 2.6: in no deadline and no count, at no time that the clock has to go to. */
static void observers_are_nobodys_deadline(void **state)
{
	struct bench *bench = *state;
	struct timer_list *list = timer_list_create_observing(bench->clock, "somebody");
	struct timer_view views[3];
	struct timer look, more;

	timer_init(&look, list, "look", record, &probes[6]);
	timer_init(&more, list, "more", record, &probes[7]);
	timer_arm(&look, 50);
	timer_arm(&more, 40);
	timer_arm(&bench->timers[0], 50);
	assert_int_equal(clock_deadline(bench->clock), 50);
	assert_int_equal(clock_observer_deadline(bench->clock), 40);
	assert_int_equal(timer_views(bench->clock, views, 3), 3);
	assert_string_equal(views[0].name, "more");
	assert_string_equal(views[2].name, "look"); /* of one time with the guest's: after it */
	assert_true(clock_observe(bench->clock, 45));
	assert_string_equal(bench->log, "h");
	assert_int_equal(bench->times[0], 40);
	assert_int_equal(clock_now(bench->clock), 0);
	assert_true(clock_advance(bench->clock, 60));
	assert_string_equal(bench->log, "ha");
	assert_int_equal(clock_observer_deadline(bench->clock), 50);
	assert_true(clock_observe(bench->clock, 60));
	assert_string_equal(bench->log, "hag");
	assert_int_equal(look.fired, 1);
	timer_list_destroy(list);
}

/* Against a sorted array: random arms, moves and cancels of many timers. */
static void the_heap_agrees_with_a_sort(void **state)
{
	enum { COUNT = 200 };
	static struct timer timers[COUNT];
	struct bench *bench = *state;
	struct timer_view views[COUNT];
	struct random random = { 7 };

	for (int i = 0; i < COUNT; i++)
		timer_init(&timers[i], bench->lists[0], "many", NULL, NULL);
	for (int step = 0; step < 20000; step++) {
		struct timer *timer = &timers[random_below(&random, COUNT)];
		struct timer *least = NULL;

		if (random_below(&random, 3))
			timer_arm(timer, random_below(&random, 50));
		else
			timer_cancel(timer);
		for (int i = 0; i < COUNT; i++) {
			struct timer *t = &timers[i];

			if (t->slot && (!least || t->expiry < least->expiry ||
					(t->expiry == least->expiry && t->sequence < least->sequence)))
				least = t;
		}
		assert_int_equal(clock_deadline(bench->clock), least ? least->expiry : CLOCK_NO_DEADLINE);
		if (!least)
			continue;
		assert_int_not_equal(timer_views(bench->clock, views, COUNT), 0);
		assert_int_equal(views[0].expiry, least->expiry);
		assert_int_equal(views[0].armed, least->armed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_is_expiry_then_arming_over_all_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(a_callback_may_cancel_and_arm_at_the_same_instant, setup, teardown),
		cmocka_unit_test_setup_teardown(anticipate_moves_only_earlier, setup, teardown),
		cmocka_unit_test_setup_teardown(the_clock_never_goes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(an_expiry_in_the_past_fires_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_expiry_before_reset_counts_as_reset, setup, teardown),
		cmocka_unit_test_setup_teardown(each_fires_at_its_own_time, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_of_time_is_never_reached, setup, teardown),
		cmocka_unit_test_setup_teardown(a_destroyed_list_takes_its_timers_along, setup, teardown),
		cmocka_unit_test_setup_teardown(views_are_in_firing_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_timer_that_fires_for_ever_is_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(an_earlier_deadline_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(observers_are_nobodys_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(the_heap_agrees_with_a_sort, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
