/*
 * The classic FPU of e500mc: results and FPSCR worked out from the tables of
 * the Power ISA (Book I, 4.2.2, 4.4 and 4.6). Two things are undefined there:
 * FR after an overflow that is not enabled, and what a single-precision
 * instruction makes of a NaN that is no single. Recorded from silicon, a 603e
 * (MPC8245; github.com/rokuyama/powerpc_fpu_tests), are the squares of 1e300 and
 * 1e30 and the fsubs with WIDE_QNAN; the other rows on them follow the same rule,
 * which for the NaNs is QEMU's too (tests/diff). QEMU leaves FR as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/base/endian.h"
#include "sim/float/fpscr.h"
#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

#define UNTOUCHED UINT64_C(0x123456789abcdef0)
#define NEG SOFTFLOAT_SIGN
#define INF SOFTFLOAT_INFINITY
#define QNAN SOFTFLOAT_DEFAULT_NAN
#define SNAN UINT64_C(0x7ff0000000000001)
#define WIDE_QNAN UINT64_C(0x7fffdeadbeef1234)
#define WIDE_SNAN UINT64_C(0x7ff7deadbeef1234)
#define CUT_QNAN UINT64_C(0x7fffdeada0000000)
#define ONE UINT64_C(0x3ff0000000000000)
#define TWO UINT64_C(0x4000000000000000)
#define THREE UINT64_C(0x4008000000000000)
#define FIVE UINT64_C(0x4014000000000000)
#define HALF UINT64_C(0x3fe0000000000000)
#define MAX UINT64_C(0x7fefffffffffffff)
#define MIN UINT64_C(0x0010000000000000)        /* smallest normal */
#define MAX_SINGLE UINT64_C(0x47efffffe0000000)
#define MIN_SINGLE UINT64_C(0x3810000000000000) /* 2^-126 */
#define TINY_SINGLE UINT64_C(0x36a0000000000000) /* 2^-149 */

#define RZ 1u
#define RP 2u
#define RM 3u

/* FPRF, 4.2.2. */
#define P_NORMAL (0x04u << 12)
#define N_NORMAL (0x08u << 12)
#define P_DENORMAL (0x14u << 12)
#define N_DENORMAL (0x18u << 12)
#define P_ZERO (0x02u << 12)
#define N_ZERO (0x12u << 12)
#define P_INF (0x05u << 12)
#define N_INF (0x09u << 12)
#define NAN_CLASS (0x11u << 12)

#define INEXACT (FPSCR_FX | FPSCR_XX | FPSCR_FI)
#define INVALID(kind) (FPSCR_FX | FPSCR_VX | FPSCR_##kind)

static int setup(void **state)
{
	static struct lone_core single;

	lone_core_open_single(&single, "e500mc");
	*state = &single;
	return 0;
}

static int teardown(void **state)
{
	lone_core_close(*state);
	return 0;
}

struct row {
	const char *text; /* f1 is the target, f2 = a, f3 = b, f4 = c */
	uint32_t before;
	uint64_t a, b, c;
	uint64_t result;
	uint32_t after;
};

static const struct row arithmetic[] = {
	/* Operands and signs of each mnemonic: 2, 5 and 3. */
	{ "fadd f1,f2,f3", 0, TWO, FIVE, 0, UINT64_C(0x401c000000000000), P_NORMAL },
	{ "fsub f1,f2,f3", 0, TWO, FIVE, 0, NEG | THREE, N_NORMAL },
	{ "fmul f1,f2,f4", 0, TWO, FIVE, THREE, UINT64_C(0x4018000000000000), P_NORMAL },
	{ "fdiv f1,f2,f3", 0, FIVE, TWO, 0, UINT64_C(0x4004000000000000), P_NORMAL },
	{ "fmadd f1,f2,f4,f3", 0, TWO, FIVE, THREE, UINT64_C(0x4026000000000000), P_NORMAL },
	{ "fmsub f1,f2,f4,f3", 0, TWO, FIVE, THREE, ONE, P_NORMAL },
	{ "fnmadd f1,f2,f4,f3", 0, TWO, FIVE, THREE, UINT64_C(0xc026000000000000), N_NORMAL },
	{ "fnmsub f1,f2,f4,f3", 0, TWO, FIVE, THREE, NEG | ONE, N_NORMAL },
	{ "fadds f1,f2,f3", 0, TWO, FIVE, 0, UINT64_C(0x401c000000000000), P_NORMAL },
	{ "fsubs f1,f2,f3", 0, TWO, FIVE, 0, NEG | THREE, N_NORMAL },
	{ "fmuls f1,f2,f4", 0, TWO, FIVE, THREE, UINT64_C(0x4018000000000000), P_NORMAL },
	{ "fdivs f1,f2,f3", 0, FIVE, TWO, 0, UINT64_C(0x4004000000000000), P_NORMAL },
	{ "fmadds f1,f2,f4,f3", 0, TWO, FIVE, THREE, UINT64_C(0x4026000000000000), P_NORMAL },
	{ "fmsubs f1,f2,f4,f3", 0, TWO, FIVE, THREE, ONE, P_NORMAL },
	{ "fnmadds f1,f2,f4,f3", 0, TWO, FIVE, THREE, UINT64_C(0xc026000000000000), N_NORMAL },
	{ "fnmsubs f1,f2,f4,f3", 0, TWO, FIVE, THREE, NEG | ONE, N_NORMAL },
	/* Rounding: 1/3 = 0x3fd5555555555555 and 0.33 of the last bit; the single is 0x3eaaaaaa and 0.67. */
	{ "fdiv f1,f2,f3", 0, ONE, THREE, 0, UINT64_C(0x3fd5555555555555), INEXACT | P_NORMAL },
	{ "fdiv f1,f2,f3", RP, ONE, THREE, 0, UINT64_C(0x3fd5555555555556), RP | INEXACT | FPSCR_FR | P_NORMAL },
	{ "fdiv f1,f2,f3", RM, ONE, THREE, 0, UINT64_C(0x3fd5555555555555), RM | INEXACT | P_NORMAL },
	{ "fdiv f1,f2,f3", RM, NEG | ONE, THREE, 0, UINT64_C(0xbfd5555555555556), RM | INEXACT | FPSCR_FR | N_NORMAL },
	{ "fdivs f1,f2,f3", 0, ONE, THREE, 0, UINT64_C(0x3fd5555560000000), INEXACT | FPSCR_FR | P_NORMAL },
	{ "fdivs f1,f2,f3", RZ, ONE, THREE, 0, UINT64_C(0x3fd5555540000000), RZ | INEXACT | P_NORMAL },
	/* XX stays, FI and FR are of the last instruction. */
	{ "fadd f1,f2,f3", INEXACT | FPSCR_FR, ONE, ONE, 0, TWO, FPSCR_FX | FPSCR_XX | P_NORMAL },
	/* FX is set by a change from 0 to 1 only. */
	{ "fdiv f1,f2,f3", FPSCR_XX, ONE, THREE, 0, UINT64_C(0x3fd5555555555555), FPSCR_XX | FPSCR_FI | P_NORMAL },
	{ "fsub f1,f2,f3", FPSCR_VX | FPSCR_VXISI, INF, INF, 0, QNAN, FPSCR_VX | FPSCR_VXISI | NAN_CLASS },
	/* Classes. */
	{ "fsub f1,f2,f3", 0, ONE, ONE, 0, 0, P_ZERO },
	{ "fsub f1,f2,f3", RM, ONE, ONE, 0, NEG, RM | N_ZERO },
	{ "fmul f1,f2,f4", 0, NEG, 0, ONE, NEG, N_ZERO },
	{ "fadd f1,f2,f3", 0, INF, ONE, 0, INF, P_INF },
	{ "fadd f1,f2,f3", 0, NEG | INF, ONE, 0, NEG | INF, N_INF },
	{ "fmul f1,f2,f4", 0, MIN, 0, HALF, MIN / 2, P_DENORMAL },
	{ "fmul f1,f2,f4", 0, NEG | MIN, 0, HALF, NEG | MIN / 2, N_DENORMAL },
	{ "fmuls f1,f2,f4", 0, MIN_SINGLE, 0, HALF, UINT64_C(0x3800000000000000), P_DENORMAL },
	{ "fadds f1,f2,f3", 0, NEG | TINY_SINGLE, 0, 0, NEG | TINY_SINGLE, N_DENORMAL },
	{ "fadd f1,f2,f3", 0, TINY_SINGLE, 0, 0, TINY_SINGLE, P_NORMAL },
	/* Overflow, 4.4.3. */
	{ "fadd f1,f2,f3", 0, MAX, MAX, 0, INF, INEXACT | FPSCR_OX | P_INF },
	/* 1e300 squared is 11d672e2852fdf and 0.92 of the last place, 1e30 squared as a single 9f4f27 and 0.46. */
	{ "fmul f1,f2,f4", 0, UINT64_C(0x7e37e43c8800759c), 0, UINT64_C(0x7e37e43c8800759c), INF,
	  INEXACT | FPSCR_OX | FPSCR_FR | P_INF },
	{ "fmuls f1,f2,f4", 0, UINT64_C(0x46293e5940000000), 0, UINT64_C(0x46293e5940000000), INF,
	  INEXACT | FPSCR_OX | P_INF },
	{ "fadd f1,f2,f3", RZ, MAX, MAX, 0, MAX, RZ | INEXACT | FPSCR_OX | P_NORMAL },
	{ "fsub f1,f2,f3", RP, NEG | MAX, MAX, 0, NEG | MAX, RP | INEXACT | FPSCR_OX | N_NORMAL },
	{ "fadd f1,f2,f3", FPSCR_OE, MAX, MAX, 0, UINT64_C(0x1fffffffffffffff),
	  FPSCR_OE | FPSCR_FX | FPSCR_FEX | FPSCR_OX | P_NORMAL },
	{ "fmuls f1,f2,f4", 0, MAX_SINGLE, 0, TWO, INF, INEXACT | FPSCR_OX | P_INF },
	{ "fmuls f1,f2,f4", FPSCR_OE, MAX_SINGLE, 0, TWO, UINT64_C(0x3bffffffe0000000),
	  FPSCR_OE | FPSCR_FX | FPSCR_FEX | FPSCR_OX | P_NORMAL },
	/* Underflow, 4.4.4: disabled, it takes loss of accuracy; enabled, tininess alone. */
	{ "fmul f1,f2,f4", 0, 1, 0, HALF, 0, INEXACT | FPSCR_UX | P_ZERO },
	{ "fmul f1,f2,f4", 0, 3, 0, HALF, 2, INEXACT | FPSCR_UX | FPSCR_FR | P_DENORMAL },
	{ "fmul f1,f2,f4", FPSCR_UE, MIN, 0, HALF, UINT64_C(0x6000000000000000),
	  FPSCR_UE | FPSCR_FX | FPSCR_FEX | FPSCR_UX | P_NORMAL },
	{ "fmuls f1,f2,f4", FPSCR_UE, MIN_SINGLE, 0, HALF, UINT64_C(0x4400000000000000),
	  FPSCR_UE | FPSCR_FX | FPSCR_FEX | FPSCR_UX | P_NORMAL },
	/* Invalid operation, 4.4.1: each kind, and the target kept when enabled. */
	{ "fadd f1,f2,f3", 0, SNAN, ONE, 0, SNAN | SOFTFLOAT_QUIET, INVALID(VXSNAN) | NAN_CLASS },
	/* Single forms cut a NaN to a single, after it was made quiet; double forms do not. */
	{ "fsubs f1,f2,f3", 0, ONE, WIDE_QNAN, 0, CUT_QNAN, NAN_CLASS },
	{ "fadds f1,f2,f3", 0, WIDE_SNAN, ONE, 0, CUT_QNAN, INVALID(VXSNAN) | NAN_CLASS },
	{ "fadds f1,f2,f3", 0, SNAN, ONE, 0, QNAN, INVALID(VXSNAN) | NAN_CLASS },
	{ "fmuls f1,f2,f4", 0, ONE, 0, WIDE_QNAN, CUT_QNAN, NAN_CLASS },
	{ "fdivs f1,f2,f3", 0, NEG | WIDE_QNAN, 0, 0, NEG | CUT_QNAN, NAN_CLASS },
	{ "fmadds f1,f2,f4,f3", 0, ONE, WIDE_QNAN, SNAN, CUT_QNAN, INVALID(VXSNAN) | NAN_CLASS },
	{ "fmsubs f1,f2,f4,f3", 0, ONE, NEG | WIDE_QNAN, ONE, NEG | CUT_QNAN, NAN_CLASS },
	{ "fnmadds f1,f2,f4,f3", 0, ONE, ONE, WIDE_QNAN, CUT_QNAN, NAN_CLASS },
	{ "fnmsubs f1,f2,f4,f3", 0, WIDE_QNAN, ONE, ONE, CUT_QNAN, NAN_CLASS },
	{ "fres f1,f3", 0, 0, WIDE_QNAN, 0, CUT_QNAN, NAN_CLASS },
	{ "fsub f1,f2,f3", 0, ONE, WIDE_QNAN, 0, WIDE_QNAN, NAN_CLASS },
	{ "frsqrte f1,f3", 0, 0, WIDE_QNAN, 0, WIDE_QNAN, NAN_CLASS },
	{ "fsub f1,f2,f3", 0, INF, INF, 0, QNAN, INVALID(VXISI) | NAN_CLASS },
	{ "fdiv f1,f2,f3", 0, INF, NEG | INF, 0, QNAN, INVALID(VXIDI) | NAN_CLASS },
	{ "fdiv f1,f2,f3", 0, 0, NEG, 0, QNAN, INVALID(VXZDZ) | NAN_CLASS },
	{ "fmul f1,f2,f4", 0, INF, 0, 0, QNAN, INVALID(VXIMZ) | NAN_CLASS },
	{ "fmadd f1,f2,f4,f3", 0, INF, SNAN, 0, SNAN | SOFTFLOAT_QUIET, INVALID(VXIMZ) | FPSCR_VXSNAN | NAN_CLASS },
	{ "fnmadd f1,f2,f4,f3", 0, INF, 0, 0, QNAN, INVALID(VXIMZ) | NAN_CLASS },
	{ "fnmadd f1,f2,f4,f3", 0, ONE, ONE, NEG | ONE, NEG, N_ZERO },
	{ "frsqrte f1,f3", 0, 0, NEG | ONE, 0, QNAN, INVALID(VXSQRT) | NAN_CLASS },
	{ "fsub f1,f2,f3", FPSCR_VE | FPSCR_FR | FPSCR_FI | P_ZERO, INF, INF, 0, UNTOUCHED,
	  FPSCR_VE | INVALID(VXISI) | FPSCR_FEX | P_ZERO },
	{ "frsp f1,f3", FPSCR_VE | P_ZERO, 0, SNAN, 0, UNTOUCHED, FPSCR_VE | INVALID(VXSNAN) | FPSCR_FEX | P_ZERO },
	/* Zero divide, 4.4.2. */
	{ "fdiv f1,f2,f3", 0, ONE, NEG, 0, NEG | INF, FPSCR_FX | FPSCR_ZX | N_INF },
	{ "fres f1,f3", 0, 0, 0, 0, INF, FPSCR_FX | FPSCR_ZX | P_INF },
	{ "frsqrte f1,f3", 0, 0, NEG, 0, NEG | INF, FPSCR_FX | FPSCR_ZX | N_INF },
	{ "fdiv f1,f2,f3", FPSCR_ZE | P_ZERO, ONE, 0, 0, UNTOUCHED,
	  FPSCR_ZE | FPSCR_FX | FPSCR_FEX | FPSCR_ZX | P_ZERO },
	/* Inexact, 4.4.5: enabled or not, the result is delivered. */
	{ "fdiv f1,f2,f3", FPSCR_XE, ONE, THREE, 0, UINT64_C(0x3fd5555555555555),
	  FPSCR_XE | FPSCR_FEX | INEXACT | P_NORMAL },
	/* frsp, and the model of Book I, A.1. */
	{ "frsp f1,f3", 0, 0, UINT64_C(0x3ff0000010000000), 0, ONE, INEXACT | P_NORMAL },
	{ "frsp f1,f3", 0, 0, UINT64_C(0x3ff0000030000000), 0, UINT64_C(0x3ff0000040000000),
	  INEXACT | FPSCR_FR | P_NORMAL },
	{ "frsp f1,f3", RP, 0, 1, 0, TINY_SINGLE, RP | INEXACT | FPSCR_UX | FPSCR_FR | P_DENORMAL },
	{ "frsp f1,f3", 0, 0, MAX, 0, INF, INEXACT | FPSCR_OX | FPSCR_FR | P_INF },
	{ "frsp f1,f3", FPSCR_OE, 0, UINT64_C(0x7fe0000000000000), 0, UINT64_C(0x73e0000000000000),
	  FPSCR_OE | FPSCR_FX | FPSCR_FEX | FPSCR_OX | P_NORMAL },
	{ "frsp f1,f3", FPSCR_UE, 0, NEG | MIN, 0, NEG | UINT64_C(0x0c10000000000000),
	  FPSCR_UE | FPSCR_FX | FPSCR_FEX | FPSCR_UX | N_NORMAL },
	/* fctiw: FPRF stays; 4.6.6. */
	{ "fctiw f1,f3", P_ZERO, 0, UINT64_C(0x4004000000000000), 0, UINT64_C(0xfff8000000000002), INEXACT | P_ZERO },
	{ "fctiw f1,f3", RP, 0, UINT64_C(0x4004000000000000), 0, UINT64_C(0xfff8000000000003),
	  RP | INEXACT | FPSCR_FR },
	{ "fctiwz f1,f3", RP, 0, NEG | UINT64_C(0x4004000000000000), 0, UINT64_C(0xfff80000fffffffe), RP | INEXACT },
	{ "fctiw f1,f3", 0, 0, UINT64_C(0x41dfffffffc00000), 0, UINT64_C(0xfff800007fffffff), 0 },
	{ "fctiw f1,f3", 0, 0, UINT64_C(0x41e0000000000000), 0, UINT64_C(0xfff800007fffffff), INVALID(VXCVI) },
	{ "fctiw f1,f3", 0, 0, UINT64_C(0xc1e0000000000000), 0, UINT64_C(0xfff8000080000000), 0 },
	{ "fctiw f1,f3", 0, 0, NEG | INF, 0, UINT64_C(0xfff8000080000000), INVALID(VXCVI) },
	{ "fctiw f1,f3", 0, 0, QNAN, 0, UINT64_C(0xfff8000080000000), INVALID(VXCVI) },
	{ "fctiw f1,f3", 0, 0, SNAN, 0, UINT64_C(0xfff8000080000000), INVALID(VXCVI) | FPSCR_VXSNAN },
	{ "fctiw f1,f3", FPSCR_VE, 0, QNAN, 0, UNTOUCHED, FPSCR_VE | FPSCR_FEX | INVALID(VXCVI) },
	/* Moves and fsel leave FPSCR alone. */
	{ "fmr f1,f3", FPSCR_FX, 0, SNAN, 0, SNAN, FPSCR_FX },
	{ "fneg f1,f3", 0, 0, SNAN, 0, NEG | SNAN, 0 },
	{ "fabs f1,f3", 0, 0, NEG | FIVE, 0, FIVE, 0 },
	{ "fnabs f1,f3", 0, 0, FIVE, 0, NEG | FIVE, 0 },
	{ "fsel f1,f2,f4,f3", 0, NEG, FIVE, THREE, THREE, 0 },
	{ "fsel f1,f2,f4,f3", 0, NEG | MIN / 4, FIVE, THREE, FIVE, 0 },
	{ "fsel f1,f2,f4,f3", 0, SNAN, FIVE, THREE, FIVE, 0 },
	{ "fsel f1,f2,f4,f3", 0, INF, FIVE, THREE, THREE, 0 },
};

static void load_operands(struct core *core, const struct row *row)
{
	core->fpscr = row->before;
	core->f[1] = UNTOUCHED;
	core->f[2] = row->a;
	core->f[3] = row->b;
	core->f[4] = row->c;
	core->cr[1] = 0;
}

static void test_arithmetic(void **state)
{
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
		const struct row *row = &arithmetic[i];

		load_operands(s->core, row);
		assert_int_equal(lone_core_run(s, row->text), EXEC_NEXT);
		if (s->core->f[1] != row->result || s->core->fpscr != row->after)
			fail_msg("row %zu, %s: %016llx FPSCR %08x, want %016llx %08x", i, row->text,
				 (unsigned long long)s->core->f[1], s->core->fpscr, (unsigned long long)row->result,
				 row->after);
	}
}

/* The same rows with Rc set CR1, and with MSR[FE0] or [FE1] raise the interrupt where FEX ends up set. */
static void test_record_and_interrupt(void **state)
{
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
		const struct row *row = &arithmetic[i];
		uint32_t mode = i & 1 ? MSR_FE0 : MSR_FE1;
		char text[64], *blank;
		enum exec_result result;

		snprintf(text, sizeof text, "%s", row->text);
		for (blank = text; *blank != ' '; blank++)
			;
		snprintf(blank, sizeof text - (size_t)(blank - text), ". %s", row->text + (blank - text) + 1);
		core_set_msr(s->core, MSR_FP | mode);
		load_operands(s->core, row);
		result = lone_core_run(s, text);
		assert_int_equal(s->core->cr[1], row->after >> 28);
		assert_int_equal(s->core->f[1], row->result);
		assert_int_equal(s->core->fpscr, row->after);
		if (!(row->after & FPSCR_FEX)) {
			assert_int_equal(result, EXEC_NEXT);
			continue;
		}
		assert_int_equal(result, EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_PROGRAM));
		assert_int_equal(s->core->srr[0], LONE_SINGLE_EA);
		assert_int_equal(s->core->srr[1], MSR_FP | mode);
		assert_int_equal(s->core->esr, ESR_FP);
	}
	core_set_msr(s->core, MSR_FP);
}

static void test_compare(void **state)
{
	static const struct {
		const char *text;
		uint32_t before;
		uint64_t a, b;
		unsigned field;
		uint32_t after;
	} rows[] = {
		{ "fcmpu cr5,f2,f3", 0, ONE, TWO, 8, 0 },
		{ "fcmpu cr5,f2,f3", FPSCR_C | P_NORMAL, TWO, ONE, 4, FPSCR_C },
		{ "fcmpu cr5,f2,f3", 0, 0, NEG, 2, 0 },
		{ "fcmpu cr5,f2,f3", 0, QNAN, ONE, 1, 0 },
		{ "fcmpu cr5,f2,f3", 0, ONE, SNAN, 1, INVALID(VXSNAN) },
		{ "fcmpo cr5,f2,f3", 0, NEG | ONE, ONE, 8, 0 },
		{ "fcmpo cr5,f2,f3", 0, QNAN, ONE, 1, INVALID(VXVC) },
		{ "fcmpo cr5,f2,f3", 0, SNAN, ONE, 1, INVALID(VXSNAN) | FPSCR_VXVC },
		{ "fcmpo cr5,f2,f3", FPSCR_VE, SNAN, ONE, 1, FPSCR_VE | FPSCR_FEX | INVALID(VXSNAN) },
		{ "fcmpo cr5,f2,f3", FPSCR_VE, QNAN, ONE, 1, FPSCR_VE | FPSCR_FEX | INVALID(VXVC) },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->core->fpscr = rows[i].before;
		s->core->f[2] = rows[i].a;
		s->core->f[3] = rows[i].b;
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_NEXT);
		assert_int_equal(s->core->cr[5], rows[i].field);
		assert_int_equal(s->core->fpscr, rows[i].after | rows[i].field << 12);
	}
}

static void test_status_instructions(void **state)
{
	static const struct {
		const char *text;
		uint32_t before, after; /* f3's low word is 0xfff80fff */
	} rows[] = {
		/* mtfsf: FX as given, VX and FEX from the rest, the reserved bit stays 0. */
		{ "mtfsf 255,f3", 0, 0xfff807ff },
		{ "mtfsf 1,f3", 0x20, 0x2f },
		{ "mtfsf 128,f3", 0, 0x90000000 },
		{ "mtfsf 64,f3", 0, 0x2f000000 }, /* UX ZX XX VXSNAN set, FX not; VX follows */
		{ "mtfsf 2,f3", FPSCR_FX | FPSCR_OX, FPSCR_FX | FPSCR_FEX | FPSCR_OX | 0xf0 },
		{ "mtfsfi 7,11", 0x3, 0xb },
		{ "mtfsfi 0,15", 0, 0x90000000 },
		{ "mtfsfi 0,0", 0xb0000000 | FPSCR_VXISI, FPSCR_VX | FPSCR_VXISI },
		/* mtfsb1 of an exception bit sets FX by the usual rule; bits 1 and 2 cannot be written. */
		{ "mtfsb1 3", 0, FPSCR_FX | FPSCR_OX },
		{ "mtfsb1 3", FPSCR_OX, FPSCR_OX },
		{ "mtfsb1 21", FPSCR_VE, FPSCR_VE | FPSCR_FX | FPSCR_FEX | FPSCR_VX | FPSCR_VXSOFT },
		{ "mtfsb1 0", 0, FPSCR_FX },
		{ "mtfsb1 1", 0, 0 },
		{ "mtfsb1 2", 0, 0 },
		{ "mtfsb1 31", 0, 1 },
		{ "mtfsb1 20", 0, 0 },
		{ "mtfsb0 8", FPSCR_FX | FPSCR_VX | FPSCR_VXISI, FPSCR_FX },
		{ "mtfsb0 2", FPSCR_VX | FPSCR_VXISI, FPSCR_VX | FPSCR_VXISI },
		{ "mtfsb0 24", FPSCR_VE | FPSCR_FEX | FPSCR_VX | FPSCR_VXISI, FPSCR_VX | FPSCR_VXISI },
		{ "mffs f1", 0x12345, 0x12345 },
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->core->fpscr = rows[i].before;
		s->core->f[3] = UINT64_C(0x12345678fff80fff);
		assert_int_equal(lone_core_run(s, rows[i].text), EXEC_NEXT);
		if (s->core->fpscr != rows[i].after)
			fail_msg("row %zu, %s: %08x, want %08x", i, rows[i].text, s->core->fpscr, rows[i].after);
	}
	assert_int_equal(s->core->f[1], 0x12345);
}

/* mcrfs copies a field and clears its exception bits; others, and the summaries, it leaves to the rule. */
static void test_mcrfs(void **state)
{
	struct lone_core *s = *state;

	s->core->fpscr = 0xffffff7f & ~(uint32_t)FPSCR_RESERVED;
	lone_core_run(s, "mcrfs cr2,cr0");
	assert_int_equal(s->core->cr[2], 15);
	assert_int_equal(s->core->fpscr, (0x6fffff7f & ~(uint32_t)FPSCR_RESERVED));
	lone_core_run(s, "mcrfs cr3,cr1");
	assert_int_equal(s->core->cr[3], 15);
	lone_core_run(s, "mcrfs cr4,cr2");
	lone_core_run(s, "mcrfs cr6,cr3");
	lone_core_run(s, "mcrfs cr7,cr5");
	assert_int_equal(s->core->cr[6], 15);
	assert_int_equal(s->core->cr[7], 7);
	/* Left: FR FI C of field 3, FPCC, no exception, VE 0, the other enables, NI, RN. */
	assert_int_equal(s->core->fpscr, 0x0007f07f);
	lone_core_run(s, "mcrfs cr1,cr7");
	assert_int_equal(s->core->cr[1], 15);
	assert_int_equal(s->core->fpscr, 0x0007f07f);
}

/* A move to FPSCR that leaves FEX set traps too, the register written. */
static void test_status_interrupt(void **state)
{
	struct lone_core *s = *state;

	core_set_msr(s->core, MSR_FP | MSR_FE0 | MSR_FE1);
	s->core->fpscr = FPSCR_ZE;
	assert_int_equal(lone_core_run(s, "mtfsb1 5"), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_PROGRAM));
	assert_int_equal(s->core->srr[0], LONE_SINGLE_EA);
	assert_int_equal(s->core->fpscr, FPSCR_ZE | FPSCR_FX | FPSCR_FEX | FPSCR_ZX);
	core_set_msr(s->core, MSR_FP);
}

static void test_unavailable(void **state)
{
	static const char *const texts[] = {
		"lfs f1,0(r3)", "lfsu f1,8(r3)", "lfsx f1,r3,r4", "lfsux f1,r3,r4", "lfd f1,0(r3)", "lfdu f1,8(r3)",
		"lfdx f1,r3,r4", "lfdux f1,r3,r4", "stfs f1,0(r3)", "stfsu f1,8(r3)", "stfsx f1,r3,r4",
		"stfsux f1,r3,r4", "stfd f1,0(r3)", "stfdu f1,8(r3)", "stfdx f1,r3,r4", "stfdux f1,r3,r4",
		"stfiwx f1,r3,r4", "lfdepx f1,r3,r4", "stfdepx f1,r3,r4", "lfddx f1,r3,r4", "stfddx f1,r3,r4",
		"fadd f1,f2,f3", "fadds f1,f2,f3", "fsub f1,f2,f3", "fsubs f1,f2,f3", "fmul f1,f2,f4", "fmuls f1,f2,f4",
		"fdiv f1,f2,f3", "fdivs f1,f2,f3", "fmadd f1,f2,f4,f3", "fmadds f1,f2,f4,f3", "fmsub f1,f2,f4,f3",
		"fmsubs f1,f2,f4,f3", "fnmadd f1,f2,f4,f3", "fnmadds f1,f2,f4,f3", "fnmsub f1,f2,f4,f3",
		"fnmsubs f1,f2,f4,f3", "fres f1,f3", "frsqrte f1,f3", "frsp f1,f3", "fctiw f1,f3", "fctiwz f1,f3",
		"fmr f1,f3", "fabs f1,f3", "fnabs f1,f3", "fneg f1,f3", "fsel f1,f2,f4,f3", "fcmpu cr1,f2,f3",
		"fcmpo cr1,f2,f3", "mffs f1", "mcrfs cr1,cr0", "mtfsf 255,f3", "mtfsfi 7,1", "mtfsb0 0", "mtfsb1 0",
	};
	struct lone_core *s = *state;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		core_set_msr(s->core, 0);
		s->core->f[1] = UNTOUCHED;
		s->core->f[2] = s->core->f[3] = SNAN;
		s->core->r[3] = s->core->r[4] = 0x2000;
		s->core->fpscr = FPSCR_XE;
		s->core->cr[1] = 5;
		assert_int_equal(lone_core_run(s, texts[i]), EXEC_FAULT);
		assert_true(lone_core_took(s, IVOR_FP_UNAVAILABLE));
		assert_int_equal(s->core->srr[0], LONE_SINGLE_EA);
		assert_int_equal(s->core->f[1], UNTOUCHED);
		assert_int_equal(s->core->fpscr, FPSCR_XE);
		assert_int_equal(s->core->cr[1], 5);
		assert_int_equal(s->core->r[3], 0x2000);
	}
	core_set_msr(s->core, MSR_FP);
}

static void poke64(struct lone_core *s, uint32_t pa, uint64_t value)
{
	uint8_t bytes[8];

	be64_store(bytes, value);
	assert_true(bus_poke(s->bus, pa, bytes, 8));
}

static uint64_t peek64(struct lone_core *s, uint32_t pa)
{
	uint8_t bytes[8];

	assert_true(bus_peek(s->bus, pa, bytes, 8));
	return be64_load(bytes);
}

static void test_loads(void **state)
{
	struct lone_core *s = *state;

	poke64(s, 0x2000, UINT64_C(0x4049000000000001)); /* singles 3.140625 and 2^-149 */
	poke64(s, 0x2008, UINT64_C(0xff8000017fc00000)); /* SNaN, QNaN */
	s->core->r[3] = UINT64_C(0xdeadbeef00002000);
	s->core->r[4] = 4;
	assert_int_equal(lone_core_run(s, "lfs f1,0(r3)"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0x4009200000000000));
	assert_int_equal(lone_core_run(s, "lfsx f1,r3,r4"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], TINY_SINGLE);
	assert_int_equal(lone_core_run(s, "lfd f1,0(r3)"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0x4049000000000001));
	assert_int_equal(lone_core_run(s, "lfdx f1,r4,r3"), EXEC_NEXT); /* misaligned: no interrupt */
	assert_int_equal(s->core->f[1], UINT64_C(0x00000001ff800001));
	assert_int_equal(lone_core_run(s, "lfsu f1,8(r3)"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0xfff0000020000000));
	assert_int_equal((uint32_t)s->core->r[3], 0x2008);
	assert_int_equal(lone_core_run(s, "lfsux f1,r3,r4"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], QNAN);
	assert_int_equal((uint32_t)s->core->r[3], 0x200c);
	assert_int_equal(lone_core_run(s, "lfdu f1,-12(r3)"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0x4049000000000001));
	assert_int_equal((uint32_t)s->core->r[3], 0x2000);
	s->core->r[4] = 8;
	assert_int_equal(lone_core_run(s, "lfdux f1,r3,r4"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0xff8000017fc00000));
	assert_int_equal((uint32_t)s->core->r[3], 0x2008);
	assert_int_equal(lone_core_run(s, "lfd f1,0x2000(0)"), EXEC_NEXT);
	assert_int_equal(s->core->f[1], UINT64_C(0x4049000000000001));
	assert_int_equal(lone_core_run(s, "lfddx f1,r0,r3"), EXEC_NEXT); /* the address is in rB alone */
	assert_int_equal(s->core->f[1], UINT64_C(0xff8000017fc00000));
}

static void test_stores(void **state)
{
	struct lone_core *s = *state;

	s->core->r[3] = 0x2100;
	s->core->r[4] = 4;
	s->core->f[1] = UINT64_C(0x4009200000000000);
	s->core->f[2] = NEG | TINY_SINGLE;
	s->core->f[3] = UINT64_C(0x0123456789abcdef);
	poke64(s, 0x2100, 0);
	assert_int_equal(lone_core_run(s, "stfs f1,0(r3)"), EXEC_NEXT);
	assert_int_equal(lone_core_run(s, "stfsx f2,r3,r4"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2100), UINT64_C(0x4049000080000001));
	assert_int_equal(lone_core_run(s, "stfsu f2,8(r3)"), EXEC_NEXT);
	assert_int_equal(lone_core_run(s, "stfsux f1,r3,r4"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2108), UINT64_C(0x8000000140490000));
	assert_int_equal((uint32_t)s->core->r[3], 0x210c);
	assert_int_equal(lone_core_run(s, "stfdu f3,4(r3)"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2110), UINT64_C(0x0123456789abcdef));
	s->core->r[4] = 8;
	assert_int_equal(lone_core_run(s, "stfdux f1,r3,r4"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2118), UINT64_C(0x4009200000000000));
	assert_int_equal((uint32_t)s->core->r[3], 0x2118);
	assert_int_equal(lone_core_run(s, "stfd f3,8(r3)"), EXEC_NEXT);
	assert_int_equal(lone_core_run(s, "stfdx f3,r3,r4"), EXEC_NEXT);
	assert_int_equal(lone_core_run(s, "stfiwx f3,r3,r4"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2120), UINT64_C(0x89abcdef89abcdef));
	assert_int_equal(lone_core_run(s, "stfddx f1,r4,r3"), EXEC_NEXT);
	assert_int_equal(peek64(s, 0x2118), UINT64_C(0x4009200000000000));
}

/* A fault leaves the target and the base register alone. */
static void test_faults(void **state)
{
	struct lone_core *s = *state;

	s->core->r[3] = 0x20000;
	s->core->f[1] = UNTOUCHED;
	assert_int_equal(lone_core_run(s, "lfdu f1,8(r3)"), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_DTLB));
	assert_int_equal(s->core->dear, 0x20008);
	assert_int_equal(s->core->f[1], UNTOUCHED);
	assert_int_equal(s->core->r[3], 0x20000);
	core_set_msr(s->core, MSR_FP);
	assert_int_equal(lone_core_run(s, "stfsux f1,r3,r3"), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_DTLB));
	assert_int_equal(s->core->esr, ESR_ST | ESR_FP);
	assert_int_equal(s->core->r[3], 0x20000);
	core_set_msr(s->core, MSR_FP);
}

static void test_external_pid_is_privileged(void **state)
{
	struct lone_core *s = *state;

	core_set_msr(s->core, MSR_FP | MSR_PR);
	s->core->r[3] = 0x2000;
	assert_int_equal(lone_core_run(s, "lfdepx f1,0,r3"), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_PROGRAM));
	assert_int_equal(s->core->esr, ESR_PPR);
	core_set_msr(s->core, MSR_FP | MSR_PR);
	assert_int_equal(lone_core_run(s, "stfdepx f1,0,r3"), EXEC_FAULT);
	assert_true(lone_core_took(s, IVOR_PROGRAM));
	core_set_msr(s->core, MSR_FP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_record_and_interrupt),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_status_instructions),
		cmocka_unit_test(test_mcrfs),
		cmocka_unit_test(test_status_interrupt),
		cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_stores),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_external_pid_is_privileged),
	};

	return cmocka_run_group_tests_name("fpu", tests, setup, teardown);
}
