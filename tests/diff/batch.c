#define _GNU_SOURCE
#include "tests/diff/batch.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/endian.h"

#define NOP 0x60000000
#define SC 0x44000002

bool batch_create(struct batch *batch, const struct core_model *model, struct err *err)
{
	batch->model = model;
	batch->count = 0;
	batch->file = memfd_create("warpcore-diff", 0);
	if (batch->file < 0 || ftruncate(batch->file, LAYOUT_MEMORY))
		return err_set(err, "no memory for the image of a batch");
	batch->memory = mmap(NULL, LAYOUT_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, batch->file, 0);
	if (batch->memory == MAP_FAILED)
		return err_set(err, "cannot map the image of a batch");
	be32_store(batch->memory + LAYOUT_ABSOLUTE, SC);
	return true;
}

/* Only what batch_add writes: the copy's other memory is as new. */
bool batch_copy(struct batch *copy, const struct batch *batch, struct err *err)
{
	size_t stubs = (size_t)batch->count * STUB_SIZE;
	size_t records = (size_t)batch->count * RECORD_SIZE;

	if (!batch_create(copy, batch->model, err))
		return false;
	copy->count = batch->count;
	memcpy(copy->memory + LAYOUT_STUBS, batch->memory + LAYOUT_STUBS, stubs);
	memcpy(copy->memory + LAYOUT_INPUT, batch->memory + LAYOUT_INPUT, records);
	be32_store(copy->memory + LAYOUT_CONTROL + CONTROL_COUNT, copy->count);
	return true;
}

void batch_destroy(struct batch *batch)
{
	munmap(batch->memory, LAYOUT_MEMORY);
	close(batch->file);
}

void batch_set_stub(struct batch *batch, unsigned number, uint32_t before, uint32_t tested)
{
	uint8_t *stub = batch->memory + LAYOUT_STUBS + (size_t)number * STUB_SIZE;

	be32_store(stub, before ? before : NOP);
	be32_store(stub + STUB_TESTED, tested);
	be32_store(stub + STUB_FALL, SC);
	be32_store(stub + STUB_TARGET, SC);
}

void batch_set_tested(struct batch *batch, unsigned number, uint32_t tested)
{
	be32_store(batch->memory + LAYOUT_STUBS + (size_t)number * STUB_SIZE + STUB_TESTED, tested);
}

unsigned batch_add(struct batch *batch, uint32_t before, uint32_t tested)
{
	unsigned number = batch->count++;

	batch_set_stub(batch, number, before, tested);
	memset(batch_input(batch, number), 0, RECORD_SIZE);
	return number;
}

void batch_clear(struct batch *batch)
{
	batch->count = 0;
}

uint32_t batch_word(const struct batch *batch, unsigned number)
{
	return be32_load(batch->memory + LAYOUT_STUBS + (size_t)number * STUB_SIZE + STUB_TESTED);
}
