/* The module `warpcore` itself: the class "warpcore", whose one object is the global of that name. */
#ifndef WARPCORE_BIND_MODULE_H
#define WARPCORE_BIND_MODULE_H

#include <lua.h>

/* Registers all classes and sets the global `warpcore`. Pops the table on top of the stack: warpcore.options. */
void module_open(lua_State *L);

/* show_classes(table): warpcore.classes is this table from now on. */
int module_show_classes(lua_State *L);

#endif
