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
#include "sim/machine/machine.h"
#include "soc/port/device.h"
#include "soc/port/net_port.h"
#include "soc/port/serial_port.h"
#include "soc/tree/tree.h"

#define SOC_MAX_DISKS 8
#define SOC_DEFAULT_EPOCH INT64_C(1577836800) /* 2020-01-01 00:00:00 UTC */

/* A disk image behind a virtio block device: /dev/vda is number 0. */
struct soc_disk {
	const char *file;
	const char *overlay; /* all writes go there (made if missing), `file` stays as it is; NULL: none */
	bool read_only;
};

/* NULL and 0 are "as the tree says", or "none". */
struct soc_options {
	const char *board;    /* .dts or .dtb; needed */
	unsigned cores;       /* number of cores: nodes are removed or copied */
	uint64_t memory;      /* bytes */
	const char *core;     /* "e500v2", "e500mc" */
	const char *kernel;   /* ELF or uImage; without firmware it is what starts */
	const char *firmware; /* ELF or uImage that starts, with the kernel as data behind it */
	const char *initrd;   /* any file */
	const char *append;   /* boot arguments */
	int64_t epoch;        /* real-time clocks at virtual time 0, seconds since 1970; 0: SOC_DEFAULT_EPOCH */
	uint64_t seed;        /* of /chosen/rng-seed and the entropy device */
	const struct soc_disk *disks;
	unsigned ndisks;      /* up to SOC_MAX_DISKS */
	bool (*may_open)(const char *file); /* NULL: any; what is asked of a file that the tree itself names */
	bool entropy;         /* a virtio entropy device */
	bool console;         /* a virtio console (hvc0); its serial port comes behind the UARTs */
	bool net;             /* a virtio network device (eth0), unless the tree has one */
};

struct soc;

struct soc *soc_build(struct machine *machine, const struct soc_options *options, struct err *err);

/* The tree that the guest got, fix-ups included. */
const struct tree *soc_tree(const struct soc *soc);
struct machine *soc_machine(const struct soc *soc);

/* How a node ended up. */
enum soc_coverage {
	SOC_MODELLED,
	SOC_IGNORED, /* on purpose: `reason` says why */
	SOC_UNKNOWN, /* its registers read zero and drop writes */
};
const char *soc_coverage_name(enum soc_coverage coverage); /* "modelled", "ignored", "unknown" */

struct soc_node {
	const struct tree_node *node;
	enum soc_coverage coverage;
	const char *reason;     /* one line: the model's summary, or why it has none */
	struct device *device;  /* NULL: none of its own */
	uint64_t reads, writes; /* of registers that no model claims */
};

/* In the tree's order. */
size_t soc_nodes(const struct soc *soc);
const struct soc_node *soc_node_at(const struct soc *soc, size_t index);
const struct soc_node *soc_node(const struct soc *soc, const struct tree_node *node);

/*
 * Gives a node that has no model one, in place of the open bus: `class` must outlive the machine. While the machine
 * stands. NULL: the node has a model already, or it cannot be made; err says why.
 */
struct device *soc_attach(struct soc *soc, const struct tree_node *node, const struct device_class *class, struct err *err);

/* The first device whose class has this compatible string, or the one of a path or alias; NULL: none. */
struct device *soc_device_compatible(const struct soc *soc, const char *compatible);
struct device *soc_device(const struct soc *soc, const char *path);

/*
 * UARTs (and behind them the virtio console): number n is the one that /aliases calls serial<n>, or the next one of
 * the tree. NULL: no such number.
 */
unsigned soc_serials(const struct soc *soc);
struct serial_port *soc_serial(const struct soc *soc, unsigned number);

/* Network devices, in the order of the tree. NULL: no such number. */
unsigned soc_nets(const struct soc *soc);
struct net_port *soc_net(const struct soc *soc, unsigned number);

/* Where things were put; sizes of 0: there are none. */
struct soc_layout {
	uint64_t payload, payload_end; /* of the payload that starts */
	uint64_t entry;
	uint64_t kernel, kernel_size;  /* as data behind firmware */
	uint64_t initrd, initrd_size;
	uint64_t dtb, dtb_size;
	uint64_t map_size; /* of the boot core's initial mapping */
};
const struct soc_layout *soc_layout(const struct soc *soc);

#endif
