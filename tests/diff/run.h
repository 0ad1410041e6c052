/* Cases in both machines, and what differed. */
#ifndef TESTS_DIFF_RUN_H
#define TESTS_DIFF_RUN_H

#include <stdio.h>

#include "tests/diff/batch.h"

struct run_outcome {
	unsigned cases, different;
	FILE *report; /* a line for each of the first differences of a row; NULL: none */
	unsigned per_row; /* how many of them */
};

/*
 * Adds `count` cases to the outcome: of one row after the other (each as often
 * as the count allows, at least once), or of rows drawn at random. False: one
 * of the machines did not come to its end.
 */
bool run_cases(const struct core_model *model, unsigned count, uint64_t seed, bool each_row,
	       struct run_outcome *outcome, struct err *err);

#endif
