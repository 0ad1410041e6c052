/*
 * The option net of warpcore.machine: the text of net_spec.h, or a table { forward = { "tcp:8080:80" }, pcap = "FILE",
 * restrict = true } that is written as such a text.
 */
#ifndef WARPCORE_BIND_NET_OPTIONS_H
#define WARPCORE_BIND_NET_OPTIONS_H

#include <lua.h>

/* The text for the value at `index`, a string or a table; to be freed. Raises an error about a wrong type. */
char *net_options_text(lua_State *L, int index);

#endif
