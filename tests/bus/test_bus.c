/* The physical address space: who answers where, and memory that is larger than the host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/bus/bus.h"

static const struct bus_access nobody = { BUS_NO_CORE, 0 };

struct block {
	uint64_t offset, value;
	unsigned size;
};

static uint64_t block_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct block *block = opaque;

	block->offset = offset;
	block->size = size;
	return block->value;
}

static void block_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	*(struct block *)opaque = (struct block){ offset, value, size };
}

static const struct bus_ops block_ops = { block_read, block_write };

static void test_memory_is_big_endian(void **state)
{
	struct bus *bus = bus_create();
	uint8_t bytes[8];
	uint64_t value;

	assert_true(bus_add_memory(bus, "memory", 0x1000, 0x2000, false, NULL));
	assert_int_equal(bus_write(bus, &nobody, 0x1008, 8, UINT64_C(0x0123456789abcdef)), BUS_OK);
	assert_true(bus_peek(bus, 0x1008, bytes, 8));
	assert_memory_equal(bytes, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	assert_int_equal(bus_read(bus, &nobody, 0x100a, 2, &value), BUS_OK);
	assert_int_equal(value, 0x4567);
	assert_int_equal(bus_read(bus, &nobody, 0x3000, 4, &value), BUS_UNMAPPED);
	assert_false(bus_peek(bus, 0x2ffc, bytes, 8));
	bus_destroy(bus);
}

static void test_blocks_lie_over_backgrounds(void **state)
{
	struct bus *bus = bus_create();
	struct block block = { 0, 7, 0 }, window = { 0, 9, 0 };
	uint64_t value;

	assert_true(bus_add_registers(bus, "block", 0x10100, 0x10, &block_ops, &block, NULL));
	assert_true(bus_add_background(bus, "window", 0x10000, 0x1000, &block_ops, &window, NULL));
	assert_int_equal(bus_read(bus, &nobody, 0x10104, 4, &value), BUS_OK);
	assert_int_equal(value, 7);
	assert_int_equal(block.offset, 4);
	assert_int_equal(bus_read(bus, &nobody, 0x10110, 4, &value), BUS_OK);
	assert_int_equal(value, 9);
	assert_int_equal(window.offset, 0x110);
	/* An access that only begins in a block is not the block's. */
	assert_int_equal(bus_read(bus, &nobody, 0x1010e & ~7u, 8, &value), BUS_OK);
	assert_int_equal(value, 7);
	bus_destroy(bus);
}

static void test_overlaps_are_refused_by_name(void **state)
{
	struct bus *bus = bus_create();
	struct block block = { 0 };
	struct err err;

	assert_true(bus_add_memory(bus, "memory", 0, 0x10000, false, NULL));
	assert_false(bus_add_registers(bus, "uart", 0xfff8, 0x10, &block_ops, &block, &err));
	assert_non_null(strstr(err.text, "uart"));
	assert_non_null(strstr(err.text, "memory"));
	assert_false(bus_add_memory(bus, "wraps", UINT64_MAX - 0xfff, 0x2000, false, &err));
	assert_false(bus_add_memory(bus, "odd", 0x20800, 0x1000, false, &err));
	assert_false(bus_add_memory(bus, "none", 0x20000, 0, false, &err));
	bus_destroy(bus);
}

static void test_read_only_memory_takes_no_stores(void **state)
{
	struct bus *bus = bus_create();
	uint64_t value;

	assert_true(bus_add_memory(bus, "rom", 0, 0x1000, true, NULL));
	assert_true(bus_poke(bus, 0, "\x11\x22\x33\x44", 4));
	assert_int_equal(bus_write(bus, &nobody, 0, 4, 0xffffffff), BUS_OK);
	assert_int_equal(bus_read(bus, &nobody, 0, 4, &value), BUS_OK);
	assert_int_equal(value, 0x11223344);
	bus_destroy(bus);
}

struct count {
	struct state_visitor base;
	unsigned pages;
};

static void count_integer(struct state_visitor *visitor, const char *name, void *value, size_t size)
{
}

static void count_bytes(struct state_visitor *visitor, const char *name, void *data, size_t size)
{
	((struct count *)visitor)->pages++;
}

/* 64 GiB: the walk must touch only what somebody wrote, or the host runs out of memory and time. */
static void test_walk_over_huge_memory(void **state)
{
	struct bus *bus = bus_create();
	struct count count = { .base = { .integer = count_integer, .bytes = count_bytes } };

	assert_true(bus_add_memory(bus, "memory", 0, UINT64_C(1) << 36, false, NULL));
	bus_write(bus, &nobody, 0x1000, 4, 1);
	bus_write(bus, &nobody, 0x5000, 4, 0); /* written, and zero all the same */
	bus_poke(bus, UINT64_C(0xfffffffff), "\1", 1);
	bus_visit_state(bus, &count.base);
	assert_int_equal(count.pages, 2);
	bus_destroy(bus);
}

static void note_store(void *opaque, int core, uint64_t pa, unsigned size)
{
	*(uint64_t *)opaque += pa * 100 + size;
}

static void test_store_hook_runs_for_flagged_pages_only(void **state)
{
	struct bus *bus = bus_create();
	uint64_t sum = 0;

	assert_true(bus_add_memory(bus, "memory", 0, 0x4000, false, NULL));
	bus_set_store_hook(bus, note_store, &sum);
	bus_write(bus, &nobody, 0x1000, 4, 1);
	assert_int_equal(sum, 0);
	bus_find_memory(bus, 0)->flags[1] = BUS_PAGE_CODE;
	bus_write(bus, &nobody, 0x1000, 4, 1);
	assert_int_equal(sum, 0x1000 * 100 + 4);
	sum = 0;
	bus_poke(bus, 0xffe, "abcd", 4); /* the half of it that lies in the flagged page */
	assert_int_equal(sum, 0x1000 * 100 + 2);
	bus_destroy(bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_big_endian),
		cmocka_unit_test(test_blocks_lie_over_backgrounds),
		cmocka_unit_test(test_overlaps_are_refused_by_name),
		cmocka_unit_test(test_read_only_memory_takes_no_stores),
		cmocka_unit_test(test_walk_over_huge_memory),
		cmocka_unit_test(test_store_hook_runs_for_flagged_pages_only),
	};

	return cmocka_run_group_tests_name("bus", tests, NULL, NULL);
}
