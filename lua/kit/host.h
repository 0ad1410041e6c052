/*
 * What a Lua state knows of its host: whether something of it (its time, its randomness, a wall-clock limit) had a say
 * in what the state produces, and whether standard input is free.
 *
 * Threads: that of the Lua state.
 */
#ifndef WARPCORE_KIT_HOST_H
#define WARPCORE_KIT_HOST_H

#include <stdbool.h>

#include <lua.h>

/* Marks everything that this state produces from now on as dependent on the host. */
void host_mark(lua_State *L);
/* Never marked. */
bool host_is_unused(lua_State *L);

/* Neither script nor prompt reads standard input: a machine's console may. At first it is not free. */
bool host_stdin_is_free(lua_State *L);
void host_set_stdin_free(lua_State *L, bool is_free);

#endif
