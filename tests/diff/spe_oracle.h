/*
 * What the accumulating and multiplying instructions of the SPE compute,
 * worked out from the letters of their names (SPEPEM, "Instruction naming"):
 * QEMU has nearly none of them. Arithmetic in 128 bits, nothing shared with
 * the simulator.
 */
#ifndef TESTS_DIFF_SPE_ORACLE_H
#define TESTS_DIFF_SPE_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

struct spe_state {
	uint64_t a, b, acc; /* in */
	uint64_t result;    /* out, as is acc */
	uint32_t spefscr;
};

/* True: the name is one of those, and the state is stepped. */
bool spe_oracle(const char *name, struct spe_state *state);

#endif
