#include "lua/bind/net_options.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "lua/kit/arg.h"
#include "lua/kit/class.h"

/* ---- From a table of a script ---- */

/* One more item behind the text at `index`. The value, a string, is on top of the stack and goes. */
static void net_options_append(lua_State *L, int index, const char *name, const char *what)
{
	const char *value = arg_string(L, -1, what);

	if (strchr(value, ','))
		class_error(L, "%s: \"%s\" has a comma, which cannot be", what, value);
	lua_pushfstring(L, "%s,%s=%s", lua_tostring(L, index), name, value);
	lua_replace(L, index);
	lua_pop(L, 1);
}

/* A string, or a list of them; on top of the stack, and goes. */
static void net_options_append_forwards(lua_State *L, int index)
{
	if (lua_type(L, -1) == LUA_TSTRING) {
		net_options_append(L, index, "forward", "warpcore.machine: net.forward");
		return;
	}
	arg_table(L, -1, "warpcore.machine: net.forward");
	for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++)
		net_options_append(L, index, "forward", "warpcore.machine: net.forward");
	lua_pop(L, 2);
}

char *net_options_text(lua_State *L, int index)
{
	static const char *const names[] = { "forward", "pcap", "restrict", NULL };
	int table = lua_absindex(L, index), text;
	char *result;

	if (lua_type(L, table) != LUA_TTABLE)
		return strdup(arg_string(L, table, "warpcore.machine: net"));
	arg_keys(L, table, "warpcore.machine: net", names);
	lua_pushliteral(L, "user");
	text = lua_gettop(L);
	if (lua_getfield(L, table, "forward") != LUA_TNIL)
		net_options_append_forwards(L, text);
	if (lua_getfield(L, table, "pcap") != LUA_TNIL)
		net_options_append(L, text, "pcap", "warpcore.machine: net.pcap");
	if (lua_getfield(L, table, "restrict") != LUA_TNIL && arg_boolean(L, -1, "warpcore.machine: net.restrict")) {
		lua_pushfstring(L, "%s,restrict", lua_tostring(L, text));
		lua_replace(L, text);
	}
	result = strdup(lua_tostring(L, text));
	lua_settop(L, text - 1);
	return result;
}

/* ---- The text ---- */

static bool net_options_port(const char *text, uint16_t *port)
{
	char *end;
	long number = strtol(text, &end, 10);

	*port = (uint16_t)number;
	return *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= 65535;
}

/* The parts of "PROTOCOL:[ADDRESS:]PORT:GUESTPORT", a copy that is cut up. */
static bool net_options_parse_forward(struct net_forward *forward, char *text)
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
	return net_options_port(parts[n - 2], &forward->host_port) && net_options_port(parts[n - 1], &forward->guest_port);
}

static bool net_options_add_forward(struct net_options *options, const char *text, struct err *err)
{
	struct net_forward *forward = &options->forwards[options->nforwards];
	char *copy;
	bool good;

	if (options->nforwards == NET_MAX_FORWARDS)
		return err_set(err, "net: at most %d ports can be forwarded", NET_MAX_FORWARDS);
	copy = strdup(text);
	good = net_options_parse_forward(forward, copy);
	free(copy);
	if (!good)
		return err_set(err, "net: forward=%s: PROTOCOL:[ADDRESS:]PORT:GUESTPORT is expected, as in tcp:8080:80", text);
	forward->text = text;
	options->nforwards++;
	return true;
}

static bool net_options_take(struct net_options *options, const char *item, struct err *err)
{
	if (!strncmp(item, "forward=", 8))
		return net_options_add_forward(options, item + 8, err);
	if (!strncmp(item, "pcap=", 5) && item[5]) {
		options->pcap = item + 5;
		return true;
	}
	if (!strcmp(item, "restrict")) {
		options->restricted = true;
		return true;
	}
	return err_set(err, "net: \"%s\" is unknown; there are forward=PROTOCOL:[ADDRESS:]PORT:GUESTPORT, pcap=FILE and "
		       "restrict", item);
}

bool net_options_parse(struct net_options *options, const char *text, struct err *err)
{
	char *rest, *item;
	bool good;

	*options = (struct net_options){ .text = strdup(text) };
	rest = options->text;
	item = strsep(&rest, ",");
	good = !strcmp(item, "user") || err_set(err, "net: \"%s\" is unknown; there is \"user\"", item);
	while (good && (item = strsep(&rest, ",")))
		good = net_options_take(options, item, err);
	if (!good)
		net_options_free(options);
	return good;
}

void net_options_free(struct net_options *options)
{
	free(options->text);
	*options = (struct net_options){ 0 };
}
