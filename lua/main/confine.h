/* What --sandbox leaves to a script of others: the directory of the run, Warpcore's data, the command line's files. */
#ifndef WARPCORE_MAIN_CONFINE_H
#define WARPCORE_MAIN_CONFINE_H

#include <stdbool.h>

#include "lua/main/command_line.h"
#include "sim/base/err.h"

/* Whether the command line asks for it. */
bool confine_is_asked(const struct command_line *line);
/*
 * Closes the border of lua/kit/border.h; does nothing where it is not asked for. False: the kernel lacks some of it
 * and --sandbox-weak is not said.
 */
bool confine(const struct command_line *line, struct err *err);

#endif
