/* Random legal words of a row: for tests, and for anyone who wants an instruction to try. */
#ifndef WARPCORE_ISA_ISA_RANDOM_H
#define WARPCORE_ISA_ISA_RANDOM_H

#include <stdint.h>

#include "sim/base/random.h"
#include "sim/isa/isa.h"

/*
 * A word of the row that is valid (isa_is_valid). Immediates favour their
 * bounds and 0, registers a few, so that operands often name the same one.
 */
uint32_t isa_random_word(const struct isa_row *row, struct random *random);

#endif
