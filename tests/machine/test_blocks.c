/* Cores that take turns on one thread share their decoded blocks; those on threads of their own do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/engine/block.h"
#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)

/* Three blocks: up to each branch to the next word, and the last. */
static struct machine *three_blocks(unsigned cores)
{
	struct machine *m = guest_machine("e500mc", cores, GHZ);

	GUEST_CODE(m, 0x1000, W_ADDI(4, 4, 1), W_B(4), W_ADDI(4, 4, 1), W_B(4), W_ADDI(4, 4, 1), W_WAIT);
	for (unsigned i = 0; i < cores; i++)
		guest_start(m, i, 0x1000);
	return m;
}

static void test_decoded_once(void **state)
{
	struct machine *m = three_blocks(8);

	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	for (unsigned i = 0; i < 8; i++) {
		assert_ptr_equal(m->cores[i]->blocks, m->cores[0]->blocks);
		assert_int_equal(m->cores[i]->r[4], 3);
	}
	assert_int_equal(block_cache_decoded(m->cores[0]->blocks), 3);
	machine_destroy(m);
}

/* Cores of other models decode for themselves: the same word may be another instruction there. */
static void test_models(void **state)
{
	struct machine *m = three_blocks(2);

	guest_add_core(m, "e500v2", GHZ);
	assert_ptr_not_equal(m->cores[2]->blocks, m->cores[0]->blocks);
	machine_destroy(m);
}

/*
 * Core 0 counts in r4 round a loop of one block; core 1 puts `wait` into that loop. Core 0 has run the old block in
 * each round before, and finds the new word at its next block.
 */
static void test_store_by_another(void **state)
{
	struct machine *m = guest_machine("e500mc", 2, GHZ);

	m->quantum = 1000;
	GUEST_CODE(m, 0x1000, W_ADDI(4, 4, 1), W_B(-4));
	GUEST_CODE(m, 0x2000, W_LI(6, 2000), W_MTSPR(SPR_CTR, 6), W_BDNZ(0), W_ADDIS(7, 0, W_WAIT >> 16),
		   W_ORI(7, 7, W_WAIT & 0xffff), W_STW(7, 0x1000, 0), W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x2000);
	assert_int_equal(guest_run(m, 1000000).reason, MACHINE_DEADLOCK);
	assert_true(m->cores[0]->r[4] >= 1000); /* 2000 instructions of core 1 are 2 us, two of the loop 2 ns */
	assert_int_equal(m->cores[0]->pc, 0x1004);
	machine_destroy(m);
}

static bool count_hits(void *opaque, struct core *core, uint64_t ea)
{
	++((unsigned *)opaque)[core->index];
	return false;
}

/* A core's breakpoint is its own, whoever decoded the block; and it stays through a change of threads. */
static void test_breakpoint_of_one(void **state)
{
	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct machine *m = three_blocks(2);
		unsigned hits[2] = { 0, 0 };

		machine_set_debugger(m, NULL, &(struct core_observer){ .opaque = hits, .breakpoint = count_hits });
		block_cache_set_breakpoint(m->cores[1], 0x1008, true);
		threads_set_count(m, 2);
		assert_ptr_not_equal(m->cores[0]->blocks, m->cores[1]->blocks);
		threads_set_count(m, threads);
		assert_int_equal(m->cores[0]->blocks == m->cores[1]->blocks, threads == 0);
		assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
		assert_int_equal(hits[0], 0);
		assert_int_equal(hits[1], 1);
		machine_destroy(m);
	}
}

/* A guest that runs in all of its memory: a branch in each page to the next one, twice over, by two cores. */
static void test_bounded(void **state)
{
	enum { PAGES = 16384 }; /* 64 MiB */
	static const uint32_t end[] = { W_ADDI(4, 4, 1), W_BDNZ(8), W_WAIT, W_MTSPR(8, 5), 0x4e800020 /* blr */ };

	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);

		assert_true(bus_add_memory(m->bus, "more", GUEST_MEMORY, PAGES * 4096 - GUEST_MEMORY, false, NULL));
		for (unsigned page = 1; page < PAGES - 1; page++)
			GUEST_CODE(m, page * 4096, W_B(4096));
		guest_code(m, (PAGES - 1) * 4096, end, sizeof end / sizeof *end);
		threads_set_count(m, threads);
		for (unsigned i = 0; i < 2; i++) {
			guest_start(m, i, 0x1000);
			m->cores[i]->ctr = 2;
			m->cores[i]->r[5] = 0x1000;
		}
		assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
		for (unsigned i = 0; i < 2; i++) {
			assert_int_equal(m->cores[i]->r[4], 2);
			assert_true(block_cache_bytes(m->cores[i]->blocks) <= BLOCK_CACHE_BYTES + 4096);
			assert_in_range(block_cache_tables(m->cores[i]->blocks), 1, BLOCK_CACHE_TABLES);
		}
		machine_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoded_once),     cmocka_unit_test(test_models),
		cmocka_unit_test(test_store_by_another), cmocka_unit_test(test_breakpoint_of_one),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
