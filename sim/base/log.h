/*
 * The log: what the guest did wrong, what the model lacks, what the host refused. One per machine.
 *
 * A line is never an error of the simulator and never stops the run. Each
 * class is counted, printed or not; the sink belongs to the top floor.
 * Threads: any; the sink must cope with being called from any of them.
 */
#ifndef WARPCORE_BASE_LOG_H
#define WARPCORE_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum log_class {
	LOG_GUEST_ERROR,   /* software did what the manual forbids or leaves undefined */
	LOG_UNIMPLEMENTED, /* the manual defines it, the model has it not */
	LOG_INFO,          /* resets, releases, loads */
	LOG_HOST_ERROR,    /* the host refused what a device needed, and the guest got an error of the device */
	LOG_WARNING,       /* the machine is less than its tree says */
	LOG_CLASSES
};

/* `text` is one line without newline. */
typedef void log_sink_fn(void *opaque, enum log_class class, const char *text);

struct log {
	log_sink_fn *sink;             /* NULL: count only */
	void *opaque;
	unsigned mask;                 /* 1 << class: pass this class to the sink */
	_Atomic uint64_t count[LOG_CLASSES];
};

void log_init(struct log *log);

__attribute__((format(printf, 3, 4)))
void log_write(struct log *log, enum log_class class, const char *format, ...);

/* "guest_error", "unimplemented", "info", "host_error", "warning": the names that --log takes. */
const char *log_class_name(enum log_class class);

#endif
