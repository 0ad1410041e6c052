/*
 * A batch of cases in an image of guest memory (layout.h), and the two
 * machines that can work through it. The image is made once; each machine
 * works on a copy of its own.
 */
#ifndef TESTS_DIFF_BATCH_H
#define TESTS_DIFF_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/core/model.h"
#include "tests/diff/layout.h"

struct batch {
	const struct core_model *model;
	unsigned count; /* cases, up to LAYOUT_MAX_CASES */
	int file;       /* the image: LAYOUT_MEMORY bytes without a name on disk */
	uint8_t *memory;
};

bool batch_create(struct batch *batch, const struct core_model *model, struct err *err);
/* A batch with the same cases, and memory of its own. */
bool batch_copy(struct batch *copy, const struct batch *batch, struct err *err);
void batch_destroy(struct batch *batch);

static inline uint8_t *batch_input(const struct batch *batch, unsigned number)
{
	return batch->memory + LAYOUT_INPUT + (size_t)number * RECORD_SIZE;
}

static inline uint8_t *batch_output(const struct batch *batch, unsigned number)
{
	return batch->memory + LAYOUT_OUTPUT + (size_t)number * RECORD_SIZE;
}

/* Adds a case with the given stub; its input record is zero yet. Returns its number. */
unsigned batch_add(struct batch *batch, uint32_t before, uint32_t tested);
/* `before` 0: a nop. */
void batch_set_stub(struct batch *batch, unsigned number, uint32_t before, uint32_t tested);
/* Changes the tested instruction only. */
void batch_set_tested(struct batch *batch, unsigned number, uint32_t tested);
/* Empties it. */
void batch_clear(struct batch *batch);
/* The tested instruction of a case. */
uint32_t batch_word(const struct batch *batch, unsigned number);

/* Each runs the guest program over the batch. False: it did not come to its end; err says what happened. */
bool batch_run_qemu(struct batch *batch, struct err *err);
bool batch_run_warpcore(struct batch *batch, struct err *err);

/* False when qemu-system-ppc is not installed. */
bool batch_have_qemu(void);

#endif
