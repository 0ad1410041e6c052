#include "soc/build/place.h"

#include <stdlib.h>

#include "sim/base/allocate.h"
#include "soc/tree/address.h"

#define PLACE_MIB (UINT64_C(1) << 20)
#define PLACE_PAGE UINT64_C(4096)

static void place_take_node(struct place *place, const struct tree_node *node)
{
	struct address_range range;
	struct err err;
	int count = address_is_mapped(node) ? address_count(node, &err) : 0;

	for (int i = 0; i < count; i++)
		if (address_get(node, (unsigned)i, &range, &err))
			place_take(place, range.base, range.size);
}

void place_init(struct place *place, struct bus *bus, const struct tree *tree)
{
	const struct tree_node *reserved = tree_child(tree->root, "reserved-memory");

	*place = (struct place){ .bus = bus };
	for (size_t i = 0; i < tree->nreserved; i++)
		place_take(place, tree->reserved[i].address, tree->reserved[i].size);
	for (const struct tree_node *node = reserved ? reserved->children : NULL; node; node = node->next)
		place_take_node(place, node);
}

void place_fini(struct place *place)
{
	free(place->taken);
}

void place_take(struct place *place, uint64_t base, uint64_t size)
{
	if (!size)
		return;
	/* What reaches past the last address ends there. */
	if (size > UINT64_MAX - base)
		size = UINT64_MAX - base;
	place->taken = allocate_again(place->taken, (place->ntaken + 1) * sizeof *place->taken);
	place->taken[place->ntaken++] = (struct place_range){ base, size };
}

/* The memory that holds base..base+size-1, or NULL. */
static const struct bus_memory *place_memory(const struct place *place, uint64_t base, uint64_t size)
{
	for (unsigned i = 0; i < bus_memories(place->bus); i++) {
		const struct bus_memory *memory = bus_memory_at(place->bus, i);

		if (!memory->read_only && base >= memory->base && base - memory->base < memory->size &&
		    size <= memory->size - (base - memory->base))
			return memory;
	}
	return NULL;
}

/* The end of something that is taken and lies in base..base+size-1; 0: all of it is free. */
static uint64_t place_conflict(const struct place *place, uint64_t base, uint64_t size)
{
	for (size_t i = 0; i < place->ntaken; i++) {
		const struct place_range *taken = &place->taken[i];

		if (base < taken->base + taken->size && taken->base < base + size)
			return taken->base + taken->size;
	}
	return 0;
}

static uint64_t place_align(uint64_t address, uint64_t align)
{
	return (address + align - 1) & ~(align - 1);
}

/* The first place at or above `from`; false: none. */
static bool place_search(const struct place *place, uint64_t size, uint64_t from, uint64_t align, uint64_t *base)
{
	uint64_t conflict;

	for (*base = place_align(from, align); place_memory(place, *base, size); *base = place_align(conflict, align)) {
		conflict = place_conflict(place, *base, size);
		if (!conflict)
			return true;
		if (place_align(conflict, align) < conflict) /* past the last address */
			return false;
	}
	return false;
}

bool place_find(struct place *place, uint64_t size, uint64_t from, uint64_t align, uint64_t *base)
{
	bool found = place_search(place, size, from, align, base) ||
		     place_search(place, size, place->lowest, PLACE_MIB, base) ||
		     place_search(place, size, place->lowest, PLACE_PAGE, base);

	if (found)
		place_take(place, *base, size);
	return found;
}
