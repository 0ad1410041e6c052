/*
 * The file of an external input log: text, one line an entry.
 *
 *	warpcore-input-log 1
 *	version 0.1.0
 *	board 9f86d081...
 *	options quantum=10000
 *	2000000 51234 input "/soc/serial@4500" "version\x0a"
 *	2010000 51300 file "data/in.bin" 2c26b46b68ffc68ff99b453c1d30413413422d70...
 *	1000000000 40012345 digest 0123456789abcdef0123456789abcdef
 *	1200000000 40112345 end 0123456789abcdef0123456789abcdef
 *
 * An entry begins with the virtual time in ns and the instructions retired by
 * all cores. In quotes, bytes other than printable ASCII, '"' and '\' are \xHH.
 * A recording that was cut off at the end of a line has no "end"; all else
 * that is not as above is an error that names the line.
 */
#ifndef WARPCORE_INPUT_INPUT_LOG_H
#define WARPCORE_INPUT_INPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/err.h"

/* What must be the same for a replay. One line each, no control characters. */
struct input_manifest {
	const char *version; /* of Warpcore */
	const char *board;   /* digest of the device tree and what was loaded */
	const char *options; /* all that changes the guest's course: quantum, cores, timing */
};

enum input_kind { INPUT_BYTES, INPUT_FILE, INPUT_DIGEST, INPUT_END };

struct input_entry {
	enum input_kind kind;
	unsigned line;
	int64_t now, insns;
	char *port;       /* INPUT_BYTES, this and the next two; INPUT_FILE: the file's name */
	uint8_t *bytes;
	size_t count;
	char digest[65];  /* the other kinds; INPUT_FILE: SHA-256 of the file, or "none" */
};

struct input_log {
	char *version, *board, *options;
	struct input_entry *entries; /* but files */
	size_t count, room;
	struct input_entry *files; /* in the order in which the guest asked for them */
	size_t nfiles;
};

/* False: err says what is wrong where, and *log is empty. */
bool input_log_read(struct input_log *log, const char *path, struct err *err);
void input_log_free(struct input_log *log);

void input_log_write_head(FILE *file, const struct input_manifest *manifest);
void input_log_write(FILE *file, const struct input_entry *entry);

#endif
