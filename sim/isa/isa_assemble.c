#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/isa/isa.h"
#include "sim/isa/isa_table.h"

bool isa_assemble(const struct isa_row *row, const int32_t *values, unsigned flags, uint32_t *word, struct err *err)
{
	uint32_t bits = row->value | isa_flag_bits(row, flags);

	if (flags & ~(unsigned)row->flags)
		return err_set(err, "%s has no such flag", row->mnemonic);
	for (unsigned i = 0; row->operands[i]; i++) {
		const struct isa_operand *operand = isa_operand(row->operands[i]);

		if (!isa_operand_fits(operand, values[i]))
			return err_set(err, "%s: operand %u (%s): %" PRId32 " does not fit", row->mnemonic, i + 1,
				       operand->name, values[i]);
		bits |= isa_operand_bits(operand, values[i]);
	}
	*word = bits;
	return true;
}

/* What is left to read of a line. */
struct reader {
	const char *at;
};

static void isa_assemble_skip_blanks(struct reader *reader)
{
	while (isspace((unsigned char)*reader->at))
		reader->at++;
}

static bool isa_assemble_take(struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	isa_assemble_skip_blanks(reader);
	if (strncmp(reader->at, text, length))
		return false;
	reader->at += length;
	return true;
}

/* A number in C notation, -2^31..2^32-1. */
static bool isa_assemble_take_number(struct reader *reader, int32_t *value)
{
	char *end;
	long long number;

	isa_assemble_skip_blanks(reader);
	if (!isdigit((unsigned char)*reader->at) && *reader->at != '-')
		return false;
	errno = 0;
	number = strtoll(reader->at, &end, 0);
	if (end == reader->at || errno || number < INT32_MIN || number > UINT32_MAX)
		return false;
	reader->at = end;
	*value = (int32_t)(uint32_t)number;
	return true;
}

/* "lt", "4*cr7+so", or a number. */
static bool isa_assemble_take_cr_bit(struct reader *reader, int32_t *value)
{
	static const char names[5][3] = { "lt", "gt", "eq", "so", "un" };
	int32_t field = 0;

	if (isa_assemble_take(reader, "4*cr") &&
	    !(isa_assemble_take_number(reader, &field) && field >= 0 && field < 8 && isa_assemble_take(reader, "+")))
		return false;
	for (int32_t i = 0; i < 5; i++) {
		if (isa_assemble_take(reader, names[i])) {
			*value = 4 * field + (i & 3) + (i == 4 ? 3 : 0);
			return true;
		}
	}
	return isa_assemble_take_number(reader, value);
}

static bool isa_assemble_take_register(struct reader *reader, const char *letter, int32_t *value)
{
	isa_assemble_take(reader, letter);
	return isa_assemble_take_number(reader, value);
}

static bool isa_assemble_take_operand(struct reader *reader, const struct isa_operand *operand, int32_t *value)
{
	switch (operand->kind) {
	case ISA_KIND_GPR:
	case ISA_KIND_GPR_OR_ZERO:
	case ISA_KIND_GPR_BASE:
	case ISA_KIND_GPR_UP:
	case ISA_KIND_GPR64: return isa_assemble_take_register(reader, "r", value);
	case ISA_KIND_FPR: return isa_assemble_take_register(reader, "f", value);
	case ISA_KIND_CR_FIELD: return isa_assemble_take_register(reader, "cr", value);
	case ISA_KIND_CR_BIT: return isa_assemble_take_cr_bit(reader, value);
	default: return isa_assemble_take_number(reader, value);
	}
}

/* What stands in front of operand i: nothing, a comma, or the bracket of a base register. */
static bool isa_assemble_take_operands(struct reader *reader, const struct isa_row *row, int32_t *values,
				       struct err *err)
{
	for (unsigned i = 0; row->operands[i]; i++) {
		const struct isa_operand *operand = isa_operand(row->operands[i]);
		bool in_brackets = i && isa_operand_is_displacement(isa_operand(row->operands[i - 1]));

		if (i && !isa_assemble_take(reader, in_brackets ? "(" : ","))
			return err_set(err, "%s: operand %u (%s) is missing", row->mnemonic, i + 1, operand->name);
		if (!isa_assemble_take_operand(reader, operand, &values[i]) ||
		    (in_brackets && !isa_assemble_take(reader, ")")))
			return err_set(err, "%s: operand %u (%s) is not understood", row->mnemonic, i + 1,
				       operand->name);
	}
	isa_assemble_skip_blanks(reader);
	if (*reader->at)
		return err_set(err, "%s: \"%s\" behind the last operand", row->mnemonic, reader->at);
	return true;
}

/* The row whose mnemonic, with flags, is the first word of the line. */
static const struct isa_row *isa_assemble_take_mnemonic(struct reader *reader, isa_categories has, unsigned *flags)
{
	size_t length;

	isa_assemble_skip_blanks(reader);
	length = strcspn(reader->at, " \t\n");
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		const struct isa_row *row = isa_row(insn);

		*flags = isa_match_mnemonic(row, reader->at, length);
		if (isa_has(has, row->categories) && *flags != ISA_NO_MATCH) {
			reader->at += length;
			return row;
		}
	}
	return NULL;
}

/* A short form (sim/isa/short.def). */
struct isa_short {
	const char *mnemonic;
	enum isa_insn insn;
	const char *operands;
};

static const struct isa_short isa_shorts[] = {
#define ISA_SHORT(mnemonic, row, operands) { #mnemonic, ISA_##row, operands },
#include "sim/isa/short.def"
#undef ISA_SHORT
};

#define ISA_MAX_SHORT_OPERANDS 4

/* How the short form's operand `letter` is written: as the row's operand that it is, else as a CR field or a number. */
static const struct isa_operand *isa_short_operand(const struct isa_short *form, char letter)
{
	const struct isa_row *row = isa_row(form->insn);
	const char *at = form->operands;
	const struct isa_operand *as = NULL;

	for (unsigned i = 0; row->operands[i]; i++) {
		size_t length = strcspn(at, ",");

		if (at[length ? length - 1 : 0] == letter && length <= 2)
			as = isa_operand(row->operands[i]);
		else if (!strncmp(at, "4*", 2) && at[2] == letter)
			return isa_operand(ISA_OPERAND_BF);
		else if (memchr(at, letter, length) && !as)
			as = isa_operand(ISA_OPERAND_SH);
		if (as && length == 1 && *at == letter)
			return as;
		at += length + (at[length] == ',');
	}
	return as;
}

static bool isa_short_take_operands(struct reader *reader, const struct isa_short *form, int32_t *values)
{
	bool in_brackets = false;

	for (unsigned i = 0; i < ISA_MAX_SHORT_OPERANDS; i++) {
		const struct isa_operand *as = isa_short_operand(form, (char)('a' + i));

		if (!as)
			break;
		if ((i && !isa_assemble_take(reader, in_brackets ? "(" : ",")) ||
		    !isa_assemble_take_operand(reader, as, &values[i]) ||
		    (in_brackets && !isa_assemble_take(reader, ")")))
			return false;
		in_brackets = !strcmp(form->mnemonic, "la") && i == 1;
	}
	isa_assemble_skip_blanks(reader);
	return !*reader->at;
}

/* What "~" does: 0..0xffff as the 16 bits that they are; what is beyond stays so, and does not fit. */
static int32_t isa_short_wrap(int32_t value)
{
	return value > INT16_MAX && value <= UINT16_MAX ? value - 0x10000 : value;
}

/* One sum of the operands column; moves *at behind it. */
static int32_t isa_short_sum(const char **at, const int32_t *values)
{
	int64_t sum = 0, sign = 1, factor = 1; /* what does not fit does not fit into any operand either */
	bool wraps = **at == '~';

	*at += wraps;

	for (; **at && **at != ','; (*at)++) {
		if (**at == '-' || **at == '+') {
			sign = **at == '-' ? -1 : 1;
		} else if (isdigit((unsigned char)**at)) {
			char *end;
			long number = strtol(*at, &end, 10);

			if (*end == '*')
				factor = number;
			else
				sum += sign * number;
			*at = end - (*end != '*');
		} else {
			sum += sign * factor * values[**at - 'a'];
			factor = 1;
		}
	}
	*at += **at == ',';
	sum = sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : sum;
	return wraps ? isa_short_wrap((int32_t)sum) : (int32_t)sum;
}

static bool isa_short_assemble(const char *text, const struct isa_short *form, uint32_t address, uint32_t *word,
			       struct err *err)
{
	struct isa_row named = *isa_row(form->insn);
	int32_t taken[ISA_MAX_SHORT_OPERANDS], values[ISA_MAX_OPERANDS];
	const char *at = form->operands;
	struct reader reader = { text };
	unsigned flags;
	size_t length;

	isa_assemble_skip_blanks(&reader);
	length = strcspn(reader.at, " \t\n");
	named.mnemonic = form->mnemonic;
	flags = isa_match_mnemonic(&named, reader.at, length);
	reader.at += length;
	if (flags == ISA_NO_MATCH || !isa_short_take_operands(&reader, form, taken))
		return false;
	for (unsigned i = 0; named.operands[i]; i++) {
		const struct isa_operand *operand = isa_operand(named.operands[i]);

		values[i] = isa_short_sum(&at, taken);
		if (operand->first >= 16 && operand->last - operand->first == 4 && values[i] == 32)
			values[i] = 0; /* a rotate by 32 */
		if (operand->kind == ISA_KIND_TARGET && !(flags & OP_AA))
			values[i] = (int32_t)((uint32_t)values[i] - address);
	}
	return isa_assemble(&named, values, flags, word, err);
}

/* The first entry of a name, or NULL. */
static const struct isa_short *isa_short_named(const char *name, size_t length)
{
	for (unsigned i = 0; i < sizeof(isa_shorts) / sizeof(*isa_shorts); i++)
		if (strlen(isa_shorts[i].mnemonic) == length && !memcmp(isa_shorts[i].mnemonic, name, length))
			return &isa_shorts[i];
	return NULL;
}

bool isa_assemble_text(const char *text, isa_categories has, uint32_t address, uint32_t *word, struct err *err)
{
	struct reader reader = { text };
	int32_t values[ISA_MAX_OPERANDS];
	unsigned flags;
	const struct isa_row *row = isa_assemble_take_mnemonic(&reader, has, &flags);

	for (unsigned i = 0; i < sizeof(isa_shorts) / sizeof(*isa_shorts); i++) {
		if (isa_has(has, isa_row(isa_shorts[i].insn)->categories) &&
		    isa_short_assemble(text, &isa_shorts[i], address, word, err))
			return true;
	}
	text += strspn(text, " \t");
	if (!row && isa_short_named(text, strcspn(text, " \t\n")))
		return err_set(err, "\"%s\": these are not the operands of that short form", text);
	if (!row)
		return err_set(err, "\"%s\" is not an instruction of this core", text);
	if (!isa_assemble_take_operands(&reader, row, values, err))
		return false;
	for (unsigned i = 0; row->operands[i]; i++) {
		if (isa_operand(row->operands[i])->kind == ISA_KIND_TARGET && !(flags & OP_AA))
			values[i] = (int32_t)((uint32_t)values[i] - address);
	}
	return isa_assemble(row, values, flags, word, err);
}

bool isa_find_short(const char *mnemonic, enum isa_insn *insn, const char **operands)
{
	const struct isa_short *form = isa_short_named(mnemonic, strlen(mnemonic));

	if (!form)
		return false;
	*insn = form->insn;
	*operands = form->operands;
	return true;
}
