#include "soc/build/coverage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "soc/tree/address.h"
#include "soc/build/memory.h"
#include "soc/build/soc_state.h"

#define COVERAGE_ADDRESS_BITS 36 /* of e500v2 and e500mc */

/* Nodes that describe rather than stand for hardware, and those the builder reads itself. */
static const struct coverage_fixed {
	const char *path;
	enum soc_coverage coverage;
	const char *reason;
} coverage_fixed[] = {
	{ "/", SOC_MODELLED, "the machine" },
	{ "/cpus", SOC_MODELLED, "the cores" },
	{ "/aliases", SOC_IGNORED, "names for other nodes" },
	{ "/chosen", SOC_IGNORED, "read by the guest, filled in by the loader" },
	{ "/reserved-memory", SOC_IGNORED, "read by the guest" },
};

static bool coverage_is(const struct tree_node *node, const char *device_type)
{
	const char *type = tree_string(node, "device_type");

	return type && !strcmp(type, device_type);
}

/* A bus that the builder walks through: its ranges are translated, it has no registers worth a model. */
static bool coverage_is_bus(const struct tree_node *node)
{
	return tree_property(node, "ranges") && (tree_is_compatible(node, "simple-bus") || coverage_is(node, "soc"));
}

static void coverage_set(struct soc_node *entry, enum soc_coverage coverage, const char *reason)
{
	entry->coverage = coverage;
	entry->reason = reason;
}

/* True: decided by what the node is. */
static bool coverage_by_kind(struct soc_node *entry, const struct soc_node *parent)
{
	const struct tree_node *node = entry->node;

	for (size_t i = 0; i < sizeof coverage_fixed / sizeof *coverage_fixed; i++)
		if (!strcmp(coverage_fixed[i].path, node->path)) {
			coverage_set(entry, coverage_fixed[i].coverage, coverage_fixed[i].reason);
			return true;
		}
	if (coverage_is(node, "cpu") && !strcmp(node->parent->path, "/cpus")) {
		coverage_set(entry, SOC_MODELLED, "a core");
		return true;
	}
	if (coverage_is(node, "memory") && !node->parent->parent) {
		coverage_set(entry, SOC_MODELLED, "memory");
		return true;
	}
	if (coverage_is(parent->node, "cpu") && strstr(node->name, "cache")) {
		coverage_set(entry, SOC_IGNORED, "caches hold nothing that software can see");
		return true;
	}
	if (!tree_is_enabled(node)) {
		coverage_set(entry, SOC_IGNORED, "its status is not okay");
		return true;
	}
	if (coverage_is(parent->node, "pci")) {
		coverage_set(entry, SOC_IGNORED, "behind a PCI host, where the guest finds what there is by itself");
		return true;
	}
	return false;
}

static void coverage_decide(const struct class_list *classes, struct soc_node *entry, const struct soc_node *parent)
{
	const struct tree_node *node = entry->node;
	const struct device_class *class;
	const char *reason;

	if (coverage_by_kind(entry, parent))
		return;
	class = class_list_find(classes, node);
	reason = class_list_ignored(classes, node);
	if (class && class->has_registers && !tree_property(node, "reg"))
		coverage_set(entry, SOC_UNKNOWN, "has a model, but the node has no registers");
	else if (class)
		coverage_set(entry, SOC_MODELLED, class->summary);
	else if (reason)
		coverage_set(entry, SOC_IGNORED, reason);
	else if (coverage_is_bus(node))
		coverage_set(entry, SOC_MODELLED, "bus: its ranges are followed");
	else if (parent->node->parent && parent->coverage == SOC_IGNORED)
		coverage_set(entry, SOC_IGNORED, "part of a node that is ignored");
	else if (address_is_mapped(node))
		coverage_set(entry, SOC_UNKNOWN, "no model: its registers read zero");
	else
		coverage_set(entry, SOC_UNKNOWN, "no model, and no registers on the bus");
}

void coverage_classify(struct soc *soc)
{
	size_t at = 0;

	for (struct tree_node *node = tree_next(soc->tree, NULL); node; node = tree_next(soc->tree, node))
		soc->nnodes++;
	soc->nodes = allocate_zeroed(soc->nnodes, sizeof *soc->nodes);
	for (struct tree_node *node = tree_next(soc->tree, NULL); node; node = tree_next(soc->tree, node)) {
		struct soc_node *entry = &soc->nodes[at++];

		entry->node = node;
		coverage_decide(soc->classes, entry, node->parent ? soc_state_node(soc, node->parent) : entry);
	}
}

/* ---- What is wrong with a node that nobody needs is a note, and the node takes no part in the rest ---- */

static bool coverage_is_needed(const struct soc_node *entry)
{
	return entry->coverage == SOC_MODELLED;
}

static void coverage_mark(struct soc_node *entry, const struct err *err)
{
	const char *text = strstr(err->text, entry->node->path);

	text = text ? text + strlen(entry->node->path) : err->text;
	free(entry->flaw);
	entry->flaw = allocate_print("left out%s", text);
	entry->reason = entry->flaw;
}

bool coverage_leave_out(struct soc *soc, struct soc_node *entry, const struct err *err)
{
	const struct device_class *class = class_list_find(soc->classes, entry->node);

	if (soc->strict || !class || !class->create || tree_property(entry->node, "warpcore,device"))
		return false;
	entry->coverage = SOC_UNKNOWN;
	coverage_mark(entry, err);
	log_write(&soc->machine->log, LOG_WARNING, "%s; the device is left out", err->text);
	return true;
}

/* True: it was no error. */
static bool coverage_note(struct soc *soc, struct soc_node *entry, const struct err *err)
{
	if (coverage_is_needed(entry))
		return coverage_leave_out(soc, entry, err);
	coverage_mark(entry, err);
	return true;
}

/* All registers of the tree, to be compared. */
struct coverage_area {
	struct address_range range;
	const struct tree_node *node;
	struct soc_node *entry;
};

struct coverage_areas {
	struct coverage_area *at;
	size_t count, room;
};

static void coverage_add_area(struct coverage_areas *areas, const struct coverage_area *area)
{
	if (areas->count == areas->room) {
		areas->room = 2 * areas->room + 64;
		areas->at = allocate_again(areas->at, areas->room * sizeof *areas->at);
	}
	areas->at[areas->count++] = *area;
}

/* It lies in memory, and says what a part of it is for: a carve-out, a framebuffer. */
static bool coverage_is_in_memory(const struct soc *soc, const struct address_range *range)
{
	struct tree_node *memory = NULL;
	struct address_range all;
	struct err err;

	while ((memory = memory_next(soc->tree, memory)))
		for (int i = 0, n = address_count(memory, &err); i < n; i++)
			if (address_get(memory, (unsigned)i, &all, &err) && range->base >= all.base &&
			    range->base - all.base < all.size && range->size <= all.size - (range->base - all.base))
				return true;
	return false;
}

static bool coverage_collect_node(struct soc *soc, struct soc_node *entry, struct coverage_areas *areas,
				  struct err *err)
{
	const struct tree_node *node = entry->node;
	int count = address_is_mapped(node) ? address_count(node, err) : 0;

	for (int reg = 0; reg < count; reg++) {
		struct coverage_area area = { .node = node, .entry = entry };

		if (!address_get(node, (unsigned)reg, &area.range, err))
			return false;
		if (!area.range.size || !tree_is_enabled(node))
			continue;
		if ((area.range.base + (area.range.size - 1)) >> COVERAGE_ADDRESS_BITS)
			return tree_error(node, err,
					  "reg: 0x%" PRIx64 " of 0x%" PRIx64 " bytes goes beyond the %d bits"
					  " of a physical address",
					  area.range.base, area.range.size, COVERAGE_ADDRESS_BITS);
		if (!coverage_is_needed(entry) && coverage_is_in_memory(soc, &area.range)) {
			coverage_set(entry, SOC_IGNORED, "a part of memory");
			entry->in_memory = true;
			return true;
		}
		coverage_add_area(areas, &area);
	}
	return count >= 0;
}

static bool coverage_collect(struct soc *soc, struct coverage_areas *areas, struct err *err)
{
	for (size_t i = 0; i < soc->nnodes; i++)
		if (!coverage_collect_node(soc, &soc->nodes[i], areas, err) && !coverage_note(soc, &soc->nodes[i], err))
			return false;
	return true;
}

static int coverage_compare(const void *a, const void *b)
{
	const struct coverage_area *x = a, *y = b;

	if (x->range.base != y->range.base)
		return x->range.base < y->range.base ? -1 : 1;
	if (x->range.size != y->range.size)
		return x->range.size > y->range.size ? -1 : 1;
	return strcmp(x->node->path, y->node->path);
}

static bool coverage_is_above(const struct tree_node *above, const struct tree_node *node)
{
	while (node && node != above)
		node = node->parent;
	return node != NULL;
}

static bool coverage_is_memory(const struct tree_node *node)
{
	return coverage_is(node, "memory") && !node->parent->parent;
}

/* `inner` begins at or after the start of `outer`, and before its end. */
static bool coverage_may_nest(const struct class_list *classes, const struct coverage_area *outer,
			      const struct coverage_area *inner)
{
	bool same = outer->range.base == inner->range.base && outer->range.size == inner->range.size;

	if (coverage_is_memory(outer->node) || coverage_is_memory(inner->node))
		return false;
	if (inner->range.base + (inner->range.size - 1) > outer->range.base + (outer->range.size - 1))
		return false;
	if (!same || coverage_is_above(outer->node, inner->node) || coverage_is_above(inner->node, outer->node))
		return true;
	/* P1020's tree gives a register to two MDIO buses. */
	return !class_list_find(classes, outer->node) && !class_list_find(classes, inner->node);
}

static bool coverage_overlap(const struct coverage_area *area, const struct coverage_area *other, struct err *err)
{
	return tree_error(area->node, err, "reg: 0x%" PRIx64 "-0x%" PRIx64 " overlaps %s at 0x%" PRIx64 "-0x%" PRIx64,
			  area->range.base, area->range.base + (area->range.size - 1), other->node->path,
			  other->range.base, other->range.base + (other->range.size - 1));
}

/* One of the two has to go: one that nobody needs before one that has a model. */
static bool coverage_resolve(struct soc *soc, const struct coverage_area *area, const struct coverage_area *other,
			     struct err *err)
{
	bool swap = coverage_is_needed(area->entry) && !coverage_is_needed(other->entry);

	for (int i = 0; i < 2; i++, swap = !swap) {
		coverage_overlap(swap ? other : area, swap ? area : other, err);
		if (coverage_note(soc, (swap ? other : area)->entry, err))
			return true;
	}
	coverage_overlap(area, other, err);
	return false;
}

static bool coverage_check_areas(struct soc *soc, const struct coverage_area *areas, size_t nareas, struct err *err)
{
	/* Those around the present one, outermost first. */
	const struct coverage_area **open = allocate_zeroed(nareas + 1, sizeof *open);
	size_t nopen = 0;
	bool ok = true;

	for (size_t i = 0; i < nareas && ok; i++) {
		const struct coverage_area *area = &areas[i];

		while (nopen && open[nopen - 1]->range.base + (open[nopen - 1]->range.size - 1) < area->range.base)
			nopen--;
		while (ok && nopen && !area->entry->flaw && !coverage_may_nest(soc->classes, open[nopen - 1], area)) {
			ok = coverage_resolve(soc, area, open[nopen - 1], err);
			nopen -= ok && !area->entry->flaw; /* the other one has gone, and may lie in one more */
		}
		if (!area->entry->flaw)
			open[nopen++] = area;
	}
	free(open);
	return ok;
}

static bool coverage_check_lines(const struct tree_node *node, struct err *err)
{
	struct interrupt_spec spec;
	int count = interrupts_count(node, err);

	if (count < 0 || !interrupts_check_map(node, err))
		return false;
	for (int n = 0; n < count && tree_is_enabled(node); n++)
		if (!interrupts_get(node, (unsigned)n, &spec, err))
			return false;
	return true;
}

static bool coverage_check_interrupts(struct soc *soc, struct err *err)
{
	for (size_t i = 0; i < soc->nnodes; i++)
		if (!soc->nodes[i].flaw && !coverage_check_lines(soc->nodes[i].node, err) &&
		    !coverage_note(soc, &soc->nodes[i], err))
			return false;
	return true;
}

bool coverage_check(struct soc *soc, struct err *err)
{
	struct coverage_areas areas = { 0 };
	bool ok = coverage_collect(soc, &areas, err);

	if (ok && areas.count) {
		qsort(areas.at, areas.count, sizeof *areas.at, coverage_compare);
		ok = coverage_check_areas(soc, areas.at, areas.count, err);
	}
	free(areas.at);
	return ok && coverage_check_interrupts(soc, err);
}

static void coverage_add_open(struct soc *soc, struct soc_node *entry, const struct address_range *range)
{
	if (range->size)
		openbus_add(soc->openbus, range, entry->node->path, &entry->reads, &entry->writes);
}

/* The windows of a bus that is walked through. */
static bool coverage_open_windows(struct soc *soc, struct soc_node *entry, struct err *err)
{
	int count = coverage_is_bus(entry->node) ? address_window_count(entry->node, err) : 0;
	struct address_range range;

	for (int i = 0; i < count; i++) {
		if (!address_window(entry->node, (unsigned)i, &range, err))
			return false;
		coverage_add_open(soc, entry, &range);
	}
	return count >= 0;
}

bool coverage_map_rest(struct soc *soc, struct err *err)
{
	for (size_t i = 0; i < soc->nnodes; i++) {
		struct soc_node *entry = &soc->nodes[i];
		bool open = !coverage_is_needed(entry) && !entry->flaw && !entry->in_memory &&
			    address_is_mapped(entry->node);
		int count = open ? address_count(entry->node, err) : 0;
		struct address_range range;

		if (count < 0 || !coverage_open_windows(soc, entry, err))
			return false;
		for (int reg = 0; reg < count; reg++) {
			if (!address_get(entry->node, (unsigned)reg, &range, err))
				return false;
			coverage_add_open(soc, entry, &range);
		}
	}
	return openbus_map(soc->openbus, soc->machine->bus, err);
}
