/*
 * Errors for a user's reason (a bad file, a bad tree, a bad option).
 *
 * A function that can fail that way takes a `struct err *` last and returns
 * false, NULL or a negative number. The message is one sentence: file, place,
 * what is wrong, what would be right. Only the top floor prints it.
 * `assert` is for bugs, never for input.
 */
#ifndef WARPCORE_BASE_ERR_H
#define WARPCORE_BASE_ERR_H

#include <stdbool.h>

struct err {
	char text[1024]; /* NUL-terminated, no trailing newline; cut when longer */
};

/* Sets the message; returns false, so that `return err_set(...)` reads well. `err` may be NULL. */
__attribute__((format(printf, 2, 3)))
bool err_set(struct err *err, const char *format, ...);

/* Puts "prefix: " in front of the message already there; returns false. */
__attribute__((format(printf, 2, 3)))
bool err_prefix(struct err *err, const char *format, ...);

#endif
