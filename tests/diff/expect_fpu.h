/* Corrections for the classic FPU (tests/diff/divergences_fpu.def). */
#ifndef TESTS_DIFF_EXPECT_FPU_H
#define TESTS_DIFF_EXPECT_FPU_H

#include "tests/diff/expect.h"

expect_correct_fn expect_fpu_compare, expect_fpu_convert, expect_fpu_estimate, expect_fpu_mtfsb1, expect_fpu_rounded,
	expect_fpu_summary, expect_fpu_negate, expect_fpu_both;
expect_substitute_fn expect_fpu_not_negated;

#endif
