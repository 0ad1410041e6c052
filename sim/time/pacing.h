/*
 * Virtual time against host time (VIRTUAL_TIME.md, 3 and 6): where the host's
 * clock stands when virtual time is on pace, how far behind it is, and a rate
 * that adapts to the host. Plain arithmetic; the waiting is done in warp.c.
 *
 * Threads: the clock's pacing is guarded by the clock's lock (sim/time/warp.h
 * has the calls for other rooms).
 */
#ifndef WARPCORE_TIME_PACING_H
#define WARPCORE_TIME_PACING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"

/* How far virtual time may fall behind before the rest is given up, host ns. */
#define PACING_MAX_LAG INT64_C(100000000)
#define PACING_MAX_CPI 1024

struct pacing {
	int64_t numerator, denominator; /* speed: virtual ns per host ns */
	bool anchored;
	int64_t anchor_host, anchor_now; /* these two belong together */
	/* Lateness, host ns. */
	int64_t behind, worst; /* at the last look, and ever */
	int64_t slips;         /* lags beyond PACING_MAX_LAG, given up */
	int64_t waited;        /* by warp_pace, because virtual time was ahead */
};

/* Speed numerator / denominator, each 1..1e6 (1/1: real time). */
bool pacing_set_speed(struct pacing *pacing, int64_t numerator, int64_t denominator, struct err *err);

/* Virtual ns that pass in `host` ns (>= 0), rounded down; and host ns that `now` takes, rounded up. Both saturate. */
int64_t pacing_virtual_ns(const struct pacing *pacing, int64_t host);
int64_t pacing_host_ns(const struct pacing *pacing, int64_t now);

/*
 * The host time at which virtual time `now` is on pace: in the past when it is
 * behind. The first call anchors the two. A lag beyond PACING_MAX_LAG is given
 * up: a guest that was held for minutes does not then rush through them.
 */
int64_t pacing_host_at(struct pacing *pacing, int64_t host, int64_t now);

/*
 * The adaptive rate: cycles an instruction such that cores which executed
 * `executed` virtual ns in `host` ns of running, at `cpi`, would keep at least
 * to the pace; what is then left is waited for. Small errors (slower by 1/32, faster by 1/8)
 * change nothing.
 */
uint32_t pacing_adapt(const struct pacing *pacing, uint32_t cpi, int64_t executed, int64_t host);

#endif
