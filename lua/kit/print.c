#include "lua/kit/print.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

static bool print_value(lua_State *L, int index)
{
	size_t length;
	const char *text = luaL_tolstring(L, index, &length);
	bool done = (index == 1 || putchar('\t') != EOF) && fwrite(text, 1, length, stdout) == length;

	lua_pop(L, 1);
	return done;
}

int print_call(lua_State *L)
{
	int n = lua_gettop(L);
	bool done = true;

	errno = 0;
	for (int i = 1; i <= n && done; i++)
		done = print_value(L, i);
	if (!done || putchar('\n') == EOF)
		return luaL_error(L, "standard output: %s", strerror(errno ? errno : EIO));
	return 0;
}
