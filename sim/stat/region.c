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
	size_t kept; /* count, and those of a future that a restore undid: their names are still in use */
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
	for (size_t i = 0; i < regions->kept; i++) {
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

/* Place of an undone one of that name, else of a new one; among the kept. */
static size_t region_place(struct region_list *regions, const char *name)
{
	for (size_t i = regions->count; i < regions->kept; i++)
		if (!strcmp(regions->entries[i]->region.name, name))
			return i;
	regions->entries = allocate_again(regions->entries, (regions->kept + 1) * sizeof *regions->entries);
	regions->entries[regions->kept] = allocate_zeroed(1, sizeof **regions->entries);
	regions->entries[regions->kept]->region.name = allocate_text(name);
	return regions->kept++;
}

static struct region_entry *region_add(struct region_list *regions, const char *name, int64_t now)
{
	size_t at = region_place(regions, name);
	struct region_entry *entry = regions->entries[at];

	regions->entries[at] = regions->entries[regions->count];
	regions->entries[regions->count++] = entry;
	free(entry->sums.values);
	free(entry->before.values);
	*entry = (struct region_entry){ .region = { .name = entry->region.name, .first = now } };
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

static void region_visit_values(struct region_values *values, struct state_visitor *visitor)
{
	uint64_t count = values->count;

	state_u64(visitor, "values", &count);
	if (!state_at_most(visitor, "values of a region", count, 1 << 20))
		return;
	if (visitor->restores && !visitor->failed) {
		values->values = allocate_again(values->values, (count + 1) * sizeof *values->values);
		values->count = count;
	}
	for (size_t i = 0; i < values->count && !visitor->failed; i++)
		state_i64(visitor, "value", &values->values[i]);
}

static void region_visit_entry(struct region_list *regions, size_t index, struct state_visitor *visitor)
{
	struct region_entry *entry = visitor->restores ? NULL : regions->entries[index];
	uint32_t length = entry ? (uint32_t)strlen(entry->region.name) : 0;
	char name[256] = "";

	state_u32(visitor, "length", &length);
	if (length >= sizeof name) {
		state_refuse(visitor, "the saved state has a name of a region that is too long");
		return;
	}
	if (entry)
		memcpy(name, entry->region.name, length);
	visitor->bytes(visitor, "region", name, length);
	if (!entry)
		entry = region_add(regions, name, 0);
	state_bool(visitor, "open", &entry->region.open);
	state_u64(visitor, "count", &entry->region.count);
	state_i64(visitor, "time", &entry->region.time);
	state_i64(visitor, "first", &entry->region.first);
	state_i64(visitor, "last", &entry->region.last);
	region_visit_values(&entry->before, visitor);
	region_visit_values(&entry->sums, visitor);
}

void region_list_visit_state(struct region_list *regions, struct state_visitor *visitor)
{
	uint64_t count = regions->count;

	state_group(visitor, "regions", 1);
	state_u64(visitor, "regions", &count);
	if (visitor->restores && !visitor->failed)
		regions->count = 0;
	for (uint64_t i = 0; i < count && !visitor->failed; i++)
		region_visit_entry(regions, (size_t)i, visitor);
}
