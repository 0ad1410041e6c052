/* Text that grows in a caller's buffer, cut where that ends. */
#ifndef WARPCORE_ISA_TEXT_H
#define WARPCORE_ISA_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *buffer;
	size_t size, length; /* length counts what did not fit too */
};

__attribute__((format(printf, 2, 3)))
static inline void text_add(struct text *text, const char *format, ...)
{
	size_t used = text->length < text->size ? text->length : text->size;
	va_list arguments;

	va_start(arguments, format);
	text->length +=
		(size_t)vsnprintf(text->size ? text->buffer + used : NULL, text->size - used, format, arguments);
	va_end(arguments);
}

#endif
