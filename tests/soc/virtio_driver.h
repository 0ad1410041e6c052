/* The driver's side of a virtio-mmio device on a board: registers, and two split queues in guest memory. */
#ifndef WARPCORE_TESTS_SOC_VIRTIO_DRIVER_H
#define WARPCORE_TESTS_SOC_VIRTIO_DRIVER_H

#include "tests/soc/board.h"

enum virtio_register {
	VIRTIO_DEVICE_ID = 0x008,
	VIRTIO_FEATURES = 0x010,
	VIRTIO_FEATURES_SEL = 0x014,
	VIRTIO_DRIVER_FEATURES = 0x020,
	VIRTIO_DRIVER_FEATURES_SEL = 0x024,
	VIRTIO_QUEUE_SEL = 0x030,
	VIRTIO_QUEUE_NUM = 0x038,
	VIRTIO_QUEUE_READY = 0x044,
	VIRTIO_QUEUE_NOTIFY = 0x050,
	VIRTIO_INTERRUPT_STATUS = 0x060,
	VIRTIO_INTERRUPT_ACK = 0x064,
	VIRTIO_STATUS = 0x070,
	VIRTIO_QUEUE_DESC = 0x080,
	VIRTIO_QUEUE_DRIVER = 0x090,
	VIRTIO_QUEUE_DEVICE = 0x0a0,
	VIRTIO_CONFIG = 0x100,
};
enum { VIRTIO_NEXT = 1, VIRTIO_WRITE = 2 };
#define VIRTIO_DRIVER_QUEUE_SIZE 16

struct virtio_driver {
	struct board *board;
	uint64_t device;       /* of its registers */
	uint16_t available[2]; /* by queue: how many requests it was given */
};

uint32_t virtio_driver_get(struct virtio_driver *driver, uint32_t offset);
void virtio_driver_put(struct virtio_driver *driver, uint32_t offset, uint32_t value);
/* Resets the device and sets it up with VERSION_1, these features (bits 0 to 31) and so many empty queues. */
void virtio_driver_start(struct virtio_driver *driver, uint32_t features, unsigned queues);
void virtio_driver_describe(struct virtio_driver *driver, unsigned queue, unsigned index, uint64_t address,
			    uint32_t size, uint16_t flags, uint16_t next);
/* Makes the chain that begins with `head` available, and notifies. */
void virtio_driver_publish(struct virtio_driver *driver, unsigned queue, uint16_t head);
/* Requests that came back, and the bytes that the last of them says were written. */
unsigned virtio_driver_used(struct virtio_driver *driver, unsigned queue);
uint32_t virtio_driver_written(struct virtio_driver *driver, unsigned queue);

#endif
