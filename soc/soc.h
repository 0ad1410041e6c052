/*
 * A system on chip built from a device tree into a machine.
 *
 * soc_build reads the tree, fixes up what a boot loader would have filled in,
 * adds cores, memory and devices to the machine, loads the payload and sets the
 * boot core's entry state. Everything it makes belongs to the machine and goes
 * with machine_destroy; after an error only that is left to do.
 */
#ifndef WARPCORE_SOC_SOC_H
#define WARPCORE_SOC_SOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/machine/machine_state.h"
#include "soc/build/soc_layout.h"
#include "soc/build/soc_node.h"
#include "soc/build/soc_options.h"
#include "soc/port/device.h"
#include "soc/port/net_port.h"
#include "soc/port/serial_port.h"
#include "soc/tree/tree.h"

struct soc;

struct soc *soc_build(struct machine *machine, const struct soc_options *options, struct err *err);

/* The tree that the guest got, fix-ups included. */
const struct tree *soc_tree(const struct soc *soc);

const char *soc_coverage_name(enum soc_coverage coverage); /* "modelled", "ignored", "unknown" */

/* In the tree's order. */
size_t soc_nodes(const struct soc *soc);
const struct soc_node *soc_node_at(const struct soc *soc, size_t index);
const struct soc_node *soc_node(const struct soc *soc, const struct tree_node *node);

/*
 * Gives a node that has no model one, in place of the open bus: `class` must outlive the machine. While the machine
 * is stopped. NULL: the node has a model already, or it cannot be made; err says why.
 */
struct device *soc_attach(struct soc *soc, const struct tree_node *node, const struct device_class *class,
			  struct err *err);

/* The first device whose class has this compatible string, or the one of a path or alias; NULL: none. */
struct device *soc_device_compatible(const struct soc *soc, const char *compatible);
struct device *soc_device(const struct soc *soc, const char *path);

/*
 * UARTs (and after them the virtio console): number n is the one that /aliases calls serial<n>, or the next one of
 * the tree. NULL: no such number.
 */
unsigned soc_serials(const struct soc *soc);
struct serial_port *soc_serial(const struct soc *soc, unsigned number);

/* Network devices, in the order of the tree. NULL: no such number. */
unsigned soc_nets(const struct soc *soc);
struct net_port *soc_net(const struct soc *soc, unsigned number);

const struct soc_layout *soc_layout(const struct soc *soc);

#endif
