/*
 * Idle time (VIRTUAL_TIME.md, 3 and 4): when every core is idle, virtual time
 * jumps (idle=warp) or walks (idle=realtime) to the next timer.
 *
 * Who calls what, when:
 *
 *   machine is built   warp_add_core() for each core, in order: it starts idle.
 *                      clock_set_error_hook, clock_set_earlier_hook, clock_add_stats.
 *   a core's state     warp_core_idle(reason, its core time) and warp_core_wake(when),
 *   changes            from whichever thread changes it (core_platform.state_changed).
 *                      The core starts at the time that warp_core_wake returns.
 *   a run begins       warp_set_limit(until), warp_restart_pace().
 *   each round's end   clock_advance(horizon), then input_deliver() (sim/input/input.h),
 *                      and warp_pace() where cores are held to the host's time (align).
 *   no core can run    warp_wait(), in place of a round; on
 *                        WARP_TIMER     clock_advance(clock_now()): fires it
 *                        WARP_INPUT     input_deliver()
 *                        WARP_RUN       the next round
 *                        WARP_LIMIT     the run ends: time reached
 *                        WARP_KICKED    look at the stop flags
 *                        WARP_TIMEOUT   the run ends: host time reached
 *                        WARP_DEADLOCK  the run ends: nothing can ever happen
 *   stop from outside  warp_kick(), beside stopping the cores.
 *   other threads      input_post(); timer_arm_after, timer_arm, timer_cancel;
 *                      warp_core_wake. Each ends the warp in progress first.
 *
 * The driving thread counts as one more runner whenever it is not in
 * warp_wait: while it fires timers nobody can start a warp, so that a callback
 * may arm its timer anew before it wakes its core. With a thread per core, the
 * driving thread is the one that ends the round: the last at the barrier, that
 * is, the one whose core went idle last. The role may change hands between
 * calls, in any way that orders them (a barrier does).
 *
 * The driving thread is also the one that the warp timer wakes: it sleeps on a
 * condition variable until the timer's host time.
 */
#ifndef WARPCORE_TIME_WARP_H
#define WARPCORE_TIME_WARP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/time/clock.h"
#include "sim/time/ledger.h"
#include "sim/time/pacing.h"

enum warp_policy {
	WARP_JUMP,     /* idle=warp */
	WARP_REALTIME, /* idle=realtime */
};

/* Between runs. The default is WARP_JUMP, speed 1/1. */
void warp_set_policy(struct clock *clock, enum warp_policy policy);
/*
 * From begin to end somebody outside is expected to speak (a connection to the
 * host's network is open): idle time then passes at the host's pace, as with
 * WARP_REALTIME, whichever the policy, and without any timer it waits for him.
 * The pace counts from the begin. Any number may be expected; any thread.
 */
void warp_expect_begin(struct clock *clock);
void warp_expect_end(struct clock *clock);
/* Virtual ns per host ns, for WARP_REALTIME and warp_pace. */
bool warp_set_speed(struct clock *clock, int64_t numerator, int64_t denominator, struct err *err);
/*
 * No warp goes past this virtual time (CLOCK_NO_DEADLINE: none). It is no timer: without one there is no warp. The warp
 * goes on from there in the next run, and is one in the ledger.
 */
void warp_set_limit(struct clock *clock, int64_t limit);
/* Forgets how far behind or ahead of the host virtual time is: at the begin of a run. */
void warp_restart_pace(struct clock *clock);

/* Registers the next core, idle as WARP_PARKED since now; returns its number. At most CLOCK_MAX_CORES. */
unsigned warp_add_core(struct clock *clock);
/* The core went idle at its own time `when`, or is idle for another reason. Any thread. */
void warp_core_idle(struct clock *clock, unsigned core, enum warp_reason reason, int64_t when);
#define WARP_PRESENT INT64_MIN
/*
 * The core runs again: ends the warp in progress and marks the core, in one
 * step. `when` is the waker's time, or WARP_PRESENT for a thread that has none.
 * Returns where the core's own time goes on: not before it went idle. Any thread.
 */
int64_t warp_core_wake(struct clock *clock, unsigned core, int64_t when);
bool warp_all_idle(const struct clock *clock);
/* Virtual ns that a core was idle for a reason, up to its last wake-up. */
int64_t warp_idle_ns(struct clock *clock, unsigned core, enum warp_reason reason);

enum warp_end {
	WARP_NOTHING, /* not returned */
	WARP_KICKED,
	WARP_TIMER,
	WARP_INPUT,
	WARP_RUN,
	WARP_LIMIT,
	WARP_DEADLOCK,
	WARP_TIMEOUT,
};

struct warp_wait {
	bool for_input;     /* with nothing to wait for, wait for an input instead of WARP_DEADLOCK */
	int64_t host_until; /* host_clock time for WARP_TIMEOUT, or HOST_CLOCK_FOREVER */
};

/*
 * Warps, and waits, until there is something to do. First the clock is brought
 * up to where the last core went idle. Driving thread only.
 */
enum warp_end warp_wait(struct clock *clock, const struct warp_wait *how);
/* No timer, look or input is to come: who stands still now does so for ever. Driving thread only. */
bool warp_is_last(struct clock *clock, const struct warp_wait *how);

/*
 * Holds running cores to the host's time: waits when virtual time is ahead by
 * more than `tolerance` host ns. Cheap to call each round. Returns WARP_RUN, or
 * what cut the waiting short: WARP_KICKED, WARP_INPUT. Driving thread only.
 */
enum warp_end warp_pace(struct clock *clock, int64_t tolerance);
/* A copy of the pacing's figures. Any thread. */
struct pacing warp_pacing(struct clock *clock);

/*
 * The driving thread returns once with WARP_KICKED from warp_wait or warp_pace,
 * now or when it next gets there. Any thread.
 */
void warp_kick(struct clock *clock);
/* The same with WARP_INPUT, for an external input of that name: it ends the warp in progress. Any thread. */
void warp_input(struct clock *clock, const char *name);
/*
 * An input will come at that virtual time, of a replay (CLOCK_NO_DEADLINE: none): no warp goes past it, and without any
 * timer the clock goes there. Rounds end there by themselves, as they did when it was recorded. Driving thread.
 */
void warp_await(struct clock *clock, int64_t when);
/* It is delivered now: in the ledger it ended the warp, as warp_input does. */
void warp_note_input(struct clock *clock, const char *name);

/*
 * clock_now, and the part of a realtime warp that has passed so far: for a
 * display. It never goes back. Any thread; may wait for the clock's lock.
 */
int64_t warp_present(struct clock *clock);

/*
 * The protocol itself, for those above and for its stress test. Any thread.
 * warp_begin is called where a warp may have to start: a core went idle, a timer
 * became the first while all cores are idle (clock_state.h: by one who owes it, or by the driving thread).
 * warp_account ends the warp in progress and credits what has passed of it.
 */
void warp_begin(struct clock *clock);
void warp_account(struct clock *clock);

#endif
