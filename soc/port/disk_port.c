#include "soc/port/disk_port.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/allocate.h"

struct disk_port {
	const struct disk_port_ops *ops;
	void *opaque;
	struct disk_port_facts facts;
};

struct disk_port *disk_port_create(const struct disk_port_ops *ops, void *opaque, const struct disk_port_facts *facts)
{
	struct disk_port *port = allocate_zeroed(1, sizeof *port);

	port->ops = ops;
	port->opaque = opaque;
	port->facts = *facts;
	return port;
}

void disk_port_destroy(struct disk_port *port)
{
	if (!port)
		return;
	port->ops->close(port->opaque);
	free(port);
}

const struct disk_port_facts *disk_port_facts(const struct disk_port *port)
{
	return &port->facts;
}

static bool disk_port_has(const struct disk_port *port, uint64_t offset, size_t size)
{
	return offset <= port->facts.size && size <= port->facts.size - offset;
}

bool disk_port_read(struct disk_port *port, uint64_t offset, void *data, size_t size)
{
	assert(disk_port_has(port, offset, size));
	return port->ops->read(port->opaque, offset, data, size);
}

bool disk_port_write(struct disk_port *port, uint64_t offset, const void *data, size_t size)
{
	assert(!port->facts.read_only && disk_port_has(port, offset, size));
	return port->ops->write(port->opaque, offset, data, size);
}

bool disk_port_flush(struct disk_port *port)
{
	return port->ops->flush(port->opaque);
}

void disk_port_visit_state(struct disk_port *port, struct state_visitor *visitor)
{
	if (visitor->whole)
		port->ops->visit_state(port->opaque, visitor);
}
