#include "lua/bind/library.h"

#include <glob.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/class.h"
#include "lua/kit/locate.h"
#include "lua/bind/manual.h"
#include "lua/kit/host.h"
#include "lua/kit/process.h"
#include "lua/kit/quantity.h"
#include "lua/kit/sandbox.h"
#include "lua/bind/module.h"

#define LIBRARY_LOADED "warpcore.loaded"

static const struct library_file *library_find(const char *name)
{
	for (const struct library_file *file = library_files; file->name; file++)
		if (!strcmp(file->name, name))
			return file;
	return NULL;
}

/* The globals of the library, where a script may replace its own (--sandbox): lua/lib/sandbox.lua fills it. */
#define LIBRARY_ENVIRONMENT "warpcore.environment"

static void library_open_environment(lua_State *L)
{
	lua_newtable(L);
	lua_createtable(L, 0, 2);
	lua_pushglobaltable(L);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, "__index");
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
	lua_setfield(L, LUA_REGISTRYINDEX, LIBRARY_ENVIRONMENT);
}

/* Those that work on the script's globals themselves. */
static bool library_is_apart(const char *name)
{
	return strcmp(name, "init") && strcmp(name, "sandbox") && strcmp(name, "strict");
}

/* environment() -> the library's globals */
static int library_environment(lua_State *L)
{
	lua_getfield(L, LUA_REGISTRYINDEX, LIBRARY_ENVIRONMENT);
	return 1;
}

/* load(name): what the library file returned, run at the first call only. */
static int library_load(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct library_file *file = library_find(name);

	luaL_getsubtable(L, LUA_REGISTRYINDEX, LIBRARY_LOADED);
	if (lua_getfield(L, -1, name) != LUA_TNIL)
		return 1;
	lua_pop(L, 1);
	if (!file)
		return luaL_error(L, "no library file '%s'", name);
	lua_pushfstring(L, CLASS_LIBRARY_CHUNK "lib/%s.lua]", name);
	if (luaL_loadbufferx(L, (const char *)file->text, file->size, lua_tostring(L, -1), "t") != LUA_OK)
		return lua_error(L);
	if (lua_getfield(L, LUA_REGISTRYINDEX, LIBRARY_ENVIRONMENT) == LUA_TNIL || !library_is_apart(name))
		lua_pop(L, 1);
	else
		lua_setupvalue(L, -2, 1);
	class_push_library(L);
	lua_call(L, 1, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 1);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, -4, name);
	return 1;
}

/* ---- Functions that only the library gets ---- */

/* machine_of(object) -> the machine that it leads into */
static int library_machine_of(lua_State *L)
{
	bind_push_machine(L, 1);
	return 1;
}

/* time(object or nil, value, what) -> ns */
static int library_time(lua_State *L)
{
	lua_pushinteger(L, arg_time(L, 2, luaL_checkstring(L, 3)));
	return 1;
}

/* time_text(ns) -> "1.5ms" */
static int library_time_text(lua_State *L)
{
	char text[QUANTITY_TIME_TEXT];

	lua_pushstring(L, quantity_time_text(luaL_checkinteger(L, 1), text));
	return 1;
}

/* sha256(path) -> 64 hexadecimal digits, or nil when it cannot be read */
static int library_sha256(lua_State *L)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];

	lua_pushstring(L, SHA256File(luaL_checkstring(L, 1), digest) ? digest : NULL);
	return 1;
}

/* files(prefix) -> list of the names of files that start with it; directories end with a slash */
static int library_list_files(lua_State *L)
{
	const char *prefix = luaL_checkstring(L, 1);
	lua_Integer n = 0;
	glob_t found;

	lua_pushfstring(L, "%s*", prefix);
	lua_newtable(L);
	if (!glob(lua_tostring(L, -2), GLOB_MARK | GLOB_NOESCAPE, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			lua_pushstring(L, found.gl_pathv[i]);
			lua_rawseti(L, -2, ++n);
		}
	}
	globfree(&found);
	return 1;
}

/* own_directories() -> list of the directories in which Warpcore's own files are */
static int library_own_directories(lua_State *L)
{
	char *above = locate_above();

	lua_newtable(L);
	lua_pushstring(L, WARPCORE_DATADIR);
	lua_rawseti(L, -2, 1);
	if (above) {
		lua_pushstring(L, above);
		lua_rawseti(L, -2, 2);
	}
	free(above);
	return 1;
}

/* sandboxed() -> boolean */
static int library_sandboxed(lua_State *L)
{
	lua_pushboolean(L, sandbox_is_on(L));
	return 1;
}

/* is_below(path, directory) -> boolean: links followed; the last part of the path need not exist */
static int library_is_below(lua_State *L)
{
	lua_pushboolean(L, locate_is_below(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
	return 1;
}

/* is_own(path) -> boolean: one of Warpcore's own files */
static int library_is_own(lua_State *L)
{
	lua_pushboolean(L, locate_is_own(luaL_checkstring(L, 1)));
	return 1;
}

/* mark_host(): something of the host had a say */
static int library_mark_host(lua_State *L)
{
	host_mark(L);
	return 0;
}

void library_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "load", library_load },
		{ "manual_device", manual_device },
		{ "manual_instruction", manual_instruction },
		{ "manual_short_form", manual_short_form },
		{ "manual_register", manual_register },
		{ "manual_index", manual_index },
		{ "handle_waiters", bind_handle_waiters },
		{ "handle_function", bind_handle_function },
		{ "machines", bind_machine_list },
		{ "address", bind_code_address },
		{ "address_name", bind_code_name },
		{ "disassemble", bind_code_disassemble },
		{ "device_define", bind_device_define },
		{ "backtrace", bind_code_backtrace },
		{ "assemble", bind_code_assemble },
		{ "machine_of", library_machine_of },
		{ "timeline", bind_timeline_list },
		{ "time", library_time },
		{ "time_text", library_time_text },
		{ "sha256", library_sha256 },
		{ "own_directories", library_own_directories },
		{ "sandboxed", library_sandboxed },
		{ "environment", library_environment },
		{ "show_classes", module_show_classes },
		{ "sandbox_charge", sandbox_charge },
		{ "is_below", library_is_below },
		{ "is_own", library_is_own },
		{ "files", library_list_files },
		{ "mark_host", library_mark_host },
		{ "process_start", process_start },
		{ "process_read", process_read },
		{ "process_end", process_end },
		{ "process_tty", process_tty },
		{ "process_cores", process_cores },
		{ "process_seconds", process_seconds },
		{ "process_rename", process_rename },
		{ NULL, NULL },
	};

	if (sandbox_is_on(L))
		library_open_environment(L);
	class_push_library(L);
	luaL_setfuncs(L, functions, 0);
	lua_pop(L, 1);
	lua_pushcfunction(L, library_load);
	lua_pushliteral(L, "init");
	lua_call(L, 1, 0);
}
