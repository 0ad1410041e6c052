/*
 * Checks the instruction table and prints the tables of sim/isa/isa_decode.c on
 * standard output. Runs on the host while the library is built; anything wrong
 * with the table is one line on standard error and exit status 1, so that the
 * build fails.
 *
 * Checked: each bit of a word is opcode, operand, flag or declared reserved, and
 * only one of them; names are unique; no word is legal in two rows;
 * and where two rows differ in reserved bits only, one is the more special.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/isa/isa_table.h"

#define LOW_BITS 11
#define LOW_MASK ((1u << LOW_BITS) - 1)

static bool isagen_complain(const struct isa_row *row, const char *what, const char *other, uint32_t bits)
{
	fprintf(stderr, "sim/isa/insns.def: %s: %s%s (0x%08x)\n", row->name, what, other, bits);
	return false;
}

/* Adds `bits` to *used; they must be new. */
static bool isagen_claim(const struct isa_row *row, uint32_t *used, uint32_t bits, const char *owner)
{
	uint32_t twice = *used & bits;

	*used |= bits;
	return !twice || isagen_complain(row, "bits claimed twice, the second time by ", owner, twice);
}

static bool isagen_check_bits(const struct isa_row *row)
{
	uint32_t used = row->mask;
	bool good = true;

	if (row->value & ~row->mask)
		good = isagen_complain(row, "an opcode does not fit its field", "", row->value & ~row->mask);
	for (const uint8_t *id = row->operands; *id; id++)
		good &= isagen_claim(row, &used, isa_operand_mask(&isa_operands[*id]), isa_operands[*id].name);
	good &= isagen_claim(row, &used, isa_flag_bits(row, row->flags), "a flag");
	good &= isagen_claim(row, &used, row->reserved, "reserved");
	if (used != UINT32_MAX)
		good = isagen_complain(row, "bits that are neither opcode, operand, flag nor reserved", "", ~used);
	return good;
}

/* A row that only shows through reserved bits of the other is the special case of it. */
static bool isagen_more_special(const struct isa_row *row, const struct isa_row *than)
{
	return (row->mask & than->mask) == than->mask && row->mask != than->mask;
}

static bool isagen_check_words(const struct isa_row *row, const struct isa_row *other)
{
	uint32_t differ = row->value ^ other->value;
	uint32_t fixed = (row->mask | row->reserved) & (other->mask | other->reserved);

	if (!(differ & fixed))
		return isagen_complain(row, "overlaps ", other->name, row->value);
	if (!(differ & row->mask & other->mask) && !isagen_more_special(row, other) && !isagen_more_special(other, row))
		return isagen_complain(row, "shares words with reserved bits with ", other->name, row->value);
	return true;
}

static bool isagen_check_pair(const struct isa_row *row, const struct isa_row *other)
{
	bool good = isagen_check_words(row, other);

	if (!strcmp(row->name, other->name))
		good = isagen_complain(row, "name used twice", "", 0);
	if (!strcmp(row->mnemonic, other->mnemonic))
		good = isagen_complain(row, "mnemonic used twice, also by ", other->name, 0);
	return good;
}

static bool isagen_check_table(void)
{
	bool good = true;

	for (unsigned i = 0; i < ISA_COUNT; i++) {
		good &= isagen_check_bits(&isa_rows[i]);
		for (unsigned j = 0; j < i; j++)
			good &= isagen_check_pair(&isa_rows[i], &isa_rows[j]);
	}
	return good;
}

static int isagen_compare_special(const void *a, const void *b)
{
	unsigned left = *(const uint16_t *)a, right = *(const uint16_t *)b;
	int bits = __builtin_popcount(isa_rows[right].mask) - __builtin_popcount(isa_rows[left].mask);

	return bits ? bits : (int)left - (int)right;
}

/* The rows that a word with this primary opcode and these low bits can be, the most special first. */
static unsigned isagen_candidates(unsigned opcd, unsigned low, unsigned low_mask, uint16_t *list)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ISA_COUNT; i++) {
		const struct isa_row *row = &isa_rows[i];

		if (row->value >> 26 == opcd && !((row->value ^ low) & row->mask & low_mask))
			list[n++] = (uint16_t)i;
	}
	qsort(list, n, sizeof(*list), isagen_compare_special);
	return n;
}

/* The lists printed so far, each ended by ISA_ILLEGAL; list 0 is the empty one. */
struct lists {
	uint16_t entries[65536];
	unsigned used;
};

/* Where a list stands in `lists`: an equal one is used again. */
static unsigned isagen_place_list(struct lists *lists, uint16_t *list, unsigned n)
{
	list[n++] = ISA_ILLEGAL;
	for (unsigned start = 0; start + n <= lists->used; start++) {
		if (!memcmp(&lists->entries[start], list, n * sizeof(*list)))
			return start;
	}
	memcpy(&lists->entries[lists->used], list, n * sizeof(*list));
	lists->used += n;
	return lists->used - n;
}

static bool isagen_has_extended_opcode(unsigned opcd)
{
	for (unsigned i = 0; i < ISA_COUNT; i++) {
		if (isa_rows[i].value >> 26 == opcd && (isa_rows[i].mask & LOW_MASK))
			return true;
	}
	return false;
}

static void isagen_print_extended(struct lists *lists, unsigned opcd)
{
	uint16_t list[ISA_COUNT + 1];

	for (unsigned low = 0; low <= LOW_MASK; low++) {
		unsigned n = isagen_candidates(opcd, low, LOW_MASK, list);

		printf("%u,%c", isagen_place_list(lists, list, n), low % 16 == 15 ? '\n' : ' ');
	}
}

struct primary {
	unsigned start, low_mask;
};

/* Prints the tables by low bits; fills `primary`. */
static void isagen_print_primary_tables(struct lists *lists, struct primary *primary)
{
	uint16_t list[ISA_COUNT + 1];
	unsigned tables = 0;

	puts("/* Printed by sim/isa/gen/isagen.c from sim/isa/insns.def. */\n"
	     "static const uint16_t decode_extended[] = {");
	for (unsigned opcd = 0; opcd < 64; opcd++) {
		if (isagen_has_extended_opcode(opcd)) {
			primary[opcd] = (struct primary){ tables++ << LOW_BITS, LOW_MASK };
			isagen_print_extended(lists, opcd);
		} else {
			primary[opcd] =
				(struct primary){ isagen_place_list(lists, list, isagen_candidates(opcd, 0, 0, list)),
						  0 };
		}
	}
	puts("};");
}

static void isagen_print_tables(struct lists *lists)
{
	struct primary primary[64];

	isagen_print_primary_tables(lists, primary);
	puts("static const uint16_t decode_candidates[] = {");
	for (unsigned i = 0; i < lists->used; i++)
		printf("%u,%c", lists->entries[i], i % 16 == 15 ? '\n' : ' ');
	puts("\n};\nstatic const struct decode_primary {\n"
	     "\tuint16_t start;    /* of its table in decode_extended, or of its list if low_mask is 0 */\n"
	     "\tuint16_t low_mask; /* bits of the word that index the table */\n"
	     "} decode_primary[64] = {");
	for (unsigned opcd = 0; opcd < 64; opcd++)
		printf("\t{ %u, %u },\n", primary[opcd].start, primary[opcd].low_mask);
	puts("};");
}

int main(void)
{
	struct lists lists = { .entries = { ISA_ILLEGAL }, .used = 1 };

	if (!isagen_check_table())
		return 1;
	isagen_print_tables(&lists);
	return fflush(stdout) || ferror(stdout);
}
