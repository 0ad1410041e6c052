/*
 * NAME
 *   block - virtio block device (virtio 1.1, 5.2) on a disk image of the host
 *
 * BINDING (besides that of virtio.c)
 *   warpcore,disk       number of the disk in the options (loader), or
 *   warpcore,file       the image, with warpcore,overlay and warpcore,read-only
 *
 * BEHAVIOUR
 *   Requests are done in their order, 50 us of virtual time after the notification.
 *   A flush returns when the image is on the host's medium (fsync). What the host
 *   refuses (a full disk) is an I/O error to the guest and a line in the log
 *   (host_error), one until the reason changes or a flush succeeds.
 *   Under --sandbox, files that the tree names must be below the directory of the run.
 *   What was written goes into the digest of the machine, not the whole image.
 *
 * KNOWN LIMITS
 *   No discard, no write zeroes, no multiple queues.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/base/endian.h"
#include "sim/stat/stats.h"
#include "soc/device/virtio_backends.h"
#include "soc/port/disk_port.h"

enum { BLOCK_IN = 0, BLOCK_OUT = 1, BLOCK_FLUSH = 4, BLOCK_GET_ID = 8 };
enum { BLOCK_OK = 0, BLOCK_IOERR = 1, BLOCK_UNSUPPORTED = 2 };
enum { BLOCK_HEADER = 16, BLOCK_ID_SIZE = 20, BLOCK_CONFIG_SIZE = 24 };

#define BLOCK_F_SEG_MAX (UINT64_C(1) << 2)
#define BLOCK_F_RO (UINT64_C(1) << 5)
#define BLOCK_F_BLK_SIZE (UINT64_C(1) << 6)
#define BLOCK_F_FLUSH (UINT64_C(1) << 9)
#define BLOCK_CHUNK 65536

struct virtio_block {
	struct disk_port *disk;
	uint64_t reads, writes, flushes; /* requests */
	int told;         /* errno of the last failure that the log has; 0: none */
	uint64_t written; /* running hash of all that was written, and where */
	uint8_t chunk[BLOCK_CHUNK];
};

static void virtio_block_add_stats(const struct virtio_block *block, struct stats *stats, unsigned number)
{
	stats_add(stats, "requests", "to read", stats_read_i64, &block->reads, "disk%u.reads", number);
	stats_add(stats, "requests", "to write", stats_read_i64, &block->writes, "disk%u.writes", number);
	stats_add(stats, "requests", "to put what was written on the medium", stats_read_i64, &block->flushes,
		  "disk%u.flushes", number);
}

static bool virtio_block_open(struct virtio *virtio, struct builder *builder, struct err *err)
{
	const struct tree_node *node = virtio->device.node;
	struct virtio_block *block = virtio->state;
	const struct disk_image *image = builder_disk(builder, tree_u32(node, "warpcore,disk", UINT32_MAX));
	struct disk_image named = {
		.file = tree_string(node, "warpcore,file"),
		.overlay = tree_string(node, "warpcore,overlay"),
		.read_only = tree_property(node, "warpcore,read-only") != NULL,
	};

	if (!image)
		image = &named;
	if (!image->file)
		return err_set(err, "warpcore,file: the image is missing");
	if (image == &named && (!builder_may_open(builder, image->file, err) ||
				(image->overlay && !builder_may_open(builder, image->overlay, err))))
		return false;
	block->disk = builder_open_disk(builder, image, err);
	if (!block->disk)
		return false;
	virtio_block_add_stats(block, builder_stats(builder), builder_number_disk(builder));
	virtio->features = BLOCK_F_SEG_MAX | BLOCK_F_BLK_SIZE | BLOCK_F_FLUSH | (image->read_only ? BLOCK_F_RO : 0);
	le64_store(virtio->config, disk_port_facts(block->disk)->size / DISK_PORT_SECTOR);
	le32_store(virtio->config + 12, VIRTIO_QUEUE_MAX - 2); /* seg_max: all but header and status */
	le32_store(virtio->config + 20, DISK_PORT_SECTOR);          /* blk_size */
	return true;
}

/* A guest that tries again and again does not fill the terminal. */
static uint8_t virtio_block_failed(struct virtio *virtio, const char *what)
{
	struct virtio_block *block = virtio->state;

	if (block->told != errno)
		log_write(virtio->device.log, LOG_HOST_ERROR, "%s: %s: %s: %s; the guest gets an I/O error",
			  virtio->device.path, disk_port_facts(block->disk)->name, what, strerror(errno));
	block->told = errno;
	return BLOCK_IOERR;
}

/* sector..sector+bytes is in the disk and whole sectors. */
static bool virtio_block_in_range(const struct virtio_block *block, uint64_t sector, uint64_t bytes)
{
	uint64_t sectors = disk_port_facts(block->disk)->size / DISK_PORT_SECTOR;

	return !(bytes % DISK_PORT_SECTOR) && sector <= sectors && bytes / DISK_PORT_SECTOR <= sectors - sector;
}

static uint8_t virtio_block_in(struct virtio *virtio, uint64_t sector, uint64_t bytes)
{
	struct virtio_block *block = virtio->state;

	block->reads++;
	if (!virtio_block_in_range(block, sector, bytes))
		return BLOCK_IOERR;
	for (uint64_t at = 0; at < bytes; at += BLOCK_CHUNK) {
		size_t here = bytes - at < BLOCK_CHUNK ? (size_t)(bytes - at) : BLOCK_CHUNK;

		if (!disk_port_read(block->disk, sector * DISK_PORT_SECTOR + at, block->chunk, here))
			return virtio_block_failed(virtio, "read");
		virtio_chain_write(virtio->device.bus, &virtio->chain, at, block->chunk, here);
	}
	return BLOCK_OK;
}

static uint8_t virtio_block_out(struct virtio *virtio, uint64_t sector, uint64_t bytes)
{
	struct virtio_block *block = virtio->state;

	block->writes++;
	if (!virtio_block_in_range(block, sector, bytes) || disk_port_facts(block->disk)->read_only)
		return BLOCK_IOERR;
	for (uint64_t at = 0; at < bytes; at += BLOCK_CHUNK) {
		size_t here = bytes - at < BLOCK_CHUNK ? (size_t)(bytes - at) : BLOCK_CHUNK;

		virtio_chain_read(virtio->device.bus, &virtio->chain, BLOCK_HEADER + at, block->chunk, here);
		block->written = XXH64(block->chunk, here, block->written ^ (sector * DISK_PORT_SECTOR + at));
		if (!disk_port_write(block->disk, sector * DISK_PORT_SECTOR + at, block->chunk, here))
			return virtio_block_failed(virtio, "write");
	}
	return BLOCK_OK;
}

static uint8_t virtio_block_flush(struct virtio *virtio)
{
	struct virtio_block *block = virtio->state;

	block->flushes++;
	if (!disk_port_flush(block->disk))
		return virtio_block_failed(virtio, "flush");
	block->told = 0;
	return BLOCK_OK;
}

static uint8_t virtio_block_id(struct virtio *virtio, uint64_t bytes)
{
	static const char id[BLOCK_ID_SIZE] = "warpcore";

	virtio_chain_write(virtio->device.bus, &virtio->chain, 0, id, bytes < sizeof id ? bytes : sizeof id);
	return BLOCK_OK;
}

/* A request: header, data, status byte. *written: bytes in the writable part, without the status. */
static uint8_t virtio_block_request(struct virtio *virtio, uint64_t *written)
{
	uint64_t in = virtio->chain.writable_bytes - 1, out = virtio->chain.readable_bytes - BLOCK_HEADER, sector;
	uint8_t header[BLOCK_HEADER], status;

	virtio_chain_read(virtio->device.bus, &virtio->chain, 0, header, sizeof header);
	sector = le64_load(header + 8);
	*written = 0;
	switch (le32_load(header)) {
	case BLOCK_IN:
		status = virtio_block_in(virtio, sector, in);
		*written = status == BLOCK_OK ? in : 0;
		return status;
	case BLOCK_OUT: return virtio_block_out(virtio, sector, out);
	case BLOCK_FLUSH: return virtio_block_flush(virtio);
	case BLOCK_GET_ID:
		*written = in < BLOCK_ID_SIZE ? in : BLOCK_ID_SIZE;
		return virtio_block_id(virtio, in);
	default: return BLOCK_UNSUPPORTED;
	}
}

static void virtio_block_process(struct virtio *virtio, unsigned queue, int64_t now)
{
	while (virtio_take(virtio, queue, now)) {
		uint64_t written;
		uint8_t status;

		if (virtio->chain.readable_bytes < BLOCK_HEADER || !virtio->chain.writable_bytes) {
			virtio_break(virtio, "a block request without header or status", now);
			return;
		}
		status = virtio_block_request(virtio, &written);
		virtio_chain_write(virtio->device.bus, &virtio->chain, virtio->chain.writable_bytes - 1, &status, 1);
		virtio_give(virtio, queue, (uint32_t)written + 1, now);
	}
}

static void virtio_block_visit_state(struct virtio *virtio, struct state_visitor *visitor)
{
	struct virtio_block *block = virtio->state;

	state_u64(visitor, "reads", &block->reads);
	state_u64(visitor, "writes", &block->writes);
	state_u64(visitor, "flushes", &block->flushes);
	state_u64(visitor, "written", &block->written);
	disk_port_visit_state(block->disk, visitor);
}

static void virtio_block_close(struct virtio *virtio)
{
	struct virtio_block *block = virtio->state;

	disk_port_destroy(block->disk);
}

const struct virtio_backend virtio_block = {
	.name = "block",
	.id = 2,
	.nqueues = 1,
	.config_size = BLOCK_CONFIG_SIZE,
	.size = sizeof(struct virtio_block),
	.latency = 50000,
	.open = virtio_block_open,
	.process = virtio_block_process,
	.visit_state = virtio_block_visit_state,
	.close = virtio_block_close,
};
