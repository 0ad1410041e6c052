/* interrupts, interrupts-extended, interrupt-parent and interrupt-map: which input of which controller. */
#ifndef WARPCORE_TREE_INTERRUPTS_H
#define WARPCORE_TREE_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "soc/tree/tree.h"

#define INTERRUPTS_MAX_CELLS 8

struct interrupt_spec {
	const struct tree_node *controller;
	uint32_t cells[INTERRUPTS_MAX_CELLS]; /* as the controller's binding reads them */
	unsigned ncells;
};

/* Number of interrupts that a node names; 0 when it names none; -1: malformed. */
int interrupts_count(const struct tree_node *node, struct err *err);
/* Interrupt `index` < interrupts_count(). */
bool interrupts_get(const struct tree_node *node, unsigned index, struct interrupt_spec *spec, struct err *err);
/*
 * The entry of a nexus's interrupt-map (a PCI host) for a child with unit
 * address `address` (as many cells as #address-cells of the nexus) and
 * specifier `specifier` (#interrupt-cells of it).
 */
bool interrupts_map(const struct tree_node *nexus, const uint32_t *address, const uint32_t *specifier,
		    struct interrupt_spec *spec, struct err *err);
/* Every entry of the node's interrupt-map is whole and names a controller. True if it has no map. */
bool interrupts_check_map(const struct tree_node *nexus, struct err *err);

#endif
