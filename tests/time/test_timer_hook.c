/* sim/time/timer_hook: observe, delay and drop; each intervention in the ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/time/clock.h"
#include "sim/time/ledger.h"
#include "sim/time/timer.h"
#include "sim/time/timer_hook.h"

struct bench {
	struct clock *clock;
	struct timer_list *cpu, *mpic;
	struct timer dec, fit, gt;
	int64_t fired_at;
	int fired;
	struct timer_request seen;
	int asked;
	enum timer_action action;
	int64_t delay;
};

static void on_timer(void *opaque, int64_t now)
{
	struct bench *bench = opaque;

	bench->fired++;
	bench->fired_at = now;
}

static enum timer_action hook(void *opaque, struct timer_request *request)
{
	struct bench *bench = opaque;

	bench->asked++;
	bench->seen = *request;
	request->delay = bench->delay;
	return bench->action;
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	bench->clock = clock_create();
	bench->cpu = timer_list_create(bench->clock, "/cpus/PowerPC,e500mc@1");
	bench->mpic = timer_list_create(bench->clock, "/soc/pic@40000");
	timer_init(&bench->dec, bench->cpu, "decrementer", on_timer, bench);
	timer_init(&bench->fit, bench->cpu, "fit", on_timer, bench);
	timer_init(&bench->gt, bench->mpic, "timer 0", on_timer, bench);
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

static struct ledger_entry last_entry(struct bench *bench)
{
	struct ledger_entry entry;

	assert_true(ledger_read(bench->clock, ledger_last(bench->clock), &entry));
	return entry;
}

static void patterns_choose(void **state)
{
	struct bench *bench = *state;
	struct timer_hook *handle = timer_hook_add(bench->clock, "/cpus/*", "dec*", 1 << TIMER_ARM, hook, bench);

	timer_arm(&bench->fit, 10);
	timer_arm(&bench->gt, 10);
	assert_int_equal(bench->asked, 0);
	clock_advance(bench->clock, 3);
	timer_arm(&bench->dec, 10);
	assert_int_equal(bench->asked, 1);
	assert_int_equal(bench->seen.event, TIMER_ARM);
	assert_int_equal(bench->seen.expiry, 10);
	assert_int_equal(bench->seen.now, 3);
	assert_string_equal(bench->seen.owner, "/cpus/PowerPC,e500mc@1");
	assert_string_equal(bench->seen.name, "decrementer");
	timer_cancel(&bench->dec);
	assert_int_equal(bench->asked, 1); /* arm only */
	timer_hook_remove(bench->clock, handle);
	timer_arm(&bench->dec, 10);
	assert_int_equal(bench->asked, 1);
	assert_int_equal(ledger_last(bench->clock), 0); /* observing leaves no trace */
	clock_advance(bench->clock, 10);
	assert_int_equal(bench->fired, 3);
}

static void an_arm_is_delayed_or_dropped(void **state)
{
	struct bench *bench = *state;

	timer_hook_add(bench->clock, NULL, NULL, 1 << TIMER_ARM, hook, bench);
	bench->action = TIMER_DELAY;
	bench->delay = 7;
	timer_arm(&bench->dec, 10);
	assert_int_equal(timer_expiry(&bench->dec), 17);
	assert_int_equal(last_entry(bench).end, LEDGER_HOOK);
	assert_int_equal(last_entry(bench).event, TIMER_ARM);
	assert_int_equal(last_entry(bench).action, TIMER_DELAY);
	assert_int_equal(last_entry(bench).from, 10);
	assert_int_equal(last_entry(bench).to, 17);
	bench->action = TIMER_DROP;
	timer_arm(&bench->dec, 5);
	assert_int_equal(timer_expiry(&bench->dec), 17); /* as it was */
	assert_int_equal(last_entry(bench).to, -1);
	timer_arm(&bench->fit, 5);
	assert_false(timer_pending(&bench->fit));
	timer_arm_after(&bench->fit, 5);
	assert_false(timer_pending(&bench->fit));
	bench->asked = 0;
	timer_anticipate(&bench->dec, 20); /* nothing to do, nobody to ask */
	assert_int_equal(bench->asked, 0);
}

static void a_cancel_is_delayed_or_dropped(void **state)
{
	struct bench *bench = *state;

	timer_hook_add(bench->clock, NULL, NULL, 1 << TIMER_CANCEL, hook, bench);
	bench->action = TIMER_DROP;
	timer_cancel(&bench->dec); /* not pending: no cancel */
	assert_int_equal(bench->asked, 0);
	timer_arm(&bench->dec, 10);
	timer_cancel(&bench->dec);
	assert_true(timer_pending(&bench->dec));
	bench->action = TIMER_DELAY;
	bench->delay = 11;
	timer_cancel(&bench->dec); /* would come at 11: too late */
	assert_true(timer_pending(&bench->dec));
	assert_int_equal(last_entry(bench).to, 11);
	bench->delay = 9;
	timer_cancel(&bench->dec);
	assert_false(timer_pending(&bench->dec));
	clock_advance(bench->clock, 20);
	assert_int_equal(bench->fired, 0);
}

static void a_firing_is_delayed_once_or_lost(void **state)
{
	struct bench *bench = *state;

	timer_hook_add(bench->clock, "*@1", "decrementer", 1 << TIMER_FIRE, hook, bench);
	bench->action = TIMER_DELAY;
	bench->delay = 5;
	timer_arm(&bench->dec, 10);
	clock_advance(bench->clock, 14);
	assert_int_equal(bench->fired, 0);
	assert_int_equal(timer_expiry(&bench->dec), 15);
	clock_advance(bench->clock, 15);
	assert_int_equal(bench->fired, 1);
	assert_int_equal(bench->fired_at, 15);
	assert_int_equal(bench->asked, 1);
	assert_int_equal(bench->dec.fired, 1);
	assert_int_equal(bench->dec.armed, 1);
	timer_arm(&bench->dec, 20); /* a new arming is asked again */
	bench->action = TIMER_DROP;
	clock_advance(bench->clock, 30);
	assert_int_equal(bench->asked, 2);
	assert_int_equal(bench->fired, 1);
	assert_int_equal(bench->dec.fired, 1);
	assert_int_equal(last_entry(bench).event, TIMER_FIRE);
	assert_int_equal(last_entry(bench).action, TIMER_DROP);
}

static void a_delay_of_nothing_passes(void **state)
{
	struct bench *bench = *state;

	timer_hook_add(bench->clock, NULL, NULL, 1 << TIMER_FIRE, hook, bench);
	bench->action = TIMER_DELAY;
	timer_arm(&bench->dec, 10);
	clock_advance(bench->clock, 10);
	assert_int_equal(bench->fired, 1);
	assert_int_equal(ledger_last(bench->clock), 0);
}

static void the_first_that_does_not_pass_decides(void **state)
{
	struct bench *bench = *state, other = { .action = TIMER_DROP };

	timer_hook_add(bench->clock, NULL, NULL, 1 << TIMER_ARM, hook, bench);
	timer_hook_add(bench->clock, NULL, NULL, 1 << TIMER_ARM, hook, &other);
	timer_arm(&bench->dec, 10);
	assert_int_equal(bench->asked, 1);
	assert_int_equal(other.asked, 1);
	assert_false(timer_pending(&bench->dec));
	bench->action = TIMER_DELAY;
	bench->delay = 1;
	timer_arm(&bench->dec, 10);
	assert_int_equal(other.asked, 1);
	assert_int_equal(timer_expiry(&bench->dec), 11);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(patterns_choose),
		TEST(an_arm_is_delayed_or_dropped),
		TEST(a_cancel_is_delayed_or_dropped),
		TEST(a_firing_is_delayed_once_or_lost),
		TEST(a_delay_of_nothing_passes),
		TEST(the_first_that_does_not_pass_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
