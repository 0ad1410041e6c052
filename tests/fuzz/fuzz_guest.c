/*
 * Random supervisor code on 1 to 4 cores of both types, with what churns the MMU, ends idle states and asks the host
 * (semihosting without a directory). The same program run in one piece and in many must end in the same state.
 *
 *   byte 0: cores and type; then for each instruction 2 bytes for its row and 4 for its operands
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/isa/isa.h"
#include "sim/machine/semihost.h"
#include "tests/fuzz/fuzz.h"

#define CODE   0x1000u
#define INSNS  5000
#define PIECES 7

static void fuzz_poke(struct machine *machine, uint32_t address, uint32_t word)
{
	uint8_t bytes[4];

	be32_store(bytes, word);
	bus_poke(machine->bus, address, bytes, 4);
}

/* Every vector returns behind the instruction that led there, so that a program is not one interrupt alone. */
static void fuzz_vectors(struct machine *machine)
{
	/* mfsrr0 r31; addi r31, r31, 4; mtsrr0 r31; rfi */
	static const uint32_t words[] = { 0x7ffa02a6, 0x3bff0004, 0x7ffa03a6, 0x4c000064 };

	for (uint32_t vector = 0; vector < CODE; vector += 16)
		for (unsigned i = 0; i < 4; i++)
			fuzz_poke(machine, vector + 4 * i, words[i]);
}

static void fuzz_program(struct machine *machine, struct fuzz_input input)
{
	uint32_t at = CODE;

	while (input.left && at < 0x8000) {
		const struct isa_row *row = isa_row(fuzz_take(&input, 2) % ISA_COUNT);
		uint32_t operands = fuzz_take(&input, 4);

		fuzz_poke(machine, at, row->value | (operands & ~row->mask & ~row->reserved));
		at += 4;
	}
	fuzz_poke(machine, at, 0x48000000 | ((CODE - at) & 0x03fffffc));
}

static void fuzz_session(const uint8_t *data, size_t size, unsigned pieces, char digest[33])
{
	struct fuzz_input input = { data, size };
	uint32_t kind = fuzz_take(&input, 1);
	const struct soc_options options = {
		.board = fuzz_board(""),
		.memory = 16 << 20,
		.cores = 1 + kind % 4,
		.core = kind & 4 ? "e500mc" : "e500v2",
	};
	struct soc *soc;
	struct machine *machine = fuzz_machine(&options, &soc);
	struct err err;

	fuzz_vectors(machine);
	fuzz_program(machine, input);
	semihost_start(machine, NULL, &err);
	for (unsigned i = 0; i < machine->ncores; i++)
		machine_release_core(machine, i, CODE + 0x40 * i, 0);
	for (unsigned i = 0; i < pieces; i++) {
		struct machine_limits limits = { .until = INSNS * (i + 1) / pieces };
		struct machine_event event = { .reason = MACHINE_TIME };

		machine_run(machine, &limits, &event);
		if (event.reason != MACHINE_TIME)
			break;
	}
	machine_digest(machine, digest);
	machine_destroy(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char whole[33], pieces[33];

	fuzz_session(data, size, 1, whole);
	fuzz_session(data, size, PIECES, pieces);
	if (strcmp(whole, pieces))
		abort();
	return 0;
}
