/*
 * The stress test of the warp protocol's code.
 *   usage: run_stress [-n OPERATIONS] [-s SEED] [-c]
 * -n: counted by the threads outside of the cores (default 10 million); -c: the
 * single-threaded course instead, which repeats for a seed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <unistd.h>

#include "tests/time/stress.h"

static void print(const struct stress_figures *f)
{
	printf("%" PRId64 " operations, %" PRId64 " timers fired (%" PRId64 " armed in the past), %" PRId64
	       " warps: %" PRId64 " partial, %" PRId64 " early, %" PRId64 " needless firings, %" PRId64
	       " rearmed, %" PRId64 " notifies\n",
	       f->operations, f->fired, f->late, f->warps, f->partial, f->early, f->needless, f->rearmed, f->notifies);
}

int main(int argc, char **argv)
{
	int64_t operations = 10000000;
	uint64_t seed = 1, hash;
	bool course = false;
	struct stress_figures figures;

	for (int c; (c = getopt(argc, argv, "n:s:c")) != -1;) {
		switch (c) {
		case 'n': operations = atoll(optarg); break;
		case 's': seed = strtoull(optarg, NULL, 0); break;
		case 'c': course = true; break;
		default: return 2;
		}
	}
	if (course) {
		hash = stress_course(operations, seed, &figures);
		print(&figures);
		printf("seed %" PRIu64 ": %016" PRIx64 "\n", seed, hash);
	} else {
		stress_threads(operations, seed, &figures);
		print(&figures);
	}
	printf("no violation\n");
	return 0;
}
