/* Decoded blocks: how much of the host's memory they may take, and what they take for granted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/base/endian.h"
#include "sim/engine/block.h"
#include "sim/engine/run.h"
#include "sim/core/interrupt.h"
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
		run_core(lone.core);
		entries++;
		if (block_cache_bytes(lone.core->blocks) > BLOCK_CACHE_BYTES + 4096)
			fail_msg("%zu bytes of blocks", block_cache_bytes(lone.core->blocks));
	}
	assert_int_equal(lone.core->r[4], entries);
	assert_true(entries * sizeof(struct op) * 32 > BLOCK_CACHE_BYTES); /* or this shows nothing */
	block_cache_drop_all(lone.core->blocks);
	assert_int_equal(block_cache_bytes(lone.core->blocks), 0);
	lone_core_close(&lone);
}

static unsigned watch_reads(void *opaque, int core, uint64_t ea, uint64_t pa)
{
	return MMU_WATCH_READ;
}

/* What a read breakpoint's function may do: change the state of the core. */
static void switch_fp_off(void *opaque, struct core *core, const struct op *op, const struct core_access *access)
{
	core_set_msr(core, core->msr & ~(uint32_t)MSR_FP);
}

/* The unit that the first instruction of a block was granted is taken away in its middle: the third one must see it. */
static void test_unit_taken_away(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, "fmr f1, f1\nlwz r4, 0(r3)\nfmr f2, f2\n");
	lone_core_program(&lone, 0x10000 + IVOR_FP_UNAVAILABLE * 0x100, "addi r5, r5, 1\n");
	lone.core->r[3] = BLOCK_FROM;
	core_set_observer(lone.core, &(struct core_observer){ .accessed = switch_fp_off });
	mmu_set_watcher(&lone.core->mmu, &(struct mmu_watcher){ NULL, watch_reads });
	core_set_msr(lone.core, MSR_FP);
	lone_core_steps(&lone, 3);
	assert_int_equal(lone.core->r[5], 1);
	assert_int_equal(lone.core->srr[0], 0x1008);
	lone_core_close(&lone);
}

/* After the last word of the 32-bit space comes the first, whether a block ends there or a slice does. */
static void test_end_of_space(void **state)
{
	const struct mmu_entry last = {
		.epn = 0xfffff000, .rpn = 0x3000, .size = 1, .valid = true, .permissions = 0x3f
	};
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 0, 0);
	mmu_set_tlb1(&lone.core->mmu, 1, &last);
	lone_core_program(&lone, 0x3ff8, "addi r4, r4, 1\naddi r4, r4, 1\n");
	lone_core_program(&lone, 0, "addi r5, r5, 1\n");
	for (int64_t first = 1; first <= 3; first++) {
		lone.core->pc = 0xfffffff8;
		lone.core->r[4] = lone.core->r[5] = 0;
		lone_core_steps(&lone, first);
		lone_core_steps(&lone, 3 - first);
		assert_int_equal(lone.core->r[4], 2);
		assert_int_equal(lone.core->r[5], 1);
		assert_int_equal(lone.core->pc, 4);
	}
	lone_core_close(&lone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_unit_taken_away),
		cmocka_unit_test(test_end_of_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
