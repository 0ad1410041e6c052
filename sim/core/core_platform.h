/*
 * What a core asks of what is around it. The machine attaches the platform (core_set_platform), the SoC the interrupt
 * controller's answer (core_set_controller), each with an opaque of its own. All members may be NULL: a core alone.
 *
 * Threads: called on the thread that runs the core, except where said. `now`, `when`: virtual ns.
 */
#ifndef WARPCORE_CORE_CORE_PLATFORM_H
#define WARPCORE_CORE_CORE_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

struct core;

struct core_platform {
	void *opaque;
	/* DBCR0[RST] or watchdog WRC: 1 core, 2 chip, 3 system. */
	void (*reset_request)(void *opaque, struct core *core, unsigned kind, int64_t now);
	/* tlbivax, msgsnd: acts on every core, the sender among them. */
	void (*broadcast_tlbivax)(void *opaque, struct core *core, uint64_t ea, int64_t now);
	void (*broadcast_msgsnd)(void *opaque, struct core *core, uint32_t message, int64_t now);
	/* tlbsync, cores on threads: waits until the other cores have done what tlbivax asked for. */
	void (*sync_tlb)(void *opaque, struct core *core);
	/*
	 * Cores on threads of their own: a cause was raised from another thread than
	 * `core`'s. True: its owner was told and will look; false: this is the owner.
	 */
	bool (*poke)(void *opaque, struct core *core, int64_t when);
	/* The core went idle (state says how) or woke up; core_now() is when. At a block boundary. */
	void (*state_changed)(void *opaque, struct core *core);
};

/* The interrupt controller, for external proxy delivery (MPIC GCR[M] = 3, ILR). */
struct core_controller {
	void *opaque;
	/* The vector for EPR of an external or critical input interrupt that is taken now. */
	uint32_t (*acknowledge)(void *opaque, struct core *core, bool critical, int64_t now);
};

#endif
