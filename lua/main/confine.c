#include "lua/main/confine.h"

#include <stdlib.h>
#include <string.h>

#include "lua/kit/border.h"
#include "lua/kit/locate.h"
#include "sim/base/allocate.h"

bool confine_is_asked(const struct command_line *line)
{
	return line->values[OPTION_SANDBOX] || line->values[OPTION_SANDBOX_WEAK];
}

/* What a program of this host reads to start, to know the time and the terminal: no secrets. */
static void confine_allow_system(struct border *border)
{
	static const char *const read[] = { "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/terminfo",
					    "/usr/share/zoneinfo", "/etc/terminfo", "/etc/localtime",
					    "/etc/ld.so.cache", "/sys/devices/system/cpu/online", NULL };
	static const char *const changed[] = { "/dev/null", "/dev/tty", "/dev/ptmx", "/dev/pts", NULL };
	static const char *const loaders[] = { "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1",
					       "/lib64/ld64.so.2", "/lib/ld-linux-riscv64-lp64d.so.1", NULL };

	for (const char *const *path = read; *path; path++)
		border_allow(border, *path, BORDER_READ);
	for (const char *const *path = changed; *path; path++)
		border_allow(border, *path, BORDER_CHANGE);
	for (const char *const *path = loaders; *path; path++)
		border_allow(border, *path, BORDER_RUN);
}

/* The one program. */
static void confine_allow_dtc(struct border *border)
{
	const char *search = getenv("PATH");

	while (search && *search) {
		size_t length = strcspn(search, ":");
		char *path = allocate_print("%.*s/dtc", (int)length, search);

		if (length)
			border_allow(border, path, BORDER_RUN);
		free(path);
		search += length + (search[length] == ':');
	}
}

static void confine_allow_own(struct border *border)
{
	static const char *const rooms[] = { "lua", "dts", NULL };
	char *above = locate_above();

	border_allow(border, WARPCORE_DATADIR, BORDER_READ);
	for (const char *const *room = rooms; above && *room; room++) {
		char *path = allocate_print("%s/%s", above, *room);

		border_allow(border, path, BORDER_READ);
		free(path);
	}
	free(above);
}

/* "FILE,ro" or "FILE,overlay=F" */
static void confine_allow_disk(struct border *border, const char *text)
{
	const char *comma = strchr(text, ','), *overlay = strstr(text, ",overlay=");
	size_t length = comma ? (size_t)(comma - text) : strlen(text);
	char *file = allocate_print("%.*s", (int)length, text);

	border_allow(border, text, BORDER_CHANGE); /* a name with a comma */
	border_allow(border, file, comma ? BORDER_READ : BORDER_CHANGE);
	if (overlay)
		border_allow_beside(border, overlay + strlen(",overlay="));
	free(file);
}

static void confine_allow_value(struct border *border, const struct option_row *row, const char *value)
{
	char *file;

	if (row->type == TYPE_FILE || (row->rule && !strcmp(row->rule, "input"))) {
		file = locate_file(value);
		border_allow(border, file, BORDER_READ);
		free(file);
	} else if (row->type == TYPE_DIRECTORY) {
		border_allow(border, value, BORDER_READ);
	} else if (row->rule && !strcmp(row->rule, "output")) {
		border_allow_beside(border, value);
	} else if (row->rule && !strcmp(row->rule, "serial") && !strncmp(value, "file:", 5)) {
		border_allow_beside(border, value + 5);
	}
}

static void confine_allow_command_line(struct border *border, const struct command_line *line)
{
	for (enum option_id id = 0; id < OPTION_ROWS; id++)
		if (line->values[id] && *line->values[id])
			confine_allow_value(border, option_row(id), line->values[id]);
	for (unsigned i = 0; i < line->ndisks; i++)
		confine_allow_disk(border, line->disks[i]);
	if (line->script)
		border_allow(border, line->script, BORDER_READ);
}

static bool confine_has_network(const struct command_line *line)
{
	const char *serial = line->values[OPTION_SERIAL], *console = line->values[OPTION_CONSOLE];

	return line->values[OPTION_NET] || (serial && !strncmp(serial, "tcp:", 4))
	       || (console && !strncmp(console, "tcp:", 4));
}

bool confine(const struct command_line *line, struct err *err)
{
	bool weak = line->values[OPTION_SANDBOX_WEAK];
	struct border *border;

	if (!confine_is_asked(line))
		return true;
	border = border_open(err);
	if (!border && !weak)
		return false;
	if (border) {
		confine_allow_system(border);
		confine_allow_dtc(border);
		confine_allow_own(border);
		confine_allow_command_line(border, line);
		border_allow(border, ".", BORDER_MAKE);
		if (confine_has_network(line))
			border_allow(border, "/etc/resolv.conf", BORDER_READ); /* the guest's name server */
	}
	return border_close(border, confine_has_network(line), err) || weak;
}
