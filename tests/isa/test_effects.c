/*
 * The reads and writes columns of the instruction table, and privilege among its
 * needs (see test_columns.c for the others), against what the exec functions do.
 *
 * Each row runs on two cores whose states agree in what the row declares to
 * read and differ in all else. On neither may anything change but what the row
 * declares to write (an interrupt adds MSR, the save/restore registers and the
 * syndrome), and what it writes must be equal on both.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/exec/exec_table.h"
#include "sim/core/interrupt.h"
#include "sim/isa/isa_random.h"
#include "tests/isa/cells.h"
#include "tests/fixture/models.h"

#define RUNS_PER_ROW 150
#define MEMORY 4096
#define VECTOR(ivor) (0x40000000u + 0x1000u + 16u * (ivor))
#define OP_EA 0x100 /* effective address of the instruction: in the page, so that branches go somewhere */

struct bench {
	struct bus *bus;
	struct clock *clock;
	struct core *core;
	uint8_t *memory;
	struct cells before, after;
	uint8_t memory_before[MEMORY];
	enum exec_result result;
};

static void bench_create(struct bench *bench, const char *model)
{
	static const struct mmu_entry page = {
		.mask = ~UINT32_C(0xfff), .size = 1, .valid = true, .iprot = true, .wimge = 4, .permissions = 0x3f,
	};

	bench->bus = bus_create();
	assert_true(bus_add_memory(bench->bus, "memory", 0, MEMORY, false, NULL));
	bench->memory = bus_memory_at(bench->bus, 0)->host;
	bench->clock = clock_create();
	bench->core = core_create(&(struct core_config){
		.model = model_find(model),
		.bus = bench->bus,
		.clock = bench->clock,
	});
	mmu_set_tlb1(&bench->core->mmu, 0, &page);
	bench->core->l1csr[0] = L1CSR_ENABLE; /* dcbz wants it */
	/* A vector apart from 0 for each interrupt. */
	bench->core->ivpr = VECTOR(0) & 0xffff0000;
	for (unsigned i = 0; i < 64; i++)
		bench->core->ivor[i] = VECTOR(i) & 0xffff;
}

static void bench_destroy(struct bench *bench)
{
	core_destroy(bench->core);
	clock_destroy(bench->clock);
	bus_destroy(bench->bus);
}

static void bench_run(struct bench *bench, uint32_t word, uint32_t msr)
{
	struct core *core = bench->core;
	struct op op;

	isa_decode(word, core->model->categories, &op);
	memcpy(bench->memory_before, bench->memory, MEMORY);
	core_set_msr(core, msr);
	core->pc = core->block_ea = OP_EA;
	core->state = CORE_RUNNING;
	core->insns++; /* a core that faults again and again without one gives up */
	op.fn = exec_table_function(core->model, &op, NULL);
	cells_write(core, &bench->before);
	cells_read(core, &bench->before);
	bench->result = op.fn(core, &op);
	cells_read(core, &bench->after);
}

/* Makes the address of an access fall into memory, mostly. */
static void aim(struct cells *cells, const struct isa_row *row, uint32_t word, struct random *random)
{
	uint64_t *gpr = &cells->value[CELL_GPR];
	uint32_t target = random_below(random, MEMORY);
	struct op op;

	isa_decode(word, ISA_ALL_CATEGORIES, &op);
	if (random_below(random, 4))
		target &= ~7u;
	if (isa_operand_is_displacement(isa_operand(row->operands[1])))
		gpr[op.a] = (uint32_t)(target - (uint32_t)op.imm);
	else if (op.a == op.b)
		gpr[op.a] = target / 2;
	else if (!op.a)
		gpr[op.b] = target;
	else
		gpr[op.a] = (uint32_t)(target - gpr[op.b]);
	if (row->timing == ISA_TIMING_LOAD || row->timing == ISA_TIMING_STORE || row->timing == ISA_TIMING_FP_LOAD ||
	    row->timing == ISA_TIMING_FP_STORE) {
		/* Decorated storage takes the address from RB alone. */
		if (row->operands[1] == ISA_OPERAND_RA)
			gpr[op.b] = target;
	}
}

static bool touches_memory(const struct isa_row *row)
{
	return ((row->reads | row->writes) & ISA_EFFECT_MEM) && row->operands[1];
}

/* The state before, on both: equal in what the row reads. */
static void prepare(struct bench *first, struct bench *second, const struct isa_row *row, uint32_t word,
		    const bool *reads, struct random *random)
{
	cells_randomize(&first->before, random);
	cells_randomize(&second->before, random);
	if (touches_memory(row))
		aim(&first->before, row, word, random);
	for (unsigned i = 0; i < CELL_RANDOM; i++) {
		if (reads[i])
			second->before.value[i] = first->before.value[i];
	}
	for (unsigned i = 0; i < MEMORY; i += 8) {
		uint64_t value = random_u64(random);

		memcpy(first->memory + i, &value, 8);
		if (!(row->reads & ISA_EFFECT_MEM))
			value = ~value;
		memcpy(second->memory + i, &value, 8);
	}
}

/* Before its end, or (rounding by software) behind it. */
static bool took_interrupt(const struct bench *bench)
{
	return bench->result == EXEC_FAULT ||
	       (bench->result == EXEC_LEAVE && bench->core->pc - VECTOR(0) < VECTOR(64) - VECTOR(0));
}

static bool is_interrupt_cell(unsigned cell)
{
	return cell == CELL_MSR || cell == CELL_SAVE_RESTORE || cell == CELL_INTERRUPT || cell == CELL_SPRS;
}

/* Only what is declared changed. */
static unsigned check_writes(const struct bench *bench, const struct isa_row *row, uint32_t word, const bool *writes)
{
	unsigned wrong = 0;
	char name[32];

	for (unsigned i = 0; i < CELLS; i++) {
		if (writes[i] || bench->before.value[i] == bench->after.value[i] ||
		    (took_interrupt(bench) && is_interrupt_cell(i)))
			continue;
		print_error("%s %08x changes %s: %llx, was %llx\n", row->name, word, cells_name(i, name, sizeof(name)),
			    (unsigned long long)bench->after.value[i], (unsigned long long)bench->before.value[i]);
		wrong++;
	}
	if (!(row->writes & ISA_EFFECT_MEM) && memcmp(bench->memory, bench->memory_before, MEMORY)) {
		print_error("%s %08x changes memory\n", row->name, word);
		wrong++;
	}
	return wrong;
}

/* An interrupt, or a floating-point exception that only FPSCR or SPEFSCR tells of, leaves the target alone. */
static bool may_leave_target(const struct bench *bench, const struct isa_row *row)
{
	return bench->result == EXEC_FAULT || (row->writes & (ISA_EFFECT_FPSCR | ISA_EFFECT_SPEFSCR));
}

/* What was written is equal on both, or was left alone on both. */
static unsigned check_reads(const struct bench *first, const struct bench *second, const struct isa_row *row,
			    uint32_t word, const bool *writes)
{
	unsigned wrong = 0;
	char name[32];

	if (first->result != second->result || first->core->pc != second->core->pc) {
		print_error("%s %08x depends on what it does not declare: result %d and %d, pc %" PRIx64 " and %" PRIx64
			    "\n",
			    row->name, word, first->result, second->result, first->core->pc, second->core->pc);
		return 1;
	}
	for (unsigned i = 0; i < CELLS; i++) {
		bool untouched = first->before.value[i] == first->after.value[i] &&
				 second->before.value[i] == second->after.value[i];

		if (!writes[i] || first->after.value[i] == second->after.value[i] ||
		    (may_leave_target(first, row) && untouched))
			continue;
		print_error("%s %08x: %s depends on what it does not declare: %llx and %llx\n", row->name, word,
			    cells_name(i, name, sizeof(name)), (unsigned long long)first->after.value[i],
			    (unsigned long long)second->after.value[i]);
		wrong++;
	}
	for (unsigned i = 0; i < MEMORY; i++) {
		if (first->memory[i] == second->memory[i] || (first->memory[i] == first->memory_before[i] &&
							       second->memory[i] == second->memory_before[i]))
			continue;
		print_error("%s %08x: memory depends on what it does not declare\n", row->name, word);
		return wrong + 1;
	}
	return wrong;
}

/*
 * Rows that change more than the cells that a run sets again get new cores each
 * time. What an interrupt leaves behind is the same on both and no row reads it.
 */
#define LASTING (ISA_EFFECT_SPRS | ISA_EFFECT_PMRS | ISA_EFFECT_TLB | ISA_EFFECT_DOORBELL | ISA_EFFECT_IDLE)

static unsigned check_row(struct bench *benches, const struct isa_row *row, const char *model, struct random *random,
			  unsigned *completed)
{
	unsigned wrong = 0;

	for (unsigned run = 0; run < RUNS_PER_ROW && !wrong; run++) {
		uint32_t word = isa_random_word(row, random);
		bool reads[CELLS], writes[CELLS];

		cells_declared(row, word, reads, writes);
		prepare(&benches[0], &benches[1], row, word, reads, random);
		for (unsigned i = 0; i < 2; i++) {
			bench_run(&benches[i], word, MSR_FP | MSR_SPE | MSR_ME);
			wrong += check_writes(&benches[i], row, word, writes);
		}
		wrong += check_reads(&benches[0], &benches[1], row, word, writes);
		*completed += benches[0].result != EXEC_FAULT;
		if (row->writes & LASTING) {
			for (unsigned i = 0; i < 2; i++) {
				bench_destroy(&benches[i]);
				bench_create(&benches[i], model);
			}
		}
	}
	return wrong;
}

static void check_effects(const char *model)
{
	struct bench benches[2] = { 0 };
	struct random random;
	unsigned wrong = 0;

	random_seed(&random, 6);
	for (unsigned i = 0; i < 2; i++)
		bench_create(&benches[i], model);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);
		unsigned completed = 0;

		if (!isa_has(models_has(model), row->categories))
			continue;
		wrong += check_row(benches, row, model, &random, &completed);
		/* A test of which nothing ran to its end shows little. */
		if (!completed && !(row->writes & ISA_EFFECT_INTERRUPT)) {
			print_error("%s never ran to its end\n", row->name);
			wrong++;
		}
	}
	for (unsigned i = 0; i < 2; i++)
		bench_destroy(&benches[i]);
	assert_int_equal(wrong, 0);
}

static void test_effects_e500v2(void **state)
{
	check_effects("e500v2");
}

static void test_effects_e500mc(void **state)
{
	check_effects("e500mc");
}

/* Cells that effects name, and that are not also operands of most rows. */
static const unsigned effect_cells[] = {
	CELL_CA, CELL_OV, CELL_SO, CELL_LR, CELL_CTR, CELL_FPSCR, CELL_SPEFSCR, CELL_ACC, CELL_RESERVATION,
};

/* Two runs that differ in one cell only: does anything else come out different? */
static bool cell_matters(struct bench *benches, const struct isa_row *row, uint32_t word, unsigned cell,
			 struct random *random)
{
	bool all[CELLS];
	struct cells other;

	memset(all, true, sizeof(all));
	prepare(&benches[0], &benches[1], row, word, all, random);
	cells_randomize(&other, random);
	benches[1].before.value[cell] = other.value[cell];
	memcpy(benches[1].memory, benches[0].memory, MEMORY);
	for (unsigned i = 0; i < 2; i++)
		bench_run(&benches[i], word, MSR_FP | MSR_SPE | MSR_ME);
	if (benches[0].result != benches[1].result || benches[0].core->pc != benches[1].core->pc ||
	    memcmp(benches[0].memory, benches[1].memory, MEMORY))
		return true;
	for (unsigned i = 0; i < CELLS; i++) {
		if (i != cell && benches[0].after.value[i] != benches[1].after.value[i])
			return true;
	}
	return false;
}

/*
 * A row that declares to read this cell, and none of whose words does. That a
 * cell keeps what it had cannot be told from reading it, so words that also
 * write it do not count.
 */
static bool reads_needlessly(struct bench *benches, const struct isa_row *row, unsigned cell, struct random *random)
{
	bool reads[CELLS], writes[CELLS], declared = false;

	for (unsigned run = 0; run < 400; run++) {
		uint32_t word = isa_random_word(row, random);

		cells_declared(row, word, reads, writes);
		if (!reads[cell] || writes[cell])
			continue;
		declared = true;
		if (cell_matters(benches, row, word, cell, random))
			return false;
	}
	return declared;
}

static unsigned check_needless_reads_of_row(struct bench *benches, const struct isa_row *row, const char *model,
					    struct random *random)
{
	unsigned wrong = 0;
	char name[32];

	for (unsigned i = 0; i < sizeof(effect_cells) / sizeof(*effect_cells); i++) {
		unsigned cell = effect_cells[i];

		/* A row of both cores may read FPSCR on the one that has it (mtmsr, rfi). */
		if ((cell == CELL_FPSCR && !strcmp(model, "e500v2")) || !reads_needlessly(benches, row, cell, random))
			continue;
		print_error("%s does not read %s\n", row->name, cells_name(cell, name, sizeof(name)));
		wrong++;
	}
	return wrong;
}

static void check_needless_reads(const char *model)
{
	struct bench benches[2] = { 0 };
	struct random random;
	unsigned wrong = 0;

	random_seed(&random, 9);
	for (unsigned i = 0; i < 2; i++)
		bench_create(&benches[i], model);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);

		if (isa_has(models_has(model), row->categories) && !((row->reads | row->writes) & LASTING))
			wrong += check_needless_reads_of_row(benches, row, model, &random);
	}
	for (unsigned i = 0; i < 2; i++)
		bench_destroy(&benches[i]);
	assert_int_equal(wrong, 0);
}

static void test_needless_reads_e500v2(void **state)
{
	check_needless_reads("e500v2");
}

static void test_needless_reads_e500mc(void **state)
{
	check_needless_reads("e500mc");
}

/* Registers whose number decides the privilege (SPR and PMR bit 5). */
static bool privilege_is_in_operand(const struct isa_row *row)
{
	return row == isa_row(ISA_mfspr) || row == isa_row(ISA_mtspr) || row == isa_row(ISA_mfpmr) ||
	       row == isa_row(ISA_mtpmr);
}

/* One run of a row with this MSR, in a core of its own: ESR and the vector taken, or 0. */
static uint32_t run_alone(const struct isa_row *row, const char *model, uint32_t msr, struct random *random,
			  uint32_t *esr)
{
	struct bench bench = { 0 };
	uint32_t word = isa_random_word(row, random), pc;

	bench_create(&bench, model);
	cells_randomize(&bench.before, random);
	bench.before.value[CELL_FPSCR] = bench.before.value[CELL_SPEFSCR] = 0;
	if (touches_memory(row))
		aim(&bench.before, row, word, random);
	bench_run(&bench, word, msr);
	pc = bench.result == EXEC_FAULT ? bench.core->pc : 0;
	*esr = bench.core->esr;
	bench_destroy(&bench);
	return pc;
}

/* Some words of a privileged row may be illegal on one core (tlbsx with RA on e500v2), which comes first. */
static bool is_refused(const struct isa_row *row, const char *model, struct random *random)
{
	uint32_t msr = MSR_FP | MSR_SPE | MSR_ME | MSR_UCLE | MSR_UBLE | MSR_PR, esr;

	for (unsigned i = 0; i < 8; i++) {
		if (run_alone(row, model, msr, random, &esr) == VECTOR(IVOR_PROGRAM) && esr == ESR_PPR)
			return true;
	}
	return false;
}

static void check_privilege(const char *model)
{
	struct random random;
	unsigned wrong = 0;

	random_seed(&random, 7);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);
		bool refused;

		if (!isa_has(models_has(model), row->categories) || privilege_is_in_operand(row))
			continue;
		refused = is_refused(row, model, &random);
		if (refused != !!(row->needs & ISA_NEED_SUPERVISOR)) {
			print_error("%s is %s in user mode\n", row->name, refused ? "refused" : "not refused");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_privilege_e500v2(void **state)
{
	check_privilege("e500v2");
}

static void test_privilege_e500mc(void **state)
{
	check_privilege("e500mc");
}

/* Rows of a unit that MSR switches off read MSR, others of the unit do not; off means unavailable. */
static void check_unit(const char *model, bool (*in_unit)(const struct isa_row *row), enum ivor ivor)
{
	struct random random;
	unsigned wrong = 0;
	uint32_t esr;

	random_seed(&random, 8);
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);
		bool unavailable;

		if (!isa_has(models_has(model), row->categories) || !in_unit(row))
			continue;
		unavailable = run_alone(row, model, MSR_ME, &random, &esr) == VECTOR(ivor);
		if (unavailable != !!(row->reads & ISA_EFFECT_MSR)) {
			print_error("%s is %s with its unit off\n", row->name,
				    unavailable ? "unavailable" : "available");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static bool in_spe(const struct isa_row *row)
{
	return row->value >> 26 == 4;
}

static bool in_fpu(const struct isa_row *row)
{
	unsigned opcd = row->value >> 26;

	return opcd == 59 || opcd == 63 || isa_operand(row->operands[0] ? row->operands[0] : 1)->kind == ISA_KIND_FPR;
}

static void test_spe_unavailable(void **state)
{
	check_unit("e500v2", in_spe, IVOR_SPE_UNAVAILABLE);
}

static void test_fpu_unavailable(void **state)
{
	check_unit("e500mc", in_fpu, IVOR_FP_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_effects_e500v2),
		cmocka_unit_test(test_effects_e500mc),
		cmocka_unit_test(test_needless_reads_e500v2),
		cmocka_unit_test(test_needless_reads_e500mc),
		cmocka_unit_test(test_privilege_e500v2),
		cmocka_unit_test(test_privilege_e500mc),
		cmocka_unit_test(test_spe_unavailable),
		cmocka_unit_test(test_fpu_unavailable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
