#include "lua/kit/host.h"

/* Fields of the registry. */
#define HOST_USED "warpcore.host_used"
#define HOST_STDIN "warpcore.stdin_free"

static void host_set(lua_State *L, const char *field, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, LUA_REGISTRYINDEX, field);
}

static bool host_get(lua_State *L, const char *field)
{
	bool value;

	lua_getfield(L, LUA_REGISTRYINDEX, field);
	value = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return value;
}

void host_mark(lua_State *L)
{
	host_set(L, HOST_USED, true);
}

bool host_is_unused(lua_State *L)
{
	return !host_get(L, HOST_USED);
}

bool host_stdin_is_free(lua_State *L)
{
	return host_get(L, HOST_STDIN);
}

void host_set_stdin_free(lua_State *L, bool is_free)
{
	host_set(L, HOST_STDIN, is_free);
}
