#include "sim/stat/region.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

/* Values of the first `count` statistics; those that came later were 0. */
struct region_values {
	int64_t *values;
	size_t count;
};

struct region_entry {
	struct region region; /* first: region_value finds the entry by it */
	struct region_values sums, before;
};

struct region_list {
	const struct stats *stats;
	struct region_entry **entries;
	size_t count;
};

struct region_list *region_list_create(const struct stats *stats)
{
	struct region_list *regions = allocate_zeroed(1, sizeof *regions);

	regions->stats = stats;
	return regions;
}

void region_list_destroy(struct region_list *regions)
{
	if (!regions)
		return;
	for (size_t i = 0; i < regions->count; i++) {
		free((char *)regions->entries[i]->region.name);
		free(regions->entries[i]->sums.values);
		free(regions->entries[i]->before.values);
		free(regions->entries[i]);
	}
	free(regions->entries);
	free(regions);
}

/* Room for all statistics that there are now. */
static void region_cover(struct region_values *values, const struct stats *stats)
{
	size_t count = stats_count(stats);

	if (count == values->count)
		return;
	values->values = allocate_again(values->values, count * sizeof *values->values);
	memset(values->values + values->count, 0, (count - values->count) * sizeof *values->values);
	values->count = count;
}

static int64_t region_read(const struct stats *stats, size_t index)
{
	const struct stats_entry *stat = stats_at(stats, index);

	return stat->read(stat->opaque);
}

static struct region_entry *region_entry_find(const struct region_list *regions, const char *name)
{
	for (size_t i = 0; i < regions->count; i++)
		if (!strcmp(regions->entries[i]->region.name, name))
			return regions->entries[i];
	return NULL;
}

static struct region_entry *region_add(struct region_list *regions, const char *name, int64_t now)
{
	struct region_entry *entry = allocate_zeroed(1, sizeof *entry);

	entry->region.name = allocate_text(name);
	entry->region.first = now;
	regions->entries = allocate_again(regions->entries, (regions->count + 1) * sizeof *regions->entries);
	regions->entries[regions->count++] = entry;
	return entry;
}

bool region_begin(struct region_list *regions, const char *name, int64_t now)
{
	struct region_entry *entry = region_entry_find(regions, name);

	if (entry && entry->region.open)
		return false;
	if (!entry)
		entry = region_add(regions, name, now);
	entry->region.open = true;
	entry->region.last = now;
	region_cover(&entry->before, regions->stats);
	for (size_t i = 0; i < entry->before.count; i++)
		entry->before.values[i] = region_read(regions->stats, i);
	return true;
}

bool region_end(struct region_list *regions, const char *name, int64_t now)
{
	struct region_entry *entry = region_entry_find(regions, name);

	if (!entry || !entry->region.open)
		return false;
	entry->region.open = false;
	entry->region.count++;
	entry->region.time += now - entry->region.last;
	entry->region.last = now;
	region_cover(&entry->before, regions->stats);
	region_cover(&entry->sums, regions->stats);
	for (size_t i = 0; i < entry->sums.count; i++)
		entry->sums.values[i] += region_read(regions->stats, i) - entry->before.values[i];
	return true;
}

size_t region_list_count(const struct region_list *regions)
{
	return regions->count;
}

const struct region *region_at(const struct region_list *regions, size_t index)
{
	return &regions->entries[index]->region;
}

const struct region *region_find(const struct region_list *regions, const char *name)
{
	const struct region_entry *entry = region_entry_find(regions, name);

	return entry ? &entry->region : NULL;
}

int64_t region_value(const struct region *region, size_t stat)
{
	const struct region_entry *entry = (const struct region_entry *)region;

	return stat < entry->sums.count ? entry->sums.values[stat] : 0;
}
