/* reg and ranges: where a node's registers lie in the physical address space. */
#ifndef WARPCORE_TREE_ADDRESS_H
#define WARPCORE_TREE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "soc/tree/tree.h"

struct address_range {
	uint64_t base, size; /* physical; size > 0 and base + size - 1 does not wrap */
};

/*
 * True if reg of `node` names physical addresses: every bus above it has
 * ranges, and addresses of one or two cells. False for an I2C device, a PHY,
 * a flash partition, whatever is behind a PCI bridge.
 */
bool address_is_mapped(const struct tree_node *node);

/* Number of entries in reg of a mapped node (those of size 0 count too), or -1: reg is malformed. */
int address_count(const struct tree_node *node, struct err *err);
/*
 * Entry `index` < address_count(), translated through the ranges of all buses
 * above. An entry of size 0 gives size 0. False: outside of a bus's ranges.
 */
bool address_get(const struct tree_node *node, unsigned index, struct address_range *range, struct err *err);

/*
 * The windows that a bus node (a PCI host too) opens for its children: number
 * of entries in ranges, 0 where they are not mapped, -1: malformed. Each is
 * translated like reg.
 */
int address_window_count(const struct tree_node *bus, struct err *err);
bool address_window(const struct tree_node *bus, unsigned index, struct address_range *range, struct err *err);

#endif
