#include "lua/kit/arg.h"

#include <string.h>

#include "lua/kit/class.h"
#include "lua/kit/quantity.h"

static const char *arg_got(lua_State *L, int index)
{
	if (lua_isnoneornil(L, index))
		return "nothing";
	if (lua_type(L, index) == LUA_TSTRING)
		return lua_pushfstring(L, "the string '%s'", lua_tostring(L, index));
	if (lua_type(L, index) == LUA_TNUMBER)
		return luaL_tolstring(L, index, NULL);
	return luaL_typename(L, index);
}

__attribute__((noreturn))
static void arg_wrong(lua_State *L, int index, const char *what, const char *expected)
{
	class_error(L, "%s: %s is expected, got %s", what, expected, arg_got(L, index));
}

static bool arg_is_integer(lua_State *L, int index, lua_Integer *value)
{
	int exact = 0;

	if (lua_type(L, index) == LUA_TNUMBER)
		*value = lua_tointegerx(L, index, &exact);
	return exact;
}

lua_Integer arg_integer(lua_State *L, int index, const char *what, lua_Integer min, lua_Integer max)
{
	lua_Integer value = 0;

	if (!arg_is_integer(L, index, &value))
		arg_wrong(L, index, what, "an integer");
	if (value < min || value > max)
		class_error(L, "%s: " LUA_INTEGER_FMT " is out of range, " LUA_INTEGER_FMT " to " LUA_INTEGER_FMT
			    " are allowed", what, value, min, max);
	return value;
}

uint64_t arg_u64(lua_State *L, int index, const char *what)
{
	lua_Integer value = 0;

	if (!arg_is_integer(L, index, &value))
		arg_wrong(L, index, what, "an integer");
	return (uint64_t)value;
}

int64_t arg_time(lua_State *L, int index, const char *what)
{
	lua_Integer value = 0;
	struct err err;
	int64_t ns;

	if (lua_type(L, index) == LUA_TSTRING) {
		if (!quantity_time(lua_tostring(L, index), &ns, &err))
			class_error(L, "%s: %s", what, err.text);
		return ns;
	}
	if (!arg_is_integer(L, index, &value))
		arg_wrong(L, index, what, "a time (an integer in ns, or a string such as \"10us\")");
	if (value < 0)
		class_error(L, "%s: a time cannot be negative", what);
	return value;
}

uint64_t arg_size(lua_State *L, int index, const char *what)
{
	lua_Integer value = 0;
	struct err err;
	uint64_t bytes;

	if (lua_type(L, index) == LUA_TSTRING) {
		if (!quantity_size(lua_tostring(L, index), &bytes, &err))
			class_error(L, "%s: %s", what, err.text);
		return bytes;
	}
	if (!arg_is_integer(L, index, &value) || value < 0)
		arg_wrong(L, index, what, "a size (bytes, or a string such as \"256M\")");
	return (uint64_t)value;
}

const char *arg_string(lua_State *L, int index, const char *what)
{
	if (lua_type(L, index) != LUA_TSTRING)
		arg_wrong(L, index, what, "a string");
	return lua_tostring(L, index);
}

bool arg_boolean(lua_State *L, int index, const char *what)
{
	if (lua_type(L, index) != LUA_TBOOLEAN)
		arg_wrong(L, index, what, "true or false");
	return lua_toboolean(L, index);
}

void arg_function(lua_State *L, int index, const char *what)
{
	if (lua_type(L, index) == LUA_TFUNCTION)
		return;
	if (luaL_getmetafield(L, index, "__call") == LUA_TNIL)
		arg_wrong(L, index, what, "a function");
	lua_pop(L, 1);
}

void arg_table(lua_State *L, int index, const char *what)
{
	if (lua_type(L, index) != LUA_TTABLE)
		arg_wrong(L, index, what, "a table");
}

static bool arg_listed(const char *name, const char *const names[])
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* Raises the error about one key. */
__attribute__((noreturn))
static void arg_unknown_key(lua_State *L, int key, const char *what, const char *const names[])
{
	const char *text = luaL_tolstring(L, key, NULL);

	lua_newtable(L);
	for (; *names; names++) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, *names);
	}
	class_unknown(L, what, text, -1);
}

void arg_keys(lua_State *L, int index, const char *what, const char *const names[])
{
	arg_table(L, index, what);
	index = lua_absindex(L, index);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		if (lua_type(L, -2) != LUA_TSTRING || !arg_listed(lua_tostring(L, -2), names))
			arg_unknown_key(L, -2, what, names);
}
