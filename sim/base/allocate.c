#define _GNU_SOURCE /* vasprintf */
#include "sim/base/allocate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate_check(void *memory)
{
	if (memory)
		return memory;
	fputs("warpcore: this host has no memory left\n", stderr);
	exit(1);
}

/* malloc and realloc may return NULL for 0 bytes. */
static size_t allocate_some(size_t size)
{
	return size ? size : 1;
}

void *allocate_try_bytes(size_t size)
{
	return malloc(allocate_some(size));
}

void *allocate_try_zeroed(size_t count, size_t size)
{
	return calloc(allocate_some(count), allocate_some(size));
}

void *allocate_try_again(void *old, size_t size)
{
	return realloc(old, allocate_some(size));
}

void *allocate_bytes(size_t size)
{
	return allocate_check(allocate_try_bytes(size));
}

void *allocate_zeroed(size_t count, size_t size)
{
	return allocate_check(allocate_try_zeroed(count, size));
}

void *allocate_again(void *old, size_t size)
{
	return allocate_check(allocate_try_again(old, size));
}

char *allocate_text(const char *text)
{
	return allocate_check(strdup(text));
}

char *allocate_text_part(const char *text, size_t length)
{
	return allocate_check(strndup(text, length));
}

char *allocate_print(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	return allocate_check(length < 0 ? NULL : text);
}
