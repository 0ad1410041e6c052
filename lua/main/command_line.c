#include "lua/main/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lua/bind/disk_options.h"
#include "lua/kit/suggest.h"

/* What getopt_long returns for the first row's long name; above any letter. */
#define COMMAND_LINE_LONG 256

/* The rows as getopt_long takes them. */
struct command_line_tables {
	struct option longs[OPTION_ROWS + 1];
	char letters[3 * OPTION_ROWS + 3];
};

static void command_line_add_letter(char *letters, const struct option_row *row)
{
	const char one[] = { row->letter, option_value(row) == OPTION_NEEDS ? ':' : 0, 0 };

	strcat(letters, one);
}

static void command_line_fill(struct command_line_tables *tables)
{
	static const int values[] = { [OPTION_WITHOUT] = no_argument, [OPTION_MAY] = optional_argument,
				      [OPTION_NEEDS] = required_argument };
	struct option *next = tables->longs;

	memset(tables, 0, sizeof *tables);
	strcpy(tables->letters, "+:");
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		const struct option_row *row = option_row(id);

		if (row->name)
			*next++ = (struct option){ row->name, values[option_value(row)], NULL,
						   COMMAND_LINE_LONG + (int)id };
		if (row->letter)
			command_line_add_letter(tables->letters, row);
	}
}

/* The row of what getopt_long returned. */
static enum option_id command_line_id(int code)
{
	enum option_id id = 0;

	if (code >= COMMAND_LINE_LONG)
		return (enum option_id)(code - COMMAND_LINE_LONG);
	while (option_row(id)->letter != code)
		id++;
	return id;
}

static bool command_line_count(const char *name, const char *text, struct err *err)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > 1024)
		return err_set(err, "--%s %s: a number from 1 on is expected", name, text);
	return true;
}

static bool command_line_integer(const char *name, const char *text, struct err *err)
{
	char *end;

	errno = 0;
	if (strtoimax(text, &end, 10) < 0 || errno || end == text || *end)
		return err_set(err, "--%s %s: a number from 0 on is expected", name, text);
	return true;
}

static bool command_line_disk(struct command_line *line, const char *text, struct err *err)
{
	if (line->ndisks == SOC_MAX_DISKS)
		return err_set(err, "--disk: at most %d are allowed", SOC_MAX_DISKS);
	line->disks[line->ndisks++] = text;
	return disk_options_check_text(text, err);
}

static bool command_line_code(struct command_line *line, const char *text, struct err *err)
{
	if (line->ncode == COMMAND_LINE_MAX_CODE)
		return err_set(err, "-e: at most %d are allowed", COMMAND_LINE_MAX_CODE);
	line->code[line->ncode++] = text;
	return true;
}

static bool command_line_take(struct command_line *line, enum option_id id, const char *value, struct err *err)
{
	const struct option_row *row = option_row(id);

	line->values[id] = value ? value : "";
	if (id == OPTION_CODE)
		return command_line_code(line, value, err);
	switch (row->type) {
	case TYPE_COUNT: return command_line_count(row->name, value, err);
	case TYPE_INTEGER: return command_line_integer(row->name, value, err);
	case TYPE_DISKS: return command_line_disk(line, value, err);
	default: return true;
	}
}

/* An argument that is no option, or one with a value that takes none. */
static bool command_line_unknown(const char *argument, struct err *err)
{
	const char *word = argument + strspn(argument, "-"), *nearest;
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (enum option_id id = 0; id < OPTION_ROWS; id++)
		if (option_row(id)->name)
			suggest_offer(&suggest, option_row(id)->name);
	nearest = suggest_best(&suggest);
	if (nearest && !strchr(word, '='))
		return err_set(err, "unknown or wrong option %s; did you mean --%s? --help lists the options", argument,
			       nearest);
	return err_set(err, "unknown or wrong option %s; --help lists the options", argument);
}

bool command_line_parse(struct command_line *line, int argc, char **argv, struct err *err)
{
	struct command_line_tables tables;
	int code;

	memset(line, 0, sizeof *line);
	command_line_fill(&tables);
	opterr = 0;
	while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		if (code == ':')
			return err_set(err, "option %s needs a value; --help lists the options", argv[optind - 1]);
		if (code == '?' && optopt && optopt < COMMAND_LINE_LONG && argv[optind - 1][1] != '-')
			return err_set(err, "unknown option -%c; --help lists the options", optopt);
		if (code == '?')
			return command_line_unknown(argv[optind - 1], err);
		if (!command_line_take(line, command_line_id(code), optarg, err))
			return false;
	}
	line->script = argv[optind];
	line->arguments = argv + optind + (line->script != NULL);
	return true;
}

bool command_line_is_batch(const struct command_line *line)
{
	return !line->script && !line->ncode && line->values[OPTION_RUN];
}

bool command_line_is_prompt(const struct command_line *line)
{
	bool nothing = !line->script && !line->ncode && !line->values[OPTION_VERSION];

	return line->values[OPTION_PROMPT] || (nothing && !command_line_is_batch(line));
}

static void command_line_push_disks(lua_State *L, const struct command_line *line)
{
	lua_newtable(L);
	for (unsigned i = 0; i < line->ndisks; i++) {
		disk_options_push_text(L, line->disks[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

static void command_line_push_value(lua_State *L, const struct command_line *line, enum option_id id)
{
	const struct option_row *row = option_row(id);
	const char *text = line->values[id];

	if (row->type == TYPE_DISKS)
		command_line_push_disks(L, line);
	else if (row->type == TYPE_COUNT || row->type == TYPE_INTEGER)
		lua_pushinteger(L, strtoimax(text, NULL, 10));
	else if (row->type == TYPE_BOOLEAN || (row->type == TYPE_DIRECTORY && !*text))
		lua_pushboolean(L, 1);
	else
		lua_pushstring(L, text);
}

void command_line_push(lua_State *L, const struct command_line *line)
{
	lua_newtable(L);
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		if (!line->values[id] || !option_row(id)->field)
			continue;
		command_line_push_value(L, line, id);
		lua_setfield(L, -2, option_row(id)->field);
	}
}
