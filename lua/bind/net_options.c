#include "lua/bind/net_options.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "lua/kit/arg.h"
#include "lua/kit/class.h"
#include "sim/base/allocate.h"

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
		return allocate_text(arg_string(L, table, "warpcore.machine: net"));
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
	result = allocate_text(lua_tostring(L, text));
	lua_settop(L, text - 1);
	return result;
}
