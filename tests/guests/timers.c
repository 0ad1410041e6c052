/*
 * The core's timers, to the tick (E500CORERM chapter "Timer facilities"; Power
 * ISA Book III-E chapter 9). The time base runs at the core's clock and an
 * instruction takes a cycle, so that TB counts instructions: each expected
 * value below is a sum of such. QEMU's FIT and watchdog never fire, and its
 * DEC reads wrong; this is for machines that do better.
 */
#include "tests/guests/runtime/guest.h"

#define PERIOD_BIT(n) (63 - (n))
#define TCR_FIT_BIT(n) (TCR_FP(PERIOD_BIT(n) & 3) | TCR_FPEXT(PERIOD_BIT(n) >> 2))
#define TCR_WATCHDOG_BIT(n) (TCR_WP(PERIOD_BIT(n) & 3) | TCR_WPEXT(PERIOD_BIT(n) >> 2))

static volatile unsigned events;
static volatile uint32_t event_tb[64];
static volatile uint32_t event_pc;

/* Notes the time of the interrupt and clears its cause. */
static void note(struct frame *frame, uint32_t tsr)
{
	if (events < 64)
		event_tb[events] = frame->entry_tb;
	events++;
	event_pc = frame->pc;
	frame->msr &= ~MSR_WE; /* or the return would idle again */
	mtspr(SPR_TSR, tsr);
}

static void on_decrementer(struct frame *frame)
{
	CHECK_EQUAL(mfspr(SPR_TSR) & TSR_DIS, TSR_DIS);
	note(frame, TSR_DIS);
}

static void on_fit(struct frame *frame)
{
	note(frame, TSR_FIS);
}

static void on_watchdog(struct frame *frame)
{
	CHECK_EQUAL(mfspr(SPR_TSR) & (TSR_ENW | TSR_WIS), TSR_ENW | TSR_WIS);
	note(frame, TSR_WIS);
}

/* Interrupts on until `n` events have been. */
static void await(unsigned n, uint32_t enable)
{
	uint32_t msr = mfmsr();

	mtmsr(msr | enable);
	while (events < n)
		;
	mtmsr(msr);
}

/* Sets DEC; returns the tick of its mtspr: DEC is `value` then, and value - k k ticks later. */
static uint32_t set_decrementer(uint32_t value)
{
	uint32_t tb;

	asm volatile("mfspr %0, 268\n\tmtspr 22, %1" : "=&r"(tb) : "r"(value) : "memory");
	return tb + 1;
}

static void test_counting(void)
{
	uint32_t a, b, c, d;

	asm volatile("mfspr %0, 268\n\tmfspr %1, 268\n\tnop\n\tnop\n\tnop\n\tmfspr %2, 268"
		     : "=&r"(a), "=&r"(b), "=&r"(c));
	CHECK_EQUAL(b - a, 1);
	CHECK_EQUAL(c - b, 4);
	asm volatile("mtctr %2\n\tmfspr %0, 268\n1:\taddi 3, 3, 1\n\tbdnz 1b\n\tmfspr %1, 268"
		     : "=&r"(a), "=&r"(b) : "r"(123456) : "r3", "ctr");
	CHECK_EQUAL(b - a, 2 * 123456 + 1);
	asm volatile("mtspr 22, %4\n\tmfspr %0, 22\n\tmfspr %1, 22\n\tnop\n\tmfspr %2, 22\n\tmfspr %3, 268"
		     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : "r"(0x10000000));
	CHECK_EQUAL(a, 0x10000000 - 1);
	CHECK_EQUAL(b, 0x10000000 - 2);
	CHECK_EQUAL(c, 0x10000000 - 4);
	asm volatile("mfspr %0, 526\n\tmfspr %1, 526" : "=&r"(a), "=&r"(b)); /* the alternate time base */
	CHECK_EQUAL(b - a, 1);
}

/* The interrupt comes at the tick at which DEC gets to 0; it stays 0 then. */
static void test_decrementer(void)
{
	trap_handlers[10] = on_decrementer;
	mtspr(SPR_TCR, TCR_DIE);
	for (uint32_t value = 100; value < 140; value++) {
		uint32_t start = set_decrementer(value);

		events = 0;
		await(1, MSR_EE);
		CHECK_EQUAL(event_tb[0] - start, value);
		CHECK_EQUAL(mfspr(SPR_DEC), 0);
		CHECK_EQUAL(mfspr(SPR_TSR) & TSR_DIS, 0);
	}
}

/* With MSR[EE] off it waits; TSR[DIS] says so; it comes with the instruction that turns EE on. */
static void test_pending(void)
{
	uint32_t msr = mfmsr(), tb;

	set_decrementer(50);
	events = 0;
	for (volatile unsigned i = 0; i < 100; i++)
		;
	CHECK_EQUAL(events, 0);
	CHECK_EQUAL(mfspr(SPR_TSR) & TSR_DIS, TSR_DIS);
	asm volatile("mfspr %0, 268\n\tmtmsr %1\n\tnop\n\tmtmsr %2"
		     : "=&r"(tb)
		     : "r"(msr | MSR_EE), "r"(msr)
		     : "memory");
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_tb[0] - tb, 2);
}

/* Auto-reload: each period from the zero before, without drift, however long the handler took. */
static void test_reload(void)
{
	static const uint16_t periods[] = { 1000, 1001, 4096, 3333 };

	for (unsigned i = 0; i < 4; i++) {
		uint32_t start;

		mtspr(SPR_DECAR, periods[i]);
		mtspr(SPR_TCR, TCR_DIE | TCR_ARE);
		start = set_decrementer(700);
		events = 0;
		await(40, MSR_EE);
		for (unsigned n = 0; n < 40; n++)
			CHECK_EQUAL(event_tb[n] - start, 700 + n * periods[i]);
		mtspr(SPR_TCR, 0);
		mtspr(SPR_TSR, TSR_DIS);
	}
}

/* When the chosen bit of the time base goes from 0 to 1. */
static void test_fit(void)
{
	trap_handlers[11] = on_fit;
	for (unsigned bit = 10; bit < 14; bit++) {
		uint32_t step = 2u << bit;

		mtspr(SPR_TSR, TSR_FIS);
		mtspr(SPR_TCR, TCR_FIE | TCR_FIT_BIT(bit));
		events = 0;
		await(10, MSR_EE);
		mtspr(SPR_TCR, 0);
		for (unsigned n = 0; n < 10; n++) {
			CHECK_EQUAL(event_tb[n] & (step - 1), step / 2);
			CHECK_EQUAL(event_tb[n] - event_tb[0], n * step);
		}
	}
}

/* The first expiry sets ENW, the second WIS with a critical interrupt; clearing both starts again. */
static void test_watchdog(void)
{
	uint32_t step = 2u << 12, first;

	trap_handlers[12] = on_watchdog;
	mtspr(SPR_TSR, TSR_ENW | TSR_WIS);
	mtspr(SPR_TCR, TCR_WIE | TCR_WATCHDOG_BIT(12));
	while (!(mfspr(SPR_TSR) & TSR_ENW))
		;
	first = mfspr(SPR_TBL_READ);
	CHECK_EQUAL(mfspr(SPR_TSR) & TSR_WIS, 0);
	CHECK((first & (step - 1)) - step / 2 < 16);
	events = 0;
	await(1, MSR_CE);
	CHECK_EQUAL(event_tb[0] & (step - 1), step / 2);
	CHECK(first - (event_tb[0] - step) < 16);

	/* Software that clears ENW in time never sees the second. */
	events = 0;
	for (unsigned n = 0; n < 5; n++) {
		mtspr(SPR_TSR, TSR_ENW);
		while (!(mfspr(SPR_TSR) & TSR_ENW))
			;
		CHECK_EQUAL(mfspr(SPR_TSR) & TSR_WIS, 0);
	}
	CHECK_EQUAL(events, 0);
	mtspr(SPR_TCR, 0);
	mtspr(SPR_TSR, TSR_ENW | TSR_WIS);
}

/* The time base can be written; the decrementer does not care. */
static void test_time_base(void)
{
	uint32_t high, low, start;

	asm volatile("mtspr 285, %2\n\tmtspr 284, %3\n\tmfspr %1, 268\n\tmfspr %0, 269"
		     : "=&r"(high), "=&r"(low) : "r"(0x1234), "r"(0xfffffffe));
	CHECK_EQUAL(low, 0xffffffff);
	CHECK_EQUAL(high, 0x1235);
	mtspr(SPR_TSR, TSR_DIS); /* of the last reload, long ago */
	mtspr(SPR_TCR, TCR_DIE);
	start = set_decrementer(500);
	asm volatile("mfspr %0, 268\n\tmtspr 284, %1" : "=&r"(low) : "r"(0x1000));
	events = 0;
	await(1, MSR_EE);
	/* 0x1000 replaced low + 1 */
	CHECK_EQUAL(event_tb[0] - 0x1000 + (low + 1) - start, 500);
	mtspr(SPR_TCR, 0);
}

/* An idle core wakes at the tick, and goes on behind what idled it. */
static void test_idle(void)
{
	uint32_t msr = mfmsr();

	mtspr(SPR_TCR, TCR_DIE);
	if (is_e500v2()) {
		mtspr(SPR_HID0, mfspr(SPR_HID0) | 0x00800000); /* DOZE */
		isync();
	}
	for (uint32_t ticks = 400000; ticks < 400004; ticks++) {
		uint32_t start = set_decrementer(ticks), behind;

		events = 0;
		if (is_e500v2())
			asm volatile(
				"lis %0, 1f@ha\n\taddi %0, %0, 1f@l\n\tmsync\n\tmtmsr %1\n\tisync\n1:\tnop\n"
				"2:\tmtmsr %2"
				: "=&b"(behind)
				: "r"(msr | MSR_EE | MSR_WE), "r"(msr)
				: "memory");
		else
			asm volatile("lis %0, 1f@ha\n\taddi %0, %0, 1f@l\n\tmtmsr %1\n\t.long 0x7c00007c\n1:\tmtmsr %2"
				     : "=&b"(behind) : "r"(msr | MSR_EE), "r"(msr) : "memory");
		CHECK_EQUAL(events, 1);
		CHECK_EQUAL(event_tb[0] - start, ticks);
		CHECK_EQUAL(event_pc, is_e500v2() ? behind - 4 : behind); /* mtmsr idles, and so does wait */
	}
	mtspr(SPR_TCR, 0);
}

int main(void)
{
	test_counting();
	test_decrementer();
	test_pending();
	test_reload();
	test_fit();
	test_watchdog();
	test_time_base();
	test_idle();
	return 0;
}
