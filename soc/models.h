/* The list of device models, and of nodes that have none on purpose. */
#ifndef WARPCORE_SOC_MODELS_H
#define WARPCORE_SOC_MODELS_H

#include "soc/port/device.h"

/* The class for a node, by the first of its compatible strings that any class has; NULL: none. */
const struct device_class *models_find(const struct tree_node *node);
/* Class number `index`, or NULL behind the last. */
const struct device_class *models_at(unsigned index);
/* Why a node needs no model, or NULL. */
const char *models_ignored(const struct tree_node *node);

#endif
