/*
 * Hooks on the guest's own timers: on arm, cancel and fire of those whose
 * owner and name match, to observe, delay or drop. What a hook changed stands
 * in the ledger.
 *
 * A hook runs on the thread that arms, cancels or fires, without a lock held.
 * It may arm and cancel other timers; doing so to the same one asks it again.
 *
 * Threads: added and removed on the driving thread or while the machine stands.
 */
#ifndef WARPCORE_TIME_TIMER_HOOK_H
#define WARPCORE_TIME_TIMER_HOOK_H

#include <stdint.h>

#include "sim/time/timer.h"

enum timer_event { TIMER_ARM, TIMER_CANCEL, TIMER_FIRE, TIMER_EVENTS };

enum timer_action {
	TIMER_PASS,
	/*
	 * By request->delay ns (> 0). A cancel that comes later than the expiry is
	 * none; an earlier one is done at once: nobody can tell the difference.
	 */
	TIMER_DELAY,
	/* An arm or cancel is not done: the timer stays as it was. A firing is lost. */
	TIMER_DROP,
};

struct timer_request {
	enum timer_event event;
	struct timer *timer;
	const char *owner, *name;
	int64_t now;    /* the clock's, not the arming core's */
	int64_t expiry; /* the one asked for; of the pending timer; that fires */
	int64_t delay;  /* set it for TIMER_DELAY */
};

typedef enum timer_action timer_hook_fn(void *opaque, struct timer_request *request);

struct timer_hook;

/*
 * Patterns with * and ? as in file names (but * matches '/'), copied; NULL is
 * everything. `events` is a mask of 1 << enum timer_event. Hooks are asked in
 * order of addition until one does not pass.
 */
struct timer_hook *timer_hook_add(struct clock *clock, const char *owner, const char *name, unsigned events,
				  timer_hook_fn *fn, void *opaque);
void timer_hook_remove(struct clock *clock, struct timer_hook *hook);

/* "arm", "cancel", "fire"; "pass", "delay", "drop". */
const char *timer_event_name(enum timer_event event);
const char *timer_action_name(enum timer_action action);

#endif
