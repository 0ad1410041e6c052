#define _GNU_SOURCE /* pthread_timedjoin_np */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/random.h"
#include "sim/time/clock_state.h"
#include "sim/input/input.h"
#include "tests/time/stress.h"

#define CORES 3
#define OUTSIDERS 2
#define LISTS 6
#define TIMERS 48
#define QUANTUM 1000
#define PHASE 50000   /* operations */
#define HANG_SECONDS 60

struct stress {
	struct clock *clock;
	struct input *input;
	struct input_port *port;
	struct timer_list *lists[LISTS];
	struct timer timers[TIMERS];
	sem_t woken[CORES];
	_Atomic bool finish;   /* the phase's operations are done: no new ones */
	_Atomic bool drained;  /* the driving thread found nothing left to do */
	_Atomic int64_t late_firings;
	int64_t executed;      /* virtual ns by rounds, the driving thread's */
	int64_t last_base;
	int64_t quota;         /* operations of each thread in this phase */
};

struct worker {
	struct stress *stress;
	pthread_t thread;
	unsigned number;
	struct random random;
};

__attribute__((noreturn))
static void stress_fail(const char *what)
{
	fprintf(stderr, "stress: %s\n", what);
	abort();
}

static void stress_check(bool good, const char *what)
{
	if (!good)
		stress_fail(what);
}

/* ---- Invariants ---- */

/* What a reader sees belongs together, and never goes back. */
static void stress_check_words(struct stress *stress, int64_t *last)
{
	struct clock_words words;

	clock_read(stress->clock, &words);
	stress_check(words.base >= *last, "virtual time went back");
	*last = words.base;
	if (words.warp_start == WARP_NONE)
		return;
	stress_check(words.warp_start >= 0, "a torn warp_start");
	stress_check(words.warp_deadline > words.base, "a warp in progress that is past its deadline");
	stress_check(words.warp_deadline != CLOCK_NO_DEADLINE, "a warp without a deadline");
}

static void stress_check_invariants(struct stress *stress)
{
	const char *broken;

	clock_lock(stress->clock);
	broken = invariant_broken(stress->clock);
	clock_unlock(stress->clock);
	stress_check(!broken, broken);
}

/* Under the clock's lock, for each warp: nobody executed meanwhile, and no armed timer was passed. */
static void stress_on_warp(void *opaque, const struct ledger_entry *entry)
{
	struct stress *stress = opaque;

	if (entry->end == LEDGER_HOOK)
		return;
	stress_check(entry->to > entry->from, "a warp of no or negative length");
	stress_check(entry->to == clock_now(stress->clock), "a warp was credited but the clock does not show it");
	for (unsigned core = 0; core < entry->cores; core++)
		stress_check(entry->reason[core] != WARP_RUNNING, "a stretch was credited while a core executed");
	stress_check(clock_deadline(stress->clock) >= entry->from, "a warp began with a timer overdue");
	stress_check(clock_deadline(stress->clock) >= entry->to || clock_deadline(stress->clock) == entry->from,
		     "a warp went past an armed timer");
}

/* Each ns was executed or warped over, once. */
static void stress_check_sum(struct stress *stress)
{
	struct ledger_totals totals;

	ledger_totals(stress->clock, &totals);
	stress_check(stress->executed + totals.ns == clock_now(stress->clock),
		     "executed and warped time do not add up to the time that passed");
	stress_check(atomic_load(&stress->late_firings) <= stress->clock->counts.late,
		     "more timers fired late than were armed late");
}

/* ---- Operations ---- */

static void stress_wake(struct stress *stress, unsigned core, int64_t when)
{
	warp_core_wake(stress->clock, core, when);
	sem_post(&stress->woken[core]);
}

static void stress_on_timer(void *opaque, int64_t now)
{
	struct stress *stress = opaque;
	int64_t base = clock_now(stress->clock);

	stress_check(now <= base, "a timer fired before its time");
	stress_check(base >= stress->last_base, "virtual time went back between two firings");
	stress->last_base = base;
	atomic_fetch_add(&stress->late_firings, now < base);
	if (now % 5 == 0 && !atomic_load(&stress->finish)) /* some arm again at once, some wake a core */
		timer_arm(&stress->timers[now % TIMERS], base + now % 777);
	if (now % 3 == 0)
		stress_wake(stress, (unsigned)(now % CORES), now);
}

static void stress_on_input(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	struct stress *stress = opaque;

	stress_check(now == clock_now(stress->clock), "an input with a wrong time");
	stress_wake(stress, bytes[0] % CORES, now);
}

static void stress_begin(struct stress *stress)
{
	clock_lock(stress->clock);
	warp_owe_begin(stress->clock);
	clock_unlock(stress->clock);
	warp_pay_begin(stress->clock);
}

static void stress_operate(struct worker *worker)
{
	struct stress *stress = worker->stress;
	struct timer *timer = &stress->timers[random_below(&worker->random, TIMERS)];
	int64_t delay = random_below(&worker->random, 200000);
	uint8_t byte = (uint8_t)delay;

	switch (random_below(&worker->random, 32)) {
	case 0: case 1: case 2: case 3: case 4: case 5: case 6: case 7: timer_cancel(timer); break;
	case 8: case 9: timer_anticipate(timer, clock_now(stress->clock) + delay / 4); break;
	case 10: case 11: case 12: case 13: timer_arm_after(timer, delay); break;
	case 14: timer_arm(timer, clock_now(stress->clock) - delay); break;
	case 15: stress_wake(stress, random_below(&worker->random, CORES), WARP_PRESENT); break;
	case 16: input_post(stress->port, &byte, 1); break;
	case 17: warp_kick(stress->clock); break;
	case 18: stress_begin(stress); break;
	case 19: warp_account(stress->clock); break;
	case 20:
		warp_expect_begin(stress->clock);
		timer_arm_after(timer, delay);
		warp_expect_end(stress->clock);
		break;
	default: timer_arm(timer, clock_now(stress->clock) + delay); break;
	}
}

/* ---- Threads ---- */

static bool stress_core_is_idle(struct stress *stress, unsigned core)
{
	bool idle;

	clock_lock(stress->clock);
	idle = stress->clock->cores[core].idle;
	clock_unlock(stress->clock);
	return idle;
}

static void stress_pause(void)
{
	nanosleep(&(struct timespec){ 0, 20000 }, NULL);
}

/* Until somebody wakes it, or for a moment. */
static void stress_core_sleep(struct stress *stress, unsigned core)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_nsec += 5000000;
	limit.tv_sec += limit.tv_nsec / 1000000000;
	limit.tv_nsec %= 1000000000;
	sem_timedwait(&stress->woken[core], &limit);
}

/* A core: while it runs it does a few things, then it sleeps until somebody wakes it. */
static void *stress_core(void *opaque)
{
	struct worker *worker = opaque;
	struct stress *stress = worker->stress;
	int64_t last = 0;

	while (!atomic_load(&stress->drained)) {
		if (stress_core_is_idle(stress, worker->number)) {
			stress_core_sleep(stress, worker->number);
			continue;
		}
		if (!atomic_load(&stress->finish))
			for (unsigned n = random_below(&worker->random, 4); n > 0; n--)
				stress_operate(worker);
		stress_check_words(stress, &last);
		warp_core_idle(stress->clock, worker->number, 1 + random_below(&worker->random, 4),
			       clock_now(stress->clock));
	}
	return NULL;
}

static void *stress_outsider(void *opaque)
{
	struct worker *worker = opaque;
	int64_t last = 0;

	for (int64_t done = 0; done < worker->stress->quota; done++) {
		stress_operate(worker);
		stress_check_words(worker->stress, &last);
		stress_check_invariants(worker->stress);
		if (!random_below(&worker->random, 20))
			stress_pause(); /* lets all fall idle */
	}
	return NULL;
}

static void *stress_reader(void *opaque)
{
	struct worker *worker = opaque;
	struct stress *stress = worker->stress;
	struct timer_view views[TIMERS];
	struct ledger_entry entry;
	int64_t last = 0, seen = 0, present;

	while (!atomic_load(&stress->drained)) {
		for (int i = 0; i < 100; i++) {
			stress_check_words(stress, &last);
			present = warp_present(stress->clock);
			stress_check(present >= last && present >= seen, "the present went back");
			seen = present;
		}
		for (size_t n = timer_views(stress->clock, views, TIMERS), i = 1; i < n && i < TIMERS; i++)
			stress_check(views[i - 1].expiry <= views[i].expiry, "timers out of order");
		ledger_read(stress->clock, ledger_last(stress->clock), &entry);
		stress_pause();
	}
	return NULL;
}

/* A round in which the cores execute, up to the next timer. */
static void stress_round(struct stress *stress)
{
	int64_t before = clock_now(stress->clock), horizon = before + QUANTUM;
	int64_t deadline = clock_deadline(stress->clock);

	stress_check(clock_advance(stress->clock, deadline < horizon ? deadline : horizon), "fired for ever");
	stress->executed += clock_now(stress->clock) - before;
	sched_yield(); /* to the cores' own threads, so that they fall idle again */
}

static void *stress_driver(void *opaque)
{
	struct worker *worker = opaque;
	struct stress *stress = worker->stress;
	struct err err;

	for (;;) {
		struct warp_wait how = { !atomic_load(&stress->finish), HOST_CLOCK_FOREVER };

		if (!random_below(&worker->random, 8))
			warp_restart_pace(stress->clock); /* else it is ahead or behind all the time */
		stress_check(input_deliver(stress->input, &err), "input");
		switch (warp_wait(stress->clock, &how)) {
		case WARP_DEADLOCK: atomic_store(&stress->drained, true); return NULL;
		case WARP_TIMER: clock_advance(stress->clock, clock_now(stress->clock)); break;
		case WARP_RUN: stress_round(stress); break;
		default: break;
		}
	}
}

static void stress_join(struct worker *worker)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += HANG_SECONDS;
	if (pthread_timedjoin_np(worker->thread, NULL, &limit))
		stress_fail("a thread hangs: a timer or a wake was lost");
}

/* One phase: operations from all sides, then silence, in which every pending timer has to fire by itself. */
static void stress_phase(struct stress *stress, struct random *random)
{
	static void *(*const bodies[])(void *) = {
		stress_core, stress_core, stress_core, stress_outsider, stress_outsider, stress_reader, stress_driver,
	};
	enum { WORKERS = sizeof bodies / sizeof *bodies };
	struct worker workers[WORKERS];

	atomic_store(&stress->finish, false);
	atomic_store(&stress->drained, false);
	for (unsigned i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ stress, 0, i, { random_u64(random) } };
		pthread_create(&workers[i].thread, NULL, bodies[i], &workers[i]);
	}
	for (unsigned i = CORES; i < CORES + OUTSIDERS; i++)
		stress_join(&workers[i]);
	atomic_store(&stress->finish, true);
	warp_kick(stress->clock);
	stress_join(&workers[WORKERS - 1]);
	for (unsigned i = 0; i < WORKERS - 1; i++)
		if (i < CORES || i >= CORES + OUTSIDERS)
			stress_join(&workers[i]);
	stress_check(timer_views(stress->clock, NULL, 0) == 0, "timers were left pending");
	stress_check_sum(stress);
}

static int64_t stress_insns(void *opaque)
{
	return 0;
}

static void stress_init(struct stress *stress)
{
	char owner[16];

	*stress = (struct stress){ .clock = clock_create() };
	stress->input = input_create(stress->clock, (struct input_machine){ .insns = stress_insns });
	stress->port = input_add_port(stress->input, "port", stress_on_input, stress);
	ledger_set_listener(stress->clock, stress_on_warp, stress);
	for (unsigned i = 0; i < LISTS; i++) {
		snprintf(owner, sizeof owner, "owner %u", i);
		stress->lists[i] = timer_list_create(stress->clock, owner);
	}
	for (unsigned i = 0; i < TIMERS; i++)
		timer_init(&stress->timers[i], stress->lists[i % LISTS], "timer", stress_on_timer, stress);
	for (unsigned i = 0; i < CORES; i++) {
		warp_add_core(stress->clock);
		sem_init(&stress->woken[i], 0, 0);
	}
}

static void stress_report(struct stress *stress, struct stress_figures *figures)
{
	struct ledger_totals totals;

	ledger_totals(stress->clock, &totals);
	figures->fired = stress->clock->counts.fired;
	figures->late = stress->clock->counts.late;
	figures->warps = totals.count;
	figures->partial = totals.partial;
	figures->early = totals.early;
	figures->needless = totals.needless;
	figures->rearmed = totals.rearmed;
	figures->notifies = totals.notifies;
}

void stress_threads(int64_t operations, uint64_t seed, struct stress_figures *figures)
{
	struct stress stress;
	struct random random = { seed };

	stress_init(&stress);
	*figures = (struct stress_figures){ 0 };
	for (unsigned phase = 0; figures->operations < operations; phase++) {
		warp_set_policy(stress.clock, phase & 1 ? WARP_REALTIME : WARP_JUMP);
		warp_set_speed(stress.clock, 1, 1 + random_below(&random, 64), NULL);
		stress.quota = PHASE / OUTSIDERS;
		stress_phase(&stress, &random);
		figures->operations += stress.quota * OUTSIDERS;
	}
	stress_report(&stress, figures);
	input_destroy(stress.input);
	clock_destroy(stress.clock);
}
