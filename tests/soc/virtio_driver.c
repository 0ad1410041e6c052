#include "tests/soc/virtio_driver.h"

#include "sim/base/endian.h"

/* Where queue n lies in guest memory: descriptors, then the rings. */
#define QUEUE_BASE(n) (UINT64_C(0x10000) + UINT64_C(0x3000) * (n))
#define DESCRIPTORS(n) QUEUE_BASE(n)
#define AVAILABLE(n) (QUEUE_BASE(n) + 0x1000)
#define USED(n) (QUEUE_BASE(n) + 0x2000)

uint32_t virtio_driver_get(struct virtio_driver *driver, uint32_t offset)
{
	return __builtin_bswap32(board_read32(driver->board, driver->device + offset));
}

void virtio_driver_put(struct virtio_driver *driver, uint32_t offset, uint32_t value)
{
	board_write32(driver->board, driver->device + offset, __builtin_bswap32(value));
}

static void virtio_driver_add_queue(struct virtio_driver *driver, unsigned queue)
{
	for (uint64_t at = QUEUE_BASE(queue); at < QUEUE_BASE(queue + 1); at += 4)
		board_write32(driver->board, at, 0);
	driver->available[queue] = 0;
	virtio_driver_put(driver, VIRTIO_QUEUE_SEL, queue);
	virtio_driver_put(driver, VIRTIO_QUEUE_NUM, VIRTIO_DRIVER_QUEUE_SIZE);
	virtio_driver_put(driver, VIRTIO_QUEUE_DESC, (uint32_t)DESCRIPTORS(queue));
	virtio_driver_put(driver, VIRTIO_QUEUE_DRIVER, (uint32_t)AVAILABLE(queue));
	virtio_driver_put(driver, VIRTIO_QUEUE_DEVICE, (uint32_t)USED(queue));
	virtio_driver_put(driver, VIRTIO_QUEUE_READY, 1);
	assert_int_equal(virtio_driver_get(driver, VIRTIO_QUEUE_READY), 1);
}

void virtio_driver_start(struct virtio_driver *driver, uint32_t features, unsigned queues)
{
	virtio_driver_put(driver, VIRTIO_STATUS, 0);
	virtio_driver_put(driver, VIRTIO_STATUS, 3);
	virtio_driver_put(driver, VIRTIO_DRIVER_FEATURES_SEL, 1);
	virtio_driver_put(driver, VIRTIO_DRIVER_FEATURES, 1);
	virtio_driver_put(driver, VIRTIO_DRIVER_FEATURES_SEL, 0);
	virtio_driver_put(driver, VIRTIO_DRIVER_FEATURES, features);
	virtio_driver_put(driver, VIRTIO_STATUS, 11);
	assert_int_equal(virtio_driver_get(driver, VIRTIO_STATUS), 11);
	for (unsigned queue = 0; queue < queues; queue++)
		virtio_driver_add_queue(driver, queue);
	virtio_driver_put(driver, VIRTIO_STATUS, 15);
}

void virtio_driver_describe(struct virtio_driver *driver, unsigned queue, unsigned index, uint64_t address,
			    uint32_t size, uint16_t flags, uint16_t next)
{
	uint8_t bytes[16];

	le64_store(bytes, address);
	le32_store(bytes + 8, size);
	le16_store(bytes + 12, flags);
	le16_store(bytes + 14, next);
	assert_true(bus_poke(driver->board->machine->bus, DESCRIPTORS(queue) + 16 * index, bytes, sizeof bytes));
}

void virtio_driver_publish(struct virtio_driver *driver, unsigned queue, uint16_t head)
{
	struct bus *bus = driver->board->machine->bus;
	uint16_t *available = &driver->available[queue];
	uint8_t bytes[2];

	le16_store(bytes, head);
	assert_true(bus_poke(bus, AVAILABLE(queue) + 4 + 2 * (*available % VIRTIO_DRIVER_QUEUE_SIZE), bytes, 2));
	le16_store(bytes, ++*available);
	assert_true(bus_poke(bus, AVAILABLE(queue) + 2, bytes, 2));
	virtio_driver_put(driver, VIRTIO_QUEUE_NOTIFY, queue);
}

unsigned virtio_driver_used(struct virtio_driver *driver, unsigned queue)
{
	uint8_t bytes[2];

	assert_true(bus_peek(driver->board->machine->bus, USED(queue) + 2, bytes, 2));
	return le16_load(bytes);
}

uint32_t virtio_driver_written(struct virtio_driver *driver, unsigned queue)
{
	unsigned last = (virtio_driver_used(driver, queue) - 1) % VIRTIO_DRIVER_QUEUE_SIZE;
	uint8_t bytes[4];

	assert_true(bus_peek(driver->board->machine->bus, USED(queue) + 4 + 8 * last + 4, bytes, 4));
	return le32_load(bytes);
}
