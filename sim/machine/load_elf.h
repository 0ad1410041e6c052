/* Loads 32-bit big-endian PowerPC ELF programs by the physical addresses of their segments. */
#ifndef WARPCORE_MACHINE_LOAD_ELF_H
#define WARPCORE_MACHINE_LOAD_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/bus/bus.h"
#include "sim/machine/load_image.h"

/* By its first four bytes. */
bool load_elf_is(const uint8_t *data, size_t size);
/*
 * `file` is for messages. False: not for this machine, cut short, without
 * anything to load, or a segment lies outside of memory (then some may be loaded).
 */
bool load_elf_into(struct bus *bus, const uint8_t *data, size_t size, const char *file,
		   struct load_image *image, struct err *err);

#endif
