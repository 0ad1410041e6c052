/* A kernel's file, ELF or uImage: it is loaded and runs, or is refused in one line. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct soc_options options = {
		.board = fuzz_board(""),
		.memory = 16 << 20,
		.kernel = fuzz_file(0, data, size),
	};
	struct soc *soc;
	struct machine *machine = fuzz_machine(&options, &soc);

	if (!machine)
		return 0;
	fuzz_run(machine, 1000);
	machine_destroy(machine);
	return 0;
}
