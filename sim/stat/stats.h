/*
 * Every counter, named once, with unit and description. A counter stays where
 * it is counted; the registry points at it and reads it when asked.
 *
 * Names are dotted and lower case: "core0.insns", "warp.total".
 * Threads: registered while the machine is built; read between rounds.
 */
#ifndef WARPCORE_STAT_STATS_H
#define WARPCORE_STAT_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stats;

typedef int64_t stats_read_fn(const void *opaque);

struct stats_entry {
	const char *name;        /* owned by the registry */
	const char *unit;        /* "insns", "ns", "events": a literal */
	const char *description; /* a literal */
	stats_read_fn *read;
	const void *opaque;
};

struct stats *stats_create(void);
void stats_destroy(struct stats *stats);
/* `name` is a printf format. Names are unique (asserted). */
__attribute__((format(printf, 6, 7)))
void stats_add(struct stats *stats, const char *unit, const char *description,
	       stats_read_fn *read, const void *opaque, const char *name, ...);
/* A reader for a plain int64_t or uint64_t counter at `opaque`. */
int64_t stats_read_i64(const void *opaque);

size_t stats_count(const struct stats *stats);
/* In order of registration. */
const struct stats_entry *stats_at(const struct stats *stats, size_t index);
const struct stats_entry *stats_find(const struct stats *stats, const char *name);

#endif
