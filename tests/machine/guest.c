#include "tests/machine/guest.h"

#include <stdlib.h>

#include "sim/base/endian.h"
#include "sim/core/mmu.h"

void guest_add_core(struct machine *machine, const char *model, uint64_t frequency)
{
	struct core_config config = { .model = core_model_find(model), .frequency = frequency };
	struct core *core = machine_add_core(machine, config);
	struct mmu_entry all = {
		.mask = 0xf0000000, .size = 9, .valid = true, .iprot = true, .permissions = 0x3f,
	};

	mmu_set_tlb1(core, 0, &all); /* 256 MiB at 0, 1:1 */
}

struct machine *guest_machine(const char *model, unsigned cores, uint64_t frequency)
{
	struct machine *machine = machine_create();

	if (!bus_add_memory(machine->bus, "memory", 0, GUEST_MEMORY, false, NULL))
		abort();
	for (unsigned i = 0; i < cores; i++)
		guest_add_core(machine, model, frequency);
	return machine;
}

void guest_code(struct machine *machine, uint32_t address, const uint32_t *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t bytes[4];

		be32_store(bytes, words[i]);
		if (!bus_poke(machine->bus, address + 4 * i, bytes, 4))
			abort();
	}
}

void guest_start(struct machine *machine, unsigned core, uint32_t address)
{
	core_release(machine->cores[core], address, 0);
}

struct machine_event guest_run(struct machine *machine, int64_t ns)
{
	struct machine_limits limits = { .until = ns ? machine_now(machine) + ns : 0 };
	struct machine_event event;

	machine_run(machine, &limits, &event);
	return event;
}
