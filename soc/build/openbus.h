/*
 * Addresses that belong to the SoC but to no model: they read zero, drop
 * writes, and are counted for the node that names them (the innermost one where
 * several do).
 */
#ifndef WARPCORE_BUILD_OPENBUS_H
#define WARPCORE_BUILD_OPENBUS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/log.h"
#include "sim/bus/bus.h"
#include "sim/stat/stats.h"
#include "soc/tree/address.h"

struct openbus;

struct openbus *openbus_create(struct log *log);
void openbus_destroy(struct openbus *openbus);
/* Counts accesses to `range` in *reads and *writes, which belong to the caller; `path` is for the log, not copied. */
void openbus_add(struct openbus *openbus, const struct address_range *range, const char *path,
		 uint64_t *reads, uint64_t *writes);
/* Puts all of it on the bus, under everything else. Nothing can be added later. */
bool openbus_map(struct openbus *openbus, struct bus *bus, struct err *err);
/* "openbus.reads" and "openbus.writes": of all areas. */
void openbus_add_stats(const struct openbus *openbus, struct stats *stats);

#endif
