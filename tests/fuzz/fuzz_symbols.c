/* The symbols of an ELF file: all of them or none are taken, and what is taken is found. */
#include "sim/symbol/symbols.h"
#include "tests/fuzz/fuzz.h"

static void fuzz_look_up(const struct symbols *symbols)
{
	const struct symbol *const *first;
	size_t count = symbols_prefixed(symbols, "", &first);
	struct err err;

	FUZZ_MUST(count <= symbols_count(symbols));
	for (size_t i = 0; i < count; i++) {
		uint64_t offset, address;
		char text[600];

		FUZZ_MUST(symbols_find(symbols, first[i]->name));
		symbols_at(symbols, first[i]->address, &offset);
		symbols_at(symbols, first[i]->address + first[i]->size, &offset);
		symbols_format(symbols, first[i]->address + 4, text, sizeof text);
		symbols_parse(symbols, text, &address, &err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };

	if (!symbols_load_image(symbols, "a.elf", data, size, 0, &err)) {
		fuzz_check_refusal(&err, "a.elf: ");
		FUZZ_MUST(!symbols_count(symbols));
	}
	symbols_load_image(symbols, "b.elf", data, size, 0xfffffff0, &err);
	fuzz_look_up(symbols);
	symbols_destroy(symbols);
	return 0;
}
