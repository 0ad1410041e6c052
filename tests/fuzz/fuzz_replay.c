/* A recording. */
#include "sim/input/input_log.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_log log = { 0 };
	struct err err = { "" };

	input_log_read(&log, fuzz_file(0, data, size), &err);
	input_log_free(&log);
	return 0;
}
