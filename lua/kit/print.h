/* The global function print: as Lua's, but what standard output does not take is an error, with its reason. */
#ifndef WARPCORE_KIT_PRINT_H
#define WARPCORE_KIT_PRINT_H

#include <lua.h>

int print_call(lua_State *L);

#endif
