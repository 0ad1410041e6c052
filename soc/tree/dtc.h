/*
 * Compiles a device tree source by calling the dtc program, after cpp where the
 * source has #include, #define and the like; headers are looked for beside the
 * source, in include/ of the tree that it lies in, and in CPATH.
 *
 * Sources and blobs are inputs of the run, read once and before it begins: so
 * this and tree.c are no business of soc/host, which is for what the host does
 * during a run.
 */
#ifndef WARPCORE_TREE_DTC_H
#define WARPCORE_TREE_DTC_H

#include <stddef.h>

#include "sim/base/err.h"

/*
 * `text`: what is in the file, of `length` bytes. The blob (free() it) and its
 * size, or NULL: err has dtc's own message in one line.
 */
void *dtc_compile(const char *file, const void *text, size_t length, size_t *size, struct err *err);

#endif
