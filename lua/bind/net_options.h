/*
 * The option net: "user[,forward=PROTOCOL:[ADDRESS:]PORT:GUESTPORT]...[,pcap=FILE][,restrict]", as on the command
 * line, or a table { forward = { "tcp:8080:80" }, pcap = "FILE", restrict = true } that stands for such a text.
 */
#ifndef WARPCORE_BIND_NET_OPTIONS_H
#define WARPCORE_BIND_NET_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "sim/base/err.h"

#define NET_MAX_FORWARDS 32

/* A port of the host whose connections or datagrams go to a port of the guest. */
struct net_forward {
	const char *text; /* as it was written */
	bool udp;
	struct in_addr address; /* of the host, 127.0.0.1 when none was given */
	uint16_t host_port, guest_port;
};

struct net_options {
	char *text; /* that the other strings point into */
	struct net_forward forwards[NET_MAX_FORWARDS];
	unsigned nforwards;
	const char *pcap; /* NULL: none */
	bool restricted;  /* the guest reaches nobody; forwards work */
};

/* The text for the value at `index`, a string or a table; to be freed. Raises an error about a wrong type. */
char *net_options_text(lua_State *L, int index);
/* False: err says what is wrong and what would be right, and there is nothing to free. */
bool net_options_parse(struct net_options *options, const char *text, struct err *err);
void net_options_free(struct net_options *options);

#endif
