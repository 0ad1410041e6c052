#include "sim/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void log_init(struct log *log)
{
	log->sink = NULL;
	log->opaque = NULL;
	log->mask = 0;
	for (int class = 0; class < LOG_CLASSES; class++)
		atomic_init(&log->count[class], 0);
}

void log_write(struct log *log, enum log_class class, const char *format, ...)
{
	char text[512];
	va_list args;

	atomic_fetch_add_explicit(&log->count[class], 1, memory_order_relaxed);
	if (!log->sink || !(log->mask & 1u << class))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log->sink(log->opaque, class, text);
}

const char *log_class_name(enum log_class class)
{
	static const char *const names[LOG_CLASSES] = {
		[LOG_GUEST_ERROR] = "guest_error",
		[LOG_UNIMPLEMENTED] = "unimplemented",
		[LOG_INFO] = "info",
		[LOG_HOST_ERROR] = "host_error",
		[LOG_WARNING] = "warning",
	};

	return names[class];
}
