#include "tests/diff/values.h"

#include <stddef.h>

static uint32_t pick32(struct random *random, const uint32_t *values, size_t count)
{
	return values[random_below(random, (uint32_t)count)];
}

uint32_t values_integer(struct random *random)
{
	static const uint32_t edges[] = {
		0,          1,          2,          31,         32,         33,         63,
		64,         0x7f,       0x80,       0xff,       0x7fff,     0x8000,     0xffff,
		0x10000,    0x7fff8000, 0x7fff7fff, 0x80008000, 0x80000000, 0x80000001, 0x7fffffff,
		0x7ffffffe, 0xffffffff, 0xfffffffe, 0xffff8000, 0xffff0000,
	};
	unsigned shift = random_below(random, 32);

	switch (random_below(random, 8)) {
	case 0:
	case 1:
	case 2: return pick32(random, edges, sizeof edges / sizeof *edges);
	case 3: return 1u << shift;
	case 4: return (1u << shift) - 1;
	case 5: return ~(1u << shift);
	case 6: return random_below(random, 256) - 128;
	default: return (uint32_t)random_u64(random);
	}
}

/*
 * Sign and fraction come from the patterns below; the exponent is an edge, or
 * near the middle so that sums and products stay finite and cancel often.
 */
static uint64_t fraction(struct random *random, unsigned bits)
{
	uint64_t all = (UINT64_C(1) << bits) - 1;

	switch (random_below(random, 6)) {
	case 0: return 0;
	case 1: return all;
	case 2: return UINT64_C(1) << random_below(random, bits);
	case 3: return all >> random_below(random, bits) & all;
	case 4: return ~(all >> random_below(random, bits)) & all;
	default: return random_u64(random) & all;
	}
}

static uint64_t number(struct random *random, unsigned fraction_bits, unsigned exponent_bits)
{
	uint32_t top = (1u << exponent_bits) - 1, bias = top >> 1, exponent;

	switch (random_below(random, 12)) {
	case 0:
	case 1: exponent = 0; break;
	case 2: exponent = top; break;
	case 3: exponent = random_below(random, fraction_bits + 4); break;
	case 4: exponent = top - 1 - random_below(random, 3); break;
	case 5: exponent = random_below(random, top + 1); break;
	case 6: exponent = bias + 29 + random_below(random, 5); break; /* limits of 32-bit integers */
	default: exponent = bias - 8 + random_below(random, 17); break;
	}
	return ((uint64_t)random_below(random, 2) << exponent_bits | exponent) << fraction_bits |
	       fraction(random, fraction_bits);
}

uint32_t values_single(struct random *random)
{
	return (uint32_t)number(random, 23, 8);
}

/* Normal, infinity or NaN. */
uint64_t values_single_as_double(struct random *random)
{
	uint32_t single = values_single(random);
	uint64_t sign = (uint64_t)(single >> 31) << 63, exponent = single >> 23 & 255;

	if (!exponent)
		return sign;
	return sign | (exponent == 255 ? UINT64_C(2047) : exponent + 1023 - 127) << 52 |
	       (uint64_t)(single & 0x7fffff) << 29;
}

/* A double that is exactly a single, or has a few bits more, meets the rounding of the single forms at its edges. */
static uint64_t double_near_single(struct random *random)
{
	uint32_t single = values_single(random);
	uint64_t sign = (uint64_t)(single >> 31) << 63, exponent = single >> 23 & 255;
	uint64_t low = values_once_in(random, 2) ? 0 : random_u64(random) & UINT64_C(0x1fffffff);

	if (values_once_in(random, 3))
		low = UINT64_C(0x10000000) + random_below(random, 3) - 1;
	return sign | (exponent + 1023 - 127) << 52 | (uint64_t)(single & 0x7fffff) << 29 | low;
}

uint64_t values_double(struct random *random)
{
	return values_once_in(random, 3) ? double_near_single(random) : number(random, 52, 11);
}
