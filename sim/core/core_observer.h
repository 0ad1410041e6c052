/*
 * Who looks at a core while it runs: the breakpoint engine attaches this table (core_set_observer), with an opaque of
 * its own. Nothing here changes what the guest does. Each member is called on the thread that runs the core; NULL:
 * nobody.
 */
#ifndef WARPCORE_CORE_CORE_OBSERVER_H
#define WARPCORE_CORE_CORE_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct op;

/* A load or store that was done. */
struct core_access {
	uint64_t ea;
	unsigned size;     /* bytes, 1..8 */
	uint64_t pa;       /* of the first byte */
	uint64_t next_pa;  /* of the first byte in the next page, where the access reaches one */
	bool store;
	uint64_t value;    /* of the register, in its low `size` bytes */
};

struct core_observer {
	void *opaque;
	/* A breakpoint address was reached, before its instruction; true: leave run_core here. */
	bool (*breakpoint)(void *opaque, struct core *core, uint64_t ea);
	/* While mmu_set_watcher has one: an access that came along the slow path, watched or not. `op` is running. */
	void (*accessed)(void *opaque, struct core *core, const struct op *op, const struct core_access *access);
	/* While core->tracing: before each instruction, at core->pc; true: leave run_core here. */
	bool (*trace)(void *opaque, struct core *core, const struct op *op);
};

#endif
