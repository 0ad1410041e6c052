/* CR logic, system call (Power ISA Book I, chapter 2). */
#include "sim/exec/exec.h"

#include "sim/core/interrupt.h"

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
