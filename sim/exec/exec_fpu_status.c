/*
 * Instructions on FPSCR (Power ISA Book I, 4.6.8). VX and FEX are never written
 * as such, they follow from the other bits. mtfsf and mtfsfi set FX to what
 * software gives; mtfsb1 sets it by the usual rule.
 */
#include "sim/exec/exec_fpu.h"


enum exec_result exec_mffs(struct core *core, const struct op *op)
{
	core->f[op->t] = core->fpscr;
	if (op->flags & OP_RC)
		core->cr[1] = core->fpscr >> 28;
	return EXEC_NEXT;
}

/* The exception bits that were copied, FX among them, are cleared. */
enum exec_result exec_mcrfs(struct core *core, const struct op *op)
{
	unsigned shift = 28 - 4 * op->a;

	core->cr[op->t] = core->fpscr >> shift & 15;
	fpscr_write(&core->fpscr, core->fpscr & ~((FPSCR_FX | FPSCR_EXCEPTIONS) & UINT32_C(15) << shift));
	return exec_fpu_finish(core, op);
}

static enum exec_result exec_fpu_write_fields(struct core *core, const struct op *op, uint32_t value, uint32_t mask)
{
	fpscr_write(&core->fpscr, (value & mask) | (core->fpscr & ~mask));
	return exec_fpu_finish(core, op);
}

enum exec_result exec_mtfsf(struct core *core, const struct op *op)
{
	uint32_t mask = 0;

	for (unsigned field = 0; field < 8; field++)
		if (op->imm & 0x80 >> field)
			mask |= UINT32_C(0xf0000000) >> 4 * field;
	return exec_fpu_write_fields(core, op, (uint32_t)core->f[op->b], mask);
}

enum exec_result exec_mtfsfi(struct core *core, const struct op *op)
{
	unsigned shift = 28 - 4 * op->t;

	return exec_fpu_write_fields(core, op, (uint32_t)op->imm << shift, UINT32_C(15) << shift);
}

enum exec_result exec_mtfsb0(struct core *core, const struct op *op)
{
	return exec_fpu_write_fields(core, op, 0, PPC_BIT32(op->t));
}

enum exec_result exec_mtfsb1(struct core *core, const struct op *op)
{
	uint32_t bit = PPC_BIT32(op->t);

	if (bit & FPSCR_EXCEPTIONS)
		fpscr_raise(&core->fpscr, bit);
	else
		fpscr_write(&core->fpscr, core->fpscr | bit);
	return exec_fpu_finish(core, op);
}
