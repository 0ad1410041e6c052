/* Bit fields in IBM numbering (Power ISA: bit 0 is the most significant). */
#ifndef WARPCORE_BASE_BITS_H
#define WARPCORE_BASE_BITS_H

#include <stdint.h>

/* One bit of a 32-bit register, numbered as the 32-bit manuals do (0 = MSB). */
#define PPC_BIT32(n) (UINT32_C(0x80000000) >> (n))
/* One bit of a 64-bit register (0 = MSB). A 32-bit register's bit n is n + 32 here. */
#define PPC_BIT64(n) (UINT64_C(0x8000000000000000) >> (n))

/* The field first..last (IBM numbering, inclusive) of a 32-bit word. */
static inline uint32_t bits32(uint32_t word, unsigned first, unsigned last)
{
	return (word >> (31 - last)) & (UINT32_MAX >> (31 - (last - first)));
}

/* The low `width` bits of `value` as a signed number; width 1..64. */
static inline int64_t bits_sign_extend(uint64_t value, unsigned width)
{
	unsigned shift = 64 - width;

	return (int64_t)(value << shift) >> shift;
}

static inline uint32_t bits_rotl32(uint32_t value, unsigned count)
{
	count &= 31;
	return count ? value << count | value >> (32 - count) : value;
}

/* MASK(mb, me) of the Power ISA for 32-bit rotates; wraps when mb > me. */
static inline uint32_t bits_mask32(unsigned mb, unsigned me)
{
	uint32_t from = UINT32_MAX >> mb;
	uint32_t upto = UINT32_MAX << (31 - me);

	return mb <= me ? from & upto : from | upto;
}

#endif
