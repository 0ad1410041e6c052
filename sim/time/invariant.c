#include "sim/time/invariant.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/time/clock_state.h"

/* Never past a timer that is armed: but for those that were armed for a time that was over. */
static const char *invariant_timers(const struct clock *clock)
{
	const struct timer *first = timer_heap_first(&clock->heap);
	int64_t base = clock_now(clock);

	if (clock_deadline(clock) != (first ? first->expiry : CLOCK_NO_DEADLINE))
		return "the deadline is not that of the first timer";
	for (unsigned i = 0; i < clock->heap.count; i++) {
		const struct timer *timer = clock->heap.items[i].timer;

		if (timer->slot != i + 1)
			return "a pending timer is not where it says";
		if (timer->expiry < base && !timer->late)
			return "virtual time went past an armed timer";
	}
	return NULL;
}

static const char *invariant_cores(const struct clock *clock)
{
	unsigned idle = 0, reasons = 0;

	for (unsigned i = 0; i < clock->ncores; i++) {
		idle += clock->cores[i].idle;
		if (clock->cores[i].idle != (clock->reasons[i] != WARP_RUNNING))
			return "a core is idle without a reason, or has one and runs";
	}
	for (unsigned reason = 0; reason < WARP_REASONS; reason++)
		reasons += clock->reason_cores[reason];
	if (idle != clock->nidle || idle != reasons)
		return "the idle cores are miscounted";
	if (atomic_load(&clock->runners) != (int)(clock->ncores - idle) + !clock->in_wait)
		return "the runners are miscounted";
	return NULL;
}

static const char *invariant_warp(const struct clock *clock)
{
	if (seqlock_read_begin(&clock->seqlock) & 1)
		return "a write section was left open";
	/* Each ns once: either somebody executed it, or it was warped over. */
	if (clock->executed + atomic_load(&clock->ledger.ns) != clock_now(clock))
		return "executed and warped time are not the time that passed";
	if (seqlock_load(&clock->warp_start) == WARP_NONE)
		return NULL;
	if (atomic_load(&clock->runners))
		return "a warp is in progress while somebody runs";
	if (seqlock_load(&clock->warp_start) < 0)
		return "a warp began before the host's time did";
	if (seqlock_load(&clock->warp_deadline) <= clock_now(clock))
		return "a warp is in progress that is past its deadline";
	if (seqlock_load(&clock->warp_deadline) == CLOCK_NO_DEADLINE)
		return "a warp is in progress without a deadline";
	return NULL;
}

/*
 * A timer that is pending fires: when all are idle, the driving thread sleeps and
 * nobody is about to wake it or to begin a warp, then the warp timer does, and
 * not too late. Nobody can come to owe a warp_begin while the lock is held.
 */
static const char *invariant_sleep(const struct clock *clock)
{
	int64_t base = clock_now(clock), deadline = clock_deadline(clock), warp_deadline, landing;

	if (atomic_load(&clock->beginners) || atomic_load(&clock->runners) || !atomic_load(&clock->waiting) ||
	    clock->told)
		return NULL;
	if (deadline == CLOCK_NO_DEADLINE)
		return NULL;
	if (deadline <= base)
		return "a timer is due, and nobody was told";
	if (atomic_load(&clock->warp_timer) == HOST_CLOCK_FOREVER)
		return "a timer is pending, and nothing will wake for it";
	if (seqlock_load(&clock->warp_start) == WARP_NONE)
		return NULL; /* the warp timer's needless firing begins the next */
	warp_deadline = seqlock_load(&clock->warp_deadline);
	if (warp_deadline > deadline || warp_deadline > clock_stop_point(clock))
		return "a warp leads past the first timer";
	landing = timer_add(seqlock_load(&clock->warp_start), pacing_host_ns(&clock->pacing, warp_deadline - base));
	if (atomic_load(&clock->warp_timer) > landing)
		return "the warp timer comes too late";
	return NULL;
}

const char *invariant_broken(const struct clock *clock)
{
	const char *broken = invariant_timers(clock);

	if (!broken)
		broken = invariant_cores(clock);
	if (!broken)
		broken = invariant_warp(clock);
	if (!broken)
		broken = invariant_sleep(clock);
	return broken;
}

void invariant_assert(const struct clock *clock)
{
	const char *broken = invariant_broken(clock);

	if (!broken)
		return;
	fprintf(stderr, "virtual time: %s, at %lld ns\n", broken, (long long)clock_now(clock));
	abort();
}
