#include "lua/kit/locate.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/allocate.h"

/* The directory above the binary's; false when the host does not tell. */
static bool locate_above_binary(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length <= 0)
		return false;
	path[length] = 0;
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return false;
		*slash = 0;
	}
	return true;
}

char *locate_above(void)
{
	char above[PATH_MAX];

	return locate_above_binary(above) ? allocate_text(above) : NULL;
}

static char *locate_below(const char *directory, const char *name)
{
	char *path = allocate_print("%s/%s", directory, name);

	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

char *locate_file(const char *name)
{
	char above[PATH_MAX];
	char *found = NULL;

	if (name[0] == '/' || !access(name, F_OK))
		return allocate_text(name);
	if (locate_above_binary(above))
		found = locate_below(above, name);
	if (!found)
		found = locate_below(WARPCORE_DATADIR, name);
	return found ? found : allocate_text(name);
}

/* The real path of a file that need not exist, in a directory that does. */
static bool locate_resolve(const char *path, char resolved[PATH_MAX])
{
	char *directory = allocate_text(path), *file = allocate_text(path);
	char parent[PATH_MAX];
	bool good;

	if (realpath(path, resolved)) {
		good = true;
	} else {
		const char *name = basename(file);

		good = realpath(dirname(directory), parent) && strcmp(name, "..") && strcmp(name, ".")
		       && snprintf(resolved, PATH_MAX, "%s/%s", parent, name) < PATH_MAX;
		/* A link that leads nowhere yet could be made to lead anywhere. */
		if (good) {
			char target[2];

			good = readlink(resolved, target, sizeof target) < 0;
		}
	}
	free(directory);
	free(file);
	return good;
}

bool locate_is_below(const char *path, const char *directory)
{
	char resolved[PATH_MAX], top[PATH_MAX];
	size_t length;

	if (!locate_resolve(path, resolved) || !realpath(directory, top))
		return false;
	length = strlen(top);
	if (length == 1) /* "/" */
		return true;
	return !strncmp(resolved, top, length) && (resolved[length] == '/' || !resolved[length]);
}

/* Whether a path leads below a room of the source tree. */
static bool locate_is_in_room(const char *path, const char *room)
{
	char *above = locate_above(), *directory = above ? allocate_print("%s/%s", above, room) : NULL;
	bool below = directory && locate_is_below(path, directory);

	free(directory);
	free(above);
	return below;
}

bool locate_is_own(const char *name)
{
	char *path = locate_file(name);
	bool own = locate_is_below(path, WARPCORE_DATADIR) || locate_is_in_room(path, "lua")
		   || locate_is_in_room(path, "dts");

	free(path);
	return own;
}
