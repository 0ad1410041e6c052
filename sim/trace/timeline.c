#include "sim/trace/timeline.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/base/allocate.h"
#include "sim/time/ledger.h"
#include "sim/time/warp.h"

#define TIMELINE_HOST_INTERVAL 64 /* events between two looks at the host's clock */
#define TIMELINE_FIRST_ROOM 256

struct timeline {
	struct machine *machine;
	struct timeline_event *ring;
	unsigned length, room; /* the ring grows up to length */
	uint64_t count;        /* of all events ever */
	timeline_fn *sink;
	void *sink_opaque;
	bool host;
	pthread_mutex_t lock; /* where cores have threads of their own */
};

static void timeline_put(struct timeline *timeline, const struct timeline_event *event)
{
	if (timeline->count >= timeline->room && timeline->room < timeline->length) {
		unsigned room = timeline->room * 4 < timeline->length ? timeline->room * 4 : timeline->length;

		timeline->ring = allocate_again(timeline->ring, room * sizeof *timeline->ring);
		timeline->room = room;
	}
	timeline->ring[timeline->count++ % timeline->room] = *event;
	if (timeline->sink)
		timeline->sink(timeline->sink_opaque, event);
}

static void timeline_put_host(struct timeline *timeline)
{
	const struct host_clock *host = host_clock_monotonic();
	struct timeline_event event = { .kind = TIMELINE_HOST, .from = machine_now(timeline->machine),
					.to = host->now(host->opaque) };

	timeline_put(timeline, &event);
}

/*
 * Without threads there is one writer at a time: the driving thread, or, while
 * that waits in a warp, the one that ends it under the clock's lock.
 */
static void timeline_record(struct timeline *timeline, const struct timeline_event *event)
{
	bool threads = timeline->machine->threads != NULL;

	if (threads)
		pthread_mutex_lock(&timeline->lock);
	timeline_put(timeline, event);
	if (timeline->host && timeline->count % TIMELINE_HOST_INTERVAL == 0)
		timeline_put_host(timeline);
	if (threads)
		pthread_mutex_unlock(&timeline->lock);
}

static void timeline_state(void *opaque, unsigned core, enum core_state state, int64_t when)
{
	struct timeline_event event = {
		.kind = TIMELINE_STATE, .core = (uint8_t)core, .state = (uint8_t)state, .from = when
	};

	timeline_record(opaque, &event);
}

static void timeline_warped(void *opaque, const struct ledger_entry *entry)
{
	struct timeline_event event = { .kind = TIMELINE_WARP, .from = entry->from, .to = entry->to,
					.owner = entry->owner, .name = entry->name };

	if (entry->end != LEDGER_HOOK)
		timeline_record(opaque, &event);
}

static void timeline_fired(void *opaque, const struct timer *timer, int64_t expiry)
{
	struct timeline_event event = { .kind = TIMELINE_FIRED, .from = expiry, .owner = timer_list_owner(timer->list),
					.name = timer->name };

	timeline_record(opaque, &event);
}

static void timeline_passed(void *opaque, const char *region, int64_t from, int64_t to)
{
	struct timeline_event event = { .kind = TIMELINE_REGION, .from = from, .to = to, .name = region };

	timeline_record(opaque, &event);
}

struct timeline *timeline_create(struct machine *machine, unsigned length)
{
	struct timeline *timeline = allocate_zeroed(1, sizeof *timeline);

	timeline->machine = machine;
	timeline->length = length;
	timeline->room = length < TIMELINE_FIRST_ROOM ? length : TIMELINE_FIRST_ROOM;
	timeline->ring = allocate_bytes(timeline->room * sizeof *timeline->ring);
	pthread_mutex_init(&timeline->lock, NULL);
	machine->timeline = (struct machine_timeline){ timeline, timeline_state, timeline_passed };
	ledger_set_listener(machine->clock, timeline_warped, timeline);
	timer_set_listener(machine->clock, timeline_fired, timeline);
	return timeline;
}

void timeline_destroy(struct timeline *timeline)
{
	if (!timeline)
		return;
	timeline->machine->timeline = (struct machine_timeline){ 0 };
	ledger_set_listener(timeline->machine->clock, NULL, NULL);
	timer_set_listener(timeline->machine->clock, NULL, NULL);
	pthread_mutex_destroy(&timeline->lock);
	free(timeline->ring);
	free(timeline);
}

struct machine *timeline_machine(const struct timeline *timeline)
{
	return timeline->machine;
}

uint64_t timeline_lost(const struct timeline *timeline)
{
	return timeline->count > timeline->room ? timeline->count - timeline->room : 0;
}

void timeline_visit(const struct timeline *timeline, timeline_fn *fn, void *opaque)
{
	for (uint64_t i = timeline_lost(timeline); i < timeline->count; i++)
		fn(opaque, &timeline->ring[i % timeline->room]);
}

void timeline_set_sink(struct timeline *timeline, timeline_fn *fn, void *opaque)
{
	timeline->sink = fn;
	timeline->sink_opaque = opaque;
}

void timeline_set_host(struct timeline *timeline, bool on)
{
	timeline->host = on;
}
