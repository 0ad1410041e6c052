/* Where the project's own files lie: boards and examples. */
#ifndef WARPCORE_KIT_LOCATE_H
#define WARPCORE_KIT_LOCATE_H

#include <stdbool.h>

/*
 * `name` if there is such a file, or the first there is below the directory
 * above the binary's (a source tree) and the installed data directory; if
 * there is none, `name` again, for the error text. free() it.
 */
char *locate_file(const char *name);
/*
 * The directory above the binary's, which is a source tree or nothing of ours; free() it. NULL: the host does not
 * tell.
 */
char *locate_above(void);
/* Whether a path leads below a directory, links followed; the file itself need not exist, its directory must. */
bool locate_is_below(const char *path, const char *directory);
/*
 * Whether a name, as locate_file finds it, is one of the project's own: in the installed data directory, or in lua/ or
 * dts/ of a source tree.
 */
bool locate_is_own(const char *name);

#endif
