/*
 * Split virtqueues (virtio 1.1, 2.6), seen from the device. All of it lies in
 * guest memory and may say anything: each chain is checked completely before it
 * is used, for loops, for descriptors outside of memory, for absurd lengths.
 * What is wrong breaks the queue; the transport then asks the driver for a reset.
 */
#ifndef WARPCORE_DEVICE_VIRTIO_QUEUE_H
#define WARPCORE_DEVICE_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/state.h"
#include "sim/bus/bus.h"

#define VIRTIO_QUEUE_MAX 256                       /* descriptors */
#define VIRTIO_CHAIN_MAX_BYTES (UINT64_C(16) << 20) /* of one chain: more is absurd */

struct virtio_queue {
	uint32_t size; /* a power of two up to VIRTIO_QUEUE_MAX */
	bool ready;
	uint64_t descriptors, available, used; /* physical */
	uint16_t next; /* index into the available ring of what comes next */
	uint16_t done; /* index into the used ring */
};

struct virtio_segment {
	uint64_t address;
	uint32_t size;
};

/* One request: what the device reads, then what it writes. */
struct virtio_chain {
	uint16_t head;
	unsigned nreadable, nwritable;             /* segments */
	uint64_t readable_bytes, writable_bytes;
	struct virtio_segment segment[VIRTIO_QUEUE_MAX]; /* the readable ones first */
};

/* The whole range is memory that a device may read, or write. */
bool virtio_queue_is_memory(struct bus *bus, uint64_t address, uint64_t size, bool write);
/* What the driver has set up is sound: else *what says why not. */
bool virtio_queue_check(struct bus *bus, const struct virtio_queue *queue, const char **what);

/* The next request: 1; 0: there is none; -1: the queue is broken, *what says how. */
int virtio_queue_take(struct bus *bus, struct virtio_queue *queue, struct virtio_chain *chain, const char **what);
/* Gives it back with `written` bytes. True: the driver wants an interrupt. */
bool virtio_queue_give(struct bus *bus, struct virtio_queue *queue, const struct virtio_chain *chain, uint32_t written);

/* Bytes offset..offset+size-1 of the readable, or into the writable part; they must lie in it. */
void virtio_chain_read(struct bus *bus, const struct virtio_chain *chain, uint64_t offset, void *data, uint64_t size);
void virtio_chain_write(struct bus *bus, const struct virtio_chain *chain, uint64_t offset, const void *data,
			uint64_t size);

void virtio_queue_visit_state(struct virtio_queue *queue, struct state_visitor *visitor);

#endif
