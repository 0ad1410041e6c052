/*
 * Arguments of the functions that scripts call: each of these returns the
 * value at `index` or raises an error that names it by `what` and says what
 * would be right. Strings are never taken for numbers.
 */
#ifndef WARPCORE_KIT_ARG_H
#define WARPCORE_KIT_ARG_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

lua_Integer arg_integer(lua_State *L, int index, const char *what, lua_Integer min, lua_Integer max);
/* Any 64-bit value, a Lua integer. */
uint64_t arg_u64(lua_State *L, int index, const char *what);
/* Virtual ns, >= 0: an integer, or a string with a unit. */
int64_t arg_time(lua_State *L, int index, const char *what);
/* Bytes: an integer, or a string with a suffix. */
uint64_t arg_size(lua_State *L, int index, const char *what);
const char *arg_string(lua_State *L, int index, const char *what);
bool arg_boolean(lua_State *L, int index, const char *what);
/* A function or something else that can be called; leaves the stack as it is. */
void arg_function(lua_State *L, int index, const char *what);
void arg_table(lua_State *L, int index, const char *what);
/* Checks that every key of the table at `index` is one of `names` (ended by NULL). `what`: "m:run". */
void arg_keys(lua_State *L, int index, const char *what, const char *const names[]);

#endif
