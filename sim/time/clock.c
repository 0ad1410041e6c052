#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/base/allocate.h"
#include "sim/time/clock_state.h"

struct clock *clock_create(void)
{
	struct clock *clock = allocate_zeroed(1, sizeof *clock);

	pthread_mutex_init(&clock->lock, NULL);
	host_clock_init_condition(&clock->changed);
	clock->host = host_clock_monotonic();
	clock->max_firings = CLOCK_MAX_FIRINGS;
	clock->limit = CLOCK_NO_DEADLINE;
	atomic_store(&clock->deadline, CLOCK_NO_DEADLINE);
	atomic_store(&clock->observer_deadline, CLOCK_NO_DEADLINE);
	atomic_store(&clock->awaited, CLOCK_NO_DEADLINE);
	atomic_store(&clock->warp_start, WARP_NONE);
	atomic_store(&clock->warp_timer, HOST_CLOCK_FOREVER);
	atomic_store(&clock->runners, 1);
	pacing_set_speed(&clock->pacing, 1, 1, NULL);
	ledger_init(&clock->ledger);
	names_intern(&clock->names, "run");     /* CLOCK_OWNER_RUN */
	names_intern(&clock->names, "outside"); /* CLOCK_OWNER_OUTSIDE */
	return clock;
}

void clock_destroy(struct clock *clock)
{
	if (!clock)
		return;
	while (clock->lists)
		timer_list_destroy(clock->lists);
	while (clock->nhooks)
		timer_hook_remove(clock, clock->hooks[0]);
	free(clock->hooks);
	timer_heap_fini(&clock->heap);
	timer_heap_fini(&clock->observers);
	ledger_stream_stop(clock, NULL);
	ledger_fini(&clock->ledger);
	names_fini(&clock->names);
	pthread_cond_destroy(&clock->changed);
	pthread_mutex_destroy(&clock->lock);
	free(clock);
}

void clock_read(const struct clock *clock, struct clock_words *words)
{
	uint32_t begun;

	do {
		begun = seqlock_read_begin(&clock->seqlock);
		words->base = seqlock_load(&clock->base);
		words->warp_start = seqlock_load(&clock->warp_start);
		words->warp_deadline = seqlock_load(&clock->warp_deadline);
	} while (seqlock_read_retry(&clock->seqlock, begun));
}

/* One word cannot be torn. */
int64_t clock_now(const struct clock *clock)
{
	return seqlock_load(&clock->base);
}

int64_t clock_deadline(const struct clock *clock)
{
	return atomic_load_explicit(&clock->deadline, memory_order_acquire);
}

int64_t clock_observer_deadline(const struct clock *clock)
{
	return atomic_load_explicit(&clock->observer_deadline, memory_order_acquire);
}

int64_t clock_stop_point(const struct clock *clock)
{
	int64_t point = clock->limit, observer = clock_observer_deadline(clock), awaited = clock_awaited(clock);

	if (observer < point)
		point = observer;
	/* One for the present may have to wait for a later end of a round. */
	return awaited < point && awaited > clock_now(clock) ? awaited : point;
}

void clock_set_earlier_hook(struct clock *clock, clock_earlier_fn *fn, void *opaque)
{
	clock->earlier = fn;
	clock->earlier_opaque = opaque;
}

void clock_set_error_hook(struct clock *clock, clock_error_fn *fn, void *opaque)
{
	clock->error = fn;
	clock->error_opaque = opaque;
}

void clock_set_host(struct clock *clock, const struct host_clock *host)
{
	clock->host = host;
}

const char *clock_influence_name(enum clock_influence influence)
{
	switch (influence) {
	case CLOCK_ADAPTIVE: return "adaptive";
	case CLOCK_WALL: return "wall";
	case CLOCK_THREADS: return "threads";
	default: return "input";
	}
}

void clock_note_influence(struct clock *clock, enum clock_influence influence)
{
	atomic_fetch_or(&clock->influences, influence);
}

unsigned clock_influences(const struct clock *clock)
{
	return atomic_load(&clock->influences);
}

void clock_update_deadline(struct clock *clock, bool observing)
{
	const struct timer *first = timer_heap_first(observing ? &clock->observers : &clock->heap);

	atomic_store_explicit(observing ? &clock->observer_deadline : &clock->deadline,
			      first ? first->expiry : CLOCK_NO_DEADLINE, memory_order_release);
}

void clock_set_base(struct clock *clock, int64_t base)
{
	assert(base >= atomic_load_explicit(&clock->base, memory_order_relaxed));
	seqlock_store(&clock->base, base);
	clock->firings = 0;
}

void clock_execute(struct clock *clock, int64_t base)
{
	clock->executed += base - clock_now(clock);
	seqlock_write_begin(&clock->seqlock);
	clock_set_base(clock, base);
	seqlock_write_end(&clock->seqlock);
}

/* Moves the base towards `now`, as far as the first timer; returns that if it is due. Lock held. */
static struct timer *clock_step(struct clock *clock, int64_t now)
{
	struct timer *first = timer_heap_first(&clock->heap);
	int64_t base = clock_now(clock), to = first && first->expiry < now ? first->expiry : now;

	if (to > base) {
		clock_execute(clock, to);
		base = to;
	}
	if (!first || first->expiry > base)
		return NULL;
	assert(first->late || first->expiry == base);
	ledger_close(clock);
	return first;
}

/* A timer is armed again and again for the instant at which it fires. */
static bool clock_report_stuck(struct clock *clock, const struct timer *timer)
{
	int64_t now = timer->expiry < clock_now(clock) ? clock_now(clock) : timer->expiry;
	struct err err;

	err_set(&err, "timers fire for ever at %" PRId64 " ns: %" PRId64 " times so far, the next is \"%s\" of %s",
		now, clock->max_firings, timer->name, timer_list_owner(timer->list));
	if (clock->error)
		clock->error(clock->error_opaque, err.text);
	return false;
}

bool clock_advance(struct clock *clock, int64_t now)
{
	struct timer_firing firing;
	struct timer *timer;
	bool stuck;

	if (now == INT64_MAX)
		now--; /* the end of time is never reached */
	for (;;) {
		clock_lock(clock);
		assert(!clock->in_wait);
		timer = clock_step(clock, now);
		stuck = timer && ++clock->firings > clock->max_firings;
		if (stuck)
			clock->firings = 0;
		else if (timer)
			timer_take(timer, &firing);
		clock_unlock(clock);
		if (!timer)
			return true;
		if (stuck)
			return clock_report_stuck(clock, timer);
		timer_fire(&firing);
	}
}

bool clock_observe(struct clock *clock, int64_t now)
{
	struct timer_firing firing;
	struct timer *timer;

	for (int64_t firings = 0;; firings++) {
		clock_lock(clock);
		timer = timer_heap_first(&clock->observers);
		if (timer && timer->expiry > now)
			timer = NULL;
		if (timer && firings < clock->max_firings)
			timer_take(timer, &firing);
		clock_unlock(clock);
		if (!timer)
			return true;
		if (firings >= clock->max_firings)
			return clock_report_stuck(clock, timer);
		timer_fire(&firing);
	}
}

static int64_t clock_read_counter(const void *opaque)
{
	return atomic_load_explicit((const _Atomic int64_t *)opaque, memory_order_relaxed);
}

static int64_t clock_read_behind(const void *opaque)
{
	return warp_pacing((struct clock *)opaque).worst;
}

static int64_t clock_read_slips(const void *opaque)
{
	return warp_pacing((struct clock *)opaque).slips;
}

static int64_t clock_read_waited(const void *opaque)
{
	return warp_pacing((struct clock *)opaque).waited;
}

void clock_add_stats(struct clock *clock, struct stats *stats)
{
	struct clock_counts *counts = &clock->counts;

	stats_add(stats, "events", "timers armed or moved", clock_read_counter, &counts->armed, "timers.armed");
	stats_add(stats, "events", "timers fired", clock_read_counter, &counts->fired, "timers.fired");
	stats_add(stats, "events", "timers cancelled", clock_read_counter, &counts->cancelled, "timers.cancelled");
	stats_add(stats, "events", "timers armed with an expiry in the past",
		  clock_read_counter, &counts->late, "timers.late");
	ledger_add_stats(clock, stats);
	stats_add(stats, "host ns", "worst lag behind the host's time", clock_read_behind, clock, "pace.worst");
	stats_add(stats, "events", "lags behind the host's time given up", clock_read_slips, clock, "pace.slips");
	stats_add(stats, "host ns", "held back because ahead of the host's time",
		  clock_read_waited, clock, "pace.waited");
}
