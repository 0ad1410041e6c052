/*
 * State saved into memory, and restored from it. Every field has its kind and size with it, every group its name and
 * version: what was saved by another version, or is damaged, is refused, never misread.
 *
 * Threads: one at a time.
 */
#ifndef WARPCORE_BASE_STATE_MEMORY_H
#define WARPCORE_BASE_STATE_MEMORY_H

#include "sim/base/state.h"

/* Zeroed at first; state_memory_free gives the bytes back. */
struct state_memory {
	uint8_t *data;
	size_t size, room;
};

struct state_memory_visitor {
	struct state_visitor base;
	struct state_memory *memory;
	size_t at; /* of a restore */
};

/* Begins to save behind what is there, or to restore from the beginning. */
void state_memory_save(struct state_memory_visitor *visitor, struct state_memory *memory, struct err *err);
void state_memory_restore(struct state_memory_visitor *visitor, struct state_memory *memory, struct err *err);
/* False: it failed, or a restore has not come to the end; err says why. */
bool state_memory_done(struct state_memory_visitor *visitor);
void state_memory_free(struct state_memory *memory);

#endif
