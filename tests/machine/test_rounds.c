/* Rounds: exact stops, cores of different speed, idle jumps, cross-core events. Times are worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)

/* addi; b: at 1 GHz and one cycle an instruction, n ns are n instructions, wherever in the block that is. */
static void test_stop_is_exact_to_the_instruction(void **state)
{
	for (int64_t ns = 1; ns < 40; ns++) {
		struct machine *m = guest_machine("e500mc", 1, GHZ);

		GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_ADDI(4, 4, 1), W_ADDI(5, 5, 1), W_B(-12));
		guest_start(m, 0, 0x1000);
		assert_int_equal(guest_run(m, ns).reason, MACHINE_TIME);
		assert_int_equal(m->cores[0]->insns, ns);
		assert_int_equal(machine_now(m), ns);
		assert_int_equal(core_gpr(m->cores[0], 3), (ns + 3) / 4);
		assert_int_equal(core_gpr(m->cores[0], 5), (ns + 1) / 4);
		assert_int_equal(m->cores[0]->pc, 0x1000 + 4 * (ns % 4));
		machine_destroy(m);
	}
}

/* After k s a core of f Hz has run k * f cycles, whatever f; in between, the first tick at or after the time. */
static void test_cores_of_different_speed(void **state)
{
	struct machine *m = guest_machine("e500v2", 1, 400000000);

	guest_add_core(m, "e500v2", 1333333333);
	guest_add_core(m, "e500v2", 66666666);
	GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
	for (unsigned i = 0; i < 3; i++)
		guest_start(m, i, 0x1000);
	guest_run(m, 1000000);
	assert_int_equal(m->cores[0]->insns, 400000);
	assert_int_equal(m->cores[1]->insns, 1333334); /* 1333333.333 */
	assert_int_equal(m->cores[2]->insns, 66667);   /* 66666.666 */
	machine_destroy(m);
}

/*
 * For seconds, in one machine, in rounds that divide none of their clocks: after k s each core has been charged k * f
 * cycles, and its time is k s to the ns. (Cycles an instruction: a divisor of f, so that a whole number makes a
 * second.)
 */
static void test_no_core_drifts(void **state)
{
	static const struct { uint64_t frequency; uint32_t cpi; } cores[] = {
		{ 333333333, 333 }, { 66666666, 66 }, { 400000000, 400 }, { 1499999985, 495 },
	};
	enum { COUNT = sizeof cores / sizeof *cores };
	struct machine *m = guest_machine("e500mc", 0, 0);

	m->quantum = 15625; /* a second is a whole number of rounds */
	GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(cores[i].frequency % cores[i].cpi, 0);
		guest_add_core(m, "e500mc", cores[i].frequency);
		core_set_cpi(m->cores[i], cores[i].cpi);
		guest_start(m, i, 0x1000);
	}
	for (int64_t k = 1; k <= 3; k++) {
		guest_run(m, GHZ);
		for (unsigned i = 0; i < COUNT; i++) {
			assert_int_equal(m->cores[i]->time.cycles, k * (int64_t)cores[i].frequency);
			assert_int_equal(m->cores[i]->insns, k * (int64_t)cores[i].frequency / cores[i].cpi);
			assert_int_equal(core_now(m->cores[i], NULL), k * (int64_t)GHZ);
		}
	}
	machine_destroy(m);
}

/* The number of rounds that the time is cut into does not change what one core has done. */
static void test_quantum_does_not_change_a_lone_core(void **state)
{
	int64_t quanta[] = { 1, 7, 100, 10000, 1000000 };

	for (unsigned i = 0; i < sizeof quanta / sizeof *quanta; i++) {
		struct machine *m = guest_machine("e500v2", 1, 333333333);

		m->quantum = quanta[i];
		GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
		guest_start(m, 0, 0x1000);
		guest_run(m, 30001);
		assert_int_equal(m->cores[0]->insns, 10001); /* ceil(30001 / 3) */
		machine_destroy(m);
	}
}

static void test_insns_limit_is_exact_over_the_cores(void **state)
{
	struct machine *m = guest_machine("e500mc", 2, GHZ);
	struct machine_limits limits = { .insns = 12345 };
	struct machine_event event;

	GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x1000);
	machine_run(m, &limits, &event);
	assert_int_equal(event.reason, MACHINE_INSNS);
	assert_int_equal(machine_insns(m), 12345);
	machine_run(m, &limits, &event);
	assert_int_equal(machine_insns(m), 24690);
	machine_destroy(m);
}

struct note {
	int64_t at[8];
	unsigned count;
};

static void note_timer(void *opaque, int64_t now)
{
	struct note *note = opaque;

	note->at[note->count++] = now;
}

/* All cores wait: the clock goes to each timer in turn and no instruction runs in between. */
static void test_idle_machine_jumps_to_timers(void **state)
{
	struct machine *m = guest_machine("e500mc", 2, GHZ);
	struct timer_list *list = timer_list_create(m->clock, "test");
	struct note note = { .count = 0 };
	struct timer a, b;
	struct machine_event event;

	timer_init(&a, list, "a", note_timer, &note);
	timer_init(&b, list, "b", note_timer, &note);
	timer_arm(&a, 5000000000);
	timer_arm(&b, 70);
	GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x1000);
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	assert_non_null(strstr(event.text, "core 1 is idle in wait at 0x00001008"));
	assert_int_equal(event.time, 5000000000);
	assert_int_equal(note.count, 2);
	assert_int_equal(note.at[0], 70);
	assert_int_equal(note.at[1], 5000000000);
	assert_int_equal(machine_insns(m), 4);
	assert_int_equal(core_now(m->cores[0], NULL), 5000000000);
	timer_list_destroy(list);
	machine_destroy(m);
}

/* Timers fire at their very ns while cores run, and no core has run past it by more than a tick. */
static void test_timer_fires_between_quanta(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);
	struct timer_list *list = timer_list_create(m->clock, "test");
	struct note note = { .count = 0 };
	struct timer timer;

	m->quantum = 1000000;
	timer_init(&timer, list, "t", note_timer, &note);
	timer_arm(&timer, 12345);
	GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_B(-4));
	guest_start(m, 0, 0x1000);
	guest_run(m, 20000);
	assert_int_equal(note.at[0], 12345);
	assert_int_equal(m->cores[0]->insns, 20000);
	timer_list_destroy(list);
	machine_destroy(m);
}

/* DEC armed in the middle of a quantum of 1 ms ends the slice: the interrupt comes at its own time. */
static void test_arming_a_nearer_timer_ends_the_slice(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);

	m->quantum = 1000000;
	m->cores[0]->ivpr = 0;
	m->cores[0]->ivor[10] = 0x2000;
	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x0400), W_MTSPR(SPR_TCR, 3), W_LI(4, 500), W_MTSPR(SPR_DEC, 4),
		   W_WRTEEI(1), W_ADDI(5, 5, 1), W_B(-4));
	GUEST_CODE(m, 0x2000, W_MFSPR(6, SPR_TBL_READ), W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_run(m, 2000000);
	/*
	 * DEC is written by the fourth instruction, at 3 ns; it reaches 0 at 503; the vector's first instruction runs
	 * then.
	 */
	assert_int_equal(core_gpr(m->cores[0], 6), 503);
	assert_int_equal(m->cores[0]->srr[0], 0x1014 + 4 * ((503 - 5) % 2));
	machine_destroy(m);
}

struct look {
	struct machine *machine;
	int64_t fired, at[2]; /* the first firing; where the cores stood then */
};

static void look_at_cores(void *opaque, const struct timer *timer, int64_t expiry)
{
	struct look *look = opaque;

	if (look->fired)
		return;
	look->fired = expiry;
	for (unsigned i = 0; i < 2; i++)
		look->at[i] = core_now(look->machine->cores[i], NULL);
}

/*
 * One of two cores writes DEC at 3 ns, for 503 ns, in a round of 1 ms. The later core of the round gets the earlier
 * horizon; an earlier one has run already. In both cases the timer fires at its own time.
 */
static void test_arming_a_nearer_timer_ends_the_round(void **state)
{
	for (unsigned by = 0; by < 2; by++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);
		struct look look = { .machine = m };

		m->quantum = 1000000;
		GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x0400), W_MTSPR(SPR_TCR, 3), W_LI(4, 500), W_MTSPR(SPR_DEC, 4),
			   W_B(4), W_B(-4));
		GUEST_CODE(m, 0x2000, W_ADDI(5, 5, 1), W_B(-4));
		guest_start(m, by, 0x1000);
		guest_start(m, 1 - by, 0x2000);
		timer_set_listener(m->clock, look_at_cores, &look);
		guest_run(m, 3000000);
		assert_int_equal(look.fired, 503);
		assert_int_equal(look.at[by], 503);
		assert_int_equal(look.at[1 - by], by ? 1000000 : 503);
		/* Rounds end at 503, 1000503 and 2000503; the run ends in the next one, with the first core. */
		assert_int_equal(m->cores[0]->insns, 3000000);
		assert_int_equal(m->cores[1]->insns, 2000503);
		machine_destroy(m);
	}
}

/* Code that rewrites the instruction behind the store: the new one runs at once. */
static void test_store_into_own_block(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);

	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x3880), W_ORI(3, 3, 77), W_STW(3, 0x100c, 0), W_LI(4, 1), W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_run(m, 100);
	assert_int_equal(core_gpr(m->cores[0], 4), 77);
	machine_destroy(m);
}

/* A store of core 1 between lwarx and stwcx. of core 0 takes the reservation away, the same value or not. */
static void test_reservation_is_broken_by_another_core(void **state)
{
	for (unsigned broken = 0; broken < 2; broken++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);

		m->quantum = 10;
		/* core 0: lwarx; 100 times bdnz; stwcx. */
		GUEST_CODE(m, 0x1000, W_LI(5, 0x3000), W_LI(6, 100), W_MTSPR(SPR_CTR, 6), W_LWARX(3, 0, 5), W_BDNZ(0),
			   W_LI(7, 9), W_STWCX(7, 0, 5), W_WAIT);
		GUEST_CODE(m, 0x2000, W_LI(6, 50), W_MTSPR(SPR_CTR, 6), W_BDNZ(0), W_LI(7, 0),
			   W_STW(7, broken ? 0x303c : 0x3040, 0), W_WAIT);
		guest_start(m, 0, 0x1000);
		guest_start(m, 1, 0x2000);
		guest_run(m, 1000);
		assert_int_equal(m->cores[0]->cr[0], broken ? 0 : 2);
		machine_destroy(m);
	}
}

/* A vector that faults itself retires nothing for ever: the run must come back, and say so. */
static void test_hopeless_faults_do_not_hang(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);
	struct machine_event event;

	m->cores[0]->ivpr = 0x80000000; /* not mapped */
	GUEST_CODE(m, 0x1000, 0);       /* illegal */
	guest_start(m, 0, 0x1000);
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	assert_non_null(strstr(event.text, "core 0 hangs at 0x8000"));
	assert_non_null(strstr(event.text, ", its interrupt vectors fault themselves"));
	machine_destroy(m);
}

/* Core 0 has run its slice of 1000 ns when core 1 wakes it at 100 ns: that is 900 ns late, and counted. */
static void raise_external(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size,
			   uint64_t value)
{
	struct irq *irq = opaque;

	irq_set(irq, 1, access->now);
}

static uint64_t read_zero(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	return 0;
}

static void test_late_cross_core_events_are_counted(void **state)
{
	static const struct bus_ops ops = { read_zero, raise_external };
	struct machine *m = guest_machine("e500mc", 2, GHZ);
	struct irq irq = machine_core_input(m, 0, CAUSE_EXTERNAL);

	m->quantum = 1000;
	assert_true(bus_add_registers(m->bus, "irq", 0x8000000, 4096, &ops, &irq, NULL));
	GUEST_CODE(m, 0x1000, W_B(0 + 4), W_B(-4)); /* busy */
	GUEST_CODE(m, 0x2000, W_LI(6, 96), W_MTSPR(SPR_CTR, 6), W_BDNZ(0), W_ADDIS(3, 0, 0x800), W_STW(3, 0, 3),
		   W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x2000);
	guest_run(m, 5000);
	assert_int_equal(m->quantum_error.late, 1);
	assert_int_equal(m->quantum_error.worst, 1000 - 99); /* li, mtctr, 96 x bdnz, addis: the store is at 99 ns */
	machine_destroy(m);
}

/* The same, but core 0 sleeps: it wakes at the very time of the store, in the same round. */
static void test_sleeper_wakes_at_the_wakers_time(void **state)
{
	static const struct bus_ops ops = { read_zero, raise_external };
	struct machine *m = guest_machine("e500mc", 2, GHZ);
	struct irq irq = machine_core_input(m, 0, CAUSE_EXTERNAL);

	m->quantum = 1000;
	m->cores[0]->ivpr = 0;
	m->cores[0]->ivor[4] = 0x3000;
	assert_true(bus_add_registers(m->bus, "irq", 0x8000000, 4096, &ops, &irq, NULL));
	GUEST_CODE(m, 0x1000, W_WRTEEI(1), W_WAIT, W_B(-4));
	GUEST_CODE(m, 0x3000, W_MFSPR(6, SPR_TBL_READ), W_B(0));
	GUEST_CODE(m, 0x2000, W_LI(6, 96), W_MTSPR(SPR_CTR, 6), W_BDNZ(0), W_ADDIS(3, 0, 0x800), W_STW(3, 0, 3),
		   W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x2000);
	guest_run(m, 5000);
	assert_int_equal(m->quantum_error.late, 0);
	assert_int_equal(core_gpr(m->cores[0], 6), 99);
	machine_destroy(m);
}

struct stopper {
	struct machine *machine;
	struct irq irq;
	bool raises, stops;
};

static void touch_stopper(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct stopper *stopper = opaque;

	if (stopper->raises)
		irq_set(&stopper->irq, 1, access->now);
	if (stopper->stops)
		machine_stop(stopper->machine, MACHINE_STOP, -1, NULL);
}

/* Runs to 10 us, whether or not it is stopped on the way; the sum of what the reading core has read. */
static uint32_t finish_race(struct stopper *stopper, unsigned reader)
{
	struct machine *m = stopper->machine;
	unsigned stops = 0;
	uint32_t sum;

	while (guest_run(m, 10000 - machine_now(m)).reason == MACHINE_STOP)
		stops++;
	assert_int_equal(machine_now(m), 10000);
	assert_int_equal(stops, stopper->stops);
	sum = core_gpr(m->cores[reader], 5);
	machine_destroy(m);
	return sum;
}

/*
 * Core 1 touches a device, which may stop the run in the middle of a round and, with `wakes`, wakes core 0 as well. One
 * core counts in memory, the other adds up what it finds there.
 */
static uint32_t race(bool wakes, bool stops)
{
	static const struct bus_ops ops = { read_zero, touch_stopper };
	struct stopper stopper = { .machine = guest_machine("e500mc", 2, GHZ), .raises = wakes, .stops = stops };
	struct machine *m = stopper.machine;

	stopper.irq = machine_core_input(m, 0, CAUSE_EXTERNAL);
	m->quantum = 1000;
	m->cores[0]->ivpr = 0;
	m->cores[0]->ivor[4] = 0x3000;
	assert_true(bus_add_registers(m->bus, "stopper", 0x8000000, 4096, &ops, &stopper, NULL));
	GUEST_CODE(m, 0x1000, W_WRTEEI(1), W_WAIT, W_B(-4));
	GUEST_CODE(m, 0x2000, W_ADDIS(6, 0, 0x800), W_STW(6, 0, 6), W_ADDI(3, 3, 1), W_STW(3, 0x4000, 0), W_B(-8));
	GUEST_CODE(m, 0x3000, W_LWZ(4, 0x4000, 0), W_ADD(5, 5, 4), W_B(-8));
	guest_start(m, 0, wakes ? 0x1000 : 0x3000);
	guest_start(m, 1, 0x2000);
	return finish_race(&stopper, 0);
}

/* Where cores race, a run that was stopped goes on as it would have without the stop: in the same order. */
static void test_a_stop_changes_no_race(void **state)
{
	assert_int_equal(race(false, true), race(false, false));
	assert_int_equal(race(true, true), race(true, false));
}

/* msgsnd at 99 ns, to a core that waits: it wakes then; to one that has run its slice of 1000 ns: 901 ns late. */
static void test_a_doorbell_comes_at_its_senders_time(void **state)
{
	const uint32_t msgsnd_r4 = 0x7c00219c;

	for (unsigned busy = 0; busy < 2; busy++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);

		m->quantum = 1000;
		m->cores[0]->ivpr = 0;
		m->cores[0]->ivor[36] = 0x3000;
		GUEST_CODE(m, 0x1000, W_WRTEEI(1), busy ? W_ADDI(5, 5, 1) : W_WAIT, W_B(-4));
		GUEST_CODE(m, 0x3000, W_MFSPR(6, SPR_TBL_READ), W_WAIT);
		GUEST_CODE(m, 0x2000, W_LI(6, 96), W_MTSPR(SPR_CTR, 6), W_BDNZ(0), W_LI(4, 0), msgsnd_r4, W_WAIT);
		guest_start(m, 0, 0x1000);
		guest_start(m, 1, 0x2000);
		guest_run(m, 5000);
		assert_int_equal(core_gpr(m->cores[0], 6), busy ? 1000 : 99);
		assert_int_equal(m->quantum_error.late, busy);
		assert_int_equal(m->quantum_error.worst, busy ? 1000 - 99 : 0);
		machine_destroy(m);
	}
}

static void test_digest_depends_on_state_only(void **state)
{
	char first[33], second[33];

	for (unsigned run = 0; run < 2; run++) {
		struct machine *m = guest_machine("e500v2", 2, 400000000);

		GUEST_CODE(m, 0x1000, W_ADDI(3, 3, 1), W_STW(3, 0x4000, 0), W_B(-8));
		guest_start(m, 0, 0x1000);
		guest_run(m, 12345);
		machine_digest(m, run ? second : first);
		if (run)
			assert_string_equal(first, second);
		guest_run(m, 3);
		machine_digest(m, second);
		assert_string_not_equal(first, second);
		machine_destroy(m);
	}
}

/*
 * A watchdog of an idle core ends the run at its own time: TB bit 20 (WPEXT, WP: 43) rises at 2^20, 3 * 2^20 and
 * 5 * 2^20 ticks of 1 ns, and the third time-out is TCR[WRC]'s chip reset.
 */
static void test_watchdog_reset_of_an_idle_core(void **state)
{
	struct machine *m = guest_machine("e500mc", 1, GHZ);
	struct machine_event event;

	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0xe014), W_MTSPR(SPR_TCR, 3), W_WAIT, W_B(-4));
	guest_start(m, 0, 0x1000);
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_RESET);
	assert_int_equal(event.core, 0);
	assert_int_equal(event.time, 5 << 20);
	assert_int_equal(m->cores[0]->timers.tsr, 0xe0000000); /* ENW, WIS, WRS 2 */
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop_is_exact_to_the_instruction),
		cmocka_unit_test(test_cores_of_different_speed),
		cmocka_unit_test(test_no_core_drifts),
		cmocka_unit_test(test_quantum_does_not_change_a_lone_core),
		cmocka_unit_test(test_insns_limit_is_exact_over_the_cores),
		cmocka_unit_test(test_idle_machine_jumps_to_timers),
		cmocka_unit_test(test_timer_fires_between_quanta),
		cmocka_unit_test(test_arming_a_nearer_timer_ends_the_slice),
		cmocka_unit_test(test_arming_a_nearer_timer_ends_the_round),
		cmocka_unit_test(test_store_into_own_block),
		cmocka_unit_test(test_reservation_is_broken_by_another_core),
		cmocka_unit_test(test_hopeless_faults_do_not_hang),
		cmocka_unit_test(test_late_cross_core_events_are_counted),
		cmocka_unit_test(test_sleeper_wakes_at_the_wakers_time),
		cmocka_unit_test(test_a_stop_changes_no_race),
		cmocka_unit_test(test_a_doorbell_comes_at_its_senders_time),
		cmocka_unit_test(test_digest_depends_on_state_only),
		cmocka_unit_test(test_watchdog_reset_of_an_idle_core),
	};

	return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
