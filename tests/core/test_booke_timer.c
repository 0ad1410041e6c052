/*
 * sim/core/booke_timer.c, to the exact tick. Expected values are arithmetic:
 * one instruction is one tick of the core, the counter is floor(ticks * tb / f).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

#define MHZ UINT64_C(1000000)

/* TCR fields for bit `n` (LSB-0) of TB: 63 - n in WPEXT or FPEXT above WP or FP. */
static uint32_t tcr_fit(unsigned n)
{
	return (63 - n) % 4 << 24 | (63 - n) / 4 << 13;
}

static uint32_t tcr_watchdog(unsigned n)
{
	return (63 - n) % 4 << 30 | (63 - n) / 4 << 17;
}

static uint64_t tb(const struct lone_core *lone)
{
	return (uint64_t)lone_core_spr(lone, "TBU") << 32 | lone_core_spr(lone, "TBL");
}

/* A program without end: 0x1000 to 0x1ffc of nops and a branch back. */
static void endless(struct lone_core *lone)
{
	for (uint32_t address = 0x1000; address < 0x1ffc; address += 4)
		lone_core_program(lone, address, "ori r0,r0,0");
	lone_core_program(lone, 0x1ffc, "b 0x1000");
}

static void open_endless(struct lone_core *lone, uint64_t frequency, uint64_t timebase)
{
	lone_core_open(lone, "e500v2", frequency, timebase);
	endless(lone);
}

static void test_tb_counts_ticks(void **state)
{
	static const struct {
		uint64_t frequency, timebase;
	} rates[] = {
		{ 400 * MHZ, 400 * MHZ }, { 1200 * MHZ, 75 * MHZ }, { 333333333, 41666666 },
		{ 1499999985, 37500000 }, { 100 * MHZ, 33333333 },
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		open_endless(&lone, rates[i].frequency, rates[i].timebase);
		for (int64_t n = 0; n < 5000; n += 7) {
			assert_int_equal(tb(&lone), (uint64_t)n * rates[i].timebase / rates[i].frequency);
			assert_int_equal(lone_core_spr(&lone, "ATBL"), n);
			lone_core_steps(&lone, 7);
		}
		lone_core_close(&lone);
	}
}

/* Within a block each instruction has its own time. */
static void test_tb_read_in_a_block(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500v2", 400 * MHZ, 0);
	lone_core_program(&lone, 0x1000, "mfspr r3,268\nori r0,r0,0\nmfspr r4,268\nmfspr r5,269\nmfspr r6,268");
	lone_core_steps(&lone, 5);
	assert_int_equal(lone.core->r[3], 0);
	assert_int_equal(lone.core->r[4], 2);
	assert_int_equal(lone.core->r[5], 0);
	assert_int_equal(lone.core->r[6], 4);
	lone_core_close(&lone);
}

static void test_tb_write_carries(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TBWU", 0x12345678);
	lone_core_set_spr(&lone, "TBWL", 0xfffffffe);
	lone_core_steps(&lone, 1);
	assert_int_equal(tb(&lone), UINT64_C(0x12345678ffffffff));
	lone_core_steps(&lone, 1);
	assert_int_equal(tb(&lone), UINT64_C(0x1234567900000000));
	assert_int_equal(lone_core_spr(&lone, "ATBL"), 2);
	/* Again, now that the counter is not 0. */
	lone_core_set_spr(&lone, "TBWU", 7);
	lone_core_set_spr(&lone, "TBWL", 100);
	lone_core_steps(&lone, 5);
	assert_int_equal(tb(&lone), UINT64_C(0x700000000) + 105);
	lone_core_close(&lone);
}

/* DEC = 100 steps from 1 to 0 exactly 100 time-base ticks later; the first core tick that shows it. */
static void check_dec(uint64_t frequency, uint64_t timebase, int64_t before, uint32_t value)
{
	struct lone_core lone;
	uint64_t start = (uint64_t)before * timebase / frequency;
	int64_t expiry = (int64_t)(((start + value) * frequency + timebase - 1) / timebase);

	open_endless(&lone, frequency, timebase);
	lone_core_steps(&lone, before);
	lone_core_set_spr(&lone, "DEC", value);
	assert_int_equal(lone_core_spr(&lone, "DEC"), value);
	lone_core_steps(&lone, expiry - before - 1);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->insns, expiry);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 0);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
	lone_core_steps(&lone, 50);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 0); /* Book E: it stops there */
	lone_core_close(&lone);
}

static void test_dec_to_the_tick(void **state)
{
	for (int64_t before = 0; before < 40; before++) {
		check_dec(400 * MHZ, 400 * MHZ, before, 100);
		check_dec(800 * MHZ, 100 * MHZ, before, 100);
		check_dec(333333333, 41666666, before, 9);
		check_dec(1000 * MHZ, 999999999, before, 77);
	}
}

/* Above 1 GHz several ticks share a ns: the event is never early, and at most the rest of that ns late. */
static void test_dec_above_a_gigahertz(void **state)
{
	struct lone_core lone;

	for (uint32_t value = 100; value < 130; value++) {
		open_endless(&lone, 1500 * MHZ, 1500 * MHZ);
		lone_core_set_spr(&lone, "DEC", value);
		lone_core_steps(&lone, value - 1);
		assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
		lone_core_steps(&lone, 2);
		assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
		lone_core_close(&lone);
	}
}

/* DIS comes of a step from 1 to 0; a write of 0 is none (Book III-E chapter 9). */
static void test_dec_zero_is_no_event(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "DEC", 0);
	lone_core_steps(&lone, 100);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_set_spr(&lone, "DEC", 10);
	lone_core_steps(&lone, 9);
	lone_core_set_spr(&lone, "DEC", 0);
	lone_core_steps(&lone, 100);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	/* Nor is there anything to reload at. */
	lone_core_set_spr(&lone, "DECAR", 5);
	lone_core_set_spr(&lone, "TCR", TCR_ARE);
	lone_core_set_spr(&lone, "DEC", 0);
	lone_core_steps(&lone, 20);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 0);
	lone_core_close(&lone);
}

/* ARE: DEC steps from 1 to DECAR, so the period is DECAR ticks. */
static void test_dec_reloads(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "DECAR", 30);
	lone_core_set_spr(&lone, "TCR", TCR_ARE);
	lone_core_set_spr(&lone, "DEC", 10);
	lone_core_steps(&lone, 9);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	for (int period = 0; period < 3; period++) {
		assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
		assert_int_equal(lone_core_spr(&lone, "DEC"), 30);
		lone_core_set_spr(&lone, "TSR", TSR_DIS);
		lone_core_steps(&lone, 29);
		assert_int_equal(lone_core_spr(&lone, "DEC"), 1);
		assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
		lone_core_steps(&lone, 1);
	}
	/* Reloads go on while DIS stands, and leave no second event behind. */
	lone_core_steps(&lone, 65);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 25);
	lone_core_set_spr(&lone, "TSR", TSR_DIS);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 24);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
	lone_core_close(&lone);
}

/* DECAR = 0 would reload for ever: DEC stops. */
static void test_dec_reload_of_zero(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TCR", TCR_ARE);
	lone_core_set_spr(&lone, "DEC", 10);
	lone_core_steps(&lone, 100);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 0);
	assert_int_equal(clock_deadline(lone.clock), CLOCK_NO_DEADLINE);
	lone_core_close(&lone);
}

/* Events when TB bit 8 goes from 0 to 1: at 0x100, 0x300, 0x500. */
static void test_fit(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TCR", tcr_fit(8));
	for (int64_t at = 0x100; at < 0x1000; at += 0x200) {
		lone_core_steps(&lone, at - 1 - lone.core->insns);
		assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
		lone_core_steps(&lone, 1);
		assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_FIS);
		lone_core_set_spr(&lone, "TSR", TSR_FIS);
	}
	/* One that is not cleared stays, and the next comes in its turn. */
	lone_core_steps(&lone, 0x1300 - lone.core->insns);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_FIS);
	lone_core_steps(&lone, 0x100);
	lone_core_set_spr(&lone, "TSR", TSR_FIS);
	lone_core_steps(&lone, 0x1500 - 1 - lone.core->insns);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_FIS);
	lone_core_close(&lone);
}

static void test_fit_follows_tb_writes(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TCR", tcr_fit(8));
	lone_core_set_spr(&lone, "TBWL", 0xf0); /* 16 ticks before 0x100 */
	lone_core_steps(&lone, 15);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_FIS);
	lone_core_set_spr(&lone, "TSR", TSR_FIS);
	lone_core_set_spr(&lone, "TBWL", 0x0);
	lone_core_set_spr(&lone, "TBWL", 0x1ff); /* the write itself sets the bit */
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_FIS);
	lone_core_close(&lone);
}

struct reset_note {
	unsigned count, kind;
	int64_t now;
};

static void note_reset(void *opaque, struct core *core, unsigned kind, int64_t now)
{
	struct reset_note *note = opaque;

	note->count++;
	note->kind = kind;
	note->now = now;
}

/* The three stages: ENW at 0x100, WIS at 0x300, reset at 0x500 (Book III-E chapter 9). */
static void test_watchdog_stages(void **state)
{
	struct reset_note note = { 0 };
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	core_set_platform(lone.core, &(struct core_platform){ .opaque = &note, .reset_request = note_reset });
	lone_core_set_spr(&lone, "TCR", tcr_watchdog(8) | 2u << 28);
	lone_core_steps(&lone, 0xff);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW);
	lone_core_steps(&lone, 0x1ff);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW | TSR_WIS);
	lone_core_steps(&lone, 0x1ff);
	assert_int_equal(note.count, 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(note.count, 1);
	assert_int_equal(note.kind, 2);
	assert_int_equal(note.now, 0x500 * 5 / 2);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW | TSR_WIS | 2u << 28); /* WRS says which */
	assert_int_equal(lone_core_spr(&lone, "TCR"), tcr_watchdog(8));
	core_reset(lone.core);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 2u << 28);
	lone_core_close(&lone);
}

/* Clearing ENW starts over; clearing WIS alone leads back to WIS. */
static void test_watchdog_serviced(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TCR", tcr_watchdog(8));
	lone_core_steps(&lone, 0x300);
	lone_core_set_spr(&lone, "TSR", TSR_ENW | TSR_WIS);
	lone_core_steps(&lone, 0x200);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW);
	lone_core_steps(&lone, 0x200);
	lone_core_set_spr(&lone, "TSR", TSR_WIS);
	lone_core_steps(&lone, 0x200);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW | TSR_WIS);
	lone_core_set_spr(&lone, "TSR", TSR_ENW);
	lone_core_steps(&lone, 0x200);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW | TSR_WIS);
	/* WRC = 0: the third time-out does nothing. */
	lone_core_steps(&lone, 0x2000);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_ENW | TSR_WIS);
	lone_core_close(&lone);
}

static void test_watchdog_control_is_sticky(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_set_spr(&lone, "TCR", 1u << 28);
	lone_core_set_spr(&lone, "TCR", TCR_DIE);
	assert_int_equal(lone_core_spr(&lone, "TCR"), 1u << 28 | TCR_DIE);
	lone_core_set_spr(&lone, "TCR", 3u << 28);
	assert_int_equal(lone_core_spr(&lone, "TCR"), 1u << 28);
	core_reset(lone.core);
	assert_int_equal(lone_core_spr(&lone, "TCR"), 0);
	lone_core_close(&lone);
}

/* HID0[TBEN] = 0 holds TB and DEC; they go on from where they stood. */
static void test_time_base_enable(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_steps(&lone, 10);
	lone_core_set_spr(&lone, "DEC", 100);
	lone_core_steps(&lone, 40);
	lone_core_set_spr(&lone, "HID0", 0);
	lone_core_steps(&lone, 1000);
	assert_int_equal(tb(&lone), 50);
	assert_int_equal(lone_core_spr(&lone, "DEC"), 60);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_set_spr(&lone, "HID0", HID0_TBEN);
	lone_core_steps(&lone, 59);
	assert_int_equal(tb(&lone), 109);
	assert_int_equal(lone_core_spr(&lone, "TSR"), 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone_core_spr(&lone, "TSR"), TSR_DIS);
	lone_core_close(&lone);
}

/* The interrupt is taken before the instruction at that tick; SRR0 shows how far the program came. */
static void test_dec_interrupt(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_program(&lone, 0x10a00, "mfspr r3,268");
	lone_core_set_spr(&lone, "TCR", TCR_DIE);
	core_set_msr(lone.core, MSR_EE);
	lone_core_set_spr(&lone, "DEC", 21);
	lone_core_steps(&lone, 22);
	assert_int_equal(lone.core->srr[0], 0x1000 + 4 * 21);
	assert_int_equal(lone.core->srr[1], MSR_EE);
	assert_int_equal(lone.core->pc, 0x10a04);
	assert_int_equal(lone.core->r[3], 21);
	lone_core_close(&lone);
}

/* mtspr in the middle of a long block: its own instruction's time counts, and the slice ends there. */
static void test_dec_armed_inside_a_block(void **state)
{
	struct lone_core lone;

	open_endless(&lone, 400 * MHZ, 0);
	lone_core_program(&lone, 0x10a00, "ori r0,r0,0");
	lone_core_program(&lone, 0x1000, "addi r3,0,5\nori r0,r0,0\nori r0,r0,0\nmtspr 22,r3");
	lone_core_set_spr(&lone, "TCR", TCR_DIE);
	core_set_msr(lone.core, MSR_EE);
	lone_core_run_until(&lone, 8 * 5 / 2);
	assert_int_equal(lone.core->insns, 8);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], 0x1000 + 4 * 8);
	lone_core_close(&lone);
}

/* A core that waits wakes at the ns of its timer, having executed nothing. */
static void test_idle_core_wakes_on_time(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 1000 * MHZ, 100 * MHZ);
	lone_core_program(&lone, 0x1000, "wait 0\nori r0,r0,0");
	lone_core_program(&lone, 0x10a00, "b 0x10a00");
	lone_core_set_spr(&lone, "TCR", TCR_DIE);
	core_set_msr(lone.core, MSR_EE);
	lone_core_set_spr(&lone, "DEC", 1000);
	lone_core_run_until(&lone, 9999);
	assert_int_equal(lone.core->state, CORE_WAITING);
	assert_int_equal(lone.core->insns, 1);
	lone_core_run_until(&lone, 10000);
	assert_int_equal(lone.core->state, CORE_RUNNING);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->srr[0], 0x1004);
	assert_int_equal(core_now(lone.core, NULL), 10001);
	lone_core_close(&lone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tb_counts_ticks),
		cmocka_unit_test(test_tb_read_in_a_block),
		cmocka_unit_test(test_tb_write_carries),
		cmocka_unit_test(test_dec_to_the_tick),
		cmocka_unit_test(test_dec_above_a_gigahertz),
		cmocka_unit_test(test_dec_zero_is_no_event),
		cmocka_unit_test(test_dec_reloads),
		cmocka_unit_test(test_dec_reload_of_zero),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_fit_follows_tb_writes),
		cmocka_unit_test(test_watchdog_stages),
		cmocka_unit_test(test_watchdog_serviced),
		cmocka_unit_test(test_watchdog_control_is_sticky),
		cmocka_unit_test(test_time_base_enable),
		cmocka_unit_test(test_dec_interrupt),
		cmocka_unit_test(test_dec_armed_inside_a_block),
		cmocka_unit_test(test_idle_core_wakes_on_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
