/*
 * sim/core/interrupt.c and doorbell.c: vectors, save registers, MSR kept and
 * cleared by class, ESR and DEAR, priorities, gating. Expected values are from
 * E500CORERM chapter 5 and Power ISA Book III-E chapter 7.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/run.h"
#include "sim/core/doorbell.h"
#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

#define ALL_MSR UINT32_MAX
#define VECTOR(ivor) (0x10000u + (ivor) * 0x100u)
/* What no unmapped data access may hit: above the 256 MiB that are mapped. */
#define UNMAPPED 0x20000000
#define IN_LI_R3_UNMAPPED "addis r3,0,0x2000"

enum save { SRR, CSRR, DSRR, MCSRR };

static const uint64_t *saved(const struct core *core, enum save save)
{
	return save == SRR ? core->srr : save == CSRR ? core->csrr : save == DSRR ? core->dsrr : core->mcsrr;
}

/* ---- Asynchronous ---- */

struct source {
	enum core_cause cause;
	unsigned ivor;
	uint32_t gate;
	enum save save;
	uint32_t kept;
};

/* Highest priority first (E500CORERM 5.10.2). MSR bits kept: 5.7.1 to 5.7.18. */
static const struct source e500v2_sources[] = {
	{ CAUSE_MACHINE_CHECK, 1, 0x1000, MCSRR, 0 },
	{ CAUSE_DEBUG, 15, 0x200, CSRR, 0x1000 },
	{ CAUSE_CRITICAL, 0, 0x20000, CSRR, 0x1000 },
	{ CAUSE_WATCHDOG, 12, 0x20000, CSRR, 0x1000 },
	{ CAUSE_EXTERNAL, 4, 0x8000, SRR, 0x21200 },
	{ CAUSE_FIT, 11, 0x8000, SRR, 0x21200 },
	{ CAUSE_DECREMENTER, 10, 0x8000, SRR, 0x21200 },
	{ CAUSE_PERFORMANCE_MONITOR, 35, 0x8000, SRR, 0x21200 },
};

/* With the enhanced debug category: DSRR, MSR[DE] outlives critical interrupts; and MSR[RI]. */
static const struct source e500mc_sources[] = {
	{ CAUSE_MACHINE_CHECK, 1, 0x1000, MCSRR, 0 },
	{ CAUSE_DEBUG, 15, 0x200, DSRR, 0x1002 },
	{ CAUSE_CRITICAL, 0, 0x20000, CSRR, 0x1202 },
	{ CAUSE_WATCHDOG, 12, 0x20000, CSRR, 0x1202 },
	{ CAUSE_CRITICAL_DOORBELL, 37, 0x20000, CSRR, 0x1202 },
	{ CAUSE_EXTERNAL, 4, 0x8000, SRR, 0x21202 },
	{ CAUSE_FIT, 11, 0x8000, SRR, 0x21202 },
	{ CAUSE_DECREMENTER, 10, 0x8000, SRR, 0x21202 },
	{ CAUSE_DOORBELL, 36, 0x8000, SRR, 0x21202 },
	{ CAUSE_PERFORMANCE_MONITOR, 35, 0x8000, SRR, 0x21202 },
};

#define N_E500V2 (sizeof e500v2_sources / sizeof e500v2_sources[0])
#define N_E500MC (sizeof e500mc_sources / sizeof e500mc_sources[0])

static void check_source(const char *model, const struct source *source, uint32_t also_pending)
{
	struct lone_core lone;
	struct core *core;
	uint32_t msr;

	lone_core_open(&lone, model, 0, 0);
	core = lone.core;
	core->hid0 |= HID0_EMCP;
	core_set_msr(core, ALL_MSR);
	msr = core->msr;
	atomic_store(&core->pending, source->cause | also_pending);
	assert_true(interrupt_due(core));
	assert_true(interrupt_take_due(core));
	assert_int_equal(core->pc, VECTOR(source->ivor));
	assert_int_equal(core->msr, source->kept);
	assert_int_equal(saved(core, source->save)[0], 0x1000);
	assert_int_equal(saved(core, source->save)[1], msr);
	for (enum save other = SRR; other <= MCSRR; other++)
		if (other != source->save)
			assert_int_equal(saved(core, other)[1], 0);
	lone_core_close(&lone);
}

/* Each alone, and together with all that it outranks. */
static void check_sources(const char *model, const struct source *sources, size_t n)
{
	uint32_t lower = 0;

	for (size_t i = n; i-- > 0;) {
		check_source(model, &sources[i], 0);
		check_source(model, &sources[i], lower);
		lower |= sources[i].cause;
	}
}

static void test_sources(void **state)
{
	check_sources("e500v2", e500v2_sources, N_E500V2);
	check_sources("e500mc", e500mc_sources, N_E500MC);
}

/* All MSR bits but its own: not due. Its own alone: due. */
static void check_gate(const char *model, const struct source *source)
{
	struct lone_core lone;

	lone_core_open(&lone, model, 0, 0);
	lone.core->hid0 |= HID0_EMCP;
	core_set_msr(lone.core, ALL_MSR & ~source->gate);
	atomic_store(&lone.core->pending, source->cause);
	assert_false(interrupt_due(lone.core));
	assert_false(interrupt_take_due(lone.core));
	core_set_msr(lone.core, source->gate);
	assert_true(interrupt_due(lone.core));
	lone_core_close(&lone);
}

static void test_gates(void **state)
{
	for (size_t i = 1; i < N_E500V2; i++)
		check_gate("e500v2", &e500v2_sources[i]);
	for (size_t i = 0; i < N_E500MC; i++)
		check_gate("e500mc", &e500mc_sources[i]);
}

/* The input is nothing while HID0[EMCP] is 0; with it and MSR[ME] = 0 e500v2 checkstops. */
static void test_machine_check_input(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	interrupt_set_cause(lone.core, CAUSE_MACHINE_CHECK, true, 0);
	assert_false(interrupt_due(lone.core));
	lone_core_set_spr(&lone, "HID0", HID0_EMCP | HID0_TBEN);
	assert_true(interrupt_take_due(lone.core));
	assert_int_equal(lone.core->state, CORE_CHECKSTOPPED);
	assert_int_equal(lone.core->mcsr, 0x80000000);
	assert_false(interrupt_due(lone.core));
	lone_core_close(&lone);
}

static uint32_t give_vector(void *opaque, struct core *core, bool critical, int64_t now)
{
	int *calls = opaque;

	++*calls;
	interrupt_set_cause(core, critical ? CAUSE_CRITICAL : CAUSE_EXTERNAL, false, now);
	return 0x2a + critical;
}

/* External proxy: the vector is fetched at delivery, once, and stands in EPR. */
static void test_external_proxy(void **state)
{
	struct lone_core lone;
	int calls = 0;

	lone_core_open(&lone, "e500mc", 0, 0);
	core_set_controller(lone.core, &(struct core_controller){ &calls, give_vector });
	interrupt_set_cause(lone.core, CAUSE_EXTERNAL, true, 0);
	assert_int_equal(calls, 0);
	core_set_msr(lone.core, MSR_EE);
	assert_true(interrupt_take_due(lone.core));
	assert_int_equal(calls, 1);
	assert_int_equal(lone_core_spr(&lone, "EPR"), 0x2a);
	core_set_msr(lone.core, MSR_EE);
	assert_false(interrupt_take_due(lone.core));
	lone_core_close(&lone);
}

/* ---- Doorbells ---- */

static void test_doorbells(void **state)
{
	static const struct {
		uint32_t message, pending;
	} cases[] = {
		{ 0x00000005, CAUSE_DOORBELL },          /* PIR 5 */
		{ 0x00000004, 0 },
		{ 0x04000000, CAUSE_DOORBELL },          /* everybody */
		{ 0x08000005, CAUSE_CRITICAL_DOORBELL },
		{ 0x0c000000, CAUSE_CRITICAL_DOORBELL },
		{ 0x00004005, 0 },                       /* of partition 1 */
		{ 0x10000005, 0 },                       /* guest's */
	};
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_set_spr(&lone, "PIR", 5);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(doorbell_receive(lone.core, cases[i].message, 0), cases[i].pending != 0);
		assert_int_equal(atomic_load(&lone.core->pending), cases[i].pending);
		doorbell_clear(lone.core, cases[i].message);
		assert_int_equal(atomic_load(&lone.core->pending), 0);
	}
	/* A delivered message is used up. */
	doorbell_receive(lone.core, 5, 0);
	core_set_msr(lone.core, MSR_EE);
	assert_true(interrupt_take_due(lone.core));
	assert_int_equal(atomic_load(&lone.core->pending), 0);
	lone_core_close(&lone);
}

static void test_msgsnd_to_itself(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, "addi r3,0,0\nmsgsnd r3\nori r0,r0,0");
	lone_core_program(&lone, VECTOR(36), "ori r0,r0,0");
	core_set_msr(lone.core, MSR_EE);
	lone_core_steps(&lone, 3);
	assert_int_equal(lone.core->srr[0], 0x1008);
	assert_int_equal(lone.core->pc, VECTOR(36) + 4);
	lone_core_close(&lone);
}

/* ---- Synchronous ---- */

/* Runs the program with MSR `msr` until it faults; at most 8 instructions. */
static void run_to_vector(struct lone_core *lone, const char *model, uint32_t msr, const char *program, unsigned ivor)
{
	lone_core_open(lone, model, 0, 0);
	lone_core_program(lone, 0x1000, program);
	lone_core_program(lone, VECTOR(ivor), "b 0x0");
	core_set_msr(lone->core, msr);
	for (int i = 0; i < 8 && lone->core->pc != VECTOR(ivor); i++) {
		lone->core->slice_end = lone->core->insns + 1;
		run_core(lone->core);
		if (lone->core->pc == 0)
			break; /* the instruction at the vector ran already */
	}
}

/* `at`: SRR0. EE and PR are on; kept is CE | ME | DE of those. */
static void check_fault(const char *model, const char *program, unsigned ivor, uint32_t at, uint32_t esr, uint32_t dear)
{
	struct lone_core lone;
	uint32_t msr = MSR_EE | MSR_CE | MSR_ME | MSR_DE | MSR_SPE;

	run_to_vector(&lone, model, msr, program, ivor);
	assert_int_equal(lone.core->srr[0], at);
	assert_int_equal(lone.core->srr[1], msr & lone.core->model->msr_mask);
	assert_int_equal(lone.core->msr, MSR_CE | MSR_ME | MSR_DE);
	assert_int_equal(lone.core->esr, esr);
	assert_int_equal(lone.core->dear, dear);
	lone_core_close(&lone);
}

static void test_system_call(void **state)
{
	check_fault("e500v2", "ori r0,r0,0\nsc 0", 8, 0x1008, 0, 0);
	check_fault("e500mc", "sc 0", 8, 0x1004, 0, 0);
	check_fault("e500mc", "sc 1", 40, 0x1004, 0, 0); /* the hypervisor's */
}

static void test_program(void **state)
{
	check_fault("e500v2", "tw 31,r0,r0", 6, 0x1000, ESR_PTR, 0);
	check_fault("e500v2", "ori r0,r0,0\ntwi 4,r0,0", 6, 0x1004, ESR_PTR, 0);
	check_fault("e500mc", "dnh 0,0", 6, 0x1000, ESR_PIL, 0);
	check_fault("e500mc", "mfspr r3,512", 6, 0x1000, ESR_PIL, 0); /* SPEFSCR: not there */
}

static void test_data_tlb_error(void **state)
{
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nlwz r4,8(r3)", 13, 0x1004, 0, UNMAPPED + 8);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nstw r4,8(r3)", 13, 0x1004, ESR_ST, UNMAPPED + 8);
}

/* The bits that tell what kind of instruction it was. */
static void test_access_kinds(void **state)
{
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nevldd r4,8(r3)", 13, 0x1004, ESR_SPV, UNMAPPED + 8);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nevstdd r4,8(r3)", 13, 0x1004, ESR_ST | ESR_SPV, UNMAPPED + 8);
	check_fault("e500mc", IN_LI_R3_UNMAPPED "\nlwepx r4,0,r3", 13, 0x1004, ESR_EPID, UNMAPPED);
	check_fault("e500mc", IN_LI_R3_UNMAPPED "\nstwepx r4,0,r3", 13, 0x1004, ESR_ST | ESR_EPID, UNMAPPED);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\ndcbz 0,r3", 13, 0x1004, ESR_ST, UNMAPPED);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\ndcbf 0,r3", 13, 0x1004, 0, UNMAPPED);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\ndcbi 0,r3", 13, 0x1004, ESR_ST, UNMAPPED);
}

static void test_alignment(void **state)
{
	check_fault("e500v2", "addi r3,0,0x2002\nlmw r29,0(r3)", 5, 0x1004, 0, 0x2002);
	check_fault("e500v2", "addi r3,0,0x2002\nstmw r29,0(r3)", 5, 0x1004, ESR_ST, 0x2002);
	check_fault("e500v2", "addi r3,0,0x2002\nlwarx r4,0,r3,0", 5, 0x1004, 0, 0x2002);
	check_fault("e500v2", "addi r3,0,0x2002\nstwcx. r4,0,r3", 5, 0x1004, ESR_ST, 0x2002);
}

#define PAGE 0x20000000u
#define PLAIN 0
#define NO_INTERRUPT 64

/*
 * One instruction with r3 at the end of a page with the given WIMGE, next to a
 * little-endian one. The data cache is on.
 */
static void check_page(const char *model, uint8_t wimge, const char *access, unsigned ivor, uint32_t esr, uint32_t dear)
{
	struct lone_core lone;

	lone_core_open(&lone, model, 0, 0);
	mmu_set_tlb1(&lone.core->mmu, 1, &(struct mmu_entry){
		.epn = PAGE, .rpn = 0x3000, .size = 1, .valid = true, .wimge = wimge, .permissions = 0x3f });
	mmu_set_tlb1(&lone.core->mmu, 2, &(struct mmu_entry){
		.epn = PAGE + 0x1000, .rpn = 0x4000, .size = 1, .valid = true, .wimge = MMU_E, .permissions = 0x3f });
	lone_core_set_spr(&lone, "L1CSR0", L1CSR_ENABLE);
	core_set_msr(lone.core, MSR_SPE);
	lone_core_program(&lone, 0x1000, access);
	lone_core_program(&lone, VECTOR(ivor & 15), "ori r0,r0,0");
	lone.core->r[3] = PAGE + 0xfe0;
	lone_core_steps(&lone, 1);
	if (ivor == NO_INTERRUPT) {
		assert_int_equal(lone.core->pc, 0x1004);
	} else {
		assert_int_equal(lone.core->pc, VECTOR(ivor) + 4);
		assert_int_equal(lone.core->srr[0], 0x1000);
		assert_int_equal(lone.core->esr, esr);
		assert_int_equal(lone.core->dear, dear);
	}
	lone_core_close(&lone);
}

/* A line is zeroed in the cache or not at all (E500CORERM table 3-26). */
static void test_zero_needs_cache(void **state)
{
	static const char *const e500mc[] = { "dcbz 0,r3", "dcbzl 0,r3", "dcbzep 0,r3", "dcbzlep 0,r3" };

	check_page("e500v2", PLAIN, "dcbz 0,r3", NO_INTERRUPT, 0, 0);
	check_page("e500v2", MMU_W, "dcbz 0,r3", 5, ESR_ST, PAGE + 0xfe0);
	check_page("e500v2", MMU_I, "dcbz 0,r3", 5, ESR_ST, PAGE + 0xfe0);
	check_page("e500v2", MMU_I, "dcba 0,r3", NO_INTERRUPT, 0, 0);
	for (size_t i = 0; i < sizeof e500mc / sizeof *e500mc; i++) {
		check_page("e500mc", PLAIN, e500mc[i], NO_INTERRUPT, 0, 0);
		check_page("e500mc", MMU_W, e500mc[i], 5, ESR_ST | (i > 1 ? ESR_EPID : 0), PAGE + 0xfc0);
		check_page("e500mc", MMU_I, e500mc[i], 5, ESR_ST | (i > 1 ? ESR_EPID : 0), PAGE + 0xfc0);
	}
	check_fault("e500v2", "addi r3,0,0x2010\ndcbz 0,r3", 5, 0x1004, ESR_ST, 0x2000); /* L1CSR0[CE] is 0 */
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\ndcbz 0,r3", 13, 0x1004, ESR_ST, UNMAPPED);
}

/* Write-through pages take no reservations, caching-inhibited ones do (E500CORERM 3.3.1.7, table 5-6). */
static void test_reservation_needs_write_back(void **state)
{
	static const char *const models[] = { "e500v2", "e500mc" };

	for (size_t i = 0; i < 2; i++) {
		check_page(models[i], MMU_W, "lwarx r4,0,r3,0", 2, 0, PAGE + 0xfe0);
		check_page(models[i], MMU_W, "stwcx. r4,0,r3", 2, ESR_ST, PAGE + 0xfe0);
		check_page(models[i], PLAIN, "lwarx r4,0,r3,0", NO_INTERRUPT, 0, 0);
	}
	check_page("e500v2", MMU_I, "lwarx r4,0,r3,0", NO_INTERRUPT, 0, 0);
	check_page("e500v2", MMU_I, "stwcx. r4,0,r3", NO_INTERRUPT, 0, 0);
}

/* An access that would change its byte order half way (E500CORERM table 5-11). */
static void test_byte_order(void **state)
{
	check_page("e500v2", PLAIN, "lwz r4,30(r3)", 2, ESR_BO, PAGE + 0x1000);
	check_page("e500mc", PLAIN, "sth r4,31(r3)", 2, ESR_BO | ESR_ST, PAGE + 0x1000);
	check_page("e500v2", MMU_E, "lwz r4,30(r3)", NO_INTERRUPT, 0, 0);
	check_page("e500v2", PLAIN, "lwz r4,28(r3)", NO_INTERRUPT, 0, 0);
	check_page("e500v2", PLAIN, "lwz r4,32(r3)", NO_INTERRUPT, 0, 0);
}

/* The TLB and the protection come first (E500CORERM 5.11.1). */
static void test_alignment_is_last(void **state)
{
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nlmw r29,2(r3)", 13, 0x1004, 0, UNMAPPED + 2);
	check_fault("e500v2", IN_LI_R3_UNMAPPED "\nstmw r29,2(r3)", 13, 0x1004, ESR_ST, UNMAPPED + 2);
	check_fault("e500v2", "addis r3,0,0x2000\nori r3,r3,2\nlwarx r4,0,r3,0", 13, 0x1008, 0, UNMAPPED + 2);
	check_fault("e500v2", "addis r3,0,0x2000\nori r3,r3,2\nstwcx. r4,0,r3", 13, 0x1008, ESR_ST, UNMAPPED + 2);
	check_fault("e500v2", "addis r3,0,0x2000\nori r3,r3,4\nevldd r4,0(r3)", 13, 0x1008, ESR_SPV, UNMAPPED + 4);
}

/* MSR[SPE] and MSR[FP] are 0. */
static void test_unavailable(void **state)
{
	struct lone_core lone;

	run_to_vector(&lone, "e500v2", 0, "evaddw r3,r4,r5", 32);
	assert_int_equal(lone.core->srr[0], 0x1000);
	assert_int_equal(lone.core->esr, ESR_SPV);
	lone_core_close(&lone);
	run_to_vector(&lone, "e500mc", 0, "fadd f3,f4,f5", 7);
	assert_int_equal(lone.core->srr[0], 0x1000);
	assert_int_equal(lone.core->esr, 0);
	lone_core_close(&lone);
}

static void test_hypervisor_privilege(void **state)
{
	struct lone_core lone;

	run_to_vector(&lone, "e500mc", 0, "ehpriv 0", 41);
	assert_int_equal(lone.core->srr[0], 0x1000);
	lone_core_close(&lone);
}

/* A fetch from nowhere: ITLB error at the address itself; ESR stays. */
static void test_instruction_tlb_error(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, VECTOR(14), "ori r0,r0,0");
	lone.core->esr = ESR_PTR;
	lone.core->pc = UNMAPPED;
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], UNMAPPED);
	assert_int_equal(lone.core->pc, VECTOR(14) + 4);
	assert_int_equal(lone.core->esr, ESR_PTR);
	lone_core_close(&lone);
}

/* No execute permission: ISI, which clears ESR. No user permission to load: DSI. */
static void test_storage_interrupts(void **state)
{
	struct mmu_entry data_only = { .epn = UNMAPPED, .size = 1, .valid = true, .permissions = 0xf & ~2 };
	struct lone_core lone;

	data_only.rpn = 0x4000;
	lone_core_open(&lone, "e500v2", 0, 0);
	mmu_set_tlb1(&lone.core->mmu, 1, &data_only);
	lone_core_program(&lone, VECTOR(3), "ori r0,r0,0");
	lone.core->esr = ESR_PTR;
	lone.core->pc = UNMAPPED;
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], UNMAPPED);
	assert_int_equal(lone.core->esr, 0);
	lone.core->pc = 0x1000;
	core_set_msr(lone.core, MSR_PR);
	lone_core_program(&lone, 0x1000, "addis r3,0,0x2000\nlbz r4,5(r3)");
	lone_core_program(&lone, VECTOR(2), "ori r0,r0,0");
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->srr[0], 0x1004);
	assert_int_equal(lone.core->dear, UNMAPPED + 5);
	assert_int_equal(lone.core->pc, VECTOR(2) + 4);
	lone_core_close(&lone);
}

/* User mode without MSR[UCLE] may lock no line: DSI, with DLK or ILK. */
static void test_cache_locking(void **state)
{
	static const struct {
		const char *text;
		uint32_t esr;
	} cases[] = {
		{ "dcbtls 0,0,r3", ESR_DLK }, { "dcbtstls 0,0,r3", ESR_DLK | ESR_ST }, { "dcblc 0,0,r3", ESR_DLK },
		{ "icbtls 0,0,r3", ESR_ILK }, { "icblc 0,0,r3", ESR_ILK },
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		run_to_vector(&lone, "e500v2", MSR_PR, cases[i].text, 2);
		assert_int_equal(lone.core->esr, cases[i].esr);
		assert_int_equal(lone.core->srr[0], 0x1000);
		lone_core_close(&lone);
		lone_core_open(&lone, "e500v2", 0, 0);
		lone_core_program(&lone, 0x1000, cases[i].text);
		core_set_msr(lone.core, MSR_PR | MSR_UCLE);
		lone_core_steps(&lone, 1);
		assert_int_equal(lone.core->pc, 0x1004);
		lone_core_close(&lone);
	}
}

/* ---- Machine checks ---- */

/* 16 MiB: translated, but there is nothing. */
#define NOTHING 0x01000000
#define LOAD_NOTHING "addis r3,0,0x100\nlwz r4,4(r3)\nori r0,r0,0"
#define STORE_NOTHING "addis r3,0,0x100\nstw r4,4(r3)\nori r0,r0,0"

static void test_bus_error_e500v2(void **state)
{
	struct lone_core lone;

	/* HID1[RFXE] = 0: no report; the load reads zero. */
	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, LOAD_NOTHING);
	lone.core->r[4] = 7;
	lone_core_steps(&lone, 3);
	assert_int_equal(lone.core->pc, 0x100c);
	assert_int_equal(lone.core->r[4], 0);
	assert_int_equal(lone.core->mcsr, 0);
	lone_core_close(&lone);
	/* With it, a machine check by BUS_RBERR. */
	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, LOAD_NOTHING);
	lone_core_program(&lone, VECTOR(1), "ori r0,r0,0");
	lone_core_set_spr(&lone, "HID1", HID1_RFXE);
	core_set_msr(lone.core, MSR_ME | MSR_EE | MSR_CE | MSR_DE);
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->pc, VECTOR(1) + 4);
	assert_int_equal(lone.core->mcsrr[0], 0x1004);
	assert_int_equal(lone.core->mcsrr[1], MSR_ME | MSR_EE | MSR_CE | MSR_DE);
	assert_int_equal(lone.core->msr, 0);
	assert_int_equal(lone.core->mcsr, 0x8);
	assert_int_equal(lone_core_spr(&lone, "MCAR"), NOTHING + 4);
	lone_core_close(&lone);
	/* A store is posted, and lost. */
	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, STORE_NOTHING);
	lone_core_set_spr(&lone, "HID1", HID1_RFXE);
	lone_core_steps(&lone, 3);
	assert_int_equal(lone.core->pc, 0x100c);
	lone_core_close(&lone);
}

static void test_bus_error_e500mc(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, LOAD_NOTHING);
	lone_core_program(&lone, VECTOR(1), "ori r0,r0,0");
	core_set_msr(lone.core, MSR_ME);
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->mcsr, 0x00088000); /* MAV, LD */
	assert_int_equal(lone.core->mcsrr[0], 0x1004);
	lone_core_set_spr(&lone, "MCSR", 0x00008000);
	assert_int_equal(lone_core_spr(&lone, "MCSR"), 0x00080000); /* write one to clear */
	lone.core->pc = 0x1000;
	lone_core_program(&lone, 0x1000, STORE_NOTHING);
	core_set_msr(lone.core, MSR_ME);
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->mcsr, 0x00084000); /* MAV, ST */
	lone_core_close(&lone);
}

/* MSR[ME] = 0: the core stops for good, and says so in the log. */
static void test_checkstop(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, LOAD_NOTHING);
	lone_core_run_until(&lone, 1000);
	assert_int_equal(lone.core->state, CORE_CHECKSTOPPED);
	assert_int_equal(lone.core->pc, 0x1004);
	assert_int_equal(lone.core->insns, 1);
	assert_int_equal(atomic_load(&lone.log.count[LOG_GUEST_ERROR]), 1);
	core_set_msr(lone.core, MSR_EE);
	interrupt_set_cause(lone.core, CAUSE_EXTERNAL, true, 2000);
	assert_int_equal(lone.core->state, CORE_CHECKSTOPPED);
	lone_core_close(&lone);
}

/* ---- Return and MSR ---- */

static void test_returns(void **state)
{
	static const struct {
		const char *text, *pc, *msr;
	} cases[] = {
		{ "rfi", "SRR0", "SRR1" }, { "rfci", "CSRR0", "CSRR1" }, { "rfdi", "DSRR0", "DSRR1" },
		{ "rfmci", "MCSRR0", "MCSRR1" },
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		lone_core_open(&lone, "e500mc", 0, 0);
		lone_core_program(&lone, 0x1000, cases[i].text);
		lone_core_set_spr(&lone, cases[i].pc, 0x3000);
		lone_core_set_spr(&lone, cases[i].msr, 0xffffffff);
		lone_core_steps(&lone, 1);
		assert_int_equal(lone.core->pc, 0x3000);
		assert_int_equal(lone.core->msr, 0x1402fb36); /* what e500mc implements */
		lone_core_close(&lone);
		run_to_vector(&lone, "e500mc", MSR_PR, cases[i].text, 6);
		assert_int_equal(lone.core->esr, ESR_PPR);
		lone_core_close(&lone);
	}
}

/* FPSCR[FEX] is set and MSR[FE0,FE1] come on: the program interrupt comes before the next instruction. */
static void test_deferred_fp_exception(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, "addi r3,0,0x900\nmtmsr r3\nori r0,r0,0");
	lone_core_program(&lone, VECTOR(6), "ori r0,r0,0");
	lone.core->fpscr = 0x40000000;
	lone_core_steps(&lone, 3);
	assert_int_equal(lone.core->srr[0], 0x1008);
	assert_int_equal(lone.core->srr[1], 0x900);
	assert_int_equal(lone.core->esr, ESR_FP);
	assert_int_equal(lone.core->pc, VECTOR(6) + 4);
	lone_core_close(&lone);
}

/* MSR[WE] with HID0[DOZE]: the core stands behind mtmsr until an interrupt, whose SRR1 has WE. */
static void test_doze(void **state)
{
	struct lone_core lone;
	uint32_t msr = MSR_WE | MSR_EE;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, "mtmsr r3\nori r0,r0,0");
	lone_core_program(&lone, VECTOR(4), "ori r0,r0,0");
	lone.core->r[3] = msr;
	lone_core_set_spr(&lone, "HID0", HID0_DOZE | HID0_TBEN);
	lone_core_run_until(&lone, 1000);
	assert_int_equal(lone.core->state, CORE_DOZING);
	assert_int_equal(lone.core->insns, 1);
	interrupt_set_cause(lone.core, CAUSE_EXTERNAL, true, 5000);
	assert_int_equal(lone.core->state, CORE_RUNNING);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], 0x1004);
	assert_int_equal(lone.core->srr[1], msr);
	assert_int_equal(lone.core->msr, 0);
	lone_core_close(&lone);
	/* Without HID0 the bit does nothing. */
	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, "mtmsr r3\nori r0,r0,0");
	lone.core->r[3] = msr;
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->state, CORE_RUNNING);
	lone_core_close(&lone);
}

/* A branch to itself with interrupts enabled stands still; with all of them off it runs. */
static void test_branch_to_itself(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 400000000, 0);
	lone_core_program(&lone, 0x1000, "b 0x1000");
	lone_core_run_until(&lone, 1000);
	assert_int_equal(lone.core->state, CORE_RUNNING);
	assert_int_equal(lone.core->insns, 400);
	core_set_msr(lone.core, MSR_CE);
	lone_core_run_until(&lone, 2000);
	assert_int_equal(lone.core->state, CORE_LOOPING);
	assert_int_equal(lone.core->insns, 401);
	interrupt_set_cause(lone.core, CAUSE_CRITICAL, true, 3000);
	lone_core_program(&lone, VECTOR(0), "ori r0,r0,0");
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->csrr[0], 0x1000);
	assert_int_equal(core_now(lone.core, NULL), 3002);
	lone_core_close(&lone);
}

/* wrteei 1 lets a waiting interrupt in before the next instruction. */
static void test_wrteei(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x1000, "wrteei 1\nwrteei 0\nwrteei 1\nori r0,r0,0");
	lone_core_program(&lone, VECTOR(4), "ori r0,r0,0");
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->msr, 0);
	interrupt_set_cause(lone.core, CAUSE_EXTERNAL, true, 0);
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->srr[0], 0x100c);
	assert_int_equal(lone.core->pc, VECTOR(4) + 4);
	lone_core_close(&lone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_gates),
		cmocka_unit_test(test_machine_check_input),
		cmocka_unit_test(test_external_proxy),
		cmocka_unit_test(test_doorbells),
		cmocka_unit_test(test_msgsnd_to_itself),
		cmocka_unit_test(test_system_call),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_data_tlb_error),
		cmocka_unit_test(test_access_kinds),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_zero_needs_cache),
		cmocka_unit_test(test_reservation_needs_write_back),
		cmocka_unit_test(test_byte_order),
		cmocka_unit_test(test_alignment_is_last),
		cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_hypervisor_privilege),
		cmocka_unit_test(test_instruction_tlb_error),
		cmocka_unit_test(test_storage_interrupts),
		cmocka_unit_test(test_cache_locking),
		cmocka_unit_test(test_bus_error_e500v2),
		cmocka_unit_test(test_bus_error_e500mc),
		cmocka_unit_test(test_checkstop),
		cmocka_unit_test(test_returns),
		cmocka_unit_test(test_deferred_fp_exception),
		cmocka_unit_test(test_doze),
		cmocka_unit_test(test_branch_to_itself),
		cmocka_unit_test(test_wrteei),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
