/* Random values in which the boundaries are frequent. */
#ifndef TESTS_DIFF_VALUES_H
#define TESTS_DIFF_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/random.h"

/* True once in n. */
static inline bool values_once_in(struct random *random, uint32_t n)
{
	return !random_below(random, n);
}

uint32_t values_integer(struct random *random);
/* Bits of a number in single or double format: zeros, denormals, infinities, NaNs of both kinds, conversion limits. */
uint32_t values_single(struct random *random);
uint64_t values_single_as_double(struct random *random); /* no denormals */
uint64_t values_double(struct random *random);

#endif
