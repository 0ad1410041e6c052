/*
 * Memory of the host, and what happens when there is none.
 *
 * What the simulator needs for itself it gets, or the process ends with one sentence on stderr and status 1: a run that
 * lost a part of its state is worth nothing, and no caller has anything better to do. These never return NULL.
 *
 * A size that comes from outside (guest memory, a file, an argument of a script) must not end the process: its caller
 * uses allocate_try... and reports NULL through its struct err. Lua's own memory is Lua's: an error of the script.
 *
 * Who reads with getline looks why it ended: at the end of the file, or because there was no memory for the line.
 *
 * All is given back with free(). Any thread. `make lint` finds calls of malloc and its like anywhere else.
 */
#ifndef WARPCORE_BASE_ALLOCATE_H
#define WARPCORE_BASE_ALLOCATE_H

#include <stddef.h>

/* Not initialised. A size of 0 is allowed everywhere and gives memory without a byte. */
void *allocate_bytes(size_t size);
void *allocate_zeroed(size_t count, size_t size);
/* As realloc: `old` (NULL: none) is gone afterwards. */
void *allocate_again(void *old, size_t size);
/* Copies of a string, or of its first `length` characters at most. */
char *allocate_text(const char *text);
char *allocate_text_part(const char *text, size_t length);
/* As sprintf, into memory of the right size. */
__attribute__((format(printf, 1, 2)))
char *allocate_print(const char *format, ...);

/* NULL: the host has not so much; `old` is as it was. */
void *allocate_try_bytes(size_t size);
void *allocate_try_zeroed(size_t count, size_t size);
void *allocate_try_again(void *old, size_t size);

#endif
