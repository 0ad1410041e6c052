/* The library in Lua (lua/lib), as lua/bind/embed.sh puts it into the binary. */
#ifndef WARPCORE_BIND_LIBRARY_H
#define WARPCORE_BIND_LIBRARY_H

#include <stddef.h>

#include <lua.h>

struct library_file {
	const char *name; /* "help" for lua/lib/help.lua */
	const unsigned char *text;
	size_t size;
};

/* Ended by a NULL name; made at build time. */
extern const struct library_file library_files[];

/*
 * Runs lua/lib/init.lua with the library's table of private functions
 * (class_push_library), to which this adds `load`, which runs a file once and
 * returns what it returned, and the private functions of the bindings.
 */
void library_open(lua_State *L);

#endif
