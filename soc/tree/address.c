#include "soc/tree/address.h"

#include <inttypes.h>

/* Cells first..first+count-1 as a number; the upper cells of a longer one are dropped. */
static uint64_t address_number(const struct tree_node *node, const char *name, size_t first, uint32_t count)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < count; i++)
		number = number << 32 | tree_cell(node, name, first + i);
	return number;
}

/* A bus whose child addresses are numbers that ranges translate. */
static bool address_is_bus(const struct tree_node *bus)
{
	uint32_t cells = tree_address_cells(bus);

	if (cells < 1 || cells > 2 || tree_size_cells(bus) < 1 || tree_size_cells(bus) > 2)
		return false;
	return !bus->parent || tree_property(bus, "ranges");
}

bool address_is_mapped(const struct tree_node *node)
{
	if (!node->parent || !tree_property(node, "reg"))
		return false;
	for (const struct tree_node *bus = node->parent; bus; bus = bus->parent)
		if (!address_is_bus(bus))
			return false;
	return true;
}

int address_count(const struct tree_node *node, struct err *err)
{
	const struct tree_property *reg = tree_property(node, "reg");
	size_t entry = 4 * (size_t)(tree_address_cells(node->parent) + tree_size_cells(node->parent));

	if (reg->size % entry) {
		tree_error(node, err,
			   "reg: %zu bytes are no multiple of %zu, as #address-cells and #size-cells of %s ask for",
			   reg->size, entry, node->parent->path);
		return -1;
	}
	return (int)(reg->size / entry);
}

/* One step up: from the addresses below `bus` to those `bus` itself lies in. */
static bool address_step(const struct tree_node *bus, struct address_range *range, bool *found)
{
	uint32_t child = tree_address_cells(bus), parent = tree_address_cells(bus->parent), size = tree_size_cells(bus);
	size_t entry = child + parent + size, cells = tree_cells(bus, "ranges");

	*found = !cells; /* empty ranges: the same addresses */
	for (size_t at = 0; at + entry <= cells && !*found; at += entry) {
		uint64_t base = address_number(bus, "ranges", at, child);
		uint64_t length = address_number(bus, "ranges", at + child + parent, size);

		if (range->base < base || range->base - base >= length || range->size > length - (range->base - base))
			continue;
		range->base = range->base - base + address_number(bus, "ranges", at + child, parent);
		*found = true;
	}
	return cells % entry == 0;
}

static bool address_no_wrap(const struct address_range *range)
{
	return !range->size || range->base + (range->size - 1) >= range->base;
}

/* From the addresses below `bus` to physical ones. `node` and `name` are for messages. */
static bool address_translate(const struct tree_node *node, const char *name, const struct tree_node *bus,
			      struct address_range *range, struct err *err)
{
	uint64_t base = range->base;
	bool found = true;

	for (; bus->parent; bus = bus->parent) {
		if (!address_no_wrap(range))
			break;
		if (!address_step(bus, range, &found))
			return tree_error(bus, err, "ranges: not a whole number of entries");
		if (!found)
			return tree_error(node, err,
					  "%s: 0x%" PRIx64 " of 0x%" PRIx64 " bytes lies outside of the ranges of %s",
					  name, base, range->size, bus->path);
	}
	if (!address_no_wrap(range))
		return tree_error(node, err, "%s: 0x%" PRIx64 " of 0x%" PRIx64 " bytes goes beyond the last address",
				  name, base, range->size);
	return true;
}

bool address_get(const struct tree_node *node, unsigned index, struct address_range *range, struct err *err)
{
	uint32_t na = tree_address_cells(node->parent), ns = tree_size_cells(node->parent);
	size_t at = (size_t)index * (na + ns);

	range->base = address_number(node, "reg", at, na);
	range->size = address_number(node, "reg", at + na, ns);
	return !range->size || address_translate(node, "reg", node->parent, range, err);
}

int address_window_count(const struct tree_node *bus, struct err *err)
{
	const struct tree_property *ranges = tree_property(bus, "ranges");
	size_t entry;

	if (!ranges || !ranges->size || !bus->parent || tree_address_cells(bus) > 3 || tree_size_cells(bus) > 2)
		return 0;
	for (const struct tree_node *above = bus->parent; above; above = above->parent)
		if (!address_is_bus(above))
			return 0;
	entry = tree_address_cells(bus) + tree_address_cells(bus->parent) + tree_size_cells(bus);
	if (ranges->size % (4 * entry)) {
		tree_error(bus, err, "ranges: %zu bytes are not a whole number of entries", ranges->size);
		return -1;
	}
	return (int)(ranges->size / (4 * entry));
}

bool address_window(const struct tree_node *bus, unsigned index, struct address_range *range, struct err *err)
{
	uint32_t child = tree_address_cells(bus), parent = tree_address_cells(bus->parent), size = tree_size_cells(bus);
	size_t at = (size_t)index * (child + parent + size);

	range->base = address_number(bus, "ranges", at + child, parent);
	range->size = address_number(bus, "ranges", at + child + parent, size);
	return !range->size || address_translate(bus, "ranges", bus->parent, range, err);
}
