/* Recordings: read, written again, and replayed on a machine that has what they ask for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/input/input.h"
#include "tests/fixture/guest.h"
#include "tests/fuzz/fuzz.h"

#define REPLAYED_NS 3000000 /* of virtual time */
#define PORTS       8

static void fuzz_arrive(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	uint64_t *sum = opaque;

	for (size_t i = 0; i < count; i++)
		*sum += bytes[i];
}

/* What was read is written, and that is read as the same. */
static void fuzz_write_again(const struct input_log *log, const struct input_manifest *manifest)
{
	struct input_log again;
	struct err err;
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	FUZZ_MUST(file);
	input_log_write_head(file, manifest);
	for (size_t i = 0; i < log->count; i++)
		input_log_write(file, &log->entries[i]);
	fclose(file);
	FUZZ_MUST(input_log_read(&again, fuzz_file(1, text, size), &err));
	FUZZ_MUST(again.count == log->count);
	for (size_t i = 0; i < log->count; i++) {
		FUZZ_MUST(again.entries[i].kind == log->entries[i].kind && again.entries[i].now == log->entries[i].now);
		FUZZ_MUST(again.entries[i].count == log->entries[i].count);
		FUZZ_MUST(!memcmp(again.entries[i].digest, log->entries[i].digest, sizeof log->entries[i].digest));
	}
	input_log_free(&again);
	free(text);
}

static void fuzz_replay(const char *path, const struct input_log *log, const struct input_manifest *manifest)
{
	struct machine *machine = guest_machine("e500v2", 1, 100000000);
	struct err err = { "" };
	uint64_t sum = 0;
	unsigned ports = 0;

	for (size_t i = 0; i < log->count && ports < PORTS; i++) {
		const char *name = log->entries[i].port;

		if (name && !input_find_port(machine->input, name)) {
			input_add_port(machine->input, name, fuzz_arrive, &sum);
			ports++;
		}
	}
	GUEST_CODE(machine, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
	guest_start(machine, 0, 0x1000);
	if (input_replay(machine->input, path, manifest, &err)) {
		guest_run(machine, REPLAYED_NS);
		input_finish(machine->input, &err);
	}
	machine_destroy(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(0, data, size);
	struct err err = { "" };
	struct input_log log;

	if (input_log_read(&log, path, &err)) {
		struct input_manifest manifest = {
			.version = log.version,
			.board = log.board,
			.options = log.options,
		};

		fuzz_write_again(&log, &manifest);
		fuzz_replay(path, &log, &manifest);
		input_log_free(&log);
	} else {
		fuzz_check_refusal(&err, path);
		FUZZ_MUST(!log.entries && !log.count);
	}
	return 0;
}
