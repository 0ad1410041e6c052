#include "sim/base/bits.h"
#include "sim/isa/isa.h"
#include "sim/isa/text.h"

static const char *isa_describe_form_name(enum isa_form form)
{
	static const char *const names[] = {
		[ISA_FORM_I] = "I", [ISA_FORM_B] = "B", [ISA_FORM_SC] = "SC", [ISA_FORM_D] = "D", [ISA_FORM_X] = "X",
		[ISA_FORM_XL] = "XL", [ISA_FORM_XFX] = "XFX", [ISA_FORM_XFL] = "XFL", [ISA_FORM_XO] = "XO",
		[ISA_FORM_A] = "A", [ISA_FORM_M] = "M", [ISA_FORM_EVX] = "EVX", [ISA_FORM_EVS] = "EVS",
	};

	return names[form];
}

static void isa_describe_add_syntax(struct text *text, const struct isa_row *row)
{
	static const struct {
		unsigned flag;
		const char *letter;
	} letters[] = { { OP_OE, "o" }, { OP_LK, "l" }, { OP_AA, "a" }, { OP_RC, "." } };

	text_add(text, "%s", row->mnemonic);
	for (unsigned i = 0; i < 4; i++) {
		if (row->flags & letters[i].flag)
			text_add(text, "[%s]", letters[i].letter);
	}
	for (unsigned i = 0; row->operands[i]; i++) {
		const char *name = isa_operand(row->operands[i])->name;

		if (i && isa_operand_is_displacement(isa_operand(row->operands[i - 1])))
			text_add(text, "(%s)", name);
		else
			text_add(text, "%c%s", i ? ',' : ' ', name);
	}
	text_add(text, "  %s\n", row->summary);
}

/* What owns the bit at `first`, which runs to *last. */
static void isa_describe_add_field(struct text *text, const struct isa_row *row, unsigned first, unsigned *last)
{
	uint32_t bit = PPC_BIT32(first), run = row->mask & bit ? row->mask : row->reserved & bit ? row->reserved : 0;

	for (const uint8_t *id = row->operands; *id; id++) {
		const struct isa_operand *operand = isa_operand(*id);

		if (operand->first == first) {
			*last = operand->last;
			text_add(text, "%s", operand->name);
			return;
		}
	}
	/* The primary opcode is a field of its own, whatever follows it. */
	for (*last = first; *last < 31 && *last != 5 && (run & PPC_BIT32(*last + 1));)
		++*last;
	if (row->mask & bit)
		text_add(text, "%u", bits32(row->value, first, *last));
	else if (row->reserved & bit)
		text_add(text, "/");
	else
		text_add(text, "%s", first == ISA_LAST_OE ? "OE" : first == ISA_LAST_AA ? "AA" :
				     row->flags & OP_LK ? "LK" : "Rc");
}

static void isa_describe_add_word(struct text *text, const struct isa_row *row)
{
	unsigned last;

	text_add(text, "  form %s:", isa_describe_form_name(row->form));
	for (unsigned first = 0; first < 32; first = last + 1) {
		text_add(text, first ? " | " : " ");
		isa_describe_add_field(text, row, first, &last);
		if (first == last)
			text_add(text, " %u", first);
		else
			text_add(text, " %u-%u", first, last);
	}
	text_add(text, "\n");
}

static const char *isa_describe_kind_text(enum isa_kind kind)
{
	static const char *const texts[] = {
		[ISA_KIND_GPR] = "general purpose register",
		[ISA_KIND_GPR_OR_ZERO] = "general purpose register, or the number 0 for r0",
		[ISA_KIND_GPR_BASE] = "general purpose register, the base that is updated; not r0",
		[ISA_KIND_GPR_UP] = "general purpose registers from this one to r31",
		[ISA_KIND_GPR64] = "general purpose register, all 64 bits",
		[ISA_KIND_FPR] = "floating-point register",
		[ISA_KIND_CR_FIELD] = "field, cr0 to cr7",
		[ISA_KIND_CR_BIT] = "bit of the condition register",
		[ISA_KIND_UNSIGNED] = "number",
		[ISA_KIND_SIGNED] = "signed number",
		[ISA_KIND_BRANCH_OPTIONS] = "branch options: which of condition and CTR decide",
		[ISA_KIND_ONE_HOT] = "mask with one bit set",
		[ISA_KIND_REGISTER_NUMBER] = "number of the register, its two halves swapped in the word",
		[ISA_KIND_SIGNED_DISPLACEMENT] = "signed displacement, in bytes",
		[ISA_KIND_DISPLACEMENT] = "displacement, in bytes",
		[ISA_KIND_TARGET] = "target: relative to the branch, or absolute with AA",
	};

	return texts[kind];
}

static void isa_describe_add_operands(struct text *text, const struct isa_row *row)
{
	static const char *const accesses[] = { "", "; read", "; written", "; read and written" };

	for (const uint8_t *id = row->operands; *id; id++) {
		const struct isa_operand *operand = isa_operand(*id);

		text_add(text, "  %-5s %s", operand->name, isa_describe_kind_text(operand->kind));
		if (operand->shift)
			text_add(text, ", a multiple of %u", 1u << operand->shift);
		text_add(text, "%s\n", accesses[operand->access]);
	}
}

static void isa_describe_add_effects(struct text *text, const char *verb, uint32_t effects)
{
	const char *separator = " ";

	if (!effects)
		return;
	text_add(text, "  %s", verb);
	for (unsigned i = 0; i < ISA_EFFECT_COUNT; i++) {
		if (!(effects >> i & 1))
			continue;
		text_add(text, "%s%s", separator, isa_effect_text(i));
		separator = ", ";
	}
	text_add(text, "\n");
}

static void isa_describe_add_categories(struct text *text, isa_categories categories)
{
	const char *between = "; category: ";

	for (unsigned n = 0; n < ISA_CATEGORY_COUNT; n++)
		if (categories >> n & 1) {
			text_add(text, "%s%s", between, isa_category_name(n));
			between = ", ";
		}
}

size_t isa_describe(enum isa_insn insn, const char *cores, char *buffer, size_t size)
{
	const struct isa_row *row = isa_row(insn);
	struct text text = { .buffer = buffer, .size = size };

	isa_describe_add_syntax(&text, row);
	isa_describe_add_word(&text, row);
	isa_describe_add_operands(&text, row);
	isa_describe_add_effects(&text, "reads", isa_reads(row, row->flags));
	isa_describe_add_effects(&text, "writes", isa_writes(row, row->flags));
	text_add(&text, "  cores: %s", cores);
	isa_describe_add_categories(&text, row->categories);
	text_add(&text, "; privilege: %s; timing: %s\n", row->needs & ISA_NEED_SUPERVISOR ? "supervisor" : "user",
		 isa_timing_text(row->timing));
	return text.length;
}
