#include "lua/kit/option.h"

#include <assert.h>
#include <string.h>

#include <lauxlib.h>

/* Where the help of an option begins in a line of --help. */
#define OPTION_COLUMN 24

static const struct option_row option_rows[OPTION_ROWS] = {
#define MACHINE_OPTION(id, place, ...) [OPTION_##id] = { .machine = true, __VA_ARGS__ },
#define PROGRAM_OPTION(id, ...) [OPTION_##id] = { __VA_ARGS__ },
#include "lua/kit/option.def"
};

/* The name of a type, and how the help of a field says it. */
static const struct option_type_words {
	const char *name, *help;
} option_types[] = {
	[TYPE_TEXT] = { "text", "string" },
	[TYPE_CHOICE] = { "choice", "string" },
	[TYPE_FILE] = { "file", "string, file" },
	[TYPE_PATH] = { "path", "string, file" },
	[TYPE_DIRECTORY] = { "directory", "true, or string, directory" },
	[TYPE_COUNT] = { "count", "integer" },
	[TYPE_INTEGER] = { "integer", "integer" },
	[TYPE_NUMBER] = { "number", "number" },
	[TYPE_SIZE] = { "size", "size" },
	[TYPE_TIME] = { "time", "time" },
	[TYPE_BOOLEAN] = { "boolean", "boolean" },
	[TYPE_DISKS] = { "disks", "list, at most 8" },
	[TYPE_CONSOLE] = { "console", "boolean, or as serial" },
	[TYPE_NET] = { "net", "string or table" },
};

const struct option_row *option_row(enum option_id id)
{
	assert(id < OPTION_ROWS);
	return &option_rows[id];
}

enum option_value option_value(const struct option_row *row)
{
	if (!row->argument)
		return OPTION_WITHOUT;
	return *row->argument == '[' ? OPTION_MAY : OPTION_NEEDS;
}

bool option_has_choice(const struct option_row *row, const char *value)
{
	for (const char *const *choice = row->choices; *choice; choice++)
		if (!strcmp(*choice, value))
			return true;
	return false;
}

static void option_add(char *text, size_t size, const char *more)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s", more);
}

void option_choices(const struct option_row *row, const char *last, char *text, size_t size)
{
	*text = 0;
	for (const char *const *choice = row->choices; *choice; choice++) {
		if (choice != row->choices)
			option_add(text, size, choice[1] ? ", " : last);
		option_add(text, size, "\"");
		option_add(text, size, *choice);
		option_add(text, size, "\"");
	}
}

void option_flags(const struct option_row *row, char *text, size_t size)
{
	char letter[] = { '-', row->letter, 0 };

	snprintf(text, size, "%s%s%s%s", row->letter ? letter : "", row->letter && row->name ? ", " : "",
		 row->name ? "--" : "", row->name ? row->name : "");
}

/* ---- --help ---- */

void option_help(const struct option_row *row, char *text, size_t size)
{
	*text = 0;
	for (const char *const *choice = row->choices; *choice; choice++) {
		option_add(text, size, choice == row->choices ? "" : " | ");
		option_add(text, size, *choice);
	}
	option_add(text, size, *text && row->help ? ", " : "");
	option_add(text, size, row->help ? row->help : "");
}

static void option_print_row(const struct option_row *row, FILE *out)
{
	const char *argument = row->argument ? row->argument : "";
	char flags[32], head[64], help[512], *rest = help;

	option_flags(row, flags, sizeof flags);
	option_help(row, help, sizeof help);
	snprintf(head, sizeof head, "%s%s%s%s", row->letter ? "  " : "      ", flags,
		 option_value(row) == OPTION_NEEDS ? " " : "", argument);
	fprintf(out, "%-*s%s\n", OPTION_COLUMN, head, strsep(&rest, "\n"));
	while (rest)
		fprintf(out, "%*s%s\n", OPTION_COLUMN, "", strsep(&rest, "\n"));
}

void option_print_usage(FILE *out)
{
	fputs("usage: warpcore [options] [script.lua [args]]\n", out);
	for (enum option_id id = 0; id < OPTION_ROWS; id++)
		if (option_rows[id].name || option_rows[id].letter)
			option_print_row(&option_rows[id], out);
	fputs("Without a script: a Lua prompt, or Lua read from standard input. `help()` there starts the manual.\n",
	      out);
}

/* ---- For scripts ---- */

static void option_add_field(const struct option_row *row, luaL_Buffer *text)
{
	char choices[128];

	option_choices(row, " or ", choices, sizeof choices);
	luaL_addstring(text, row->field);
	luaL_addstring(text, " (");
	luaL_addstring(text, *choices ? choices : option_types[row->type].help);
	luaL_addstring(text, row->machine ? "): " : "; passed over): ");
	luaL_addstring(text, row->manual ? row->manual : row->help);
}

void option_push_fields(lua_State *L)
{
	luaL_Buffer text;
	bool first = true;

	luaL_buffinit(L, &text);
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		if (!option_rows[id].field)
			continue;
		if (!first)
			luaL_addchar(&text, '\n');
		option_add_field(&option_rows[id], &text);
		first = false;
	}
	luaL_pushresult(&text);
}

/* Sets a string of the table on top, unless it is NULL. */
static void option_set(lua_State *L, const char *key, const char *value)
{
	if (value)
		lua_pushstring(L, value), lua_setfield(L, -2, key);
}

static void option_push_row(lua_State *L, const struct option_row *row)
{
	const char letter[] = { row->letter, 0 };
	char flags[32], help[512];

	option_flags(row, flags, sizeof flags);
	option_help(row, help, sizeof help);
	lua_newtable(L);
	option_set(L, "name", row->name);
	option_set(L, "letter", row->letter ? letter : NULL);
	option_set(L, "argument", row->argument);
	option_set(L, "field", row->field);
	option_set(L, "type", option_types[row->type].name);
	option_set(L, "rule", row->rule);
	option_set(L, "manual", row->manual);
	option_set(L, "flags", flags);
	option_set(L, "help", help);
	lua_pushboolean(L, row->machine);
	lua_setfield(L, -2, "machine");
	lua_newtable(L);
	for (int i = 0; row->choices[i]; i++) {
		lua_pushstring(L, row->choices[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "choices");
}

void option_push_rows(lua_State *L)
{
	lua_createtable(L, OPTION_ROWS, 0);
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		option_push_row(L, &option_rows[id]);
		lua_rawseti(L, -2, (int)id + 1);
	}
}
