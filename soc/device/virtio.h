/*
 * The virtio-mmio transport (manual page at the head of virtio.c), and what a
 * backend is: what kind of device the guest finds there, one file each.
 */
#ifndef WARPCORE_DEVICE_VIRTIO_H
#define WARPCORE_DEVICE_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "soc/build/builder.h"
#include "soc/port/device.h"
#include "soc/device/virtio_queue.h"

#define VIRTIO_QUEUES 2        /* of a device, at most */
#define VIRTIO_CONFIG_SIZE 64  /* bytes of configuration space, at most */

struct virtio;

struct virtio_backend {
	const char *name;      /* value of the node's property warpcore,device */
	uint32_t id;           /* virtio 1.1, chapter 5 */
	unsigned nqueues;
	uint32_t config_size;  /* bytes; the backend fills virtio->config, little-endian */
	size_t size;           /* of what virtio->state points to, zeroed */
	int64_t latency;       /* virtual ns from a notification to `process` */
	/* Reads properties, opens files; sets virtio->features. False: err names the property or file. */
	bool (*open)(struct virtio *virtio, struct builder *builder, struct err *err);
	/* The driver has put something into the queue. Between rounds; no core runs. */
	void (*process)(struct virtio *virtio, unsigned queue, int64_t now);
	void (*reset)(struct virtio *virtio);                                        /* NULL: nothing to do */
	void (*visit_state)(struct virtio *virtio, struct state_visitor *visitor);   /* NULL: no state */
	void (*close)(struct virtio *virtio);                                        /* NULL: nothing to do */
};

struct virtio {
	struct device device;
	struct irq irq;
	const struct virtio_backend *backend; /* NULL: an empty place, device 0 */
	void *state;                          /* the backend's */
	uint64_t features;                    /* offered besides VERSION_1 */
	uint8_t config[VIRTIO_CONFIG_SIZE];
	struct virtio_chain chain;            /* the request in work: too large for a stack */

	uint64_t driver_features;
	uint32_t features_select, driver_features_select, queue_select;
	uint32_t status, interrupts, notified; /* notified: one bit for each queue */
	struct virtio_queue queues[VIRTIO_QUEUES];
	struct timer work;
	int64_t budget; /* bytes that this turn of work may still take; between turns the most there is */
};

/* For backends. */

/* The next request of a queue in virtio->chain; false: there is none, or the queue is broken. */
bool virtio_take(struct virtio *virtio, unsigned queue, int64_t now);
/* Gives the request of virtio->chain back, with `written` bytes in its writable part. */
void virtio_give(struct virtio *virtio, unsigned queue, uint32_t written, int64_t now);
/* A request that makes no sense for this kind of device: as a broken queue. */
void virtio_break(struct virtio *virtio, const char *what, int64_t now);
/* Has `process` called for a queue, for input that came while the driver had put buffers there. */
void virtio_wake(struct virtio *virtio, unsigned queue, int64_t now);

/* For the class (virtio_backends.c), as in struct device_class. */

/* `backend` NULL: nothing behind it (device 0). */
bool virtio_create(struct virtio *virtio, struct builder *builder, const struct virtio_backend *backend,
		   struct err *err);
void virtio_reset(struct device *device);
void virtio_visit_state(struct device *device, struct state_visitor *visitor);
void virtio_destroy(struct device *device);

#endif
