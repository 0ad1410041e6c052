/*
 * Where QEMU is not right: the list (divergences.def), and what the
 * architecture says instead.
 *
 * An entry may hand QEMU another instruction that means the same in the case
 * at hand (`substitute`), and may correct the record that QEMU left
 * (`correct`), from the case's input and the instruction alone.
 */
#ifndef TESTS_DIFF_EXPECT_H
#define TESTS_DIFF_EXPECT_H

#include "sim/isa/isa.h"
#include "tests/diff/batch.h"

struct expect_case {
	const struct core_model *model;
	const struct isa_row *row;
	struct op op;
	uint32_t stub;         /* address of its stub */
	const uint8_t *input;  /* its record before */
	const uint8_t *got; /* our record behind: for what the architecture leaves open within limits, and only that */
};

typedef uint32_t expect_substitute_fn(const struct expect_case *c);
typedef void expect_correct_fn(const struct expect_case *c, uint8_t *record);

struct divergence {
	const char *mnemonics; /* " name name ", or " * " */
	const char *model;     /* of this core only; NULL: of each */
	expect_substitute_fn *substitute; /* or NULL */
	expect_correct_fn *correct;       /* or NULL */
	const char *reason;    /* whose fault, by which paragraph */
};

/* Fills in a case of a batch. */
void expect_case_init(struct expect_case *c, const struct batch *batch, unsigned number);
/* The word that QEMU is to run; the case's own one if nothing else is listed. */
uint32_t expect_qemu_word(const struct expect_case *c);
/* Turns QEMU's record into the architecture's. */
void expect_correct(const struct expect_case *c, uint8_t *record);

size_t expect_divergences(const struct divergence **list);

#endif
