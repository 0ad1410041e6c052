/*
 * Interrupts of Power ISA Book III-E as the e500 cores have them (E500CORERM
 * chapter 5, E500MCRM chapter 4).
 *
 * Core, interrupts, debug events, timers, faults and special registers are one unit: an interrupt may be a debug event
 * and changes MSR, a change of MSR or of a timer's register makes an interrupt due, a debug event stops the timers.
 *
 * The synchronous ones are called by exec functions: they save the address of
 * `op` (or the next one where the architecture says so), set ESR and DEAR, the
 * new MSR and core->pc. What they return is to be passed on: EXEC_FAULT, or
 * EXEC_LEAVE where the instruction completes (sc, embedded floating-point round).
 */
#ifndef WARPCORE_CORE_INTERRUPT_H
#define WARPCORE_CORE_INTERRUPT_H

#include "sim/core/core.h"

enum ivor {
	IVOR_CRITICAL = 0, IVOR_MACHINE_CHECK = 1, IVOR_DSI = 2, IVOR_ISI = 3, IVOR_EXTERNAL = 4,
	IVOR_ALIGNMENT = 5, IVOR_PROGRAM = 6, IVOR_FP_UNAVAILABLE = 7, IVOR_SYSTEM_CALL = 8,
	IVOR_AP_UNAVAILABLE = 9, IVOR_DECREMENTER = 10, IVOR_FIT = 11, IVOR_WATCHDOG = 12,
	IVOR_DTLB = 13, IVOR_ITLB = 14, IVOR_DEBUG = 15,
	IVOR_SPE_UNAVAILABLE = 32, IVOR_EFP_DATA = 33, IVOR_EFP_ROUND = 34, IVOR_PERFORMANCE_MONITOR = 35,
	IVOR_DOORBELL = 36, IVOR_CRITICAL_DOORBELL = 37, IVOR_HYPERVISOR_CALL = 40, IVOR_HYPERVISOR_PRIVILEGE = 41,
};

enum esr_bit {
	ESR_PIL = PPC_BIT32(4), ESR_PPR = PPC_BIT32(5), ESR_PTR = PPC_BIT32(6), ESR_FP = PPC_BIT32(7),
	ESR_ST = PPC_BIT32(8), ESR_DLK = PPC_BIT32(10), ESR_ILK = PPC_BIT32(11), ESR_BO = PPC_BIT32(14),
	ESR_SPV = PPC_BIT32(24), ESR_EPID = PPC_BIT32(25), ESR_VLEMI = PPC_BIT32(26), ESR_MIF = PPC_BIT32(30),
};

/* MCSR: what e500v2 and e500mc report of a bus error (E500CORERM 2.7.2, E500MCRM chapter 2). */
enum mcsr_bit {
	MCSR_MCP = PPC_BIT32(0),
	MCSR_BUS_IBERR = PPC_BIT32(27), MCSR_BUS_RBERR = PPC_BIT32(28), /* e500v2 */
	MCSR_MAV = PPC_BIT32(12), MCSR_MEA = PPC_BIT32(13), MCSR_IF = PPC_BIT32(15), MCSR_LD = PPC_BIT32(16),
	MCSR_ST = PPC_BIT32(17), /* e500mc */
};

/* Program interrupt: illegal (ESR_PIL), privileged (ESR_PPR), trap (ESR_PTR), enabled FP exception (ESR_FP). */
enum exec_result interrupt_program(struct core *core, const struct op *op, uint32_t esr);
enum exec_result interrupt_system_call(struct core *core, const struct op *op);
/* Alignment; `store` sets ESR[ST]. Here and below the bits of ESR that tell the instruction's kind are added. */
enum exec_result interrupt_alignment(struct core *core, const struct op *op, uint64_t ea, bool store);
enum exec_result interrupt_dsi(struct core *core, const struct op *op, uint64_t ea, uint32_t esr);
enum exec_result interrupt_dtlb(struct core *core, const struct op *op, uint64_t ea, uint32_t esr);
/* On a fetch: core->pc is the failing address. */
void interrupt_isi(struct core *core);
void interrupt_itlb(struct core *core);
/* FP, SPE, AltiVec unavailable: `ivor` says which; ESR[SPV] for SPE. */
enum exec_result interrupt_unavailable(struct core *core, const struct op *op, enum ivor ivor);
/* Embedded floating point: IVOR_EFP_DATA (address of op) or IVOR_EFP_ROUND (the next instruction). */
enum exec_result interrupt_efp(struct core *core, const struct op *op, enum ivor ivor);
enum exec_result interrupt_hypervisor_privilege(struct core *core, const struct op *op);
/*
 * An access that nothing answered. `store` says which; op NULL: a fetch. MCSR
 * and MCAR are set, and the machine check is taken or, with MSR[ME] = 0, the
 * core checkstops: EXEC_FAULT. EXEC_NEXT: the core reports no error for it, a
 * load reads zero and a store is lost (e500v2: stores, and loads with
 * HID1[RFXE] = 0); never for a fetch.
 */
enum exec_result interrupt_bus_error(struct core *core, const struct op *op, uint64_t pa, uint64_t ea, bool store);
/* A debug event: sets DBSR bits; true: the interrupt was taken (MSR[DE] and DBCR0[IDM]). */
bool interrupt_debug(struct core *core, uint32_t dbsr, uint64_t address);

enum interrupt_return {
	INTERRUPT_RFI,
	INTERRUPT_RFCI,
	INTERRUPT_RFDI,
	INTERRUPT_RFMCI,
};

/* Sets pc and MSR from SRR, CSRR, DSRR or MCSRR. */
void interrupt_return(struct core *core, enum interrupt_return kind);
/* Goes dozing if MSR[WE] and HID0 ask for it. */
void interrupt_doze_if_asked(struct core *core);
/*
 * After an instruction wrote MSR, with core->pc the next instruction:
 * goes dozing if asked to, and takes the program interrupt of an FP
 * exception that MSR[FE0,FE1] now enable.
 */
void interrupt_msr_changed(struct core *core);

#endif
