/*
 * The columns needs, flow and memory of the instruction table, each row run alone, against what Power ISA and the e500
 * manuals say by opcode and by mnemonic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/core/interrupt.h"
#include "sim/exec/exec_table.h"
#include "sim/isa/isa_random.h"
#include "tests/fixture/lone_core.h"

#define SEED 11
#define RUNS 200
#define UNITS (MSR_FP | MSR_SPE)
/* What a need or a translation depends on. */
#define CONTEXT (MSR_PR | MSR_FP | MSR_SPE | MSR_IS | MSR_DS)

struct bench {
	struct lone_core s;
	struct random random;
	struct op op;
	unsigned reported; /* bytes of loads and stores */
	unsigned mixed;    /* accesses that are not what the row says, or not one after the other */
	uint32_t next;
	bool store;
};

typedef void row_fn(struct bench *bench, const struct isa_row *row);

static unsigned bench_watched(void *opaque, int core, uint64_t ea, uint64_t pa)
{
	return MMU_WATCH_READ | MMU_WATCH_WRITE;
}

static void bench_accessed(void *opaque, struct core *core, const struct op *op, const struct core_access *access)
{
	struct bench *bench = opaque;

	bench->mixed += access->store != bench->store || (bench->reported && access->ea != bench->next);
	bench->reported += access->size;
	bench->next = access->ea + access->size;
}

static void bench_open(struct bench *bench, const char *model)
{
	lone_core_open_single(&bench->s, model);
	bench->s.core->l1csr[0] |= L1CSR_ENABLE; /* dcbz wants it */
	core_set_observer(bench->s.core, &(struct core_observer){ .opaque = bench, .accessed = bench_accessed });
	mmu_set_watcher(&bench->s.core->mmu, &(struct mmu_watcher){ bench, bench_watched });
}

/* One random word of the row with this MSR. Each register is an address in memory, a multiple of 8. */
static enum exec_result bench_run(struct bench *bench, const struct isa_row *row, uint32_t msr)
{
	struct core *core = bench->s.core;

	isa_decode(isa_random_word(row, &bench->random), core->model->categories, &bench->op);
	bench->op.fn = exec_table_function(core->model, &bench->op, NULL);
	bench->reported = bench->mixed = 0;
	bench->store = row->memory == ISA_MEMORY_STORE;
	for (unsigned n = 0; n < 32; n++)
		core->r[n] = random_u64(&bench->random) << 32 | (0x2000 + 8 * random_below(&bench->random, 64));
	core->lr = core->ctr = (uint32_t)random_u64(&bench->random);
	core_set_cr(core, (uint32_t)random_u64(&bench->random));
	core->spefscr = core->fpscr = core->esr = 0;
	core->insns++;
	core_set_msr(core, MSR_ME | msr);
	core->state = CORE_RUNNING;
	core->reserved = false;
	return lone_core_execute(&bench->s, &bench->op);
}

/* Every row of both models, a core of its own each. */
static void for_each_row(row_fn *check)
{
	static const char *const models[] = { "e500v2", "e500mc" };
	struct bench bench = { 0 };

	print_message("seed %d\n", SEED);
	random_seed(&bench.random, SEED);
	for (unsigned m = 0; m < 2; m++)
		for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
			const struct isa_row *row = isa_row(insn);

			if (!model_has(model_find(models[m]), row->categories))
				continue;
			bench_open(&bench, models[m]);
			check(&bench, row);
			lone_core_close(&bench.s);
		}
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

static bool ends_with(const char *name, const char *tail)
{
	size_t length = strlen(name), ending = strlen(tail);

	return length >= ending && !strcmp(name + length - ending, tail);
}

/* By external PID. */
static bool is_external(const struct isa_row *row)
{
	return ends_with(row->mnemonic, "epx") || ends_with(row->mnemonic, "icbiep") ||
	       (!strncmp(row->mnemonic, "dcb", 3) && ends_with(row->mnemonic, "ep"));
}

/* ---- Needs ---- */

/* Power ISA Book III-E, "privileged" in the instruction's description; EREF for the e500's own. */
static bool expect_supervisor(const struct isa_row *row)
{
	static const char *const names[] = {
		"mfmsr", "mtmsr", "wrtee", "wrteei", "rfi", "rfci", "rfmci", "rfdi", "rfgi", "msgsnd", "msgclr",
		"dcbi", "tlbre", "tlbwe", "tlbsx", "tlbivax", "tlbsync", "tlbilx", NULL,
	};

	return is_one_of(row->mnemonic, names) || is_external(row);
}

/* Opcodes of Book I, chapter 4: primary 48 to 55, 59, 63, and loads and stores under 31. */
static bool expect_fp(const struct isa_row *row)
{
	static const uint16_t extended[] = { 535, 567, 599, 631, 663, 695, 727, 759, 983, 607, 735, 803, 931 };
	unsigned opcd = row->value >> 26, xo = row->value >> 1 & 1023;

	for (unsigned i = 0; opcd == 31 && i < sizeof(extended) / sizeof(*extended); i++)
		if (extended[i] == xo)
			return true;
	return (opcd >= 48 && opcd <= 55) || opcd == 59 || opcd == 63;
}

/*
 * Opcode 4, but for brinc and for scalar single floating point (704 to 735), of which efscfd reads a high word
 * (EREF).
 */
static bool expect_spe(const struct isa_row *row)
{
	unsigned xo = row->value & 2047;

	return row->value >> 26 == 4 && xo != 527 && (xo < 704 || xo > 735 || xo == 719);
}

/* What came of a row whose needs are not all met, the first one unmet by Book III-E 7.8 (privileged, unavailable). */
static void check_refused(struct bench *bench, const struct isa_row *row, uint32_t msr)
{
	const struct core *core = bench->s.core;
	bool refused;

	bench_run(bench, row, msr);
	if (expect_supervisor(row) && msr & MSR_PR) {
		/* tlbsx and tlbilx have forms that are illegal first. */
		refused = lone_core_took(&bench->s, IVOR_PROGRAM) &&
			  (core->esr == ESR_PPR || (!strncmp(row->name, "tlb", 3) && core->esr == ESR_PIL));
	} else if (expect_fp(row) && !(msr & MSR_FP)) {
		refused = lone_core_took(&bench->s, IVOR_FP_UNAVAILABLE) && !bench->s.core->esr;
	} else if (expect_spe(row) && !(msr & MSR_SPE)) {
		refused = lone_core_took(&bench->s, IVOR_SPE_UNAVAILABLE) && bench->s.core->esr == ESR_SPV;
	} else {
		refused = !lone_core_took(&bench->s, IVOR_FP_UNAVAILABLE) &&
			  !lone_core_took(&bench->s, IVOR_SPE_UNAVAILABLE);
	}
	if (!refused)
		fail_msg("%s %08x with MSR %08x: pc %x, ESR %08x", row->name, bench->op.word, msr,
			 (unsigned)bench->s.core->pc, bench->s.core->esr);
}

static void check_needs(struct bench *bench, const struct isa_row *row)
{
	unsigned needs = (expect_supervisor(row) ? ISA_NEED_SUPERVISOR : 0u) | (expect_fp(row) ? ISA_NEED_FP : 0u) |
			 (expect_spe(row) ? ISA_NEED_SPE : 0u);

	if (row->needs != needs)
		fail_msg("%s needs %x, not %x", row->name, needs, row->needs);
	for (unsigned i = 0; i < 32; i++)
		check_refused(bench, row, (i & 1 ? MSR_PR : 0u) | (i & 2 ? UNITS : 0u));
}

static void test_needs(void **state)
{
	for_each_row(check_needs);
}

/* ---- Flow ---- */

/* What an engine relies on: see enum isa_flow and isa_need. */
static bool flow_holds(const struct bench *bench, const struct isa_row *row, enum exec_result result, uint32_t msr)
{
	const struct core *core = bench->s.core;
	bool vector = core->pc >= LONE_SINGLE_VECTORS && core->pc < LONE_SINGLE_VECTORS + 16 * 64;

	if (result == EXEC_NEXT)
		return !isa_ends_flow(&bench->op) && core->pc == LONE_SINGLE_EA && !((core->msr ^ msr) & CONTEXT);
	if (result == EXEC_FAULT)
		return row->flow != ISA_FLOW_BRANCH && vector;
	switch (row->flow) {
	case ISA_FLOW_NEXT:
		return vector; /* the round interrupt of embedded floating point comes after its instruction */
	case ISA_FLOW_CONTEXT:
		return vector || core->pc == LONE_SINGLE_EA + 4;
	default:
		return true;
	}
}

static void check_flow(struct bench *bench, const struct isa_row *row)
{
	for (unsigned i = 0; i < RUNS; i++) {
		uint32_t msr = MSR_ME | (model_has(bench->s.core->model, ISA_CATEGORY_SP) ? MSR_SPE : MSR_FP) |
			       (i & 1 ? MSR_PR : 0u);
		enum exec_result result = bench_run(bench, row, msr);

		if (!flow_holds(bench, row, result, msr))
			fail_msg("%s %08x: result %d, pc %x, MSR %08x", row->name, bench->op.word, result,
				 (unsigned)bench->s.core->pc, (unsigned)bench->s.core->msr);
	}
}

static void test_flow(void **state)
{
	for_each_row(check_flow);
}

/* ---- Memory ---- */

static unsigned expect_bytes(const struct bench *bench, const struct isa_row *row)
{
	if (!strcmp(row->name, "lmw") || !strcmp(row->name, "stmw"))
		return (32u - bench->op.t) * row->memory_size;
	if (!strcmp(row->name, "stwcx_rc"))
		return 0;
	if (!strncmp(row->name, "dcbz", 4))
		return bench->s.core->model->cache_line;
	return row->memory == ISA_MEMORY_LOAD || row->memory == ISA_MEMORY_STORE ? row->memory_size : 0;
}

/* Just the bytes of the row are loaded or stored, one after the other. Without a reservation stwcx. stores none. */
static void check_bytes(struct bench *bench, const struct isa_row *row)
{
	unsigned completed = 0;

	for (unsigned i = 0; i < RUNS; i++) {
		if (bench_run(bench, row, UNITS) == EXEC_FAULT)
			continue;
		completed++;
		if (bench->mixed || bench->reported != expect_bytes(bench, row))
			fail_msg("%s %08x: %u bytes, %u accesses of another kind", row->name, bench->op.word,
				 bench->reported, bench->mixed);
	}
	if (!completed && expect_bytes(bench, row))
		fail_msg("%s never ran to its end", row->name);
}

static void test_bytes(void **state)
{
	for_each_row(check_bytes);
}

/* What the DTLB interrupt of an access tells (Book III-E, ESR; E500CORERM 2.7.1.6): stores by name, units by opcode. */
static uint32_t expect_esr(const struct isa_row *row)
{
	static const char *const stores[] = { "dcbi", "dcbtstls", "dsn", NULL };
	const char *name = row->mnemonic;
	bool store = !strncmp(name, "st", 2) || !strncmp(name, "evst", 4) || !strncmp(name, "dcbz", 4) ||
		     is_one_of(name, stores);

	return (store ? ESR_ST : 0u) | (is_external(row) ? ESR_EPID : 0u) | (expect_fp(row) ? ESR_FP : 0u) |
	       (row->value >> 26 == 4 ? ESR_SPV : 0u);
}

/* With nothing mapped, what goes to memory has a TLB miss, and nothing else has. */
static void check_miss(struct bench *bench, const struct isa_row *row)
{
	bool faults = row->memory != ISA_MEMORY_NONE && row->memory != ISA_MEMORY_TOUCH;
	uint32_t esr = expect_esr(row);
	struct core *core = bench->s.core;

	mmu_set_tlb1(&core->mmu, 0, &(struct mmu_entry){ 0 });
	for (unsigned i = 0; i < 8; i++) {
		bench_run(bench, row, UNITS);
		if (lone_core_took(&bench->s, IVOR_DTLB) != faults || (faults && core->esr != esr))
			fail_msg("%s %08x: pc %x, ESR %08x, not %08x", row->name, bench->op.word, (unsigned)core->pc,
				 core->esr, esr);
	}
}

static void test_misses(void **state)
{
	for_each_row(check_miss);
}

/* ---- A block ---- */

/* Ops after the first one with a need do not look again: the first of each run of the block must. */
static void test_granted(void **state)
{
	struct lone_core s;
	struct op ops[3];
	unsigned granted = 0;

	lone_core_open_single(&s, "e500mc");
	ops[0] = lone_core_decode(&s, "fmr f1,f2");
	ops[1] = lone_core_decode(&s, "fmr f2,f3");
	ops[2] = lone_core_decode(&s, "mfmsr r3");
	for (unsigned n = 0; n < 3; n++)
		ops[n].fn = exec_table_function(s.core->model, &ops[n], &granted);
	assert_int_equal(granted, ISA_NEED_FP | ISA_NEED_SUPERVISOR);
	assert_ptr_not_equal(ops[0].fn, exec_table[ISA_fmr]);
	assert_ptr_equal(ops[1].fn, exec_table[ISA_fmr]);
	assert_ptr_not_equal(ops[2].fn, exec_table[ISA_mfmsr]);
	core_set_msr(s.core, 0);
	assert_int_equal(lone_core_execute(&s, &ops[0]), EXEC_FAULT);
	core_set_msr(s.core, MSR_FP);
	assert_int_equal(lone_core_execute(&s, &ops[0]), EXEC_NEXT);
	lone_core_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_misses),
		cmocka_unit_test(test_granted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
