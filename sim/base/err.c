#include "sim/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, const char *format, ...)
{
	va_list args;

	if (!err)
		return false;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	struct err prefixed;
	size_t length, room;
	va_list args;

	if (!err)
		return false;
	va_start(args, format);
	vsnprintf(prefixed.text, sizeof prefixed.text - 2, format, args);
	va_end(args);
	length = strlen(prefixed.text);
	memcpy(prefixed.text + length, ": ", 3);
	length += 2;
	room = sizeof prefixed.text - 1 - length;
	memcpy(prefixed.text + length, err->text, strnlen(err->text, room) + 1);
	prefixed.text[sizeof prefixed.text - 1] = '\0';
	*err = prefixed;
	return false;
}
