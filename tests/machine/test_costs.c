/*
 * Instructions that cost different numbers of cycles: core time, exact stops and the time base follow from the costs,
 * by arithmetic. At 1 GHz a cycle is a nanosecond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/isa/isa.h"
#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)
#define W_MULLI(rt, ra, si) (0x1c000000u | (rt) << 21 | (ra) << 16 | (si))

#define CODE 0x1000u
/* add, multiply, add, read the time base, multiply, branch to the next word, add, multiply; then wait. */
#define WORDS                                                                                                       \
	W_ADDI(4, 4, 1), W_MULLI(5, 4, 3), W_ADDI(4, 4, 1), W_MFSPR(6, SPR_TBL_READ), W_MULLI(5, 4, 3), W_B(4),     \
		W_ADDI(4, 4, 1), W_MULLI(5, 4, 3), W_WAIT
#define COUNT 9

static uint16_t costs[ISA_TIMING_COUNT];
/* Cycles up to and with each of the nine, with 2 an add, 7 a multiply, 3 for the time base, 5 a branch, 4 the wait. */
static const int64_t after[COUNT] = { 2, 9, 11, 14, 21, 26, 28, 35, 39 };

static struct machine *costed(void)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);

	for (unsigned class = 0; class < ISA_TIMING_COUNT; class++)
		costs[class] = 1;
	costs[ISA_TIMING_INT] = 2;
	costs[ISA_TIMING_MUL] = 7;
	costs[ISA_TIMING_MFSPR] = 3;
	costs[ISA_TIMING_BRANCH] = 5;
	costs[ISA_TIMING_SYNC] = 4;
	GUEST_CODE(m, CODE, WORDS);
	guest_start(m, 0, CODE);
	core_set_costs(m->cores[0], costs);
	return m;
}

static void test_sum(void **state)
{
	struct machine *m = costed();

	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	assert_int_equal(m->cores[0]->insns, COUNT);
	assert_int_equal(m->cores[0]->time.cycles, after[COUNT - 1]);
	assert_int_equal(core_now(m->cores[0], NULL), after[COUNT - 1]);
	assert_int_equal(m->cores[0]->r[6], after[2]); /* in the middle of its block */
	machine_destroy(m);
}

/* A run that ends after each possible time stops with the instruction that reaches it, in whatever block. */
static void test_exact_stops(void **state)
{
	for (int64_t until = 1; until < after[COUNT - 1]; until++) {
		struct machine *m = costed();
		int64_t insns = 0;

		while (after[insns] < until)
			insns++;
		assert_int_equal(guest_run(m, until).reason, MACHINE_TIME);
		assert_int_equal(m->cores[0]->insns, insns + 1);
		assert_int_equal(core_now(m->cores[0], NULL), after[insns]);
		assert_int_equal(m->cores[0]->pc, CODE + 4 * (insns + 1));
		machine_destroy(m);
	}
}

/* Cut into pieces of any length it comes to the same. */
static void test_pieces(void **state)
{
	for (int64_t piece = 1; piece < 12; piece++) {
		struct machine *m = costed();

		while (guest_run(m, piece).reason == MACHINE_TIME)
			;
		assert_int_equal(m->cores[0]->time.cycles, after[COUNT - 1]);
		assert_int_equal(m->cores[0]->r[6], after[2]);
		machine_destroy(m);
	}
}

/* A number of instructions is counted as ever. */
static void test_insns(void **state)
{
	for (int64_t insns = 1; insns < COUNT; insns++) {
		struct machine *m = costed();
		struct machine_limits limits = { .insns = insns };
		struct machine_event event;

		machine_run(m, &limits, &event);
		assert_int_equal(event.reason, MACHINE_INSNS);
		assert_int_equal(m->cores[0]->insns, insns);
		assert_int_equal(m->cores[0]->time.cycles, after[insns - 1]);
		machine_destroy(m);
	}
}

/* From one cost to the other and back: what was charged stays, what comes is charged anew. */
static void test_switch(void **state)
{
	struct machine *m = costed();
	struct core *core = m->cores[0];
	struct machine_limits two = { .insns = 2 };
	struct machine_event event;

	core_set_cpi(core, 10);
	machine_run(m, &two, &event);
	core_set_costs(core, costs);
	machine_run(m, &two, &event);
	assert_int_equal(core_ticks(core, NULL), 20 + (after[3] - after[1]));
	core_set_cpi(core, 3);
	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	assert_int_equal(core->time.cycles, 20 + (after[3] - after[1]) + 3 * (COUNT - 4));
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),   cmocka_unit_test(test_exact_stops), cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_insns), cmocka_unit_test(test_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
