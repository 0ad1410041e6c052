/*
 * Words to rows: the primary opcode selects a list of candidates, or a table of
 * lists by the low eleven bits (sim/isa/gen/isagen.c prints them). In a list the
 * row with the most opcode bits comes first.
 */
#include "sim/base/bits.h"
#include "sim/isa/isa.h"
#include "sim/isa/isa_table.h"

#include "sim/isa/decode_table.h" /* generated */

enum isa_insn isa_identify(uint32_t word, isa_categories has)
{
	const struct decode_primary *primary = &decode_primary[word >> 26];
	unsigned start =
		primary->low_mask ? decode_extended[primary->start + (word & primary->low_mask)] : primary->start;

	for (const uint16_t *insn = &decode_candidates[start]; *insn != ISA_ILLEGAL; insn++) {
		const struct isa_row *row = &isa_rows[*insn];

		if ((word & row->mask) == row->value && isa_has(has, row->categories))
			return *insn;
	}
	return ISA_ILLEGAL;
}

static void isa_decode_place_operand(struct op *op, const struct isa_operand *operand, int32_t value)
{
	switch (operand->slot) {
	case ISA_SLOT_T:
		op->t = (uint8_t)value;
		break;
	case ISA_SLOT_A:
		op->a = (uint8_t)value;
		break;
	case ISA_SLOT_B:
		op->b = (uint8_t)value;
		break;
	case ISA_SLOT_C:
		op->c = (uint8_t)value;
		break;
	case ISA_SLOT_IMM:
		op->imm = value;
		break;
	case ISA_SLOT_L:
		op->flags |= value ? OP_L : 0;
		break;
	case ISA_SLOT_MASK:
		op->imm = (int32_t)bits_mask32(bits32(op->word, ISA_FIRST_MB, ISA_LAST_MB),
					       bits32(op->word, ISA_FIRST_ME, ISA_LAST_ME));
		break;
	}
}

enum isa_insn isa_decode(uint32_t word, isa_categories has, struct op *op)
{
	enum isa_insn insn = isa_identify(word, has);
	const struct isa_row *row;

	op->word = word;
	op->insn = (uint16_t)insn;
	op->imm = 0;
	op->t = op->a = op->b = op->c = op->flags = op->index = 0;
	if (insn == ISA_ILLEGAL)
		return insn;
	row = &isa_rows[insn];
	op->flags = (uint8_t)isa_word_flags(row, word);
	for (const uint8_t *id = row->operands; *id; id++)
		isa_decode_place_operand(op, &isa_operands[*id], isa_operand_value(&isa_operands[*id], word));
	return insn;
}
