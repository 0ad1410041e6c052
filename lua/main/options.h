/* The command line. */
#ifndef WARPCORE_MAIN_OPTIONS_H
#define WARPCORE_MAIN_OPTIONS_H

#include <stdbool.h>

#include <lua.h>

#include "sim/base/err.h"
#include "soc/soc.h"

/* The options that become fields of warpcore.options. */
enum option_value {
	OPTION_BOARD, OPTION_KERNEL, OPTION_INITRD, OPTION_APPEND, OPTION_CORES, OPTION_CORE, OPTION_MEMORY, OPTION_ENGINE,
	OPTION_TIMING, OPTION_QUANTUM, OPTION_IDLE, OPTION_SPEED, OPTION_THREADS, OPTION_SERIAL, OPTION_RUN, OPTION_STATS,
	OPTION_TRACE, OPTION_RECORD, OPTION_REPLAY, OPTION_LOG, OPTION_ON, OPTION_DISK, OPTION_ENTROPY, OPTION_CONSOLE, OPTION_SEED,
	OPTION_SEMIHOST, OPTION_NET,
	OPTION_VALUES
};

#define OPTIONS_MAX_CODE 64

/* Strings point into argv. */
struct options {
	const char *program;
	const char *values[OPTION_VALUES]; /* NULL: not given; "": a flag, or without its value */
	const char *code[OPTIONS_MAX_CODE]; /* -e, in order */
	int ncode;
	const char *disks[SOC_MAX_DISKS]; /* --disk, in order */
	unsigned ndisks;
	const char *script; /* NULL: none; "-": standard input */
	char **arguments;   /* of the script, ended by NULL */
	bool interactive, version, help, sandbox;
};

/* No script and no -e: the machine of the options is run. */
bool options_is_batch(const struct options *options);
/* After the script, or without one: Lua is read from standard input. */
bool options_is_prompt(const struct options *options);

/* False: a usage error, one line in err. */
bool options_parse(struct options *options, int argc, char **argv, struct err *err);
/* Pushes the table that scripts see as warpcore.options. */
void options_push(lua_State *L, const struct options *options);
/* What --help prints. */
const char *options_usage(void);

#endif
