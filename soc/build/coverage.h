/* How each node of the tree ends up: modelled, ignored on purpose, or unknown. */
#ifndef WARPCORE_BUILD_COVERAGE_H
#define WARPCORE_BUILD_COVERAGE_H

#include <stdbool.h>

#include "sim/base/err.h"

struct soc;

/*
 * Makes soc->nodes and decides what can be decided without making a device:
 * a node with a class is left SOC_MODELLED with device NULL.
 */
void coverage_classify(struct soc *soc);
/*
 * Registers of different nodes may lie inside each other (a timer block inside
 * its controller) but not across each other's ends, and not in memory. Checks
 * that, and each interrupts property. What is wrong with a node that has no model,
 * or is disabled, is no error: it is left out, and its reason says why. One that
 * lies in memory says what a part of it is for.
 */
bool coverage_check(struct soc *soc, struct err *err);
/* Hands to the open bus what no model claims: windows of buses, registers without a model. */
bool coverage_map_rest(struct soc *soc, struct err *err);

#endif
