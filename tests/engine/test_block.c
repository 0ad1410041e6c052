/* Decoded blocks: how much of the host's memory they may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/base/endian.h"
#include "sim/engine/block.h"
#include "tests/fixture/lone_core.h"

#define BLOCK_FROM 0x2000u

/*
 * All of memory is `addi r4,r4,1`, entered at each word: far more blocks than
 * may be kept. None is lost on the way: r4 counts each instruction.
 */
static void test_limit(void **state)
{
	const uint32_t addi = 0x38840001;
	uint32_t entries = 0;
	struct lone_core lone;
	uint8_t word[4];

	lone_core_open(&lone, "e500mc", 0, 0);
	be32_store(word, addi);
	for (uint32_t at = BLOCK_FROM; at < LONE_MEMORY; at += 4)
		bus_poke(lone.bus, at, word, 4);
	for (uint32_t at = BLOCK_FROM; at < LONE_MEMORY; at += 4) {
		lone.core->pc = at;
		lone.core->slice_end = lone.core->insns + 1;
		core_run(lone.core);
		entries++;
		if (block_cache_bytes(lone.core) > BLOCK_CACHE_BYTES + 4096)
			fail_msg("%zu bytes of blocks", block_cache_bytes(lone.core));
	}
	assert_int_equal(lone.core->r[4], entries);
	assert_true(entries * sizeof(struct op) * 32 > BLOCK_CACHE_BYTES); /* or this shows nothing */
	block_cache_drop_all(lone.core);
	assert_int_equal(block_cache_bytes(lone.core), 0);
	lone_core_close(&lone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
