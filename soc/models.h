/* The list of device models, and of nodes that have none on purpose. */
#ifndef WARPCORE_SOC_MODELS_H
#define WARPCORE_SOC_MODELS_H

#include "soc/build/class_list.h"

extern const struct class_list models_list;

/* Class number `index`, or NULL after the last. */
const struct device_class *models_at(unsigned index);

#endif
