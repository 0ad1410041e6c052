/*
 * The disassembler against objdump, over random words of every row of each core:
 * the text is that of -Mraw, or of -Mraw with the optional operands left out
 * that the plain listing leaves out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/isa/isa.h"
#include "sim/isa/isa_random.h"
#include "tests/isa/divergences.h"
#include "tests/isa/objdump.h"
#include "tests/fixture/models.h"

#define WORDS_PER_ROW 60
#define MAX_WORDS (ISA_COUNT * WORDS_PER_ROW)

struct listing {
	uint32_t words[MAX_WORDS];
	uint16_t insns[MAX_WORDS];
	unsigned n;
	char raw[MAX_WORDS][OBJDUMP_TEXT], plain[MAX_WORDS][OBJDUMP_TEXT];
};

static void fill(struct listing *listing, const char *model)
{
	struct random random;

	random_seed(&random, 1);
	listing->n = 0;
	for (unsigned insn = 0; insn < ISA_COUNT; insn++) {
		if (!isa_has(models_has(model), isa_row(insn)->categories))
			continue;
		for (unsigned i = 0; i < WORDS_PER_ROW; i++) {
			listing->insns[listing->n] = (uint16_t)insn;
			listing->words[listing->n++] = isa_random_word(isa_row(insn), &random);
		}
	}
}

#define DIVERGENCES (sizeof(divergences) / sizeof(*divergences))

/* The entry for what objdump says of a word of this row, or NULL; counts its uses. */
static const struct divergence *find_divergence(enum isa_insn insn, const char *text, unsigned *uses)
{
	for (unsigned i = 0; i < DIVERGENCES; i++) {
		if (divergences[i].insn == insn && !strncmp(text, divergences[i].text, strlen(divergences[i].text))) {
			uses[i]++;
			return &divergences[i];
		}
	}
	return NULL;
}

static void check_uses(const unsigned *uses, const char *model)
{
	for (unsigned i = 0; i < DIVERGENCES; i++) {
		const struct isa_row *row = isa_row(divergences[i].insn);

		if (!isa_has(models_has(model), row->categories))
			continue;
		if (!uses[i] || (!divergences[i].only_sometimes && uses[i] != WORDS_PER_ROW))
			fail_msg("%s: \"%s\" is no longer true", row->mnemonic, divergences[i].reason);
	}
}

static void compare(const char *model, const char *option)
{
	struct listing *listing = calloc(1, sizeof(*listing));
	char options[32], text[OBJDUMP_TEXT];
	unsigned differ = 0, uses[DIVERGENCES] = { 0 };

	if (!objdump_exists()) {
		print_message("powerpc-linux-gnu-objdump is not installed\n");
		skip();
	}
	fill(listing, model);
	snprintf(options, sizeof(options), "raw,%s", option);
	assert_true(objdump_read(listing->words, listing->n, options, listing->raw));
	assert_true(objdump_read(listing->words, listing->n, option, listing->plain));
	for (unsigned i = 0; i < listing->n; i++) {
		isa_disassemble(listing->words[i], 4 * i, models_has(model), text, sizeof(text));
		if (strcmp(text, listing->raw[i]) && strcmp(text, listing->plain[i]) &&
		    !find_divergence(listing->insns[i], listing->raw[i], uses)) {
			print_error("%08x: \"%s\", objdump -M%s: \"%s\"\n", listing->words[i], text, options,
				    listing->raw[i]);
			differ++;
		}
	}
	free(listing);
	assert_int_equal(differ, 0);
	check_uses(uses, model);
}

static void test_e500v2(void **state)
{
	compare("e500v2", "e500");
}

static void test_e500mc(void **state)
{
	compare("e500mc", "e500mc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_e500v2),
		cmocka_unit_test(test_e500mc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
