/*
 * NAME
 *   console - virtio console (virtio 1.1, 5.3): one port, as a serial line (hvc0)
 *
 * BINDING
 *   That of virtio.c.
 *
 * BEHAVIOUR
 *   The host's end is a serial port (serial_port.h), numbered behind the UARTs. What
 *   the guest sends goes out 1 us after the notification; what the host sends waits
 *   until the guest has a buffer for it.
 *
 * KNOWN LIMITS
 *   One port, no size of the window, no emergency write.
 */
#include "soc/port/serial_port.h"
#include "soc/device/virtio_backends.h"

enum { CONSOLE_RECEIVE = 0, CONSOLE_TRANSMIT = 1, CONSOLE_CHUNK = 256 };

struct virtio_console {
	struct serial_port *port;
};

static void virtio_console_ready(void *opaque, int64_t when)
{
	virtio_wake(opaque, CONSOLE_RECEIVE, when);
}

static bool virtio_console_open(struct virtio *virtio, struct builder *builder, struct err *err)
{
	struct virtio_console *console = virtio->state;

	console->port = serial_port_create(virtio->device.path, virtio_console_ready, virtio);
	builder_add_serial(builder, console->port);
	return true;
}

static void virtio_console_transmit(struct virtio *virtio, int64_t now)
{
	struct virtio_console *console = virtio->state;

	while (virtio_take(virtio, CONSOLE_TRANSMIT, now)) {
		uint64_t bytes = virtio->chain.readable_bytes;
		uint8_t chunk[CONSOLE_CHUNK];

		for (uint64_t at = 0; at < bytes; at += CONSOLE_CHUNK) {
			uint64_t here = bytes - at < CONSOLE_CHUNK ? bytes - at : CONSOLE_CHUNK;

			virtio_chain_read(virtio->device.bus, &virtio->chain, at, chunk, here);
			for (uint64_t i = 0; i < here; i++)
				serial_port_transmit(console->port, chunk[i], now);
		}
		virtio_give(virtio, CONSOLE_TRANSMIT, 0, now);
	}
}

static void virtio_console_receive(struct virtio *virtio, int64_t now)
{
	struct virtio_console *console = virtio->state;

	while (serial_port_waiting(console->port) && virtio_take(virtio, CONSOLE_RECEIVE, now)) {
		uint64_t at = 0;
		uint8_t byte;

		while (at < virtio->chain.writable_bytes && serial_port_take(console->port, &byte))
			virtio_chain_write(virtio->device.bus, &virtio->chain, at++, &byte, 1);
		virtio_give(virtio, CONSOLE_RECEIVE, (uint32_t)at, now);
	}
}

static void virtio_console_process(struct virtio *virtio, unsigned queue, int64_t now)
{
	if (queue == CONSOLE_TRANSMIT)
		virtio_console_transmit(virtio, now);
	else
		virtio_console_receive(virtio, now);
}

static void virtio_console_visit_state(struct virtio *virtio, struct state_visitor *visitor)
{
	serial_port_visit_state(((struct virtio_console *)virtio->state)->port, visitor);
}

static void virtio_console_close(struct virtio *virtio)
{
	serial_port_destroy(((struct virtio_console *)virtio->state)->port);
}

const struct virtio_backend virtio_console = {
	.name = "console",
	.id = 3,
	.nqueues = 2,
	.size = sizeof(struct virtio_console),
	.latency = 1000,
	.open = virtio_console_open,
	.process = virtio_console_process,
	.visit_state = virtio_console_visit_state,
	.close = virtio_console_close,
};
