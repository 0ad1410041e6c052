/* The list of virtio backends. */
#ifndef WARPCORE_DEVICE_VIRTIO_BACKENDS_H
#define WARPCORE_DEVICE_VIRTIO_BACKENDS_H

#include "soc/device/virtio.h"

/* By name, or NULL. */
const struct virtio_backend *virtio_backends_find(const char *name);
/* Which there are, for messages. */
const char *virtio_backends_names(void);

extern const struct virtio_backend virtio_block, virtio_console, virtio_entropy, virtio_net;

#endif
