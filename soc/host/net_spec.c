#include "soc/host/net_spec.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

static bool net_spec_port(const char *text, uint16_t *port)
{
	char *end;
	long number = strtol(text, &end, 10);

	*port = (uint16_t)number;
	return *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= 65535;
}

/* The parts of "PROTOCOL:[ADDRESS:]PORT:GUESTPORT", a copy that is cut up. */
static bool net_spec_parse_forward(struct net_forward *forward, char *text)
{
	char *parts[4], *part;
	unsigned n = 0;

	while ((part = strsep(&text, ":"))) {
		if (n == 4)
			return false;
		parts[n++] = part;
	}
	if (n < 3 || (strcmp(parts[0], "tcp") && strcmp(parts[0], "udp")))
		return false;
	forward->udp = parts[0][0] == 'u';
	forward->address.s_addr = htonl(INADDR_LOOPBACK);
	if (n == 4 && inet_pton(AF_INET, parts[1], &forward->address) != 1)
		return false;
	return net_spec_port(parts[n - 2], &forward->host_port) && net_spec_port(parts[n - 1], &forward->guest_port);
}

static bool net_spec_add_forward(struct net_spec *spec, const char *text, struct err *err)
{
	struct net_forward *forward = &spec->forwards[spec->nforwards];
	char *copy;
	bool good;

	if (spec->nforwards == NET_MAX_FORWARDS)
		return err_set(err, "net: at most %d ports can be forwarded", NET_MAX_FORWARDS);
	copy = allocate_text(text);
	good = net_spec_parse_forward(forward, copy);
	free(copy);
	if (!good)
		return err_set(err, "net: forward=%s: PROTOCOL:[ADDRESS:]PORT:GUESTPORT is expected, as in tcp:8080:80",
			       text);
	forward->text = text;
	spec->nforwards++;
	return true;
}

static bool net_spec_take(struct net_spec *spec, const char *item, struct err *err)
{
	if (!strncmp(item, "forward=", 8))
		return net_spec_add_forward(spec, item + 8, err);
	if (!strncmp(item, "pcap=", 5) && item[5]) {
		spec->pcap = item + 5;
		return true;
	}
	if (!strcmp(item, "restrict")) {
		spec->restricted = true;
		return true;
	}
	return err_set(err,
		       "net: \"%s\" is unknown; there are forward=PROTOCOL:[ADDRESS:]PORT:GUESTPORT, pcap=FILE and "
		       "restrict",
		       item);
}

bool net_spec_parse(struct net_spec *spec, const char *text, struct err *err)
{
	char *rest, *item;
	bool good;

	*spec = (struct net_spec){ .text = allocate_text(text) };
	rest = spec->text;
	item = strsep(&rest, ",");
	good = !strcmp(item, "user") || err_set(err, "net: \"%s\" is unknown; there is \"user\"", item);
	while (good && (item = strsep(&rest, ",")))
		good = net_spec_take(spec, item, err);
	if (!good)
		net_spec_free(spec);
	return good;
}

void net_spec_free(struct net_spec *spec)
{
	free(spec->text);
	*spec = (struct net_spec){ 0 };
}
