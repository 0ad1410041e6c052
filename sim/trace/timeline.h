/*
 * What each core did when: the last events of a machine, for exporters
 * (sim/trace/perfetto.h). It records from its creation on; nothing of it is
 * seen by the guest.
 *
 * Threads: recorded from whichever thread drives or runs the cores; read while
 * the machine stands, or by the sink.
 */
#ifndef WARPCORE_TRACE_TIMELINE_H
#define WARPCORE_TRACE_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/machine_state.h"

enum timeline_kind {
	TIMELINE_STATE, /* core `core` is in `state` (enum core_state) from `from` on */
	TIMELINE_WARP,  /* all cores idle, from `from` to `to`; owner and name: what ended it */
	TIMELINE_FIRED, /* a timer, at `from` */
	TIMELINE_REGION, /* a passage of the region of interest `name`, from `from` to `to` */
	TIMELINE_HOST,  /* the host's clock stood at `to` (ns) when virtual time was `from` */
};

struct timeline_event {
	uint8_t kind, core, state;
	int64_t from, to;         /* virtual ns */
	const char *owner, *name; /* owned by the machine */
};

struct timeline;

#define TIMELINE_LENGTH 65536

/* Begins to record the last `length` (> 0) events. One for each machine; destroy it first. */
struct timeline *timeline_create(struct machine *machine, unsigned length);
void timeline_destroy(struct timeline *timeline);
struct machine *timeline_machine(const struct timeline *timeline);

/* Each event still there, oldest first. */
typedef void timeline_fn(void *opaque, const struct timeline_event *event);
void timeline_visit(const struct timeline *timeline, timeline_fn *fn, void *opaque);
/* Events that are no longer there. */
uint64_t timeline_lost(const struct timeline *timeline);

/* Gets each event from now on, at once; NULL: nobody. */
void timeline_set_sink(struct timeline *timeline, timeline_fn *fn, void *opaque);
/* Also records the host's clock, once in so many events. */
void timeline_set_host(struct timeline *timeline, bool on);

#endif
