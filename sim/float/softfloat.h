/*
 * Binary floating point in integers only: nothing here depends on the host's
 * FPU, its control word or the compiler's flags.
 *
 * Operands and results are in the double format of a floating-point register
 * (Power ISA Book I, 4.3). A precision says what a result is rounded to; a
 * single-precision result is returned in double format, as an FPR holds it.
 * softfloat_from_single and softfloat_to_single carry values to and from the
 * 32-bit format; both are exact.
 *
 * Every operation computes the exact result (a significand wide enough, with a
 * sticky bit below it) and rounds once. Flags are or'ed into softfloat.flags.
 *
 * NaNs: the first operand that is a NaN, in the order frA, frB, frC, made
 * quiet; a generated NaN is SOFTFLOAT_DEFAULT_NAN (Power ISA Book I, 4.3.2).
 * In single precision it loses the 29 fraction bits that a single has not. The
 * architecture says so of frsp only and leaves the others undefined, whose
 * operands must be singles (4.3.5); QEMU cuts all, a 603e was seen to (fsubs).
 */
#ifndef WARPCORE_FLOAT_SOFTFLOAT_H
#define WARPCORE_FLOAT_SOFTFLOAT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/bits.h"

#define SOFTFLOAT_DEFAULT_NAN UINT64_C(0x7ff8000000000000)
#define SOFTFLOAT_SIGN UINT64_C(0x8000000000000000)
#define SOFTFLOAT_INFINITY UINT64_C(0x7ff0000000000000)
#define SOFTFLOAT_QUIET UINT64_C(0x0008000000000000)
#define SOFTFLOAT_FRACTION UINT64_C(0x000fffffffffffff)
#define SOFTFLOAT_BELOW_SINGLE UINT64_C(0x000000001fffffff) /* fraction bits that a single has not */
#define SOFTFLOAT_HIDDEN UINT64_C(0x0010000000000000) /* the leading bit that the format does not store */

/* The encoding of FPSCR[RN] and SPEFSCR[FRMC]. */
enum softfloat_round {
	SOFTFLOAT_NEAREST, /* ties to even */
	SOFTFLOAT_ZERO,
	SOFTFLOAT_UP,
	SOFTFLOAT_DOWN,
};

enum softfloat_precision { SOFTFLOAT_SINGLE, SOFTFLOAT_DOUBLE };

/* The exceptions lie at the places of their FPSCR bits (sim/float/fpscr.h). */
enum softfloat_flag {
	SOFTFLOAT_OVERFLOW = PPC_BIT32(3),
	SOFTFLOAT_UNDERFLOW = PPC_BIT32(4), /* tiny before rounding, and inexact or trapped */
	SOFTFLOAT_DIVIDE_BY_ZERO = PPC_BIT32(5),
	SOFTFLOAT_INEXACT = PPC_BIT32(6),
	SOFTFLOAT_ROUNDED_UP = PPC_BIT32(13), /* the magnitude was incremented by rounding */
	/* The kinds of invalid operation. */
	SOFTFLOAT_SNAN = PPC_BIT32(7),
	SOFTFLOAT_ISI = PPC_BIT32(8),   /* infinity - infinity */
	SOFTFLOAT_IDI = PPC_BIT32(9),   /* infinity / infinity */
	SOFTFLOAT_ZDZ = PPC_BIT32(10),  /* zero / zero */
	SOFTFLOAT_IMZ = PPC_BIT32(11),  /* infinity * zero */
	SOFTFLOAT_SQRT = PPC_BIT32(22), /* root of a negative number */
	SOFTFLOAT_CVI = PPC_BIT32(23),  /* conversion to an integer: out of range, or a NaN */
	/* Of the bits that rounding cut off: the first one, and any of the others. */
	SOFTFLOAT_GUARD = PPC_BIT32(30),
	SOFTFLOAT_STICKY = PPC_BIT32(31),
	SOFTFLOAT_INVALID = SOFTFLOAT_SNAN | SOFTFLOAT_ISI | SOFTFLOAT_IDI | SOFTFLOAT_ZDZ | SOFTFLOAT_IMZ |
			    SOFTFLOAT_SQRT | SOFTFLOAT_CVI,
};

struct softfloat {
	uint8_t round; /* enum softfloat_round */
	/*
	 * SOFTFLOAT_OVERFLOW, SOFTFLOAT_UNDERFLOW: the exception is enabled, and
	 * its result is the rounded one with the exponent moved by 192 (single)
	 * or 1536 (double) into the range (Power ISA Book I, 4.4.3 and 4.4.4).
	 */
	uint32_t trap;
	uint32_t flags; /* enum softfloat_flag, or'ed in */
};

enum softfloat_relation { SOFTFLOAT_LESS = 8, SOFTFLOAT_GREATER = 4, SOFTFLOAT_EQUAL = 2, SOFTFLOAT_UNORDERED = 1 };

static inline bool softfloat_is_nan(uint64_t a)
{
	return (a & ~SOFTFLOAT_SIGN) > SOFTFLOAT_INFINITY;
}

static inline bool softfloat_is_snan(uint64_t a)
{
	return softfloat_is_nan(a) && !(a & SOFTFLOAT_QUIET);
}

static inline bool softfloat_is_infinity(uint64_t a)
{
	return (a & ~SOFTFLOAT_SIGN) == SOFTFLOAT_INFINITY;
}

static inline bool softfloat_is_zero(uint64_t a)
{
	return !(a & ~SOFTFLOAT_SIGN);
}

uint64_t softfloat_add(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b);
uint64_t softfloat_sub(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b);
uint64_t softfloat_mul(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c);
uint64_t softfloat_div(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b);
/* a * c + b, rounded once. A NaN in b goes before one in c, and does not hide infinity * zero. */
uint64_t softfloat_muladd(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c, uint64_t b);
/* a * c - b: as muladd of -b, but a NaN in b keeps its sign. */
uint64_t softfloat_mulsub(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c, uint64_t b);

/*
 * Estimates. The architecture asks for 1/256 (fres) and 1/32 (frsqrte) and
 * leaves the bits to the implementation; the tables of the silicon are not
 * published. Here fres gives the reciprocal rounded to single precision in the
 * current mode, frsqrte the reciprocal root rounded to nearest (wrong by no
 * more than one unit in the last place of a double). Neither is ever inexact.
 */
uint64_t softfloat_reciprocal_estimate(struct softfloat *sf, uint64_t b);
uint64_t softfloat_rsqrt_estimate(struct softfloat *sf, uint64_t b);

/* frsp: a double rounded to single precision. */
uint64_t softfloat_round_to_single(struct softfloat *sf, uint64_t b);

/* No flags: a caller looks for NaNs itself, since instructions differ in what they make of them. */
enum softfloat_relation softfloat_compare(uint64_t a, uint64_t b);

/*
 * To an integer of `width` bits (32 or 64), rounded in the current mode and
 * saturated: out of range gives SOFTFLOAT_CVI and the nearest integer, a NaN
 * SOFTFLOAT_CVI (SOFTFLOAT_SNAN too if signalling) and the most negative
 * integer (0 if unsigned). `scale` multiplies the operand by 2^scale first
 * (fractional formats). A signed result comes sign-extended.
 */
uint64_t softfloat_to_signed(struct softfloat *sf, uint64_t b, unsigned width, int scale);
uint64_t softfloat_to_unsigned(struct softfloat *sf, uint64_t b, unsigned width, int scale);
/* From an integer times 2^scale, rounded to the precision. */
uint64_t softfloat_from_signed(struct softfloat *sf, enum softfloat_precision precision, int64_t value, int scale);
uint64_t softfloat_from_unsigned(struct softfloat *sf, enum softfloat_precision precision, uint64_t value, int scale);

/* lfs: the double format of a single-format word (Power ISA Book I, 4.6.2). */
uint64_t softfloat_from_single(uint32_t word);
/* stfs: the word of a register; not rounded, a value that is no single is cut as 4.6.3 shows. */
uint32_t softfloat_to_single(uint64_t a);

#endif
