/*
 * Files of one directory of the host that a guest may read, and no others: it
 * names them by a path below the directory. No link is followed, and only
 * regular files are opened, so that a guest reaches nothing outside and never
 * waits for anything.
 *
 * A file is read whole when it is first asked for. What it held then, or that
 * it could not be read, is what the guest gets from then on, whatever becomes of
 * it on the host: one run sees one state of it.
 *
 * Threads: the driving thread.
 */
#ifndef WARPCORE_MACHINE_HOST_FILES_H
#define WARPCORE_MACHINE_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

struct host_files;

struct host_file {
	char *name;
	int status;       /* 0, or why the guest does not get it: enum warpcore_error (sim/guest/warpcore.h) */
	uint8_t *data;
	uint64_t size;
	char sha256[65];  /* of the data, in hex; "none" when there are none */
	struct err why;   /* status != 0: a sentence */
};

/* NULL: no such directory; err names it. It stays open: a later rename or another one of that name does not matter. */
struct host_files *host_files_open(const char *directory, struct err *err);
void host_files_close(struct host_files *files);

/*
 * The file of that name: one that has been asked for before, or else *fresh is set. NULL: too many have been asked
 * for (WARPCORE_FILES_MAX). Good until host_files_close.
 */
const struct host_file *host_files_get(struct host_files *files, const char *name, bool *fresh);

/* Those that have been asked for, in that order. */
size_t host_files_count(const struct host_files *files);
const struct host_file *host_files_at(const struct host_files *files, size_t index);

#endif
