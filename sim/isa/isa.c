#include "sim/isa/isa.h"

#include <assert.h>
#include <string.h>

#include "sim/base/bits.h"
#include "sim/isa/isa_table.h"

#define FIELD_BIT(name) PPC_BIT32(ISA_LAST_##name)

const struct isa_row *isa_row(enum isa_insn insn)
{
	assert(insn < ISA_COUNT);
	return &isa_rows[insn];
}

const struct isa_operand *isa_operand(enum isa_operand_id id)
{
	assert(id > ISA_OPERAND_END && id < ISA_OPERAND_COUNT);
	return &isa_operands[id];
}

const char *isa_category_name(unsigned number)
{
	return isa_category_names[number];
}

const char *isa_effect_text(unsigned number)
{
	assert(number < ISA_EFFECT_COUNT);
	return isa_effect_texts[number];
}

const char *isa_timing_text(enum isa_timing timing)
{
	assert(timing < ISA_TIMING_COUNT);
	return isa_timing_texts[timing];
}

unsigned isa_match_mnemonic(const struct isa_row *row, const char *text, size_t length)
{
	static const struct {
		char letter;
		uint8_t flag;
	} letters[] = { { 'o', OP_OE }, { 'l', OP_LK }, { 'a', OP_AA }, { '.', OP_RC } };
	size_t stem = strlen(row->mnemonic);
	unsigned flags = 0;

	if (length < stem || strncmp(text, row->mnemonic, stem))
		return ISA_NO_MATCH;
	for (unsigned i = 0; i < 4; i++) {
		if (stem < length && text[stem] == letters[i].letter && (row->flags & letters[i].flag)) {
			flags |= letters[i].flag;
			stem++;
		}
	}
	return stem == length ? flags : ISA_NO_MATCH;
}

enum isa_insn isa_find(const char *text)
{
	size_t length = strlen(text);

	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		if (!strcmp(text, isa_rows[insn].name) ||
		    isa_match_mnemonic(&isa_rows[insn], text, length) != ISA_NO_MATCH)
			return insn;
	}
	return ISA_ILLEGAL;
}

/* Floating-point arithmetic records in CR1, all other in CR0 (Power ISA Book I 4.2.2, 2.3.1). */
static bool isa_records_in_cr1(const struct isa_row *row)
{
	unsigned opcd = row->value >> 26;

	return opcd == 59 || opcd == 63;
}

uint32_t isa_reads(const struct isa_row *row, unsigned flags)
{
	uint32_t reads = row->reads;

	if (flags & row->flags & OP_RC)
		reads |= isa_records_in_cr1(row) ? ISA_EFFECT_FPSCR : ISA_EFFECT_SO;
	if (flags & row->flags & OP_OE)
		reads |= ISA_EFFECT_SO;
	return reads;
}

uint32_t isa_writes(const struct isa_row *row, unsigned flags)
{
	uint32_t writes = row->writes;

	if (flags & row->flags & OP_RC)
		writes |= isa_records_in_cr1(row) ? ISA_EFFECT_CR1 : ISA_EFFECT_CR0;
	if (flags & row->flags & OP_OE)
		writes |= ISA_EFFECT_OV | ISA_EFFECT_SO;
	if (flags & row->flags & OP_LK)
		writes |= ISA_EFFECT_LR;
	return writes;
}

/* BO = 1z1zz. */
#define BO_ALWAYS 0x14

bool isa_ends_flow(const struct op *op)
{
	const struct isa_row *row;

	if (op->insn == ISA_ILLEGAL)
		return true;
	row = &isa_rows[op->insn];
	if (row->flow == ISA_FLOW_BRANCH)
		return row->operands[0] != ISA_OPERAND_BO || (op->t & BO_ALWAYS) == BO_ALWAYS;
	return row->flow == ISA_FLOW_END;
}

uint32_t isa_flag_bits(const struct isa_row *row, unsigned flags)
{
	flags &= row->flags;
	return (flags & OP_RC ? FIELD_BIT(Rc) : 0) | (flags & OP_OE ? FIELD_BIT(OE) : 0) |
	       (flags & OP_LK ? FIELD_BIT(LK) : 0) | (flags & OP_AA ? FIELD_BIT(AA) : 0);
}

unsigned isa_word_flags(const struct isa_row *row, uint32_t word)
{
	unsigned flags = (word & FIELD_BIT(Rc) ? OP_RC : 0) | (word & FIELD_BIT(OE) ? OP_OE : 0) |
			 (word & FIELD_BIT(LK) ? OP_LK : 0) | (word & FIELD_BIT(AA) ? OP_AA : 0);

	return flags & row->flags;
}

static unsigned isa_operand_width(const struct isa_operand *operand)
{
	return operand->last - operand->first + 1u;
}

static bool isa_operand_is_signed(const struct isa_operand *operand)
{
	return operand->kind == ISA_KIND_SIGNED || operand->kind == ISA_KIND_SIGNED_DISPLACEMENT ||
	       operand->kind == ISA_KIND_TARGET;
}

/* SPR numbers are written with their halves of five bits swapped (Power ISA Book I, mtspr). */
static uint32_t isa_swap_halves(uint32_t number)
{
	return (number >> 5 & 31) | (number & 31) << 5;
}

uint32_t isa_operand_mask(const struct isa_operand *operand)
{
	return UINT32_MAX >> operand->first & UINT32_MAX << (31 - operand->last);
}

int32_t isa_operand_value(const struct isa_operand *operand, uint32_t word)
{
	uint32_t field = bits32(word, operand->first, operand->last);

	if (operand->kind == ISA_KIND_REGISTER_NUMBER)
		field = isa_swap_halves(field);
	else if (isa_operand_is_signed(operand))
		field = (uint32_t)bits_sign_extend(field, isa_operand_width(operand));
	return (int32_t)(field << operand->shift);
}

uint32_t isa_operand_bits(const struct isa_operand *operand, int32_t value)
{
	uint32_t field = (uint32_t)value >> operand->shift;

	if (operand->kind == ISA_KIND_REGISTER_NUMBER)
		field = isa_swap_halves(field);
	return field << (31 - operand->last) & isa_operand_mask(operand);
}

bool isa_operand_fits(const struct isa_operand *operand, int32_t value)
{
	if (operand->kind == ISA_KIND_ONE_HOT && (value <= 0 || (value & (value - 1))))
		return false;
	if (operand->kind == ISA_KIND_REGISTER_NUMBER && (value < 0 || value > 1023))
		return false;
	return isa_operand_value(operand, isa_operand_bits(operand, value)) == value;
}

bool isa_operand_is_displacement(const struct isa_operand *operand)
{
	return operand->kind == ISA_KIND_SIGNED_DISPLACEMENT || operand->kind == ISA_KIND_DISPLACEMENT;
}

/*
 * BO values that are assigned: 0000y, 0001y, 001zy, 0100y, 0101y, 011zy, 1z00y,
 * 1z01y, 1z1zz with z = 0 (Book E, e500v2), and the `at` hints of Power ISA 2.03
 * (e500mc). These cores ignore the hints.
 */
static bool isa_bo_is_assigned(uint32_t bo)
{
	return bo < 0x14 || bo == 0x14 || (bo >= 0x18 && bo <= 0x1b);
}

static bool isa_operand_is_valid(const struct isa_row *row, const struct isa_operand *operand, int32_t value)
{
	switch (operand->kind) {
	case ISA_KIND_GPR_BASE:
		return value != 0;
	case ISA_KIND_BRANCH_OPTIONS:
		/* bcctr may not decrement the register that it goes to. */
		return isa_bo_is_assigned((uint32_t)value) && (row != &isa_rows[ISA_bcctr] || (value & 4));
	default:
		return isa_operand_fits(operand, value);
	}
}

bool isa_is_valid(const struct isa_row *row, uint32_t word)
{
	uint32_t rt = bits32(word, ISA_FIRST_RT, ISA_LAST_RT), ra = bits32(word, ISA_FIRST_RA, ISA_LAST_RA);
	bool updates = false, loads_gpr = false;

	for (const uint8_t *id = row->operands; *id; id++) {
		if (!isa_operand_is_valid(row, &isa_operands[*id], isa_operand_value(&isa_operands[*id], word)))
			return false;
		updates |= *id == ISA_OPERAND_RAU;
		loads_gpr |= *id == ISA_OPERAND_RT;
	}
	if ((word & row->reserved) || (updates && loads_gpr && rt == ra))
		return false;
	if (row == &isa_rows[ISA_lmw])
		return ra < rt;
	return row != &isa_rows[ISA_tlbilx] || bits32(word, ISA_FIRST_T, ISA_LAST_T) != 2;
}
