/* The digest: XXH3 (128 bits) over all guest-visible state, as values in a fixed order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/base/endian.h"
#include "sim/machine/machine.h"

struct digest_visitor {
	struct state_visitor base;
	XXH3_state_t *hash;
};

static void machine_digest_bytes(struct state_visitor *visitor, const char *name, void *data, size_t size)
{
	struct digest_visitor *digest = (struct digest_visitor *)visitor;

	XXH3_128bits_update(digest->hash, data, size);
}

static void machine_digest_integer(struct state_visitor *visitor, const char *name, void *value, size_t size)
{
	uint64_t number = 0;
	uint8_t bytes[8];

	switch (size) {
	case 1: number = *(uint8_t *)value; break;
	case 2: number = *(uint16_t *)value; break;
	case 4: number = *(uint32_t *)value; break;
	default: memcpy(&number, value, sizeof number); break;
	}
	le64_store(bytes, number);
	machine_digest_bytes(visitor, name, bytes, sizeof bytes);
}

void machine_digest(struct machine *machine, char digest[33])
{
	struct digest_visitor visitor = {
		.base = { .integer = machine_digest_integer, .bytes = machine_digest_bytes },
		.hash = XXH3_createState(),
	};
	int64_t now = machine_now(machine);
	XXH128_hash_t hash;

	XXH3_128bits_reset(visitor.hash);
	state_i64(&visitor.base, "now", &now);
	for (unsigned i = 0; i < machine->ncores; i++)
		core_visit_state(machine->cores[i], &visitor.base);
	for (unsigned i = 0; i < machine->nparts; i++)
		if (machine->parts[i].visit_state)
			machine->parts[i].visit_state(machine->parts[i].opaque, &visitor.base);
	bus_visit_state(machine->bus, &visitor.base);
	hash = XXH3_128bits_digest(visitor.hash);
	XXH3_freeState(visitor.hash);
	snprintf(digest, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}
