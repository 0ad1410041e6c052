#include "sim/time/timer_heap.h"

#include <stdlib.h>

#include "sim/base/allocate.h"

void timer_heap_fini(struct timer_heap *heap)
{
	free(heap->items);
	*heap = (struct timer_heap){ 0 };
}

static bool timer_heap_before(const struct timer_heap_item *a, const struct timer_heap_item *b)
{
	return a->expiry < b->expiry || (a->expiry == b->expiry && a->sequence < b->sequence);
}

int timer_heap_compare(const void *a, const void *b)
{
	return timer_heap_before(a, b) ? -1 : 1;
}

static void timer_heap_place(struct timer_heap *heap, unsigned slot, struct timer_heap_item item)
{
	heap->items[slot] = item;
	item.timer->slot = slot + 1;
}

static void timer_heap_sift_up(struct timer_heap *heap, unsigned slot, struct timer_heap_item item)
{
	while (slot) {
		unsigned parent = (slot - 1) / 2;

		if (!timer_heap_before(&item, &heap->items[parent]))
			break;
		timer_heap_place(heap, slot, heap->items[parent]);
		slot = parent;
	}
	timer_heap_place(heap, slot, item);
}

static void timer_heap_sift_down(struct timer_heap *heap, unsigned slot, struct timer_heap_item item)
{
	for (;;) {
		unsigned child = 2 * slot + 1;

		if (child + 1 < heap->count && timer_heap_before(&heap->items[child + 1], &heap->items[child]))
			child++;
		if (child >= heap->count || !timer_heap_before(&heap->items[child], &item))
			break;
		timer_heap_place(heap, slot, heap->items[child]);
		slot = child;
	}
	timer_heap_place(heap, slot, item);
}

void timer_heap_insert(struct timer_heap *heap, struct timer *timer)
{
	if (heap->count == heap->room) {
		heap->room = heap->room ? 2 * heap->room : 32;
		heap->items = allocate_again(heap->items, heap->room * sizeof *heap->items);
	}
	heap->count++;
	timer_heap_sift_up(heap, heap->count - 1, (struct timer_heap_item){ timer->expiry, timer->sequence, timer });
}

void timer_heap_remove(struct timer_heap *heap, struct timer *timer)
{
	unsigned slot = timer->slot - 1;
	struct timer_heap_item last = heap->items[--heap->count];

	timer->slot = 0;
	if (last.timer == timer)
		return;
	if (slot && timer_heap_before(&last, &heap->items[(slot - 1) / 2]))
		timer_heap_sift_up(heap, slot, last);
	else
		timer_heap_sift_down(heap, slot, last);
}
