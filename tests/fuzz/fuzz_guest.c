/*
 * Random supervisor code on 1 to 4 cores of both types, with what churns the MMU, ends idle states and asks the host
 * (semihosting without a directory). The same program run in one piece and in many must end in the same state.
 *
 *   byte 0: cores and type; then for each instruction 2 bytes for its row and 4 for its operands. A row of 0xf000 and
 *   above is a piece: a TLB entry, an invalidation, a call of the host, an access to memory, with what they take
 */
#include <string.h>

#include "sim/base/endian.h"
#include "sim/guest/warpcore.h"
#include "sim/isa/isa.h"
#include "sim/machine/semihost.h"
#include "sim/mmu/mmu.h"
#include "tests/fixture/guest.h"
#include "tests/fuzz/fuzz.h"

#define W_TLBWE       0x7c0007a4u
#define W_TLBIVAX(rb) (0x7c000624u | (rb) << 11)
#define SPR_MAS0      624u

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

struct fuzz_code {
	struct machine *machine;
	uint32_t at;
};

static void fuzz_emit(struct fuzz_code *code, uint32_t word)
{
	fuzz_poke(code->machine, code->at, word);
	code->at += 4;
}

static void fuzz_emit_load(struct fuzz_code *code, unsigned reg, uint32_t value)
{
	fuzz_emit(code, W_ADDIS(reg, 0, value >> 16));
	fuzz_emit(code, W_ORI(reg, reg, value & 0xffff));
}

/* MAS0 to MAS3 from 4 bytes: any array, way and size; pages near to the code, where they matter. */
static void fuzz_emit_tlbwe(struct fuzz_code *code, uint32_t seed)
{
	const uint32_t mas[4] = {
		(seed & 1) << 28 | (seed >> 1 & 15) << 16,
		(seed & 0x60 ? 0x80000000u : 0) | (seed >> 7 & 1) << 30 | (seed >> 8 & 3) << 16 |
			(seed >> 10 & 1) << 12 | (seed >> 11 & 15) << 8,
		(seed >> 15 & 31) << 12 | (seed >> 20 & 31),
		(seed >> 15 & 7) << 12 | (seed >> 25 & 63),
	};

	for (unsigned i = 0; i < 4; i++) {
		fuzz_emit_load(code, 10, mas[i]);
		fuzz_emit(code, W_MTSPR(SPR_MAS0 + i, 10));
	}
	fuzz_emit(code, W_TLBWE);
	fuzz_emit(code, W_ISYNC);
}

/* A page, one array or all of it. */
static void fuzz_emit_tlbivax(struct fuzz_code *code, uint32_t seed)
{
	fuzz_emit_load(code, 10, (seed & 0x1f) << 12 | (seed >> 8 & 0xc));
	fuzz_emit(code, W_TLBIVAX(10u));
}

/* Names and buffers lie in the code. */
static void fuzz_emit_call(struct fuzz_code *code, uint32_t seed)
{
	const uint32_t arguments[] = {
		WARPCORE_CALL | seed % (WARPCORE_CALLS + 1),
		CODE + (seed >> 8 & 0xfff),
		seed >> 20 & 0x7f,
		seed & 0x80 ? seed : 0x9000,
		seed >> 4 & 0xffff,
	};

	for (unsigned i = 0; i < sizeof arguments / sizeof *arguments; i++)
		fuzz_emit_load(code, 3 + i, arguments[i]);
	fuzz_emit(code, WARPCORE_CALL_WORD);
}

/* Any load or store of the table with a base that is somewhere: memory, code, registers of a device, nothing. */
static void fuzz_emit_access(struct fuzz_code *code, uint32_t seed)
{
	static const uint32_t bases[] = { 0x9000, CODE, 0xe0000000, 0x00fff000, 0xfffff000 };
	const struct isa_row *row;
	uint32_t insn = seed % ISA_COUNT, operands = (seed >> 21 & 15) << 21 | 10 << 16 | 11 << 11;

	do
		row = isa_row(++insn % ISA_COUNT);
	while (!row->memory);
	fuzz_emit_load(code, 10, bases[seed >> 9 & 1 ? (seed >> 10) % 5 : 0] + (seed >> 13 & 0x7f));
	fuzz_emit_load(code, 11, seed >> 20 & 0x3f);
	fuzz_emit(code, row->value | (operands & ~row->mask & ~row->reserved));
}

static void fuzz_program(struct machine *machine, struct fuzz_input input)
{
	struct fuzz_code code = { machine, CODE };

	fuzz_emit(&code, W_ORI(0, 0, 0)); /* one at least that core 0 completes */
	while (input.left && code.at < 0x8000) {
		uint32_t kind = fuzz_take(&input, 2), operands = fuzz_take(&input, 4);
		const struct isa_row *row = isa_row(kind % ISA_COUNT);

		switch (kind >= 0xf000 ? kind >> 10 & 3 : 4) {
		case 0: fuzz_emit_tlbwe(&code, operands); break;
		case 1: fuzz_emit_tlbivax(&code, operands); break;
		case 2: fuzz_emit_call(&code, operands); break;
		case 3: fuzz_emit_access(&code, operands); break;
		default: fuzz_emit(&code, row->value | (operands & ~row->mask & ~row->reserved)); break;
		}
	}
	fuzz_emit(&code, 0x48000000 | ((CODE - code.at) & 0x03fffffc));
}

/* Memory and registers, 1:1, as a loader leaves it; invalidations of all pass it over. */
static void fuzz_start(struct machine *machine, unsigned number)
{
	struct core *core = machine->cores[number];
	struct mmu_entry entry = {
		.mask = 0xf0000000,
		.size = 9,
		.valid = true,
		.iprot = true,
		.permissions = 0x3f,
	};

	mmu_set_tlb1(&core->mmu, 1, &entry);
	entry.epn = 0xe0000000;
	entry.rpn = UINT64_C(0xfe0000000);
	mmu_set_tlb1(&core->mmu, 2, &entry);
	machine_release_core(machine, number, CODE + 0x40 * number, 0);
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
		fuzz_start(machine, i);
	for (unsigned i = 0; i < pieces; i++) {
		struct machine_limits limits = { .until = INSNS * (i + 1) / pieces };
		struct machine_event event = { .reason = MACHINE_TIME };

		machine_run(machine, &limits, &event);
		if (event.reason != MACHINE_TIME)
			break;
	}
	FUZZ_MUST(machine->cores[0]->insns > 0);
	machine_digest(machine, digest);
	machine_destroy(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char whole[33], pieces[33];

	fuzz_session(data, size, 1, whole);
	fuzz_session(data, size, PIECES, pieces);
	FUZZ_MUST(!strcmp(whole, pieces));
	return 0;
}
