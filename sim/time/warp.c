#include "sim/time/warp.h"

#include <assert.h>

#include "sim/time/clock_state.h"

static int64_t warp_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- The warp timer: a host time for which the driving thread sleeps ---- */

/* Returns the expiry that it had. */
static int64_t warp_timer_deactivate(struct clock *clock)
{
	return atomic_exchange(&clock->warp_timer, HOST_CLOCK_FOREVER);
}

static bool warp_timer_active(struct clock *clock)
{
	return atomic_load(&clock->warp_timer) != HOST_CLOCK_FOREVER;
}

/*
 * Only ever earlier. `was`: the expiry that it had before this warp_begin deactivated it. The sleeper sets `waiting`
 * before it reads the expiry: one of the two sees the other.
 */
static void warp_timer_anticipate(struct clock *clock, int64_t expiry, int64_t was)
{
	int64_t old = atomic_load(&clock->warp_timer);

	do {
		if (old <= expiry)
			return;
	} while (!atomic_compare_exchange_weak(&clock->warp_timer, &old, expiry));
	was = warp_min(was, old);
	if (was == HOST_CLOCK_FOREVER && !atomic_load(&clock->waiting))
		return;
	clock_lock(clock);
	clock_count(&clock->ledger.rearmed, was != HOST_CLOCK_FOREVER && expiry < was);
	warp_signal(clock);
	clock_unlock(clock);
}

void warp_signal(struct clock *clock)
{
	if (!atomic_load(&clock->waiting))
		return;
	clock->told = true;
	pthread_cond_broadcast(&clock->changed);
}

/* The driving thread must fire what is due. Lock held. */
static void warp_notify(struct clock *clock)
{
	clock_count(&clock->ledger.notifies, 1);
	warp_signal(clock);
}

/* ---- The protocol (VIRTUAL_TIME.md, 4) ---- */

static int64_t warp_host_now(const struct clock *clock)
{
	return clock->host->now(clock->host->opaque);
}

static bool warp_jumps(const struct clock *clock)
{
	return !atomic_load_explicit(&clock->realtime, memory_order_relaxed);
}

/*
 * How far the warp in progress has come. Never past the deadline that was
 * computed for it, and never past one that was armed since: the thread that
 * armed it may not have come to warp_begin yet. Lock held.
 */
static int64_t warp_reached(const struct clock *clock)
{
	int64_t base = clock_now(clock);
	int64_t bound = warp_min(seqlock_load(&clock->warp_deadline), clock_deadline(clock));
	int64_t elapsed;

	if (bound <= base)
		return base;
	if (warp_jumps(clock))
		return bound;
	elapsed = warp_host_now(clock) - seqlock_load(&clock->warp_start);
	if (elapsed <= 0)
		return base;
	return warp_min(bound, timer_add(base, pacing_virtual_ns(&clock->pacing, elapsed)));
}

/* Under the lock, since a reading of the host's clock is as old as it is: only so does the present never go back. */
int64_t warp_present(struct clock *clock)
{
	int64_t present;

	clock_lock(clock);
	present = clock_now(clock);
	if (seqlock_load(&clock->warp_start) != WARP_NONE && !warp_jumps(clock))
		present = warp_reached(clock);
	clock_unlock(clock);
	return present;
}

/* What a warp that stops at `to` landed on, if on anything; else what ended it. Lock held. */
static struct clock_source warp_landing(const struct clock *clock, int64_t to, struct clock_source source)
{
	const struct timer *first = timer_heap_first(&clock->heap);

	if (to == seqlock_load(&clock->warp_deadline))
		return clock->warp_source;
	if (first && to == first->expiry)
		return (struct clock_source){ LEDGER_TIMER, first->list->owner, first->name };
	return source;
}

/* A warp that is to be ended. */
struct warp_stretch {
	bool any; /* there is one */
	int64_t from, to;
	struct clock_source source;
};

/* Lock held. */
static struct warp_stretch warp_measure(const struct clock *clock, struct clock_source source)
{
	struct warp_stretch stretch = { .any = seqlock_load(&clock->warp_start) != WARP_NONE };

	if (!stretch.any)
		return stretch;
	stretch.from = clock_now(clock);
	stretch.to = warp_reached(clock);
	stretch.source = warp_landing(clock, stretch.to, source);
	return stretch;
}

/* In the write section of the caller. */
static void warp_credit(struct clock *clock, const struct warp_stretch *stretch)
{
	if (!stretch->any)
		return;
	if (stretch->to > stretch->from)
		clock_set_base(clock, stretch->to);
	seqlock_store(&clock->warp_start, WARP_NONE);
}

/* Behind the write section. Lock held. */
static void warp_enter(struct clock *clock, const struct warp_stretch *stretch)
{
	if (!stretch->any)
		return;
	if (stretch->to > stretch->from)
		ledger_add_warp(clock, stretch->from, stretch->to, stretch->source);
	if (clock_deadline(clock) <= stretch->to)
		warp_notify(clock);
}

bool warp_end_locked(struct clock *clock, struct clock_source source)
{
	struct warp_stretch stretch = warp_measure(clock, source);

	if (!stretch.any)
		return false;
	seqlock_write_begin(&clock->seqlock);
	warp_credit(clock, &stretch);
	seqlock_write_end(&clock->seqlock);
	warp_enter(clock, &stretch);
	return true;
}

/*
 * The same by one who runs from here on. It is marked in the write section that
 * accounts: nobody sees the one without the other, and a warp_begin that is in
 * the middle of its rules sees that there was somebody. Lock held.
 */
static void warp_end_by_runner(struct clock *clock, struct clock_source source)
{
	struct warp_stretch stretch = warp_measure(clock, source);

	seqlock_write_begin(&clock->seqlock);
	warp_credit(clock, &stretch);
	atomic_fetch_add(&clock->runners, 1);
	seqlock_write_end(&clock->seqlock);
	warp_enter(clock, &stretch);
}

/* Ends the warp in progress on behalf of the machine itself. */
static void warp_account_as(struct clock *clock, enum ledger_end end, const char *name)
{
	struct clock_words words;

	clock_read(clock, &words);
	if (words.warp_start == WARP_NONE)
		return;
	clock_lock(clock);
	warp_end_locked(clock, (struct clock_source){ end, CLOCK_OWNER_OUTSIDE, name });
	clock_unlock(clock);
}

void warp_account(struct clock *clock)
{
	warp_account_as(clock, LEDGER_INPUT, "present");
}

/* Without a guest's timer the clock still goes to where somebody wants to look, or an input will come. */
static bool warp_is_awaited(const struct clock *clock)
{
	return clock_observer_deadline(clock) != CLOCK_NO_DEADLINE || clock_awaited(clock) != CLOCK_NO_DEADLINE;
}

/* What rules 3 to 5 found. */
struct warp_plan {
	uint32_t sequence; /* of the seqlock, before rule 3 */
	int64_t host;
	int64_t deadline;
	struct clock_source source;
};

static void warp_plan_timer(struct warp_plan *plan, const struct timer *timer)
{
	plan->deadline = timer->expiry;
	plan->source = (struct clock_source){ LEDGER_TIMER, timer->list->owner, timer->name };
}

/*
 * The deadline over all lists, and whose it is. Where the run is to end, somebody looks or an input will come bounds
 * it. With no timer of the guest the run would be over: then a look is a deadline by itself, and its timer ends the
 * warp. False: no timer pending.
 */
static bool warp_find_deadline(struct clock *clock, struct warp_plan *plan)
{
	const struct timer *first, *observer;
	bool found, guests;
	int64_t stop;

	clock_lock(clock);
	first = timer_heap_first(&clock->heap);
	observer = timer_heap_first(&clock->observers);
	stop = clock_stop_point(clock);
	guests = first && first->expiry != TIMER_NEVER;
	found = guests || warp_is_awaited(clock);
	if (guests && first->expiry <= stop) {
		warp_plan_timer(plan, first);
	} else if (!guests && observer && observer->expiry == stop) {
		warp_plan_timer(plan, observer);
	} else if (found) {
		plan->deadline = stop;
		plan->source = (struct clock_source){ LEDGER_LIMIT, CLOCK_OWNER_RUN, "limit" };
	}
	clock_unlock(clock);
	return found;
}

/* Rule 7's write section. Returns the host time for the warp timer. Lock held. */
static int64_t warp_start_locked(struct clock *clock, const struct warp_plan *plan)
{
	bool jumps = warp_jumps(clock);
	int64_t base = clock_now(clock), running = seqlock_load(&clock->warp_start), start = 0;

	assert(!atomic_load(&clock->runners));
	if (!jumps)
		start = pacing_host_at(&clock->pacing, plan->host, base);
	if (start < 0)
		start = 0;
	seqlock_write_begin(&clock->seqlock);
	if (running == WARP_NONE || plan->deadline < seqlock_load(&clock->warp_deadline)) {
		seqlock_store(&clock->warp_deadline, plan->deadline);
		clock->warp_source = plan->source;
	}
	if (running == WARP_NONE || start < running)
		seqlock_store(&clock->warp_start, start);
	seqlock_write_end(&clock->seqlock);
	if (jumps)
		return 0;
	/* For the warp as it now stands: another thread may have begun it, or have found an earlier deadline. */
	start = seqlock_load(&clock->warp_start);
	return timer_add(start, pacing_host_ns(&clock->pacing, seqlock_load(&clock->warp_deadline) - base));
}

/*
 * Rules 6 and 7. False: since rule 3 somebody ran, accounted or began a warp.
 * To look whether all are idle would not be enough: they may be idle again, and
 * the host time of rule 4 be older than what was executed and credited since
 * (tests/time/model, NO_SEQUENCE).
 */
static bool warp_start(struct clock *clock, const struct warp_plan *plan, int64_t *expiry)
{
	bool same;

	*expiry = HOST_CLOCK_FOREVER;
	clock_lock(clock);
	same = seqlock_read_begin(&clock->seqlock) == plan->sequence;
	if (same && plan->deadline <= clock_now(clock)) /* rule 6 */
		warp_notify(clock);
	else if (same)                                  /* rule 7 */
		*expiry = warp_start_locked(clock, plan);
	clock_unlock(clock);
	return same;
}

void warp_begin(struct clock *clock)
{
	struct warp_plan plan;
	int64_t expiry, was = HOST_CLOCK_FOREVER;

	warp_account_as(clock, LEDGER_EARLY, "begin");   /* rule 1 */
	do {
		was = warp_min(was, warp_timer_deactivate(clock)); /* rule 2: before rule 3 */
		plan.sequence = seqlock_read_begin(&clock->seqlock);
		if (atomic_load(&clock->runners))        /* rule 3 */
			return;
		if (!warp_find_deadline(clock, &plan))   /* rule 4: outside of the write section; rule 5 */
			return;
		plan.host = warp_jumps(clock) ? 0 : warp_host_now(clock);
	} while (!warp_start(clock, &plan, &expiry));
	if (expiry != HOST_CLOCK_FOREVER)
		warp_timer_anticipate(clock, expiry, was);
}

void warp_owe_begin(struct clock *clock)
{
	atomic_fetch_add(&clock->beginners, 1);
}

void warp_pay_begin(struct clock *clock)
{
	warp_begin(clock);
	atomic_fetch_sub(&clock->beginners, 1);
}

/* Where the run ends, somebody looks or an input comes. Lock held. */
static bool warp_is_at_stop(const struct clock *clock)
{
	return clock_stop_point(clock) <= clock_now(clock) || clock_awaited(clock) <= clock_now(clock);
}

/* The warp timer's callback, on the driving thread. */
static void warp_timer_fire(struct clock *clock)
{
	warp_timer_deactivate(clock);
	warp_account_as(clock, LEDGER_EARLY, "warp timer");
	if (clock_deadline(clock) <= clock_now(clock))
		return;
	clock_lock(clock);
	clock_count(&clock->ledger.needless, !warp_is_at_stop(clock));
	clock_unlock(clock);
}

/* ---- The cores' part of the clock's state ---- */

unsigned warp_add_core(struct clock *clock)
{
	unsigned number;

	clock_lock(clock);
	number = clock->ncores++;
	assert(number < CLOCK_MAX_CORES);
	clock->cores[number] = (struct idle_core){ .idle = true, .since = clock_now(clock) };
	clock->reasons[number] = WARP_PARKED;
	clock->reason_cores[WARP_PARKED]++;
	clock->nidle++;
	clock_unlock(clock);
	return number;
}

/* Lock held. */
static void warp_set_reason(struct clock *clock, unsigned core, enum warp_reason reason)
{
	ledger_close(clock);
	if (clock->cores[core].idle)
		clock->reason_cores[clock->reasons[core]]--;
	clock->reasons[core] = (uint8_t)reason;
	if (reason != WARP_RUNNING)
		clock->reason_cores[reason]++;
}

void warp_core_idle(struct clock *clock, unsigned core, enum warp_reason reason, int64_t when)
{
	struct idle_core *state = &clock->cores[core];
	bool last = false;

	clock_lock(clock);
	warp_set_reason(clock, core, reason);
	if (!state->idle) {
		state->idle = true;
		state->since = when;
		clock->nidle++;
		last = atomic_fetch_sub(&clock->runners, 1) == 1;
	}
	if (last)
		warp_owe_begin(clock);
	clock_unlock(clock);
	if (last)
		warp_pay_begin(clock);
}

int64_t warp_core_wake(struct clock *clock, unsigned core, int64_t when)
{
	struct idle_core *state = &clock->cores[core];

	clock_lock(clock);
	if (state->idle)
		warp_end_by_runner(clock, (struct clock_source){ LEDGER_INPUT, CLOCK_OWNER_OUTSIDE, "wake" });
	if (when == WARP_PRESENT)
		when = clock_now(clock);
	if (state->idle) {
		if (when < state->since)
			when = state->since;
		state->ns[clock->reasons[core]] += when - state->since;
		warp_set_reason(clock, core, WARP_RUNNING);
		state->idle = false;
		clock->nidle--;
		warp_signal(clock);
	}
	clock_unlock(clock);
	return when;
}

bool warp_all_idle(const struct clock *clock)
{
	struct clock *writable = (struct clock *)clock;
	bool all;

	clock_lock(writable);
	all = clock->nidle == clock->ncores;
	clock_unlock(writable);
	return all;
}

int64_t warp_idle_ns(struct clock *clock, unsigned core, enum warp_reason reason)
{
	int64_t ns;

	clock_lock(clock);
	ns = clock->cores[core].ns[reason];
	clock_unlock(clock);
	return ns;
}

/* ---- The driving thread ---- */

/* Nobody is to come who gets cores out that stand still. Lock held. */
static bool warp_is_forsaken(const struct clock *clock, const struct warp_wait *how)
{
	return clock_deadline(clock) == CLOCK_NO_DEADLINE && !warp_is_awaited(clock) && !how->for_input &&
	       !clock->expecting;
}

bool warp_is_last(struct clock *clock, const struct warp_wait *how)
{
	bool last;

	clock_lock(clock);
	last = !clock->kicked && !clock->input && warp_is_forsaken(clock, how);
	clock_unlock(clock);
	return last;
}

/* What warp_wait has to return for. Lock held. */
static enum warp_end warp_find_end(struct clock *clock, const struct warp_wait *how)
{
	int64_t now = clock_now(clock), deadline = clock_deadline(clock);

	if (clock->kicked)
		return WARP_KICKED;
	if (deadline <= now)
		return WARP_TIMER;
	if (clock->input)
		return WARP_INPUT;
	if (atomic_load(&clock->runners))
		return WARP_RUN;
	if (warp_is_at_stop(clock))
		return WARP_LIMIT;
	if (warp_is_forsaken(clock, how))
		return WARP_DEADLOCK;
	return WARP_NOTHING;
}

/* Where the last core went idle: the cores executed up to there. Lock held. */
static void warp_catch_up(struct clock *clock)
{
	int64_t base = clock_now(clock), last = base;

	if (clock->nidle < clock->ncores)
		return;
	for (unsigned i = 0; i < clock->ncores; i++)
		if (clock->cores[i].since > last)
			last = clock->cores[i].since;
	last = warp_min(last, warp_min(clock_deadline(clock), clock_stop_point(clock)));
	if (last > base)
		clock_execute(clock, last);
}

/* Sleeps until the host time `until`, a change, or for no reason. Lock held. */
static void warp_sleep(struct clock *clock, int64_t until)
{
	int64_t begin = warp_host_now(clock), timer;

	clock->told = false;
	atomic_store(&clock->waiting, true);
	timer = atomic_load(&clock->warp_timer);
	clock->host->wait(clock->host->opaque, &clock->changed, &clock->lock, warp_min(until, timer));
	atomic_store(&clock->waiting, false);
	clock_count(&clock->ledger.slept, warp_host_now(clock) - begin);
}

static bool warp_timer_expired(struct clock *clock)
{
	int64_t expiry = atomic_load(&clock->warp_timer);

	return expiry != HOST_CLOCK_FOREVER && (!expiry || warp_host_now(clock) >= expiry);
}

/*
 * A timer is pending and no warp leads to it, or none that would wake anybody. Looked at under the lock each time
 * before the driving thread sleeps: a warp_begin that found its deadline due starts no warp, and that timer may be
 * cancelled before anybody comes to fire it; and one that was overtaken by the end of its warp leaves the warp timer
 * set.
 */
static bool warp_is_missing(struct clock *clock)
{
	return (clock_deadline(clock) != CLOCK_NO_DEADLINE || warp_is_awaited(clock)) &&
	       (!warp_timer_active(clock) || seqlock_load(&clock->warp_start) == WARP_NONE);
}

void warp_await(struct clock *clock, int64_t when)
{
	atomic_store_explicit(&clock->awaited, when, memory_order_release);
}

enum warp_end warp_wait(struct clock *clock, const struct warp_wait *how)
{
	enum warp_end end;

	clock_lock(clock);
	assert(!clock->in_wait);
	clock->in_wait = true;
	warp_catch_up(clock);
	atomic_fetch_sub(&clock->runners, 1);
	while ((end = warp_find_end(clock, how)) == WARP_NOTHING) {
		if (warp_is_missing(clock)) {
			clock_unlock(clock);
			warp_begin(clock);
			clock_lock(clock);
		} else if (warp_timer_expired(clock)) {
			clock_unlock(clock);
			warp_timer_fire(clock);
			clock_lock(clock);
		} else if (how->host_until != HOST_CLOCK_FOREVER && warp_host_now(clock) >= how->host_until) {
			end = WARP_TIMEOUT;
			break;
		} else {
			warp_sleep(clock, how->host_until);
		}
	}
	/* It runs again: one step with accounting, as for a core. What stops a run only looks. */
	warp_end_by_runner(clock, (struct clock_source){ LEDGER_LIMIT, CLOCK_OWNER_RUN, "limit" });
	warp_timer_deactivate(clock);
	clock->in_wait = false;
	if (clock_awaited(clock) <= clock_now(clock))
		warp_await(clock, CLOCK_NO_DEADLINE); /* told once */
	clock->kicked &= end != WARP_KICKED;
	clock->input &= end != WARP_INPUT;
	clock_unlock(clock);
	return end;
}

/* ---- From outside, and pacing ---- */

void warp_kick(struct clock *clock)
{
	clock_lock(clock);
	clock->kicked = true;
	warp_signal(clock);
	clock_unlock(clock);
}

/* The warp in progress, or the one that stands where somebody looks. Lock held. */
static void warp_end_by_input(struct clock *clock, const char *name)
{
	struct clock_source source = { LEDGER_INPUT, names_intern(&clock->names, name), "input" };

	if (!warp_end_locked(clock, source))
		ledger_close_as(clock, source);
}

void warp_input(struct clock *clock, const char *name)
{
	clock_lock(clock);
	warp_end_by_input(clock, name);
	clock->input = true;
	warp_signal(clock);
	clock_unlock(clock);
}

void warp_note_input(struct clock *clock, const char *name)
{
	clock_lock(clock);
	warp_end_by_input(clock, name);
	clock_unlock(clock);
}

void warp_set_policy(struct clock *clock, enum warp_policy policy)
{
	clock_lock(clock);
	clock->policy_realtime = policy == WARP_REALTIME;
	atomic_store(&clock->realtime, clock->policy_realtime || clock->expecting);
	clock->pacing.anchored = false;
	clock_unlock(clock);
}

/*
 * One more is expected, or one less. When that changes how warps go, the one in progress ends and another begins.
 * The change is in a write section, so that a warp_begin in the middle of its rules starts again.
 */
static void warp_change_expecting(struct clock *clock, int by)
{
	bool walks, changed;

	clock_lock(clock);
	clock->expecting += (unsigned)by;
	walks = clock->policy_realtime || clock->expecting;
	changed = walks == warp_jumps(clock);
	if (changed) {
		warp_end_locked(clock, (struct clock_source){ LEDGER_INPUT, CLOCK_OWNER_OUTSIDE, "expect" });
		seqlock_write_begin(&clock->seqlock);
		atomic_store(&clock->realtime, walks);
		clock->pacing.anchored = false;
		seqlock_write_end(&clock->seqlock);
	}
	warp_signal(clock); /* without a timer there is no warp, but there may be somebody who waits */
	if (changed)
		warp_owe_begin(clock);
	clock_unlock(clock);
	if (changed)
		warp_pay_begin(clock);
}

void warp_expect_begin(struct clock *clock)
{
	warp_change_expecting(clock, 1);
}

void warp_expect_end(struct clock *clock)
{
	warp_change_expecting(clock, -1);
}

bool warp_set_speed(struct clock *clock, int64_t numerator, int64_t denominator, struct err *err)
{
	bool good;

	clock_lock(clock);
	good = pacing_set_speed(&clock->pacing, numerator, denominator, err);
	clock_unlock(clock);
	return good;
}

void warp_set_limit(struct clock *clock, int64_t limit)
{
	clock_lock(clock);
	clock->limit = limit;
	clock_unlock(clock);
}

void warp_restart_pace(struct clock *clock)
{
	clock_lock(clock);
	clock->pacing.anchored = false;
	clock->paced = 0;
	clock_unlock(clock);
}

struct pacing warp_pacing(struct clock *clock)
{
	struct pacing pacing;

	clock_lock(clock);
	pacing = clock->pacing;
	clock_unlock(clock);
	return pacing;
}

#define WARP_PACE_STEP 100000 /* virtual ns between two looks at the host's clock */

enum warp_end warp_pace(struct clock *clock, int64_t tolerance)
{
	int64_t now = clock_now(clock), host, begin, target;
	enum warp_end end = WARP_RUN;

	if (clock->paced && now - clock->paced < WARP_PACE_STEP) /* written by this thread only, while it runs */
		return WARP_RUN;
	clock_lock(clock);
	clock->paced = now;
	begin = host = warp_host_now(clock);
	target = pacing_host_at(&clock->pacing, host, now);
	atomic_store(&clock->waiting, true);
	while (target - begin > tolerance && host < target && !clock->kicked && !clock->input) {
		clock->host->wait(clock->host->opaque, &clock->changed, &clock->lock, target);
		host = warp_host_now(clock);
	}
	atomic_store(&clock->waiting, false);
	clock->pacing.waited += host - begin;
	if (target - begin > tolerance && host < target)
		end = clock->kicked ? WARP_KICKED : WARP_INPUT;
	clock->kicked &= end != WARP_KICKED;
	clock->input &= end != WARP_INPUT;
	clock_unlock(clock);
	return end;
}
