#include "soc/port/serial_port.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

struct serial_port_listener {
	serial_port_listener_fn *fn; /* NULL: left while the list was being walked */
	void *opaque;
};

struct serial_port {
	char *path;
	serial_port_ready_fn *ready;
	void *opaque;
	struct serial_port_listener *listeners;
	size_t nlisteners;
	unsigned walking;    /* depth of calls into listeners */
	uint8_t *queue;      /* bytes head..head+waiting-1 */
	size_t head, waiting, room;
	uint64_t sent, received;
};

struct serial_port *serial_port_create(const char *path, serial_port_ready_fn *ready, void *opaque)
{
	struct serial_port *port = allocate_zeroed(1, sizeof *port);

	port->path = allocate_text(path);
	port->ready = ready;
	port->opaque = opaque;
	return port;
}

void serial_port_destroy(struct serial_port *port)
{
	if (!port)
		return;
	free(port->listeners);
	free(port->queue);
	free(port->path);
	free(port);
}

const char *serial_port_path(const struct serial_port *port)
{
	return port->path;
}

void serial_port_listen(struct serial_port *port, serial_port_listener_fn *fn, void *opaque)
{
	port->listeners = allocate_again(port->listeners, (port->nlisteners + 1) * sizeof *port->listeners);
	port->listeners[port->nlisteners++] = (struct serial_port_listener){ fn, opaque };
}

/* Entries left during a walk go when it is over, so that indexes stay valid. */
static void serial_port_sweep(struct serial_port *port)
{
	size_t kept = 0;

	for (size_t i = 0; i < port->nlisteners; i++)
		if (port->listeners[i].fn)
			port->listeners[kept++] = port->listeners[i];
	port->nlisteners = kept;
}

void serial_port_unlisten(struct serial_port *port, serial_port_listener_fn *fn, void *opaque)
{
	for (size_t i = 0; i < port->nlisteners; i++)
		if (port->listeners[i].fn == fn && port->listeners[i].opaque == opaque) {
			port->listeners[i].fn = NULL;
			break;
		}
	if (!port->walking)
		serial_port_sweep(port);
}

void serial_port_transmit(struct serial_port *port, uint8_t byte, int64_t when)
{
	port->sent++;
	port->walking++;
	for (size_t i = 0; i < port->nlisteners; i++)
		if (port->listeners[i].fn)
			port->listeners[i].fn(port->listeners[i].opaque, port, byte, when);
	if (!--port->walking)
		serial_port_sweep(port);
}

static void serial_port_make_room(struct serial_port *port, size_t size)
{
	if (port->head + port->waiting + size <= port->room)
		return;
	if (port->waiting)
		memmove(port->queue, port->queue + port->head, port->waiting);
	port->head = 0;
	if (port->waiting + size <= port->room)
		return;
	port->room = 2 * (port->waiting + size);
	port->queue = allocate_again(port->queue, port->room);
}

void serial_port_receive(struct serial_port *port, const void *bytes, size_t size, int64_t when)
{
	bool was_empty = !port->waiting;

	if (!size)
		return;
	serial_port_make_room(port, size);
	memcpy(port->queue + port->head + port->waiting, bytes, size);
	port->waiting += size;
	if (was_empty && port->ready)
		port->ready(port->opaque, when);
}

bool serial_port_take(struct serial_port *port, uint8_t *byte)
{
	if (!port->waiting)
		return false;
	*byte = port->queue[port->head++];
	port->waiting--;
	port->received++;
	return true;
}

size_t serial_port_waiting(const struct serial_port *port)
{
	return port->waiting;
}

uint64_t serial_port_sent(const struct serial_port *port)
{
	return port->sent;
}

uint64_t serial_port_received(const struct serial_port *port)
{
	return port->received;
}

void serial_port_visit_state(struct serial_port *port, struct state_visitor *visitor)
{
	uint64_t waiting = port->waiting;

	state_u64(visitor, "waiting", &waiting);
	if (!state_at_most(visitor, "waiting bytes", waiting, UINT32_MAX / 2))
		return;
	if (visitor->restores && !visitor->failed) {
		port->waiting = 0;
		serial_port_make_room(port, (size_t)waiting);
		port->waiting = (size_t)waiting;
	}
	if (waiting)
		visitor->bytes(visitor, "queue", port->queue + port->head, port->waiting);
}
