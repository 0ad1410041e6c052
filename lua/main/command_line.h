/* The command line: the options of lua/kit/option.def, then a script and its arguments. */
#ifndef WARPCORE_MAIN_COMMAND_LINE_H
#define WARPCORE_MAIN_COMMAND_LINE_H

#include <stdbool.h>

#include <lua.h>

#include "lua/kit/option.h"
#include "sim/base/err.h"
#include "soc/soc.h"

#define COMMAND_LINE_MAX_CODE 64

/* Strings point into argv. */
struct command_line {
	const char *values[OPTION_ROWS]; /* NULL: not given; "": without a value */
	const char *code[COMMAND_LINE_MAX_CODE]; /* -e, in order */
	int ncode;
	const char *disks[SOC_MAX_DISKS]; /* --disk, in order */
	unsigned ndisks;
	const char *script; /* NULL: none; "-": standard input */
	char **arguments;   /* of the script, ended by NULL */
};

/* No script and no -e: the machine of the options is run. */
bool command_line_is_batch(const struct command_line *line);
/* After the script, or without one: Lua is read from standard input. */
bool command_line_is_prompt(const struct command_line *line);

/* False: a usage error, one line in err. */
bool command_line_parse(struct command_line *line, int argc, char **argv, struct err *err);
/* Pushes the table that scripts see as warpcore.options. */
void command_line_push(lua_State *L, const struct command_line *line);

#endif
