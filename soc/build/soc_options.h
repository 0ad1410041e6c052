/* What a user asks of a board, beyond its tree. */
#ifndef WARPCORE_BUILD_SOC_OPTIONS_H
#define WARPCORE_BUILD_SOC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "soc/port/disk_port.h"

#define SOC_MAX_DISKS 8
#define SOC_DEFAULT_EPOCH INT64_C(1577836800) /* 2020-01-01 00:00:00 UTC */

/* NULL and 0 are "as the tree says", or "none". */
struct soc_options {
	const char *board;    /* .dts or .dtb; needed */
	unsigned cores;       /* number of cores: nodes are removed or copied */
	uint64_t memory;      /* bytes */
	const char *core;     /* "e500v2", "e500mc" */
	const char *kernel;   /* ELF or uImage; without firmware it is what starts */
	const char *firmware; /* ELF or uImage that starts, with the kernel as data after it */
	const char *initrd;   /* any file */
	const char *append;   /* boot arguments */
	int64_t epoch;        /* real-time clocks at virtual time 0, seconds since 1970; 0: SOC_DEFAULT_EPOCH */
	uint64_t seed;        /* of /chosen/rng-seed and the entropy device */
	const struct disk_image *disks; /* of virtio block devices: /dev/vda is number 0 */
	unsigned ndisks;      /* up to SOC_MAX_DISKS */
	disk_port_open_fn *open_disk; /* for them and for those that the tree names; NULL: none can be opened */
	bool (*may_open)(const char *file); /* NULL: any; what is asked of a file that the tree itself names */
	bool entropy;         /* a virtio entropy device */
	bool console;         /* a virtio console (hvc0); its serial port comes after the UARTs */
	bool strict;          /* refuse a tree of which a modelled device would have to be left out */
	bool net;             /* a virtio network device (eth0), unless the tree has one */
};

#endif
