/*
 * One walk over a model's guest-visible state, for the digest now and for
 * snapshots later: a model lists its fields once.
 *
 * A visitor may read a field (digest, save) or overwrite it (restore). Fields
 * are visited in a fixed order and as values, never as raw structs, so that
 * the digest is the same on every host.
 */
#ifndef WARPCORE_BASE_STATE_H
#define WARPCORE_BASE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_visitor {
	/* `size` is 1, 2, 4 or 8: a host-order integer at `value`. */
	void (*integer)(struct state_visitor *visitor, const char *name, void *value, size_t size);
	/* A plain byte string. */
	void (*bytes)(struct state_visitor *visitor, const char *name, void *data, size_t size);
};

static inline void state_u8(struct state_visitor *v, const char *name, uint8_t *value)
{
	v->integer(v, name, value, 1);
}

static inline void state_u16(struct state_visitor *v, const char *name, uint16_t *value)
{
	v->integer(v, name, value, 2);
}

static inline void state_u32(struct state_visitor *v, const char *name, uint32_t *value)
{
	v->integer(v, name, value, 4);
}

static inline void state_u64(struct state_visitor *v, const char *name, uint64_t *value)
{
	v->integer(v, name, value, 8);
}

static inline void state_i64(struct state_visitor *v, const char *name, int64_t *value)
{
	v->integer(v, name, value, 8);
}

static inline void state_bool(struct state_visitor *v, const char *name, bool *value)
{
	uint8_t byte = *value;

	v->integer(v, name, &byte, 1);
	*value = byte != 0;
}

#endif
