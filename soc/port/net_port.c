#include "soc/port/net_port.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

struct net_frame {
	uint16_t size;
	uint8_t bytes[NET_FRAME_MAX];
};

struct net_port {
	char *path;
	net_port_ready_fn *ready;
	void *opaque;
	net_port_wire_fn *wire;
	void *wire_opaque;
	struct net_port_counts counts;
	unsigned head, waiting; /* frames head..head+waiting-1, around the end */
	struct net_frame queue[NET_PORT_FRAMES];
};

struct net_port *net_port_create(const char *path, net_port_ready_fn *ready, void *opaque)
{
	struct net_port *port = allocate_zeroed(1, sizeof *port);

	port->path = allocate_text(path);
	port->ready = ready;
	port->opaque = opaque;
	return port;
}

void net_port_destroy(struct net_port *port)
{
	if (!port)
		return;
	free(port->path);
	free(port);
}

const char *net_port_path(const struct net_port *port)
{
	return port->path;
}

void net_port_connect(struct net_port *port, net_port_wire_fn *fn, void *opaque)
{
	port->wire = fn;
	port->wire_opaque = opaque;
}

static struct net_frame *net_port_frame(struct net_port *port, unsigned index)
{
	return &port->queue[(port->head + index) % NET_PORT_FRAMES];
}

void net_port_receive(struct net_port *port, const void *frame, size_t size, int64_t when)
{
	struct net_frame *place;

	if (port->wire)
		port->wire(port->wire_opaque, NET_TO_GUEST, frame, size, when);
	if (port->waiting == NET_PORT_FRAMES || size < NET_FRAME_MIN || size > NET_FRAME_MAX) {
		port->counts.dropped++;
		return;
	}
	place = net_port_frame(port, port->waiting++);
	place->size = (uint16_t)size;
	memcpy(place->bytes, frame, size);
	if (port->waiting == 1 && port->ready)
		port->ready(port->opaque, when);
}

const struct net_port_counts *net_port_counts(const struct net_port *port)
{
	return &port->counts;
}

void net_port_transmit(struct net_port *port, const void *frame, size_t size, int64_t when)
{
	port->counts.frames_sent++;
	port->counts.bytes_sent += size;
	if (port->wire)
		port->wire(port->wire_opaque, NET_FROM_GUEST, frame, size, when);
}

size_t net_port_waiting(const struct net_port *port)
{
	return port->waiting ? port->queue[port->head].size : 0;
}

const uint8_t *net_port_take(struct net_port *port)
{
	struct net_frame *frame = net_port_frame(port, 0);

	port->head = (port->head + 1) % NET_PORT_FRAMES;
	port->waiting--;
	port->counts.frames_received++;
	port->counts.bytes_received += frame->size;
	return frame->bytes;
}

void net_port_clear(struct net_port *port)
{
	port->waiting = 0;
}

void net_port_visit_state(struct net_port *port, struct state_visitor *visitor)
{
	uint32_t waiting = port->waiting;

	state_u32(visitor, "waiting", &waiting);
	if (!state_at_most(visitor, "waiting frames", waiting, NET_PORT_FRAMES))
		return;
	port->waiting = waiting;
	for (unsigned i = 0; i < waiting && !visitor->failed; i++) {
		struct net_frame *frame = net_port_frame(port, i);
		uint16_t size = frame->size;

		state_u16(visitor, "size", &size);
		if (!state_at_most(visitor, "size of a frame", size, NET_FRAME_MAX))
			return;
		frame->size = size;
		visitor->bytes(visitor, "frame", frame->bytes, size);
	}
}
