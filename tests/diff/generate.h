/* Makes cases from the instruction table: a word of a given row, and a state in which it has something to do. */
#ifndef TESTS_DIFF_GENERATE_H
#define TESTS_DIFF_GENERATE_H

#include "sim/base/random.h"
#include "sim/isa/isa.h"
#include "tests/diff/batch.h"

/* NULL: the row is generated; else why it is not (what tests it instead). */
const char *generate_excluded(const struct isa_row *row);

/* Adds one case of the row to the batch and returns its number. */
unsigned generate_case(struct batch *batch, const struct isa_row *row, struct random *random);

#endif
