/*
 * The debug facilities of a core (E500CORERM chapter 8, E500MCRM chapter 9;
 * Power ISA Book III-E chapter 8): instruction and data address compares,
 * single step, branch taken, trap, interrupt taken, return.
 *
 * While DBCR0 enables none of the events that need a look at each instruction,
 * core->debug_active is false and nothing of this costs anything. Otherwise the
 * run loop executes one instruction at a time (sim/engine/step.h), and
 * the software TLB's data entries are not filled, so that each access comes
 * along debug_event_data.
 *
 * An event sets its DBSR bit. With MSR[DE] and DBCR0[IDM] the debug interrupt
 * is taken at once; with MSR[DE] = 0 DBSR[IDE] is set too and the interrupt
 * waits (CAUSE_DEBUG).
 */
#ifndef WARPCORE_CORE_DEBUG_EVENT_H
#define WARPCORE_CORE_DEBUG_EVENT_H

#include "sim/core/core.h"

/*
 * DBCR0:  0 EDM | 1 IDM | 2 RST 3 | 4 ICMP | 5 BRT | 6 IRPT | 7 TRAP | 8 IAC1 | 9 IAC2 | - | 12 DAC1 13 |
 *         14 DAC2 15 | 16 RET | - | 25 CIRPT | 26 CRET (e500mc) | - | 31 FT
 */
enum dbcr0_bit {
	DBCR0_IDM = PPC_BIT32(1),
	DBCR0_RST = 3 << 28,
	DBCR0_ICMP = PPC_BIT32(4),
	DBCR0_BRT = PPC_BIT32(5),
	DBCR0_IRPT = PPC_BIT32(6),
	DBCR0_TRAP = PPC_BIT32(7),
	DBCR0_IAC1 = PPC_BIT32(8),
	DBCR0_IAC2 = PPC_BIT32(9),
	DBCR0_DAC1R = PPC_BIT32(12),
	DBCR0_DAC1W = PPC_BIT32(13),
	DBCR0_DAC2R = PPC_BIT32(14),
	DBCR0_DAC2W = PPC_BIT32(15),
	DBCR0_RET = PPC_BIT32(16),
	DBCR0_CIRPT = PPC_BIT32(25),
	DBCR0_CRET = PPC_BIT32(26),
	DBCR0_FT = PPC_BIT32(31),
};

/* DBSR has an event's bit where DBCR0 has its enable; besides: */
enum dbsr_bit {
	DBSR_IDE = PPC_BIT32(0),
	DBSR_UDE = PPC_BIT32(1),
	DBSR_MRR = 3 << 28,
	DBSR_EVENTS = 0x4fcf8060, /* the bits that make the interrupt pending */
};

/*
 * The instruction at ea is about to be done: instruction address compare. True: the debug interrupt was taken in its
 * place.
 */
bool debug_event_fetch(struct core *core, uint64_t ea);
/* The branch at ea is about to be done, and will be taken. True: the debug interrupt was taken in its place. */
bool debug_event_branch(struct core *core, uint64_t ea);
/*
 * An instruction was done, core->pc is the next one; `was_enabled`: the MSR[DE] before it. One that itself set or
 * cleared MSR[DE] is no ICMP event.
 */
void debug_event_completed(struct core *core, bool was_enabled);
/*
 * A load or store of `size` bytes at ea (or a cache operation on a line) is about to be done. True: the
 * debug interrupt was taken, the access is suppressed (EXEC_FAULT).
 */
bool debug_event_data(struct core *core, const struct op *op, uint64_t ea, unsigned size, bool store);
/* A trap instruction's condition is met. True: the debug interrupt was taken in its place. */
bool debug_event_trap(struct core *core, const struct op *op);
/* An interrupt was entered: core->pc is its vector. `critical`: one that saves to CSRR. */
void debug_event_interrupt_taken(struct core *core, bool critical);
/* rfi or rfci was executed: core->pc and MSR are what it returned to, `was_enabled` the MSR[DE] before. */
void debug_event_returned(struct core *core, bool critical, bool was_enabled);
/* The SoC's unconditional debug event at time `when`. */
void debug_event_unconditional(struct core *core, int64_t when);

/* After a change of MSR: sets core->debug_active. */
void debug_event_update(struct core *core);
/* After a write of DBCR0. */
void debug_event_set_control(struct core *core, const struct op *op);
/* mtspr DBSR: write one to clear. */
void debug_event_clear(struct core *core, const struct op *op, uint32_t bits);
/* Sets DBSR bits, without taking the interrupt. */
void debug_event_record(struct core *core, uint32_t dbsr);
/* DBCR0[FT] with an event in DBSR. */
bool debug_event_freezes_timers(const struct core *core);

#endif
