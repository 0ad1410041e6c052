/*
 * Which words are instructions: every extended opcode with several operand
 * patterns, read by the decoder and by objdump. Where both read an instruction
 * it has the same mnemonic; where one does not, the difference is listed in
 * tests/isa/divergences.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/random.h"
#include "sim/isa/isa.h"
#include "tests/isa/divergences.h"
#include "tests/isa/objdump.h"
#include "tests/fixture/models.h"

#define EXTENDED 2048 /* words by their low eleven bits */
#define MAX_WORDS (64 * EXTENDED)

struct sweep {
	uint32_t words[MAX_WORDS];
	char texts[MAX_WORDS][OBJDUMP_TEXT];
};

/* All primary opcodes and low bits; the bits between are `middle`, or random if that is 1. */
static void fill(struct sweep *sweep, uint32_t middle)
{
	struct random random;

	random_seed(&random, 2);
	for (uint32_t i = 0; i < MAX_WORDS; i++) {
		uint32_t between = middle == 1 ? (uint32_t)random_u64(&random) & 0x03fff800 : middle;

		sweep->words[i] = i / EXTENDED << 26 | between | i % EXTENDED;
	}
}

/* The first word of a text. */
static size_t mnemonic_length(const char *text)
{
	return strcspn(text, " ");
}

static bool listed(const char *list, const char *text)
{
	char name[OBJDUMP_TEXT + 2];

	snprintf(name, sizeof(name), " %.*s ", (int)mnemonic_length(text), text);
	return strstr(list, name);
}

/* objdump reads an instruction that the decoder says the core does not have. */
static bool is_foreign(const char *model, const char *text)
{
	for (unsigned i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		if ((!foreign[i].model || !strcmp(foreign[i].model, model)) && listed(foreign[i].mnemonics, text))
			return true;
	}
	return false;
}

/* Both read an instruction, or objdump none: the same name, or a reason. */
static bool agrees(uint32_t word, enum isa_insn insn, const char *model, const char *ours, const char *text)
{
	size_t length = mnemonic_length(text);

	if (length == mnemonic_length(ours) && !strncmp(text, ours, length))
		return true;
	/* An invalid form: objdump refuses it, or finds another core's instruction. */
	if (!isa_is_valid(isa_row(insn), word) && (!strncmp(text, ".long", 5) || is_foreign(model, text)))
		return true;
	for (unsigned i = 0; i < sizeof(divergences) / sizeof(*divergences); i++) {
		if (divergences[i].insn == insn && !strncmp(text, divergences[i].text, strlen(divergences[i].text)))
			return true;
	}
	return false;
}

static unsigned compare(const struct sweep *sweep, const char *model)
{
	unsigned differ = 0;

	for (unsigned i = 0; i < MAX_WORDS; i++) {
		enum isa_insn insn = isa_identify(sweep->words[i], models_has(model));
		const char *text = sweep->texts[i];
		char ours[OBJDUMP_TEXT];

		isa_disassemble(sweep->words[i], 4 * i, models_has(model), ours, sizeof(ours));
		if (insn == ISA_ILLEGAL ? !strncmp(text, ".long", 5) || is_foreign(model, text)
					: agrees(sweep->words[i], insn, model, ours, text))
			continue;
		if (differ++ < 50)
			print_error("%08x: \"%s\", objdump: \"%s\"\n", sweep->words[i], ours, text);
	}
	return differ;
}

static void check(const char *model, const char *options)
{
	static const uint32_t middles[] = { 0, 1, 0x00640000, 0x00a62800 };
	struct sweep *sweep;
	unsigned differ = 0;

	if (!objdump_exists()) {
		print_message("powerpc-linux-gnu-objdump is not installed\n");
		skip();
	}
	sweep = malloc(sizeof(*sweep));
	for (unsigned i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
		fill(sweep, middles[i]);
		assert_true(objdump_read(sweep->words, MAX_WORDS, options, sweep->texts));
		differ += compare(sweep, model);
	}
	free(sweep);
	assert_int_equal(differ, 0);
}

static void test_e500v2(void **state)
{
	check("e500v2", "raw,e500");
}

static void test_e500mc(void **state)
{
	check("e500mc", "raw,e500mc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_e500v2),
		cmocka_unit_test(test_e500mc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
