#include "lua/bind/manual.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <lauxlib.h>

#include "sim/core/spr.h"
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
	char text[2048], cores[64];

	if (insn == ISA_ILLEGAL)
		return lua_pushnil(L), 1;
	isa_describe(insn, model_names(isa_row(insn)->categories, ", ", cores, sizeof cores), text, sizeof text);
	lua_pushstring(L, text);
	return 1;
}

int manual_short_form(lua_State *L)
{
	const char *operands;
	enum isa_insn insn;

	if (!isa_find_short(luaL_checkstring(L, 1), &insn, &operands))
		return lua_pushnil(L), 1;
	lua_pushstring(L, isa_row(insn)->mnemonic);
	lua_pushstring(L, operands);
	return 2;
}

/* ---- Registers ---- */

static void manual_add_mask(luaL_Buffer *text, const struct core_model *model, const struct spr *spr)
{
	char line[64];

	snprintf(line, sizeof line, "\n  %s: a write changes the bits 0x%08" PRIx64, model->name, spr_mask(model, spr));
	luaL_addstring(text, line);
}

/* One row of the table: its number, who may do what with it, on which cores. */
static void manual_add_register(lua_State *L, luaL_Buffer *text, const struct spr *spr)
{
	static const char *const accesses[] = { "", "read", "written", "read and written" };
	const struct core_model *model;
	char cores[64];

	lua_pushfstring(L, "%s: special purpose register %d\n  cores: %s; privilege: %s; can be %s", spr->name,
			spr->number, model_names(spr->categories, ", ", cores, sizeof cores),
			spr->number & SPR_SUPERVISOR ? "supervisor" : "user", accesses[spr->access & SPR_RW]);
	luaL_addvalue(text);
	for (unsigned i = 0; spr->access & SPR_W && (model = model_at(i)); i++)
		if (model_has(model, spr->categories))
			manual_add_mask(text, model, spr);
	luaL_addchar(text, '\n');
}

int manual_register(lua_State *L)
{
	const char *word = luaL_checkstring(L, 1);
	const struct spr *spr;
	bool found = false;
	luaL_Buffer text;

	luaL_buffinit(L, &text);
	for (size_t i = 0; (spr = spr_at(i)); i++) {
		if (strcasecmp(spr->name, word))
			continue;
		manual_add_register(L, &text, spr);
		found = true;
	}
	luaL_pushresult(&text);
	if (!found)
		lua_pushnil(L);
	return 1;
}

/* ---- All of them ---- */

/* Adds { kind, name, summary } to the list on top. */
static void manual_add_entry(lua_State *L, const char *kind, const char *name, const char *summary)
{
	lua_createtable(L, 0, 3);
	lua_pushstring(L, kind);
	lua_setfield(L, -2, "kind");
	lua_pushstring(L, name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, summary);
	lua_setfield(L, -2, "summary");
	lua_rawseti(L, -2, luaL_len(L, -2) + 1);
}

int manual_index(lua_State *L)
{
	const struct device_class *class;
	const struct spr *spr;

	lua_newtable(L);
	for (unsigned i = 0; (class = models_at(i)); i++)
		for (const char *const *name = class->compatible; *name; name++)
			manual_add_entry(L, "device", *name, class->summary);
	for (const struct manual_page *page = manual_pages; page->name; page++)
		manual_add_entry(L, "page", page->name, "");
	for (enum isa_insn insn = 0; insn < ISA_COUNT; insn++)
		manual_add_entry(L, "instruction", isa_row(insn)->mnemonic, isa_row(insn)->summary);
	for (size_t i = 0; (spr = spr_at(i)); i++)
		manual_add_entry(L, "register", spr->name, "special purpose register");
	return 1;
}
