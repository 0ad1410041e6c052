/* Where the loader put things in guest memory: physical addresses and bytes; sizes of 0: there are none. */
#ifndef WARPCORE_BUILD_SOC_LAYOUT_H
#define WARPCORE_BUILD_SOC_LAYOUT_H

#include <stdint.h>

struct soc_layout {
	uint64_t payload, payload_end; /* of the payload that starts */
	uint64_t entry;
	uint64_t kernel, kernel_size;  /* as data for the firmware */
	uint64_t initrd, initrd_size;
	uint64_t dtb, dtb_size;
	uint64_t map_size; /* of the boot core's initial mapping */
};

#endif
