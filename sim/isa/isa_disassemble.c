#include <inttypes.h>

#include "sim/isa/isa.h"
#include "sim/isa/text.h"

static void isa_disassemble_add_mnemonic(struct text *text, const struct isa_row *row, unsigned flags)
{
	text_add(text, "%s%s%s%s%s", row->mnemonic, flags & OP_OE ? "o" : "", flags & OP_LK ? "l" : "",
		 flags & OP_AA ? "a" : "", flags & OP_RC ? "." : "");
}

static void isa_disassemble_add_cr_bit(struct text *text, unsigned bit)
{
	static const char names[4][3] = { "lt", "gt", "eq", "so" };

	if (bit >= 4)
		text_add(text, "4*cr%u+", bit >> 2);
	text_add(text, "%s", names[bit & 3]);
}

/* Register 0 as a base is the number 0; SPE notation calls it r0 all the same. */
static void isa_disassemble_add_base(struct text *text, const struct isa_row *row, int32_t value)
{
	text_add(text, "%s%" PRId32, value || row->form == ISA_FORM_EVX ? "r" : "", value);
}

static void isa_disassemble_add_operand(struct text *text, const struct isa_row *row, const struct isa_operand *operand,
			int32_t value, uint32_t base)
{
	switch (operand->kind) {
	case ISA_KIND_GPR_OR_ZERO:
		isa_disassemble_add_base(text, row, value);
		break;
	case ISA_KIND_GPR:
	case ISA_KIND_GPR_BASE:
	case ISA_KIND_GPR_UP:
	case ISA_KIND_GPR64:
		text_add(text, "r%" PRId32, value);
		break;
	case ISA_KIND_FPR:
		text_add(text, "f%" PRId32, value);
		break;
	case ISA_KIND_CR_FIELD:
		text_add(text, "cr%" PRId32, value);
		break;
	case ISA_KIND_CR_BIT:
		isa_disassemble_add_cr_bit(text, (unsigned)value);
		break;
	case ISA_KIND_TARGET:
		text_add(text, "0x%" PRIx32, base + (uint32_t)value);
		break;
	case ISA_KIND_UNSIGNED:
	case ISA_KIND_SIGNED:
	case ISA_KIND_BRANCH_OPTIONS:
	case ISA_KIND_ONE_HOT:
	case ISA_KIND_REGISTER_NUMBER:
	case ISA_KIND_SIGNED_DISPLACEMENT:
	case ISA_KIND_DISPLACEMENT:
		text_add(text, "%" PRId32, value);
		break;
	}
}

size_t isa_disassemble(uint32_t word, uint32_t address, isa_categories has, char *buffer, size_t size)
{
	struct text text = { .buffer = buffer, .size = size };
	enum isa_insn insn = isa_identify(word, has);
	const struct isa_row *row;
	unsigned flags;

	if (insn == ISA_ILLEGAL) {
		text_add(&text, ".long 0x%08" PRIx32, word);
		return text.length;
	}
	row = isa_row(insn);
	flags = isa_word_flags(row, word);
	isa_disassemble_add_mnemonic(&text, row, flags);
	for (unsigned i = 0; row->operands[i]; i++) {
		const struct isa_operand *operand = isa_operand(row->operands[i]);
		bool in_brackets = i && isa_operand_is_displacement(isa_operand(row->operands[i - 1]));

		text_add(&text, "%s", !i ? " " : in_brackets ? "(" : ",");
		isa_disassemble_add_operand(&text, row, operand, isa_operand_value(operand, word),
					    flags & OP_AA ? 0 : address);
		if (in_brackets)
			text_add(&text, ")");
	}
	return text.length;
}
