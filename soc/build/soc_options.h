/* What a user asks of a board, beyond its tree. */
#ifndef WARPCORE_BUILD_SOC_OPTIONS_H
#define WARPCORE_BUILD_SOC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

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
	const char *firmware; /* ELF or uImage that starts, with the kernel as data after it */
	const char *initrd;   /* any file */
	const char *append;   /* boot arguments */
	int64_t epoch;        /* real-time clocks at virtual time 0, seconds since 1970; 0: SOC_DEFAULT_EPOCH */
	uint64_t seed;        /* of /chosen/rng-seed and the entropy device */
	const struct soc_disk *disks;
	unsigned ndisks;      /* up to SOC_MAX_DISKS */
	bool (*may_open)(const char *file); /* NULL: any; what is asked of a file that the tree itself names */
	bool entropy;         /* a virtio entropy device */
	bool console;         /* a virtio console (hvc0); its serial port comes after the UARTs */
	bool net;             /* a virtio network device (eth0), unless the tree has one */
};

#endif
