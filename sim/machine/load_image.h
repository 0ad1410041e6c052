/* What a loader put into memory. */
#ifndef WARPCORE_MACHINE_LOAD_IMAGE_H
#define WARPCORE_MACHINE_LOAD_IMAGE_H

#include <stdint.h>

struct load_image {
	uint64_t entry;     /* physical */
	uint64_t base, end; /* the lowest byte, and the one behind the highest; zero-filled parts count */
};

#endif
