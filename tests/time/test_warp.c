/* sim/time/warp: both policies with a host clock under control (VIRTUAL_TIME.md, 3 and 4). */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/random.h"
#include "sim/time/clock.h"
#include "sim/time/ledger.h"
#include "sim/time/timer.h"
#include "sim/time/warp.h"
#include "tests/fixture/fake_host.h"

#define MS INT64_C(1000000)
#define HOST_ORIGIN INT64_C(1000000000)

struct bench {
	struct fake_host host;
	struct clock *clock;
	struct timer_list *list;
	struct timer a, b;
	int64_t fired_at, fired_clock;
	int fired;
	bool wake; /* the timer's callback arms it anew, then wakes core 0 */
	int64_t present, started;
};

static const struct warp_wait batch = { false, HOST_CLOCK_FOREVER };
static const struct warp_wait interactive = { true, HOST_CLOCK_FOREVER };

static void on_timer(void *opaque, int64_t now)
{
	struct bench *bench = opaque;

	bench->fired++;
	bench->fired_at = now;
	bench->fired_clock = clock_now(bench->clock);
	if (bench->wake) {
		timer_arm(&bench->a, now + MS);
		warp_core_wake(bench->clock, 0, now);
	}
}

static void make(struct bench *bench, enum warp_policy policy)
{
	memset(bench, 0, sizeof *bench);
	fake_host_init(&bench->host);
	bench->clock = clock_create();
	clock_set_host(bench->clock, &bench->host.clock);
	warp_set_policy(bench->clock, policy);
	bench->list = timer_list_create(bench->clock, "/cpus/PowerPC,e500mc@0");
	timer_init(&bench->a, bench->list, "decrementer", on_timer, bench);
	timer_init(&bench->b, bench->list, "fit", on_timer, bench);
	warp_add_core(bench->clock);
	warp_add_core(bench->clock);
}

static int setup_jump(void **state)
{
	*state = malloc(sizeof(struct bench));
	make(*state, WARP_JUMP);
	return 0;
}

static int setup_realtime(void **state)
{
	*state = malloc(sizeof(struct bench));
	make(*state, WARP_REALTIME);
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	clock_destroy(bench->clock);
	free(bench);
	return 0;
}

static void fire_due(struct bench *bench)
{
	assert_true(clock_advance(bench->clock, clock_now(bench->clock)));
}

static struct ledger_entry last_entry(struct bench *bench)
{
	struct ledger_entry entry;

	assert_true(ledger_read(bench->clock, ledger_last(bench->clock), &entry));
	return entry;
}

static struct ledger_totals totals(struct bench *bench)
{
	struct ledger_totals totals;

	ledger_totals(bench->clock, &totals);
	return totals;
}

/* ---- idle=warp ---- */

static void a_jump_lands_on_the_deadline(void **state)
{
	struct bench *bench = *state;
	struct ledger_entry entry;

	warp_core_wake(bench->clock, 0, 0);
	timer_arm(&bench->a, 5 * MS);
	warp_core_idle(bench->clock, 0, WARP_WAITING, 1234);
	assert_int_equal(clock_now(bench->clock), 0); /* the driving thread is not in warp_wait */
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 5 * MS);
	assert_int_equal(bench->host.waits, 0);
	fire_due(bench);
	assert_int_equal(bench->fired_at, 5 * MS);
	entry = last_entry(bench);
	assert_int_equal(entry.sequence, 1);
	assert_int_equal(entry.from, 1234);
	assert_int_equal(entry.to, 5 * MS);
	assert_int_equal(entry.end, LEDGER_TIMER);
	assert_string_equal(entry.owner, "/cpus/PowerPC,e500mc@0");
	assert_string_equal(entry.name, "decrementer");
	assert_int_equal(entry.cores, 2);
	assert_int_equal(entry.reason[0], WARP_WAITING);
	assert_int_equal(entry.reason[1], WARP_PARKED);
	assert_int_equal(totals(bench).ns, 5 * MS - 1234);
}

static void no_timer_is_a_deadlock_and_moves_no_time(void **state)
{
	struct bench *bench = *state;

	warp_set_limit(bench->clock, 9 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
	timer_arm(&bench->a, TIMER_NEVER);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
	assert_int_equal(clock_now(bench->clock), 0);
	assert_int_equal(ledger_last(bench->clock), 0);
}

static void the_limit_of_the_run_bounds_a_warp(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 5 * MS);
	warp_set_limit(bench->clock, 2 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_LIMIT);
	assert_int_equal(clock_now(bench->clock), 2 * MS);
	assert_int_equal(last_entry(bench).end, LEDGER_LIMIT);
	assert_string_equal(last_entry(bench).name, "limit");
	warp_set_limit(bench->clock, CLOCK_NO_DEADLINE);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 5 * MS);
}

static void a_runnable_core_ends_the_wait_at_once(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 5 * MS);
	warp_core_wake(bench->clock, 1, 700);
	assert_false(warp_all_idle(bench->clock));
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_RUN);
	assert_int_equal(clock_now(bench->clock), 0);
}

/* Armed anew and woken in one callback: the new deadline must not be warped to before the core has run. */
static void a_callback_may_arm_before_it_wakes(void **state)
{
	struct bench *bench = *state;

	bench->wake = true;
	timer_arm(&bench->a, MS);
	for (int i = 1; i <= 10; i++) {
		assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
		assert_int_equal(clock_now(bench->clock), i * MS);
		fire_due(bench);
		assert_int_equal(clock_now(bench->clock), i * MS);
		assert_int_equal(warp_wait(bench->clock, &batch), WARP_RUN);
		warp_core_idle(bench->clock, 0, WARP_WAITING, i * MS + 100);
	}
	assert_int_equal(totals(bench).count, 10);
	assert_int_equal(totals(bench).ns, 10 * MS - 9 * 100);
}

/* The clock catches up with the core that went idle last, but not past a timer that came too late for it. */
static void catching_up_stops_at_a_deadline(void **state)
{
	struct bench *bench = *state;

	warp_core_wake(bench->clock, 0, 0);
	timer_arm(&bench->a, 3000);
	warp_core_idle(bench->clock, 0, WARP_LOOPING, 8000);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 3000);
	fire_due(bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
	assert_int_equal(clock_now(bench->clock), 8000);
	assert_int_equal(ledger_last(bench->clock), 0);
}

static void a_woken_core_starts_no_earlier_than_it_stopped(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(warp_core_wake(bench->clock, 0, 100), 100);
	warp_core_idle(bench->clock, 0, WARP_WAITING, 500);
	assert_int_equal(warp_core_wake(bench->clock, 0, 300), 500);
	warp_core_idle(bench->clock, 0, WARP_DOZING, 600);
	assert_int_equal(warp_core_wake(bench->clock, 0, 900), 900);
	assert_int_equal(warp_core_wake(bench->clock, 0, 950), 950); /* runs already */
	assert_int_equal(warp_idle_ns(bench->clock, 0, WARP_PARKED), 100);
	assert_int_equal(warp_idle_ns(bench->clock, 0, WARP_WAITING), 0);
	assert_int_equal(warp_idle_ns(bench->clock, 0, WARP_DOZING), 300);
}

static void an_input_is_not_lost_and_taken_once(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, MS);
	warp_input(bench->clock, "console");
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_INPUT);
	assert_int_equal(clock_now(bench->clock), 0);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	warp_kick(bench->clock);
	fire_due(bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_KICKED);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
}

/* ---- idle=realtime ---- */

static void realtime_lands_exactly_however_late_the_host_is(void **state)
{
	struct bench *bench = *state;

	bench->host.oversleep = 54321;
	for (int i = 1; i <= 5; i++) {
		timer_arm(&bench->a, i * MS);
		assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
		assert_int_equal(clock_now(bench->clock), i * MS);
		fire_due(bench);
		assert_int_equal(bench->fired_clock, i * MS);
	}
	/* It keeps pace: the lateness of one wait is not added to the next. */
	assert_int_equal(bench->host.now, HOST_ORIGIN + 5 * MS + 54321);
	assert_int_equal(totals(bench).slept, 5 * MS + 54321);
	assert_int_equal(totals(bench).needless, 0);
	assert_int_equal(totals(bench).early, 0);
}

static void a_speed_factor_divides_the_wait(void **state)
{
	struct bench *bench = *state;

	assert_true(warp_set_speed(bench->clock, 3, 2, NULL));
	timer_arm(&bench->a, 1000);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 1000);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 667); /* 1000 * 2 / 3, rounded up */
}

static void bad_speeds_are_errors(void **state)
{
	struct bench *bench = *state;
	struct err err;

	assert_false(warp_set_speed(bench->clock, 0, 1, &err));
	assert_non_null(strstr(err.text, "0/1"));
	assert_false(warp_set_speed(bench->clock, 1, -1, &err));
	assert_false(warp_set_speed(bench->clock, 1, 1000001, &err));
}

static void send_input(void *opaque)
{
	struct bench *bench = opaque;

	bench->present = warp_present(bench->clock);
	warp_input(bench->clock, "/soc/serial@4500");
}

static void an_input_ends_a_realtime_warp_early(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 10 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 3 * MS + 17, send_input, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_INPUT);
	assert_int_equal(clock_now(bench->clock), 3 * MS + 17);
	assert_int_equal(bench->present, 3 * MS + 17);
	assert_int_equal(last_entry(bench).end, LEDGER_INPUT);
	assert_string_equal(last_entry(bench).owner, "/soc/serial@4500");
	assert_int_equal(totals(bench).partial, 1);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 10 * MS);
	assert_int_equal(totals(bench).ns, 10 * MS);
	assert_int_equal(totals(bench).count, 2);
}

static void waits_for_an_input_without_any_timer(void **state)
{
	struct bench *bench = *state;

	fake_host_plan(&bench->host, HOST_ORIGIN + 3 * MS, send_input, bench);
	assert_int_equal(warp_wait(bench->clock, &interactive), WARP_INPUT);
	assert_int_equal(clock_now(bench->clock), 0); /* no timer, no warp */
}

static void arm_after_from_outside(void *opaque)
{
	struct bench *bench = opaque;

	timer_arm_after(&bench->b, MS);
}

/* "After 1 ms" counts from the present, not from where the warp began. */
static void an_arm_from_outside_counts_from_the_present(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 10 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 4 * MS, arm_after_from_outside, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 5 * MS);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 5 * MS);
	assert_int_equal(totals(bench).rearmed, 1); /* from 10 ms to 5 ms */
	fire_due(bench);
	assert_int_equal(bench->fired_at, 5 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 10 * MS);
}

static void cancel_from_outside(void *opaque)
{
	timer_cancel(&((struct bench *)opaque)->a);
}

static void move_from_outside(void *opaque)
{
	timer_arm(&((struct bench *)opaque)->a, 20 * MS);
}

static void a_cancel_and_a_move_from_outside_lose_no_time(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 2 * MS);
	timer_arm(&bench->b, 7 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + MS, move_from_outside, bench);
	fake_host_plan(&bench->host, HOST_ORIGIN + 3 * MS, cancel_from_outside, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(clock_now(bench->clock), 7 * MS);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 7 * MS);
	fire_due(bench);
	assert_int_equal(bench->fired, 1);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
	assert_int_equal(totals(bench).partial, 2);
	assert_int_equal(totals(bench).rearmed, 0); /* later, or as it was */
}

static void wake_from_outside(void *opaque)
{
	struct bench *bench = opaque;

	bench->started = warp_core_wake(bench->clock, 1, WARP_PRESENT);
}

static void a_wake_from_outside_accounts_first(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 10 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 6 * MS, wake_from_outside, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_RUN);
	assert_int_equal(bench->started, 6 * MS);
	assert_int_equal(clock_now(bench->clock), 6 * MS);
	bench->host.now += 100 * MS; /* nothing is credited while a core runs */
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_RUN);
	assert_int_equal(clock_now(bench->clock), 6 * MS);
}

static void kick_from_outside(void *opaque)
{
	warp_kick(((struct bench *)opaque)->clock);
}

static void a_kick_and_a_timeout_end_the_wait(void **state)
{
	struct bench *bench = *state;
	struct warp_wait how = { false, HOST_ORIGIN + 5 * MS };

	timer_arm(&bench->a, 10 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 2 * MS, kick_from_outside, bench);
	assert_int_equal(warp_wait(bench->clock, &how), WARP_KICKED);
	assert_int_equal(clock_now(bench->clock), 2 * MS);
	assert_int_equal(warp_wait(bench->clock, &how), WARP_TIMEOUT);
	assert_int_equal(clock_now(bench->clock), 5 * MS);
}

static void expect(void *opaque)
{
	warp_expect_begin(((struct bench *)opaque)->clock);
}

static void expect_no_more(void *opaque)
{
	warp_expect_end(((struct bench *)opaque)->clock);
}

/* Jumps walk while somebody outside is expected to speak, and count from when that began. */
static void what_is_expected_from_outside_slows_jumps_down(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, 1000 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER); /* far ahead of the host */
	assert_int_equal(bench->host.now, HOST_ORIGIN);
	fire_due(bench);
	expect(bench);
	expect(bench);
	expect_no_more(bench);
	timer_arm(&bench->a, 1010 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 10 * MS);
	assert_int_equal(clock_now(bench->clock), 1010 * MS);
	fire_due(bench);
	timer_arm(&bench->a, 1020 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 14 * MS, send_input, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_INPUT);
	assert_int_equal(clock_now(bench->clock), 1014 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 17 * MS, expect_no_more, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER); /* the rest is jumped over */
	assert_int_equal(clock_now(bench->clock), 1020 * MS);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 17 * MS);
}

static void what_is_expected_is_waited_for_without_any_timer(void **state)
{
	struct bench *bench = *state;

	expect(bench);
	fake_host_plan(&bench->host, HOST_ORIGIN + 3 * MS, send_input, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_INPUT);
	fake_host_plan(&bench->host, HOST_ORIGIN + 5 * MS, expect_no_more, bench);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_DEADLOCK);
	assert_int_equal(clock_now(bench->clock), 0);
}

/* Cores that executed slower than real time: the idle time is shortened, up to a bound. */
static void lag_is_caught_up_within_bounds(void **state)
{
	struct bench *bench = *state;

	timer_arm(&bench->a, MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER); /* anchors the pace */
	fire_due(bench);
	bench->host.now += 30 * MS;
	timer_arm(&bench->a, 50 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 50 * MS);
	fire_due(bench);
	bench->host.now += 5000 * MS; /* the user looked at something */
	timer_arm(&bench->a, 250 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 50 * MS + 5000 * MS + 100 * MS);
	assert_int_equal(warp_pacing(bench->clock).slips, 1);
	assert_int_equal(warp_pacing(bench->clock).worst, 5000 * MS);
	fire_due(bench);
	bench->host.now += 5000 * MS;
	warp_restart_pace(bench->clock);
	timer_arm(&bench->a, 251 * MS);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 10151 * MS);
	assert_int_equal(warp_pacing(bench->clock).slips, 1);
}

static void pace_holds_running_cores_back(void **state)
{
	struct bench *bench = *state;

	warp_core_wake(bench->clock, 0, 0);
	assert_int_equal(warp_pace(bench->clock, MS), WARP_RUN); /* anchors */
	clock_advance(bench->clock, MS);
	assert_int_equal(warp_pace(bench->clock, MS), WARP_RUN);
	assert_int_equal(bench->host.now, HOST_ORIGIN); /* within the tolerance */
	clock_advance(bench->clock, 3 * MS);
	assert_int_equal(warp_pace(bench->clock, MS), WARP_RUN);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 3 * MS);
	assert_int_equal(warp_pacing(bench->clock).waited, 3 * MS);
	clock_advance(bench->clock, 13 * MS);
	fake_host_plan(&bench->host, HOST_ORIGIN + 5 * MS, send_input, bench);
	assert_int_equal(warp_pace(bench->clock, MS), WARP_INPUT);
	assert_int_equal(bench->host.now, HOST_ORIGIN + 5 * MS);
	assert_int_equal(clock_now(bench->clock), 13 * MS);
}

/* ---- Both alike ---- */

struct course {
	uint64_t seed;
	int64_t times[400];
	struct ledger_entry entries[400];
	char names[400][16]; /* of what ended them: the clock's own are gone with it */
	int n;
};

static void run_course(struct course *course, enum warp_policy policy, int64_t oversleep)
{
	struct bench bench;
	struct random random;
	int64_t now;

	random_seed(&random, course->seed);
	make(&bench, policy);
	bench.host.oversleep = oversleep;
	for (course->n = 0; course->n < 400; course->n++) {
		now = clock_now(bench.clock);
		warp_core_wake(bench.clock, random_below(&random, 2), now);
		timer_arm(random_below(&random, 2) ? &bench.a : &bench.b, now + 1 + random_below(&random, 1000000));
		for (unsigned core = 0; core < 2; core++)
			warp_core_idle(bench.clock, core, 1 + random_below(&random, 4),
				       now + random_below(&random, 5000));
		assert_int_equal(warp_wait(bench.clock, &batch), WARP_TIMER);
		course->times[course->n] = clock_now(bench.clock);
		fire_due(&bench);
	}
	memset(course->entries, 0, sizeof course->entries);
	memset(course->names, 0, sizeof course->names);
	for (uint64_t i = 1; i <= ledger_last(bench.clock) && i <= 400; i++) {
		assert_true(ledger_read(bench.clock, i, &course->entries[i - 1]));
		strncpy(course->names[i - 1], course->entries[i - 1].name, sizeof course->names[0] - 1);
	}
	clock_destroy(bench.clock);
}

static void realtime_without_input_is_what_warp_is(void **state)
{
	static struct course warped, real;

	for (warped.seed = 1; warped.seed <= 20; warped.seed++) {
		real.seed = warped.seed;
		run_course(&warped, WARP_JUMP, 0);
		run_course(&real, WARP_REALTIME, (int64_t)warped.seed * 1000);
		assert_memory_equal(warped.times, real.times, sizeof warped.times);
		for (int i = 0; i < 400; i++) {
			struct ledger_entry *a = &warped.entries[i], *b = &real.entries[i];

			assert_int_equal(a->from, b->from);
			assert_int_equal(a->to, b->to);
			assert_int_equal(a->end, b->end);
			assert_memory_equal(a->reason, b->reason, sizeof a->reason);
			assert_string_equal(warped.names[i], real.names[i]);
		}
	}
}

/* ---- With the host's own clock and a second thread ---- */

struct sleeper {
	struct bench *bench;
	sem_t fired;
	_Atomic bool stop;
};

static void *drive(void *opaque)
{
	struct sleeper *sleeper = opaque;
	struct clock *clock = sleeper->bench->clock;

	while (!atomic_load(&sleeper->stop))
		if (warp_wait(clock, &interactive) == WARP_TIMER)
			clock_advance(clock, clock_now(clock));
	return NULL;
}

static void on_sleeper(void *opaque, int64_t now)
{
	sem_post(opaque);
}

/* The driving thread sleeps for ever, or for an hour: an earlier timer has to wake it. */
static void an_arm_wakes_the_sleeping_thread(void **state)
{
	struct bench *bench = *state;
	struct sleeper sleeper = { .bench = bench };
	struct timespec limit;
	struct timer hour;
	pthread_t thread;

	clock_set_host(bench->clock, host_clock_monotonic());
	sem_init(&sleeper.fired, 0, 0);
	timer_init(&bench->a, bench->list, "decrementer", on_sleeper, &sleeper.fired);
	timer_init(&hour, bench->list, "hour", on_sleeper, &sleeper.fired);
	pthread_create(&thread, NULL, drive, &sleeper);
	for (int i = 0; i < 200; i++) {
		if (i % 2)
			timer_arm_after(&hour, 3600 * 1000 * MS);
		else
			timer_cancel(&hour);
		nanosleep(&(struct timespec){ 0, i % 4 * 100000 }, NULL);
		timer_arm_after(&bench->a, 1000 * i);
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec += 30;
		assert_int_equal(sem_timedwait(&sleeper.fired, &limit), 0);
	}
	timer_cancel(&hour); /* it goes before the clock does */
	atomic_store(&sleeper.stop, true);
	warp_kick(bench->clock);
	pthread_join(thread, NULL);
	sem_destroy(&sleeper.fired);
}

#define JUMP(test) cmocka_unit_test_setup_teardown(test, setup_jump, teardown)
#define REALTIME(test) cmocka_unit_test_setup_teardown(test, setup_realtime, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUMP(a_jump_lands_on_the_deadline),
		JUMP(no_timer_is_a_deadlock_and_moves_no_time),
		JUMP(the_limit_of_the_run_bounds_a_warp),
		JUMP(a_runnable_core_ends_the_wait_at_once),
		JUMP(a_callback_may_arm_before_it_wakes),
		JUMP(catching_up_stops_at_a_deadline),
		JUMP(a_woken_core_starts_no_earlier_than_it_stopped),
		JUMP(an_input_is_not_lost_and_taken_once),
		JUMP(what_is_expected_from_outside_slows_jumps_down),
		JUMP(what_is_expected_is_waited_for_without_any_timer),
		REALTIME(realtime_lands_exactly_however_late_the_host_is),
		REALTIME(a_speed_factor_divides_the_wait),
		REALTIME(bad_speeds_are_errors),
		REALTIME(an_input_ends_a_realtime_warp_early),
		REALTIME(waits_for_an_input_without_any_timer),
		REALTIME(an_arm_from_outside_counts_from_the_present),
		REALTIME(a_cancel_and_a_move_from_outside_lose_no_time),
		REALTIME(a_wake_from_outside_accounts_first),
		REALTIME(a_kick_and_a_timeout_end_the_wait),
		REALTIME(lag_is_caught_up_within_bounds),
		REALTIME(pace_holds_running_cores_back),
		cmocka_unit_test(realtime_without_input_is_what_warp_is),
		REALTIME(an_arm_wakes_the_sleeping_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
