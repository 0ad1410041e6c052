/*
 * A kernel's file, ELF or uImage: it lies in memory and runs, or is refused in one line. The checksums of a uImage are
 * made right, or no mutation would come past them.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/endian.h"
#include "sim/machine/load_elf.h"
#include "sim/machine/load_uimage.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY        (16u << 20)
#define UIMAGE_HEADER 64

static void fuzz_seal(uint8_t *image, size_t size)
{
	if (size < UIMAGE_HEADER)
		return;
	be32_store(image + 12, (uint32_t)(size - UIMAGE_HEADER));
	be32_store(image + 24, (uint32_t)crc32(0, image + UIMAGE_HEADER, (uInt)(size - UIMAGE_HEADER)));
	be32_store(image + 4, 0);
	be32_store(image + 4, (uint32_t)crc32(0, image, UIMAGE_HEADER));
}

static bool fuzz_load(const uint8_t *data, size_t size)
{
	bool uimage = load_uimage_is(data, size), loaded;
	struct bus *bus = bus_create();
	struct load_image image;
	struct err err = { "" };

	FUZZ_MUST(bus_add_memory(bus, "memory", 0, MEMORY, false, NULL));
	loaded = (uimage ? load_uimage_into : load_elf_into)(bus, data, size, "a.img", &image, &err);
	if (loaded)
		FUZZ_MUST(image.base < image.end && image.end <= MEMORY);
	else
		fuzz_check_refusal(&err, "a.img: ");
	bus_destroy(bus);
	return loaded;
}

static void fuzz_boot(const uint8_t *data, size_t size)
{
	const struct soc_options options = {
		.board = fuzz_board(""),
		.memory = MEMORY,
		.kernel = fuzz_file(0, data, size),
	};
	struct soc *soc;
	struct machine *machine = fuzz_machine(&options, &soc);

	if (!machine)
		return;
	fuzz_run(machine, 1000);
	machine_destroy(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *sealed = malloc(size + 1);

	FUZZ_MUST(sealed);
	memcpy(sealed, data, size);
	fuzz_load(data, size);
	if (load_uimage_is(data, size))
		fuzz_seal(sealed, size);
	if (fuzz_load(sealed, size))
		fuzz_boot(sealed, size);
	free(sealed);
	return 0;
}
