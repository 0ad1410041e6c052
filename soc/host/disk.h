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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

#define DISK_SECTOR 512

struct disk;

/* `overlay` NULL: none; a name that does not exist is made. NULL: missing, locked, read only, not whole sectors. */
struct disk *disk_open(const char *file, bool read_only, const char *overlay, struct err *err);
void disk_close(struct disk *disk);
uint64_t disk_size(const struct disk *disk); /* bytes, a multiple of DISK_SECTOR */
bool disk_is_read_only(const struct disk *disk);
/* The file that is written, or read if none is. */
const char *disk_name(const struct disk *disk);
/* The range lies in the disk. False: the host says no (errno): a full disk, an I/O error. */
bool disk_read(struct disk *disk, uint64_t offset, void *data, size_t size);
bool disk_write(struct disk *disk, uint64_t offset, const void *data, size_t size);
/* All that was written is on the host's medium. */
bool disk_flush(struct disk *disk);

#endif
