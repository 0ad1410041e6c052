/* The memory nodes of a tree. */
#ifndef WARPCORE_BUILD_MEMORY_H
#define WARPCORE_BUILD_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/bus/bus.h"
#include "soc/tree/address.h"
#include "soc/build/spin_table.h"
#include "soc/tree/tree.h"

/* The next memory node after `from` (NULL: the first); NULL: no more. */
struct tree_node *memory_next(const struct tree *tree, const struct tree_node *from);
/* Sum over all nodes and entries; 0 where reg is missing. False: reg is malformed. */
bool memory_total(const struct tree *tree, uint64_t *bytes, struct err *err);
/* The first entry that is not empty; false: there is none. */
bool memory_first(const struct tree *tree, struct address_range *range);
/* Puts it on the bus, without the pages of the spin table. */
bool memory_map(const struct tree *tree, const struct spin_table *spin_table, struct bus *bus, struct err *err);

#endif
