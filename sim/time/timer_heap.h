/* The pending timers of a clock by firing order (expiry, arming sequence): a binary heap. Private to sim/time. */
#ifndef WARPCORE_TIME_TIMER_HEAP_H
#define WARPCORE_TIME_TIMER_HEAP_H

#include "sim/time/timer.h"

/* The keys lie beside the pointer, so that sifting touches no timer but to note its place. */
struct timer_heap_item {
	int64_t expiry;
	uint64_t sequence;
	struct timer *timer;
};

struct timer_heap {
	struct timer_heap_item *items;
	unsigned count, room;
};

void timer_heap_fini(struct timer_heap *heap);
/* By timer->expiry and timer->sequence; it must not be in the heap. */
void timer_heap_insert(struct timer_heap *heap, struct timer *timer);
/* It must be in the heap. */
void timer_heap_remove(struct timer_heap *heap, struct timer *timer);
/* The order of two items: negative, or positive. No two are equal. */
int timer_heap_compare(const void *a, const void *b);

static inline struct timer *timer_heap_first(const struct timer_heap *heap)
{
	return heap->count ? heap->items[0].timer : NULL;
}

#endif
