/*
 * Nodes for the virtio devices that the options ask for, on a bus of their own:
 * /virtio@e00000000, in a place that none of the boards uses, with interrupts
 * 200 and up of the MPIC, which are nobody's either.
 */
#ifndef WARPCORE_BUILD_VIRTIO_NODES_H
#define WARPCORE_BUILD_VIRTIO_NODES_H

#include <stdbool.h>

#include "sim/base/err.h"
#include "soc/build/soc_options.h"
#include "soc/tree/tree.h"

bool virtio_nodes_add(struct tree *tree, const struct soc_options *options, struct err *err);

#endif
