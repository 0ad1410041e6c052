/*
 * Where the boot loader's part puts its data: the device tree, a kernel behind a firmware, an initrd. In memory, and
 * outside of what is taken already and of what the tree reserves (/memreserve/, /reserved-memory; Devicetree
 * specification 3.5 and 5.3).
 */
#ifndef WARPCORE_BUILD_PLACE_H
#define WARPCORE_BUILD_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/bus/bus.h"
#include "soc/tree/tree.h"

struct place_range {
	uint64_t base, size; /* physical, bytes */
};

struct place {
	struct bus *bus;
	uint64_t lowest; /* nothing is put below */
	struct place_range *taken;
	size_t ntaken;
};

/* A node of /reserved-memory whose reg makes no sense reserves nothing. */
void place_init(struct place *place, struct bus *bus, const struct tree *tree);
void place_fini(struct place *place);
void place_take(struct place *place, uint64_t base, uint64_t size);
/*
 * Room for `size` bytes, taken: the first at or above `from` at a multiple of `align`, else the first above
 * place->lowest at a multiple of 1 MiB, or of 4 KiB. False: there is none.
 */
bool place_find(struct place *place, uint64_t size, uint64_t from, uint64_t align, uint64_t *base);

#endif
