#include "tests/diff/expect.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/core/core.h"
#include "sim/core/interrupt.h"
#include "tests/diff/efp_oracle.h"
#include "tests/diff/expect_fpu.h"
#include "tests/diff/spe_oracle.h"

#define NOP 0x60000000u
#define NONE NULL

static uint32_t in32(const struct expect_case *c, unsigned at)
{
	return be32_load(c->input + at);
}

static uint64_t in64(const struct expect_case *c, unsigned at)
{
	return be64_load(c->input + at);
}

static bool ended_plainly(const uint8_t *record)
{
	return be32_load(record + RECORD_VECTOR) == IVOR_SYSTEM_CALL;
}

/* Substitutes. */

static uint32_t nop(const struct expect_case *c)
{
	return NOP;
}

/* Needs the SPE as the instruction does, and does nothing: evor r,r,r. */
static uint32_t spe_nop(const struct expect_case *c)
{
	return 0x10000217u | (uint32_t)c->op.t << 21 | (uint32_t)c->op.t << 16 | (uint32_t)c->op.t << 11;
}

/* The indexed form without an index register. */
static uint32_t undecorated(const struct expect_case *c)
{
	static const struct {
		const char *name;
		uint16_t xo;
	} plain[] = {
		{ "lbdx", 87 }, { "lhdx", 279 }, { "lwdx", 23 }, { "stbdx", 215 }, { "sthdx", 407 }, { "stwdx", 151 },
		{ "lfddx", 599 }, { "stfddx", 727 },
	};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (!strcmp(plain[i].name, c->row->name))
			return 31u << 26 | (uint32_t)c->op.t << 21 | (uint32_t)c->op.b << 11 |
			       (uint32_t)plain[i].xo << 1;
	return NOP;
}

static uint32_t dcbst_b(const struct expect_case *c)
{
	return 0x7c00006cu | (uint32_t)c->op.b << 11;
}

static uint32_t dcba(const struct expect_case *c)
{
	return c->op.word & ~0x00200000u;
}

/* dcbst of the same address: a load as far as translation goes. */
static uint32_t dcbst(const struct expect_case *c)
{
	return 0x7c00006cu | (c->op.word & 0x001ff800u);
}

/* Corrections. */

static uint32_t in_gpr(const struct expect_case *c, unsigned n)
{
	return in32(c, RECORD_GPR + 8 * n + 4);
}

static bool row_has(const struct expect_case *c, enum isa_operand_id wanted)
{
	for (const uint8_t *id = c->row->operands; *id; id++)
		if (*id == wanted)
			return true;
	return false;
}

static uint32_t effective_address(const struct expect_case *c)
{
	uint32_t base = c->op.a || row_has(c, ISA_OPERAND_RAU) ? in_gpr(c, c->op.a) : 0;

	if (!row_has(c, ISA_OPERAND_RB))
		return base + (uint32_t)c->op.imm;
	if (row_has(c, ISA_OPERAND_RA)) /* a decoration */
		return in_gpr(c, c->op.b);
	return base + in_gpr(c, c->op.b);
}

static bool is_store(const struct expect_case *c)
{
	return c->row->writes & ISA_EFFECT_MEM && !(c->row->reads & ISA_EFFECT_MEM);
}

/* ESR of a storage interrupt: what was tried (Book III-E, ESR; E500CORERM 2.7.2.4). */
static uint32_t storage_esr(const struct expect_case *c)
{
	uint32_t esr = 0;

	if (is_store(c))
		esr |= ESR_ST;
	if (c->op.word >> 26 == 4)
		esr |= ESR_SPV;
	if (row_has(c, ISA_OPERAND_FRT) || row_has(c, ISA_OPERAND_FRS))
		esr |= ESR_FP;
	if (c->row->reads & ISA_EFFECT_EPID)
		esr |= ESR_EPID;
	return esr;
}

/* The instruction was not executed: all that it could have changed is as before. */
static void interrupted(const struct expect_case *c, uint8_t *record, enum ivor ivor, uint32_t esr)
{
	memcpy(record + RECORD_GPR, c->input + RECORD_GPR, RECORD_ACC - RECORD_GPR);
	memcpy(record + RECORD_ACC, c->input + RECORD_ACC, RECORD_MSR - RECORD_ACC);
	memcpy(record + RECORD_MAS, (ivor == IVOR_DTLB ? c->got : c->input) + RECORD_MAS, RECORD_END - RECORD_MAS);
	be32_store(record + RECORD_VECTOR, ivor);
	be32_store(record + RECORD_SRR0, c->stub + STUB_TESTED);
	be32_store(record + RECORD_SRR1, in32(c, RECORD_MSR));
	be32_store(record + RECORD_ESR, esr);
	be32_store(record + RECORD_DEAR, in32(c, RECORD_DEAR));
}

/* Which entry to replace next is a hint, and each picks it in its own way. */
static void next_victim(const struct expect_case *c, uint8_t *record)
{
	const uint32_t hints = 0x0fff0fff; /* ESEL, NV */
	uint32_t mas0 = be32_load(record + RECORD_MAS), got = be32_load(c->got + RECORD_MAS);

	bool tlb = !strcmp(c->row->name, "tlbsx") || !strcmp(c->row->name, "tlbre");

	if (be32_load(record + RECORD_VECTOR) == IVOR_DTLB || (tlb && ended_plainly(record)))
		be32_store(record + RECORD_MAS, (mas0 & ~hints) | (got & hints));
}

static void misaligned(const struct expect_case *c, uint8_t *record)
{
	interrupted(c, record, IVOR_ALIGNMENT, storage_esr(c));
	be32_store(record + RECORD_DEAR, effective_address(c));
}

/* A storage interrupt that both take: QEMU says less of it. */
static void storage(const struct expect_case *c, uint8_t *record)
{
	uint32_t vector = be32_load(record + RECORD_VECTOR);

	if (vector != IVOR_DTLB && vector != IVOR_DSI && vector != IVOR_ALIGNMENT)
		return;
	be32_store(record + RECORD_ESR, storage_esr(c));
	be32_store(record + RECORD_DEAR, effective_address(c));
	/* A block that is zeroed: any byte of it (Book III-E 7.2.14). */
	if (!strncmp(c->row->name, "dcbz", 4) && !((effective_address(c) ^ be32_load(c->got + RECORD_DEAR)) & ~63u))
		be32_store(record + RECORD_DEAR, be32_load(c->got + RECORD_DEAR));
}

static bool is_mapped(const struct expect_case *c)
{
	return effective_address(c) < LAYOUT_MEMORY;
}

/* A TLB miss comes before the alignment (E500CORERM 5.11.1). */
static void missed(const struct expect_case *c, uint8_t *record)
{
	interrupted(c, record, IVOR_DTLB, storage_esr(c));
	be32_store(record + RECORD_DEAR, effective_address(c));
}

static void align_word(const struct expect_case *c, uint8_t *record)
{
	if (!is_mapped(c))
		missed(c, record);
	else if (effective_address(c) & 3)
		misaligned(c, record);
}

/* stwcx.: QEMU looks at the address only when there is a reservation; undo what it did. */
static void align_conditional(const struct expect_case *c, uint8_t *record)
{
	uint8_t gprs[RECORD_FPR];

	if (!is_mapped(c)) {
		missed(c, record);
		return;
	}
	if (!(effective_address(c) & 3))
		return;
	memcpy(gprs, record, sizeof gprs); /* an lwarx went before */
	misaligned(c, record);
	memcpy(record, gprs, sizeof gprs);
}

/* Bytes that must be aligned to their number: from the name, evld.. 8, ev.w.. 4, ev.hh.. 2. */
static uint32_t spe_size(const char *name)
{
	const char *what = strncmp(name, "evst", 4) ? name + 3 : name + 4;

	return *what == 'd' ? 8 : *what == 'w' ? 4 : 2;
}

static void align_spe(const struct expect_case *c, uint8_t *record)
{
	if (in32(c, RECORD_MSR) & MSR_SPE && is_mapped(c) && effective_address(c) & (spe_size(c->row->name) - 1))
		misaligned(c, record);
}

static void set_result(const struct expect_case *c, uint8_t *record, uint32_t high, uint32_t low)
{
	if (ended_plainly(record))
		be64_store(record + RECORD_GPR + 8u * c->op.t, (uint64_t)high << 32 | low);
}

/*
 * Nothing special happened: QEMU's result counts, but for its signed fractions,
 * which it scales by 2^32, evfsctsi, whose high word it overwrites with the
 * low one's sign, and FRMC, which it does not look at.
 */
static bool efp_is_ieee(const struct expect_case *c, const struct efp_state *s)
{
	const char *name = c->row->name;

	if (!strcmp(name, "evfsctsi") || !strcmp(name, "evfsctsiz"))
		return false;
	return !(s->spefscr & 0x0f000f00) && !(s->spefscr & 3) && strcmp(name + strlen(name) - 2, "sf");
}

/* The scalar single forms do without MSR[SPE]; the round interrupt comes behind the instruction. */
static void efp(const struct expect_case *c, uint8_t *record)
{
	uint64_t qemu = be64_load(record + RECORD_GPR + 8u * c->op.t);
	struct efp_state s = {
		.a = in64(c, RECORD_GPR + 8u * c->op.a), .b = in64(c, RECORD_GPR + 8u * c->op.b),
		.result = in64(c, RECORD_GPR + 8u * c->op.t), .spefscr = in32(c, RECORD_SPEFSCR),
	};
	bool scalar_single = !strncmp(c->row->name, "efs", 3) && strcmp(c->row->name, "efscfd");
	unsigned shift = 28 - 4 * c->op.t;

	if ((!scalar_single && !(in32(c, RECORD_MSR) & MSR_SPE)) || !efp_oracle(c->row->name, &s))
		return;
	interrupted(c, record, s.round_interrupt ? IVOR_EFP_ROUND : IVOR_SYSTEM_CALL,
		    s.round_interrupt ? ESR_SPV : in32(c, RECORD_ESR));
	be32_store(record + RECORD_SRR0, c->stub + STUB_FALL + (s.round_interrupt ? 0 : 4));
	be32_store(record + RECORD_SPEFSCR, s.spefscr);
	if (s.compares)
		be32_store(record + RECORD_CR, (in32(c, RECORD_CR) & ~(15u << shift)) | s.field << shift);
	else
		be64_store(record + RECORD_GPR + 8u * c->op.t, efp_is_ieee(c, &s) ? qemu : s.result);
}

static void evrndw(const struct expect_case *c, uint8_t *record)
{
	uint64_t a = in64(c, RECORD_GPR + 8u * c->op.a);

	set_result(c, record, ((uint32_t)(a >> 32) + 0x8000) & 0xffff0000u, ((uint32_t)a + 0x8000) & 0xffff0000u);
}

/* A shift by 0..63 of one word. */
static uint32_t shifted(char direction, bool is_signed, uint32_t value, uint32_t by)
{
	int64_t wide = is_signed ? (int64_t)(int32_t)value : (int64_t)value;

	by &= 63;
	return direction == 'l' ? (uint32_t)((uint64_t)value << by) : (uint32_t)(wide >> by);
}

static void spe_shift(const struct expect_case *c, uint8_t *record)
{
	uint64_t a = in64(c, RECORD_GPR + 8u * c->op.a), b = in64(c, RECORD_GPR + 8u * c->op.b);
	char direction = c->row->name[3];
	bool is_signed = c->row->name[5] == 's';

	set_result(c, record, shifted(direction, is_signed, (uint32_t)(a >> 32), (uint32_t)(b >> 32)),
		   shifted(direction, is_signed, (uint32_t)a, (uint32_t)b));
}

static void mtmsr_me(const struct expect_case *c, uint8_t *record)
{
	uint32_t srr1 = be32_load(record + RECORD_SRR1) & ~(uint32_t)MSR_ME;

	if (ended_plainly(record))
		be32_store(record + RECORD_SRR1, srr1 | (in_gpr(c, c->op.t) & MSR_ME));
}

static void program_srr1(const struct expect_case *c, uint8_t *record)
{
	if (be32_load(record + RECORD_VECTOR) == IVOR_PROGRAM)
		be32_store(record + RECORD_SRR1, in32(c, RECORD_MSR));
}

static void spe(const struct expect_case *c, uint8_t *record)
{
	struct spe_state state = {
		.a = in64(c, RECORD_GPR + 8u * c->op.a), .b = in64(c, RECORD_GPR + 8u * c->op.b),
		.acc = in64(c, RECORD_ACC), .spefscr = in32(c, RECORD_SPEFSCR),
	};

	if (!ended_plainly(record) || !spe_oracle(c->row->name, &state))
		return;
	be64_store(record + RECORD_GPR + 8u * c->op.t, state.result);
	be64_store(record + RECORD_ACC, state.acc);
	be32_store(record + RECORD_SPEFSCR, state.spefscr);
}

static void return_mcsrr(const struct expect_case *c, uint8_t *record)
{
	if (in32(c, RECORD_MSR) & MSR_PR) {
		be32_store(record + RECORD_VECTOR, IVOR_PROGRAM);
		be32_store(record + RECORD_SRR0, c->stub + STUB_TESTED);
		be32_store(record + RECORD_SRR1, in32(c, RECORD_MSR));
		be32_store(record + RECORD_ESR, ESR_PPR);
		return;
	}
	be32_store(record + RECORD_SRR0, c->stub + STUB_TARGET + 4);
	be32_store(record + RECORD_SRR1, in32(c, RECORD_MCSRR1) & c->model->msr_mask);
}

/* User mode has no use of it (Book III-E; for the branch-buffer instructions MSR[UBLE], which is never set here). */
static void privileged(const struct expect_case *c, uint8_t *record)
{
	bool supervisor = c->row->needs & ISA_NEED_SUPERVISOR || !strncmp(c->row->name, "bb", 2);

	if (supervisor && in32(c, RECORD_MSR) & MSR_PR)
		interrupted(c, record, IVOR_PROGRAM, ESR_PPR);
}

/* Cache locking in user mode without MSR[UCLE]: DSI before all else (E500CORERM 5.7.3). */
static void locking(const struct expect_case *c, uint8_t *record)
{
	uint32_t esr = c->row->name[0] == 'd' ? ESR_DLK : ESR_ILK;

	if (!strcmp(c->row->name, "dcbtstls"))
		esr |= ESR_ST;
	if (be32_load(record + RECORD_VECTOR) == IVOR_DTLB)
		be32_store(record + RECORD_ESR, esr & ESR_ST);
	if ((in32(c, RECORD_MSR) & (MSR_PR | MSR_UCLE)) != MSR_PR)
		return;
	interrupted(c, record, IVOR_DSI, esr);
	be32_store(record + RECORD_DEAR, effective_address(c));
}

static void hypervisor_privilege(const struct expect_case *c, uint8_t *record)
{
	interrupted(c, record, 41, in32(c, RECORD_ESR));
}

/* Half word n of the operand in memory, or of what lies in the window there. */
static uint64_t memory_half(const struct expect_case *c, unsigned n)
{
	uint32_t at = effective_address(c) + 2 * n - in32(c, RECORD_WINDOW);

	return at < LAYOUT_WINDOW_SIZE - 1 ? be16_load(c->input + RECORD_DATA + at) : 0;
}

static void evldh(const struct expect_case *c, uint8_t *record)
{
	set_result(c, record, (uint32_t)(memory_half(c, 0) << 16 | memory_half(c, 1)),
		   (uint32_t)(memory_half(c, 2) << 16 | memory_half(c, 3)));
}

static void evlwhsplat(const struct expect_case *c, uint8_t *record)
{
	set_result(c, record, (uint32_t)memory_half(c, 0) * 0x10001u, (uint32_t)memory_half(c, 1) * 0x10001u);
}

#define DIVERGENCE_ALL NULL
#define DIVERGENCE_E500V2 "e500v2"
#define DIVERGENCE_E500MC "e500mc"

static const struct divergence list[] = {
#define DIVERGENCE(mnemonics, cores, substitute, correct, reason) \
	{ mnemonics, DIVERGENCE_##cores, substitute, correct, reason },
#include "tests/diff/divergences.def"
#undef DIVERGENCE
};

/* The multiplies but for the six that QEMU has, which so check the oracle. */
static bool spe_multiply_missing(const char *name)
{
	static const char has[] = " evmwumi evmwumia evmwumiaa evmwsmi evmwsmia evmwsmiaa ";
	struct spe_state state = { 0 };
	char spaced[40];

	snprintf(spaced, sizeof spaced, " %s ", name);
	return !strncmp(name, "evm", 3) && !strstr(has, spaced) && spe_oracle(name, &state);
}

static bool applies(const struct divergence *d, const struct expect_case *c)
{
	char name[40];

	if (d->model && strcmp(d->model, c->model->name))
		return false;
	if (!strcmp(d->mnemonics, " * "))
		return true;
	if (!strcmp(d->mnemonics, " ef* "))
		return !strncmp(c->row->name, "ef", 2) || !strncmp(c->row->name, "evfs", 4);
	if (!strcmp(d->mnemonics, " evm* "))
		return spe_multiply_missing(c->row->name);
	snprintf(name, sizeof name, " %s ", c->row->name);
	return strstr(d->mnemonics, name);
}

void expect_case_init(struct expect_case *c, const struct batch *batch, unsigned number)
{
	uint32_t word = batch_word(batch, number);

	c->model = batch->model;
	c->row = isa_row(isa_decode(word, batch->model->categories, &c->op));
	c->stub = LAYOUT_STUBS + number * STUB_SIZE;
	c->input = batch_input(batch, number);
}

uint32_t expect_qemu_word(const struct expect_case *c)
{
	for (const struct divergence *d = list; d < list + sizeof list / sizeof *list; d++)
		if (d->substitute && applies(d, c))
			return d->substitute(c);
	return c->op.word;
}

void expect_correct(const struct expect_case *c, uint8_t *record)
{
	for (const struct divergence *d = list; d < list + sizeof list / sizeof *list; d++)
		if (d->correct && applies(d, c))
			d->correct(c, record);
}

size_t expect_divergences(const struct divergence **out)
{
	*out = list;
	return sizeof list / sizeof *list;
}
