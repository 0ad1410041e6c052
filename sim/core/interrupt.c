#include "sim/core/interrupt.h"

#include <inttypes.h>

#include "sim/core/debug_event.h"
#include "sim/float/fpscr.h"
#include "sim/isa/isa.h"

/*
 * MSR bits that survive; all others are cleared (E500CORERM 5.7; Power ISA Book
 * III-E 7.6: with the enhanced debug category, e500mc, a debug interrupt has
 * save registers of its own, and MSR[DE] need not be cleared by critical ones).
 */
static uint32_t interrupt_kept_msr(const struct core *core, enum interrupt_class class)
{
	return core->model->kept_msr[class];
}

/* Without the enhanced debug category (e500v2) the debug interrupt is of the critical class. */
static uint64_t *interrupt_save_registers(struct core *core, enum interrupt_class class)
{
	switch (class) {
	case CLASS_MACHINE_CHECK:
		return core->mcsrr;
	case CLASS_DEBUG:
		return model_has(core->model, ISA_CATEGORY_ED) ? core->dsrr : core->csrr;
	case CLASS_CRITICAL:
		return core->csrr;
	default:
		return core->srr;
	}
}

static void interrupt_enter(struct core *core, enum ivor ivor, enum interrupt_class class, uint64_t address)
{
	uint64_t *save = interrupt_save_registers(core, class);

	save[0] = address;
	save[1] = core->msr;
	core_set_msr(core, core->msr & interrupt_kept_msr(core, class));
	core->pc = core->ivpr | core->ivor[ivor];
	if (class == CLASS_NONCRITICAL || class == CLASS_CRITICAL)
		debug_event_interrupt_taken(core, class == CLASS_CRITICAL);
}

/* ---- Synchronous ---- */

/* At the instruction, which has not been done. */
static enum exec_result interrupt_fault(struct core *core, const struct op *op, enum ivor ivor)
{
	int64_t insns = core_insns_at(core, op);
	uint32_t msr = core->msr;

	interrupt_enter(core, ivor, CLASS_NONCRITICAL, core_op_ea(core, op));
	fault_note(core, ivor, core->srr[0], msr, insns);
	return EXEC_FAULT;
}

enum exec_result interrupt_program(struct core *core, const struct op *op, uint32_t esr)
{
	core->esr = esr;
	return interrupt_fault(core, op, IVOR_PROGRAM);
}

/*
 * The instruction is done; SRR0 is the next one. ESR stays. LEV 1 calls the hypervisor of a core that has one (Book
 * III-E, sc).
 */
enum exec_result interrupt_system_call(struct core *core, const struct op *op)
{
	bool hypervisor = op->imm == 1 && model_has(core->model, ISA_CATEGORY_HV);

	interrupt_enter(core, hypervisor ? IVOR_HYPERVISOR_CALL : IVOR_SYSTEM_CALL, CLASS_NONCRITICAL,
			core_next_ea(core, op));
	return EXEC_LEAVE;
}

/* ESR bits that say what kind of instruction made the access (E500CORERM 2.7.1.6; Book III-E, ESR). */
static uint32_t interrupt_access_esr(const struct op *op)
{
	const struct isa_row *row = isa_row(op->insn);

	return (row->reads & ISA_EFFECT_EPID ? ESR_EPID : 0u) | (row->needs & ISA_NEED_FP ? ESR_FP : 0u) |
	       (row->needs & ISA_NEED_SPE ? ESR_SPV : 0u);
}

enum exec_result interrupt_alignment(struct core *core, const struct op *op, uint64_t ea, bool store)
{
	core->esr = (store ? ESR_ST : 0) | interrupt_access_esr(op);
	core->dear = ea;
	return interrupt_fault(core, op, IVOR_ALIGNMENT);
}

enum exec_result interrupt_dsi(struct core *core, const struct op *op, uint64_t ea, uint32_t esr)
{
	core->esr = esr | interrupt_access_esr(op);
	core->dear = ea;
	return interrupt_fault(core, op, IVOR_DSI);
}

enum exec_result interrupt_dtlb(struct core *core, const struct op *op, uint64_t ea, uint32_t esr)
{
	core->esr = esr | interrupt_access_esr(op);
	core->dear = ea;
	return interrupt_fault(core, op, IVOR_DTLB);
}

/* The byte-ordering case of ISI is not in these cores: ESR is cleared. */
void interrupt_isi(struct core *core)
{
	core->esr = 0;
	interrupt_enter(core, IVOR_ISI, CLASS_NONCRITICAL, core->pc);
	fault_note(core, IVOR_ISI, core->srr[0], core->srr[1], core->insns);
}

void interrupt_itlb(struct core *core)
{
	interrupt_enter(core, IVOR_ITLB, CLASS_NONCRITICAL, core->pc);
	fault_note(core, IVOR_ITLB, core->srr[0], core->srr[1], core->insns);
}

enum exec_result interrupt_unavailable(struct core *core, const struct op *op, enum ivor ivor)
{
	if (ivor == IVOR_SPE_UNAVAILABLE)
		core->esr = ESR_SPV;
	return interrupt_fault(core, op, ivor);
}

enum exec_result interrupt_efp(struct core *core, const struct op *op, enum ivor ivor)
{
	core->esr = ESR_SPV;
	if (ivor == IVOR_EFP_DATA)
		return interrupt_fault(core, op, ivor);
	interrupt_enter(core, ivor, CLASS_NONCRITICAL, core_next_ea(core, op));
	return EXEC_LEAVE;
}

enum exec_result interrupt_hypervisor_privilege(struct core *core, const struct op *op)
{
	return interrupt_fault(core, op, IVOR_HYPERVISOR_PRIVILEGE);
}

/* ---- Machine check ---- */

/* MSR[ME] = 0: checkstop (E500CORERM 5.7.2). */
static void interrupt_machine_check(struct core *core, uint64_t address)
{
	if (core->msr & MSR_ME) {
		interrupt_enter(core, IVOR_MACHINE_CHECK, CLASS_MACHINE_CHECK, address);
		return;
	}
	core->pc = address;
	if (core->log)
		log_write(core->log, LOG_GUEST_ERROR,
			  "%s: checkstop at 0x%08" PRIx64 ": machine check (MCSR 0x%08x) with MSR[ME] = 0", core->path,
			  address, core->mcsr);
	core_set_state(core, CORE_CHECKSTOPPED);
}

/* The MCSR bits of a bus error, 0: the core raises none. */
static uint32_t interrupt_bus_error_mcsr(const struct core *core, bool fetch, bool store)
{
	if (core->model->has_precise_mcsr)
		return MCSR_MAV | (fetch ? MCSR_IF : store ? MCSR_ST : MCSR_LD);
	if (fetch)
		return MCSR_BUS_IBERR;
	return store || !(core->hid1 & HID1_RFXE) ? 0 : MCSR_BUS_RBERR;
}

enum exec_result interrupt_bus_error(struct core *core, const struct op *op, uint64_t pa, uint64_t ea, bool store)
{
	uint32_t mcsr = interrupt_bus_error_mcsr(core, !op, store), msr = core->msr;
	uint64_t address = op ? core_op_ea(core, op) : core->pc;

	if (!mcsr)
		return EXEC_NEXT;
	core->mcsr |= mcsr;
	core->mcar_high = (uint32_t)(pa >> 32);
	core->mcar_low = (uint32_t)pa;
	interrupt_machine_check(core, address);
	fault_note(core, IVOR_MACHINE_CHECK, address, msr, op ? core_insns_at(core, op) : core->insns);
	return EXEC_FAULT;
}

/* ---- Debug ---- */

bool interrupt_debug(struct core *core, uint32_t dbsr, uint64_t address)
{
	debug_event_record(core, dbsr | (core->msr & MSR_DE ? 0 : DBSR_IDE));
	if (!(core->msr & MSR_DE) || !(core->dbcr[0] & DBCR0_IDM))
		return false;
	interrupt_enter(core, IVOR_DEBUG, CLASS_DEBUG, address);
	return true;
}

/* ---- Return ---- */

void interrupt_return(struct core *core, enum interrupt_return kind)
{
	const uint64_t *const saved[] = { core->srr, core->csrr, core->dsrr, core->mcsrr };
	bool debug_enabled = core->msr & MSR_DE;

	core->pc = saved[kind][0];
	core_set_msr(core, saved[kind][1]);
	if (kind == INTERRUPT_RFI || kind == INTERRUPT_RFCI)
		debug_event_returned(core, kind == INTERRUPT_RFCI, debug_enabled);
	interrupt_msr_changed(core);
}

void interrupt_doze_if_asked(struct core *core)
{
	if (core->msr & MSR_WE && core->hid0 & (HID0_DOZE | HID0_NAP | HID0_SLEEP))
		core_set_state(core, CORE_DOZING);
}

void interrupt_msr_changed(struct core *core)
{
	interrupt_doze_if_asked(core);
	if (model_has(core->model, ISA_CATEGORY_FP) && core->msr & (MSR_FE0 | MSR_FE1) && core->fpscr & FPSCR_FEX) {
		core->esr = ESR_FP;
		interrupt_enter(core, IVOR_PROGRAM, CLASS_NONCRITICAL, core->pc);
	}
}

/* ---- Asynchronous ---- */

/* In order of priority (E500CORERM 5.10.2; Power ISA Book III-E 7.8). */
static const struct {
	enum core_cause cause;
	uint32_t gate; /* MSR bit */
	enum ivor ivor;
	enum interrupt_class class;
} interrupt_sources[] = {
	{ CAUSE_MACHINE_CHECK, MSR_ME, IVOR_MACHINE_CHECK, CLASS_MACHINE_CHECK },
	{ CAUSE_DEBUG, MSR_DE, IVOR_DEBUG, CLASS_DEBUG },
	{ CAUSE_CRITICAL, MSR_CE, IVOR_CRITICAL, CLASS_CRITICAL },
	{ CAUSE_WATCHDOG, MSR_CE, IVOR_WATCHDOG, CLASS_CRITICAL },
	{ CAUSE_CRITICAL_DOORBELL, MSR_CE, IVOR_CRITICAL_DOORBELL, CLASS_CRITICAL },
	{ CAUSE_EXTERNAL, MSR_EE, IVOR_EXTERNAL, CLASS_NONCRITICAL },
	{ CAUSE_FIT, MSR_EE, IVOR_FIT, CLASS_NONCRITICAL },
	{ CAUSE_DECREMENTER, MSR_EE, IVOR_DECREMENTER, CLASS_NONCRITICAL },
	{ CAUSE_DOORBELL, MSR_EE, IVOR_DOORBELL, CLASS_NONCRITICAL },
	{ CAUSE_PERFORMANCE_MONITOR, MSR_EE, IVOR_PERFORMANCE_MONITOR, CLASS_NONCRITICAL },
};

#define NO_SOURCE (-1)

/* The machine check input has an enable of its own, and without MSR[ME] it checkstops e500v2 and waits on e500mc. */
static bool interrupt_enabled(const struct core *core, int source)
{
	if (interrupt_sources[source].cause != CAUSE_MACHINE_CHECK)
		return core->msr & interrupt_sources[source].gate;
	return core->hid0 & HID0_EMCP && (core->msr & MSR_ME || core->model->checkstops_without_me);
}

static int interrupt_find_due(const struct core *core)
{
	uint32_t pending = atomic_load_explicit(&core->pending, memory_order_acquire);
	int sources = (int)(sizeof interrupt_sources / sizeof interrupt_sources[0]);

	if (!pending || core->state == CORE_PARKED || core->state == CORE_CHECKSTOPPED)
		return NO_SOURCE;
	for (int n = 0; n < sources; n++)
		if (pending & interrupt_sources[n].cause && interrupt_enabled(core, n))
			return n;
	return NO_SOURCE;
}

bool interrupt_due(const struct core *core)
{
	return interrupt_find_due(core) != NO_SOURCE;
}

/* What delivery does to a source: messages are used up, the interrupt controller is told. */
static void interrupt_deliver(struct core *core, enum core_cause cause)
{
	switch (cause) {
	case CAUSE_MACHINE_CHECK:
		core->mcsr |= MCSR_MCP;
		atomic_fetch_and(&core->pending, ~(uint32_t)CAUSE_MACHINE_CHECK);
		break;
	case CAUSE_DOORBELL:
	case CAUSE_CRITICAL_DOORBELL:
		atomic_fetch_and(&core->pending, ~(uint32_t)cause);
		break;
	case CAUSE_EXTERNAL:
	case CAUSE_CRITICAL:
		if (core->controller.acknowledge)
			core->epr = core->controller.acknowledge(core->controller.opaque, core, cause == CAUSE_CRITICAL,
							    core_now(core, NULL));
		break;
	default:
		break;
	}
}

bool interrupt_take_due(struct core *core)
{
	int source = interrupt_find_due(core);

	if (source == NO_SOURCE)
		return false;
	interrupt_deliver(core, interrupt_sources[source].cause);
	if (interrupt_sources[source].cause == CAUSE_MACHINE_CHECK)
		interrupt_machine_check(core, core->pc);
	else
		interrupt_enter(core, interrupt_sources[source].ivor, interrupt_sources[source].class, core->pc);
	return true;
}

void interrupt_set_cause(struct core *core, enum core_cause cause, bool on, int64_t when)
{
	if (!on) {
		atomic_fetch_and(&core->pending, ~(uint32_t)cause);
		return;
	}
	/* A running core looks itself: it may be about to set the MSR bit that lets the interrupt through. */
	if (!(atomic_fetch_or(&core->pending, (uint32_t)cause) & cause))
		core_request(core, ATTENTION_INTERRUPT);
	if (core->threaded && core->platform.poke(core->platform.opaque, core, when))
		return;
	if (core_is_idle(core) && interrupt_due(core))
		core_wake(core, when);
}
