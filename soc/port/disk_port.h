/*
 * A disk as a block device sees it: sectors that can be read, written and flushed. Where they are is the business of
 * who opened it (soc/host/disk.c: files of the host).
 *
 * Threads: the thread that drives the machine, between instructions.
 */
#ifndef WARPCORE_PORT_DISK_PORT_H
#define WARPCORE_PORT_DISK_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/state.h"

#define DISK_PORT_SECTOR 512 /* bytes */

/* What to open. */
struct disk_image {
	const char *file;
	const char *overlay; /* all writes go there (made if missing), `file` stays as it is; NULL: none */
	bool read_only;
};

struct disk_port;

/* The port belongs to the caller. NULL: missing, locked, read only, not whole sectors. */
typedef struct disk_port *disk_port_open_fn(const struct disk_image *image, struct err *err);

/* The host's side. */

/* False: the host says no (errno). Ranges lie in the disk; what is read only is not written. */
struct disk_port_ops {
	bool (*read)(void *opaque, uint64_t offset, void *data, size_t size);
	bool (*write)(void *opaque, uint64_t offset, const void *data, size_t size);
	bool (*flush)(void *opaque);
	/* What was written to it, of the whole state (sim/base/state.h), or a refusal. */
	void (*visit_state)(void *opaque, struct state_visitor *visitor);
	void (*close)(void *opaque);
};

struct disk_port_facts {
	const char *name; /* for messages: the file that is written, or read if none is; lives until `close` */
	uint64_t size;    /* bytes, a multiple of DISK_PORT_SECTOR */
	bool read_only;
};

struct disk_port *disk_port_create(const struct disk_port_ops *ops, void *opaque, const struct disk_port_facts *facts);

/* The device's side. */

/* NULL: nothing to do. Closes it. */
void disk_port_destroy(struct disk_port *port);
const struct disk_port_facts *disk_port_facts(const struct disk_port *port);
/* The range lies in the disk. False: the host says no (errno): a full disk, an I/O error. */
bool disk_port_read(struct disk_port *port, uint64_t offset, void *data, size_t size);
/* The disk is not read only. */
bool disk_port_write(struct disk_port *port, uint64_t offset, const void *data, size_t size);
/* All that was written is on the host's medium. */
bool disk_port_flush(struct disk_port *port);
/* The disk's content is not what the digest is of; a whole state has it. */
void disk_port_visit_state(struct disk_port *port, struct state_visitor *visitor);

#endif
