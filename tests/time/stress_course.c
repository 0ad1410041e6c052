#include <stdio.h>
#include <stdlib.h>

#include "sim/base/random.h"
#include "sim/time/clock_state.h"
#include "tests/time/stress.h"

#define CORES 3
#define TIMERS 12
#define QUANTUM 1000
#define MAX_DEPTH 3

/* What is armed, kept in the plainest way. */
struct plain_timer {
	bool armed, late;
	int64_t expiry;
	uint64_t sequence;
};

struct course {
	struct clock *clock;
	struct host_clock host;
	int64_t host_now;
	struct random random;
	struct timer_list *list;
	struct timer timers[TIMERS];
	struct course_timer { struct course *course; unsigned number; } numbers[TIMERS];
	struct plain_timer plain[TIMERS];
	uint64_t sequence, hash;
	int64_t executed, operations, last_base;
	unsigned depth; /* operations put in where threads could meet */
};

__attribute__((noreturn))
static void course_fail(const char *what)
{
	fprintf(stderr, "course: %s\n", what);
	abort();
}

static void course_check(bool good, const char *what)
{
	if (!good)
		course_fail(what);
}

static void course_mix(struct course *course, int64_t value)
{
	course->hash = (course->hash ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15);
	course->hash ^= course->hash >> 31;
}

/* The next to fire: least expiry, then first armed. NULL: none. */
static struct plain_timer *course_first(struct course *course)
{
	struct plain_timer *first = NULL;

	for (struct plain_timer *t = course->plain; t < course->plain + TIMERS; t++)
		if (t->armed && (!first || t->expiry < first->expiry ||
				 (t->expiry == first->expiry && t->sequence < first->sequence)))
			first = t;
	return first;
}

/* After every operation. */
static void course_check_state(struct course *course)
{
	const struct plain_timer *first = course_first(course);
	int64_t base = clock_now(course->clock);
	struct clock_words words;
	const char *broken;

	course_check(base >= course->last_base, "virtual time went back");
	course->last_base = base;
	course_check(clock_deadline(course->clock) == (first ? first->expiry : CLOCK_NO_DEADLINE), "a wrong deadline");
	for (unsigned i = 0; i < TIMERS; i++)
		course_check(!course->plain[i].armed || course->plain[i].late || course->plain[i].expiry >= base,
			     "virtual time went past an armed timer");
	clock_read(course->clock, &words);
	course_check(words.warp_start == WARP_NONE || words.warp_deadline > base, "a warp past its deadline");
	clock_lock(course->clock);
	broken = invariant_broken(course->clock);
	clock_unlock(course->clock);
	course_check(!broken, broken);
}

static void course_arm(struct course *course, unsigned i, int64_t expiry)
{
	struct plain_timer *plain = &course->plain[i];
	uint64_t sequence = ++course->sequence;

	*plain = (struct plain_timer){ true, false, expiry > 0 ? expiry : 0, sequence };
	/* An account comes first in timer_arm; it may bring the base past the expiry that was asked for. */
	plain->late = true;
	timer_arm(&course->timers[i], expiry);
	if (plain->sequence == sequence && plain->armed)
		plain->late = plain->expiry < clock_now(course->clock);
}

static void course_arm_after(struct course *course, unsigned i, int64_t delay)
{
	course->depth += MAX_DEPTH; /* nothing comes between */
	timer_arm_after(&course->timers[i], delay);
	course->depth -= MAX_DEPTH;
	course->plain[i] = (struct plain_timer){ true, false, timer_expiry(&course->timers[i]), ++course->sequence };
	course_check(course->plain[i].expiry == clock_now(course->clock) + delay, "\"after\" is not from the present");
}

static void course_cancel(struct course *course, unsigned i)
{
	course->plain[i].armed = false;
	timer_cancel(&course->timers[i]);
}

static void course_expect(struct course *course)
{
	warp_expect_begin(course->clock);
	course_check_state(course);
	warp_expect_end(course->clock);
}

static void course_begin(struct course *course)
{
	clock_lock(course->clock);
	warp_owe_begin(course->clock);
	clock_unlock(course->clock);
	warp_pay_begin(course->clock);
}

/* What a thread outside of the cores may do at any moment. */
static void course_operate(struct course *course)
{
	struct random *random = &course->random;
	unsigned i = random_below(random, TIMERS);
	int64_t delay = random_below(random, 20000);

	course->operations++;
	switch (random_below(random, 20)) {
	case 0: case 1: case 2: case 3: course_cancel(course, i); break;
	case 4: case 5: course_arm_after(course, i, delay); break;
	case 6: course_arm(course, i, clock_now(course->clock) - delay); break;
	case 7: warp_core_wake(course->clock, i % CORES, WARP_PRESENT); break;
	case 8: warp_kick(course->clock); break;
	case 9: warp_input(course->clock, "input"); break;
	case 10: course_begin(course); break;
	case 11: warp_account(course->clock); break;
	case 12: course_expect(course); break;
	default: course_arm(course, i, clock_now(course->clock) + delay); break;
	}
	course_check_state(course);
}

/* Where another thread could come in between. */
static void course_interleave(struct course *course, uint32_t one_in)
{
	if (course->depth >= MAX_DEPTH || random_below(&course->random, one_in))
		return;
	course->depth++;
	course_operate(course);
	course->depth--;
}

static int64_t course_host_now(void *opaque)
{
	struct course *course = opaque;

	if (!pthread_mutex_trylock(&course->clock->lock)) { /* rule 4 of warp_begin: no lock held */
		pthread_mutex_unlock(&course->clock->lock);
		course_interleave(course, 4);
	}
	return course->host_now += random_below(&course->random, 50);
}

static void course_host_wait(void *opaque, pthread_cond_t *changed, pthread_mutex_t *lock, int64_t until)
{
	struct course *course = opaque;
	int64_t rest = until == HOST_CLOCK_FOREVER ? 5000 : until - course->host_now;
	uint32_t what = random_below(&course->random, 4);

	if (rest > 0 && what < 2 && until != HOST_CLOCK_FOREVER)
		course->host_now = until + random_below(&course->random, 300);
	else if (rest > 0)
		course->host_now += random_below(&course->random, rest > 1000000 ? 1000000 : (uint32_t)rest);
	pthread_mutex_unlock(lock);
	if (what >= 2)
		course_interleave(course, 1);
	if (until == HOST_CLOCK_FOREVER)
		warp_kick(course->clock);
	pthread_mutex_lock(lock);
}

static void course_on_earlier(void *opaque, int64_t deadline, bool observing)
{
	course_interleave(opaque, 4);
}

static void course_on_timer(void *opaque, int64_t now)
{
	struct course_timer *self = opaque;
	struct course *course = self->course;
	struct plain_timer *plain = &course->plain[self->number];

	course_check(plain == course_first(course), "not the timer that was next");
	course_check(plain->expiry == now, "fired with a wrong time");
	course_check(plain->late || clock_now(course->clock) == now, "fired late");
	plain->armed = false;
	course_mix(course, now * TIMERS + self->number);
	if (random_below(&course->random, 2))
		course_arm(course, self->number, clock_now(course->clock) + random_below(&course->random, 3000));
	if (random_below(&course->random, 2))
		warp_core_wake(course->clock, random_below(&course->random, CORES), now);
	course_interleave(course, 8);
}

static void course_advance(struct course *course, int64_t to)
{
	int64_t before = clock_now(course->clock);

	course_check(clock_advance(course->clock, to), "fired for ever");
	course->executed += clock_now(course->clock) - before;
}

static void course_round(struct course *course)
{
	int64_t deadline = clock_deadline(course->clock), horizon = clock_now(course->clock) + QUANTUM;

	course_advance(course, deadline < horizon ? deadline : horizon);
	for (unsigned core = 0; core < CORES; core++)
		if (random_below(&course->random, 2))
			warp_core_idle(course->clock, core, 1 + random_below(&course->random, 4),
				       clock_now(course->clock));
	course_interleave(course, 8);
}

static void course_step(struct course *course)
{
	const struct warp_wait how = { random_below(&course->random, 2), HOST_CLOCK_FOREVER };
	enum warp_end end = warp_wait(course->clock, &how);

	course_mix(course, end);
	course_mix(course, clock_now(course->clock));
	course_check(end != WARP_DEADLOCK || !course_first(course), "a deadlock with a timer armed");
	course_check_state(course);
	if (end == WARP_TIMER)
		course_advance(course, clock_now(course->clock));
	else if (end == WARP_RUN)
		course_round(course);
	course_operate(course);
}

static void course_init(struct course *course, uint64_t seed)
{
	*course = (struct course){ .clock = clock_create(), .random = { seed }, .host_now = 1000 };
	course->host = (struct host_clock){ course_host_now, course_host_wait, course };
	clock_set_host(course->clock, &course->host);
	clock_set_earlier_hook(course->clock, course_on_earlier, course);
	course->list = timer_list_create(course->clock, "owner");
	for (unsigned i = 0; i < TIMERS; i++) {
		course->numbers[i] = (struct course_timer){ course, i };
		timer_init(&course->timers[i], course->list, "timer", course_on_timer, &course->numbers[i]);
	}
	for (unsigned i = 0; i < CORES; i++)
		warp_add_core(course->clock);
}

uint64_t stress_course(int64_t operations, uint64_t seed, struct stress_figures *figures)
{
	struct course course;
	struct ledger_totals totals;

	course_init(&course, seed);
	while (course.operations < operations) {
		if (!random_below(&course.random, 500))
			warp_set_policy(course.clock, random_below(&course.random, 2) ? WARP_REALTIME : WARP_JUMP);
		if (!random_below(&course.random, 8))
			warp_restart_pace(course.clock);
		course_step(&course);
	}
	ledger_totals(course.clock, &totals);
	course_check(course.executed + totals.ns == clock_now(course.clock),
		     "a stretch was credited twice, or not at all");
	*figures = (struct stress_figures){
		course.operations, course.clock->counts.fired, course.clock->counts.late, totals.count,
		totals.partial, totals.early, totals.needless, totals.rearmed, totals.notifies,
	};
	clock_destroy(course.clock);
	return course.hash;
}
