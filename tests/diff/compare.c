#include "tests/diff/compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/endian.h"

enum unit { UNIT_ALL, UNIT_SPE, UNIT_FPU };

static const struct field {
	const char *name;
	uint16_t offset;
	uint8_t size, count;
	enum unit unit;
} fields[] = {
	{ "vector", RECORD_VECTOR, 4, 1, UNIT_ALL },
	{ "r", RECORD_GPR, 8, 32, UNIT_ALL },
	{ "f", RECORD_FPR, 8, 32, UNIT_FPU },
	{ "fpscr", RECORD_FPSCR + 4, 4, 1, UNIT_FPU },
	{ "acc", RECORD_ACC, 8, 1, UNIT_SPE },
	{ "spefscr", RECORD_SPEFSCR, 4, 1, UNIT_SPE },
	{ "cr", RECORD_CR, 4, 1, UNIT_ALL },
	{ "xer", RECORD_XER, 4, 1, UNIT_ALL },
	{ "lr", RECORD_LR, 4, 1, UNIT_ALL },
	{ "ctr", RECORD_CTR, 4, 1, UNIT_ALL },
	{ "srr", RECORD_SRR0, 4, 2, UNIT_ALL },
	{ "csrr", RECORD_CSRR0, 4, 2, UNIT_ALL },
	{ "mcsrr", RECORD_MCSRR0, 4, 2, UNIT_ALL },
	{ "esr", RECORD_ESR, 4, 1, UNIT_ALL },
	{ "dear", RECORD_DEAR, 4, 1, UNIT_ALL },
	{ "usprg", RECORD_USPRG0, 4, 1, UNIT_ALL },
	{ "sprg", RECORD_SPRG, 4, 8, UNIT_ALL },
	{ "mas", RECORD_MAS, 4, 7, UNIT_ALL },
	{ "memory", RECORD_DATA, 8, LAYOUT_WINDOW_SIZE / 8, UNIT_ALL },
};

__attribute__((format(printf, 3, 4)))
static void append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

static void compare_one(const struct field *field, unsigned index, const uint8_t *want, const uint8_t *got, char *text,
			size_t size)
{
	append(text, size, "%s", field->name);
	if (field->count > 1)
		append(text, size, "%u", index);
	if (field->size == 8)
		append(text, size, " %016" PRIx64 " got %016" PRIx64 "; ", be64_load(want), be64_load(got));
	else
		append(text, size, " %08" PRIx32 " got %08" PRIx32 "; ", be32_load(want), be32_load(got));
}

bool compare_records(const struct core_model *model, const uint8_t *want, const uint8_t *got, char *text, size_t size)
{
	bool equal = true;

	text[0] = '\0';
	for (const struct field *f = fields; f < fields + sizeof fields / sizeof *fields; f++) {
		if ((f->unit == UNIT_SPE && !model_has(model, ISA_CATEGORY_SP)) ||
		    (f->unit == UNIT_FPU && !model_has(model, ISA_CATEGORY_FP)))
			continue;
		for (unsigned i = 0; i < f->count; i++) {
			size_t at = f->offset + (size_t)i * f->size;

			if (!memcmp(want + at, got + at, f->size))
				continue;
			equal = false;
			compare_one(f, i, want + at, got + at, text, size);
		}
	}
	return equal;
}
