/*
 * Moves between general and special registers (Power ISA Book III-E, mtspr and mfspr; E500CORERM 3). For both widths:
 * width.h.
 */
#include "sim/core/core_pause.h"
#include "sim/core/interrupt.h"
#include "sim/core/spr.h"
#include "sim/exec/width.h"

static inline bool exec_spr_user(const struct core *core)
{
	return core->msr & MSR_PR;
}

/*
 * Not readable or writable as asked: a privileged exception if user mode went
 * for a supervisor's number, else an illegal one (E500CORERM chapter 3; Book
 * III-E, mtspr).
 */
static enum exec_result exec_spr_no_register(struct core *core, const struct op *op)
{
	bool privileged = exec_spr_user(core) && op->imm & SPR_SUPERVISOR;

	return interrupt_program(core, op, privileged ? ESR_PPR : ESR_PIL);
}

static bool exec_spr_may(const struct core *core, const struct op *op, const struct spr *spr, enum spr_access access)
{
	return spr && spr->access & access && !(exec_spr_user(core) && op->imm & SPR_SUPERVISOR);
}

static enum exec_result exec_spr_read(struct core *core, const struct op *op, const struct spr *spr)
{
	if (!exec_spr_may(core, op, spr, SPR_R))
		return exec_spr_no_register(core, op);
	width_set_gpr(core, op->t, (width_reg)spr_read(core, op, spr));
	return EXEC_NEXT;
}

static enum exec_result exec_spr_write(struct core *core, const struct op *op, const struct spr *spr)
{
	bool leave;

	if (!exec_spr_may(core, op, spr, SPR_W))
		return exec_spr_no_register(core, op);
	core_pause_allow(core, op); /* to the hooks of timers */
	leave = spr_write(core, op, spr, width_gpr(core, op->t));
	core_pause_forbid(core);
	if (!leave && !core->paused)
		return EXEC_NEXT;
	exec_leave(core, op);
	core_pause_apply(core);
	return EXEC_LEAVE;
}

/* LR and CTR first: each call and loop moves them. */
EXEC(mfspr)
{
	if (op->imm == SPR_LR)
		width_set_gpr(core, op->t, (width_reg)core->lr);
	else if (op->imm == SPR_CTR)
		width_set_gpr(core, op->t, (width_reg)core->ctr);
	else
		return exec_spr_read(core, op, spr_find(core->model, (unsigned)op->imm));
	return EXEC_NEXT;
}

EXEC(mtspr)
{
	if (op->imm == SPR_LR)
		core->lr = width_gpr(core, op->t);
	else if (op->imm == SPR_CTR)
		core->ctr = width_gpr(core, op->t);
	else
		return exec_spr_write(core, op, spr_find(core->model, (unsigned)op->imm));
	return EXEC_NEXT;
}

/* mftb names the time base by the numbers that mfspr has for it. */
EXEC(mftb)
{
	if (op->imm != SPR_TBL && op->imm != SPR_TBU)
		return exec_spr_no_register(core, op);
	return exec_spr_read(core, op, spr_find(core->model, (unsigned)op->imm));
}

EXEC(mfpmr)
{
	return exec_spr_read(core, op, spr_find_pmr(core->model, (unsigned)op->imm));
}

EXEC(mtpmr)
{
	return exec_spr_write(core, op, spr_find_pmr(core->model, (unsigned)op->imm));
}
