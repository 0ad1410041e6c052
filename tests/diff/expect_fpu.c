#include "tests/diff/expect_fpu.h"

#include <fenv.h>
#include <math.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/core/interrupt.h"

#define FX 0x80000000u
#define EXCEPTIONS 0x1ff80700u /* OX UX ZX XX VXSNAN VXISI VXIDI VXZDZ VXIMZ VXVC VXSOFT VXSQRT VXCVI */
#define XX 0x02000000u
#define FEX 0x40000000u
#define VX 0x20000000u
#define VXVC 0x00080000u
#define VXSNAN 0x01000000u
#define VX_ALL 0x01f80700u
#define FPRF 0x0001f000u
#define FPRF_C 0x00010000u
#define VE 0x80u
#define NI 0x04u
#define FR 0x00040000u
#define FI 0x00020000u
#define OX 0x10000000u
#define UX 0x08000000u
#define ZX 0x04000000u
#define OE 0x40u
#define UE 0x20u
#define ZE 0x10u

static uint32_t fpscr_of(const uint8_t *record)
{
	return be32_load(record + RECORD_FPSCR + 4);
}

static void set_fpscr(uint8_t *record, uint32_t bits, uint32_t value)
{
	be32_store(record + RECORD_FPSCR + 4, (fpscr_of(record) & ~bits) | (value & bits));
}

static uint64_t fpr_bits(const uint8_t *record, unsigned n)
{
	return be64_load(record + RECORD_FPR + 8 * n);
}

static double fpr(const uint8_t *record, unsigned n)
{
	uint64_t bits = fpr_bits(record, n);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static bool executed(const uint8_t *record)
{
	return be32_load(record + RECORD_VECTOR) != IVOR_FP_UNAVAILABLE;
}

static bool is_snan(uint64_t bits)
{
	return (bits << 1) > UINT64_C(0xffe0000000000000) && !(bits & UINT64_C(0x0008000000000000));
}

void expect_fpu_compare(const struct expect_case *c, uint8_t *record)
{
	if (executed(record))
		set_fpscr(record, FR | FI | FPRF_C, fpscr_of(c->input));
	if (executed(record) && fpscr_of(c->input) & VE && (is_snan(fpr_bits(c->input, c->op.a)) ||
							    is_snan(fpr_bits(c->input, c->op.b))))
		set_fpscr(record, VXVC, fpscr_of(c->input));
}

void expect_fpu_convert(const struct expect_case *c, uint8_t *record)
{
	if (!executed(record))
		return;
	set_fpscr(record, FPRF, fpscr_of(c->got));
	be32_store(record + RECORD_FPR + 8u * c->op.t, 0xfff80000u);
}

/* FX and the summaries FEX and VX; with Rc their copy in CR1, which an enabled exception does not hold up. */
static void summarise(const struct expect_case *c, uint8_t *record)
{
	uint32_t before = fpscr_of(c->input), now = fpscr_of(record), enabled;

	enabled = (now & VX_ALL ? VE : 0) | (now >> 22 & 0x78); /* OX UX ZX XX stand 22 bits above their enables */
	set_fpscr(record, FX, before & FX || now & EXCEPTIONS & ~before ? FX : 0);
	set_fpscr(record, VX, now & VX_ALL ? VX : 0);
	set_fpscr(record, FEX, now & enabled & 0xf8 ? FEX : 0);
	if (c->op.flags & OP_RC) {
		uint32_t cr = be32_load(record + RECORD_CR) & ~0x0f000000u;

		be32_store(record + RECORD_CR, cr | (fpscr_of(record) >> 28) << 24);
	}
}

void expect_fpu_mtfsb1(const struct expect_case *c, uint8_t *record)
{
	if (!executed(record))
		return;
	if (c->op.t == 29)
		set_fpscr(record, NI, NI);
	if (c->op.t == 0)
		return; /* FX itself */
	summarise(c, record);
}

/* An enabled invalid operation or division by zero: target and FPRF stay (Book I 4.4.1, 4.4.2). */
static bool left_alone(const struct expect_case *c, const uint8_t *record)
{
	uint32_t fpscr = fpscr_of(record), raised = fpscr & ~fpscr_of(c->input);

	return (fpscr & VE && raised & VX_ALL) || (fpscr & ZE && raised & ZX);
}

/* An estimate as good as the architecture asks for is taken as it is; so is what it leaves undefined. */
void expect_fpu_estimate(const struct expect_case *c, uint8_t *record)
{
	bool root = !strcmp(c->row->name, "frsqrte");
	double x = fpr(c->input, c->op.b), got = fpr(c->got, c->op.t);
	double exact = root ? 1 / sqrt(x) : 1 / x;

	if (!executed(record))
		return;
	set_fpscr(record, FR | FI, fpscr_of(c->got));
	set_fpscr(record, XX, fpscr_of(c->input));
	if (left_alone(c, record)) {
		be64_store(record + RECORD_FPR + 8u * c->op.t, fpr_bits(c->input, c->op.t));
		set_fpscr(record, FPRF, fpscr_of(c->input));
		return;
	}
	if (!root && fabs(exact) >= 0x1p128) { /* no single is that large */
		if (signbit(got) == signbit(x) && fabs(got) >= 0x1.fffffep127)
			be64_store(record + RECORD_FPR + 8u * c->op.t, fpr_bits(c->got, c->op.t));
		set_fpscr(record, OX | FPRF, fpscr_of(c->got));
	}
	if (isfinite(exact) && isfinite(got) && fabs(got / exact - 1) < (root ? 1. / 32 : 1. / 256))
		be64_store(record + RECORD_FPR + 8u * c->op.t, fpr_bits(c->got, c->op.t));
	if (!root && fabs(got) < 0x1p-126 && got != 0)
		set_fpscr(record, FPRF_C, fpscr_of(record) & UE ? fpscr_of(c->got) : FPRF_C);
}

static bool is_single(const struct expect_case *c)
{
	return c->op.word >> 26 == 59 || !strcmp(c->row->name, "frsp");
}

/* fnmadd is fmadd, rounded, and then negated: QEMU is asked for that. */
uint32_t expect_fpu_not_negated(const struct expect_case *c)
{
	return c->op.word & ~4u;
}

/* Infinity times zero plus a signalling NaN is two exceptions. */
void expect_fpu_both(const struct expect_case *c, uint8_t *record)
{
	if (executed(record) && is_snan(fpr_bits(c->input, c->op.b)))
		set_fpscr(record, VXSNAN, VXSNAN);
}

void expect_fpu_negate(const struct expect_case *c, uint8_t *record)
{
	uint64_t bits = fpr_bits(record, c->op.t);
	uint32_t fpscr = fpscr_of(record);

	if (!executed(record) || left_alone(c, record) || isnan(fpr(record, c->op.t)))
		return;
	be64_store(record + RECORD_FPR + 8u * c->op.t, bits ^ UINT64_C(0x8000000000000000));
	if ((fpscr & FPRF) == 0x2000 || (fpscr & FPRF) == 0x12000) /* a zero: its sign is in C */
		set_fpscr(record, FPRF_C, ~fpscr);
	else
		set_fpscr(record, 0xc000, (fpscr << 1 & 0x8000) | (fpscr >> 1 & 0x4000));
}

/* The operation as the host does it when it rounds toward zero. */
static double toward_zero(const struct expect_case *c)
{
	volatile double a = fpr(c->input, c->op.a), b = fpr(c->input, c->op.b), f = fpr(c->input, c->op.c), r;
	volatile float single;
	const char *name = c->row->name;
	int mode = fegetround();

	fesetround(FE_TOWARDZERO);
	if (!strncmp(name, "fadd", 4))
		r = a + b;
	else if (!strncmp(name, "fsub", 4))
		r = a - b;
	else if (!strncmp(name, "fmul", 4))
		r = a * f;
	else if (!strncmp(name, "fdiv", 4))
		r = a / b;
	else if (!strncmp(name, "fctiw", 5))
		r = trunc(b);
	else if (!strcmp(name, "frsp"))
		r = b;
	else
		r = strstr(name, "add") ? fma(a, f, b) : fma(a, f, -b);
	if (is_single(c)) {
		single = (float)r;
		r = single;
	}
	fesetround(mode);
	return r;
}

void expect_fpu_rounded(const struct expect_case *c, uint8_t *record)
{
	uint32_t fpscr = fpscr_of(record);
	double result = fpr(record, c->op.t);

	if (!executed(record))
		return;
	if (left_alone(c, record)) {
		be64_store(record + RECORD_FPR + 8u * c->op.t, fpr_bits(c->input, c->op.t));
		set_fpscr(record, FPRF, fpscr_of(c->input));
		set_fpscr(record, FR | FI, 0);
		return;
	}
	/* Overflow leaves FR undefined; the scaled results of enabled overflow and underflow are not the host's. */
	if (isinf(result) || fabs(result) == (is_single(c) ? 0x1.fffffep127 : 0x1.fffffffffffffp1023) ||
	    (fpscr & UX && fpscr & UE) || (fpscr & OX && fpscr & OE)) {
		set_fpscr(record, FR | FPRF_C, fpscr_of(c->got));
		return;
	}
	if (!strncmp(c->row->name, "fctiw", 5))
		result = (int32_t)fpr_bits(record, c->op.t);
	else if (is_single(c) && result != 0 && fabs(result) < 0x1p-126)
		set_fpscr(record, FPRF_C, FPRF_C);
	set_fpscr(record, FR, fpscr & FI && fabs(result) > fabs(toward_zero(c)) ? FR : 0);
}

void expect_fpu_summary(const struct expect_case *c, uint8_t *record)
{
	if (executed(record))
		summarise(c, record);
}
