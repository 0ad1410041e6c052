/*
 * The network that a user asks for, as a text:
 * "user[,forward=PROTOCOL:[ADDRESS:]PORT:GUESTPORT]...[,pcap=FILE][,restrict]". PROTOCOL is tcp or udp, ADDRESS one
 * of the host (127.0.0.1 when none is given), ports are from 1 to 65535.
 */
#ifndef WARPCORE_HOST_NET_SPEC_H
#define WARPCORE_HOST_NET_SPEC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"

#define NET_MAX_FORWARDS 32

/* A port of the host whose connections or datagrams go to a port of the guest. */
struct net_forward {
	const char *text; /* as it was written */
	bool udp;
	struct in_addr address; /* of the host, 127.0.0.1 when none was given */
	uint16_t host_port, guest_port;
};

struct net_spec {
	char *text; /* owned; the other strings point into it */
	struct net_forward forwards[NET_MAX_FORWARDS];
	unsigned nforwards;
	const char *pcap; /* NULL: none */
	bool restricted;  /* the guest reaches nobody; forwards work */
};

/* False: err says what is wrong and what would be right, and there is nothing to free. */
bool net_spec_parse(struct net_spec *spec, const char *text, struct err *err);
void net_spec_free(struct net_spec *spec);

#endif
