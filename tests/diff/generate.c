#include "tests/diff/generate.h"

#include <string.h>

#include "sim/base/endian.h"
#include "sim/core/core.h"
#include "sim/core/interrupt.h"
#include "tests/diff/values.h"

#define XER_BITS 0xe000007fu /* SO OV CA, byte count */
#define ESR_BITS (ESR_PIL | ESR_PPR | ESR_PTR | ESR_ST | ESR_DLK | ESR_ILK | ESR_BO) /* of both cores */

/*
 * What mtmsr may set: not what idles, changes the address space or the hypervisor state, nor what one core has alone.
 */
#define MSR_OPERAND (MSR_UCLE | MSR_SPE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_FE1)

struct excluded {
	const char *names;
	const char *why;
};

const char *generate_excluded(const struct isa_row *row)
{
	static const struct excluded list[] = {
		{ " mftb ", "time: tests/guests/timers.c" },
		{ " wait ", "idles: tests/guests/timers.c" },
		{ " msgsnd ", "leaves an interrupt pending: tests/guests/smp.c" },
		{ " rfci ", "the way into each case" },
		{ " rfdi ", "save/restore registers that a case does not load: tests/guests/exceptions.c" },
		{ " mfpmr mtpmr ", "the performance monitor counts what QEMU does not" },
	};
	char name[32] = " ";

	strncat(name, row->name, sizeof name - 3);
	strcat(name, " ");
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (strstr(list[i].names, name))
			return list[i].why;
	return NULL;
}

/* Forms of BO that the architecture defines (Power ISA Book I 2.4), hints included. */
static int32_t branch_options(struct random *random, bool may_count)
{
	static const uint8_t all[] = { 0, 2, 4, 6, 7, 8, 10, 12, 14, 15, 16, 18, 20, 24, 25, 26, 27 };
	static const uint8_t no_count[] = { 4, 6, 7, 12, 14, 15, 20 };

	return may_count ? all[random_below(random, sizeof all)] : no_count[random_below(random, sizeof no_count)];
}

/* Registers that a case loads and that QEMU lets each core have; with some that only read or only fail. */
static int32_t spr_number(struct random *random, bool write)
{
	static const uint16_t both[] = {
		1, 8, 9, 26, 27, 61, 62, 256, 272, 273, 274, 275, 276, 277, 278, 279, 570, 571
	};
	static const uint16_t readable[] = { 259, 260, 261, 262, 263, 286, 287 };

	if (!write && values_once_in(random, 3))
		return readable[random_below(random, sizeof readable / sizeof *readable)];
	return both[random_below(random, sizeof both / sizeof *both)];
}

static bool row_is(const struct isa_row *row, const char *name)
{
	return !strcmp(row->name, name);
}

static int32_t operand_value(const struct isa_row *row, enum isa_operand_id id, struct random *random)
{
	const struct isa_operand *operand = isa_operand(id);
	uint32_t field = operand->last - operand->first + 1u;
	int32_t any = (int32_t)(random_u64(random) & ((1u << field) - 1)) << operand->shift;

	switch (operand->kind) {
	case ISA_KIND_BRANCH_OPTIONS: return branch_options(random, !row_is(row, "bcctr"));
	case ISA_KIND_ONE_HOT: return 1 << random_below(random, field);
	case ISA_KIND_REGISTER_NUMBER: return spr_number(random, row_is(row, "mtspr"));
	case ISA_KIND_SIGNED:
	case ISA_KIND_SIGNED_DISPLACEMENT:
		if (values_once_in(random, 2))
			any = (int32_t)values_integer(random);
		return (int32_t)bits_sign_extend((uint32_t)any, field);
	case ISA_KIND_TARGET: return STUB_TARGET - STUB_TESTED;
	default: break;
	}
	if (id == ISA_OPERAND_L || id == ISA_OPERAND_LEV || id == ISA_OPERAND_CT)
		return 0; /* others are for 64-bit cores, hypervisors, other caches */
	if (row_is(row, "tlbsx") && id == ISA_OPERAND_RA0)
		return 0; /* e500v2 takes no other (E500CORERM 12.4.3), and QEMU reads a wrong register */
	if (id == ISA_OPERAND_T && any == 2)
		return 3; /* tlbilx: 2 is reserved */
	if (id == ISA_OPERAND_MO)
		return any & 1;
	return any;
}

/* Invalid forms (Power ISA Book I 1.9.2): what they do is the core's own matter. */
static bool word_is_invalid(const struct isa_row *row, uint32_t word)
{
	unsigned rt = word >> 21 & 31, ra = word >> 16 & 31;

	for (const uint8_t *id = row->operands; *id; id++) {
		if (*id == ISA_OPERAND_RAU)
			return !ra || (row->operands[0] == ISA_OPERAND_RT && ra == rt);
		if (*id == ISA_OPERAND_RTM)
			return ra >= rt;
	}
	return false;
}

static uint32_t make_word(const struct isa_row *row, struct random *random)
{
	uint32_t word;

	do {
		unsigned flags = row->flags & ~(unsigned)OP_L & (unsigned)random_u64(random);

		word = row->value | isa_flag_bits(row, flags);
		for (const uint8_t *id = row->operands; *id; id++) {
			const struct isa_operand *operand = isa_operand(*id);
			int32_t value = operand_value(row, *id, random);

			if (operand->kind == ISA_KIND_TARGET && flags & OP_AA)
				value = LAYOUT_ABSOLUTE;
			word |= isa_operand_bits(operand, value);
		}
	} while (word_is_invalid(row, word));
	return word;
}

/* What kind of numbers a row works on. */
enum diet { DIET_INTEGER, DIET_SINGLE, DIET_DOUBLE };

static enum diet row_diet(const struct isa_row *row)
{
	if (!strncmp(row->name, "efd", 3) || row_is(row, "efscfd"))
		return DIET_DOUBLE;
	if (!strncmp(row->name, "efs", 3) || !strncmp(row->name, "evfs", 4))
		return DIET_SINGLE;
	return DIET_INTEGER;
}

static uint64_t gpr_value(enum diet diet, struct random *random)
{
	if (diet == DIET_DOUBLE && !values_once_in(random, 8))
		return values_double(random);
	if (diet == DIET_SINGLE && !values_once_in(random, 8))
		return (uint64_t)values_single(random) << 32 | values_single(random);
	return (uint64_t)values_integer(random) << 32 | values_integer(random);
}

/* The single forms take singles (Power ISA Book I 4.3.5); others they round, and a NaN they cut. */
static uint64_t fpr_value(const struct isa_row *row, bool singles, struct random *random)
{
	uint64_t value;

	if (singles)
		return values_single_as_double(random);
	value = values_double(random);
	if (row->value >> 26 == 59 && values_once_in(random, 2))
		value &= ~UINT64_C(0x1fffffff);
	return value;
}

static void set_gpr(uint8_t *record, unsigned n, uint32_t value)
{
	be32_store(record + RECORD_GPR + 8 * n + 4, value);
}

static uint32_t gpr(const uint8_t *record, unsigned n)
{
	return be32_load(record + RECORD_GPR + 8 * n + 4);
}

static void make_registers(uint8_t *record, const struct batch *batch, const struct isa_row *row, struct random *random)
{
	enum diet diet = row_diet(row);
	bool singles = row->value >> 26 == 59 && values_once_in(random, 2);

	for (unsigned n = 0; n < 32; n++) {
		uint64_t value = gpr_value(diet, random);

		if (n && values_once_in(random, 5)) /* equal operands: compares, cancellation */
			value = be64_load(record + RECORD_GPR + 8 * random_below(random, n));
		if (!model_has(batch->model, ISA_CATEGORY_SP))
			value = (uint32_t)value;
		be64_store(record + RECORD_GPR + 8 * n, value);
	}
	for (unsigned n = 0; n < 32 && model_has(batch->model, ISA_CATEGORY_FP); n++) {
		uint64_t value = fpr_value(row, singles, random);

		if (n && values_once_in(random, 5))
			value = be64_load(record + RECORD_FPR + 8 * random_below(random, n));
		be64_store(record + RECORD_FPR + 8 * n, value);
	}
	be64_store(record + RECORD_ACC, gpr_value(diet, random));
	for (unsigned at = 0; at < LAYOUT_WINDOW_SIZE; at += 8)
		be64_store(record + RECORD_DATA + at,
			   values_once_in(random, 2) ? values_double(random) : random_u64(random));
	for (unsigned at = RECORD_CR; at < RECORD_END; at += 4)
		be32_store(record + at, values_integer(random));
}

/* The MSR of a case: the units on (most often), all that interrupts off. */
static uint32_t make_msr(const struct batch *batch, struct random *random)
{
	uint32_t msr = MSR_ME;

	if (!values_once_in(random, 20))
		msr |= model_has(batch->model, ISA_CATEGORY_SP) ? MSR_SPE : MSR_FP;
	if (values_once_in(random, 10))
		msr |= MSR_PR;
	if (model_has(batch->model, ISA_CATEGORY_FP) && values_once_in(random, 3))
		msr |= MSR_FE0 | MSR_FE1;
	if (values_once_in(random, 3))
		msr |= MSR_CE;
	if (values_once_in(random, 3))
		msr |= MSR_UCLE;
	return msr;
}

/*
 * The exception bits of the FPSCR (VX and FEX follow from them) whose enables
 * are set: with MSR[FE0, FE1] they would interrupt before the tested
 * instruction (tests/guests/exceptions.c does that).
 */
static uint32_t enabled_exceptions(uint32_t fpscr)
{
	uint32_t bits = 0;

	if (fpscr & 0x80)
		bits |= 0x01f80700; /* VXSNAN VXISI VXIDI VXZDZ VXIMZ VXVC VXSOFT VXSQRT VXCVI */
	if (fpscr & 0x40)
		bits |= 0x10000000; /* OX */
	if (fpscr & 0x20)
		bits |= 0x08000000; /* UX */
	if (fpscr & 0x10)
		bits |= 0x04000000; /* ZX */
	if (fpscr & 0x08)
		bits |= 0x02000000; /* XX */
	return bits;
}

static bool all_singles(const uint8_t *record)
{
	for (unsigned n = 0; n < 32; n++) {
		uint64_t bits = be64_load(record + RECORD_FPR + 8 * n);
		unsigned exponent = bits >> 52 & 0x7ff;

		if (bits & 0x1fffffff || (exponent && exponent < 1023 - 126) ||
		    (exponent > 1023 + 127 && exponent < 2047))
			return false;
	}
	return true;
}

/* Few enables, the rounding modes evenly. */
static void make_status(uint8_t *record, const struct isa_row *row, struct random *random)
{
	uint32_t status = (uint32_t)random_u64(random);

	if (!values_once_in(random, 4))
		status &= ~0xf8u; /* VE OE UE ZE XE */
	/* NI asks for results that no standard defines; bit 20 is reserved; FEX and VX follow from the others. */
	status &= ~(0x4u | 0x800u | 0x60000000u);
	if (values_once_in(random, 2))
		status &= 0xff; /* no exception yet */
	if (row_is(row, "frsp") ||
	    (row->value >> 26 == 59 && !all_singles(record))) /* a scaled result that is no single is undefined */
		status &= ~0x60u;
	if (row_is(row, "fres") || row_is(row, "frsqrte")) /* QEMU has them inexact, by which it would interrupt */
		status &= ~0x08u;
	status &= ~enabled_exceptions(status);
	if (status & 0x01f80700)
		status |= 0x20000000; /* VX */
	be64_store(record + RECORD_FPSCR, status);
	/* QEMU does not survive an enabled embedded exception: FINXE FINVE FDBZE FUNFE FOVFE are off. */
	be32_store(record + RECORD_SPEFSCR, (uint32_t)random_u64(random) & 0xff3eff03u);
}

static bool row_has(const struct isa_row *row, enum isa_operand_id wanted)
{
	for (const uint8_t *id = row->operands; *id; id++)
		if (*id == wanted)
			return true;
	return false;
}

static bool row_has_displacement(const struct isa_row *row)
{
	return row_has(row, ISA_OPERAND_DISP) || row_has(row, ISA_OPERAND_DISP2) || row_has(row, ISA_OPERAND_DISP4) ||
	       row_has(row, ISA_OPERAND_DISP8);
}

static bool row_is_memory(const struct isa_row *row)
{
	uint32_t effects = row->reads | row->writes;

	if (effects & ISA_EFFECT_MEM)
		return true;
	return effects & (ISA_EFFECT_CACHE | ISA_EFFECT_RESERVATION) && row_has(row, ISA_OPERAND_RB);
}

/*
 * Where in the window: aligned for the most part; the multiple forms need room behind, all else meets the page's end.
 */
static uint32_t window_offset(const struct isa_row *row, struct random *random)
{
	bool multiple = row_has(row, ISA_OPERAND_RTM) || row_has(row, ISA_OPERAND_RSM);
	uint32_t offset = multiple ? random_below(random, 128) : 104 + random_below(random, 48);

	if (row->reads & row->writes & ISA_EFFECT_RESERVATION || multiple)
		return values_once_in(random, 16) ? offset : offset & ~3u;
	return values_once_in(random, 3) ? offset : offset & ~7u;
}

/* Nothing is mapped there: a data TLB error. */
static uint32_t unmapped(struct random *random)
{
	return 0x10000000 + random_below(random, 0xc0000000);
}

/* Sets the base and index registers so that the access goes where it is wanted; may change the displacement. */
static uint32_t aim(uint8_t *record, const struct isa_row *row, uint32_t word, struct random *random)
{
	unsigned ra = word >> 16 & 31, rb = word >> 11 & 31;
	bool base_is_zero = !ra && row_has(row, ISA_OPERAND_RA0);
	uint32_t ea = LAYOUT_WINDOW + window_offset(row, random);
	struct op op;

	be32_store(record + RECORD_WINDOW, LAYOUT_WINDOW);
	if (values_once_in(random, 24))
		ea = unmapped(random);
	if (row_has_displacement(row)) {
		if (base_is_zero) {
			be32_store(record + RECORD_WINDOW, LAYOUT_LOW_WINDOW);
			if (row_has(row, ISA_OPERAND_DISP))
				word = (word & 0xffff0000u) | window_offset(row, random);
			return word;
		}
		isa_decode(word, ISA_ALL_CATEGORIES, &op);
		set_gpr(record, ra, ea - (uint32_t)op.imm);
	} else if (base_is_zero || row_has(row, ISA_OPERAND_RA)) { /* decorated forms: RA is no part of the address */
		set_gpr(record, rb, ea);
	} else if (ra == rb) {
		set_gpr(record, ra, ea / 2);
	} else {
		set_gpr(record, ra, ea - gpr(record, rb));
	}
	return word;
}

/* The way in and out of branches and returns; registers whose random values would lead nowhere. */
static void make_targets(uint8_t *record, uint32_t stub, const struct isa_row *row, struct random *random)
{
	uint32_t target = stub + STUB_TARGET;

	if (row_is(row, "bclr"))
		be32_store(record + RECORD_LR, target | random_below(random, 4));
	if (row_is(row, "bcctr"))
		be32_store(record + RECORD_CTR, target | random_below(random, 4));
	if (row_is(row, "bc") && values_once_in(random, 2))
		be32_store(record + RECORD_CTR, random_below(random, 3));
	if (row_is(row, "rfi")) {
		be32_store(record + RECORD_SRR0, target | random_below(random, 4));
		be32_store(record + RECORD_SRR1,
			   MSR_ME | (uint32_t)(random_u64(random) & (MSR_CE | MSR_FP | MSR_SPE | MSR_PR)));
	}
	if (row_is(row, "rfmci")) {
		be32_store(record + RECORD_MCSRR0, target);
		be32_store(record + RECORD_MCSRR1,
			   MSR_ME | (uint32_t)(random_u64(random) & (MSR_CE | MSR_FP | MSR_SPE | MSR_PR)));
	}
}

/* What a register holds: the rest is reserved, and a core's own matter. */
static uint32_t spr_bits(const struct batch *batch, int32_t number)
{
	switch (number) {
	case 1: return XER_BITS;
	case 26:
	case 570: return ~3u;
	case 27:
	case 571: return batch->model->msr_mask;
	case 62: return ESR_BITS;
	default: return UINT32_MAX;
	}
}

static void mask_registers(uint8_t *record, const struct batch *batch)
{
	static const struct {
		uint16_t offset, number;
	} registers[] = {
		{ RECORD_XER, 1 },      { RECORD_SRR0, 26 },    { RECORD_SRR1, 27 },
		{ RECORD_MCSRR0, 570 }, { RECORD_MCSRR1, 571 }, { RECORD_ESR, 62 },
	};

	for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
		uint8_t *at = record + registers[i].offset;

		be32_store(at, be32_load(at) & spr_bits(batch, registers[i].number));
	}
}

/* Registers written whole: no reserved bits. */
static void make_register_operand(uint8_t *record, const struct batch *batch, const struct isa_row *row, uint32_t word)
{
	unsigned rs = word >> 21 & 31;

	if (row_is(row, "mtmsr"))
		set_gpr(record, rs, gpr(record, rs) & MSR_OPERAND);
	if (row_is(row, "mtspr"))
		set_gpr(record, rs,
			gpr(record, rs) & spr_bits(batch, isa_operand_value(isa_operand(ISA_OPERAND_SPR), word)));
}

/* lwarx of the operands of a stwcx., into a register that is not one of them. */
static uint32_t reserve_word(uint32_t word)
{
	unsigned ra = word >> 16 & 31, rb = word >> 11 & 31, rt = 31;

	while (rt == ra || rt == rb)
		rt--;
	return 0x7c000028 | rt << 21 | ra << 16 | rb << 11;
}

/*
 * The map that tlbwe and its like work on. TLB1 entry n (4 to 15; 0 to 3 are
 * this program's) has TID n and a place of 16 MiB of its own; a way of TLB0 has
 * TID 32 + way: no address ever has two entries, and none has one for PID 0,
 * under which all else runs.
 */
struct mapping {
	uint32_t mas0, ea;
	unsigned tid;
};

static struct mapping pick_mapping(struct random *random)
{
	unsigned n = 4 + random_below(random, 12), way = random_below(random, 4);
	uint32_t page = random_below(random, 16) << 12;

	if (values_once_in(random, 2))
		return (struct mapping){ 0x10000000u | n << 16, 0x50000000u + (n << 24) + page, n };
	return (struct mapping){ way << 16, 0x70000000u + page + (random_below(random, 4) << 19), 32 + way };
}

static void make_mas(uint8_t *record, const struct mapping *m, struct random *random)
{
	uint32_t tsize = m->mas0 >> 28 ? 1 + random_below(random, 7) : 1, size = 1024u << 2 * tsize;
	uint32_t mas[7] = {
		m->mas0,
		(values_once_in(random, 8) ? 0 : 0x80000000u) | (values_once_in(random, 4) ? 0x40000000u : 0) |
			m->tid << 16 | random_below(random, 2) << 12 | tsize << 8,
		(m->ea & ~(size - 1)) | random_below(random, 32),
		((uint32_t)random_u64(random) & ~(size - 1)) | random_below(random, 0x400),
		random_below(random, 2) << 28 | random_below(random, 2) << 16 | 0x100 | random_below(random, 32),
		(values_once_in(random, 6) ? 7 : m->tid) << 16 | random_below(random, 2),
		random_below(random, 16),
	};

	for (unsigned i = 0; i < 7; i++)
		be32_store(record + RECORD_MAS + 4 * i, mas[i]);
}

/* tlbsx, tlbivax, tlbilx: the address in RB, and the bits of tlbivax that say which TLB and whether all of it. */
static void aim_tlb(uint8_t *record, const struct isa_row *row, uint32_t word, uint32_t ea, struct random *random)
{
	unsigned ra = word >> 16 & 31, rb = word >> 11 & 31;

	if (row_is(row, "tlbivax"))
		ea = (ea & 0xfffff000u) | (ea >> 28 == 7 ? 0 : 8) | (values_once_in(random, 16) ? 4 : 0);
	else
		ea |= random_below(random, 0x1000);
	if (!ra)
		set_gpr(record, rb, ea);
	else if (ra == rb)
		set_gpr(record, ra, ea / 2);
	else
		set_gpr(record, ra, ea - gpr(record, rb));
}

/* An lwarx of the same operands will neither be misaligned nor miss. */
static bool is_aimed_well(const uint8_t *record, uint32_t word)
{
	unsigned ra = word >> 16 & 31, rb = word >> 11 & 31;
	uint32_t ea = (ra ? gpr(record, ra) : 0) + gpr(record, rb);

	return !(ea & 3) && ea - LAYOUT_WINDOW < LAYOUT_WINDOW_SIZE;
}

unsigned generate_case(struct batch *batch, const struct isa_row *row, struct random *random)
{
	uint32_t word = make_word(row, random), before = 0;
	unsigned number = batch_add(batch, 0, word);
	uint32_t stub = LAYOUT_STUBS + number * STUB_SIZE;
	uint8_t *record = batch_input(batch, number);
	struct mapping mapping = pick_mapping(random);

	make_registers(record, batch, row, random);
	be32_store(record + RECORD_WINDOW, LAYOUT_WINDOW);
	be32_store(record + RECORD_MSR, make_msr(batch, random));
	make_status(record, row, random);
	mask_registers(record, batch);
	make_targets(record, stub, row, random);
	make_register_operand(record, batch, row, word);
	make_mas(record, &mapping, random);
	if (row_has(row, ISA_OPERAND_RB) && (row->reads | row->writes) & ISA_EFFECT_TLB)
		aim_tlb(record, row, word, mapping.ea, random);
	if (row_is_memory(row))
		word = aim(record, row, word, random);
	if (row_is(row, "stwcx_rc") && !values_once_in(random, 4) && is_aimed_well(record, word))
		before = reserve_word(word);
	batch_set_stub(batch, number, before, word);
	return number;
}
