/*
 * The integer rows at 64 bits (sim/exec/width.h). Expected values are those of the definitions in Power ISA Book I,
 * chapter 3.3, worked out by hand.
 */
#define EXEC_WIDTH 64

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/exec/exec_memory.h"
#include "tests/fixture/lone_core.h"

enum mode { BITS_32, BITS_64 };

#define MOST UINT64_MAX
#define LT 8
#define GT 4
#define EQ 2

struct width_case {
	exec_fn *fn;
	const char *text;   /* target r3, sources r4 and r5, or r3 too */
	uint64_t a, b, old; /* r4, r5, r3 before */
	enum mode mode;
	uint64_t result;    /* r3 */
	int ca, ov, cr0;    /* -1: not looked at; CA is 0 before */
};

static const struct width_case cases[] = {
	/* Carry and overflow are those of the mode, the result is always whole. */
	{ exec64_addc, "addc r3,r4,r5", MOST, 1, 0, BITS_64, 0, 1, -1, -1 },
	{ exec64_addc, "addc r3,r4,r5", 0xffffffff, 1, 0, BITS_64, UINT64_C(0x100000000), 0, -1, -1 },
	{ exec64_addc, "addc r3,r4,r5", 0xffffffff, 1, 0, BITS_32, UINT64_C(0x100000000), 1, -1, -1 },
	{ exec64_subfc, "subfc r3,r4,r5", 1, 0, 0, BITS_64, MOST, 0, -1, -1 },
	{ exec64_subfc, "subfc r3,r4,r5", 1, UINT64_C(0x100000000), 0, BITS_64, 0xffffffff, 1, -1, -1 },
	{ exec64_subfc, "subfc r3,r4,r5", 1, UINT64_C(0x100000000), 0, BITS_32, 0xffffffff, 0, -1, -1 },
	{ exec64_subfe, "subfe r3,r4,r5", 0, 0, 0, BITS_64, MOST, 0, -1, -1 },
	{ exec64_subfe, "subfe r3,r4,r5", MOST, MOST, 0, BITS_64, MOST, 0, -1, -1 },
	{ exec64_add, "addo. r3,r4,r5", 0x7fffffff, 1, 0, BITS_64, 0x80000000, -1, 0, GT },
	{ exec64_add, "addo. r3,r4,r5", 0x7fffffff, 1, 0, BITS_32, 0x80000000, -1, 1, LT | 1 },
	{ exec64_add, "addo. r3,r4,r5", MOST >> 1, 1, 0, BITS_64, UINT64_C(1) << 63, -1, 1, LT | 1 },
	{ exec64_add, "addo. r3,r4,r5", MOST >> 1, 1, 0, BITS_32, UINT64_C(1) << 63, -1, 0, EQ },
	{ exec64_add, "add. r3,r4,r5", UINT64_C(1) << 32, 0, 0, BITS_64, UINT64_C(1) << 32, -1, -1, GT },
	{ exec64_add, "add. r3,r4,r5", UINT64_C(1) << 32, 0, 0, BITS_32, UINT64_C(1) << 32, -1, -1, EQ },
	{ exec64_addis, "addis r3,0,-32768", 0, 0, 7, BITS_64, UINT64_C(0xffffffff80000000), -1, -1, -1 },
	{ exec64_addi, "addi r3,r4,-1", 0, 0, 7, BITS_64, MOST, -1, -1, -1 },
	{ exec64_oris, "oris r3,r4,32768", UINT64_C(1) << 40, 0, 0, BITS_64, UINT64_C(0x10080000000), -1, -1, -1 },
	{ exec64_nor, "nor r3,r4,r5", 1, 2, 0, BITS_64, ~UINT64_C(3), -1, -1, -1 },
	{ exec64_neg, "neg r3,r4", 1, 0, 0, BITS_64, MOST, -1, -1, -1 },
	{ exec64_mullw, "mullw r3,r4,r5", 0x80000000, 2, 0, BITS_64, UINT64_C(0xffffffff00000000), -1, -1, -1 },
	{ exec64_mulli, "mulli r3,r4,-2", UINT64_C(1) << 40, 0, 0, BITS_64, 0 - (UINT64_C(1) << 41), -1, -1, -1 },
	{ exec64_extsb, "extsb r3,r4", 0x180, 0, 0, BITS_64, UINT64_C(0xffffffffffffff80), -1, -1, -1 },
	/* A word is rotated together with a copy of itself; a mask that wraps takes in the high half. */
	{ exec64_rlwinm, "rlwinm r3,r4,4,0,31", UINT64_C(0xaaaaaaaa12345678), 0, 0, BITS_64, 0x23456781, -1, -1, -1 },
	{ exec64_rlwinm, "rlwinm r3,r4,0,24,7", UINT64_C(0xaaaaaaaa12345678), 0, 0, BITS_64,
	  UINT64_C(0x1234567812000078), -1, -1, -1 },
	{ exec64_rlwimi, "rlwimi r3,r4,8,16,23", 0xab, 0, MOST, BITS_64, UINT64_C(0xffffffffffffabff), -1, -1, -1 },
	{ exec64_slw, "slw r3,r4,r5", UINT64_C(0xf80000001), 1, 0, BITS_64, 2, -1, -1, -1 },
	{ exec64_srawi, "srawi r3,r4,4", 0x80000000, 0, 0, BITS_64, UINT64_C(0xfffffffff8000000), 0, -1, -1 },
	{ exec64_srawi, "srawi r3,r4,4", 0x80000001, 0, 0, BITS_64, UINT64_C(0xfffffffff8000000), 1, -1, -1 },
	{ exec64_cntlzw, "cntlzw r3,r4", UINT64_C(0xffffffff00000001), 0, 0, BITS_64, 31, -1, -1, -1 },
	/* L = 0 compares low words, L = 1 all of it, in either mode. */
	{ exec64_cmp, "cmp cr0,0,r4,r5", UINT64_C(1) << 32, 1, 0, BITS_64, 0, -1, -1, LT },
	{ exec64_cmp, "cmp cr0,1,r4,r5", UINT64_C(1) << 32, 1, 0, BITS_64, 0, -1, -1, GT },
	{ exec64_cmpi, "cmpi cr0,0,r4,-1", 0xffffffff, 0, 0, BITS_64, 0, -1, -1, EQ },
	{ exec64_cmpi, "cmpi cr0,1,r4,-1", 0xffffffff, 0, 0, BITS_64, 0, -1, -1, GT },
	{ exec64_cmpl, "cmpl cr0,1,r4,r5", MOST, 1, 0, BITS_32, 0, -1, -1, GT },
};

static void set_mode(struct lone_core *s, enum mode mode)
{
	s->core->msr = mode == BITS_64 ? s->core->msr | MSR_CM : s->core->msr & ~(uint32_t)MSR_CM;
}

static void test_cases(void **state)
{
	struct lone_core *s = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct width_case *c = &cases[i];
		struct op op = lone_core_decode(s, c->text);

		s->core->r[3] = c->old;
		s->core->r[4] = c->a;
		s->core->r[5] = c->b;
		s->core->ca = s->core->ov = s->core->so = 0;
		set_mode(s, c->mode);
		print_message("%s\n", c->text);
		assert_int_equal(c->fn(s->core, &op), EXEC_NEXT);
		assert_true(s->core->r[3] == c->result);
		if (c->ca >= 0)
			assert_int_equal(s->core->ca, c->ca);
		if (c->ov >= 0)
			assert_int_equal(s->core->ov, c->ov);
		if (c->cr0 >= 0)
			assert_int_equal(s->core->cr[0], c->cr0);
	}
}

/* 1.10.3: the sum is 64 bits wide in 64-bit mode, the low 32 in 32-bit mode. */
static void test_addresses(void **state)
{
	struct lone_core *s = *state;
	struct op d = lone_core_decode(s, "lwz r3,16(r4)"), x = lone_core_decode(s, "lwzx r3,r4,r5");
	struct op zero = lone_core_decode(s, "lwz r3,-4(0)");

	s->core->r[4] = UINT64_C(0x100000ff0);
	s->core->r[5] = MOST;
	set_mode(s, BITS_64);
	assert_true(exec_ea_d(s->core, &d) == UINT64_C(0x100001000));
	assert_true(exec_ea_x(s->core, &x) == UINT64_C(0x100000fef));
	assert_true(exec_ea_d(s->core, &zero) == MOST - 3);
	set_mode(s, BITS_32);
	assert_true(exec_ea_d(s->core, &d) == 0x1000);
	assert_true(exec_ea_x(s->core, &x) == 0xfef);
	assert_true(exec_ea_d(s->core, &zero) == 0xfffffffc);
}

/* A load writes all of a register; its address in 32-bit mode is the low 32 bits, which an update form leaves in RA. */
static void test_loads(void **state)
{
	struct lone_core *s = *state;
	uint8_t *memory = bus_memory_at(s->bus, 0)->host;
	struct op lha = lone_core_decode(s, "lha r3,0(r4)"), lwzu = lone_core_decode(s, "lwzu r3,4(r4)");

	memory[0x2000] = 0x80;
	memory[0x2001] = 0x01;
	memory[0x2002] = memory[0x2003] = 0;
	set_mode(s, BITS_32);
	s->core->r[4] = UINT64_C(0x500002000);
	assert_int_equal(exec64_lha(s->core, &lha), EXEC_NEXT);
	assert_true(s->core->r[3] == UINT64_C(0xffffffffffff8001));
	s->core->r[4] -= 4;
	assert_int_equal(exec64_lwzu(s->core, &lwzu), EXEC_NEXT);
	assert_true(s->core->r[3] == 0x80010000);
	assert_true(s->core->r[4] == 0x2000);
}

/* A special register and a GPR are moved whole, in either mode (Book I 3.3.17). */
static void test_special_registers(void **state)
{
	struct lone_core *s = *state;
	struct op mtctr = lone_core_decode(s, "mtspr 9,r3"), mflr = lone_core_decode(s, "mfspr r5,8");
	struct op mtsrr0 = lone_core_decode(s, "mtspr 26,r3"), mfctr = lone_core_decode(s, "mfspr r4,9");

	set_mode(s, BITS_32);
	s->core->msr &= ~(uint32_t)MSR_PR;
	s->core->r[3] = UINT64_C(0x123456789abcdef0);
	s->core->lr = UINT64_C(0xfedcba9876543210);
	assert_int_equal(exec64_mtspr(s->core, &mtctr), EXEC_NEXT);
	assert_int_equal(exec64_mfspr(s->core, &mfctr), EXEC_NEXT);
	assert_true(s->core->r[4] == UINT64_C(0x123456789abcdef0));
	assert_int_equal(exec64_mfspr(s->core, &mflr), EXEC_NEXT);
	assert_true(s->core->r[5] == UINT64_C(0xfedcba9876543210));
	exec64_mtspr(s->core, &mtsrr0); /* how many bits of it there are says the core's model */
	assert_true((uint32_t)s->core->srr[0] == 0x9abcdef0);
}

/* The functions of the same rows for cores of 32 bits leave the high half as it is. */
static void test_narrow(void **state)
{
	struct lone_core *s = *state;

	s->core->r[3] = s->core->r[4] = s->core->r[5] = UINT64_C(0x1234567880000000);
	assert_int_equal(lone_core_run(s, "addc. r3,r4,r5"), EXEC_NEXT);
	assert_true(s->core->r[3] == UINT64_C(0x1234567800000000));
	assert_int_equal(s->core->ca, 1);
	assert_int_equal(s->core->cr[0], EQ | s->core->so);
}

static int open_core(void **state)
{
	static struct lone_core s;

	lone_core_open_single(&s, "e500mc");
	*state = &s;
	return 0;
}

static int close_core(void **state)
{
	lone_core_close(*state);
	return 0;
}

/*
 * Branches at the end of the 32-bit space: in 32-bit mode addresses and CTR go round, in 64-bit mode on (Book I 1.10.3,
 * 2.4). The word is at 0xfffffffc.
 */
static void test_branches(void **state)
{
	static const uint64_t after[2] = { 0, UINT64_C(0x100000000) }; /* by mode: the address after it */
	struct lone_core *s = *state;
	struct core *core = s->core;

	for (unsigned mode = 0; mode < 2; mode++) {
		struct op op = { .insn = ISA_b, .imm = 8, .flags = OP_LK };

		core->msr = mode ? core->msr | MSR_CM : core->msr & ~(uint32_t)MSR_CM;
		core->block_ea = 0xfffffffc;
		assert_int_equal(exec64_b(core, &op), EXEC_LEAVE);
		assert_int_equal(core->pc, after[mode] + 4);
		assert_int_equal(core->lr, after[mode]);
		op = (struct op){ .insn = ISA_b, .imm = -4, .flags = OP_AA }; /* absolute, sign-extended */
		exec64_b(core, &op);
		assert_int_equal(core->pc, mode ? UINT64_C(0xfffffffffffffffc) : 0xfffffffc);
		op = (struct op){ .insn = ISA_bc, .t = 16, .imm = 4 }; /* bdnz */
		core->ctr = 0;
		assert_int_equal(exec64_bc(core, &op), EXEC_LEAVE);
		assert_int_equal(core->ctr, mode ? UINT64_MAX : UINT32_MAX);
		assert_int_equal(core->pc, after[mode]);
		op = (struct op){ .insn = ISA_bclr, .t = 20 };
		core->lr = UINT64_C(0x123456783);
		exec64_bclr(core, &op);
		assert_int_equal(core->pc, mode ? UINT64_C(0x123456780) : 0x23456780);
		op = (struct op){ .insn = ISA_bcctr, .t = 20 };
		core->ctr = UINT64_C(0x200000007);
		exec64_bcctr(core, &op);
		assert_int_equal(core->pc, mode ? UINT64_C(0x200000004) : 4);
		op = (struct op){ .insn = ISA_isync };
		exec_isync(core, &op);
		assert_int_equal(core->pc, after[mode]);
	}
	core->msr &= ~(uint32_t)MSR_CM;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_special_registers),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_branches),
	};

	return cmocka_run_group_tests(tests, open_core, close_core);
}
