/*
 * The disks that a user asks for: the option disks of warpcore.machine, and the
 * texts of --disk, which become a table for it.
 */
#ifndef WARPCORE_BIND_DISK_OPTIONS_H
#define WARPCORE_BIND_DISK_OPTIONS_H

#include <lua.h>

#include "sim/base/err.h"
#include "soc/soc.h"

struct disk_options {
	struct disk_image list[SOC_MAX_DISKS]; /* strings are owned here */
	unsigned count;
};

/*
 * Reads the list on top of the stack: each a file's name, or a table of file, readonly, overlay. Raises an error that
 * begins with `what` about what is none.
 */
void disk_options_take(lua_State *L, const char *what, struct disk_options *disks);
/* Pushes a list from which disk_options_take makes the same. */
void disk_options_push(lua_State *L, const struct disk_options *disks);
void disk_options_free(struct disk_options *disks);

/* FILE[,ro | ,overlay=FILE]: false, err says what is wrong with it. */
bool disk_options_check_text(const char *text, struct err *err);
/* Pushes a checked text as one element of the list. */
void disk_options_push_text(lua_State *L, const char *text);

#endif
