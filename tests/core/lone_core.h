/* One core with a megabyte of memory and a clock, and nothing around it: what the tests of sim/core run on. */
#ifndef WARPCORE_TESTS_CORE_LONE_CORE_H
#define WARPCORE_TESTS_CORE_LONE_CORE_H

#include "sim/core/core.h"

#define LONE_MEMORY (1u << 20)

struct lone_core {
	struct bus *bus;
	struct clock *clock;
	struct log log;
	struct core *core;
};

/*
 * A running core of the model at pc 0x1000 with MSR 0, memory at 0, and TLB1
 * entry 0 that maps the first 256 MiB to themselves with all permissions.
 * Frequencies in Hz; 0 as in core_config. IVPR is 0x10000, IVORn n * 0x100.
 */
void lone_core_open(struct lone_core *lone, const char *model, uint64_t frequency, uint64_t timebase_frequency);
void lone_core_close(struct lone_core *lone);

/* Assembles one instruction a line ("addi r3, r4, 5") to `address`. */
void lone_core_program(struct lone_core *lone, uint32_t address, const char *text);
/* Runs that many instructions, timers included. An interrupt is taken before the first one if it is due. */
void lone_core_steps(struct lone_core *lone, int64_t insns);
/* Runs to a time as a machine with one core would: rounds up to the next deadline, idle time skipped. */
void lone_core_run_until(struct lone_core *lone, int64_t ns);

/* By name, through the debugger's calls; the name must exist. */
uint32_t lone_core_spr(const struct lone_core *lone, const char *name);
void lone_core_set_spr(struct lone_core *lone, const char *name, uint32_t value);

#endif
