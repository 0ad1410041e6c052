/*
 * The warp ledger (VIRTUAL_TIME.md, 5): each warp is an entry, and so is each
 * intervention of a timer hook. A ring of the last entries, totals over all of
 * them, and optionally a file.
 *
 * Threads: any; a call copies what it returns.
 */
#ifndef WARPCORE_TIME_LEDGER_H
#define WARPCORE_TIME_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/time/clock.h"
#include "sim/time/timer_hook.h"

/* Why a core is idle. The numbers are those of enum core_state. */
enum warp_reason {
	WARP_RUNNING,
	WARP_PARKED,       /* held in the spin table */
	WARP_WAITING,      /* wait */
	WARP_DOZING,       /* MSR[WE], doze, nap, sleep */
	WARP_LOOPING,      /* a branch to itself */
	WARP_CHECKSTOPPED, /* for good */
	WARP_REASONS
};
/* "running", "parked", "wait", "doze", "loop", "checkstop". */
const char *ledger_reason_name(enum warp_reason reason);

/* What an entry is, or what ended the warp. */
enum ledger_end {
	LEDGER_TIMER, /* it landed on its timer */
	LEDGER_LIMIT, /* the run ended there, or somebody looked; the warp goes on in the next run, as the same entry */
	LEDGER_INPUT, /* an external input ended it early */
	LEDGER_EARLY, /* the host woke before the deadline: a race, harmless */
	LEDGER_HOOK,  /* no warp: a hook delayed or dropped something */
	LEDGER_ENDS
};
const char *ledger_end_name(enum ledger_end end);

struct ledger_entry {
	uint64_t sequence; /* from 1 */
	enum ledger_end end;
	int64_t from, to;        /* virtual ns; a hook's entry: the time asked for, and what it became (-1: dropped) */
	const char *owner, *name; /* of the timer or the input; owned by the clock */
	unsigned cores;
	uint8_t reason[CLOCK_MAX_CORES]; /* enum warp_reason by core */
	enum timer_event event;   /* LEDGER_HOOK only, this and the next */
	enum timer_action action;
};

struct ledger_totals {
	int64_t count, ns, longest; /* of warps */
	int64_t partial;       /* ended by an input */
	int64_t early;         /* ended before the deadline by the host */
	int64_t needless;      /* firings of the warp timer with nothing due */
	int64_t rearmed;       /* the warp timer moved earlier (anticipations) */
	int64_t notifies;      /* the driving thread was told that a timer is due */
	int64_t slept;         /* host ns */
	int64_t interventions; /* of hooks */
};

struct ledger_share {
	const char *name; /* an owner's, or a reason's; owned by the clock */
	int64_t count, ns;
};

#define LEDGER_DEFAULT_LENGTH 1024

/* Entries kept, 1..2^24; those that are there are forgotten, the totals stay. */
bool ledger_set_length(struct clock *clock, unsigned length, struct err *err);
unsigned ledger_length(struct clock *clock);
/*
 * Copies entry number `sequence`. False: not in the ring (any more).
 */
bool ledger_read(struct clock *clock, uint64_t sequence, struct ledger_entry *entry);
/* Number of the last entry; 0: none yet. */
uint64_t ledger_last(struct clock *clock);
/* The same without one that ends at the present for no reason of the guest: a later run may go on with that warp. */
uint64_t ledger_last_closed(struct clock *clock);

void ledger_totals(struct clock *clock, struct ledger_totals *totals);
/* Warps by the owner of the timer or input that ended them: copies at most `room`, returns how many there are. */
size_t ledger_by_owner(struct clock *clock, struct ledger_share *shares, size_t room);
/* Warped core time by the core's reason (count: warps times cores); `shares` has WARP_REASONS elements. */
void ledger_by_reason(struct clock *clock, struct ledger_share *shares);

/*
 * From now on each entry is also a line of the file: comma separated, with a
 * head line, and before that `comment` as a line that begins with #, if it is
 * not NULL. Stopping adds a last such line, which says whether the host had a
 * say in the run (clock_influences); it returns false if something could not be
 * written.
 */
bool ledger_stream(struct clock *clock, const char *path, const char *comment, struct err *err);
bool ledger_stream_stop(struct clock *clock, struct err *err);

/*
 * Called for each entry, under the clock's lock: it must not call back. For exporters. Of a warp that a stop or a look
 * cut it sees each stretch as it comes, all with the one sequence number.
 */
typedef void ledger_listener_fn(void *opaque, const struct ledger_entry *entry);
void ledger_set_listener(struct clock *clock, ledger_listener_fn *fn, void *opaque);

#endif
