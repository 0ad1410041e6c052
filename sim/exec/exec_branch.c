/* Branches, CR logic, system call (Power ISA Book I, chapter 2). */
#include "sim/exec/exec_branch.h"

#include "sim/exec/chain.h"
#include "sim/core/interrupt.h"

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
static inline bool exec_branch_ctr_ok(const struct op *op, uint64_t ctr)
{
	return op->t & BO_KEEP_CTR || (ctr == 0) == !!(op->t & BO_CTR_ZERO);
}

/* Both conditions, CTR decremented where BO says so. */
static inline bool exec_branch_condition(struct core *core, const struct op *op)
{
	if (!(op->t & BO_KEEP_CTR))
		core->ctr = core_cut(core, core->ctr - 1);
	return exec_branch_ctr_ok(op, core->ctr) && exec_branch_cr_ok(core, op);
}

bool exec_branch_taken(const struct core *core, const struct op *op)
{
	switch (op->insn) {
	case ISA_b:
		return true;
	case ISA_bc:
	case ISA_bclr:
		return exec_branch_ctr_ok(op, core_cut(core, core->ctr - 1)) && exec_branch_cr_ok(core, op);
	case ISA_bcctr:
		return exec_branch_cr_ok(core, op);
	default:
		return false;
	}
}

static inline void exec_branch_link(struct core *core, const struct op *op)
{
	if (op->flags & OP_LK)
		core->lr = core_next_ea(core, op);
}

static inline uint64_t exec_branch_target(const struct core *core, const struct op *op)
{
	return core_cut(core, (op->flags & OP_AA ? 0 : core_op_ea(core, op)) + (uint64_t)(int64_t)op->imm);
}

/*
 * A branch to itself that only an interrupt can end is an idle state
 * (VIRTUAL_TIME.md, 1): the core stands there instead of running round.
 */
static void exec_branch_to_self(struct core *core, const struct op *op)
{
	if (!(op->flags & (OP_AA | OP_LK)) && core->msr & (MSR_EE | MSR_CE) && !core->debug_active)
		core_set_state(core, CORE_LOOPING);
}

enum exec_result exec_b(struct core *core, const struct op *op)
{
	core->pc = exec_branch_target(core, op);
	exec_branch_link(core, op);
	if (__builtin_expect(op->imm == 0, 0))
		exec_branch_to_self(core, op);
	return EXEC_LEAVE;
}

enum exec_result exec_bc(struct core *core, const struct op *op)
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

enum exec_result exec_bclr(struct core *core, const struct op *op)
{
	uint64_t target = core_cut(core, core->lr & ~UINT64_C(3));
	bool taken = exec_branch_condition(core, op);

	exec_branch_link(core, op);
	if (!taken)
		return EXEC_NEXT;
	core->pc = target;
	return EXEC_LEAVE;
}

/* A BO that decrements CTR is an invalid form; CTR is left alone. */
enum exec_result exec_bcctr(struct core *core, const struct op *op)
{
	bool taken = exec_branch_cr_ok(core, op);

	exec_branch_link(core, op);
	if (!taken)
		return EXEC_NEXT;
	core->pc = core_cut(core, core->ctr & ~UINT64_C(3));
	return EXEC_LEAVE;
}

enum exec_result exec_sc(struct core *core, const struct op *op)
{
	return interrupt_system_call(core, op);
}

/* ---- CR logic ---- */

static inline void exec_set_cr_bit(struct core *core, unsigned bit, unsigned value)
{
	unsigned shift = 3 - (bit & 3);
	uint8_t *field = &core->cr[bit >> 2];

	*field = (uint8_t)((*field & ~(1u << shift)) | (value & 1) << shift);
}

enum exec_result exec_crand(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, core_cr_bit(core, op->a) & core_cr_bit(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_crandc(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, core_cr_bit(core, op->a) & ~core_cr_bit(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_creqv(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, ~(core_cr_bit(core, op->a) ^ core_cr_bit(core, op->b)));
	return EXEC_NEXT;
}

enum exec_result exec_crnand(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, ~(core_cr_bit(core, op->a) & core_cr_bit(core, op->b)));
	return EXEC_NEXT;
}

enum exec_result exec_crnor(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, ~(core_cr_bit(core, op->a) | core_cr_bit(core, op->b)));
	return EXEC_NEXT;
}

enum exec_result exec_cror(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, core_cr_bit(core, op->a) | core_cr_bit(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_crorc(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, core_cr_bit(core, op->a) | ~core_cr_bit(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_crxor(struct core *core, const struct op *op)
{
	exec_set_cr_bit(core, op->t, core_cr_bit(core, op->a) ^ core_cr_bit(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_mcrf(struct core *core, const struct op *op)
{
	core->cr[op->t] = core->cr[op->a];
	return EXEC_NEXT;
}

#include "sim/exec/chain_branch.def"
