/*
 * Virtual timers (VIRTUAL_TIME.md, 1 and 4).
 *
 * A timer belongs to a list, a list to an owner (a core, a device, a script),
 * and all lists of a machine to its clock. Timers fire in the total order
 * (expiry, arming sequence). Times are virtual ns since reset.
 *
 * Threads: arm, cancel and the queries may be called from any thread, from a
 * callback, and while all cores are idle; from outside the cores they are an
 * external input, which ends a warp first. Callbacks run on the thread that
 * drives the clock, one at a time, without a lock held. A cancel from another
 * thread does not wait for a callback that is running; a timer or a list may
 * therefore go away only on the driving thread, or while the machine stands.
 */
#ifndef WARPCORE_TIME_TIMER_H
#define WARPCORE_TIME_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/state.h"

struct clock;
struct timer;
struct timer_list;

/* An expiry that never comes: the end of virtual time. The timer is pending, but there is no deadline. */
#define TIMER_NEVER INT64_MAX

/* `now` is the expiry that was armed, even when the round could only order it later. */
typedef void timer_fn(void *opaque, int64_t now);

/* Embed it in its owner. All fields belong to sim/time. */
struct timer {
	struct timer_list *list;
	const char *name; /* "decrementer", "fit": owned by the clock */
	timer_fn *fn;
	void *opaque;
	int64_t expiry;
	uint64_t sequence;                /* of its arming, over all timers */
	uint64_t armed, fired, cancelled; /* counts */
	unsigned slot;                    /* its place in the heap + 1; 0: not pending */
	bool late;                        /* armed with an expiry in the past */
	bool delayed;                     /* a hook delayed its firing: not asked again */
};

/* `owner`: device-tree path or a name ("script"), copied. */
struct timer_list *timer_list_create(struct clock *clock, const char *owner);
/*
 * The same for timers of one who only looks (VIRTUAL_TIME.md, 2.6): they are in no deadline and in no count, no hook is
 * asked, and arming one ends no warp. They fire by clock_observe. Driving thread only.
 */
struct timer_list *timer_list_create_observing(struct clock *clock, const char *owner);
/* Cancels what is still pending. Driving thread only. */
void timer_list_destroy(struct timer_list *list);
const char *timer_list_owner(const struct timer_list *list);
/* Its pending timers in firing order: at most `room` into `timers` (may be NULL with room 0); how many there are. */
size_t timer_list_pending(const struct timer_list *list, struct timer **timers, size_t room);

/* `name` is copied. */
void timer_init(struct timer *timer, struct timer_list *list, const char *name, timer_fn *fn, void *opaque);
/* Arms or moves it. An expiry in the past fires at once (at the next round end) and is counted. */
void timer_arm(struct timer *timer, int64_t expiry);
/*
 * Arms it `delay` ns from the present, which is past a warp in progress. For other threads. Saturates at TIMER_NEVER.
 */
void timer_arm_after(struct timer *timer, int64_t delay);
/* Arms it, or moves it only if that is earlier. */
void timer_anticipate(struct timer *timer, int64_t expiry);
void timer_cancel(struct timer *timer);
bool timer_pending(const struct timer *timer);
/* The expiry, or -1 when not pending. */
int64_t timer_expiry(const struct timer *timer);

/*
 * When it fires, and in which order with others of the same time; its owner visits it, after the clock
 * (clock_visit_state). Nothing of it is what the guest sees. Between runs.
 */
void timer_visit_state(struct timer *timer, struct state_visitor *visitor);

/* a + b for times; never overflows: TIMER_NEVER, or INT64_MIN. */
int64_t timer_add(int64_t a, int64_t b);

/* Called for each firing, before the timer's own function, on the driving thread. For exporters; NULL: nobody. */
typedef void timer_listener_fn(void *opaque, const struct timer *timer, int64_t expiry);
void timer_set_listener(struct clock *clock, timer_listener_fn *fn, void *opaque);

/* A pending timer, as it was at one moment. */
struct timer_view {
	const char *owner, *name; /* owned by the clock */
	int64_t expiry;
	uint64_t armed, fired, cancelled;
};

/*
 * The pending timers of all lists in firing order: at most `room` into
 * `views` (may be NULL with room 0); returns how many there are.
 */
size_t timer_views(struct clock *clock, struct timer_view *views, size_t room);

#endif
