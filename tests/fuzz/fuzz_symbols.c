/* The symbols of an ELF file. */
#include <string.h>

#include "sim/symbol/elf_symbols.h"
#include "tests/fuzz/fuzz.h"

static void fuzz_see(void *opaque, const struct symbol *symbol)
{
	*(size_t *)opaque += strlen(symbol->name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { "" };
	size_t seen = 0;

	elf_symbols_read_image(data, size, fuzz_see, &seen, &err);
	return 0;
}
