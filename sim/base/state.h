/*
 * One walk over a model's state, for the digest, to save and to restore it: a model lists its fields once.
 *
 * Fields are visited in a fixed order and as values, never as raw structs, so that the digest is the same on every
 * host. A visitor reads what the guest can see (the digest); or the `whole` state, which has also what only steers the
 * future: when a timer fires, and in which order. A visitor that `restores` overwrites each field. What is derived from
 * fields is for the model to make anew, at the end of its walk, when visitor->restores.
 */
#ifndef WARPCORE_BASE_STATE_H
#define WARPCORE_BASE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

struct state_visitor {
	/* `size` is 1, 2, 4 or 8: a host-order integer at `value`. */
	void (*integer)(struct state_visitor *visitor, const char *name, void *value, size_t size);
	/* A plain byte string. */
	void (*bytes)(struct state_visitor *visitor, const char *name, void *data, size_t size);
	/* What follows, up to the next group, is the part `name` in the form `version`. NULL: all the same. */
	void (*group)(struct state_visitor *visitor, const char *name, uint32_t version);
	bool whole;
	bool restores; /* and then whole too; after a failure fields stay as they are */
	bool failed;
	struct err *err; /* why, once failed; or NULL */
};

/* A part of the state begins. A version counts up when what is visited changes. */
static inline void state_group(struct state_visitor *v, const char *name, uint32_t version)
{
	if (v->group)
		v->group(v, name, version);
}

/* The whole state cannot be saved or restored, because `why`, a sentence. The first reason counts. */
void state_refuse(struct state_visitor *v, const char *why);

/* A number that was restored, or is there, may be at most `most`, else the state is refused, and false. */
bool state_at_most(struct state_visitor *v, const char *name, uint64_t value, uint64_t most);

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
