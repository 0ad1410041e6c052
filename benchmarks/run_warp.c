/*
 * What a warp costs: all cores idle, one timer, as the rounds of a machine
 * drive the clock. Host ns (CPU time) for each warp, everything included: the core goes
 * idle, the warp starts, lands and enters the ledger, the timer fires, is armed
 * anew and wakes the core.
 *   usage: run_warp [warps]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/time/clock.h"
#include "sim/time/ledger.h"
#include "sim/time/timer.h"
#include "sim/time/warp.h"

#define PERIOD 1000000 /* virtual ns */

struct bench {
	struct clock *clock;
	struct timer timer;
};

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void tick(void *opaque, int64_t now)
{
	struct bench *bench = opaque;

	timer_arm(&bench->timer, now + PERIOD);
	warp_core_wake(bench->clock, 0, now);
}

static double measure(unsigned cores, unsigned other_timers, long warps)
{
	const struct warp_wait how = { false, HOST_CLOCK_FOREVER };
	struct bench bench = { .clock = clock_create() };
	struct timer_list *list = timer_list_create(bench.clock, "/cpus/cpu@0");
	struct timer *others = calloc(other_timers + 1, sizeof *others);
	double begin;
	double ns;

	for (unsigned i = 0; i < cores; i++)
		warp_add_core(bench.clock);
	for (unsigned i = 0; i < other_timers; i++) {
		timer_init(&others[i], list, "other", NULL, NULL);
		timer_arm(&others[i], INT64_C(1) << 62);
	}
	timer_init(&bench.timer, list, "decrementer", tick, &bench);
	timer_arm(&bench.timer, PERIOD);
	begin = cpu_ns();
	for (long i = 0; i < warps; i++) {
		if (warp_wait(bench.clock, &how) != WARP_TIMER)
			abort();
		clock_advance(bench.clock, clock_now(bench.clock));
		warp_core_idle(bench.clock, 0, WARP_WAITING, clock_now(bench.clock) + 1000);
	}
	ns = (cpu_ns() - begin) / (double)warps;
	if (ledger_last(bench.clock) != (uint64_t)warps)
		abort();
	clock_destroy(bench.clock);
	free(others);
	return ns;
}

int main(int argc, char **argv)
{
	long warps = argc > 1 ? atol(argv[1]) : 2000000;

	printf("host ns for each warp, ledger included (%ld warps):\n", warps);
	printf("  %2u cores, %4u other timers: %6.1f\n", 1, 0, measure(1, 0, warps));
	printf("  %2u cores, %4u other timers: %6.1f\n", 8, 30, measure(8, 30, warps));
	printf("  %2u cores, %4u other timers: %6.1f\n", 32, 1000, measure(32, 1000, warps));
	return 0;
}
