/* The module `warpcore` itself: the class "warpcore", whose one object is the global of that name. */
#ifndef WARPCORE_BIND_MODULE_H
#define WARPCORE_BIND_MODULE_H

#include <stdbool.h>

#include <lua.h>

#include "lua/main/options.h"

/* Registers all classes and sets the global `warpcore`. */
void module_open(lua_State *L, const struct options *options);
/* Marks everything that this state produces from now on as dependent on the host. */
void module_mark_host(lua_State *L);
bool module_deterministic(lua_State *L);
/* Neither script nor prompt reads standard input: a machine's console may. */
bool module_stdin_is_free(lua_State *L);

#endif
