#include "sim/stat/stats.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

struct stats {
	struct stats_entry *items;
	size_t count, room;
};

struct stats *stats_create(void)
{
	return allocate_zeroed(1, sizeof(struct stats));
}

void stats_destroy(struct stats *stats)
{
	if (!stats)
		return;
	for (size_t i = 0; i < stats->count; i++)
		free((char *)stats->items[i].name);
	free(stats->items);
	free(stats);
}

void stats_add(struct stats *stats, const char *unit, const char *description,
	       stats_read_fn *read, const void *opaque, const char *name, ...)
{
	char full[256];
	va_list args;

	va_start(args, name);
	vsnprintf(full, sizeof full, name, args);
	va_end(args);
	assert(!stats_find(stats, full));
	if (stats->count == stats->room) {
		stats->room = stats->room ? 2 * stats->room : 64;
		stats->items = allocate_again(stats->items, stats->room * sizeof *stats->items);
	}
	stats->items[stats->count++] = (struct stats_entry){ allocate_text(full), unit, description, read, opaque };
}

int64_t stats_read_i64(const void *opaque)
{
	return *(const int64_t *)opaque;
}

size_t stats_count(const struct stats *stats)
{
	return stats->count;
}

const struct stats_entry *stats_at(const struct stats *stats, size_t index)
{
	return &stats->items[index];
}

const struct stats_entry *stats_find(const struct stats *stats, const char *name)
{
	for (size_t i = 0; i < stats->count; i++)
		if (!strcmp(stats->items[i].name, name))
			return &stats->items[i];
	return NULL;
}
