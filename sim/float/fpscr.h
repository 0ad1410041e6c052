/*
 * The floating-point status and control register (Power ISA Book I, 4.2.2):
 * what an instruction's exceptions do to its value. Implemented as the
 * architecture says; FPSCR[NI] is kept as written and changes nothing (4.2.2
 * lets it do nothing): results stay those of IEEE 754.
 */
#ifndef WARPCORE_FLOAT_FPSCR_H
#define WARPCORE_FLOAT_FPSCR_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/bits.h"
#include "sim/float/softfloat.h"

enum fpscr_bit {
	FPSCR_FX = PPC_BIT32(0),
	FPSCR_FEX = PPC_BIT32(1),
	FPSCR_VX = PPC_BIT32(2),
	FPSCR_OX = PPC_BIT32(3),
	FPSCR_UX = PPC_BIT32(4),
	FPSCR_ZX = PPC_BIT32(5),
	FPSCR_XX = PPC_BIT32(6),
	FPSCR_VXSNAN = PPC_BIT32(7),
	FPSCR_VXISI = PPC_BIT32(8),
	FPSCR_VXIDI = PPC_BIT32(9),
	FPSCR_VXZDZ = PPC_BIT32(10),
	FPSCR_VXIMZ = PPC_BIT32(11),
	FPSCR_VXVC = PPC_BIT32(12),
	FPSCR_FR = PPC_BIT32(13),
	FPSCR_FI = PPC_BIT32(14),
	FPSCR_C = PPC_BIT32(15), /* with the next field: FPRF */
	FPSCR_FPCC = PPC_BIT32(16) | PPC_BIT32(17) | PPC_BIT32(18) | PPC_BIT32(19),
	FPSCR_VXSOFT = PPC_BIT32(21),
	FPSCR_VXSQRT = PPC_BIT32(22),
	FPSCR_VXCVI = PPC_BIT32(23),
	FPSCR_VE = PPC_BIT32(24),
	FPSCR_OE = PPC_BIT32(25),
	FPSCR_UE = PPC_BIT32(26),
	FPSCR_ZE = PPC_BIT32(27),
	FPSCR_XE = PPC_BIT32(28),
	FPSCR_NI = PPC_BIT32(29),
	FPSCR_RN = PPC_BIT32(30) | PPC_BIT32(31),

	FPSCR_FPRF = FPSCR_C | FPSCR_FPCC,
	FPSCR_RESERVED = PPC_BIT32(20),
	FPSCR_INVALID = FPSCR_VXSNAN | FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | FPSCR_VXIMZ | FPSCR_VXVC |
			FPSCR_VXSOFT | FPSCR_VXSQRT | FPSCR_VXCVI,
	/* The sticky exception bits. */
	FPSCR_EXCEPTIONS = FPSCR_OX | FPSCR_UX | FPSCR_ZX | FPSCR_XX | FPSCR_INVALID,
};

/* FPRF of a value in bits 0..4 (C, <, >, =, ?); `denormal` says that its exponent is below the format's. */
unsigned fpscr_class(uint64_t value, bool denormal);

/* Rounding mode and enabled exceptions, for one operation. */
static inline struct softfloat fpscr_begin(uint32_t fpscr)
{
	return (struct softfloat){
		.round = fpscr & FPSCR_RN,
		.trap = (fpscr & (FPSCR_OE | FPSCR_UE)) << 22, /* to OX, UX */
	};
}

/* Sets sticky exception bits by the usual rule: FX if one changed from 0 to 1; VX and FEX follow. */
void fpscr_raise(uint32_t *fpscr, uint32_t exceptions);
/* A new value as software writes it: VX and FEX follow from the rest, the reserved bit stays 0. */
void fpscr_write(uint32_t *fpscr, uint32_t value);

/*
 * Takes the exceptions of an operation, FR and FI. False: an enabled invalid
 * operation or zero divide, which leaves the target and FPRF unchanged.
 */
bool fpscr_take_exceptions(uint32_t *fpscr, uint32_t flags);

#endif
