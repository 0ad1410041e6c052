/* The cpu nodes of a tree: which there are, what they are, and the cores made of them. */
#ifndef WARPCORE_BUILD_CPUS_H
#define WARPCORE_BUILD_CPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/core/model.h"
#include "sim/machine/machine_state.h"
#include "soc/tree/tree.h"

struct cpus {
	struct tree_node *node[MACHINE_MAX_CORES]; /* by reg, which is 0, 1, 2... */
	unsigned count;                            /* > 0 */
};

/* The first child of /cpus with device_type "cpu", or NULL. */
const struct tree_node *cpus_first(const struct tree *tree);
/* The children of /cpus with device_type "cpu". False: none, too many, or their numbers have gaps. */
bool cpus_list(const struct tree *tree, struct cpus *cpus, struct err *err);

/*
 * What a cpu node is: its compatible list or its name says e500v2 or e500mc, or
 * its name is that of a SoC ("PowerPC,P2020") which is known to have one of
 * them. NULL: err says what it is or that nobody knows.
 */
const struct core_model *cpus_model(const struct tree_node *cpu, struct err *err);
/* SVR of the SoC by the name of its cpu nodes or the root's compatible list; 0: unknown (as on QEMU's ppce500). */
uint32_t cpus_svr(const struct tree *tree, const struct cpus *cpus);

/* Adds a core for each node; their clock-frequency and timebase-frequency are set. */
bool cpus_add(struct machine *machine, const struct cpus *cpus, const struct core_model *model, uint32_t svr,
	      struct err *err);

#endif
