#include "soc/build/kernel_core.h"

#include <string.h>

#include "sim/symbol/elf_symbols.h"

/* A kernel has the set-up function of each core that its CPU table lists. */
static const struct kernel_core {
	const char *symbol;
	const char *core;
} kernel_cores[] = {
	{ "__setup_cpu_e500v2", "e500v2" },
	{ "__setup_cpu_e500mc", "e500mc" },
};
#define KERNEL_CORES (sizeof kernel_cores / sizeof *kernel_cores)

static void kernel_core_see(void *opaque, const struct symbol *symbol)
{
	unsigned *seen = opaque;

	for (size_t i = 0; i < KERNEL_CORES; i++)
		if (!strcmp(symbol->name, kernel_cores[i].symbol))
			*seen |= 1u << i;
}

const char *kernel_core_name(const char *file)
{
	struct err unused;
	unsigned seen = 0;

	if (!elf_symbols_read_file(file, kernel_core_see, &seen, &unused))
		return NULL;
	for (size_t i = 0; i < KERNEL_CORES; i++)
		if (seen == 1u << i)
			return kernel_cores[i].core;
	return NULL;
}
