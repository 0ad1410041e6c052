/*
 * Exact conversion between the ticks of a clock of any frequency and ns.
 *
 * Integers only: after k * f ticks exactly k seconds have passed, whatever the
 * frequency (VIRTUAL_TIME.md, 1). Ticks and ns are int64, ticks may be
 * negative; a result beyond int64 saturates.
 */
#ifndef WARPCORE_TIME_RATE_H
#define WARPCORE_TIME_RATE_H

#include <stdint.h>

#include "sim/base/err.h"

#define RATE_NS_PER_SECOND INT64_C(1000000000)

/* ns = ticks * ns_per / ticks_per, in lowest terms. */
struct rate {
	uint64_t ns;    /* numerator, 1..1e9 */
	uint64_t ticks; /* denominator, 1..frequency */
	int64_t fast_ticks; /* up to here ticks * ns fits 63 bits */
	int64_t fast_ns;    /* up to here ns * ticks fits 63 bits, rounding included */
};

/* `frequency` in Hz, 1..2^62. False: zero or too high. */
bool rate_init(struct rate *rate, uint64_t frequency, struct err *err);

int64_t rate_ns_of_ticks_wide(const struct rate *rate, int64_t ticks);
int64_t rate_ticks_of_ns_wide(const struct rate *rate, int64_t ns);

/* The time of a tick: floor(ticks / frequency). */
static inline int64_t rate_ns_of_ticks(const struct rate *rate, int64_t ticks)
{
	if ((uint64_t)ticks <= (uint64_t)rate->fast_ticks)
		return (int64_t)((uint64_t)ticks * rate->ns / rate->ticks);
	return rate_ns_of_ticks_wide(rate, ticks);
}

/* The first tick at or after a time: ceil(ns * frequency). Its rate_ns_of_ticks is >= ns. */
static inline int64_t rate_ticks_of_ns(const struct rate *rate, int64_t ns)
{
	if ((uint64_t)ns <= (uint64_t)rate->fast_ns)
		return (int64_t)(((uint64_t)ns * rate->ticks + rate->ns - 1) / rate->ns);
	return rate_ticks_of_ns_wide(rate, ns);
}

#endif
