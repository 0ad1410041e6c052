#include "soc/build/openbus.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sim/base/allocate.h"

struct openbus_area {
	uint64_t base, last; /* inclusive */
	const char *path;
	uint64_t *reads, *writes;
};

struct openbus_window {
	struct openbus *openbus;
	uint64_t base, last;
};

struct openbus {
	struct log *log;
	struct openbus_area *areas;
	size_t nareas;
	struct openbus_window *windows; /* areas that touch or overlap, put together */
	size_t nwindows;
	int64_t reads, writes; /* of all areas */
};

struct openbus *openbus_create(struct log *log)
{
	struct openbus *openbus = allocate_zeroed(1, sizeof *openbus);

	openbus->log = log;
	return openbus;
}

void openbus_destroy(struct openbus *openbus)
{
	if (!openbus)
		return;
	free(openbus->areas);
	free(openbus->windows);
	free(openbus);
}

void openbus_add(struct openbus *openbus, const struct address_range *range, const char *path,
		 uint64_t *reads, uint64_t *writes)
{
	openbus->areas = allocate_again(openbus->areas, (openbus->nareas + 1) * sizeof *openbus->areas);
	openbus->areas[openbus->nareas++] =
		(struct openbus_area){ range->base, range->base + (range->size - 1), path, reads, writes };
}

/* The smallest area around an address; there is one. A few hundred at most, and accesses are rare. */
static const struct openbus_area *openbus_find(const struct openbus *openbus, uint64_t address)
{
	const struct openbus_area *best = NULL;

	for (size_t i = 0; i < openbus->nareas; i++) {
		const struct openbus_area *area = &openbus->areas[i];

		if (address < area->base || address > area->last)
			continue;
		if (!best || area->last - area->base < best->last - best->base)
			best = area;
	}
	return best;
}

static uint64_t openbus_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct openbus_window *window = opaque;
	const struct openbus_area *area = openbus_find(window->openbus, window->base + offset);

	++*area->reads;
	window->openbus->reads++;
	log_write(window->openbus->log, LOG_UNIMPLEMENTED, "%s: read of %u bytes at 0x%" PRIx64 ", no model: 0",
		  area->path, size, window->base + offset);
	return 0;
}

static void openbus_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct openbus_window *window = opaque;
	const struct openbus_area *area = openbus_find(window->openbus, window->base + offset);

	++*area->writes;
	window->openbus->writes++;
	log_write(window->openbus->log, LOG_UNIMPLEMENTED,
		  "%s: write of %u bytes at 0x%" PRIx64 ", no model: dropped 0x%" PRIx64, area->path, size,
		  window->base + offset, value);
}

static int openbus_compare(const void *a, const void *b)
{
	const struct openbus_area *x = a, *y = b;

	if (x->base != y->base)
		return x->base < y->base ? -1 : 1;
	return x->last > y->last ? -1 : x->last < y->last;
}

bool openbus_map(struct openbus *openbus, struct bus *bus, struct err *err)
{
	static const struct bus_ops ops = { openbus_read, openbus_write };

	if (!openbus->nareas)
		return true;
	qsort(openbus->areas, openbus->nareas, sizeof *openbus->areas, openbus_compare);
	openbus->windows = allocate_zeroed(openbus->nareas, sizeof *openbus->windows);
	for (size_t i = 0; i < openbus->nareas; i++) {
		const struct openbus_area *area = &openbus->areas[i];
		struct openbus_window *window = openbus->nwindows ? &openbus->windows[openbus->nwindows - 1] : NULL;

		if (!window || (window->last != UINT64_MAX && area->base > window->last + 1))
			openbus->windows[openbus->nwindows++] =
				(struct openbus_window){ openbus, area->base, area->last };
		else if (area->last > window->last)
			window->last = area->last;
	}
	for (size_t i = 0; i < openbus->nwindows; i++) {
		struct openbus_window *window = &openbus->windows[i];

		if (!bus_add_background(bus, "open bus", window->base, window->last - window->base + 1, &ops, window,
					err))
			return false;
	}
	return true;
}

void openbus_add_stats(const struct openbus *openbus, struct stats *stats)
{
	stats_add(stats, "accesses", "reads of registers without a model", stats_read_i64, &openbus->reads,
		  "openbus.reads");
	stats_add(stats, "accesses", "writes of registers without a model", stats_read_i64, &openbus->writes,
		  "openbus.writes");
}
