/*
 * Pages of help that come from elsewhere than the bindings: devices and semihosting (the head of their files),
 * instructions.
 */
#ifndef WARPCORE_BIND_MANUAL_H
#define WARPCORE_BIND_MANUAL_H

#include <lua.h>

struct manual_page {
	const char *name; /* of the file, without its ending */
	const char *text;
};

/* Ended by a NULL name; made at build time by lua/bind/manual.sh. */
extern const struct manual_page manual_pages[];

/* For the library: manual_device(word) -> text or nil; the word is a compatible string or the name of a page. */
int manual_device(lua_State *L);
/* manual_instruction(word) -> text or nil; the word is a mnemonic. */
int manual_instruction(lua_State *L);
/* manual_short_form(word) -> mnemonic, operands (sim/isa/short.def), or nil. */
int manual_short_form(lua_State *L);
/* manual_register(word) -> text or nil; the word is the name of a special purpose register, in any case. */
int manual_register(lua_State *L);
/*
 * manual_index() -> list of { kind ("instruction", "device", "page", "register"), name, summary }: all words of the
 * three above
 */
int manual_index(lua_State *L);

#endif
