/* How each node of the tree ends up: modelled, ignored on purpose, or unknown. */
#ifndef WARPCORE_BUILD_COVERAGE_H
#define WARPCORE_BUILD_COVERAGE_H

#include <stdbool.h>

#include "sim/base/err.h"

struct soc;
struct soc_node;

/*
 * Makes soc->nodes and decides what can be decided without making a device:
 * a node with a class is left SOC_MODELLED with device NULL.
 */
void coverage_classify(struct soc *soc);
/*
 * Registers of different nodes may lie inside each other (a timer block inside
 * its controller) but not across each other's ends, and not in memory. Checks
 * that, and each interrupts property. A node with something wrong is left out, and
 * its reason says why: silently one that has no model or is disabled, with a
 * warning a device that has one. One that lies in memory says what a part of it
 * is for.
 */
bool coverage_check(struct soc *soc, struct err *err);
/*
 * True: `entry`, a device that has a model, is left out with a warning, which says `err`. False: its tree is refused,
 * as the option strict asks, or as the user has asked for the device itself.
 */
bool coverage_leave_out(struct soc *soc, struct soc_node *entry, const struct err *err);
/* Hands to the open bus what no model claims: windows of buses, registers without a model. */
bool coverage_map_rest(struct soc *soc, struct err *err);

#endif
