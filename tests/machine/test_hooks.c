/* The tables that others attach to a machine: who hears of what, in which order, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/engine/block.h"
#include "sim/time/warp.h"
#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)

struct heard {
	struct machine *machine;
	unsigned count;
	enum core_state state[4];
	int64_t when[4];
	bool all_idle[4]; /* to the clock, at that moment */
};

static void hear_state(void *opaque, unsigned core, enum core_state state, int64_t when)
{
	struct heard *heard = opaque;
	unsigned n = heard->count++;

	assert_int_equal(core, 0);
	assert_true(n < 4);
	heard->state[n] = state;
	heard->when[n] = when;
	heard->all_idle[n] = warp_all_idle(heard->machine->clock);
}

/*
 * A change of state goes to the timeline first: what the clock makes of it, a warp among it, comes after. So the clock
 * has the old state while the timeline is told of the new one.
 */
static void the_timeline_hears_before_the_clock(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);
	struct heard heard = { .machine = m };

	GUEST_CODE(m, 0x1000, W_LI(3, 1), W_LI(3, 2), W_WAIT);
	m->timeline = (struct machine_timeline){ .opaque = &heard, .state = hear_state };
	guest_start(m, 0, 0x1000);
	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	assert_int_equal(heard.count, 2);
	assert_int_equal(heard.state[0], CORE_RUNNING);
	assert_int_equal(heard.when[0], 0);
	assert_true(heard.all_idle[0]);
	assert_int_equal(heard.state[1], CORE_WAITING);
	assert_int_equal(heard.when[1], 3); /* three instructions of 1 ns */
	assert_false(heard.all_idle[1]);
	assert_true(warp_all_idle(m->clock));
	machine_destroy(m);
}

static bool count_hits(void *opaque, struct core *core, uint64_t ea)
{
	++((unsigned *)opaque)[core->index];
	return false;
}

static void start_at_breakpoint(struct machine *m, unsigned core)
{
	block_cache_set_breakpoint(m->cores[core], 0x1004, true);
	guest_start(m, core, 0x1000);
}

/* The observer is that of each core, those made later too, until it is taken away. */
static void an_observer_sees_later_cores(void **state)
{
	for (unsigned attached = 0; attached <= 1; attached++) {
		struct machine *m = guest_machine("e500mc", 1, GHZ);
		unsigned hits[2] = { 0, 0 };

		GUEST_CODE(m, 0x1000, W_LI(3, 1), W_LI(3, 2), W_WAIT);
		machine_set_debugger(m, NULL, &(struct core_observer){ .opaque = hits, .breakpoint = count_hits });
		guest_add_core(m, "e500mc", GHZ);
		start_at_breakpoint(m, 0);
		start_at_breakpoint(m, 1);
		if (!attached)
			machine_set_debugger(m, NULL, NULL);
		assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
		assert_int_equal(hits[0], attached);
		assert_int_equal(hits[1], attached);
		machine_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_timeline_hears_before_the_clock),
		cmocka_unit_test(an_observer_sees_later_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
