/* Branches (Power ISA Book I, chapter 2). Compiled twice: sim/exec/width.h. */
#include "sim/exec/exec_branch.h"

#include "sim/exec/chain.h"

/*
 * BO:  0 ignore CR | 1 CR bit that branches | 2 leave CTR | 3 branch on CTR = 0 | 4 hint
 * (Power ISA Book I 2.4)
 */
enum bo_bit {
	BO_IGNORE_CR = 16,
	BO_CR_TRUE = 8,
	BO_KEEP_CTR = 4,
	BO_CTR_ZERO = 2,
	BO_ALWAYS = BO_IGNORE_CR | BO_KEEP_CTR,
};

static inline bool exec_branch_cr_ok(const struct core *core, const struct op *op)
{
	return op->t & BO_IGNORE_CR || core_cr_bit(core, op->a) == (op->t & BO_CR_TRUE) >> 3;
}

/* `ctr`: after the decrement. */
static inline bool exec_branch_ctr_ok(const struct op *op, width_reg ctr)
{
	return op->t & BO_KEEP_CTR || (ctr == 0) == !!(op->t & BO_CTR_ZERO);
}

/* Both conditions, CTR decremented where BO says so. */
static inline bool exec_branch_condition(struct core *core, const struct op *op)
{
	if (!(op->t & BO_KEEP_CTR))
		core->ctr = width_cut(core, (width_reg)core->ctr - 1);
	return exec_branch_ctr_ok(op, (width_reg)core->ctr) && exec_branch_cr_ok(core, op);
}

bool EXEC_NAME(branch_taken)(const struct core *core, const struct op *op)
{
	switch (op->insn) {
	case ISA_b:
		return true;
	case ISA_bc:
	case ISA_bclr:
		return exec_branch_ctr_ok(op, (width_reg)width_cut(core, (width_reg)core->ctr - 1)) &&
		       exec_branch_cr_ok(core, op);
	case ISA_bcctr:
		return exec_branch_cr_ok(core, op);
	default:
		return false;
	}
}

static inline width_reg exec_branch_ea(const struct core *core, const struct op *op)
{
	return (width_reg)core->block_ea + 4 * (width_reg)op->index;
}

static inline void exec_branch_link(struct core *core, const struct op *op)
{
	if (op->flags & OP_LK)
		core->lr = width_cut(core, exec_branch_ea(core, op) + 4);
}

static inline uint64_t exec_branch_target(const struct core *core, const struct op *op)
{
	return width_cut(core, (op->flags & OP_AA ? 0 : exec_branch_ea(core, op)) + (width_reg)(width_signed)op->imm);
}

/* The core stands in this branch to itself until something else gets it out. */
static bool exec_branch_stands(const struct core *core, const struct op *op)
{
	return !(op->flags & (OP_AA | OP_LK)) && !core->debug_active;
}

/*
 * A branch to itself that only an interrupt can end is an idle state
 * (VIRTUAL_TIME.md, 1): the core stands there instead of running round.
 */
static bool exec_branch_is_idle(const struct core *core, const struct op *op)
{
	return core->msr & (MSR_EE | MSR_CE) && exec_branch_stands(core, op);
}

static void exec_branch_to_self(struct core *core, const struct op *op)
{
	if (exec_branch_is_idle(core, op))
		core_set_state(core, CORE_LOOPING);
}

#if EXEC_WIDTH == 32

static bool exec_branch_is_to_self(const struct op *op)
{
	bool always = op->insn == ISA_b || (op->insn == ISA_bc && (op->t & BO_ALWAYS) == BO_ALWAYS);

	return always && op->imm == 0;
}

bool exec_branch_loops(const struct core *core, const struct op *op)
{
	return exec_branch_is_to_self(op) && exec_branch_is_idle(core, op);
}

bool exec_branch_hangs(const struct core *core, const struct op *op)
{
	return exec_branch_is_to_self(op) && exec_branch_stands(core, op) && !(core->msr & (MSR_EE | MSR_CE));
}

#endif

EXEC(b)
{
	core->pc = exec_branch_target(core, op);
	exec_branch_link(core, op);
	if (__builtin_expect(op->imm == 0, 0))
		exec_branch_to_self(core, op);
	return EXEC_LEAVE;
}

EXEC(bc)
{
	bool taken = exec_branch_condition(core, op);

	exec_branch_link(core, op);
	if (!taken)
		return EXEC_NEXT;
	core->pc = exec_branch_target(core, op);
	if (__builtin_expect(op->imm == 0 && (op->t & BO_ALWAYS) == BO_ALWAYS, 0))
		exec_branch_to_self(core, op);
	return EXEC_LEAVE;
}

EXEC(bclr)
{
	uint64_t target = width_cut(core, (width_reg)core->lr & ~(width_reg)3);
	bool taken = exec_branch_condition(core, op);

	exec_branch_link(core, op);
	if (!taken)
		return EXEC_NEXT;
	core->pc = target;
	return EXEC_LEAVE;
}

/* A BO that decrements CTR is an invalid form; CTR is left alone. */
EXEC(bcctr)
{
	bool taken = exec_branch_cr_ok(core, op);

	exec_branch_link(core, op);
	if (!taken)
		return EXEC_NEXT;
	core->pc = width_cut(core, (width_reg)core->ctr & ~(width_reg)3);
	return EXEC_LEAVE;
}

#include "sim/exec/chain_branch.def"
