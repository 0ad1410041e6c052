/* Breakpoints on interrupts, points in time, guest timers and warps. */
#include <fnmatch.h>
#include <string.h>

#include "sim/debug/debug_state.h"
#include "sim/time/ledger.h"

/* ---- Points in time ---- */

static void debug_events_time(void *opaque, int64_t now)
{
	struct debug_break *b = opaque;
	struct debug_hit hit = { .core = -1, .time = now };
	struct debug *debug = b->debug;

	debug_enter(debug);
	debug_hit(b, &hit);
	debug_leave(debug);
}

static void debug_events_update_time(struct debug_break *b)
{
	if (!b->enabled)
		timer_cancel(&b->timer);
	else if (!b->hits)
		timer_arm(&b->timer, b->spec.time);
}

/* ---- Guest timers ---- */

static int debug_events_core_of(const struct debug *debug, const char *owner)
{
	for (unsigned i = 0; i < debug->machine->ncores; i++)
		if (!strcmp(debug->machine->cores[i]->path, owner))
			return (int)i;
	return -1;
}

static enum timer_action debug_events_fire(void *opaque, struct timer_request *request)
{
	struct debug_break *b = opaque;
	struct debug *debug = b->debug;
	int core = debug_events_core_of(debug, request->owner);
	struct debug_hit hit = {
		.core = core, .time = request->expiry, .owner = request->owner, .name = request->name,
	};

	debug_enter(debug);
	if (debug_break_wants(b, core))
		debug_hit(b, &hit);
	debug_leave(debug);
	return TIMER_PASS;
}

static void debug_events_update_timer(struct debug_break *b)
{
	struct clock *clock = b->debug->machine->clock;

	if (b->enabled && !b->hook)
		b->hook = timer_hook_add(clock, b->spec.owner, b->spec.name, 1u << TIMER_FIRE, debug_events_fire, b);
	if (!b->enabled && b->hook) {
		timer_hook_remove(clock, b->hook);
		b->hook = NULL;
	}
}

/* ---- Warps ---- */

static void debug_events_warp(struct debug *debug, const struct ledger_entry *entry)
{
	unsigned last = debug->last_number;
	struct debug_break *b = debug->of_kind[DEBUG_WARP];

	for (; b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = {
			.core = -1, .time = entry->to, .from = entry->from, .to = entry->to,
			.owner = entry->owner, .name = entry->name,
		};

		if (b->enabled && entry->to - entry->from >= b->spec.time)
			debug_hit(b, &hit);
	}
}

/* machine_debugger.warped: what the ledger has got since the last look. */
void debug_events_warped(void *opaque)
{
	struct debug *debug = opaque;
	struct clock *clock = debug->machine->clock;
	uint64_t last = ledger_last_closed(clock);
	struct ledger_entry entry;

	if (!debug->wants_warps)
		return;
	debug_enter(debug);
	while (debug->last_warp < last)
		if (ledger_read(clock, ++debug->last_warp, &entry) && entry.end != LEDGER_HOOK)
			debug_events_warp(debug, &entry);
	debug_leave(debug);
}

static void debug_events_update_warp(struct debug *debug)
{
	bool any = false;

	for (const struct debug_break *b = debug->of_kind[DEBUG_WARP]; b; b = b->next_alike)
		any |= b->enabled;
	if (any && !debug->wants_warps)
		debug->last_warp = ledger_last_closed(debug->machine->clock);
	debug->wants_warps = any;
}

/* ---- Interrupts ---- */

void debug_events_irq(void *opaque, unsigned core, unsigned source, int64_t when)
{
	struct debug *debug = opaque;
	struct debug_break *b;
	unsigned last;

	debug_enter(debug);
	last = debug->last_number;
	b = debug->of_kind[DEBUG_IRQ];
	for (; b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = { .core = (int)core, .time = when };

		if (b->spec.irq == source && debug_break_wants(b, (int)core))
			debug_hit(b, &hit);
	}
	debug_leave(debug);
}

/* ---- Regions of interest ---- */

static bool debug_events_wants_region(const struct debug_break *b, int core, const char *name, bool begins)
{
	return debug_break_wants(b, core) && (!b->spec.name || !fnmatch(b->spec.name, name, 0)) &&
	       (b->spec.edge == DEBUG_EITHER || (b->spec.edge == DEBUG_BEGINS) == begins);
}

/* machine_debugger.region */
void debug_events_region(void *opaque, int core, const char *name, bool begins, int64_t when)
{
	struct debug *debug = opaque;
	struct debug_break *b;
	unsigned last;

	debug_enter(debug);
	last = debug->last_number;
	b = debug->of_kind[DEBUG_REGION];
	for (; b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = { .core = core, .time = when, .name = name, .begins = begins };

		if (debug_events_wants_region(b, core, name, begins))
			debug_hit(b, &hit);
	}
	debug_leave(debug);
}

/* ---- All of them ---- */

void debug_events_init(struct debug_break *b)
{
	if (b->spec.kind == DEBUG_TIME)
		timer_init(&b->timer, b->debug->timers, "time", debug_events_time, b);
}

void debug_events_update(struct debug_break *b)
{
	switch (b->spec.kind) {
	case DEBUG_TIME:
		debug_events_update_time(b);
		break;
	case DEBUG_TIMER:
		debug_events_update_timer(b);
		break;
	case DEBUG_WARP:
		debug_events_update_warp(b->debug);
		break;
	default:
		break;
	}
}
