/* Loads U-Boot's legacy images ("uImage", mkimage): header and data checksums, plain or gzip. */
#ifndef WARPCORE_MACHINE_LOAD_UIMAGE_H
#define WARPCORE_MACHINE_LOAD_UIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/bus/bus.h"
#include "sim/machine/load_image.h"

/* By its magic number. */
bool load_uimage_is(const uint8_t *data, size_t size);
/*
 * `file` is for messages. False: corrupt, not a PowerPC kernel, a compression that is not known, or outside of
 * memory.
 */
bool load_uimage_into(struct bus *bus, const uint8_t *data, size_t size, const char *file,
		      struct load_image *image, struct err *err);

#endif
