#include "soc/device/virtio_backends.h"

#include <string.h>

static const struct virtio_backend *const virtio_backends[] = {
	&virtio_block,
	&virtio_console,
	&virtio_entropy,
	&virtio_net,
};

const struct virtio_backend *virtio_backends_find(const char *name)
{
	for (size_t i = 0; i < sizeof virtio_backends / sizeof *virtio_backends; i++)
		if (!strcmp(virtio_backends[i]->name, name))
			return virtio_backends[i];
	return NULL;
}

const char *virtio_backends_names(void)
{
	return "block, console, entropy and net are there";
}
