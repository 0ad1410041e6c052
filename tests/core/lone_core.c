#include "tests/core/lone_core.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/core/block.h"
#include "sim/core/spr.h"
#include "sim/isa/isa.h"

/* A timer armed inside the slice ends it there, as a machine's cores do. */
static void lone_earlier(void *opaque, int64_t deadline)
{
	struct lone_core *lone = opaque;
	int64_t before = lone->core->slice_end;

	core_set_horizon(lone->core, deadline);
	if (lone->core->slice_end > before)
		lone->core->slice_end = before;
}

void lone_core_open(struct lone_core *lone, const char *model, uint64_t frequency, uint64_t timebase_frequency)
{
	struct mmu_entry all = { .size = 9, .valid = true, .permissions = 0x3f };
	struct core_config config = {
		.model = core_model_find(model),
		.frequency = frequency,
		.timebase_frequency = timebase_frequency,
		.path = "/cpus/lone@0",
	};

	lone->bus = bus_create();
	lone->clock = clock_create();
	log_init(&lone->log);
	if (!bus_add_memory(lone->bus, "memory", 0, LONE_MEMORY, false, NULL))
		abort();
	config.bus = lone->bus;
	config.clock = lone->clock;
	config.log = &lone->log;
	lone->core = core_create(&config);
	mmu_set_tlb1(lone->core, 0, &all);
	lone->core->ivpr = 0x10000;
	for (uint32_t n = 0; n < 64; n++)
		lone->core->ivor[n] = n * 0x100;
	core_release(lone->core, 0x1000, 0);
	clock_set_earlier_hook(lone->clock, lone_earlier, lone);
}

void lone_core_close(struct lone_core *lone)
{
	core_destroy(lone->core);
	clock_destroy(lone->clock);
	bus_destroy(lone->bus);
}

void lone_core_program(struct lone_core *lone, uint32_t address, const char *text)
{
	char line[128];

	for (; *text; address += 4) {
		size_t length = strcspn(text, "\n");
		struct err err;
		uint32_t word;
		uint8_t bytes[4];

		snprintf(line, sizeof line, "%.*s", (int)length, text);
		if (!isa_assemble_text(line, lone->core->model->isa, address, &word, &err)) {
			fprintf(stderr, "%s: %s\n", line, err.text);
			abort();
		}
		be32_store(bytes, word);
		if (!bus_poke(lone->bus, address, bytes, sizeof bytes))
			abort();
		text += length + (text[length] == '\n');
	}
	block_cache_drop_all(lone->core);
}

static int64_t lone_minimum(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* One round: to the horizon, or to that many instructions. */
static void lone_round(struct lone_core *lone, int64_t horizon, int64_t last_insn)
{
	struct core *core = lone->core;

	if (!core_is_idle(core) || core_interrupt_due(core)) {
		core_set_horizon(core, horizon);
		if (core->slice_end > last_insn)
			core->slice_end = last_insn;
		core_run(core);
	}
	if (core_is_idle(core))
		core_idle_until(core, horizon);
	clock_advance(lone->clock, lone_minimum(horizon, core_now(core, NULL)));
}

void lone_core_steps(struct lone_core *lone, int64_t insns)
{
	int64_t last = lone->core->insns + insns;

	/* A core that nothing wakes is a test that fails, not one that hangs. */
	for (int rounds = 0; lone->core->insns < last && rounds < 10000; rounds++)
		lone_round(lone, lone_minimum(clock_deadline(lone->clock), clock_now(lone->clock) + 1000000), last);
}

void lone_core_run_until(struct lone_core *lone, int64_t ns)
{
	while (clock_now(lone->clock) < ns)
		lone_round(lone, lone_minimum(clock_deadline(lone->clock), ns), INT64_MAX);
}

uint32_t lone_core_spr(const struct lone_core *lone, const char *name)
{
	const struct spr *spr = spr_find_name(lone->core->model, name);

	assert(spr);
	return spr_debug_read(lone->core, spr);
}

void lone_core_set_spr(struct lone_core *lone, const char *name, uint32_t value)
{
	const struct spr *spr = spr_find_name(lone->core->model, name);

	assert(spr);
	if (!spr_debug_write(lone->core, spr, value))
		abort();
}
