/*
 * One core with memory, for the tests of the MMU: 64 MiB at 0, 1 MiB at 32 GiB (36 bits),
 * 64 KiB of read-only memory at 0xf0000000. Each IVOR n lies at 16 * n, so that core->pc
 * tells which interrupt was taken.
 */
#ifndef WARPCORE_TESTS_CORE_MMU_FIXTURE_H
#define WARPCORE_TESTS_CORE_MMU_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/core/core.h"
#include "sim/core/interrupt.h"

#define RAM_SIZE UINT64_C(0x4000000)
#define HIGH_BASE UINT64_C(0x800000000)
#define HIGH_SIZE UINT64_C(0x100000)
#define ROM_BASE UINT64_C(0xf0000000)
#define ROM_SIZE UINT64_C(0x10000)

struct fixture {
	struct bus *bus;
	struct clock *clock;
	struct log log;
	struct core *core;
};

static inline void fixture_open(struct fixture *f, const char *model)
{
	struct err err = { "" };

	log_init(&f->log);
	f->bus = bus_create();
	f->clock = clock_create();
	assert_true(bus_add_memory(f->bus, "ram", 0, RAM_SIZE, false, &err));
	assert_true(bus_add_memory(f->bus, "high", HIGH_BASE, HIGH_SIZE, false, &err));
	assert_true(bus_add_memory(f->bus, "rom", ROM_BASE, ROM_SIZE, true, &err));
	f->core = core_create(&(struct core_config){
		.model = core_model_find(model), .bus = f->bus, .clock = f->clock, .log = &f->log,
	});
	core_set_state(f->core, CORE_RUNNING);
	for (unsigned n = 0; n < 64; n++)
		f->core->ivor[n] = 16 * n;
}

static inline void fixture_close(struct fixture *f)
{
	core_destroy(f->core);
	clock_destroy(f->clock);
	bus_destroy(f->bus);
}

/* What tlbwe takes; fields as the MAS registers have them. */
static inline void fixture_mas(struct core *core, uint32_t mas0, uint32_t mas1, uint32_t mas2, uint64_t mas37)
{
	core->mmu.mas[0] = mas0;
	core->mmu.mas[1] = mas1;
	core->mmu.mas[2] = mas2;
	core->mmu.mas[3] = (uint32_t)mas37;
	core->mmu.mas[7] = (uint32_t)(mas37 >> 32);
}

static inline bool fixture_write(struct core *core, uint32_t mas0, uint32_t mas1, uint32_t mas2, uint64_t mas37)
{
	fixture_mas(core, mas0, mas1, mas2, mas37);
	return mmu_tlbwe(core);
}

#endif
