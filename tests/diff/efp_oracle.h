/*
 * Embedded floating point as e500v2 has it, where it is not IEEE 754 and so
 * not QEMU's: default results in place of infinities, NaNs and denormals,
 * truncation and the round interrupt in the directed modes (SPEPEM chapter 5,
 * E500CORERM 10.4). Computed on the host's long double, with a sticky bit;
 * nothing shared with the simulator.
 */
#ifndef TESTS_DIFF_EFP_ORACLE_H
#define TESTS_DIFF_EFP_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

struct efp_state {
	uint64_t a, b;      /* in */
	uint64_t result;    /* in and out: the target */
	uint32_t spefscr;   /* in and out; no exception is enabled */
	unsigned field;     /* out: CR field of compare and test, when `compares` */
	bool compares;
	bool round_interrupt; /* out: the instruction is done, and IVOR34 follows */
};

/* True: the name is one of them (abs, neg are not), and the state is stepped. */
bool efp_oracle(const char *name, struct efp_state *state);

#endif
