/*
 * Starting a machine: the payload, the initial ramdisk and the device tree in
 * memory, the boot core's entry state (ePAPR 5.4), and the release of secondary
 * cores from the spin table.
 *
 * Where things go (as QEMU's ppce500 places them, so that what runs there runs
 * here): the payload where its ELF or uImage header says; the tree 24 MiB after
 * its end, 1 MiB aligned, in a 1 MiB blob; kernel-as-data and initrd after that,
 * from 32 MiB up.
 */
#ifndef WARPCORE_BUILD_BOOT_H
#define WARPCORE_BUILD_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "soc/build/soc_options.h"

struct soc;

/*
 * Reads the files that the options name: inputs of the run, read once and before it begins, and so no business of
 * soc/host. Fills soc->layout. Without a payload nothing is loaded and all cores stay
 * parked.
 */
bool boot_load(struct soc *soc, const struct soc_options *options, struct err *err);

/* spin_table_release_fn: `soc` is the opaque. */
void boot_release_core(void *opaque, unsigned core, uint64_t entry, uint64_t r3, int64_t when);

#endif
