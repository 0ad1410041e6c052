/*
 * The integer, branch, memory, cache and system instructions, by short programs
 * whose results are worked out by hand or by plain 64-bit arithmetic. The whole
 * set against QEMU is tests/isa.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/exec/exec_table.h"
#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

/* Runs one instruction at 0x1000 on a core whose registers are the caller's to set before. */
static void run_one(struct lone_core *lone, const char *text)
{
	lone_core_program(lone, 0x1000, text);
	lone->core->pc = 0x1000;
	lone_core_steps(lone, 1);
}

/* ---- Arithmetic ---- */

struct sum {
	const char *text;
	bool complement; /* of RA */
	enum { PLUS_RB, PLUS_ZERO, PLUS_ONES } other;
	enum { CARRY_0, CARRY_1, CARRY_CA } carry;
	bool sets_ca;
};

/* Every add and subtract is RA or its complement, plus something, plus a carry (Power ISA Book I 3.3.8). */
static const struct sum sums[] = {
	{ "addo. r5,r3,r4", false, PLUS_RB, CARRY_0, false },   { "addco. r5,r3,r4", false, PLUS_RB, CARRY_0, true },
	{ "addeo. r5,r3,r4", false, PLUS_RB, CARRY_CA, true },  { "addmeo. r5,r3", false, PLUS_ONES, CARRY_CA, true },
	{ "addzeo. r5,r3", false, PLUS_ZERO, CARRY_CA, true },  { "subfo. r5,r3,r4", true, PLUS_RB, CARRY_1, false },
	{ "subfco. r5,r3,r4", true, PLUS_RB, CARRY_1, true },   { "subfeo. r5,r3,r4", true, PLUS_RB, CARRY_CA, true },
	{ "subfmeo. r5,r3", true, PLUS_ONES, CARRY_CA, true },  { "subfzeo. r5,r3", true, PLUS_ZERO, CARRY_CA, true },
	{ "nego. r5,r3", true, PLUS_ZERO, CARRY_1, false },
};

static uint32_t interesting(struct random *random)
{
	static const uint32_t values[] = { 0,          1,          2,          0x7ffffffe, 0x7fffffff,
					   0x80000000, 0x80000001, 0xfffffffe, 0xffffffff };

	return random_below(random, 3) ? values[random_below(random, 9)] : (uint32_t)random_u64(random);
}

static void check_sum(struct lone_core *lone, const struct sum *sum, uint32_t ra, uint32_t rb, bool ca, bool so)
{
	struct core *core = lone->core;
	uint32_t a = sum->complement ? ~ra : ra;
	uint32_t b = sum->other == PLUS_RB ? rb : sum->other == PLUS_ONES ? 0xffffffff : 0;
	unsigned c = sum->carry == CARRY_CA ? ca : sum->carry == CARRY_1;
	uint64_t wide = (uint64_t)a + b + c;
	int64_t exact = (int64_t)(int32_t)a + (int32_t)b + c;
	bool ov = exact != (int32_t)wide;

	core->r[3] = UINT64_C(0xaaaaaaaa00000000) | ra;
	core->r[4] = UINT64_C(0xbbbbbbbb00000000) | rb;
	core->r[5] = UINT64_C(0xcccccccccccccccc);
	core->ca = ca;
	core->so = so;
	core->ov = 0;
	core->pc = 0x1000;
	lone_core_steps(lone, 1);
	assert_int_equal(core->r[5], UINT64_C(0xcccccccc00000000) | (uint32_t)wide); /* the upper word is SPE's */
	assert_int_equal(core->ca, sum->sets_ca ? wide >> 32 : ca);
	assert_int_equal(core->ov, ov);
	assert_int_equal(core->so, so || ov);
	assert_int_equal(core->cr[0], ((int32_t)wide < 0 ? 8 : (uint32_t)wide ? 4 : 2) | (so || ov));
}

static void test_sums(void **state)
{
	struct random random;
	struct lone_core lone;

	random_seed(&random, 1);
	for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
		lone_core_open(&lone, "e500v2", 0, 0);
		lone_core_program(&lone, 0x1000, sums[i].text);
		for (int n = 0; n < 500; n++)
			check_sum(&lone, &sums[i], interesting(&random), interesting(&random), n & 1, n >> 1 & 1);
		lone_core_close(&lone);
	}
}

/* One instruction: r3, r4, XER in; r5, XER, CR0 out. */
struct example {
	const char *text;
	uint32_t r3, r4, xer, result, xer_after;
	int cr0; /* -1: unchanged */
};

static const struct example examples[] = {
	{ "addic r5,r3,-1", 1, 0, 0, 0, 0x20000000, -1 },
	{ "addic. r5,r3,-1", 0, 0, 0x80000000, 0xffffffff, 0x80000000, 9 },
	{ "subfic r5,r3,5", 6, 0, 0, 0xffffffff, 0, -1 },
	{ "subfic r5,r3,5", 5, 0, 0, 0, 0x20000000, -1 },
	{ "addis r5,r3,-32768", 1, 0, 0, 0x80000001, 0, -1 },
	{ "addi r5,0,-5", 9, 0, 0, 0xfffffffb, 0, -1 },
	{ "mulli r5,r3,-3", 7, 0, 0, 0xffffffeb, 0, -1 },
	{ "mullwo. r5,r3,r4", 0x10000, 0x8000, 0, 0x80000000, 0xc0000000, 9 },
	{ "mullwo. r5,r3,r4", 0xffff0000, 0x8000, 0x40000000, 0x80000000, 0, 8 },
	{ "mulhw. r5,r3,r4", 0x80000000, 2, 0, 0xffffffff, 0, 8 },
	{ "mulhwu. r5,r3,r4", 0x80000000, 2, 0, 1, 0, 4 },
	{ "divwo. r5,r3,r4", 0xfffffff9, 2, 0, 0xfffffffd, 0, 8 },
	{ "divwuo. r5,r3,r4", 0xfffffff9, 2, 0, 0x7ffffffc, 0, 4 },
	{ "divwo r5,r3,r4", 0x80000000, 0xffffffff, 0, 0x80000000, 0xc0000000,
	  -1 }, /* quotient undefined: the dividend */
	{ "divwuo r5,r3,r4", 3, 0, 0x40000000, 3, 0xc0000000, -1 },
	{ "srawi. r5,r3,1", 0xffffffff, 0, 0, 0xffffffff, 0x20000000, 8 },
	{ "srawi r5,r3,1", 0xfffffffe, 0, 0x20000000, 0xffffffff, 0, -1 },
	{ "srawi r5,r3,0", 0x80000001, 0, 0x20000000, 0x80000001, 0, -1 },
	{ "sraw r5,r3,r4", 0x80000000, 32, 0, 0xffffffff, 0x20000000, -1 },
	{ "sraw r5,r3,r4", 0x7fffffff, 63, 0x20000000, 0, 0, -1 },
	{ "sraw r5,r3,r4", 0x80000000, 64 + 31, 0, 0xffffffff, 0, -1 },
	{ "slw. r5,r3,r4", 1, 31, 0, 0x80000000, 0, 8 },
	{ "slw r5,r3,r4", 1, 32, 0, 0, 0, -1 },
	{ "srw r5,r3,r4", 0x80000000, 63, 0, 0, 0, -1 },
	{ "srw r5,r3,r4", 0x80000000, 64, 0, 0x80000000, 0, -1 },
	{ "rlwinm. r5,r3,8,24,31", 0x12345678, 0, 0, 0x12, 0, 4 },
	{ "rlwinm r5,r3,0,28,3", 0x12345678, 0, 0, 0x10000008, 0, -1 },
	{ "rlwnm r5,r3,r4,0,31", 0x12345678, 36, 0, 0x23456781, 0, -1 },
	{ "cntlzw. r5,r3", 0, 0, 0, 32, 0, 4 },
	{ "cntlzw r5,r3", 0x00010000, 0, 0, 15, 0, -1 },
	{ "extsb r5,r3", 0x12345680, 0, 0, 0xffffff80, 0, -1 },
	{ "extsh r5,r3", 0x12347fff, 0, 0, 0x7fff, 0, -1 },
	{ "andi. r5,r3,0xf0f0", 0xffffff0f, 0, 0x80000000, 0xf000, 0x80000000, 5 },
	{ "andis. r5,r3,0x8000", 0x80000000, 0, 0, 0x80000000, 0, 8 },
	{ "oris r5,r3,0x8000", 1, 0, 0, 0x80000001, 0, -1 },
	{ "xoris r5,r3,0xffff", 1, 0, 0, 0xffff0001, 0, -1 },
	{ "andc r5,r3,r4", 0xff, 0x0f, 0, 0xf0, 0, -1 },
	{ "orc r5,r3,r4", 0, 0xf, 0, 0xfffffff0, 0, -1 },
	{ "nand r5,r3,r4", 0xff, 0x0f, 0, 0xfffffff0, 0, -1 },
	{ "nor r5,r3,r4", 0xf0, 0x0f, 0, 0xffffff00, 0, -1 },
	{ "eqv r5,r3,r4", 0xf0, 0x0f, 0, 0xffffff00, 0, -1 },
	{ "mfspr r5,1", 0, 0, 0xe000007f, 0xe000007f, 0xe000007f, -1 },
};

static void test_examples(void **state)
{
	struct lone_core lone;

	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		const struct example *e = &examples[i];

		lone_core_open(&lone, "e500mc", 0, 0);
		lone.core->r[3] = e->r3;
		lone.core->r[4] = e->r4;
		lone.core->cr[0] = 15;
		core_set_xer(lone.core, e->xer);
		run_one(&lone, e->text);
		assert_int_equal(lone.core->r[5], e->result);
		assert_int_equal(core_xer(lone.core), e->xer_after);
		assert_int_equal(lone.core->cr[0], e->cr0 < 0 ? 15 : e->cr0);
		lone_core_close(&lone);
	}
}

static void test_rlwimi_and_isel(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0x12345678;
	lone.core->r[5] = 0xffffffff;
	run_one(&lone, "rlwimi r5,r3,4,8,15");
	assert_int_equal(lone.core->r[5], 0xff45ffff);
	lone.core->cr[1] = 2;
	lone.core->r[0] = 77;
	lone.core->r[4] = 88;
	run_one(&lone, "isel r5,0,r4,6"); /* RA 0 is the number 0 */
	assert_int_equal(lone.core->r[5], 0);
	run_one(&lone, "isel r5,0,r4,5");
	assert_int_equal(lone.core->r[5], 88);
	lone_core_close(&lone);
}

static void test_compare(void **state)
{
	static const struct {
		const char *text;
		uint8_t field; /* without SO */
	} cases[] = {
		{ "cmp 3,0,r3,r4", 8 },      { "cmpl 3,0,r3,r4", 4 },     { "cmpi 3,0,r3,-1", 2 },
		{ "cmpli 3,0,r3,0xffff", 4 }, { "cmpi 3,0,r3,-2", 4 },    { "cmp 3,0,r4,r3", 4 },
		{ "cmpl 3,0,r4,r3", 8 },
	};
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0xffffffff;
	lone.core->r[4] = 1;
	lone.core->so = 1;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		run_one(&lone, cases[i].text);
		assert_int_equal(lone.core->cr[3], cases[i].field | 1);
	}
	lone_core_close(&lone);
}

/* Each TO bit with a < b, a > b, a = b in both orders of magnitude. */
static void test_trap_conditions(void **state)
{
	static const struct {
		uint32_t a, b;
		unsigned met; /* TO bits that trap */
	} cases[] = {
		{ 1, 2, 16 | 2 }, { 2, 1, 8 | 1 }, { 5, 5, 4 }, { 0xffffffff, 1, 16 | 1 }, { 1, 0xffffffff, 8 | 2 },
	};
	struct lone_core lone;
	char text[32];

	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x10600, "ori r0,r0,0");
	for (unsigned to = 0; to < 32; to++)
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
			snprintf(text, sizeof text, "tw %u,r3,r4", to);
			lone.core->r[3] = cases[i].a;
			lone.core->r[4] = cases[i].b;
			run_one(&lone, text);
			assert_int_equal(lone.core->pc, to & cases[i].met ? 0x10604 : 0x1004);
		}
	lone_core_close(&lone);
}

/* ---- Branches ---- */

/* All BO with the CR bit 0 and 1 and CTR about to be 0 or not (Power ISA Book I, figure 29). */
static void test_branch_options(void **state)
{
	struct lone_core lone;
	struct op op;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->block_ea = 0x1000;
	for (unsigned bo = 0; bo < 32; bo++)
		for (unsigned bit = 0; bit < 2; bit++)
			for (uint32_t ctr = 0; ctr < 3; ctr++) {
				uint32_t after = bo & 4 ? ctr : ctr - 1;
				bool ctr_ok = bo & 4 || (after != 0) != (bo >> 1 & 1);
				bool cr_ok = bo & 16 || bit == (bo >> 3 & 1);

				isa_decode(16u << 26 | bo << 21 | 9u << 16 | 0x41, ISA_ALL_CATEGORIES,
					   &op); /* bcl bo,9,+0x40 */
				lone.core->cr[2] = bit ? 4 : 11;
				lone.core->ctr = ctr;
				lone.core->lr = 0;
				assert_int_equal(exec_bc(lone.core, &op), ctr_ok && cr_ok ? EXEC_LEAVE : EXEC_NEXT);
				assert_int_equal(lone.core->ctr, after);
				assert_int_equal(lone.core->lr, 0x1004); /* taken or not */
				if (ctr_ok && cr_ok)
					assert_int_equal(lone.core->pc, 0x1040);
			}
	lone_core_close(&lone);
}

static void test_branch_targets(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->lr = 0x2003;
	lone.core->ctr = 0x3002;
	run_one(&lone, "bclrl 20,0,0"); /* to the old LR */
	assert_int_equal(lone.core->pc, 0x2000);
	assert_int_equal(lone.core->lr, 0x1004);
	run_one(&lone, "bcctrl 20,0,0");
	assert_int_equal(lone.core->pc, 0x3000);
	run_one(&lone, "bla 0x40");
	assert_int_equal(lone.core->pc, 0x40);
	run_one(&lone, "b 0x0");
	assert_int_equal(lone.core->pc, 0);
	run_one(&lone, "bca 20,0,-32768");
	assert_int_equal(lone.core->pc, 0xffff8000);
	lone_core_close(&lone);
}

static void test_cr_logic(void **state)
{
	static const struct {
		const char *text;
		unsigned truth; /* result for a b = 00, 01, 10, 11: bits 0 to 3 */
	} cases[] = {
		{ "crand 31,4,9", 0x8 }, { "crandc 31,4,9", 0x4 }, { "creqv 31,4,9", 0x9 }, { "crnand 31,4,9", 0x7 },
		{ "crnor 31,4,9", 0x1 }, { "cror 31,4,9", 0xe },   { "crorc 31,4,9", 0xd }, { "crxor 31,4,9", 0x6 },
	};
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (unsigned ab = 0; ab < 4; ab++) {
			lone.core->cr[1] = ab >> 1 ? 8 : 7;
			lone.core->cr[2] = ab & 1 ? 4 : 11;
			lone.core->cr[7] = 0xa;
			run_one(&lone, cases[i].text);
			assert_int_equal(lone.core->cr[7], 0xa | (cases[i].truth >> ab & 1));
		}
	lone_core_close(&lone);
}

static void test_cr_moves(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0x12345678;
	run_one(&lone, "mtcrf 0xa5,r3");
	assert_int_equal(core_cr(lone.core), 0x10300608);
	run_one(&lone, "mfcr r4");
	assert_int_equal(lone.core->r[4], 0x10300608);
	run_one(&lone, "mfocrf r4,0x20");
	assert_int_equal(lone.core->r[4], 0x00300000);
	run_one(&lone, "mtocrf 0x01,r4");
	assert_int_equal(core_cr(lone.core), 0x10300600);
	run_one(&lone, "mcrf 7,2");
	assert_int_equal(core_cr(lone.core), 0x10300603);
	core_set_xer(lone.core, 0xa0000005);
	run_one(&lone, "mcrxr 1");
	assert_int_equal(core_cr(lone.core), 0x1a300603);
	assert_int_equal(core_xer(lone.core), 5);
	lone_core_close(&lone);
}

/* ---- Memory ---- */

static const uint8_t pattern[16] = { 0x81, 0x02, 0x03, 0x04, 0x85, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static void test_loads(void **state)
{
	static const struct {
		const char *text;
		uint32_t result, ra;
	} cases[] = {
		{ "lbz r5,0(r3)", 0x81, 0x2000 },          { "lhz r5,0(r3)", 0x8102, 0x2000 },
		{ "lha r5,0(r3)", 0xffff8102, 0x2000 },    { "lwz r5,1(r3)", 0x02030485, 0x2000 },
		{ "lbzu r5,4(r3)", 0x85, 0x2004 },         { "lhau r5,4(r3)", 0xffff8506, 0x2004 },
		{ "lwzux r5,r3,r4", 0x85060708, 0x2004 },  { "lhbrx r5,r3,r4", 0x0685, 0x2000 },
		{ "lwbrx r5,0,r3", 0x04030281, 0x2000 },   { "lhax r5,r3,r4", 0xffff8506, 0x2000 },
		{ "lwarx r5,r3,r4,0", 0x85060708, 0x2000 },
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		lone_core_open(&lone, "e500v2", 0, 0);
		bus_poke(lone.bus, 0x2000, pattern, sizeof pattern);
		lone.core->r[3] = 0x2000;
		lone.core->r[4] = 4;
		run_one(&lone, cases[i].text);
		assert_int_equal(lone.core->r[5], cases[i].result);
		assert_int_equal(lone.core->r[3], cases[i].ra);
		lone_core_close(&lone);
	}
}

static void test_stores(void **state)
{
	static const struct {
		const char *text;
		uint8_t memory[8];
		uint32_t ra;
	} cases[] = {
		{ "stb r5,0(r3)", { 0x44 }, 0x2000 },
		{ "sth r5,1(r3)", { 0, 0x33, 0x44 }, 0x2000 },
		{ "stw r5,0(r3)", { 0x11, 0x22, 0x33, 0x44 }, 0x2000 },
		{ "stwu r5,4(r3)", { 0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44 }, 0x2004 },
		{ "sthux r5,r3,r4", { 0, 0, 0, 0, 0x33, 0x44 }, 0x2004 },
		{ "stwbrx r5,0,r3", { 0x44, 0x33, 0x22, 0x11 }, 0x2000 },
		{ "sthbrx r5,r3,r4", { 0, 0, 0, 0, 0x44, 0x33 }, 0x2000 },
	};
	struct lone_core lone;
	uint8_t memory[8];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		lone_core_open(&lone, "e500v2", 0, 0);
		lone.core->r[3] = 0x2000;
		lone.core->r[4] = 4;
		lone.core->r[5] = 0x11223344;
		run_one(&lone, cases[i].text);
		bus_peek(lone.bus, 0x2000, memory, sizeof memory);
		assert_memory_equal(memory, cases[i].memory, sizeof memory);
		assert_int_equal(lone.core->r[3], cases[i].ra);
		lone_core_close(&lone);
	}
}

/* A fault changes neither the target nor RA; lmw stops in its second page and keeps its base. */
static void test_faulting_loads(void **state)
{
	struct mmu_entry page = { .epn = 0x20000000, .rpn = 0x3000, .size = 1, .valid = true, .permissions = 0x3f };
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone_core_program(&lone, 0x10d00, "ori r0,r0,0");
	mmu_set_tlb1(&lone.core->mmu, 1, &page);
	lone.core->r[3] = 0x30000000;
	lone.core->r[5] = 7;
	run_one(&lone, "lwzu r5,4(r3)");
	assert_int_equal(lone.core->pc, 0x10d04);
	assert_int_equal(lone.core->r[3], 0x30000000);
	assert_int_equal(lone.core->r[5], 7);
	lone.core->r[29] = 0x20000ff8;
	lone.core->r[30] = 9;
	run_one(&lone, "lmw r29,0(r29)");
	assert_int_equal(lone.core->dear, 0x20001000);
	assert_int_equal(lone.core->r[29], 0x20000ff8);
	assert_int_equal(lone.core->r[30], 9);
	lone_core_close(&lone);
}

static void test_multiple(void **state)
{
	struct lone_core lone;
	uint8_t memory[8];

	lone_core_open(&lone, "e500v2", 0, 0);
	bus_poke(lone.bus, 0x2000, pattern, sizeof pattern);
	lone.core->r[3] = 0x2000;
	run_one(&lone, "lmw r29,4(r3)");
	assert_int_equal(lone.core->r[29], 0x85060708);
	assert_int_equal(lone.core->r[30], 0x090a0b0c);
	assert_int_equal(lone.core->r[31], 0x0d0e0f10);
	run_one(&lone, "stmw r30,0x100(r3)");
	bus_peek(lone.bus, 0x2100, memory, sizeof memory);
	assert_memory_equal(memory, pattern + 8, 8);
	lone_core_close(&lone);
}

static void test_reservation(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0x2000;
	lone.core->so = 1;
	run_one(&lone, "stwcx. r4,0,r3");
	assert_int_equal(lone.core->cr[0], 1); /* no reservation */
	run_one(&lone, "lwarx r5,0,r3,0");
	run_one(&lone, "stwcx. r4,0,r3");
	assert_int_equal(lone.core->cr[0], 3);
	run_one(&lone, "stwcx. r4,0,r3");
	assert_int_equal(lone.core->cr[0], 1); /* used up */
	lone_core_close(&lone);
}

/* EPLC and EPSC name the address space: here page 0x20000000 exists in space 1, PID 9 only. */
static void test_external_pid(void **state)
{
	struct mmu_entry page = { .epn = 0x20000000, .rpn = 0x3000, .size = 1, .valid = true, .permissions = 0x3f,
				  .ts = true, .tid = 9 };
	struct lone_core lone;
	uint8_t byte = 0x5a;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x10d00, "ori r0,r0,0");
	mmu_set_tlb1(&lone.core->mmu, 1, &page);
	bus_poke(lone.bus, 0x3001, &byte, 1);
	lone.core->r[3] = 0x20000001;
	run_one(&lone, "lbepx r4,0,r3");
	assert_int_equal(lone.core->pc, 0x10d04);
	lone_core_set_spr(&lone, "EPLC", 0x40000009);
	run_one(&lone, "lbepx r4,0,r3");
	assert_int_equal(lone.core->r[4], 0x5a);
	run_one(&lone, "dcbfep 0,r3");
	assert_int_equal(lone.core->pc, 0x1004);
	run_one(&lone, "stbepx r4,0,r3"); /* EPSC is still 0 */
	assert_int_equal(lone.core->pc, 0x10d04);
	lone_core_set_spr(&lone, "EPSC", 0x40000009);
	lone_core_set_spr(&lone, "L1CSR0", L1CSR_ENABLE);
	run_one(&lone, "dcbzep 0,r3");
	bus_peek(lone.bus, 0x3001, &byte, 1);
	assert_int_equal(byte, 0);
	lone_core_close(&lone);
}

/* ---- Caches ---- */

/* Which bytes of 0x2000..0x20ff, all ones before, are zero after the instruction at 0x2070. */
static void check_zeroed(const char *model, const char *text, uint32_t l1csr0, unsigned first, unsigned size)
{
	struct lone_core lone;
	uint8_t memory[256], want[256];

	memset(memory, 0xff, sizeof memory);
	memset(want, 0xff, sizeof want);
	memset(want + first, 0, size);
	lone_core_open(&lone, model, 0, 0);
	bus_poke(lone.bus, 0x2000, memory, sizeof memory);
	lone_core_set_spr(&lone, "L1CSR0", l1csr0);
	lone.core->r[3] = 0x2070;
	run_one(&lone, text);
	bus_peek(lone.bus, 0x2000, memory, sizeof memory);
	assert_memory_equal(memory, want, sizeof want);
	lone_core_close(&lone);
}

static void test_zero_lines(void **state)
{
	check_zeroed("e500v2", "dcbz 0,r3", 1, 0x60, 32);
	check_zeroed("e500mc", "dcbz 0,r3", 1, 0x40, 64);
	check_zeroed("e500mc", "dcbz 0,r3", 9, 0x60, 32); /* L1CSR0[DCBZ32] */
	check_zeroed("e500mc", "dcbzl 0,r3", 9, 0x40, 64);
	check_zeroed("e500v2", "dcba 0,r3", 1, 0, 0);
	check_zeroed("e500v2", "dcbz 0,r3", 0, 0, 0); /* L1CSR0[CE] is 0: the alignment interrupt */
}

/* A cache that is off cannot lock, and says so. */
static void test_unable_to_lock(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0x2000;
	run_one(&lone, "dcbtls 0,0,r3");
	assert_int_equal(lone_core_spr(&lone, "L1CSR0"), 0x400);
	lone_core_set_spr(&lone, "L1CSR0", 1);
	run_one(&lone, "dcbtls 0,0,r3");
	run_one(&lone, "icbtls 0,0,r3");
	assert_int_equal(lone_core_spr(&lone, "L1CSR0"), 1);
	assert_int_equal(lone_core_spr(&lone, "L1CSR1"), 0x400);
	lone_core_close(&lone);
}

/* Hints never fault, wherever they point. */
static void test_touches(void **state)
{
	static const char *const texts[] = { "dcbt 0,0,r3", "dcbtst 0,0,r3", "icbt 0,0,r3", "dcba 0,r3" };
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	lone.core->r[3] = 0x30000000;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		run_one(&lone, texts[i]);
		assert_int_equal(lone.core->pc, 0x1004);
	}
	lone_core_close(&lone);
}

/* ---- Privilege ---- */

/* Every row that the table calls a supervisor's raises the privileged exception in user mode. */
static void test_supervisor_rows(void **state)
{
	struct lone_core lone;
	struct op op;

	for (unsigned model = 0; model_at(model); model++)
		for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
			const struct isa_row *row = isa_row((enum isa_insn)insn);

			if (!(row->needs & ISA_NEED_SUPERVISOR) || !model_has(model_at(model), row->categories))
				continue;
			lone_core_open(&lone, model_at(model)->name, 0, 0);
			core_set_msr(lone.core, MSR_PR);
			lone.core->block_ea = 0x1000;
			assert_int_equal(isa_decode(row->value, model_at(model)->categories, &op), insn);
			assert_int_equal(exec_table_function(lone.core->model, &op, NULL)(lone.core, &op), EXEC_FAULT);
			assert_int_equal(lone.core->esr, ESR_PPR);
			assert_int_equal(lone.core->srr[0], 0x1000);
			lone_core_close(&lone);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_rlwimi_and_isel),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_trap_conditions),
		cmocka_unit_test(test_branch_options),
		cmocka_unit_test(test_branch_targets),
		cmocka_unit_test(test_cr_logic),
		cmocka_unit_test(test_cr_moves),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_stores),
		cmocka_unit_test(test_faulting_loads),
		cmocka_unit_test(test_multiple),
		cmocka_unit_test(test_reservation),
		cmocka_unit_test(test_external_pid),
		cmocka_unit_test(test_zero_lines),
		cmocka_unit_test(test_unable_to_lock),
		cmocka_unit_test(test_touches),
		cmocka_unit_test(test_supervisor_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
