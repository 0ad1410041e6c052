#include "lua/manual.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "sim/isa/isa.h"
#include "soc/models.h"

/* The page that says the word in quotes under compatible, or whose name it is. */
static const struct manual_page *manual_find(const char *word)
{
	char quoted[128];

	snprintf(quoted, sizeof quoted, "\"%s\"", word);
	for (const struct manual_page *page = manual_pages; page->name; page++)
		if (!strcmp(page->name, word) || strstr(page->text, quoted))
			return page;
	return NULL;
}

static const struct device_class *manual_class(const char *compatible)
{
	const struct device_class *class;

	for (unsigned i = 0; (class = models_at(i)); i++)
		for (const char *const *name = class->compatible; *name; name++)
			if (!strcmp(*name, compatible))
				return class;
	return NULL;
}

/* The page of the model that has this compatible string, by any other of its strings. */
static const struct manual_page *manual_of_class(const struct device_class *class)
{
	const struct manual_page *page = NULL;

	for (const char *const *name = class->compatible; *name && !page; name++)
		page = manual_find(*name);
	return page;
}

int manual_device(lua_State *L)
{
	const char *word = luaL_checkstring(L, 1);
	const struct device_class *class = manual_class(word);
	const struct manual_page *page = manual_find(word);

	if (!page && class)
		page = manual_of_class(class);
	if (!class && page && strcmp(page->name, word))
		page = NULL; /* a word that merely stands in quotes on some page */
	if (page)
		lua_pushstring(L, page->text);
	else
		lua_pushstring(L, class ? class->summary : NULL);
	return 1;
}

int manual_instruction(lua_State *L)
{
	enum isa_insn insn = isa_find(luaL_checkstring(L, 1));
	char text[2048];

	if (insn == ISA_ILLEGAL)
		return lua_pushnil(L), 1;
	isa_describe(insn, text, sizeof text);
	lua_pushstring(L, text);
	return 1;
}

int manual_words(lua_State *L)
{
	const struct device_class *class;
	lua_Integer n = 0;

	lua_newtable(L);
	for (enum isa_insn insn = 0; insn < ISA_COUNT; insn++) {
		lua_pushstring(L, isa_row(insn)->mnemonic);
		lua_rawseti(L, -2, ++n);
	}
	for (unsigned i = 0; (class = models_at(i)); i++) {
		for (const char *const *name = class->compatible; *name; name++) {
			lua_pushstring(L, *name);
			lua_rawseti(L, -2, ++n);
		}
	}
	for (const struct manual_page *page = manual_pages; page->name; page++) {
		lua_pushstring(L, page->name);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}
