#include "lua/main/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lualib.h>

#include "lua/kit/class.h"
#include "lua/bind/library.h"
#include "lua/bind/module.h"
#include "lua/kit/host.h"
#include "lua/kit/print.h"
#include "lua/kit/sandbox.h"
#include "lua/main/confine.h"

/* The text of an error that a script raised; of a value without one (error {}), what it is. */
static const char *script_error_text(lua_State *L)
{
	if (lua_isstring(L, 1) || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL)
		return luaL_tolstring(L, 1, NULL);
	return lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
}

/* Adds a traceback, but to errors of bad input: those say all in one line. */
static int script_message(lua_State *L)
{
	if (class_is_input_error(L, 1))
		return 1;
	luaL_traceback(L, L, script_error_text(L), 1);
	return 1;
}

void script_print_error(lua_State *L)
{
	bool color = isatty(STDERR_FILENO) && !getenv("NO_COLOR");

	fflush(stdout);
	fprintf(stderr, "%swarpcore: %s%s\n", color ? "\033[31m" : "", luaL_tolstring(L, -1, NULL),
		color ? "\033[0m" : "");
	lua_pop(L, 2);
}

bool script_call(lua_State *L, int arguments, int results)
{
	int base = lua_gettop(L) - arguments;
	int status;

	lua_pushcfunction(L, script_message);
	lua_insert(L, base);
	status = lua_pcall(L, arguments, results, base);
	lua_remove(L, base);
	if (status == LUA_OK)
		return true;
	if (status == LUA_ERRMEM) {
		lua_pop(L, 1);
		lua_gc(L, LUA_GCCOLLECT);
		lua_pushstring(L, sandbox_memory_text(L));
	}
	script_print_error(L);
	return false;
}

bool script_run_text(lua_State *L, const char *text, const char *name)
{
	if (luaL_loadbufferx(L, text, strlen(text), name, "t") != LUA_OK) {
		script_print_error(L);
		return false;
	}
	return script_call(L, 0, 0);
}

/* Sets the global `arg`, as the lua program does, and pushes the arguments; returns their number. */
static int script_push_arguments(lua_State *L, const struct command_line *line)
{
	int n = 0;

	lua_newtable(L);
	lua_pushstring(L, line->script);
	lua_rawseti(L, -2, 0);
	while (line->arguments[n]) {
		lua_pushstring(L, line->arguments[n]);
		lua_rawseti(L, -2, ++n);
	}
	lua_setglobal(L, "arg");
	luaL_checkstack(L, n + 4, "too many arguments");
	for (int i = 0; i < n; i++)
		lua_pushstring(L, line->arguments[i]);
	return n;
}

bool script_run_file(lua_State *L, const struct command_line *line)
{
	const char *file = strcmp(line->script, "-") ? line->script : NULL;

	if (luaL_loadfilex(L, file, "t") != LUA_OK) {
		script_print_error(L);
		return false;
	}
	return script_call(L, script_push_arguments(L, line), 0);
}

static int script_prepare(lua_State *L)
{
	const struct command_line *line = lua_touserdata(L, 1);

	luaL_openlibs(L);
	lua_register(L, "print", print_call);
	if (confine_is_asked(line))
		sandbox_begin(L);
	host_set_stdin_free(L, !command_line_is_prompt(line) && !(line->script && !strcmp(line->script, "-")));
	command_line_push(L, line);
	module_open(L);
	library_open(L);
	return 0;
}

lua_State *script_open(const struct command_line *line)
{
	lua_State *L = luaL_newstate();

	if (!L) {
		fputs("warpcore: no memory for Lua\n", stderr);
		return NULL;
	}
	*(struct sandbox **)lua_getextraspace(L) = NULL;
	lua_pushcfunction(L, script_prepare);
	lua_pushlightuserdata(L, (void *)line);
	if (script_call(L, 1, 0))
		return L;
	script_close(L);
	return NULL;
}

void script_close(lua_State *L)
{
	struct sandbox *sandbox = sandbox_of(L);

	lua_close(L);
	sandbox_end(sandbox);
}
