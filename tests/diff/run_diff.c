/* make test-isa: as many random cases as asked for, half on each core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/diff/run.h"

static bool run_core(const char *core, unsigned count, uint64_t seed, unsigned *different)
{
	struct run_outcome outcome = { .report = stdout, .per_row = 5 };
	struct err err;

	if (!run_cases(model_find(core), count, seed, false, &outcome, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	printf("%s: %u cases, %u different from what is expected\n", core, outcome.cases, outcome.different);
	*different += outcome.different;
	return true;
}

int main(int argc, char **argv)
{
	uint64_t seed = (uint64_t)time(NULL);
	unsigned count = 1000000, different = 0;
	int option;

	while ((option = getopt(argc, argv, "n:s:")) != -1) {
		if (option == 'n')
			count = (unsigned)strtoul(optarg, NULL, 0);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	printf("SEED=%llu N=%u\n", (unsigned long long)seed, count);
	if (!run_core("e500v2", count / 2, seed, &different) ||
	    !run_core("e500mc", count - count / 2, seed, &different))
		return 1;
	return different > 0;
}
