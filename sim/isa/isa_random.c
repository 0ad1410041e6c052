#include "sim/isa/isa_random.h"

/* Bits of a field: often all 0, all 1, or a single 1 or 0 in it. */
static uint32_t isa_random_bits(struct random *random)
{
	uint32_t one = 1u << random_below(random, 32);

	switch (random_below(random, 8)) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return one;
	case 3:
		return ~one;
	case 4:
		return one - 1;
	default:
		return (uint32_t)random_u64(random);
	}
}

/* A register number: one of a few, so that operands often name the same one. */
static uint32_t isa_random_register(struct random *random)
{
	return random_below(random, 4) ? random_below(random, 32) : random_below(random, 4);
}

static int32_t isa_random_value(const struct isa_row *row, const struct isa_operand *operand, struct random *random)
{
	switch (operand->kind) {
	case ISA_KIND_GPR_BASE:
		return 1 + (int32_t)random_below(random, 31);
	case ISA_KIND_REGISTER_NUMBER:
		if (row == isa_row(ISA_mftb))
			return 268 + (int32_t)random_below(random, 2); /* TBL, TBU: mftb takes no other */
		return isa_operand_value(operand, isa_random_bits(random));
	case ISA_KIND_ONE_HOT:
		return 1 << random_below(random, operand->last - operand->first + 1u);
	case ISA_KIND_GPR:
	case ISA_KIND_GPR_OR_ZERO:
	case ISA_KIND_GPR_UP:
	case ISA_KIND_GPR64:
	case ISA_KIND_FPR:
		return (int32_t)isa_random_register(random);
	default:
		return isa_operand_value(operand, isa_random_bits(random));
	}
}

uint32_t isa_random_word(const struct isa_row *row, struct random *random)
{
	uint32_t word;

	do {
		word = row->value | isa_flag_bits(row, (unsigned)random_u64(random) & row->flags);
		for (const uint8_t *id = row->operands; *id; id++)
			word |= isa_operand_bits(isa_operand(*id), isa_random_value(row, isa_operand(*id), random));
	} while (!isa_is_valid(row, word));
	return word;
}
