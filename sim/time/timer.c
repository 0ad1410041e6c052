#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/clock_state.h"

int64_t timer_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? TIMER_NEVER : INT64_MIN;
	return sum;
}

static struct timer_list *timer_list_make(struct clock *clock, const char *owner, bool observing)
{
	struct timer_list *list = allocate_zeroed(1, sizeof *list);

	list->clock = clock;
	list->observing = observing;
	clock_lock(clock);
	list->owner = names_intern(&clock->names, owner);
	list->next = clock->lists;
	clock->lists = list;
	clock_unlock(clock);
	return list;
}

struct timer_list *timer_list_create(struct clock *clock, const char *owner)
{
	return timer_list_make(clock, owner, false);
}

struct timer_list *timer_list_create_observing(struct clock *clock, const char *owner)
{
	return timer_list_make(clock, owner, true);
}

static struct timer_heap *timer_heap_of(const struct timer_list *list)
{
	return list->observing ? &list->clock->observers : &list->clock->heap;
}

const char *timer_list_owner(const struct timer_list *list)
{
	const char *owner;

	clock_lock(list->clock);
	owner = names_text(&list->clock->names, list->owner);
	clock_unlock(list->clock);
	return owner;
}

/* Lock held. */
static void timer_remove(struct timer *timer)
{
	timer_heap_remove(timer_heap_of(timer->list), timer);
	clock_update_deadline(timer->list->clock, timer->list->observing);
}

/* Lock held. The arming sequence puts it behind all that have the same expiry. */
static void timer_insert(struct timer *timer, int64_t expiry)
{
	struct clock *clock = timer->list->clock;

	timer->expiry = expiry > 0 ? expiry : 0; /* nothing was before reset */
	timer->sequence = timer->list->observing ? ++clock->observer_sequence : ++clock->sequence;
	timer->late = expiry < clock_now(clock);
	timer_heap_insert(timer_heap_of(timer->list), timer);
	clock_update_deadline(clock, timer->list->observing);
}

void timer_list_destroy(struct timer_list *list)
{
	struct clock *clock = list->clock;
	struct timer_heap *heap = timer_heap_of(list);
	struct timer_list **link = &clock->lists;

	clock_lock(clock);
	for (unsigned i = 0; i < heap->count;) {
		struct timer *timer = heap->items[i].timer;

		i++;
		if (timer->list == list) {
			timer_remove(timer);
			i = 0; /* the heap has moved */
		}
	}
	while (*link != list)
		link = &(*link)->next;
	*link = list->next;
	clock_unlock(clock);
	free(list);
}

void timer_init(struct timer *timer, struct timer_list *list, const char *name, timer_fn *fn, void *opaque)
{
	struct names *names = &list->clock->names;

	*timer = (struct timer){ .list = list, .fn = fn, .opaque = opaque };
	clock_lock(list->clock);
	timer->name = names_text(names, names_intern(names, name));
	clock_unlock(list->clock);
}

/*
 * An arm, move or cancel while all cores are idle comes from outside: it ends the warp first. Not that of an observer,
 * whose thread is the driving one: no warp is in progress there. Lock held.
 */
static bool timer_end_warp(struct timer *timer)
{
	return !timer->list->observing && warp_end_locked(timer->list->clock,
			       (struct clock_source){ LEDGER_INPUT, timer->list->owner, timer->name });
}

/*
 * A warp has to begin anew, or for the first time: the deadline came nearer, or the warp was ended. With somebody at
 * work it is the last to go idle who does it. Lock held; true: the caller owes it.
 */
static bool timer_owes_begin(struct clock *clock, bool warp_ended, bool first)
{
	bool owes = (first || warp_ended) && !atomic_load(&clock->runners);

	if (owes)
		warp_owe_begin(clock);
	return owes;
}

/* What the hooks leave of an arming. False: nothing. */
static bool timer_ask_arm(struct timer *timer, int64_t *expiry)
{
	struct clock *clock = timer->list->clock;
	struct timer_request request = { .event = TIMER_ARM, .timer = timer, .expiry = *expiry };

	switch (timer_hook_ask(clock, &request)) {
	case TIMER_DROP: return false;
	case TIMER_DELAY: *expiry = timer_add(*expiry, request.delay); return true;
	default: return true;
	}
}

/* What an observer does is not the run's. Lock held. */
static void timer_count(const struct timer *timer, _Atomic int64_t *counter, int64_t amount)
{
	if (!timer->list->observing)
		clock_count(counter, amount);
}

static bool timer_hooked(const struct timer *timer, enum timer_event event)
{
	return clock_hook_wanted(timer->list->clock, event) && !timer->list->observing;
}

enum timer_move { TIMER_MOVE, TIMER_ONLY_EARLIER, TIMER_AFTER };

/* Lock held. False: nothing to do. */
static bool timer_place(struct timer *timer, enum timer_move move, int64_t *expiry)
{
	struct clock *clock = timer->list->clock;

	if (move == TIMER_ONLY_EARLIER && timer->slot && timer->expiry <= *expiry)
		return false;
	if (move == TIMER_AFTER)
		*expiry = timer_add(clock_now(clock), *expiry);
	if (timer->slot)
		timer_heap_remove(timer_heap_of(timer->list), timer);
	timer->delayed = false;
	timer_insert(timer, *expiry);
	timer->armed++;
	timer_count(timer, &clock->counts.armed, 1);
	timer_count(timer, &clock->counts.late, timer->late);
	return true;
}

static void timer_set(struct timer *timer, enum timer_move move, int64_t expiry)
{
	struct clock *clock = timer->list->clock;
	bool ended, first, owes;

	clock_lock(clock);
	ended = timer_end_warp(timer);
	first = timer_place(timer, move, &expiry) && timer_heap_first(timer_heap_of(timer->list)) == timer;
	owes = timer_owes_begin(clock, ended, first && !timer->list->observing);
	clock_unlock(clock);
	if (first && clock->earlier)
		clock->earlier(clock->earlier_opaque, expiry, timer->list->observing);
	if (owes)
		warp_pay_begin(clock);
}

void timer_arm(struct timer *timer, int64_t expiry)
{
	if (!timer_hooked(timer, TIMER_ARM) || timer_ask_arm(timer, &expiry))
		timer_set(timer, TIMER_MOVE, expiry);
}

/* With a hook, the present is taken before it is asked. */
void timer_arm_after(struct timer *timer, int64_t delay)
{
	struct clock *clock = timer->list->clock;

	if (!timer_hooked(timer, TIMER_ARM)) {
		timer_set(timer, TIMER_AFTER, delay);
		return;
	}
	warp_account(clock);
	timer_arm(timer, timer_add(clock_now(clock), delay));
}

void timer_anticipate(struct timer *timer, int64_t expiry)
{
	int64_t pending;

	if (timer_hooked(timer, TIMER_ARM)) {
		pending = timer_expiry(timer);
		if ((pending >= 0 && pending <= expiry) || !timer_ask_arm(timer, &expiry))
			return;
	}
	timer_set(timer, TIMER_ONLY_EARLIER, expiry);
}

/* What the hooks leave of a cancel: a delayed one is none if the timer fires before it. */
static bool timer_ask_cancel(struct timer *timer)
{
	struct clock *clock = timer->list->clock;
	struct timer_request request = { .event = TIMER_CANCEL, .timer = timer, .expiry = timer_expiry(timer) };

	switch (timer_hook_ask(clock, &request)) {
	case TIMER_DROP: return false;
	case TIMER_DELAY: return request.expiry >= timer_add(request.now, request.delay);
	default: return true;
	}
}

void timer_cancel(struct timer *timer)
{
	struct clock *clock = timer->list->clock;
	bool ended = false, owes;

	if (timer_hooked(timer, TIMER_CANCEL) && timer_pending(timer) && !timer_ask_cancel(timer))
		return;
	clock_lock(clock);
	if (timer->slot) {
		ended = timer_end_warp(timer);
		timer_remove(timer);
		timer->cancelled++;
		timer_count(timer, &clock->counts.cancelled, 1);
	}
	owes = timer_owes_begin(clock, ended, false);
	clock_unlock(clock);
	if (owes)
		warp_pay_begin(clock);
}

bool timer_pending(const struct timer *timer)
{
	struct clock *clock = timer->list->clock;
	bool pending;

	clock_lock(clock);
	pending = timer->slot != 0;
	clock_unlock(clock);
	return pending;
}

int64_t timer_expiry(const struct timer *timer)
{
	struct clock *clock = timer->list->clock;
	int64_t expiry;

	clock_lock(clock);
	expiry = timer->slot ? timer->expiry : -1;
	clock_unlock(clock);
	return expiry;
}

void timer_take(struct timer *timer, struct timer_firing *firing)
{
	*firing = (struct timer_firing){ timer, timer->expiry, timer->delayed };
	timer_remove(timer);
	timer->fired++;
	timer_count(timer, &timer->list->clock->counts.fired, 1);
}

/* Not fired after all: arms it anew for `expiry`, or not at all (-1). */
static void timer_put_back(struct timer *timer, int64_t expiry)
{
	struct clock *clock = timer->list->clock;

	clock_lock(clock);
	timer->fired--;
	clock_count(&clock->counts.fired, -1);
	if (expiry >= 0 && !timer->slot) { /* if it was armed meanwhile, that is the newer wish */
		timer->delayed = true;
		timer_insert(timer, expiry);
	}
	clock_unlock(clock);
}

/* True: a hook wants the firing lost, or later. */
static bool timer_hold_back(const struct timer_firing *firing)
{
	struct timer *timer = firing->timer;
	struct timer_request request = { .event = TIMER_FIRE, .timer = timer, .expiry = firing->expiry };

	switch (timer_hook_ask(timer->list->clock, &request)) {
	case TIMER_DROP: timer_put_back(timer, -1); return true;
	case TIMER_DELAY: timer_put_back(timer, timer_add(firing->expiry, request.delay)); return true;
	default: return false;
	}
}

void timer_fire(const struct timer_firing *firing)
{
	struct timer *timer = firing->timer;

	if (timer_hooked(timer, TIMER_FIRE) && !firing->delayed && timer_hold_back(firing))
		return;
	if (timer->list->clock->fired)
		timer->list->clock->fired(timer->list->clock->fired_opaque, timer, firing->expiry);
	timer->fn(timer->opaque, firing->expiry);
}

void timer_set_listener(struct clock *clock, timer_listener_fn *fn, void *opaque)
{
	clock->fired = fn;
	clock->fired_opaque = opaque;
}

/* Of both heaps: an observer looks at what the others of its time have left. */
static int timer_compare(const void *a, const void *b)
{
	const struct timer_heap_item *left = a, *right = b;
	int by_heap = left->timer->list->observing - right->timer->list->observing;

	return left->expiry == right->expiry && by_heap ? by_heap : timer_heap_compare(a, b);
}

/* All that are pending, in firing order; lock held, free() it. */
static struct timer_heap_item *timer_sorted(const struct clock *clock, unsigned *count)
{
	const struct timer_heap *heaps[] = { &clock->heap, &clock->observers };
	struct timer_heap_item *items;

	*count = clock->heap.count + clock->observers.count;
	items = allocate_bytes((*count + 1) * sizeof *items);
	for (unsigned i = 0, n = 0; i < 2; n += heaps[i++]->count)
		if (heaps[i]->count)
			memcpy(items + n, heaps[i]->items, heaps[i]->count * sizeof *items);
	qsort(items, *count, sizeof *items, timer_compare);
	return items;
}

size_t timer_list_pending(const struct timer_list *list, struct timer **timers, size_t room)
{
	struct timer_heap_item *items;
	size_t found = 0;
	unsigned count;

	clock_lock(list->clock);
	items = timer_sorted(list->clock, &count);
	for (unsigned i = 0; i < count; i++) {
		if (items[i].timer->list != list)
			continue;
		if (found < room)
			timers[found] = items[i].timer;
		found++;
	}
	clock_unlock(list->clock);
	free(items);
	return found;
}

size_t timer_views(struct clock *clock, struct timer_view *views, size_t room)
{
	struct timer_heap_item *items;
	unsigned count;

	clock_lock(clock);
	items = timer_sorted(clock, &count);
	for (size_t i = 0; i < count && i < room; i++) {
		const struct timer *timer = items[i].timer;

		views[i] = (struct timer_view){
			names_text(&clock->names, timer->list->owner), timer->name,
			timer->expiry, timer->armed, timer->fired, timer->cancelled,
		};
	}
	clock_unlock(clock);
	free(items);
	return count;
}

void timer_visit_state(struct timer *timer, struct state_visitor *visitor)
{
	struct clock *clock = timer->list->clock;
	bool pending = timer->slot != 0;

	if (!visitor->whole)
		return;
	clock_lock(clock);
	if (visitor->restores && pending)
		timer_remove(timer);
	state_bool(visitor, "pending", &pending);
	state_i64(visitor, "expiry", &timer->expiry);
	state_u64(visitor, "sequence", &timer->sequence);
	state_u64(visitor, "armed", &timer->armed);
	state_u64(visitor, "fired", &timer->fired);
	state_u64(visitor, "cancelled", &timer->cancelled);
	state_bool(visitor, "late", &timer->late);
	state_bool(visitor, "delayed", &timer->delayed);
	if (visitor->restores && pending) {
		timer_heap_insert(&clock->heap, timer);
		clock_update_deadline(clock, timer->list->observing);
	}
	clock_unlock(clock);
}
