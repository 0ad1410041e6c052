/* Breakpoints with a host thread for each core: counts are exact, and functions make and remove others meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/debug/debug.h"
#include "tests/fixture/guest.h"

#define CORES 4
#define TURNS 20000
#define SPEC(what, ...) ((struct debug_spec){ .kind = DEBUG_##what, .core = DEBUG_ANY_CORE, __VA_ARGS__ })

struct counts {
	struct debug *debug;
	uint64_t hits[CORES];
	struct debug_break *second;
	uint64_t second_hits;
	unsigned made;
};

static struct machine *make_machine(void)
{
	struct machine *machine = guest_machine("e500mc", CORES, 1000000000);

	/* Five instructions a turn, on bytes of its own: r6. */
	GUEST_CODE(machine, 0x1000, W_ADDI(3, 3, 1), W_STW(3u, 0, 6u), W_LWZ(4u, 0, 6u), W_ADDI(5, 5, 1), W_B(-16));
	for (unsigned i = 0; i < CORES; i++) {
		core_set_gpr(machine->cores[i], 6, 0x8000 + 0x1000 * i);
		guest_start(machine, i, 0x1000);
	}
	threads_set_count(machine, CORES);
	return machine;
}

static enum debug_verdict count(void *opaque, const struct debug_hit *hit)
{
	struct counts *counts = opaque;

	counts->hits[hit->core]++;
	return DEBUG_GO;
}

static void assert_counts(struct debug *debug, struct machine *machine, struct debug_spec spec)
{
	struct counts counts = { .debug = debug };
	struct debug_break *b = debug_break_create(debug, &spec, count, &counts, NULL);

	assert_int_equal(guest_run(machine, 5 * TURNS).reason, MACHINE_TIME);
	for (unsigned i = 0; i < CORES; i++)
		assert_int_equal(counts.hits[i], TURNS);
	assert_int_equal(debug_break_hits(b), CORES * TURNS);
	debug_break_remove(b);
}

static void test_every_hit_is_counted(void **state)
{
	struct machine *machine = make_machine();
	struct debug *debug = debug_create(machine);

	assert_counts(debug, machine, SPEC(PC, .address = 0x100c));
	assert_counts(debug, machine, SPEC(WRITE, .address = 0x8000, .length = 0x4000));
	assert_counts(debug, machine, SPEC(READ, .address = 0x8000, .length = 0x4000, .physical = true));
	debug_destroy(debug);
	machine_destroy(machine);
}

static enum debug_verdict count_second(void *opaque, const struct debug_hit *hit)
{
	((struct counts *)opaque)->second_hits++;
	return DEBUG_GO;
}

/* Makes, switches and removes others while the other cores run. */
static enum debug_verdict meddle(void *opaque, const struct debug_hit *hit)
{
	struct counts *counts = opaque;
	struct debug_spec specs[3] = {
		SPEC(PC, .address = 0x1004),
		SPEC(WRITE, .address = 0x8000, .length = 0x4000),
		SPEC(TIMER, .owner = "x"),
	};

	counts->hits[hit->core]++;
	if (counts->second && counts->made % 3 == 0)
		debug_break_enable(counts->second, false);
	if (counts->second)
		debug_break_remove(counts->second);
	counts->second = debug_break_create(counts->debug, &specs[counts->made++ % 3], count_second, counts, NULL);
	return DEBUG_GO;
}

static void test_functions_meddle(void **state)
{
	struct machine *machine = make_machine();
	struct counts counts = { .debug = debug_create(machine) };
	struct debug_spec spec = SPEC(PC, .address = 0x100c);

	debug_break_create(counts.debug, &spec, meddle, &counts, NULL);
	machine->quantum = 50;
	assert_int_equal(guest_run(machine, 5 * TURNS).reason, MACHINE_TIME);
	for (unsigned i = 0; i < CORES; i++) {
		assert_int_equal(counts.hits[i], TURNS);
		assert_int_equal(core_gpr(machine->cores[i], 3), TURNS);
	}
	assert_true(counts.second_hits > 0);
	debug_destroy(counts.debug);
	machine_destroy(machine);
}

static void test_stop(void **state)
{
	struct machine *machine = make_machine();
	struct debug *debug = debug_create(machine);
	struct debug_spec spec = SPEC(WRITE, .address = 0xa000, .length = 4); /* core 2's */
	struct debug_break *b = debug_break_create(debug, &spec, NULL, NULL, NULL);
	struct machine_event event = guest_run(machine, 1000000);

	assert_int_equal(event.reason, MACHINE_BREAK);
	assert_int_equal(event.core, 2);
	assert_int_equal(machine->cores[2]->pc, 0x1008);
	assert_int_equal(machine->cores[2]->insns, 2);
	assert_ptr_equal(debug_stopped_by(debug), b);
	debug_destroy(debug);
	machine_destroy(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_hit_is_counted),
		cmocka_unit_test(test_functions_meddle),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
