/*
 * Random arms, moves, cancels, wakes, inputs and reads against the real clock,
 * from threads or, with a seed, from one thread in a course that repeats. What
 * must always hold is asserted (VIRTUAL_TIME.md, 4): a violation aborts.
 */
#ifndef WARPCORE_TESTS_TIME_STRESS_H
#define WARPCORE_TESTS_TIME_STRESS_H

#include <stdint.h>

struct stress_figures {
	int64_t operations;
	int64_t fired, late; /* timers; armed in the past */
	int64_t warps, partial, early, needless, rearmed, notifies;
};

/*
 * Threads: three cores, two that arm, move, cancel and wake from outside, one
 * that only reads, and the driving one; half of the time idle=warp, half
 * idle=realtime. After each phase all stand still, and every pending timer must
 * still fire by itself.
 */
void stress_threads(int64_t operations, uint64_t seed, struct stress_figures *figures);

/*
 * One thread, a simulated host, operations put in where threads could meet (in
 * the middle of warp_begin, while the host sleeps): every firing is compared
 * with a plain list of what is armed. Returns a hash of the course.
 */
uint64_t stress_course(int64_t operations, uint64_t seed, struct stress_figures *figures);

#endif
