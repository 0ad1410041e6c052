/*
 * The kernel's part of --sandbox: what the process may still do after the border is closed, whatever a script has made
 * of the library. Landlock holds files, seccomp the network, other processes and the system, rlimits the rest.
 * Programs that the process starts (dtc) are inside the same border.
 *
 * Threads: to be closed while there is one; later ones are inside.
 */
#ifndef WARPCORE_KIT_BORDER_H
#define WARPCORE_KIT_BORDER_H

#include <stdbool.h>

#include "sim/base/err.h"

#define BORDER_BYTES (UINT64_C(16) << 30) /* of address space, and of one file */
#define BORDER_FILES 1024                 /* open at once */
#define BORDER_PROCESSES 4096             /* of this user */

enum border_access {
	BORDER_READ,   /* a file or all below a directory; what is not there is passed over, here and below */
	BORDER_CHANGE, /* the same, and writing to what is there */
	BORDER_MAKE,   /* a directory: all below it is read, written, made and removed */
	BORDER_RUN,    /* a program */
};

struct border;

/* NULL: the kernel has no Landlock, and err says so. Ends with border_close. */
struct border *border_open(struct err *err);
void border_allow(struct border *border, const char *path, enum border_access access);
/* The directory in which a file is to be made. */
void border_allow_beside(struct border *border, const char *path);
/*
 * From here on. `border` may be NULL: no Landlock. False: the kernel lacks something, and err says what; what could be
 * enforced is. Limits are set in any case.
 */
bool border_close(struct border *border, bool network, struct err *err);

#endif
