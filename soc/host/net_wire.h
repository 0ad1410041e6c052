/*
 * What is at the other end of a machine's first network device (option net): the host's network, and a file of what
 * passes. In a replay nobody is there: all that comes is in the recording, what the guest sends is lost.
 */
#ifndef WARPCORE_HOST_NET_WIRE_H
#define WARPCORE_HOST_NET_WIRE_H

#include <stdbool.h>

#include "sim/base/err.h"
#include "sim/machine/machine_state.h"
#include "soc/port/net_port.h"

struct net_wire;

/* `text`: as in net_spec.h. NULL: err says what is wrong with it, or with the host. */
struct net_wire *net_wire_open(const char *text, struct machine *machine, struct net_port *port, bool replay,
			       struct err *err);
/* Brings the files up to date. False: one could not be written. */
bool net_wire_flush(struct net_wire *wire, struct err *err);
/* While the machine is still there. */
void net_wire_close(struct net_wire *wire);

#endif
