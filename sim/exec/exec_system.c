/* CR and XER, MSR, synchronisation, return from interrupts, doorbells (Power ISA Book III-E; E500CORERM 3). */
#include "sim/core/doorbell.h"
#include "sim/exec/exec.h"
#include "sim/core/interrupt.h"
#include "sim/core/spr.h"

/* ---- CR and XER ---- */

enum exec_result exec_mfcr(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, core_cr(core));
	return EXEC_NEXT;
}

/* The bits of the other fields are undefined; here they are 0. More than one field is an invalid form: all of CR. */
enum exec_result exec_mfocrf(struct core *core, const struct op *op)
{
	uint32_t mask = (uint32_t)op->imm & 0xff;

	if (__builtin_popcount(mask) != 1)
		return exec_mfcr(core, op);
	core_set_gpr(core, op->t, core_cr(core) & 15u << 4 * __builtin_ctz(mask));
	return EXEC_NEXT;
}

enum exec_result exec_mtcrf(struct core *core, const struct op *op)
{
	uint32_t value = core_gpr(core, op->t);

	for (unsigned field = 0; field < 8; field++)
		if (op->imm & 0x80 >> field)
			core->cr[field] = value >> (28 - 4 * field) & 15;
	return EXEC_NEXT;
}

enum exec_result exec_mtocrf(struct core *core, const struct op *op)
{
	return exec_mtcrf(core, op);
}

enum exec_result exec_mcrxr(struct core *core, const struct op *op)
{
	core->cr[op->t] = (uint8_t)(core->so << 3 | core->ov << 2 | core->ca << 1);
	core->so = core->ov = core->ca = 0;
	return EXEC_NEXT;
}

/* ---- MSR ---- */

enum exec_result exec_mfmsr(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, core->msr);
	return EXEC_NEXT;
}

enum exec_result exec_mtmsr(struct core *core, const struct op *op)
{
	exec_leave(core, op);
	core_set_msr(core, core_gpr(core, op->t));
	interrupt_msr_changed(core);
	return EXEC_LEAVE;
}

/* Only what waits for MSR[EE] needs a look; closing it changes nothing for the instructions that follow. */
static enum exec_result exec_system_write_ee(struct core *core, const struct op *op, bool enable)
{
	if (!enable) {
		core->msr &= ~(uint32_t)MSR_EE;
		return EXEC_NEXT;
	}
	core->msr |= MSR_EE;
	if (!atomic_load(&core->pending))
		return EXEC_NEXT;
	core_request(core, ATTENTION_INTERRUPT);
	return exec_leave(core, op);
}

enum exec_result exec_wrtee(struct core *core, const struct op *op)
{
	return exec_system_write_ee(core, op, core_gpr(core, op->t) & MSR_EE);
}

enum exec_result exec_wrteei(struct core *core, const struct op *op)
{
	return exec_system_write_ee(core, op, op->imm);
}

static enum exec_result exec_system_return(struct core *core, const struct op *op, enum interrupt_return kind)
{
	interrupt_return(core, kind);
	return EXEC_LEAVE;
}

enum exec_result exec_rfi(struct core *core, const struct op *op)
{
	return exec_system_return(core, op, INTERRUPT_RFI);
}

enum exec_result exec_rfci(struct core *core, const struct op *op)
{
	return exec_system_return(core, op, INTERRUPT_RFCI);
}

enum exec_result exec_rfmci(struct core *core, const struct op *op)
{
	return exec_system_return(core, op, INTERRUPT_RFMCI);
}

enum exec_result exec_rfdi(struct core *core, const struct op *op)
{
	return exec_system_return(core, op, INTERRUPT_RFDI);
}

/* There are no guests (MMUCFG[LPIDSIZE] is 0) and so no GSRRs to return by. */
enum exec_result exec_rfgi(struct core *core, const struct op *op)
{
	return interrupt_program(core, op, ESR_PIL);
}

/* ---- Synchronisation: accesses are done in order; only threads of the host may see them in another one ---- */

static enum exec_result exec_system_barrier(const struct core *core)
{
	if (core->threaded)
		atomic_thread_fence(memory_order_seq_cst);
	return EXEC_NEXT;
}

enum exec_result exec_msync(struct core *core, const struct op *op)
{
	return exec_system_barrier(core);
}

enum exec_result exec_lwsync(struct core *core, const struct op *op)
{
	return exec_system_barrier(core);
}

enum exec_result exec_mbar(struct core *core, const struct op *op)
{
	return exec_system_barrier(core);
}

/* Decoded instructions that another core or a store made stale go at the end of a block. */
enum exec_result exec_isync(struct core *core, const struct op *op)
{
	return exec_leave(core, op);
}

enum exec_result exec_wait(struct core *core, const struct op *op)
{
	exec_leave(core, op);
	core_set_state(core, CORE_WAITING);
	return EXEC_LEAVE;
}

/* ---- Messages and calls ---- */

enum exec_result exec_msgsnd(struct core *core, const struct op *op)
{
	uint32_t message = core_gpr(core, op->b);
	int64_t now = core_now(core, op);

	if (core->platform.broadcast_msgsnd)
		core->platform.broadcast_msgsnd(core->platform.opaque, core, message, now);
	else
		doorbell_receive(core, message, now);
	return exec_leave(core, op);
}

enum exec_result exec_msgclr(struct core *core, const struct op *op)
{
	doorbell_clear(core, core_gpr(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_ehpriv(struct core *core, const struct op *op)
{
	return interrupt_hypervisor_privilege(core, op);
}

/* Only an external debugger can allow it (EDBCR0[DNH_EN]); without one it is illegal (Book III-E, dnh). */
enum exec_result exec_dnh(struct core *core, const struct op *op)
{
	return interrupt_program(core, op, ESR_PIL);
}
