/*
 * Breakpoints: one engine for all front ends of a machine (Lua, console, tests).
 *
 * A breakpoint waits for one thing: an instruction, a read or write of memory or
 * of a register block, an interrupt, a point in virtual time, a guest timer, a
 * warp, the mark of a region of interest. When it comes, the breakpoint counts a hit and asks its function; the run
 * stops (MACHINE_BREAK) if that says so, or if there is no function. Breakpoints
 * at one place are asked in the order of their making, all of them.
 *
 * None changes what the guest does or sees, nor the times at which it does it;
 * but a DEBUG_TIME ends the round at its time, as the end of a run does. While
 * none of a kind is there, that kind costs nothing.
 *
 * A function may make, switch and remove breakpoints (its own too), change the
 * guest's registers and memory, and arm timers. It must not run the machine.
 *
 * The files of the engine are one unit: see sim/debug/debug_state.h.
 *
 * Threads: all on the driving thread, or while the machine stands; and in a function, which with cores on host
 * threads runs on the core's thread, one function at a time. What is made or switched there comes into force
 * at the end of the round, and a function must not touch other cores, nor registers through the bus.
 */
#ifndef WARPCORE_DEBUG_DEBUG_H
#define WARPCORE_DEBUG_DEBUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/isa/op.h"

struct core;
struct debug;
struct debug_break;
struct machine;

#define DEBUG_ANY_CORE (-1)

enum debug_kind {
	DEBUG_PC,    /* an instruction, before it is executed; effective address, in any address space */
	DEBUG_READ,  /* a load, after it was done */
	DEBUG_WRITE, /* a store, after it was done; a physical one sees DMA into memory too */
	DEBUG_IRQ,   /* a core took (acknowledged) an interrupt of the interrupt controller */
	DEBUG_TIME,  /* virtual time reaches a point: once */
	DEBUG_TIMER, /* a virtual timer is about to fire */
	DEBUG_WARP,  /* virtual time was warped by at least so much */
	DEBUG_REGION, /* the guest marks the beginning or end of a region of interest (sim/machine/semihost.h) */
	DEBUG_KINDS
};

enum debug_edge { DEBUG_EITHER, DEBUG_BEGINS, DEBUG_ENDS };

/* What to wait for: the members of its kind; `core` for DEBUG_PC to DEBUG_TIMER and DEBUG_REGION. */
struct debug_spec {
	enum debug_kind kind;
	int core;          /* number, or DEBUG_ANY_CORE */
	uint64_t address;  /* PC (a multiple of 4), READ, WRITE */
	uint64_t length;   /* READ, WRITE: bytes, > 0; any byte of them counts */
	bool physical;     /* READ, WRITE: `address` is physical, else effective */
	unsigned irq;      /* IRQ: source number, as in the device tree; an MPIC's IPIs from 256, timers from 260 on */
	int64_t time;      /* TIME: virtual ns; WARP: least length, ns */
	const char *owner; /* TIMER: patterns with * and ?, or NULL: any; copied. With `core`, owner is that core */
	const char *name;  /* the same; REGION: of the region */
	enum debug_edge edge; /* REGION */
};

struct debug_hit {
	struct debug_break *breakpoint;
	int core;          /* or -1: none has to do with it */
	int64_t time;      /* virtual ns: the core's own at that instruction; TIMER: its expiry */
	uint64_t pc;       /* PC, READ, WRITE: of the instruction */
	uint64_t ea;       /* READ, WRITE of a core */
	uint64_t pa;       /* READ, WRITE: of the access's first byte */
	unsigned size;     /* READ, WRITE: bytes of the access */
	uint64_t value;    /* READ, WRITE of a core: loaded or stored, in the low `size` bytes */
	bool dma;          /* WRITE: not by a core; ea, pc and value are not known */
	int64_t from, to;  /* WARP: virtual ns */
	const char *owner,
		*name; /* TIMER; WARP: of the timer or input that ended it; REGION: its name. Owned by the machine */
	bool begins;       /* REGION */
};

enum debug_verdict { DEBUG_GO, DEBUG_STOP };
typedef enum debug_verdict debug_hit_fn(void *opaque, const struct debug_hit *hit);

/* One for a machine, which must outlive it. */
struct debug *debug_create(struct machine *machine);
void debug_destroy(struct debug *debug);

/*
 * NULL: a member of the spec is out of range; err says which. `fn` NULL: stop at each hit. It is enabled.
 * The handle is good until debug_break_remove or debug_destroy.
 */
struct debug_break *debug_break_create(struct debug *debug, const struct debug_spec *spec, debug_hit_fn *fn,
				       void *opaque, struct err *err);
void debug_break_remove(struct debug_break *breakpoint);
/* A DEBUG_TIME that was hit stays quiet; one that was missed while disabled is hit at once. */
void debug_break_enable(struct debug_break *breakpoint, bool enabled);
bool debug_break_enabled(const struct debug_break *breakpoint);
uint64_t debug_break_hits(const struct debug_break *breakpoint);
const struct debug_spec *debug_break_spec(const struct debug_break *breakpoint);
/* Number from 1 on, in order of making; never used again. */
unsigned debug_break_number(const struct debug_break *breakpoint);
/* All of them in order of making: the one behind `previous`, the first for NULL; NULL: no more. */
struct debug_break *debug_break_next(const struct debug *debug, const struct debug_break *previous);
/* After a run that ended with MACHINE_BREAK: the breakpoint, if it is still there; NULL for a trace. */
struct debug_break *debug_stopped_by(const struct debug *debug);

/*
 * Around what else calls functions of the script that the breakpoints' functions belong to, from a core's thread: one
 * function at a time. May be nested.
 */
void debug_enter(struct debug *debug);
void debug_leave(struct debug *debug);

/* "pc", "read", "write", "irq", "time", "timer", "warp", "region". */
const char *debug_kind_name(enum debug_kind kind);

/*
 * Instruction trace of a core: `fn` is called before each instruction, whose address is core->pc;
 * DEBUG_STOP stops the run (MACHINE_BREAK) before it. It must not change core->pc. NULL: no more. Slows the core
 * down to single steps.
 */
typedef enum debug_verdict debug_trace_fn(void *opaque, struct core *core, const struct op *op);
void debug_trace(struct debug *debug, struct core *core, debug_trace_fn *fn, void *opaque);

#endif
