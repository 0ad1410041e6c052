/* State saved into memory comes back as it was, or is refused with a sentence and changes nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sim/base/state_memory.h"

struct model {
	uint8_t byte;
	uint16_t half;
	uint32_t word;
	uint64_t number;
	int64_t time;
	bool flag;
	uint8_t text[5];
};

static const struct model full = { 0xfe, 0xfedc, 0xfedcba98, UINT64_C(0xfedcba9876543210), INT64_MIN, true, "abcd" };

static void visit(struct model *model, struct state_visitor *v, const char *group, uint32_t version)
{
	state_group(v, group, version);
	state_u8(v, "byte", &model->byte);
	state_u16(v, "half", &model->half);
	state_u32(v, "word", &model->word);
	state_u64(v, "number", &model->number);
	state_i64(v, "time", &model->time);
	state_bool(v, "flag", &model->flag);
	v->bytes(v, "text", model->text, sizeof model->text);
}

static void save(struct state_memory *memory)
{
	struct state_memory_visitor visitor;
	struct model model = full;

	state_memory_save(&visitor, memory, NULL);
	visit(&model, &visitor.base, "model", 3);
	assert_true(state_memory_done(&visitor));
}

static bool restore(struct model *model, struct state_memory *memory, const char *group, uint32_t version,
		    struct err *err)
{
	struct state_memory_visitor visitor;

	state_memory_restore(&visitor, memory, err);
	visit(model, &visitor.base, group, version);
	return state_memory_done(&visitor);
}

static void test_comes_back(void **state)
{
	struct state_memory memory = { 0 };
	struct model model = { 0 };

	save(&memory);
	assert_true(restore(&model, &memory, "model", 3, NULL));
	assert_int_equal(model.byte, full.byte);
	assert_int_equal(model.half, full.half);
	assert_int_equal(model.word, full.word);
	assert_int_equal(model.number, full.number);
	assert_int_equal(model.time, full.time);
	assert_true(model.flag);
	assert_memory_equal(model.text, full.text, sizeof full.text);
	state_memory_free(&memory);
}

static void test_refused(void **state)
{
	struct state_memory memory = { 0 };
	struct model model = { 0 };
	struct err err;

	save(&memory);
	assert_false(restore(&model, &memory, "model", 4, &err));
	assert_string_equal(err.text, "the saved state of \"model\" is of version 3, this program knows 4");
	assert_false(restore(&model, &memory, "modem", 3, &err));
	assert_string_equal(err.text, "the saved state has \"model\" where this machine has \"modem\"");
	assert_int_equal(model.number, 0);
	memory.size--;
	assert_false(restore(&model, &memory, "model", 3, &err));
	assert_string_equal(err.text, "the saved state's \"text\" has 5 bytes, here it has 5");
	state_memory_free(&memory);
}

/* Cut anywhere, or with any byte changed, it is refused or comes out, but never reads past its end (sanitizers). */
static void test_damaged(void **state)
{
	struct state_memory memory = { 0 };
	struct model model = { 0 };
	size_t size;

	save(&memory);
	size = memory.size;
	for (memory.size = 0; memory.size < size; memory.size++)
		assert_false(restore(&model, &memory, "model", 3, NULL));
	for (size_t at = 0; at < size; at++) {
		memory.data[at] ^= 0xff;
		restore(&model, &memory, "model", 3, NULL);
		memory.data[at] ^= 0xff;
	}
	state_memory_free(&memory);
}

/* A number that would lead out of an array is refused, and names what it is. */
static void test_at_most(void **state)
{
	struct err err;
	struct state_visitor v = { .err = &err };

	assert_true(state_at_most(&v, "level", 16, 16));
	assert_false(v.failed);
	assert_false(state_at_most(&v, "level", 17, 16));
	assert_true(v.failed);
	assert_string_equal(err.text, "the saved state's \"level\" is 17, at most 16 is possible");
}

static void test_more_than_here(void **state)
{
	struct state_memory memory = { 0 };
	struct model model = { 0 };
	struct err err;

	save(&memory);
	save(&memory);
	assert_false(restore(&model, &memory, "model", 3, &err));
	assert_string_equal(err.text, "the saved state has more in it than this machine");
	state_memory_free(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_at_most),
		cmocka_unit_test(test_more_than_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
