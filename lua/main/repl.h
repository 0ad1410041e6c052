/* The Lua prompt, and the reading of Lua from a standard input that is no terminal. */
#ifndef WARPCORE_MAIN_REPL_H
#define WARPCORE_MAIN_REPL_H

#include <stdbool.h>

#include <lua.h>

/* Reads until the end of standard input. False: a chunk failed, and standard input is no terminal. */
bool repl_run(lua_State *L);

#endif
