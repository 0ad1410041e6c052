/*
 * Accesses to registers, at any size, by any core, at any time; the virtio devices' queues lie in memory that is the
 * rest of the input.
 *
 *   8 bytes for each access: device, flags, offset, value; device 255 lets time pass
 */
#include "sim/bus/bus.h"
#include "soc/tree/address.h"
#include "tests/fixture/more_models.h"
#include "tests/fuzz/fuzz.h"

#define ACCESSES 256

/* The register block of the n-th device that has one, counted round. */
static struct address_range fuzz_block(const struct soc *soc, uint32_t n)
{
	struct address_range range = { 0 }, found = { 0 };
	uint32_t count = 0;

	for (unsigned round = 0; round < 2; round++, n %= count ? count : 1)
		for (size_t i = 0; i < soc_nodes(soc); i++) {
			const struct soc_node *entry = soc_node_at(soc, i);

			if (!entry->device || !address_is_mapped(entry->node) ||
			    !address_get(entry->node, 0, &range, NULL))
				continue;
			if (round && !n--)
				found = range;
			count += !round;
		}
	return found;
}

static void fuzz_access(struct machine *machine, const struct soc *soc, struct fuzz_input *input)
{
	uint32_t device = fuzz_take(input, 1), flags = fuzz_take(input, 1), offset = fuzz_take(input, 2);
	uint64_t value = fuzz_take(input, 4);
	unsigned size = 1u << (flags & 3);
	struct bus_access access = { (int)(flags >> 2 & 1), machine_now(machine) };
	struct address_range range;

	if (device == 255) {
		fuzz_pass(machine, 1 + (int64_t)(value & 0xfffff));
		return;
	}
	range = fuzz_block(soc, device);
	offset = range.size ? offset % range.size & ~(size - 1) : 0;
	if (flags & 8)
		bus_read(machine->bus, &access, range.base + offset, size, &value);
	else
		bus_write(machine->bus, &access, range.base + offset, size, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct soc_options options = { .board = fuzz_board(MORE_MODELS), .memory = 16 << 20, .cores = 2 };
	struct fuzz_input input = { data, size };
	struct soc *soc;
	struct machine *machine = fuzz_machine(&options, &soc);

	bus_poke(machine->bus, 0, data, size);
	for (unsigned i = 0; i < ACCESSES && input.left; i++)
		fuzz_access(machine, soc, &input);
	machine_destroy(machine);
	return 0;
}
