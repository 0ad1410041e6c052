/*
 * The virtual clock of a machine (VIRTUAL_TIME.md, 1 to 4). Times are virtual
 * ns since reset, 0..2^63-2. What happens while all cores are idle is in
 * sim/time/warp.h.
 *
 * Clock, timers, their hooks, warp and ledger are one unit: they share one lock and one seqlock, since a timer that is
 * armed, a warp that ends and its entry in the ledger must be one step to every reader.
 *
 * Threads: one thread at a time drives a clock (clock_advance, warp_wait);
 * clock_now and clock_deadline are for any thread and never block.
 */
#ifndef WARPCORE_TIME_CLOCK_H
#define WARPCORE_TIME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/state.h"
#include "sim/stat/stats.h"
#include "sim/time/host_clock.h"

struct clock;

#define CLOCK_NO_DEADLINE INT64_MAX
#define CLOCK_MAX_CORES 32
/* Firings at one instant after which clock_advance gives up. */
#define CLOCK_MAX_FIRINGS 1000000

struct clock *clock_create(void);
/* Lists that are left are destroyed with it. */
void clock_destroy(struct clock *clock);

/* Virtual ns since reset, as of the last round end or warp. Any thread. */
int64_t clock_now(const struct clock *clock);
/* The earliest expiry over all lists, or CLOCK_NO_DEADLINE. Any thread. */
int64_t clock_deadline(const struct clock *clock);

/*
 * Moves the clock forward to `now` (never back) and fires what is due, in
 * order, each at its own expiry. False: timers fire for ever at one instant;
 * the error hook got a text that names one. Driving thread only.
 */
bool clock_advance(struct clock *clock, int64_t now);

/* The earliest expiry of the observers' timers (timer_list_create_observing), or CLOCK_NO_DEADLINE. */
int64_t clock_observer_deadline(const struct clock *clock);
/*
 * Fires those that are due at `now`, in order, each at its own expiry; the clock stays where it is. False: as
 * clock_advance. Driving thread only.
 */
bool clock_observe(struct clock *clock, int64_t now);

/*
 * Called when a timer becomes the next one to fire, with its expiry: the
 * machine shortens the running core's slice. May be called from any thread,
 * without a lock held. `observing`: it is one of the observers' timers.
 */
typedef void clock_earlier_fn(void *opaque, int64_t deadline, bool observing);
void clock_set_earlier_hook(struct clock *clock, clock_earlier_fn *fn, void *opaque);

/* Called by clock_advance on the driving thread: the run must end with an error. */
typedef void clock_error_fn(void *opaque, const char *text);
void clock_set_error_hook(struct clock *clock, clock_error_fn *fn, void *opaque);

/* Before the first use; `host` must outlive the clock. */
void clock_set_host(struct clock *clock, const struct host_clock *host);

/* What of the host had a say in this run: it need not come out the same again. */
enum clock_influence {
	CLOCK_ADAPTIVE = 1, /* the rate adapts to the host */
	CLOCK_WALL = 2,     /* a limit in host time was reached */
	CLOCK_THREADS = 4,  /* cores on threads of their own */
	CLOCK_INPUT = 8,    /* external input, not replayed */
};
/* "adaptive", "wall", "threads", "input"; each is one of the lowest CLOCK_INFLUENCES bits. */
#define CLOCK_INFLUENCES 4
const char *clock_influence_name(enum clock_influence influence);
/* Any thread. */
void clock_note_influence(struct clock *clock, enum clock_influence influence);
unsigned clock_influences(const struct clock *clock);

/* Registers the counters "timers.*", "warp.*" and "pace.*". */
void clock_add_stats(struct clock *clock, struct stats *stats);

/* The present, who is idle, and the totals of the ledger; its entries are forgotten by a restore. Between runs. */
void clock_visit_state(struct clock *clock, struct state_visitor *visitor);

#endif
