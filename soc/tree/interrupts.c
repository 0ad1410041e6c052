#include "soc/tree/interrupts.h"

#include <string.h>

#define INTERRUPTS_MAX_NEXUS 16 /* nexus nodes one after the other: more is a loop */

/* Who reads the interrupts of `node`: the nearest node with #interrupt-cells on the way of interrupt-parent. */
static const struct tree_node *interrupts_parent(const struct tree_node *node, struct err *err)
{
	const struct tree_node *at = node;

	for (unsigned hops = 0; hops < TREE_MAX_DEPTH; hops++) {
		if (tree_property(at, "interrupt-parent")) {
			uint32_t phandle = tree_u32(at, "interrupt-parent", 0);
			const struct tree_node *from = at;

			at = tree_by_phandle(node->tree, phandle);
			if (!at) {
				tree_error(from, err, "interrupt-parent: no node has phandle 0x%x", (unsigned)phandle);
				return NULL;
			}
		} else {
			at = at->parent;
		}
		if (!at) {
			tree_error(node, err, "interrupts: no interrupt-parent here or above");
			return NULL;
		}
		if (tree_property(at, "#interrupt-cells"))
			return at;
	}
	tree_error(node, err, "interrupts: interrupt-parent goes round in circles");
	return NULL;
}

/* #interrupt-cells, or 0: err says what is wrong with it. */
static unsigned interrupts_cells(const struct tree_node *node, const struct tree_node *controller, struct err *err)
{
	uint32_t cells = tree_u32(controller, "#interrupt-cells", 0);

	if (cells >= 1 && cells <= INTERRUPTS_MAX_CELLS)
		return cells;
	tree_error(node, err, "interrupts: #interrupt-cells of %s is not a number from 1 to %d",
		   controller->path, INTERRUPTS_MAX_CELLS);
	return 0;
}

static bool interrupts_read(const struct tree_node *node, const char *name, size_t at,
			    const struct tree_node *controller, unsigned ncells, struct interrupt_spec *spec)
{
	if (at + ncells > tree_cells(node, name))
		return false;
	spec->controller = controller;
	spec->ncells = ncells;
	for (unsigned i = 0; i < ncells; i++)
		spec->cells[i] = tree_cell(node, name, at + i);
	return true;
}

/* Entry `index` of interrupts-extended: phandle and specifier each. Past the end: returns how many there are. */
static int interrupts_extended(const struct tree_node *node, unsigned index, struct interrupt_spec *spec,
			       struct err *err)
{
	const char *name = "interrupts-extended";
	size_t cells = tree_cells(node, name), at = 0;
	unsigned n = 0;

	for (; at < cells; n++) {
		const struct tree_node *controller = tree_by_phandle(node->tree, tree_cell(node, name, at));
		unsigned ncells;

		if (!controller) {
			tree_error(node, err, "%s: no node has phandle 0x%x", name,
				   (unsigned)tree_cell(node, name, at));
			return -1;
		}
		ncells = interrupts_cells(node, controller, err);
		if (!ncells)
			return -1;
		if (!interrupts_read(node, name, at + 1, controller, ncells, spec)) {
			tree_error(node, err, "%s: ends in the middle of a specifier", name);
			return -1;
		}
		if (n == index)
			return (int)n + 1;
		at += 1 + ncells;
	}
	return (int)n;
}

int interrupts_count(const struct tree_node *node, struct err *err)
{
	const struct tree_property *interrupts = tree_property(node, "interrupts");
	const struct tree_node *controller;
	struct interrupt_spec ignored;
	unsigned ncells;

	if (tree_property(node, "interrupts-extended"))
		return interrupts_extended(node, UINT32_MAX, &ignored, err);
	if (!interrupts)
		return 0;
	controller = interrupts_parent(node, err);
	if (!controller)
		return -1;
	ncells = interrupts_cells(node, controller, err);
	if (!ncells)
		return -1;
	if (interrupts->size % (4 * ncells)) {
		tree_error(node, err,
			   "interrupts: %zu bytes are no multiple of the %u cells that #interrupt-cells of %s asks for",
			   interrupts->size, ncells, controller->path);
		return -1;
	}
	return (int)(interrupts->size / (4 * ncells));
}

/* Follows a nexus to a real controller, with the unit address of `node`. */
static bool interrupts_resolve(const struct tree_node *node, struct interrupt_spec *spec, struct err *err)
{
	for (unsigned hops = 0; hops < INTERRUPTS_MAX_NEXUS; hops++) {
		const struct tree_node *nexus = spec->controller;
		uint32_t address[4] = { 0 }, specifier[INTERRUPTS_MAX_CELLS];
		size_t have = tree_cells(node, "reg");

		if (!tree_property(nexus, "interrupt-map") || tree_property(nexus, "interrupt-controller"))
			return true;
		for (size_t i = 0; i < 4 && i < have; i++)
			address[i] = tree_cell(node, "reg", i);
		memcpy(specifier, spec->cells, sizeof specifier);
		if (!interrupts_map(nexus, address, specifier, spec, err))
			return false;
		node = nexus;
	}
	return tree_error(node, err, "interrupt-map goes round in circles");
}

bool interrupts_get(const struct tree_node *node, unsigned index, struct interrupt_spec *spec, struct err *err)
{
	const struct tree_node *controller;
	unsigned ncells;

	if (tree_property(node, "interrupts-extended")) {
		int n = interrupts_extended(node, index, spec, err);

		if (n < 0)
			return false;
		if ((unsigned)n <= index)
			return tree_error(node, err, "interrupts-extended: there is no entry %u", index);
		return interrupts_resolve(node, spec, err);
	}
	controller = interrupts_parent(node, err);
	ncells = controller ? interrupts_cells(node, controller, err) : 0;
	if (!ncells)
		return false;
	if (!interrupts_read(node, "interrupts", (size_t)index * ncells, controller, ncells, spec))
		return tree_error(node, err, "interrupts: there is no entry %u", index);
	return interrupts_resolve(node, spec, err);
}

/* Does the child part of the map's entry at cell `at` stand for this address and specifier? */
static bool interrupts_map_matches(const struct tree_node *nexus, size_t at, const uint32_t *address, unsigned naddress,
				   const uint32_t *specifier, unsigned nspecifier)
{
	size_t nmask = tree_cells(nexus, "interrupt-map-mask");

	for (unsigned i = 0; i < naddress + nspecifier; i++) {
		uint32_t mask = i < nmask ? tree_cell(nexus, "interrupt-map-mask", i) : UINT32_MAX;
		uint32_t wanted = i < naddress ? address[i] : specifier[i - naddress];

		if ((wanted ^ tree_cell(nexus, "interrupt-map", at + i)) & mask)
			return false;
	}
	return true;
}

/*
 * Reads the entry at cell *at and moves *at past it. *child: where its child part begins.
 * 0: there are no more; -1: malformed.
 */
static int interrupts_map_entry(const struct tree_node *nexus, unsigned nchild, size_t *at, size_t *child,
				struct interrupt_spec *spec, struct err *err)
{
	const char *name = "interrupt-map";
	size_t cells = tree_cells(nexus, name), parent = *at + nchild;
	const struct tree_node *controller;
	uint32_t skip;
	unsigned ncells;

	if (*at >= cells)
		return 0;
	controller = parent < cells ? tree_by_phandle(nexus->tree, tree_cell(nexus, name, parent)) : NULL;
	if (!controller) {
		tree_error(nexus, err, "%s: the entry at cell %zu names no interrupt controller", name, *at);
		return -1;
	}
	skip = tree_u32(controller, "#address-cells", 0);
	ncells = interrupts_cells(nexus, controller, err);
	if (!ncells)
		return -1;
	if (skip > 4 || !interrupts_read(nexus, name, parent + 1 + skip, controller, ncells, spec)) {
		tree_error(nexus, err, "%s: ends in the middle of an entry", name);
		return -1;
	}
	*child = *at;
	*at = parent + 1 + skip + ncells;
	return 1;
}

/* #address-cells and #interrupt-cells of a nexus. */
static bool interrupts_map_cells(const struct tree_node *nexus, unsigned *naddress, unsigned *nspecifier,
				 struct err *err)
{
	*naddress = tree_address_cells(nexus);
	*nspecifier = interrupts_cells(nexus, nexus, err);
	if (*nspecifier && *naddress > 4)
		return tree_error(nexus, err, "interrupt-map: #address-cells is %u", *naddress);
	return *nspecifier != 0;
}

bool interrupts_map(const struct tree_node *nexus, const uint32_t *address, const uint32_t *specifier,
		    struct interrupt_spec *spec, struct err *err)
{
	unsigned naddress, nspecifier;
	size_t at = 0, child;
	int found;

	if (!interrupts_map_cells(nexus, &naddress, &nspecifier, err))
		return false;
	while ((found = interrupts_map_entry(nexus, naddress + nspecifier, &at, &child, spec, err)) > 0)
		if (interrupts_map_matches(nexus, child, address, naddress, specifier, nspecifier))
			return true;
	return !found && tree_error(nexus, err, "interrupt-map: no entry for this device and pin");
}

bool interrupts_check_map(const struct tree_node *nexus, struct err *err)
{
	unsigned naddress, nspecifier;
	struct interrupt_spec spec;
	size_t at = 0, child;
	int found;

	if (!tree_property(nexus, "interrupt-map"))
		return true;
	if (!interrupts_map_cells(nexus, &naddress, &nspecifier, err))
		return false;
	do
		found = interrupts_map_entry(nexus, naddress + nspecifier, &at, &child, &spec, err);
	while (found > 0);
	return !found;
}
