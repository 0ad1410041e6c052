/* The list of virtio backends, and the class of the device that finds its own there. */
#ifndef WARPCORE_DEVICE_VIRTIO_BACKENDS_H
#define WARPCORE_DEVICE_VIRTIO_BACKENDS_H

#include "soc/device/virtio.h"

extern const struct virtio_backend virtio_block, virtio_console, virtio_entropy, virtio_net;

/* The transport (virtio.c) with whichever of them the node names. */
extern const struct device_class virtio_class;

#endif
