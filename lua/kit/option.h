/*
 * Every option (lua/kit/option.def): what the command line takes, --help, warpcore.options, the fields of
 * warpcore.machine{} with their help, the man page, the rules of --sandbox and the files of a manifest derive from
 * these rows. A new option is a row, and what it does.
 */
#ifndef WARPCORE_KIT_OPTION_H
#define WARPCORE_KIT_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <lua.h>

enum option_id {
#define MACHINE_OPTION(id, ...) OPTION_##id,
#define PROGRAM_OPTION(id, ...) OPTION_##id,
#include "lua/kit/option.def"
	OPTION_ROWS
};

/* What a value is: on the command line, and as a field. */
enum option_type {
	TYPE_TEXT,
	TYPE_CHOICE,    /* one of .choices; the first where nothing is said */
	TYPE_FILE,      /* the machine is made of it; also looked for among Warpcore's own; manifests have its digest */
	TYPE_PATH,      /* any other file */
	TYPE_DIRECTORY, /* true, or the name of one; the command line takes it with or without a value */
	TYPE_COUNT,     /* 1 to 1024 */
	TYPE_INTEGER,   /* from 0 on */
	TYPE_NUMBER,    /* 0.000001 to 1000 */
	TYPE_SIZE,
	TYPE_TIME,
	TYPE_BOOLEAN,   /* on the command line: there or not */
	TYPE_DISKS,     /* list; the command line takes one disk each time */
	TYPE_CONSOLE,   /* there or not, or there with a host's end as that of a serial line */
	TYPE_NET,
};

#define OPTION_MAX_CHOICES 5

struct option_row {
	const char *name;     /* on the command line, without "--"; NULL: it has none */
	char letter;          /* on the command line; 0: none */
	const char *argument; /* what --help calls the value; "[" begins one that may be left out. NULL: takes none */
	const char *field;    /* in warpcore.options and warpcore.machine{}; NULL: in neither */
	enum option_type type;
	/* Said before .help and with .manual; they bind TYPE_CHOICE alone. */
	const char *choices[OPTION_MAX_CHOICES + 1];
	/*
	 * How --sandbox checks the field (lua/lib/sandbox.lua): "any" value, an "input" or "output" file, ... NULL:
	 * it is denied, unless the command line says the same.
	 */
	const char *rule;
	const char *help;   /* for --help and the man page; a newline goes on in the next line there */
	const char *manual; /* for the help of warpcore.machine; NULL: .help */
	bool machine;       /* a MACHINE_OPTION: warpcore.machine{} keeps the field */
};

enum option_value { OPTION_WITHOUT, OPTION_MAY, OPTION_NEEDS };

/* The row; asserts that there is one. In their order. */
const struct option_row *option_row(enum option_id id);
/* Whether the command line takes a value for it. */
enum option_value option_value(const struct option_row *row);
bool option_has_choice(const struct option_row *row, const char *value);

/*
 * "warp" and "realtime", with quotes, where `last` is " and "; empty where there are none. As the texts below, cut
 * where it does not fit.
 */
void option_choices(const struct option_row *row, const char *last, char *text, size_t size);
/* "-b, --board"; empty for what is only a field. */
void option_flags(const struct option_row *row, char *text, size_t size);
/* The choices, then .help. */
void option_help(const struct option_row *row, char *text, size_t size);
/* Prints what --help shows. */
void option_print_usage(FILE *out);

/* Pushes the lines of help about the fields of warpcore.machine{}. */
void option_push_fields(lua_State *L);
/*
 * Pushes the list of rows as tables: name, letter, argument, field, type ("file"), choices, rule, manual, machine as
 * above, flags and help as the functions above have them.
 */
void option_push_rows(lua_State *L);

#endif
