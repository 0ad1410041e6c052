/*
 * Regions of interest: what counters count between the beginning and the end
 * of a named stretch of the run, summed over its passages.
 *
 * Threads: as the statistics (sim/stat/stats.h): while nothing else runs.
 */
#ifndef WARPCORE_STAT_REGION_H
#define WARPCORE_STAT_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/state.h"
#include "sim/stat/stats.h"

struct region_list;

/* What there is to tell about one. Virtual times in ns. */
struct region {
	const char *name;
	bool open;           /* it has begun and not ended yet */
	uint64_t count;      /* passages that have ended */
	int64_t time;        /* their sum */
	int64_t first, last; /* beginning of the first passage, beginning (while open) or end of the last */
};

/* `stats` must outlive it. */
struct region_list *region_list_create(const struct stats *stats);
void region_list_destroy(struct region_list *regions);

/* False: it is open already. The name is copied. */
bool region_begin(struct region_list *regions, const char *name, int64_t now);
/* False: it is not open. */
bool region_end(struct region_list *regions, const char *name, int64_t now);

/* In order of their first beginning; good until the next region_begin. */
size_t region_list_count(const struct region_list *regions);
const struct region *region_at(const struct region_list *regions, size_t index);
const struct region *region_find(const struct region_list *regions, const char *name);
/* What statistic number `stat` (stats_at) has counted in the passages that have ended. */
int64_t region_value(const struct region *region, size_t stat);

/* Those that began after a save are undone by its restore; their names stay as long as the list. */
void region_list_visit_state(struct region_list *regions, struct state_visitor *visitor);

#endif
