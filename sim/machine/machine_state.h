/*
 * What a machine is: its cores, bus and clock, and what others have attached to it. It is made and run by machine.h;
 * who only looks at it, or hangs on to it, needs no more than this.
 *
 * Threads: the driving thread's, where a field does not say otherwise.
 */
#ifndef WARPCORE_MACHINE_MACHINE_STATE_H
#define WARPCORE_MACHINE_MACHINE_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/log.h"
#include "sim/base/state.h"
#include "sim/bus/bus.h"
#include "sim/core/core.h"
#include "sim/stat/region.h"
#include "sim/stat/stats.h"
#include "sim/time/clock.h"

#define MACHINE_MAX_CORES 32
#define MACHINE_DEFAULT_QUANTUM 10000 /* ns */

/* What the builder hangs onto a machine: devices. Called in order of addition; destroy in reverse. */
struct machine_part {
	const char *path;
	void *opaque;
	void (*reset)(void *opaque);
	void (*visit_state)(void *opaque, struct state_visitor *visitor);
	void (*destroy)(void *opaque);
};

/* The breakpoint engine (machine_set_debugger): it changes nothing that the guest sees. NULL members: nobody looks. */
struct machine_debugger {
	void *opaque;
	void (*store)(void *opaque, int core, uint64_t pa, unsigned size); /* into a watched page */
	void (*settle)(void *opaque);                                      /* a round on threads is over */
	void (*warped)(void *opaque);                                      /* idle time may have passed */
	/* Interrupt source `source` of the interrupt controller was taken by `core` (acknowledged). */
	void (*irq)(void *opaque, unsigned core, unsigned source, int64_t when);
	/*
	 * The guest on `core` marks the beginning or the end of a region of interest, at the core's own time `when`.
	 * `name` lives as long as the machine.
	 */
	void (*region)(void *opaque, int core, const char *name, bool begins, int64_t when);
};

/* The symbol table (symbols_attach): names of places in the guest's program, for messages. */
struct machine_namer {
	void *opaque;
	bool (*name)(void *opaque, uint64_t ea, char *text, size_t size); /* false: it has none */
};

/* The timeline (timeline_create): what happens when. */
struct machine_timeline {
	void *opaque;
	/* A core runs, or is idle for another reason, from its own time `when` on. The thread that changes it. */
	void (*state)(void *opaque, unsigned core, enum core_state state, int64_t when);
	/* A region of interest was passed; `region` lives as long as the machine. */
	void (*passed)(void *opaque, const char *region, int64_t from, int64_t to);
};

/* Cross-core events that a round could not order exactly (VIRTUAL_TIME.md, 2.3). */
struct machine_quantum_error {
	int64_t late;  /* events */
	int64_t worst; /* ns, below one quantum */
};

struct machine {
	struct log log;
	struct machine_debugger debugger; /* these three by whom they belong to: see there */
	struct core_observer observer;    /* the debugger's, of each core */
	struct machine_namer namer;
	struct machine_timeline timeline;
	struct machine_quantum_error quantum_error;
	struct bus *bus;
	struct clock *clock;
	struct stats *stats;
	struct region_list *regions; /* begun and ended by machine_begin_region, machine_end_region */
	struct core *cores[MACHINE_MAX_CORES];
	unsigned ncores;
	struct machine_part *parts;
	unsigned nparts;
	int64_t quantum; /* ns, > 0 */
	struct input *input; /* external inputs: ports are added by the builder */
	/*
	 * From so many places somebody may speak: with nothing left to do, wait for it instead of a deadlock. Any
	 * thread.
	 */
	_Atomic unsigned listeners;
	int64_t pace;        /* >= 0: hold running cores to the host's time within so many host ns; -1: do not */
	bool adaptive;       /* cycles an instruction adapt to the host's speed: not deterministic */
	struct machine_rounds *rounds; /* the state of the loop, sim/machine/rounds.c */
	struct semihost *semihost;     /* sim/machine/semihost.c; NULL: nobody answers the guest's calls */
	struct threads *threads;       /* sim/machine/threads.c; NULL: all cores on the driving thread */
};

/* Instructions, summed over the cores. */
int64_t machine_insns(const struct machine *machine);
/*
 * The present for who looks at the machine, virtual ns: where the last run stopped. In the middle of a round the clock
 * (clock_now) is behind it, by less than a quantum; the guest's events go by the clock.
 */
int64_t machine_now(const struct machine *machine);

#endif
