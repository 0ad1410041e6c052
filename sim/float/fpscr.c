#include "sim/float/fpscr.h"

#define FPSCR_IS(bit, flag) ((uint32_t)FPSCR_##bit == (uint32_t)SOFTFLOAT_##flag)
_Static_assert(FPSCR_IS(OX, OVERFLOW) && FPSCR_IS(UX, UNDERFLOW) && FPSCR_IS(ZX, DIVIDE_BY_ZERO) &&
		       FPSCR_IS(XX, INEXACT) && FPSCR_IS(FR, ROUNDED_UP) && FPSCR_IS(VXSNAN, SNAN) &&
		       FPSCR_IS(VXISI, ISI) && FPSCR_IS(VXIDI, IDI) && FPSCR_IS(VXZDZ, ZDZ) &&
		       FPSCR_IS(VXIMZ, IMZ) && FPSCR_IS(VXSQRT, SQRT) && FPSCR_IS(VXCVI, CVI),
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
static uint32_t fpscr_with_summary(uint32_t fpscr)
{
	fpscr &= ~(uint32_t)(FPSCR_VX | FPSCR_FEX);
	if (fpscr & FPSCR_INVALID)
		fpscr |= FPSCR_VX;
	if (fpscr >> 25 & fpscr >> 3 & 0x1f)
		fpscr |= FPSCR_FEX;
	return fpscr;
}

void fpscr_raise(uint32_t *fpscr, uint32_t exceptions)
{
	uint32_t value = *fpscr | exceptions;

	if (exceptions & ~*fpscr)
		value |= FPSCR_FX;
	*fpscr = fpscr_with_summary(value);
}

void fpscr_write(uint32_t *fpscr, uint32_t value)
{
	*fpscr = fpscr_with_summary(value & ~(uint32_t)FPSCR_RESERVED);
}

bool fpscr_take_exceptions(uint32_t *fpscr, uint32_t flags)
{
	uint32_t value = *fpscr & ~(uint32_t)(FPSCR_FR | FPSCR_FI);

	value |= flags & FPSCR_FR;
	if (flags & SOFTFLOAT_INEXACT)
		value |= FPSCR_FI;
	*fpscr = value;
	fpscr_raise(fpscr, flags & FPSCR_EXCEPTIONS);
	return !((flags & SOFTFLOAT_INVALID && value & FPSCR_VE) ||
		 (flags & SOFTFLOAT_DIVIDE_BY_ZERO && value & FPSCR_ZE));
}
