#include "soc/device/virtio_queue.h"

#include <assert.h>

#include "sim/base/endian.h"

enum { DESCRIPTOR_SIZE = 16, DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4 };
enum { AVAILABLE_NO_INTERRUPT = 1, RING_HEADER = 4, AVAILABLE_ENTRY = 2, USED_ENTRY = 8 };

struct virtio_descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

bool virtio_queue_is_memory(struct bus *bus, uint64_t address, uint64_t size, bool write)
{
	const struct bus_memory *memory = bus_find_memory(bus, address);

	if (!memory || size > memory->size - (address - memory->base))
		return false;
	return !write || !memory->read_only;
}

static uint16_t virtio_queue_load16(struct bus *bus, uint64_t address)
{
	uint8_t bytes[2] = { 0 };

	bus_peek(bus, address, bytes, sizeof bytes);
	return le16_load(bytes);
}

bool virtio_queue_check(struct bus *bus, const struct virtio_queue *queue, const char **what)
{
	uint32_t size = queue->size;

	*what = NULL;
	if (!size || size > VIRTIO_QUEUE_MAX || size & (size - 1))
		*what = "the queue's size is no power of two up to 256";
	else if (queue->descriptors & 15 || queue->available & 1 || queue->used & 3)
		*what = "a part of the queue is not aligned";
	else if (!virtio_queue_is_memory(bus, queue->descriptors, (uint64_t)size * DESCRIPTOR_SIZE, false) ||
		 !virtio_queue_is_memory(bus, queue->available, RING_HEADER + (uint64_t)size * AVAILABLE_ENTRY,
					 false) ||
		 !virtio_queue_is_memory(bus, queue->used, RING_HEADER + (uint64_t)size * USED_ENTRY, true))
		*what = "a part of the queue lies outside of memory";
	return !*what;
}

static struct virtio_descriptor virtio_queue_descriptor(struct bus *bus, const struct virtio_queue *queue,
							uint16_t index)
{
	uint8_t bytes[DESCRIPTOR_SIZE] = { 0 };

	bus_peek(bus, queue->descriptors + (uint64_t)index * DESCRIPTOR_SIZE, bytes, sizeof bytes);
	return (struct virtio_descriptor){ le64_load(bytes), le32_load(bytes + 8), le16_load(bytes + 12),
					   le16_load(bytes + 14) };
}

/* What is wrong with one more descriptor of a chain, or NULL. */
static const char *virtio_chain_add(struct bus *bus, struct virtio_chain *chain, const struct virtio_descriptor *d)
{
	bool write = d->flags & DESCRIPTOR_WRITE;
	uint64_t *bytes = write ? &chain->writable_bytes : &chain->readable_bytes;

	if (d->flags & DESCRIPTOR_INDIRECT)
		return "an indirect descriptor, which was not offered";
	if (!write && chain->nwritable)
		return "a readable descriptor behind a writable one";
	if (d->size && !virtio_queue_is_memory(bus, d->address, d->size, write))
		return "a descriptor points outside of memory";
	if (chain->readable_bytes + chain->writable_bytes + d->size > VIRTIO_CHAIN_MAX_BYTES)
		return "a request of more than 16 MiB";
	chain->segment[chain->nreadable + chain->nwritable] = (struct virtio_segment){ d->address, d->size };
	if (write)
		chain->nwritable++;
	else
		chain->nreadable++;
	*bytes += d->size;
	return NULL;
}

static const char *virtio_chain_collect(struct bus *bus, const struct virtio_queue *queue, struct virtio_chain *chain)
{
	uint16_t index = chain->head;

	chain->nreadable = chain->nwritable = 0;
	chain->readable_bytes = chain->writable_bytes = 0;
	for (uint32_t n = 0; n < queue->size; n++) {
		struct virtio_descriptor d;
		const char *what;

		if (index >= queue->size)
			return "a descriptor's number beyond the queue";
		d = virtio_queue_descriptor(bus, queue, index);
		what = virtio_chain_add(bus, chain, &d);
		if (what || !(d.flags & DESCRIPTOR_NEXT))
			return what;
		index = d.next;
	}
	return "a chain of descriptors without an end";
}

int virtio_queue_take(struct bus *bus, struct virtio_queue *queue, struct virtio_chain *chain, const char **what)
{
	uint16_t published;

	if (!queue->ready || !virtio_queue_check(bus, queue, what))
		return queue->ready ? -1 : 0;
	published = virtio_queue_load16(bus, queue->available + 2);
	if (published == queue->next)
		return 0;
	*what = "more requests than the queue holds";
	if ((uint16_t)(published - queue->next) > queue->size)
		return -1;
	chain->head = virtio_queue_load16(bus, queue->available + RING_HEADER +
					  (uint64_t)(queue->next & (queue->size - 1)) * AVAILABLE_ENTRY);
	*what = virtio_chain_collect(bus, queue, chain);
	if (*what)
		return -1;
	queue->next++;
	return 1;
}

bool virtio_queue_give(struct bus *bus, struct virtio_queue *queue, const struct virtio_chain *chain, uint32_t written)
{
	uint64_t entry = queue->used + RING_HEADER + (uint64_t)(queue->done & (queue->size - 1)) * USED_ENTRY;
	uint8_t bytes[USED_ENTRY], index[2];

	le32_store(bytes, chain->head);
	le32_store(bytes + 4, written);
	bus_poke(bus, entry, bytes, sizeof bytes);
	queue->done++;
	le16_store(index, queue->done);
	bus_poke(bus, queue->used + 2, index, sizeof index);
	return !(virtio_queue_load16(bus, queue->available) & AVAILABLE_NO_INTERRUPT);
}

/* Walks segments first..first+count-1 from `offset` on; `in` or `out` is NULL. */
static void virtio_chain_copy(struct bus *bus, const struct virtio_segment *segment, unsigned count, uint64_t offset,
			      uint8_t *in, const uint8_t *out, uint64_t size)
{
	for (unsigned i = 0; i < count && size; i++) {
		uint64_t here;

		if (offset >= segment[i].size) {
			offset -= segment[i].size;
			continue;
		}
		here = segment[i].size - offset < size ? segment[i].size - offset : size;
		if (in) {
			bus_peek(bus, segment[i].address + offset, in, here);
			in += here;
		} else {
			bus_poke(bus, segment[i].address + offset, out, here);
			out += here;
		}
		size -= here;
		offset = 0;
	}
	assert(!size);
}

void virtio_chain_read(struct bus *bus, const struct virtio_chain *chain, uint64_t offset, void *data, uint64_t size)
{
	virtio_chain_copy(bus, chain->segment, chain->nreadable, offset, data, NULL, size);
}

void virtio_chain_write(struct bus *bus, const struct virtio_chain *chain, uint64_t offset, const void *data,
			uint64_t size)
{
	virtio_chain_copy(bus, chain->segment + chain->nreadable, chain->nwritable, offset, NULL, data, size);
}

void virtio_queue_visit_state(struct virtio_queue *queue, struct state_visitor *visitor)
{
	state_u32(visitor, "size", &queue->size);
	state_bool(visitor, "ready", &queue->ready);
	state_u64(visitor, "descriptors", &queue->descriptors);
	state_u64(visitor, "available", &queue->available);
	state_u64(visitor, "used", &queue->used);
	state_u16(visitor, "next", &queue->next);
	state_u16(visitor, "done", &queue->done);
}
