#include "sim/debug/debug.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/debug/debug_state.h"
#include "sim/machine/machine.h"

const char *debug_kind_name(enum debug_kind kind)
{
	static const char *const names[DEBUG_KINDS] = { "pc", "read", "write", "irq", "time", "timer", "warp",
						       "region" };

	return names[kind];
}

/* ---- Hits ---- */

bool debug_hit(struct debug_break *breakpoint, struct debug_hit *hit)
{
	struct debug *debug = breakpoint->debug;
	bool stop;

	breakpoint->hits++;
	hit->breakpoint = breakpoint;
	stop = !breakpoint->fn || breakpoint->fn(breakpoint->opaque, hit) == DEBUG_STOP;
	if (stop && machine_stop(debug->machine, MACHINE_BREAK, hit->core, NULL))
		debug->stopped_by = breakpoint->number;
	return stop;
}

/* ---- The lists ---- */

static void debug_append(struct debug_break **list, struct debug_break *breakpoint)
{
	while (*list)
		list = &(*list)->next_alike;
	*list = breakpoint;
}

static void debug_unlink_alike(struct debug_break **list, struct debug_break *breakpoint)
{
	while (*list != breakpoint)
		list = &(*list)->next_alike;
	*list = breakpoint->next_alike;
}

static struct debug_break **debug_list_of(struct debug_break *breakpoint)
{
	struct debug *debug = breakpoint->debug;

	return breakpoint->spec.kind == DEBUG_PC ? debug_pc_bucket(debug, breakpoint->spec.address) :
						   &debug->of_kind[breakpoint->spec.kind];
}

static void debug_link(struct debug_break *breakpoint)
{
	struct debug *debug = breakpoint->debug;

	breakpoint->previous = debug->last;
	if (debug->last)
		debug->last->next = breakpoint;
	else
		debug->first = breakpoint;
	debug->last = breakpoint;
	debug_append(debug_list_of(breakpoint), breakpoint);
}

static void debug_unlink(struct debug_break *breakpoint)
{
	struct debug *debug = breakpoint->debug;

	*(breakpoint->previous ? &breakpoint->previous->next : &debug->first) = breakpoint->next;
	*(breakpoint->next ? &breakpoint->next->previous : &debug->last) = breakpoint->previous;
	debug_unlink_alike(debug_list_of(breakpoint), breakpoint);
}

static void debug_free(struct debug_break *breakpoint)
{
	debug_unlink(breakpoint);
	free((char *)breakpoint->spec.owner);
	free((char *)breakpoint->spec.name);
	free(breakpoint);
}

static void debug_reap(struct debug *debug)
{
	struct debug_break *next;

	for (struct debug_break *breakpoint = debug->first; breakpoint; breakpoint = next) {
		next = breakpoint->next;
		if (breakpoint->removed)
			debug_free(breakpoint);
	}
	debug->some_removed = false;
}

void debug_enter(struct debug *debug)
{
	pthread_mutex_lock(&debug->lock);
	debug->entered++;
}

void debug_leave(struct debug *debug)
{
	if (!--debug->entered && debug->some_removed && !debug->some_stale)
		debug_reap(debug);
	pthread_mutex_unlock(&debug->lock);
}

/* ---- Making and removing ---- */

static bool debug_check_core(const struct debug *debug, const struct debug_spec *spec, struct err *err)
{
	if (spec->core == DEBUG_ANY_CORE)
		return true;
	if (spec->kind == DEBUG_TIME || spec->kind == DEBUG_WARP)
		return err_set(err, "a breakpoint on %s takes no core", debug_kind_name(spec->kind));
	if (spec->core < 0 || spec->core >= (int)debug->machine->ncores)
		return err_set(err, "there is no core %d: the machine has %u", spec->core, debug->machine->ncores);
	return true;
}

static bool debug_check_range(const struct debug_spec *spec, struct err *err)
{
	uint64_t last = spec->physical ? UINT64_MAX : UINT32_MAX;

	if (!spec->length)
		return err_set(err, "a breakpoint on %s needs a length of 1 byte at least",
			       debug_kind_name(spec->kind));
	if (spec->address > last || spec->length - 1 > last - spec->address)
		return err_set(err, "%" PRIu64 " bytes from 0x%" PRIx64 " on reach past the last %s address",
			       spec->length, spec->address, spec->physical ? "physical" : "effective");
	return true;
}

static bool debug_check(const struct debug *debug, const struct debug_spec *spec, struct err *err)
{
	if (!debug_check_core(debug, spec, err))
		return false;
	switch (spec->kind) {
	case DEBUG_PC:
		if (spec->address > UINT32_MAX || spec->address & 3)
			return err_set(err, "0x%" PRIx64 " is no address of an instruction: a multiple of 4 below 2^32",
				       spec->address);
		return true;
	case DEBUG_READ:
	case DEBUG_WRITE:
		return debug_check_range(spec, err);
	case DEBUG_TIME:
	case DEBUG_WARP:
		if (spec->time < 0)
			return err_set(err, "%" PRId64 " ns is no virtual time", spec->time);
		return true;
	default:
		return true;
	}
}

/* Puts what became of a breakpoint into force: now, or where cores run on their threads, behind the round. */
static void debug_update(struct debug_break *breakpoint)
{
	breakpoint->stale = threads_in_round(breakpoint->debug->machine);
	if (breakpoint->stale) {
		breakpoint->debug->some_stale = true;
		return;
	}
	switch (breakpoint->spec.kind) {
	case DEBUG_PC:
		debug_pc_update(breakpoint->debug, breakpoint->spec.address);
		break;
	case DEBUG_READ:
	case DEBUG_WRITE:
		debug_watch_update(breakpoint->debug, breakpoint);
		break;
	default:
		debug_events_update(breakpoint);
	}
}

/* machine_debugger.settle */
static void debug_settle(void *opaque)
{
	struct debug *debug = opaque;

	debug_enter(debug);
	for (struct debug_break *b = debug->first; debug->some_stale && b; b = b->next)
		if (b->stale)
			debug_update(b);
	debug->some_stale = false;
	debug_leave(debug);
}

static char *debug_copy(const char *text)
{
	return text ? allocate_text(text) : NULL;
}

struct debug_break *debug_break_create(struct debug *debug, const struct debug_spec *spec, debug_hit_fn *fn,
				       void *opaque, struct err *err)
{
	struct debug_break *breakpoint;

	if (!debug_check(debug, spec, err))
		return NULL;
	debug_enter(debug);
	breakpoint = allocate_zeroed(1, sizeof *breakpoint);
	breakpoint->debug = debug;
	breakpoint->spec = *spec;
	breakpoint->spec.owner = debug_copy(spec->owner);
	breakpoint->spec.name = debug_copy(spec->name);
	breakpoint->fn = fn;
	breakpoint->opaque = opaque;
	breakpoint->number = ++debug->last_number;
	breakpoint->enabled = true;
	debug_link(breakpoint);
	debug_events_init(breakpoint);
	debug_update(breakpoint);
	debug_leave(debug);
	return breakpoint;
}

void debug_break_enable(struct debug_break *breakpoint, bool enabled)
{
	struct debug *debug = breakpoint->debug;

	debug_enter(debug);
	if (breakpoint->enabled != enabled && !breakpoint->removed) {
		breakpoint->enabled = enabled;
		debug_update(breakpoint);
	}
	debug_leave(debug);
}

void debug_break_remove(struct debug_break *breakpoint)
{
	struct debug *debug = breakpoint->debug;

	debug_enter(debug);
	debug_break_enable(breakpoint, false);
	breakpoint->removed = true;
	debug->some_removed = true;
	debug_leave(debug);
}

bool debug_break_enabled(const struct debug_break *breakpoint)
{
	return breakpoint->enabled;
}

uint64_t debug_break_hits(const struct debug_break *breakpoint)
{
	return breakpoint->hits;
}

const struct debug_spec *debug_break_spec(const struct debug_break *breakpoint)
{
	return &breakpoint->spec;
}

unsigned debug_break_number(const struct debug_break *breakpoint)
{
	return breakpoint->number;
}

struct debug_break *debug_break_next(const struct debug *debug, const struct debug_break *previous)
{
	struct debug_break *breakpoint = previous ? previous->next : debug->first;

	while (breakpoint && breakpoint->removed)
		breakpoint = breakpoint->next;
	return breakpoint;
}

struct debug_break *debug_stopped_by(const struct debug *debug)
{
	for (struct debug_break *b = debug_break_next(debug, NULL); b; b = debug_break_next(debug, b))
		if (b->number == debug->stopped_by)
			return b;
	return NULL;
}

/* ---- Trace ---- */

static bool debug_traced(void *opaque, struct core *core, const struct op *op)
{
	struct debug *debug = opaque;
	struct debug_tracer *tracer = &debug->tracer[core->index];
	bool stop;

	debug_enter(debug);
	stop = tracer->fn && tracer->fn(tracer->opaque, core, op) == DEBUG_STOP;
	if (stop && machine_stop(debug->machine, MACHINE_BREAK, core->index, NULL))
		debug->stopped_by = 0;
	debug_leave(debug);
	return stop;
}

void debug_trace(struct debug *debug, struct core *core, debug_trace_fn *fn, void *opaque)
{
	debug->tracer[core->index] = (struct debug_tracer){ fn, opaque };
	core->tracing = fn != NULL;
}

/* ---- The engine ---- */

struct debug *debug_create(struct machine *machine)
{
	struct debug *debug = allocate_zeroed(1, sizeof *debug);
	pthread_mutexattr_t attributes;

	debug->machine = machine;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&debug->lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	debug->timers = timer_list_create_observing(machine->clock, "breakpoint");
	machine_set_debugger(machine,
			     &(struct machine_debugger){
				     .opaque = debug,
				     .store = debug_watch_stored,
				     .settle = debug_settle,
				     .warped = debug_events_warped,
				     .irq = debug_events_irq,
				     .region = debug_events_region,
			     },
			     &(struct core_observer){ debug, debug_pc_reached, debug_watch_accessed, debug_traced });
	return debug;
}

void debug_destroy(struct debug *debug)
{
	struct debug_break *next;

	if (!debug)
		return;
	debug->entered++; /* nothing is freed but here */
	for (struct debug_break *breakpoint = debug->first; breakpoint; breakpoint = next) {
		next = breakpoint->next;
		debug_break_enable(breakpoint, false);
		debug_free(breakpoint);
	}
	for (unsigned i = 0; i < debug->machine->ncores; i++)
		debug_trace(debug, debug->machine->cores[i], NULL, NULL);
	timer_list_destroy(debug->timers);
	machine_set_debugger(debug->machine, NULL, NULL);
	pthread_mutex_destroy(&debug->lock);
	free(debug);
}
