/* The clock from inside: what the files of sim/time (and their stress test) share. */
#ifndef WARPCORE_TIME_CLOCK_STATE_H
#define WARPCORE_TIME_CLOCK_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "sim/time/clock.h"
#include "sim/time/host_clock.h"
#include "sim/time/invariant.h"
#include "sim/time/ledger.h"
#include "sim/time/names.h"
#include "sim/time/pacing.h"
#include "sim/time/seqlock.h"
#include "sim/time/timer.h"
#include "sim/time/timer_heap.h"
#include "sim/time/timer_hook.h"
#include "sim/time/warp.h"

struct timer_list {
	struct clock *clock;
	struct timer_list *next; /* of the clock's lists */
	unsigned owner;          /* in the clock's names */
	bool observing;          /* its timers are in the heap of the observers */
};

/* Written with the clock's lock held, so that the totals are consistent; atomic for those who only look. */
struct ledger {
	struct ledger_entry *ring;
	unsigned length;
	uint64_t last;  /* sequence of the last entry */
	uint64_t first; /* of the oldest in the ring */
	_Atomic int64_t count, ns, longest, partial, early, needless, rearmed, notifies, slept, interventions;
	int64_t reason_count[WARP_REASONS], reason_ns[WARP_REASONS];
	struct ledger_owner { int64_t count, ns; } *owners; /* by number in the clock's names */
	unsigned owners_room;
	bool open;            /* the last entry ended where somebody looked: the warp may go on from there */
	int64_t open_longest; /* `longest` without it */
	FILE *stream;
	char *stream_path;
	int stream_error; /* errno of the first write that failed, or 0 */
	ledger_listener_fn *listener;
	void *listener_opaque;
};

struct idle_core {
	bool idle;
	int64_t since;            /* its own time when it went idle */
	int64_t ns[WARP_REASONS]; /* idle so far */
};

/* Who set a deadline, or ended a warp. */
struct clock_source {
	enum ledger_end end;
	unsigned owner; /* in the clock's names */
	const char *name;
};

/* Names that are there from the start, for what is no timer's doing. */
enum clock_owner { CLOCK_OWNER_RUN, CLOCK_OWNER_OUTSIDE };

#define WARP_NONE (-1) /* value of warp_start: no warp in progress */

struct clock {
	/* Behind the seqlock: read by any thread, written with the lock held. */
	struct seqlock seqlock;
	_Atomic int64_t base;          /* virtual ns */
	_Atomic int64_t warp_start;    /* host time at which `base` was or will be on pace, or WARP_NONE */
	_Atomic int64_t warp_deadline; /* virtual ns: the warp in progress credits no more */

	/* Read by any thread, each for itself. */
	_Atomic int64_t deadline;   /* of the heap's first timer */
	_Atomic int64_t observer_deadline; /* of the observers' */
	_Atomic int64_t awaited;    /* virtual time of an input that will come, or CLOCK_NO_DEADLINE */
	_Atomic int64_t warp_timer; /* host time of its expiry; HOST_CLOCK_FOREVER: inactive */
	_Atomic int runners;        /* cores that are not idle, and the driving thread outside of warp_wait */
	_Atomic bool waiting;       /* the driving thread sleeps on `changed` */
	_Atomic int beginners;      /* threads that owe a warp_begin: counted up with the lock held, down without */
	_Atomic unsigned hook_events; /* mask of the events that some hook wants */
	_Atomic unsigned influences;
	_Atomic bool realtime;      /* warps walk: by the policy, or because somebody outside is expected to speak */

	/* All that follows is guarded by the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct host_clock *host;
	struct names names;

	struct timer_list *lists;
	struct timer_heap heap, observers;
	uint64_t sequence, observer_sequence; /* of the last arming */
	int64_t firings;   /* at the present instant */
	int64_t executed;  /* ns of the base that cores executed; the ledger has the others */
	int64_t max_firings;
	struct clock_counts { _Atomic int64_t armed, fired, cancelled, late; } counts;
	struct timer_hook **hooks;
	unsigned nhooks;

	struct idle_core cores[CLOCK_MAX_CORES];
	uint8_t reasons[CLOCK_MAX_CORES];    /* as an entry of the ledger has them */
	unsigned reason_cores[WARP_REASONS]; /* cores idle for each */
	unsigned ncores, nidle;

	bool policy_realtime;
	unsigned expecting; /* warp_expect_begin less warp_expect_end */
	struct clock_source warp_source; /* of warp_deadline */
	int64_t limit;
	struct pacing pacing;
	int64_t paced; /* virtual time of the last look of warp_pace */
	bool in_wait, kicked, input;
	bool told; /* the sleeping driving thread was woken, and has not come yet */
	struct ledger ledger;

	timer_listener_fn *fired;
	void *fired_opaque;
	clock_earlier_fn *earlier;
	void *earlier_opaque;
	clock_error_fn *error;
	void *error_opaque;
};

/* Adds to a counter that only holders of the lock write: no locked instruction. */
static inline void clock_count(_Atomic int64_t *counter, int64_t amount)
{
	int64_t value = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, value + amount, memory_order_relaxed);
}

static inline void clock_lock(struct clock *clock)
{
	pthread_mutex_lock(&clock->lock);
}

static inline void clock_unlock(struct clock *clock)
{
	if (WARPCORE_DEBUG)
		invariant_assert(clock);
	pthread_mutex_unlock(&clock->lock);
}

/* The words behind the seqlock, as they stood at one moment. */
struct clock_words {
	int64_t base, warp_start, warp_deadline;
};
void clock_read(const struct clock *clock, struct clock_words *words);

/* clock.c: moves the base, inside a write section of the caller. */
void clock_set_base(struct clock *clock, int64_t base);
/* clock.c: the same for time that cores have executed, with a write section of its own. Lock held. */
void clock_execute(struct clock *clock, int64_t base);
/* clock.c: after a change of a heap, the observers' or the other. Lock held. */
void clock_update_deadline(struct clock *clock, bool observing);
static inline int64_t clock_awaited(const struct clock *clock)
{
	return atomic_load_explicit(&clock->awaited, memory_order_acquire);
}
/* clock.c: where the run is to end, somebody wants to look or an input will come: no warp goes past it. Lock held. */
int64_t clock_stop_point(const struct clock *clock);

/* A timer that was taken out of the heap to be fired. */
struct timer_firing {
	struct timer *timer;
	int64_t expiry;
	bool delayed; /* by a hook, once already */
};
/* timer.c: takes a pending timer out. Lock held. */
void timer_take(struct timer *timer, struct timer_firing *firing);
/* timer.c: calls it, or does what a hook wants instead. No lock held. */
void timer_fire(const struct timer_firing *firing);

/* timer_hook.c: what the hooks make of it. No lock held. */
enum timer_action timer_hook_ask(struct clock *clock, struct timer_request *request);
static inline bool clock_hook_wanted(const struct clock *clock, enum timer_event event)
{
	return atomic_load_explicit(&clock->hook_events, memory_order_relaxed) >> event & 1;
}

/* warp.c: ends the warp in progress; `source` says why it ends where it does, if not on a deadline. Lock held. */
bool warp_end_locked(struct clock *clock, struct clock_source source);
/* warp.c: wakes the driving thread if it sleeps. Lock held. */
void warp_signal(struct clock *clock);
/* warp.c: what was changed asks for a warp_begin, which the caller does by warp_pay_begin, soon. Lock held. */
void warp_owe_begin(struct clock *clock);
/* warp.c: no lock held. */
void warp_pay_begin(struct clock *clock);

/* ledger.c. Lock held. */
void ledger_init(struct ledger *ledger);
/* owners[owner] is there. */
void ledger_make_room(struct ledger *ledger, unsigned owner);
void ledger_fini(struct ledger *ledger);
void ledger_add_warp(struct clock *clock, int64_t from, int64_t to, struct clock_source source);
/* The last warp does not go on where a run ended or somebody looked. */
void ledger_close(struct clock *clock);
/* It was this that ended it. */
void ledger_close_as(struct clock *clock, struct clock_source source);
void ledger_add_hook(struct clock *clock, const struct timer_request *request, enum timer_action action, int64_t to);
void ledger_add_stats(struct clock *clock, struct stats *stats);

#endif
