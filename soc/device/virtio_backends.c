#include "soc/device/virtio_backends.h"

#include <string.h>

static const struct virtio_backend *const virtio_backends[] = {
	&virtio_block,
	&virtio_console,
	&virtio_entropy,
	&virtio_net,
};

static const struct virtio_backend *virtio_backends_find(const char *name)
{
	for (size_t i = 0; i < sizeof virtio_backends / sizeof *virtio_backends; i++)
		if (!strcmp(virtio_backends[i]->name, name))
			return virtio_backends[i];
	return NULL;
}

static bool virtio_backends_create(struct device *device, struct builder *builder, struct err *err)
{
	const char *name = tree_string(device->node, "warpcore,device");
	const struct virtio_backend *backend = name ? virtio_backends_find(name) : NULL;

	if (name && !backend)
		return err_set(err,
			       "warpcore,device: no such virtio device: block, console, entropy and net are there");
	return virtio_create((struct virtio *)device, builder, backend, err);
}

static const char *const virtio_backends_compatible[] = { "virtio,mmio", NULL };

const struct device_class virtio_class = {
	.compatible = virtio_backends_compatible,
	.summary = "virtio device",
	.size = sizeof(struct virtio),
	.has_registers = true,
	.create = virtio_backends_create,
	.reset = virtio_reset,
	.visit_state = virtio_visit_state,
	.destroy = virtio_destroy,
};
