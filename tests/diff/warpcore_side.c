/* A batch in this simulator: one core, memory, and a register block for the power-off. */
#include "tests/diff/batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/machine/machine.h"

#define GPIO UINT64_C(0xfe00ff000)
#define GUEST_LIMIT (LAYOUT_MAX_CASES * INT64_C(4000)) /* instructions; a case takes some 600 */

static uint64_t gpio_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	return 0;
}

static void gpio_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	if (offset == 8)
		machine_stop(opaque, MACHINE_POWEROFF, access->core, NULL);
}

/* The guest program is one segment at LAYOUT_CODE (guest.ld). Returns its entry, or 0. */
static uint32_t load_guest(const struct batch *batch, struct err *err)
{
	const char *build = getenv("BUILD");
	uint8_t file[0x20000];
	char name[512];
	size_t size;
	FILE *stream;

	snprintf(name, sizeof name, "%s/tests/diff/guest-%s.elf", build ? build : "build", batch->model->name);
	stream = fopen(name, "rb");
	if (!stream)
		return err_set(err, "%s: cannot be read", name);
	size = fread(file, 1, sizeof file, stream);
	fclose(stream);
	if (size < 84)
		return err_set(err, "%s: truncated", name);

	uint32_t header = be32_load(file + 28), offset = be32_load(file + header + 4);
	uint32_t address = be32_load(file + header + 12), bytes = be32_load(file + header + 16);

	if (address != LAYOUT_CODE || offset + bytes > size)
		return err_set(err, "%s: not the guest program", name);
	memcpy(batch->memory + LAYOUT_CODE, file + offset, bytes);
	return be32_load(file + 24);
}

static struct core *make_machine(struct machine *machine, const struct batch *batch)
{
	static const struct bus_ops gpio = { gpio_read, gpio_write };
	struct core_config config = { .model = batch->model };
	struct mmu_entry all = {
		.mask = ~(uint32_t)(LAYOUT_MEMORY - 1), .size = 8, .valid = true, .permissions = 0x3f,
	};
	struct core *core;

	if (!bus_add_memory(machine->bus, "memory", 0, LAYOUT_MEMORY, false, NULL) ||
	    !bus_add_registers(machine->bus, "gpio", GPIO, 0x1000, &gpio, machine, NULL))
		abort();
	core = machine_add_core(machine, config);
	mmu_set_tlb1(&core->mmu, 0, &all);
	return core;
}

static bool run_guest(struct machine *machine, struct batch *batch, uint32_t entry, struct err *err)
{
	struct bus_memory *memory = bus_find_memory(machine->bus, 0);
	const struct machine_limits limits = { .insns = GUEST_LIMIT };
	struct machine_event event;

	memcpy(memory->host, batch->memory, LAYOUT_MEMORY);
	core_release(machine->cores[0], entry, 0);
	machine_run(machine, &limits, &event);
	memcpy(batch->memory, memory->host, LAYOUT_MEMORY);
	if (event.reason != MACHINE_POWEROFF ||
	    be32_load(batch->memory + LAYOUT_CONTROL + CONTROL_DONE) != batch->count) {
		unsigned at = be32_load(batch->memory + LAYOUT_CONTROL + CONTROL_INDEX);

		return err_set(err, "warpcore: ended (%s %s) at pc %08" PRIx64 " in case %u, instruction %08x",
			       machine_reason_name(event.reason), event.text, machine->cores[0]->pc, at,
			       at < batch->count ? batch_word(batch, at) : 0);
	}
	return true;
}

bool batch_run_warpcore(struct batch *batch, struct err *err)
{
	uint32_t entry = load_guest(batch, err);
	struct machine *machine;
	bool done;

	if (!entry)
		return false;
	machine = machine_create();
	make_machine(machine, batch);
	done = run_guest(machine, batch, entry, err);
	machine_destroy(machine);
	return done;
}
