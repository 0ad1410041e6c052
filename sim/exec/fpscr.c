#include "sim/exec/fpscr.h"

#include "sim/core/interrupt.h"

_Static_assert((uint32_t)FPSCR_OX == (uint32_t)SOFTFLOAT_OVERFLOW && (uint32_t)FPSCR_XX == (uint32_t)SOFTFLOAT_INEXACT &&
		       (uint32_t)FPSCR_FR == (uint32_t)SOFTFLOAT_ROUNDED_UP &&
		       (uint32_t)FPSCR_VXSNAN == (uint32_t)SOFTFLOAT_SNAN &&
		       (uint32_t)FPSCR_VXCVI == (uint32_t)SOFTFLOAT_CVI,
	       "softfloat's flags lie at the places of the FPSCR bits");

unsigned fpscr_class(uint64_t value, bool denormal)
{
	bool negative = value >> 63;

	if (softfloat_is_nan(value))
		return 0x11;
	if (softfloat_is_infinity(value))
		return negative ? 0x09 : 0x05;
	if (softfloat_is_zero(value))
		return negative ? 0x12 : 0x02;
	return (negative ? 0x08 : 0x04) | (denormal ? 0x10 : 0);
}

/* FEX has an exception and its enable bit: VX and VE, OX and OE, UX and UE, ZX and ZE, XX and XE. */
static uint32_t with_summary(uint32_t fpscr)
{
	fpscr &= ~(uint32_t)(FPSCR_VX | FPSCR_FEX);
	if (fpscr & FPSCR_INVALID)
		fpscr |= FPSCR_VX;
	if (fpscr >> 25 & fpscr >> 3 & 0x1f)
		fpscr |= FPSCR_FEX;
	return fpscr;
}

void fpscr_raise(struct core *core, uint32_t exceptions)
{
	if (exceptions & ~core->fpscr)
		core->fpscr |= FPSCR_FX;
	core->fpscr = with_summary(core->fpscr | exceptions);
}

void fpscr_write(struct core *core, uint32_t value)
{
	core->fpscr = with_summary(value & ~(uint32_t)FPSCR_RESERVED);
}

bool fpscr_take_exceptions(struct core *core, uint32_t flags)
{
	uint32_t fpscr = core->fpscr & ~(uint32_t)(FPSCR_FR | FPSCR_FI);

	fpscr |= flags & FPSCR_FR;
	if (flags & SOFTFLOAT_INEXACT)
		fpscr |= FPSCR_FI;
	core->fpscr = fpscr;
	fpscr_raise(core, flags & FPSCR_EXCEPTIONS);
	return !((flags & SOFTFLOAT_INVALID && fpscr & FPSCR_VE) ||
		 (flags & SOFTFLOAT_DIVIDE_BY_ZERO && fpscr & FPSCR_ZE));
}

/* Book III-E 7.6.7: the interrupt is precise, at the instruction; what the exception's action says is done before. */
enum exec_result fpscr_finish(struct core *core, const struct op *op)
{
	if (op->flags & OP_RC)
		core->cr[1] = core->fpscr >> 28;
	if (core->fpscr & FPSCR_FEX && core->msr & (MSR_FE0 | MSR_FE1))
		return interrupt_program(core, op, ESR_FP);
	return EXEC_NEXT;
}
