#define _GNU_SOURCE /* memfd_create */
#include "soc/host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

#define DISK_BLOCK  4096u
#define DISK_HEADER 4096u
#define DISK_MAGIC  "WARPCOW1"

struct disk {
	int file, overlay; /* -1: no overlay */
	char *name;        /* of the overlay, or else the file */
	bool read_only;
	uint64_t size;
	uint8_t *bitmap; /* of the overlay */
	uint64_t bitmap_size, data;
	pid_t process;  /* that opened it: a copy of the process writes to memory of its own */
	bool stands_in; /* the overlay is that memory, of a disk that is written in place */
};

/* pread and pwrite until all is done. */
static bool disk_pread(int file, uint64_t offset, void *data, size_t size)
{
	uint8_t *at = data;

	while (size) {
		ssize_t got = pread(file, at, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : EIO; /* the file has become shorter */
			return false;
		}
		at += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return true;
}

static bool disk_pwrite(int file, uint64_t offset, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		ssize_t put = pwrite(file, at, size, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			errno = put ? errno : ENOSPC;
			return false;
		}
		at += put;
		offset += (uint64_t)put;
		size -= (size_t)put;
	}
	return true;
}

/* Opening. */

static int disk_open_file(const char *name, bool write, bool create, struct err *err)
{
	int file = open(name, (write ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0) | O_CLOEXEC, 0666);

	if (file < 0) {
		err_set(err, "%s: %s%s", name, strerror(errno),
			write && (errno == EACCES || errno == EROFS) ? " (to be written; it can be opened read only)"
								     : "");
		return -1;
	}
	if (flock(file, (write ? LOCK_EX : LOCK_SH) | LOCK_NB)) {
		err_set(err, "%s: %s", name,
			errno == EWOULDBLOCK ? "is in use by another run, or by another machine of this one"
					     : strerror(errno));
		close(file);
		return -1;
	}
	return file;
}

static bool disk_measure(int file, const char *name, uint64_t *size, struct err *err)
{
	struct stat status;

	if (fstat(file, &status))
		return err_set(err, "%s: %s", name, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return err_set(err, "%s: is not a regular file", name);
	*size = (uint64_t)status.st_size;
	return true;
}

static uint64_t disk_blocks(const struct disk *disk)
{
	return (disk->size + DISK_BLOCK - 1) / DISK_BLOCK;
}

/* An overlay without a block. False: no memory for its bitmap. */
static bool disk_lay_out(struct disk *disk)
{
	disk->bitmap_size = (disk_blocks(disk) + 7) / 8;
	disk->bitmap = allocate_try_zeroed(1, (size_t)disk->bitmap_size);
	disk->data = DISK_HEADER + (disk->bitmap_size + DISK_BLOCK - 1) / DISK_BLOCK * DISK_BLOCK;
	return disk->bitmap != NULL;
}

static bool disk_make_overlay(struct disk *disk, const char *name, struct err *err)
{
	uint8_t header[DISK_HEADER] = DISK_MAGIC;

	be64_store(header + 8, disk->size);
	be32_store(header + 16, DISK_BLOCK);
	if (ftruncate(disk->overlay, (off_t)(disk->data + disk_blocks(disk) * DISK_BLOCK)) ||
	    !disk_pwrite(disk->overlay, 0, header, sizeof header))
		return err_set(err, "%s: %s", name, strerror(errno));
	return true;
}

static bool disk_load_overlay(struct disk *disk, const char *name, uint64_t size, struct err *err)
{
	uint8_t header[20];

	if (size < DISK_HEADER || !disk_pread(disk->overlay, 0, header, sizeof header) || memcmp(header, DISK_MAGIC, 8))
		return err_set(err, "%s: is not an overlay", name);
	if (be64_load(header + 8) != disk->size || be32_load(header + 16) != DISK_BLOCK)
		return err_set(err, "%s: is the overlay of another image: of %llu bytes, this one has %llu", name,
			       (unsigned long long)be64_load(header + 8), (unsigned long long)disk->size);
	if (size < disk->data + disk_blocks(disk) * DISK_BLOCK)
		return err_set(err, "%s: truncated overlay", name);
	if (!disk_pread(disk->overlay, DISK_HEADER, disk->bitmap, (size_t)disk->bitmap_size))
		return err_set(err, "%s: %s", name, strerror(errno));
	return true;
}

static bool disk_open_overlay(struct disk *disk, const char *name, struct err *err)
{
	uint64_t size;

	disk->overlay = disk_open_file(name, true, true, err);
	if (disk->overlay < 0 || !disk_measure(disk->overlay, name, &size, err))
		return false;
	if (!disk_lay_out(disk))
		return err_set(err, "%s: %s", name, strerror(ENOMEM));
	return size ? disk_load_overlay(disk, name, size, err) : disk_make_overlay(disk, name, err);
}

static bool disk_open_all(struct disk *disk, const char *file, const char *overlay, struct err *err)
{
	disk->file = disk_open_file(file, !disk->read_only && !overlay, false, err);
	if (disk->file < 0 || !disk_measure(disk->file, file, &disk->size, err))
		return false;
	if (!disk->size || disk->size % DISK_PORT_SECTOR)
		return err_set(err, "%s: %llu bytes are not a whole number of %d-byte sectors", file,
			       (unsigned long long)disk->size, DISK_PORT_SECTOR);
	return !overlay || disk_open_overlay(disk, overlay, err);
}

/* Reading and writing. */

static bool disk_has_block(const struct disk *disk, uint64_t block)
{
	return disk->overlay >= 0 && disk->bitmap[block / 8] >> block % 8 & 1;
}

static size_t disk_block_size(const struct disk *disk, uint64_t block)
{
	uint64_t left = disk->size - block * DISK_BLOCK;

	return left < DISK_BLOCK ? (size_t)left : DISK_BLOCK;
}

/* The part of offset..offset+size-1 that lies in the first block. */
static size_t disk_in_block(uint64_t offset, size_t size)
{
	size_t left = DISK_BLOCK - (size_t)(offset % DISK_BLOCK);

	return left < size ? left : size;
}

static bool disk_read(void *opaque, uint64_t offset, void *data, size_t size)
{
	struct disk *disk = opaque;
	uint8_t *at = data;

	if (disk->overlay < 0)
		return disk_pread(disk->file, offset, data, size);
	while (size) {
		size_t here = disk_in_block(offset, size);
		bool own = disk_has_block(disk, offset / DISK_BLOCK);

		if (!disk_pread(own ? disk->overlay : disk->file, own ? disk->data + offset : offset, at, here))
			return false;
		at += here;
		offset += here;
		size -= here;
	}
	return true;
}

/* A block comes into the overlay: what is not written is that of the image. */
static bool disk_copy_block(struct disk *disk, uint64_t block)
{
	uint64_t start = block * DISK_BLOCK;
	size_t size = disk->size - start < DISK_BLOCK ? (size_t)(disk->size - start) : DISK_BLOCK;
	uint8_t bytes[DISK_BLOCK];

	return disk_pread(disk->file, start, bytes, size) &&
	       disk_pwrite(disk->overlay, disk->data + start, bytes, size);
}

static bool disk_write_overlay(struct disk *disk, uint64_t offset, const uint8_t *data, size_t size)
{
	uint64_t block = offset / DISK_BLOCK;
	uint8_t bit = (uint8_t)(1u << block % 8), byte;

	if (!disk_has_block(disk, block) && size < DISK_BLOCK && !disk_copy_block(disk, block))
		return false;
	if (!disk_pwrite(disk->overlay, disk->data + offset, data, size))
		return false;
	if (disk_has_block(disk, block))
		return true;
	byte = disk->bitmap[block / 8] | bit;
	if (!disk_pwrite(disk->overlay, DISK_HEADER + block / 8, &byte, 1))
		return false;
	disk->bitmap[block / 8] = byte;
	return true;
}

static bool disk_copy_blocks(struct disk *disk, const struct disk *from)
{
	bool good = true;

	for (uint64_t block = 0; good && block < disk_blocks(disk); block++) {
		size_t size = disk_block_size(disk, block);
		uint64_t at = disk->data + block * DISK_BLOCK;
		uint8_t bytes[DISK_BLOCK];

		if (!disk_has_block(from, block))
			continue;
		good = disk_pread(from->overlay, at, bytes, size) && disk_pwrite(disk->overlay, at, bytes, size);
		disk->bitmap[block / 8] |= (uint8_t)(1u << block % 8);
	}
	return good;
}

static void disk_drop_overlay(const struct disk *disk)
{
	if (disk->overlay >= 0)
		close(disk->overlay);
	free(disk->bitmap);
}

/* In a copy of the process: the overlay, or a new one, in memory. The file stays open in the other process. */
static bool disk_split(struct disk *disk)
{
	struct disk old = *disk;

	disk->overlay = memfd_create("disk", MFD_CLOEXEC);
	if (disk_lay_out(disk) && disk->overlay >= 0 && disk_make_overlay(disk, disk->name, NULL) &&
	    disk_copy_blocks(disk, &old)) {
		disk_drop_overlay(&old);
		disk->stands_in = old.stands_in || old.overlay < 0;
		disk->process = getpid();
		return true;
	}
	disk_drop_overlay(disk);
	*disk = old;
	errno = ENOMEM;
	return false;
}

static bool disk_write(void *opaque, uint64_t offset, const void *data, size_t size)
{
	struct disk *disk = opaque;
	const uint8_t *at = data;

	if (disk->process != getpid() && !disk_split(disk))
		return false;
	if (disk->overlay < 0)
		return disk_pwrite(disk->file, offset, data, size);
	while (size) {
		size_t here = disk_in_block(offset, size);

		if (!disk_write_overlay(disk, offset, at, here))
			return false;
		at += here;
		offset += here;
		size -= here;
	}
	return true;
}

static bool disk_flush(void *opaque)
{
	struct disk *disk = opaque;

	return disk->read_only || disk->process != getpid() || !fsync(disk->overlay >= 0 ? disk->overlay : disk->file);
}

/* State: the blocks of the overlay; those that came after a save are the image's again. */

#define DISK_NO_BLOCK UINT64_MAX /* behind the last one */

static void disk_save_blocks(struct disk *disk, struct state_visitor *visitor)
{
	uint64_t end = DISK_NO_BLOCK;
	uint8_t bytes[DISK_BLOCK];

	for (uint64_t block = 0; block < disk_blocks(disk); block++) {
		if (!disk_has_block(disk, block))
			continue;
		if (!disk_pread(disk->overlay, disk->data + block * DISK_BLOCK, bytes, disk_block_size(disk, block))) {
			state_refuse(visitor, "an overlay of a disk cannot be read");
			return;
		}
		state_u64(visitor, "block", &block);
		visitor->bytes(visitor, "bytes", bytes, disk_block_size(disk, block));
	}
	state_u64(visitor, "block", &end);
}

static void disk_restore_blocks(struct disk *disk, struct state_visitor *visitor)
{
	uint8_t *bitmap = allocate_zeroed(1, (size_t)disk->bitmap_size), *old = disk->bitmap, bytes[DISK_BLOCK];
	uint64_t block = DISK_NO_BLOCK;
	bool good = true;

	for (state_u64(visitor, "block", &block); block < disk_blocks(disk) && good && !visitor->failed;) {
		visitor->bytes(visitor, "bytes", bytes, disk_block_size(disk, block));
		good = !visitor->failed &&
		       disk_pwrite(disk->overlay, disk->data + block * DISK_BLOCK, bytes, disk_block_size(disk, block));
		bitmap[block / 8] |= (uint8_t)(1u << block % 8);
		block = DISK_NO_BLOCK;
		state_u64(visitor, "block", &block);
	}
	if (good && !visitor->failed && disk_pwrite(disk->overlay, DISK_HEADER, bitmap, (size_t)disk->bitmap_size)) {
		disk->bitmap = bitmap;
		bitmap = old;
	} else {
		state_refuse(visitor, "an overlay of a disk cannot be written");
	}
	free(bitmap);
}

static void disk_visit_state(void *opaque, struct state_visitor *visitor)
{
	struct disk *disk = opaque;
	uint64_t size = disk->size;

	state_u64(visitor, "bytes of the disk", &size);
	if (size != disk->size)
		state_refuse(visitor, "the saved state is of a machine with a disk of another size");
	else if ((disk->overlay < 0 || disk->stands_in) && !disk->read_only)
		state_refuse(visitor, "a disk is written in place: a machine can be saved with disks that have an "
				      "overlay, or are read only");
	else if (disk->overlay >= 0 && visitor->restores && (disk->process == getpid() || disk_split(disk)))
		disk_restore_blocks(disk, visitor);
	else if (disk->overlay >= 0 && visitor->restores)
		state_refuse(visitor, "this host has no memory left for the overlay of a disk");
	else if (disk->overlay >= 0)
		disk_save_blocks(disk, visitor);
}

static void disk_close(void *opaque)
{
	struct disk *disk = opaque;

	if (disk->file >= 0)
		close(disk->file);
	disk_drop_overlay(disk);
	free(disk->name);
	free(disk);
}

struct disk_port *disk_open(const struct disk_image *image, struct err *err)
{
	static const struct disk_port_ops ops = { disk_read, disk_write, disk_flush, disk_visit_state, disk_close };
	struct disk *disk = allocate_zeroed(1, sizeof *disk);

	disk->file = disk->overlay = -1;
	disk->process = getpid();
	disk->name = allocate_text(image->overlay ? image->overlay : image->file);
	disk->read_only = image->read_only;
	if (disk_open_all(disk, image->file, image->overlay, err))
		return disk_port_create(&ops, disk,
					&(struct disk_port_facts){ disk->name, disk->size, disk->read_only });
	disk_close(disk);
	return NULL;
}
