/* Pages of help that come from elsewhere than the bindings: devices and semihosting (the head of their files), instructions. */
#ifndef WARPCORE_LUA_MANUAL_H
#define WARPCORE_LUA_MANUAL_H

#include <lua.h>

struct manual_page {
	const char *name; /* of the file, without its ending */
	const char *text;
};

/* Ended by a NULL name; made at build time by lua/manual.sh. */
extern const struct manual_page manual_pages[];

/* For the library: manual_device(word) -> text or nil; the word is a compatible string or the name of a page. */
int manual_device(lua_State *L);
/* manual_instruction(word) -> text or nil; the word is a mnemonic. */
int manual_instruction(lua_State *L);
/* manual_words() -> list of all mnemonics, compatible strings and names of pages */
int manual_words(lua_State *L);

#endif
