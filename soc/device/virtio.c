/*
 * NAME
 *   virtio,mmio - virtio devices behind a block of registers (virtio 1.1, 4.2; no legacy)
 *
 * BINDING
 *   compatible       "virtio,mmio"
 *   reg              0x200 bytes
 *   interrupts       one, active high
 *   warpcore,device  what is behind it: "block", "console", "entropy", "net"; absent: nothing (device 0)
 *   The backends' own properties stand at the head of their files.
 *
 * REGISTERS (32 bits, little-endian on any machine)
 *   0x000 MagicValue  0x004 Version (2)  0x008 DeviceID  0x00c VendorID
 *   0x010 DeviceFeatures  0x014 DeviceFeaturesSel  0x020 DriverFeatures  0x024 DriverFeaturesSel
 *   0x030 QueueSel  0x034 QueueNumMax  0x038 QueueNum  0x044 QueueReady  0x050 QueueNotify
 *   0x060 InterruptStatus  0x064 InterruptACK  0x070 Status
 *   0x080, 0x084 QueueDesc  0x090, 0x094 QueueDriver  0x0a0, 0x0a4 QueueDevice (low, high)
 *   0x0fc ConfigGeneration  0x100... configuration space, any size
 *
 * BEHAVIOUR
 *   A notification is worked on after the backend's latency, in virtual time and
 *   between rounds: requests of a queue in their order, until it is empty or 1 MiB
 *   has been moved; what is left comes after the latency again, so that a driver
 *   that goes on filling its queue holds nobody up.
 *   Nothing is taken from a queue before the driver says DRIVER_OK.
 *   A malformed queue or request sets DEVICE_NEEDS_RESET with a configuration
 *   interrupt; nothing more happens until the driver has reset the device.
 *
 * KNOWN LIMITS
 *   Split queues only; no indirect descriptors, no event index, no shared memory.
 */
#include "soc/device/virtio.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

enum virtio_offset {
	VIRTIO_MAGIC = 0x000,
	VIRTIO_VERSION = 0x004,
	VIRTIO_DEVICE_ID = 0x008,
	VIRTIO_VENDOR_ID = 0x00c,
	VIRTIO_FEATURES = 0x010,
	VIRTIO_FEATURES_SEL = 0x014,
	VIRTIO_DRIVER_FEATURES = 0x020,
	VIRTIO_DRIVER_FEATURES_SEL = 0x024,
	VIRTIO_QUEUE_SEL = 0x030,
	VIRTIO_QUEUE_NUM_MAX = 0x034,
	VIRTIO_QUEUE_NUM = 0x038,
	VIRTIO_QUEUE_READY = 0x044,
	VIRTIO_QUEUE_NOTIFY = 0x050,
	VIRTIO_INTERRUPT_STATUS = 0x060,
	VIRTIO_INTERRUPT_ACK = 0x064,
	VIRTIO_STATUS = 0x070,
	VIRTIO_QUEUE_DESC = 0x080,
	VIRTIO_QUEUE_DRIVER = 0x090,
	VIRTIO_QUEUE_DEVICE = 0x0a0,
	VIRTIO_CONFIG_GENERATION = 0x0fc,
	VIRTIO_CONFIG = 0x100,
};

#define VIRTIO_MAGIC_VALUE 0x74726976u /* "virt" */
#define VIRTIO_VENDOR 0x57415250u      /* "PRAW": Warp */
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

enum { STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8, STATUS_NEEDS_RESET = 64 };

/* What a turn of work may take; each request counts as so much at least. */
#define VIRTIO_TURN_BYTES (INT64_C(1) << 20)
#define VIRTIO_REQUEST_BYTES (INT64_C(4) << 10)
enum { INTERRUPT_QUEUE = 1, INTERRUPT_CONFIG = 2 };

static void virtio_interrupt(struct virtio *virtio, uint32_t bits, int64_t now)
{
	virtio->interrupts |= bits;
	irq_set(&virtio->irq, virtio->interrupts != 0, now);
}

/* Requests. */

void virtio_break(struct virtio *virtio, const char *what, int64_t now)
{
	log_write(virtio->device.log, LOG_GUEST_ERROR, "%s: %s", virtio->device.path, what);
	virtio->status |= STATUS_NEEDS_RESET;
	virtio_interrupt(virtio, INTERRUPT_CONFIG, now);
}

static int64_t virtio_cost(const struct virtio_chain *chain)
{
	int64_t bytes = (int64_t)(chain->readable_bytes + chain->writable_bytes);

	return bytes < VIRTIO_REQUEST_BYTES ? VIRTIO_REQUEST_BYTES : bytes;
}

bool virtio_take(struct virtio *virtio, unsigned queue, int64_t now)
{
	const char *what = NULL;
	int taken;

	if (!(virtio->status & STATUS_DRIVER_OK) || virtio->status & STATUS_NEEDS_RESET)
		return false;
	if (virtio->budget <= 0) {
		virtio_wake(virtio, queue, now);
		return false;
	}
	taken = virtio_queue_take(virtio->device.bus, &virtio->queues[queue], &virtio->chain, &what);
	if (taken < 0)
		virtio_break(virtio, what, now);
	if (taken > 0)
		virtio->budget -= virtio_cost(&virtio->chain);
	return taken > 0;
}

void virtio_give(struct virtio *virtio, unsigned queue, uint32_t written, int64_t now)
{
	if (virtio_queue_give(virtio->device.bus, &virtio->queues[queue], &virtio->chain, written))
		virtio_interrupt(virtio, INTERRUPT_QUEUE, now);
}

static void virtio_work(void *opaque, int64_t now)
{
	struct virtio *virtio = opaque;
	uint32_t notified = virtio->notified;

	virtio->notified = 0;
	for (unsigned queue = 0; queue < virtio->backend->nqueues; queue++) {
		virtio->budget = VIRTIO_TURN_BYTES;
		if (notified >> queue & 1)
			virtio->backend->process(virtio, queue, now);
	}
	virtio->budget = INT64_MAX;
}

void virtio_wake(struct virtio *virtio, unsigned queue, int64_t now)
{
	virtio->notified |= 1u << queue;
	if (virtio->status & STATUS_DRIVER_OK)
		timer_anticipate(&virtio->work, now + virtio->backend->latency);
}

/* Registers. */

static struct virtio_queue *virtio_selected(struct virtio *virtio)
{
	return virtio->backend && virtio->queue_select < virtio->backend->nqueues ?
		&virtio->queues[virtio->queue_select] : NULL;
}

static uint32_t virtio_half(uint64_t value, uint32_t select)
{
	return select > 1 ? 0 : (uint32_t)(value >> 32 * select);
}

static uint32_t virtio_read_register(struct virtio *virtio, uint32_t offset)
{
	const struct virtio_queue *queue = virtio_selected(virtio);

	switch (offset) {
	case VIRTIO_MAGIC: return VIRTIO_MAGIC_VALUE;
	case VIRTIO_VERSION: return 2;
	case VIRTIO_DEVICE_ID: return virtio->backend ? virtio->backend->id : 0;
	case VIRTIO_VENDOR_ID: return VIRTIO_VENDOR;
	case VIRTIO_FEATURES: return virtio_half(virtio->features | VIRTIO_F_VERSION_1, virtio->features_select);
	case VIRTIO_QUEUE_NUM_MAX: return queue ? VIRTIO_QUEUE_MAX : 0;
	case VIRTIO_QUEUE_READY: return queue && queue->ready;
	case VIRTIO_INTERRUPT_STATUS: return virtio->interrupts;
	case VIRTIO_STATUS: return virtio->status;
	case VIRTIO_CONFIG_GENERATION: return 0;
	default: return 0;
	}
}

static void virtio_reset_driver(struct virtio *virtio, int64_t now)
{
	virtio->driver_features = 0;
	virtio->features_select = virtio->driver_features_select = virtio->queue_select = 0;
	virtio->status = virtio->interrupts = virtio->notified = 0;
	memset(virtio->queues, 0, sizeof virtio->queues);
	timer_cancel(&virtio->work);
	irq_set(&virtio->irq, 0, now);
	if (virtio->backend && virtio->backend->reset)
		virtio->backend->reset(virtio);
}

static void virtio_set_status(struct virtio *virtio, uint32_t value, int64_t now)
{
	if (!value) {
		virtio_reset_driver(virtio, now);
		return;
	}
	/* 3.1.1: the device refuses features that it has not, or a driver without VERSION_1. */
	if (value & STATUS_FEATURES_OK && !(virtio->status & STATUS_FEATURES_OK) &&
	    (virtio->driver_features & ~(virtio->features | VIRTIO_F_VERSION_1) ||
	     !(virtio->driver_features & VIRTIO_F_VERSION_1)))
		value &= ~(uint32_t)STATUS_FEATURES_OK;
	virtio->status = (value & 0xff) | (virtio->status & STATUS_NEEDS_RESET);
	if (virtio->notified && virtio->status & STATUS_DRIVER_OK)
		timer_anticipate(&virtio->work, now + virtio->backend->latency);
}

static void virtio_set_driver_features(struct virtio *virtio, uint32_t value)
{
	unsigned shift = 32 * (virtio->driver_features_select & 1);

	if (virtio->driver_features_select > 1 || virtio->status & STATUS_FEATURES_OK)
		return;
	virtio->driver_features &= ~(UINT64_C(0xffffffff) << shift);
	virtio->driver_features |= (uint64_t)value << shift;
}

static void virtio_set_ready(struct virtio *virtio, struct virtio_queue *queue, bool ready, int64_t now)
{
	const char *what;

	queue->ready = false;
	queue->next = queue->done = 0;
	if (!ready)
		return;
	if (virtio_queue_check(virtio->device.bus, queue, &what))
		queue->ready = true;
	else
		virtio_break(virtio, what, now);
}

static void virtio_set_half(uint64_t *address, bool high, uint32_t value)
{
	*address = high ? (*address & UINT32_MAX) | (uint64_t)value << 32 : (*address & ~UINT64_C(0xffffffff)) | value;
}

static void virtio_write_queue(struct virtio *virtio, uint32_t offset, uint32_t value, int64_t now)
{
	struct virtio_queue *queue = virtio_selected(virtio);
	bool high = offset & 4;

	if (!queue)
		return;
	if (offset == VIRTIO_QUEUE_READY) {
		virtio_set_ready(virtio, queue, value & 1, now);
		return;
	}
	if (queue->ready)
		return; /* 4.2.2.2: not while it is in use */
	if (offset == VIRTIO_QUEUE_NUM) {
		queue->size = value;
		return;
	}
	switch (offset & ~4u) {
	case VIRTIO_QUEUE_DESC: virtio_set_half(&queue->descriptors, high, value); break;
	case VIRTIO_QUEUE_DRIVER: virtio_set_half(&queue->available, high, value); break;
	case VIRTIO_QUEUE_DEVICE: virtio_set_half(&queue->used, high, value); break;
	default: break;
	}
}

static void virtio_write_register(struct virtio *virtio, uint32_t offset, uint32_t value, int64_t now)
{
	switch (offset) {
	case VIRTIO_FEATURES_SEL: virtio->features_select = value; break;
	case VIRTIO_DRIVER_FEATURES: virtio_set_driver_features(virtio, value); break;
	case VIRTIO_DRIVER_FEATURES_SEL: virtio->driver_features_select = value; break;
	case VIRTIO_QUEUE_SEL: virtio->queue_select = value; break;
	case VIRTIO_QUEUE_NOTIFY:
		if (virtio->backend && value < virtio->backend->nqueues)
			virtio_wake(virtio, value, now);
		break;
	case VIRTIO_INTERRUPT_ACK:
		virtio->interrupts &= ~value;
		irq_set(&virtio->irq, virtio->interrupts != 0, now);
		break;
	case VIRTIO_STATUS: virtio_set_status(virtio, value, now); break;
	default: virtio_write_queue(virtio, offset, value, now); break;
	}
}

/* Configuration space is bytes; a wider access has them in memory order. */
static uint64_t virtio_read_config(const struct virtio *virtio, uint64_t offset, unsigned size)
{
	uint32_t end = virtio->backend ? virtio->backend->config_size : 0;
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | (offset + i < end ? virtio->config[offset + i] : 0);
	return value;
}

static uint64_t virtio_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct virtio *virtio = opaque;

	if (offset >= VIRTIO_CONFIG)
		return virtio_read_config(virtio, offset - VIRTIO_CONFIG, size);
	if (size != 4)
		return device_bad_access(&virtio->device, "read that is not of 32 bits", offset, size);
	return __builtin_bswap32(virtio_read_register(virtio, (uint32_t)offset));
}

static void virtio_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct virtio *virtio = opaque;

	if (offset >= VIRTIO_CONFIG || size != 4)
		device_bad_access(&virtio->device, "no register to write", offset, size);
	else
		virtio_write_register(virtio, (uint32_t)offset, __builtin_bswap32((uint32_t)value), access->now);
}

/* The device. */

bool virtio_create(struct virtio *virtio, struct builder *builder, const struct virtio_backend *backend,
		   struct err *err)
{
	static const struct bus_ops ops = { virtio_read, virtio_write };

	virtio->budget = INT64_MAX;
	timer_init(&virtio->work, virtio->device.timers, "virtio", virtio_work, virtio);
	if (builder_irqs(builder) && !builder_irq(builder, 0, &virtio->irq, err))
		return false;
	if (backend) {
		virtio->state = allocate_zeroed(1, backend->size);
		virtio->backend = backend;
		if (!backend->open(virtio, builder, err))
			return false;
	}
	return builder_map(builder, 0, &ops, virtio, err);
}

void virtio_reset(struct device *device)
{
	virtio_reset_driver((struct virtio *)device, 0);
}

void virtio_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct virtio *virtio = (struct virtio *)device;

	state_u64(visitor, "driver_features", &virtio->driver_features);
	state_u32(visitor, "features_select", &virtio->features_select);
	state_u32(visitor, "driver_features_select", &virtio->driver_features_select);
	state_u32(visitor, "queue_select", &virtio->queue_select);
	state_u32(visitor, "status", &virtio->status);
	state_u32(visitor, "interrupts", &virtio->interrupts);
	state_u32(visitor, "notified", &virtio->notified);
	for (unsigned queue = 0; queue < VIRTIO_QUEUES; queue++)
		virtio_queue_visit_state(&virtio->queues[queue], visitor);
	timer_visit_state(&virtio->work, visitor);
	if (virtio->backend && virtio->backend->visit_state)
		virtio->backend->visit_state(virtio, visitor);
}

void virtio_destroy(struct device *device)
{
	struct virtio *virtio = (struct virtio *)device;

	if (virtio->backend && virtio->backend->close)
		virtio->backend->close(virtio);
	free(virtio->state);
}
