#include "soc/build/memory.h"

#include <inttypes.h>
#include <string.h>

static bool memory_is_node(const struct tree_node *node)
{
	const char *type = tree_string(node, "device_type");

	return type && !strcmp(type, "memory") && node->parent && !node->parent->parent;
}

struct tree_node *memory_next(const struct tree *tree, const struct tree_node *from)
{
	struct tree_node *node = from ? from->next : tree->root->children;

	while (node && !memory_is_node(node))
		node = node->next;
	return node;
}

static int memory_count(const struct tree_node *node, struct err *err)
{
	return tree_property(node, "reg") && address_is_mapped(node) ? address_count(node, err) : 0;
}

bool memory_total(const struct tree *tree, uint64_t *bytes, struct err *err)
{
	*bytes = 0;
	for (struct tree_node *node = memory_next(tree, NULL); node; node = memory_next(tree, node)) {
		int count = memory_count(node, err);
		struct address_range range;

		if (count < 0)
			return false;
		for (int i = 0; i < count; i++) {
			if (!address_get(node, (unsigned)i, &range, err))
				return false;
			if (*bytes + range.size < *bytes)
				return tree_error(node, err, "reg: more memory than there are addresses");
			*bytes += range.size;
		}
	}
	return true;
}

bool memory_first(const struct tree *tree, struct address_range *range)
{
	for (struct tree_node *node = memory_next(tree, NULL); node; node = memory_next(tree, node)) {
		int count = memory_count(node, NULL);

		for (int i = 0; i < count; i++)
			if (address_get(node, (unsigned)i, range, NULL) && range->size)
				return true;
	}
	return false;
}

/* The lowest page of the table that lies in `range`. */
static bool memory_hole(const struct spin_table *spin_table, const struct address_range *range, uint64_t *hole)
{
	bool found = false;

	for (unsigned i = 0; i < spin_table_pages(spin_table); i++) {
		uint64_t page = spin_table_page(spin_table, i);

		if (page >= range->base && page - range->base < range->size && (!found || page < *hole)) {
			*hole = page;
			found = true;
		}
	}
	return found;
}

static bool memory_add(const struct tree_node *node, uint64_t base, uint64_t size, struct bus *bus, struct err *err)
{
	return bus_add_memory(bus, node->path, base, size, false, err) || err_prefix(err, "%s", node->tree->file);
}

static bool memory_map_range(const struct tree_node *node, struct address_range range,
			     const struct spin_table *spin_table, struct bus *bus, struct err *err)
{
	uint64_t hole = 0;

	if ((range.base | range.size) & (BUS_PAGE_SIZE - 1))
		return tree_error(node, err, "reg: 0x%" PRIx64 " bytes at 0x%" PRIx64 " are not whole 4 KiB pages",
				  range.size, range.base);
	while (range.size && memory_hole(spin_table, &range, &hole)) {
		uint64_t below = hole - range.base;

		if (below && !memory_add(node, range.base, below, bus, err))
			return false;
		range.base += below + SPIN_TABLE_PAGE_SIZE;
		range.size -= below + SPIN_TABLE_PAGE_SIZE;
	}
	return !range.size || memory_add(node, range.base, range.size, bus, err);
}

bool memory_map(const struct tree *tree, const struct spin_table *spin_table, struct bus *bus, struct err *err)
{
	for (struct tree_node *node = memory_next(tree, NULL); node; node = memory_next(tree, node)) {
		int count = memory_count(node, err);
		struct address_range range;

		if (count < 0)
			return false;
		for (int i = 0; i < count; i++) {
			if (!address_get(node, (unsigned)i, &range, err))
				return false;
			if (range.size && !memory_map_range(node, range, spin_table, bus, err))
				return false;
		}
	}
	return true;
}
