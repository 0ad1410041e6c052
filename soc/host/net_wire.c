#include "soc/host/net_wire.h"

#include <stdlib.h>

#include "soc/host/net_host.h"
#include "soc/host/net_spec.h"
#include "soc/host/pcap.h"
#include "sim/base/allocate.h"
#include "sim/input/input.h"

struct net_wire {
	struct net_port *port;
	struct net_host *host; /* NULL: nobody */
	struct pcap *pcap;     /* NULL: none */
};

static void net_wire_pass(void *opaque, enum net_direction direction, const uint8_t *frame, size_t size, int64_t when)
{
	struct net_wire *wire = opaque;

	if (wire->pcap)
		pcap_write(wire->pcap, frame, size, when);
	if (!wire->host)
		return;
	if (direction == NET_FROM_GUEST)
		net_host_send(wire->host, frame, size);
	else
		net_host_delivered(wire->host);
}

static bool net_wire_attach(struct net_wire *wire, const struct net_spec *spec, struct machine *machine, bool replay,
			    struct err *err)
{
	struct input_port *input = input_find_port(machine->input, net_port_path(wire->port));

	if (spec->pcap && !(wire->pcap = pcap_open(spec->pcap, err)))
		return false;
	if (!replay && !(wire->host = net_host_open(spec, machine, input, err)))
		return false;
	net_port_connect(wire->port, net_wire_pass, wire);
	return true;
}

struct net_wire *net_wire_open(const char *text, struct machine *machine, struct net_port *port, bool replay,
			       struct err *err)
{
	struct net_wire *wire = allocate_zeroed(1, sizeof *wire);
	struct net_spec spec;
	bool good;

	wire->port = port;
	good = net_spec_parse(&spec, text, err);
	if (good) {
		good = net_wire_attach(wire, &spec, machine, replay, err);
		net_spec_free(&spec);
	}
	if (good)
		return wire;
	net_wire_close(wire);
	return NULL;
}

bool net_wire_flush(struct net_wire *wire, struct err *err)
{
	return !wire->pcap || pcap_flush(wire->pcap, err);
}

void net_wire_close(struct net_wire *wire)
{
	if (!wire)
		return;
	net_port_connect(wire->port, NULL, NULL);
	net_host_close(wire->host);
	pcap_close(wire->pcap);
	free(wire);
}
