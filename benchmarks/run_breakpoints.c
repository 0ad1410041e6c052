/*
 * What breakpoints cost: a loop of 20 instructions, run for a million turns
 * without one, with one that never hits, and with one of each kind that hits
 * each turn. CPU time of this process, the best of five runs.
 *   usage: run_breakpoints
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/endian.h"
#include "sim/debug/debug.h"
#include "sim/machine/machine.h"

#define TURNS 1000000
#define LOOP_INSNS 20
#define CODE 0x1000u
#define DATA 0x8000u
#define RUNS 5

/* A million turns of: 17 x addi, lwz r20,16(r21), stw r20,16(r21), b. */
static struct machine *make_machine(void)
{
	struct machine *machine = machine_create();
	struct mmu_entry all = { .size = 9, .valid = true, .iprot = true, .permissions = 0x3f };
	struct core *core;
	uint8_t code[4 * LOOP_INSNS];

	for (unsigned n = 0; n < LOOP_INSNS - 3; n++)
		be32_store(code + 4 * n, 0x38000001u | (3 + n % 8) << 21 | (3 + n % 8) << 16);
	be32_store(code + 4 * (LOOP_INSNS - 3), 0x82950010);
	be32_store(code + 4 * (LOOP_INSNS - 2), 0x92950010);
	be32_store(code + 4 * (LOOP_INSNS - 1), 0x48000000u | (-4u * (LOOP_INSNS - 1) & 0x03fffffc));
	if (!bus_add_memory(machine->bus, "memory", 0, 1 << 20, false, NULL) ||
	    !bus_poke(machine->bus, CODE, code, sizeof code))
		abort();
	core = machine_add_core(machine, (struct core_config){
		.model = model_find("e500mc"), .frequency = 1000000000,
	});
	mmu_set_tlb1(&core->mmu, 0, &all);
	core_set_gpr(core, 21, DATA);
	core_release(core, CODE, 0);
	return machine;
}

static enum debug_verdict count(void *opaque, const struct debug_hit *hit)
{
	++*(uint64_t *)opaque;
	return DEBUG_GO;
}

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double run_once(const struct debug_spec *spec, uint64_t *hits)
{
	struct machine *machine = make_machine();
	struct debug *debug = debug_create(machine);
	struct machine_limits limits = { .until = (int64_t)TURNS * LOOP_INSNS };
	struct machine_event event;
	double begin;

	*hits = 0;
	if (spec && !debug_break_create(debug, spec, count, hits, NULL))
		abort();
	begin = cpu_seconds();
	machine_run(machine, &limits, &event);
	begin = cpu_seconds() - begin;
	debug_destroy(debug);
	machine_destroy(machine);
	return begin;
}

static double run(const struct debug_spec *spec, uint64_t *hits)
{
	double best = run_once(spec, hits);

	for (unsigned n = 1; n < RUNS; n++) {
		double time = run_once(spec, hits);

		best = time < best ? time : best;
	}
	return best;
}

int main(void)
{
	static const struct {
		const char *name;
		struct debug_spec spec;
	} rows[] = {
		{ "pc, never", { .kind = DEBUG_PC, .core = DEBUG_ANY_CORE, .address = 0x2ffc } },
		{ "write, never", { .kind = DEBUG_WRITE, .core = DEBUG_ANY_CORE, .address = 0x20000, .length = 4 } },
		{ "pc", { .kind = DEBUG_PC, .core = DEBUG_ANY_CORE, .address = CODE } },
		{ "write", { .kind = DEBUG_WRITE, .core = DEBUG_ANY_CORE, .address = DATA + 16, .length = 4 } },
		{ "read", { .kind = DEBUG_READ, .core = DEBUG_ANY_CORE, .address = DATA + 16, .length = 4 } },
	};
	uint64_t hits;
	double base = run(NULL, &hits);

	printf("%-14s %10s %10s %10s %10s\n", "breakpoint", "hits", "seconds", "against 0", "ns a hit");
	printf("%-14s %10u %10.4f\n", "none", 0, base);
	for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
		double time = run(&rows[n].spec, &hits);

		printf("%-14s %10llu %10.4f %10.3f", rows[n].name, (unsigned long long)hits, time, time / base);
		if (hits)
			printf(" %10.1f", (time - base) / (double)hits * 1e9);
		printf("\n");
	}
	return 0;
}
