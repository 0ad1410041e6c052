/*
 * Scripts of others (--sandbox): budgets of Lua instructions and of memory.
 * What files and programs such a script may touch is in lua/lib/sandbox.lua.
 *
 * Threads: that of the Lua state.
 */
#ifndef WARPCORE_KIT_SANDBOX_H
#define WARPCORE_KIT_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

struct sandbox;

#define SANDBOX_MEMORY (UINT64_C(256) << 20)         /* bytes of Lua's values */
#define SANDBOX_SCRIPT INT64_C(20000000000)          /* Lua instructions of the script itself */
#define SANDBOX_CALLBACK INT64_C(100000000)          /* and of one callback */

#define SANDBOX_WALL 3600 /* seconds of host time of the script */

/* From now on the state and all its coroutines have budgets. */
void sandbox_begin(lua_State *L);
bool sandbox_is_on(lua_State *L);
/* After lua_close. */
void sandbox_end(struct sandbox *sandbox);
struct sandbox *sandbox_of(lua_State *L);

/*
 * Around a callback: it has a budget of its own. What `enter` returns is for `leave`. Without a sandbox they do
 * nothing.
 */
int64_t sandbox_enter_callback(lua_State *L);
void sandbox_leave_callback(lua_State *L, int64_t left);
/* The limit of a run in host seconds, 0 for none, not above what is left to the script. */
double sandbox_bound_wall(lua_State *L, double wall);
/* In a process of a sweep, which may start no others. */
void sandbox_enter_child(lua_State *L);
bool sandbox_is_child(lua_State *L);
/* Takes what one step of the budget is: a new coroutine counts its instructions from nothing. */
int sandbox_charge(lua_State *L);
/* Sets the hook that counts anew, after somebody else used it. */
void sandbox_arm(lua_State *L);
/* Why Lua has no memory: the text for LUA_ERRMEM. */
const char *sandbox_memory_text(lua_State *L);

#endif
