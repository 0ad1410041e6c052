#include "sim/float/fpscr.h"

_Static_assert((uint32_t)FPSCR_OX == (uint32_t)SOFTFLOAT_OVERFLOW &&
		       (uint32_t)FPSCR_XX == (uint32_t)SOFTFLOAT_INEXACT &&
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
