/* A device tree blob: it becomes a machine that runs, or is refused in one line. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct soc_options options = {
		.board = fuzz_file(0, data, size),
		.memory = 16 << 20,
		.kernel = fuzz_kernel(),
	};
	struct soc *soc;
	struct machine *machine = fuzz_machine(&options, &soc);

	if (!machine)
		return 0;
	fuzz_run(machine, 1000);
	machine_destroy(machine);
	return 0;
}
