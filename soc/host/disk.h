/*
 * A disk image on the host: a raw file, read only or written in place, or left
 * as it is with all writes in an overlay file of its own.
 *
 * The file is locked while it is open (flock): one writer, or any number of
 * readers. An overlay holds a header, a bitmap of the 4 KiB blocks it has, and
 * those blocks, in a sparse file that goes with that image only:
 *
 *   0       "WARPCOW1", size of the image (8 bytes), size of a block (4), big-endian
 *   0x1000  one bit for each block, the least significant bit of a byte first
 *   then, on a 4 KiB boundary, block n at n * 4096
 *
 * A block's data is written before its bit, so an interrupted run loses no more
 * than what was not flushed.
 */
#ifndef WARPCORE_HOST_DISK_H
#define WARPCORE_HOST_DISK_H

#include "soc/port/disk_port.h"

/* disk_port_open_fn: for soc_options.open_disk. */
struct disk_port *disk_open(const struct disk_image *image, struct err *err);

#endif
