#include "tests/isa/cells.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "sim/base/bits.h"

#define HASH(seed, member) XXH3_64bits_withSeed(&core->member, sizeof(core->member), seed)

static void read_groups(const struct core *core, uint64_t *value)
{
	value[CELL_MSR] = core->msr;
	value[CELL_SAVE_RESTORE] = HASH(HASH(HASH(HASH(0, srr), csrr), dsrr), mcsrr);
	value[CELL_EPID] = HASH(HASH(0, eplc), epsc);
	value[CELL_PMRS] = HASH(HASH(HASH(HASH(0, pmgc0), pmlca), pmlcb), pmc);
	value[CELL_SPRS] = HASH(HASH(HASH(HASH(HASH(0, ivpr), ivor), sprg), usprg0), pir);
	value[CELL_SPRS] = HASH(HASH(HASH(HASH(HASH(value[CELL_SPRS], hid0), hid1), bucsr), l1csr), l2csr0);
	value[CELL_SPRS] = HASH(HASH(HASH(HASH(value[CELL_SPRS], dbcr), dbsr), iac), dac);
	value[CELL_SPRS] = HASH(HASH(HASH(HASH(value[CELL_SPRS], bbear), bbtar), mmu.pid), mmu.mmucsr0);
	value[CELL_SPRS] = HASH(value[CELL_SPRS], mmu.mas);
	value[CELL_TLB] = HASH(HASH(HASH(0, mmu_tables.tlb0), mmu_tables.tlb1), mmu_tables.next_victim);
	value[CELL_IDLE] = core->state;
	value[CELL_DOORBELL] = core->pending & (CAUSE_DOORBELL | CAUSE_CRITICAL_DOORBELL);
	value[CELL_INTERRUPT] = HASH(HASH(HASH(HASH(HASH(0, esr), dear), mcsr), mcar_high), mcar_low);
}

void cells_read(const struct core *core, struct cells *cells)
{
	uint64_t *value = cells->value;

	for (unsigned i = 0; i < 32; i++) {
		value[CELL_GPR + i] = (uint32_t)core->r[i];
		value[CELL_GPR_HIGH + i] = core->r[i] >> 32;
		value[CELL_FPR + i] = core->f[i];
		value[CELL_CR + i] = core_cr_bit(core, i);
	}
	value[CELL_CA] = core->ca;
	value[CELL_OV] = core->ov;
	value[CELL_SO] = core->so;
	value[CELL_XER_COUNT] = core->xer_count;
	value[CELL_LR] = core->lr;
	value[CELL_CTR] = core->ctr;
	value[CELL_FPSCR] = core->fpscr;
	value[CELL_SPEFSCR] = core->spefscr;
	value[CELL_ACC] = core->acc;
	value[CELL_RESERVATION] = core->reserved;
	read_groups(core, value);
}

void cells_write(struct core *core, const struct cells *cells)
{
	const uint64_t *value = cells->value;
	uint32_t cr = 0;

	for (unsigned i = 0; i < 32; i++) {
		core->r[i] = value[CELL_GPR_HIGH + i] << 32 | value[CELL_GPR + i];
		core->f[i] = value[CELL_FPR + i];
		cr = cr << 1 | (uint32_t)value[CELL_CR + i];
	}
	core_set_cr(core, cr);
	core->ca = (uint8_t)value[CELL_CA];
	core->ov = (uint8_t)value[CELL_OV];
	core->so = (uint8_t)value[CELL_SO];
	core->xer_count = (uint8_t)value[CELL_XER_COUNT];
	core->lr = (uint32_t)value[CELL_LR];
	core->ctr = (uint32_t)value[CELL_CTR];
	core->fpscr = (uint32_t)value[CELL_FPSCR];
	core->spefscr = (uint32_t)value[CELL_SPEFSCR];
	core->acc = value[CELL_ACC];
	core->reserved = value[CELL_RESERVATION];
	core->reserved_pa = 0;
}

/* Numbers near what arithmetic, addresses and both float formats turn at. */
static uint64_t random_value(struct random *random)
{
	static const uint64_t values[] = {
		0, 1, 2, 31, 32, 0x7f, 0x80, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x3f800000, 0x7f800000, 0x7fc00000, 0xff7fffff, 0x00000001, 0x3ff0000000000000, 0x7ff0000000000000,
		0x7ff8000000000000, 0xbff0000000000000, 0x8000000000000000, 0xffffffffffffffff, 0x4024000000000000,
	};
	uint64_t value = random_u64(random);

	switch (random_below(random, 4)) {
	case 0:
		return values[random_below(random, sizeof(values) / sizeof(*values))];
	case 1:
		return values[random_below(random, sizeof(values) / sizeof(*values))] ^ (value & 3);
	default:
		return value;
	}
}

/* FPSCR as a program can have it: FEX and VX are sums of others, bit 20 is reserved (Power ISA Book I 4.2.2). */
static uint32_t random_fpscr(struct random *random)
{
	uint32_t fpscr = (uint32_t)random_u64(random) & ~(PPC_BIT32(1) | PPC_BIT32(2) | PPC_BIT32(20));

	/* Exceptions are enabled in one state of four only. */
	if (random_below(random, 4))
		fpscr &= ~(uint32_t)0xf8;
	if (fpscr & (PPC_BIT32(7) | PPC_BIT32(8) | PPC_BIT32(9) | PPC_BIT32(10) | PPC_BIT32(11) | PPC_BIT32(12) |
		     PPC_BIT32(21) | PPC_BIT32(22) | PPC_BIT32(23)))
		fpscr |= PPC_BIT32(2);
	if (fpscr >> 25 & fpscr >> 3 & 31)
		fpscr |= PPC_BIT32(1);
	return fpscr;
}

void cells_randomize(struct cells *cells, struct random *random)
{
	for (unsigned i = 0; i < CELL_RANDOM; i++) {
		uint64_t value = random_value(random);

		if (i < CELL_FPR)
			value = (uint32_t)value;
		else if ((i >= CELL_CR && i <= CELL_SO) || i == CELL_RESERVATION)
			value = random_below(random, 2);
		else if (i == CELL_XER_COUNT)
			value &= 0x7f;
		else if (i == CELL_LR || i == CELL_CTR)
			value = (uint32_t)value;
		else if (i == CELL_FPSCR)
			value = random_fpscr(random);
		else if (i == CELL_SPEFSCR)
			value = random_below(random, 4) ? value & 0xff3eff03 : value & 0xff3eff7f;
		cells->value[i] = value;
	}
}

const char *cells_name(unsigned cell, char *buffer, size_t size)
{
	static const struct {
		unsigned first;
		const char *name;
	} ranges[] = {
		{ CELL_CR, "CR bit" }, { CELL_FPR, "f" }, { CELL_GPR_HIGH, "high half of r" }, { CELL_GPR, "r" },
	};
	static const char *const names[] = {
		"XER[CA]",         "XER[OV]", "XER[SO]", "XER count",   "LR",    "CTR",
		"FPSCR",           "SPEFSCR", "ACC",     "reservation", "MSR",   "save/restore registers",
		"EPLC, EPSC",      "PMRs",    "SPRs",    "TLB",         "state", "doorbells",
		"ESR, DEAR, MCSR",
	};

	if (cell >= CELL_CA)
		return names[cell - CELL_CA];
	for (unsigned i = 0;; i++) {
		if (cell >= ranges[i].first) {
			snprintf(buffer, size, "%s%u", ranges[i].name, cell - ranges[i].first);
			return buffer;
		}
	}
}

static void mark(bool *cells, unsigned first, unsigned n)
{
	memset(cells + first, true, n);
}

static void mark_operand(const struct isa_operand *operand, unsigned value, bool *cells)
{
	switch (operand->kind) {
	case ISA_KIND_GPR_OR_ZERO:
		mark(cells, CELL_GPR + value, value ? 1 : 0);
		break;
	case ISA_KIND_GPR:
	case ISA_KIND_GPR_BASE:
		mark(cells, CELL_GPR + value, 1);
		break;
	case ISA_KIND_GPR_UP:
		mark(cells, CELL_GPR + value, 32 - value);
		break;
	case ISA_KIND_GPR64:
		mark(cells, CELL_GPR + value, 1);
		mark(cells, CELL_GPR_HIGH + value, 1);
		break;
	case ISA_KIND_FPR:
		mark(cells, CELL_FPR + value, 1);
		break;
	case ISA_KIND_CR_FIELD:
		mark(cells, CELL_CR + 4 * value, 4);
		break;
	case ISA_KIND_CR_BIT:
		mark(cells, CELL_CR + value, 1);
		break;
	default:
		break;
	}
}

/* The CR fields that FXM selects; all without FXM (mfcr). */
static void mark_cr(const struct isa_row *row, uint32_t word, bool *cells)
{
	uint32_t fxm = bits32(word, ISA_FIRST_FXM, ISA_LAST_FXM);

	if (row == isa_row(ISA_mfcr))
		fxm = 0xff;
	for (unsigned field = 0; field < 8; field++) {
		if (fxm >> (7 - field) & 1)
			mark(cells, CELL_CR + 4 * field, 4);
	}
}

static void mark_effects(const struct isa_row *row, uint32_t word, uint32_t effects, bool *cells)
{
	static const struct {
		uint32_t effect;
		unsigned first, n;
	} table[] = {
		{ ISA_EFFECT_CA, CELL_CA, 1 },
		{ ISA_EFFECT_OV, CELL_OV, 1 },
		{ ISA_EFFECT_SO, CELL_SO, 1 },
		{ ISA_EFFECT_CR0, CELL_CR, 4 },
		{ ISA_EFFECT_CR1, CELL_CR + 4, 4 },
		{ ISA_EFFECT_LR, CELL_LR, 1 },
		{ ISA_EFFECT_CTR, CELL_CTR, 1 },
		{ ISA_EFFECT_RESERVATION, CELL_RESERVATION, 1 },
		{ ISA_EFFECT_MSR, CELL_MSR, 1 },
		{ ISA_EFFECT_FPSCR, CELL_FPSCR, 1 },
		{ ISA_EFFECT_SPEFSCR, CELL_SPEFSCR, 1 },
		{ ISA_EFFECT_ACC, CELL_ACC, 1 },
		/* An SPR may be any of them: XER, LR, CTR, SPEFSCR too. */
		{ ISA_EFFECT_SPRS, CELL_CA, CELL_SPEFSCR - CELL_CA + 1 },
		{ ISA_EFFECT_SPRS, CELL_RANDOM, CELLS - CELL_RANDOM },
		{ ISA_EFFECT_PMRS, CELL_PMRS, 1 },
		{ ISA_EFFECT_SAVE_RESTORE, CELL_SAVE_RESTORE, 1 },
		{ ISA_EFFECT_EPID, CELL_EPID, 1 },
		{ ISA_EFFECT_TLB, CELL_TLB, 1 },
		{ ISA_EFFECT_DOORBELL, CELL_DOORBELL, 1 },
		{ ISA_EFFECT_IDLE, CELL_IDLE, 1 },
		{ ISA_EFFECT_INTERRUPT, CELL_MSR, CELLS - CELL_MSR },
	};

	for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (effects & table[i].effect)
			mark(cells, table[i].first, table[i].n);
	}
	if (effects & ISA_EFFECT_CR)
		mark_cr(row, word, cells);
}

void cells_declared(const struct isa_row *row, uint32_t word, bool *reads, bool *writes)
{
	unsigned flags = isa_word_flags(row, word);

	memset(reads, false, CELLS);
	memset(writes, false, CELLS);
	for (const uint8_t *id = row->operands; *id; id++) {
		const struct isa_operand *operand = isa_operand(*id);
		unsigned value = (unsigned)isa_operand_value(operand, word);

		if (operand->access & ISA_ACCESS_READ)
			mark_operand(operand, value, reads);
		if (operand->access & ISA_ACCESS_WRITE)
			mark_operand(operand, value, writes);
	}
	mark_effects(row, word, isa_reads(row, flags), reads);
	mark_effects(row, word, isa_writes(row, flags), writes);
}
