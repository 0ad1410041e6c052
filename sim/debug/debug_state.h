/*
 * What the files of the breakpoint engine share (sim/debug/debug.h). They are one unit: the engine enables a
 * breakpoint by its kind's file, and a kind reports its hits to the engine.
 */
#ifndef WARPCORE_DEBUG_DEBUG_STATE_H
#define WARPCORE_DEBUG_DEBUG_STATE_H

#include <pthread.h>

#include "sim/debug/debug.h"
#include "sim/machine/machine_state.h"
#include "sim/time/timer_hook.h"

#define DEBUG_PC_BUCKETS 1024

struct debug_break {
	struct debug *debug;
	struct debug_spec spec; /* owner and name are copies */
	debug_hit_fn *fn;
	void *opaque;
	unsigned number;
	bool enabled;
	bool removed; /* it goes when nobody walks the lists any more */
	bool stale;   /* made or switched in a round on threads: to be put into force behind it */
	uint64_t hits;
	struct debug_break *previous, *next; /* all of them */
	struct debug_break *next_alike;      /* DEBUG_PC: in its bucket; else of its kind; in order of making */
	struct timer timer;                  /* DEBUG_TIME */
	struct timer_hook *hook;             /* DEBUG_TIMER, while enabled */
};

struct debug_tracer {
	debug_trace_fn *fn;
	void *opaque;
};

struct debug {
	struct machine *machine;
	pthread_mutex_t lock; /* recursive: over each hook, with the functions it calls, and each call from outside */
	struct debug_break *first, *last;
	struct debug_break *of_kind[DEBUG_KINDS];
	struct debug_break *pc[DEBUG_PC_BUCKETS]; /* by address */
	struct timer_list *timers;
	struct debug_tracer tracer[MACHINE_MAX_CORES];
	unsigned last_number;
	unsigned entered;        /* calls under the lock, one in the other: the lists may be walked in each */
	bool some_removed, some_stale;
	bool wants_warps;        /* a DEBUG_WARP is enabled */
	uint64_t last_warp;      /* the ledger's entries up to this one were looked at */
	unsigned stopped_by;     /* number of the breakpoint that stopped the last run; it may be gone */
};

/* debug.c. Counts a hit, asks the function; true: the run stops. The break's members may have changed behind it. */
bool debug_hit(struct debug_break *breakpoint, struct debug_hit *hit);
static inline bool debug_break_wants(const struct debug_break *breakpoint, int core)
{
	return breakpoint->enabled && (breakpoint->spec.core == DEBUG_ANY_CORE || breakpoint->spec.core == core);
}


/* Each kind's part of making, enabling and disabling: debug_pc.c, debug_watch.c, debug_events.c. */
void debug_pc_update(struct debug *debug, uint64_t ea);
bool debug_pc_reached(void *opaque, struct core *core, uint64_t ea);
void debug_watch_update(struct debug *debug, const struct debug_break *breakpoint);
void debug_watch_accessed(void *opaque, struct core *core, const struct op *op, const struct core_access *access);
void debug_watch_stored(void *opaque, int core, uint64_t pa, unsigned size);
void debug_events_update(struct debug_break *breakpoint);
void debug_events_init(struct debug_break *breakpoint);
void debug_events_warped(void *opaque);
void debug_events_irq(void *opaque, unsigned core, unsigned source, int64_t when);
void debug_events_region(void *opaque, int core, const char *name, bool begins, int64_t when);

static inline struct debug_break **debug_pc_bucket(struct debug *debug, uint64_t address)
{
	return &debug->pc[address / 4 % DEBUG_PC_BUCKETS];
}

#endif
