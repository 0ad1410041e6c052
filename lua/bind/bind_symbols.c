/* m.symbols: names of guest addresses, from ELF files. */
#include <stdlib.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/locate.h"
#include "lua/kit/suggest.h"
#include "sim/symbol/symbols.h"

static struct symbols *bind_symbols_self(lua_State *L)
{
	return bind_self(L, &bind_symbols_class)->owner->symbols;
}

__attribute__((noreturn))
static void bind_symbols_unknown(lua_State *L, const struct symbols *symbols, const char *text, const char *problem)
{
	const struct symbol *const *all;
	size_t n = symbols_prefixed(symbols, "", &all);
	struct suggest suggest;

	suggest_init(&suggest, text);
	for (size_t i = 0; i < n; i++)
		suggest_offer(&suggest, all[i]->name);
	if (suggest_best(&suggest))
		class_error(L, "%s; did you mean '%s'?", problem, suggest_best(&suggest));
	if (!n)
		class_error(L, "%s: the machine has no symbols; m.symbols:load(file) adds those of an ELF file",
			    problem);
	class_error(L, "%s", problem);
}

uint64_t bind_symbols_address(lua_State *L, struct bind_machine *owner, int index, const char *what)
{
	struct err err;
	uint64_t address;
	const char *text;

	if (lua_type(L, index) != LUA_TSTRING)
		return (uint32_t)arg_integer(L, index, what, 0, UINT32_MAX);
	text = lua_tostring(L, index);
	if (!symbols_parse(owner->symbols, text, &address, &err))
		bind_symbols_unknown(L, owner->symbols, text, err.text);
	return (uint32_t)address; /* modulo 2^32, as addresses of the cores that there are */
}

void bind_symbols_push_name(lua_State *L, struct bind_machine *owner, uint64_t address)
{
	char text[256];

	lua_pushstring(L, symbols_format(owner->symbols, address, text, sizeof text));
}

static int bind_symbols_item(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_symbols_class);

	arg_string(L, 2, "m.symbols[name]");
	lua_pushinteger(L, bind_symbols_address(L, object->owner, 2, "m.symbols[name]"));
	return 1;
}

static int bind_symbols_at(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_symbols_class);

	bind_symbols_push_name(L, object->owner, (uint32_t)arg_integer(L, 2, "m.symbols:at: address", 0, UINT32_MAX));
	return 1;
}

static int bind_symbols_load(lua_State *L)
{
	struct symbols *symbols = bind_symbols_self(L);
	const char *name = arg_string(L, 2, "m.symbols:load: file");
	uint32_t bias =
		lua_isnoneornil(L, 3) ? 0 : (uint32_t)arg_integer(L, 3, "m.symbols:load: bias", INT32_MIN, UINT32_MAX);
	struct err err;
	char *path = locate_file(name);
	bool loaded = symbols_load(symbols, path, bias, &err);

	free(path);
	if (!loaded)
		class_input_error(L, &err);
	lua_pushinteger(L, (lua_Integer)symbols_count(symbols));
	return 1;
}

static int bind_symbols_add(lua_State *L)
{
	struct symbols *symbols = bind_symbols_self(L);
	const char *name = arg_string(L, 2, "m.symbols:add: name");
	uint32_t address = (uint32_t)arg_integer(L, 3, "m.symbols:add: address", 0, UINT32_MAX);
	lua_Integer size = lua_isnoneornil(L, 4) ? 0 : arg_integer(L, 4, "m.symbols:add: size", 0, UINT32_MAX);

	symbols_add(symbols, name, address, (uint32_t)size);
	return 0;
}

static int bind_symbols_starting(lua_State *L)
{
	struct symbols *symbols = bind_symbols_self(L);
	const char *prefix = lua_isnoneornil(L, 2) ? "" : arg_string(L, 2, "m.symbols:starting: prefix");
	const struct symbol *const *first;
	size_t n = symbols_prefixed(symbols, prefix, &first);

	lua_newtable(L);
	for (size_t i = 0; i < n; i++) {
		lua_pushstring(L, first[i]->name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int bind_symbols_get_count(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)symbols_count(bind_symbols_self(L)));
	return 1;
}

static const struct class_member bind_symbols_members[] = {
	{
		.name = "at",
		.call = bind_symbols_at,
		.synopsis = "m.symbols:at(address) -> string",
		.text = "The name of an address: a symbol and what is added to it.",
		.arguments = "address (integer): effective",
		.returns = "string, as in \"start_kernel+0x10\"; the address in hexadecimal when it has no name",
		.errors = "not an address; the machine is closed",
		.example = "m.symbols:add(\"loop\", 0x1000, 16)\nassert(m.symbols:at(0x1008) == \"loop+0x8\")",
	},
	{
		.name = "load",
		.call = bind_symbols_load,
		.synopsis = "m.symbols:load(file [, bias]) -> integer",
		.text = "Adds the symbols of an ELF file: a program, a module. Those of kernel and firmware are "
			"there already.",
		.arguments = "file (string): a 32-bit big-endian PowerPC ELF file\n"
			     "bias (integer): added to each address; 0",
		.returns = "integer, symbols that there are now",
		.errors = "the file is missing, damaged or without symbols; the machine is closed",
		.example = "local ok, problem = pcall(m.symbols.load, m.symbols, \"README.md\")\nassert(not ok)",
	},
	{
		.name = "add",
		.call = bind_symbols_add,
		.synopsis = "m.symbols:add(name, address [, size])",
		.text = "Names an address by hand.",
		.arguments =
			"name (string), address (integer)\nsize (integer, bytes): how far the name reaches; 0: not "
			"known",
		.returns = "nothing",
		.errors = "a wrong type; the machine is closed",
		.example = "m.symbols:add(\"here\", 0x2000)\nassert(m.symbols.here == 0x2000)",
	},
	{
		.name = "starting",
		.call = bind_symbols_starting,
		.synopsis = "m.symbols:starting([prefix]) -> list of strings",
		.text = "The names that start with a text, in order; all of them without one.",
		.arguments = "prefix (string): how they start",
		.returns = "list",
		.errors = "not a string; the machine is closed",
		.example = "m.symbols:add(\"zz_one\", 1)\nm.symbols:add(\"zz_two\", 2)\n"
			   "assert(table.concat(m.symbols:starting(\"zz_\"), \" \") == \"zz_one zz_two\")",
	},
	{
		.name = "count",
		.get = bind_symbols_get_count,
		.synopsis = "m.symbols.count -> integer",
		.text = "How many symbols there are.",
		.returns = "integer",
		.errors = "the machine is closed",
		.example = "assert(m.symbols.count >= 0)",
	},
	{ .name = NULL },
};

const struct class bind_symbols_class = {
	.name = "symbols",
	.summary = "Names of guest addresses: m.symbols.start_kernel is an address, m.symbols[\"start_kernel+4\"] too.",
	.members = bind_symbols_members,
	.item = bind_symbols_item,
	.now = bind_now,
};
