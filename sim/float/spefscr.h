/* The signal processing and embedded floating-point status and control register (E500CORERM 2.7.2.3). */
#ifndef WARPCORE_FLOAT_SPEFSCR_H
#define WARPCORE_FLOAT_SPEFSCR_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/bits.h"

enum spefscr_bit {
	SPEFSCR_SOVH = PPC_BIT32(0),
	SPEFSCR_OVH = PPC_BIT32(1),
	SPEFSCR_FGH = PPC_BIT32(2),
	SPEFSCR_FXH = PPC_BIT32(3),
	SPEFSCR_FINVH = PPC_BIT32(4),
	SPEFSCR_FDBZH = PPC_BIT32(5),
	SPEFSCR_FUNFH = PPC_BIT32(6),
	SPEFSCR_FOVFH = PPC_BIT32(7),
	SPEFSCR_FINXS = PPC_BIT32(10),
	SPEFSCR_FINVS = PPC_BIT32(11),
	SPEFSCR_FDBZS = PPC_BIT32(12),
	SPEFSCR_FUNFS = PPC_BIT32(13),
	SPEFSCR_FOVFS = PPC_BIT32(14),
	SPEFSCR_SOV = PPC_BIT32(16),
	SPEFSCR_OV = PPC_BIT32(17),
	SPEFSCR_FG = PPC_BIT32(18),
	SPEFSCR_FX = PPC_BIT32(19),
	SPEFSCR_FINV = PPC_BIT32(20),
	SPEFSCR_FDBZ = PPC_BIT32(21),
	SPEFSCR_FUNF = PPC_BIT32(22),
	SPEFSCR_FOVF = PPC_BIT32(23),
	SPEFSCR_FINXE = PPC_BIT32(25),
	SPEFSCR_FINVE = PPC_BIT32(26),
	SPEFSCR_FDBZE = PPC_BIT32(27),
	SPEFSCR_FUNFE = PPC_BIT32(28),
	SPEFSCR_FOVFE = PPC_BIT32(29),
	SPEFSCR_FRMC = PPC_BIT32(30) | PPC_BIT32(31),
};

/* OVH and OV as an SPE integer instruction leaves them, and their sticky bits. */
static inline void spefscr_set_overflow(uint32_t *spefscr, bool high, bool low)
{
	uint32_t value = *spefscr & ~(uint32_t)(SPEFSCR_OVH | SPEFSCR_OV);

	if (high)
		value |= SPEFSCR_OVH | SPEFSCR_SOVH;
	if (low)
		value |= SPEFSCR_OV | SPEFSCR_SOV;
	*spefscr = value;
}

#endif
