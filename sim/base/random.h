/* Seeded pseudo-random numbers (splitmix64). The same seed gives the same sequence on every host. */
#ifndef WARPCORE_BASE_RANDOM_H
#define WARPCORE_BASE_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline void random_seed(struct random *random, uint64_t seed)
{
	random->state = seed;
}

static inline uint64_t random_u64(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Uniform enough in 0..bound-1; bound > 0. */
static inline uint32_t random_below(struct random *random, uint32_t bound)
{
	return (uint32_t)((random_u64(random) >> 32) * bound >> 32);
}

#endif
