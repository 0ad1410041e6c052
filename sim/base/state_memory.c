#include "sim/base/state_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

#define HEAD 9 /* kind, and its number: bytes of what follows, or a version */

static void state_memory_put(struct state_memory *memory, char kind, uint64_t number, const void *data, size_t size)
{
	if (memory->room - memory->size < HEAD + size) {
		memory->room = 2 * memory->room + HEAD + size;
		memory->data = allocate_again(memory->data, memory->room);
	}
	memory->data[memory->size] = (uint8_t)kind;
	le64_store(memory->data + memory->size + 1, number);
	memcpy(memory->data + memory->size + HEAD, data, size);
	memory->size += HEAD + size;
}

static uint64_t state_memory_number(const void *value, size_t size)
{
	switch (size) {
	case 1: return *(const uint8_t *)value;
	case 2: return *(const uint16_t *)value;
	case 4: return *(const uint32_t *)value;
	default: return *(const uint64_t *)value;
	}
}

static void state_memory_save_integer(struct state_visitor *v, const char *name, void *value, size_t size)
{
	struct state_memory_visitor *visitor = (struct state_memory_visitor *)v;
	uint8_t bytes[8];

	le64_store(bytes, state_memory_number(value, size));
	state_memory_put(visitor->memory, 'i', size, bytes, size);
}

static void state_memory_save_bytes(struct state_visitor *v, const char *name, void *data, size_t size)
{
	state_memory_put(((struct state_memory_visitor *)v)->memory, 'b', size, data, size);
}

static void state_memory_save_group(struct state_visitor *v, const char *name, uint32_t version)
{
	state_memory_put(((struct state_memory_visitor *)v)->memory, 'g', version, name, strlen(name) + 1);
}

void state_memory_save(struct state_memory_visitor *visitor, struct state_memory *memory, struct err *err)
{
	*visitor = (struct state_memory_visitor){
		.base = { .integer = state_memory_save_integer, .bytes = state_memory_save_bytes,
			  .group = state_memory_save_group, .whole = true, .err = err },
		.memory = memory,
	};
}

/* The next item, which must be of that kind; its number. NULL: it is not, or there is none. */
static const uint8_t *state_memory_take(struct state_memory_visitor *visitor, char kind, const char *name,
					uint64_t *number)
{
	const struct state_memory *memory = visitor->memory;
	const uint8_t *head = memory->data + visitor->at;
	char why[200];

	if (visitor->base.failed)
		return NULL;
	if (memory->size - visitor->at >= HEAD && (char)*head == kind) {
		*number = le64_load(head + 1);
		visitor->at += HEAD;
		return head + HEAD;
	}
	snprintf(why, sizeof why,
		 "the saved state has no \"%s\" at byte %zu of %zu: it is damaged, or of another machine", name,
		 visitor->at, memory->size);
	state_refuse(&visitor->base, why);
	return NULL;
}

/* The same where `size` bytes must follow. */
static const uint8_t *state_memory_take_sized(struct state_memory_visitor *visitor, char kind, const char *name,
					      size_t size)
{
	uint64_t saved;
	const uint8_t *data = state_memory_take(visitor, kind, name, &saved);
	char why[200];

	if (!data)
		return NULL;
	if (saved == size && visitor->memory->size - visitor->at >= size) {
		visitor->at += size;
		return data;
	}
	snprintf(why, sizeof why, "the saved state's \"%s\" has %" PRIu64 " bytes, here it has %zu", name, saved, size);
	state_refuse(&visitor->base, why);
	return NULL;
}

static void state_memory_restore_integer(struct state_visitor *v, const char *name, void *value, size_t size)
{
	const uint8_t *data = state_memory_take_sized((struct state_memory_visitor *)v, 'i', name, size);
	uint8_t bytes[8] = { 0 };
	uint64_t number;

	if (!data)
		return;
	memcpy(bytes, data, size);
	number = le64_load(bytes);
	switch (size) {
	case 1: *(uint8_t *)value = (uint8_t)number; break;
	case 2: *(uint16_t *)value = (uint16_t)number; break;
	case 4: *(uint32_t *)value = (uint32_t)number; break;
	default: *(uint64_t *)value = number; break;
	}
}

static void state_memory_restore_bytes(struct state_visitor *v, const char *name, void *data, size_t size)
{
	const uint8_t *saved = state_memory_take_sized((struct state_memory_visitor *)v, 'b', name, size);

	if (saved)
		memcpy(data, saved, size);
}

static void state_memory_restore_group(struct state_visitor *v, const char *name, uint32_t version)
{
	struct state_memory_visitor *visitor = (struct state_memory_visitor *)v;
	uint64_t saved;
	const uint8_t *data = state_memory_take(visitor, 'g', name, &saved);
	size_t left = visitor->memory->size - visitor->at, length = strlen(name) + 1;
	char why[200];

	if (!data)
		return;
	if (length > left || memcmp(data, name, length)) {
		snprintf(why, sizeof why, "the saved state has \"%.*s\" where this machine has \"%s\"",
			 (int)strnlen((const char *)data, left < 100 ? left : 100), (const char *)data, name);
		state_refuse(v, why);
	} else if (saved != version) {
		snprintf(why, sizeof why, "the saved state of \"%s\" is of version %" PRIu64 ", this program knows %u",
			 name, saved, (unsigned)version);
		state_refuse(v, why);
	}
	visitor->at += length <= left ? length : left;
}

void state_memory_restore(struct state_memory_visitor *visitor, struct state_memory *memory, struct err *err)
{
	*visitor = (struct state_memory_visitor){
		.base = { .integer = state_memory_restore_integer, .bytes = state_memory_restore_bytes,
			  .group = state_memory_restore_group, .whole = true, .restores = true, .err = err },
		.memory = memory,
	};
}

bool state_memory_done(struct state_memory_visitor *visitor)
{
	if (visitor->base.restores && visitor->at < visitor->memory->size)
		state_refuse(&visitor->base, "the saved state has more in it than this machine");
	return !visitor->base.failed;
}

void state_memory_free(struct state_memory *memory)
{
	free(memory->data);
	*memory = (struct state_memory){ 0 };
}
