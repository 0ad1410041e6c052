/*
 * What a boot loader would have filled into a tree: memory, core clocks,
 * spin-table addresses, bus clocks, /chosen. Only where it is missing or zero;
 * what the user asks for (cores, memory, core type, arguments) replaces.
 */
#ifndef WARPCORE_BUILD_FIXUP_H
#define WARPCORE_BUILD_FIXUP_H

#include <stdbool.h>

#include "sim/base/err.h"
#include "sim/core/model.h"
#include "soc/build/soc_options.h"
#include "soc/tree/tree.h"

#define FIXUP_DEFAULT_MEMORY (UINT64_C(256) << 20)

/* *model: what the cores are. False: the tree has no cpus, no memory node, or not what an option needs. */
bool fixup_apply(struct tree *tree, const struct soc_options *options, const struct core_model **model,
		 struct err *err);

#endif
