/*
 * The main program of a target that is built without libFuzzer, by any compiler.
 *   usage: fuzz_NAME RUNS SEED FILE...     each file as it is, then RUNS mutations of them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/file.h"
#include "sim/base/random.h"
#include "tests/fuzz/fuzz.h"

#define CORPUS_GROWTH 64 /* bytes that a mutation may add */

struct corpus_input {
	uint8_t *data;
	size_t size;
};

/* As libFuzzer does: a copy of exactly this size, so that a sanitizer sees each byte read behind it. */
static void corpus_run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	FUZZ_MUST(copy);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void corpus_mutate(const struct corpus_input *input, struct random *random)
{
	size_t size = input->size;
	uint8_t *data = malloc(size + CORPUS_GROWTH);

	FUZZ_MUST(data);
	memcpy(data, input->data, size);
	switch (random_below(random, 4)) {
	case 0: size = random_below(random, (uint32_t)size + 1); break;
	case 1:
		for (unsigned n = random_below(random, CORPUS_GROWTH); n; n--)
			data[size++] = (uint8_t)random_u64(random);
		break;
	default: break;
	}
	for (unsigned n = random_below(random, 8); n && size; n--)
		data[random_below(random, (uint32_t)size)] = (uint8_t)random_u64(random);
	corpus_run(data, size);
	free(data);
}

int main(int argc, char **argv)
{
	struct corpus_input inputs[64];
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0, count = 0;
	struct random random;

	if (argc < 4 || argc - 3 > 64) {
		fputs("usage: fuzz_NAME RUNS SEED FILE... (up to 64)\n", stderr);
		return 2;
	}
	random_seed(&random, strtoull(argv[2], NULL, 10));
	for (int i = 3; i < argc; i++, count++) {
		struct err err;

		inputs[count].data = file_load(argv[i], &inputs[count].size, &err);
		if (!inputs[count].data) {
			fprintf(stderr, "%s\n", err.text);
			return 2;
		}
		corpus_run(inputs[count].data, inputs[count].size);
	}
	for (unsigned i = 0; i < runs; i++)
		corpus_mutate(&inputs[random_below(&random, count)], &random);
	for (unsigned i = 0; i < count; i++)
		free(inputs[i].data);
	return 0;
}
