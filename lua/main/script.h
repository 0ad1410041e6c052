/* Lua states for scripts, and the running of chunks in them. */
#ifndef WARPCORE_MAIN_SCRIPT_H
#define WARPCORE_MAIN_SCRIPT_H

#include <stdbool.h>

#include <lua.h>

#include "lua/main/command_line.h"

/*
 * A state with Lua's libraries, `warpcore` and the library of lua/lib. NULL: no memory, or a bug in the library
 * (printed).
 */
lua_State *script_open(const struct command_line *line);
/* Closes it and every machine in it. */
void script_close(lua_State *L);

/* Each runs one chunk and prints what went wrong on stderr; false: something did. */
bool script_run_text(lua_State *L, const char *text, const char *name);
bool script_run_file(lua_State *L, const struct command_line *line);
/* Calls the function below its `arguments` arguments; leaves `results` values, or prints the error and leaves none. */
bool script_call(lua_State *L, int arguments, int results);
/* Prints "warpcore: " and the error value on top, and pops it. */
void script_print_error(lua_State *L);

#endif
