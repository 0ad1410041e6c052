/*
 * The MPIC from one core: global timers to the tick, priorities, nesting, the
 * spurious vector, masks, messages (FSL MPIC 4.2; offsets from its base).
 */
#include "tests/guests/runtime/guest.h"

#define GCR 0x1020
#define SVR 0x10e0
#define IPIVPR(n) (0x10a0 + 0x10 * (n))
#define IPIDR(n) (0x40 + 0x10 * (n))
#define CTPR 0x80
#define WHOAMI 0x90
#define IACK 0xa0
#define EOI 0xb0
#define GTCCR(n) (0x1100 + 0x40 * (n))
#define GTBCR(n) (0x1110 + 0x40 * (n))
#define GTVPR(n) (0x1120 + 0x40 * (n))
#define GTDR(n) (0x1130 + 0x40 * (n))
#define MSIR(n) (0x1600 + 0x10 * (n))
#define MSIIR 0x1740
#define SOURCE_VPR(n) (0x10000 + 0x20 * (n))
#define SOURCE_DR(n) (0x10010 + 0x20 * (n))

#define MASK 0x80000000u
#define INHIBIT 0x80000000u
#define PRIORITY(n) ((uint32_t)(n) << 16)

#define CORE_TICKS 16 /* in one of the timers': 25 MHz against 400 */

static uint32_t mpic(uint32_t offset)
{
	return read32(MPIC + offset);
}

static void mpic_set(uint32_t offset, uint32_t value)
{
	write32(MPIC + offset, value);
}

static volatile unsigned events, depth, deepest;
static volatile uint32_t event_tb[32], event_vector[32];

static void on_external(struct frame *frame)
{
	unsigned n = events;

	if (n < 32) {
		event_tb[n] = frame->entry_tb;
		event_vector[n] = mpic(IACK);
	}
	events = n + 1;
	mpic_set(EOI, 0);
}

static void await(unsigned n)
{
	mtmsr(mfmsr() | MSR_EE);
	while (events < n)
		;
	mtmsr(mfmsr() & ~MSR_EE);
}

static void pause(unsigned loops)
{
	for (volatile unsigned i = 0; i < loops; i++)
		;
}

static void test_identity(void)
{
	CHECK_EQUAL(mpic(0), 0x00400402);      /* BRR1 of 4.2 */
	CHECK_EQUAL(mpic(0x1000) >> 16, 0xc3); /* FRR: 196 sources */
	CHECK_EQUAL(mpic(WHOAMI), 0);
	CHECK_EQUAL(mpic(CTPR), 0xf); /* as reset */
	CHECK_EQUAL(mpic(SVR), 0xffff);
}

/* Periodic: each expiry is the count away from the one before, and the first from the write. */
static void test_timer_periods(void)
{
	static const uint16_t counts[] = { 100, 101, 250, 777 };

	for (unsigned timer = 0; timer < 4; timer++) {
		uint32_t count = counts[timer], start;

		mpic_set(GTVPR(timer), PRIORITY(5) | (0x40 + timer));
		mpic_set(GTDR(timer), 1);
		events = 0;
		asm volatile("mfspr %0, 268\n\tstw %1, 0(%2)"
			     : "=&r"(start)
			     : "r"(count), "b"(MPIC + GTBCR(timer))
			     : "memory");
		start++; /* of the store */
		await(20);
		mpic_set(GTBCR(timer), INHIBIT);
		mpic_set(GTVPR(timer), MASK);
		for (unsigned n = 0; n < 20; n++) {
			CHECK_EQUAL(event_vector[n], 0x40 + timer);
			CHECK_EQUAL(event_tb[n] - event_tb[0], n * count * CORE_TICKS);
		}
		/* The timers' clock ticks every 16 ticks of the core's, wherever the write was between two. */
		CHECK((event_tb[0] - start) - (count - 1) * CORE_TICKS <= CORE_TICKS);
	}
}

static void test_timer_count(void)
{
	uint32_t first, second;

	mpic_set(GTVPR(0), MASK);
	mpic_set(GTBCR(0), 1000000);
	first = mpic(GTCCR(0));
	pause(1000);
	second = mpic(GTCCR(0));
	CHECK(first <= 1000000 && first > 999990);
	CHECK(second < first && second > 990000);
	mpic_set(GTBCR(0), INHIBIT | 1000000);
	first = mpic(GTCCR(0));
	pause(100);
	CHECK_EQUAL(mpic(GTCCR(0)), first);
}

/* A source below the task priority, or masked, waits until it is neither. */
static void test_masks(void)
{
	events = 0;
	mtmsr(mfmsr() | MSR_EE);
	mpic_set(IPIVPR(0), PRIORITY(6) | 0x60);
	mpic_set(CTPR, 6);
	mpic_set(IPIDR(0), 1);
	pause(20);
	CHECK_EQUAL(events, 0);
	mpic_set(CTPR, 5);
	pause(20);
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_vector[0], 0x60);
	mpic_set(CTPR, 0);

	mpic_set(IPIVPR(0), MASK | PRIORITY(6) | 0x60);
	mpic_set(IPIDR(0), 1);
	pause(20);
	CHECK_EQUAL(events, 1);
	mpic_set(IPIVPR(0), PRIORITY(6) | 0x60);
	pause(20);
	CHECK_EQUAL(events, 2);

	mpic_set(IPIVPR(0), 0x60); /* priority 0 never interrupts */
	mpic_set(IPIDR(0), 1);
	pause(20);
	CHECK_EQUAL(events, 2);
	mpic_set(IPIVPR(0), PRIORITY(6) | 0x60);
	pause(20);
	CHECK_EQUAL(events, 3);
	mtmsr(mfmsr() & ~MSR_EE);
}

/* Pending together: the highest priority first; the spurious vector when nothing is left. */
static void test_order(void)
{
	mpic_set(IPIVPR(0), PRIORITY(3) | 0x70);
	mpic_set(IPIVPR(1), PRIORITY(9) | 0x71);
	mpic_set(IPIVPR(2), PRIORITY(6) | 0x72);
	mpic_set(IPIVPR(3), PRIORITY(9) | 0x73);
	mpic_set(SVR, 0x99);
	for (unsigned n = 0; n < 4; n++)
		mpic_set(IPIDR(n), 1);
	CHECK_EQUAL(mpic(IACK), 0x71); /* ties: the lowest source */
	CHECK_EQUAL(mpic(IACK), 0x99); /* nothing above what is in service */
	mpic_set(EOI, 0);
	CHECK_EQUAL(mpic(IACK), 0x73);
	mpic_set(EOI, 0);
	CHECK_EQUAL(mpic(IACK), 0x72);
	mpic_set(EOI, 0);
	CHECK_EQUAL(mpic(IACK), 0x70);
	mpic_set(EOI, 0);
	CHECK_EQUAL(mpic(IACK), 0x99);
}

static void nested(struct frame *frame)
{
	uint32_t vector = mpic(IACK);

	(void)frame;
	event_vector[events++] = vector;
	if (++depth > deepest)
		deepest = depth;
	if (vector == 0x70)
		mpic_set(IPIDR(1), 1); /* higher: comes at once */
	else if (vector == 0x71)
		mpic_set(IPIDR(2), 1); /* lower than this, higher than the first: comes when this is done */
	mtmsr(mfmsr() | MSR_EE);
	pause(20);
	mtmsr(mfmsr() & ~MSR_EE);
	depth--;
	mpic_set(EOI, 0);
}

static void test_nesting(void)
{
	uint32_t msr = mfmsr();

	trap_handlers[4] = nested;
	events = 0;
	mtmsr(msr | MSR_EE);
	mpic_set(IPIDR(0), 1);
	pause(50);
	mtmsr(msr);
	trap_handlers[4] = on_external;
	CHECK_EQUAL(events, 3);
	CHECK_EQUAL(event_vector[0], 0x70);
	CHECK_EQUAL(event_vector[1], 0x71);
	CHECK_EQUAL(event_vector[2], 0x72);
	CHECK_EQUAL(deepest, 2);
}

/* MSIIR picks a register and a bit; reading the register clears it. Register r is source 224 + r. */
static void test_messages(void)
{
	events = 0;
	for (unsigned r = 0; r < 8; r++) {
		mpic_set(SOURCE_VPR(224 + r), PRIORITY(4) | (0x80 + r));
		mpic_set(SOURCE_DR(224 + r), 1);
		mpic_set(MSIIR, r << 29 | (r + 3) << 24);
		CHECK_EQUAL(mpic(IACK), 0x80 + r);
		CHECK_EQUAL(mpic(MSIR(r)), 1u << (r + 3));
		CHECK_EQUAL(mpic(MSIR(r)), 0);
		mpic_set(EOI, 0);
		CHECK_EQUAL(mpic(IACK), 0x99);
		mpic_set(SOURCE_VPR(224 + r), MASK);
	}
}

/* Proxy mode: the vector is in EPR when the interrupt comes, acknowledged. */
static volatile uint32_t epr;

static void proxy(struct frame *frame)
{
	(void)frame;
	epr = mfspr(SPR_EPR);
	mpic_set(EOI, 0);
	events = events + 1;
}

static void test_proxy(void)
{
	if (is_e500v2())
		return; /* has no EPR */
	mpic_set(GCR, 0x60000000);
	trap_handlers[4] = proxy;
	events = 0;
	mpic_set(IPIVPR(2), PRIORITY(6) | 0x1234);
	mpic_set(IPIDR(2), 1);
	await(1);
	CHECK_EQUAL(epr, 0x1234);
	trap_handlers[4] = on_external;
	mpic_set(GCR, 0x20000000);
}

/* GCR[RST] puts all back. */
static void test_reset(void)
{
	mpic_set(CTPR, 3);
	mpic_set(GCR, 0x80000000);
	while (mpic(GCR) & 0x80000000)
		;
	CHECK_EQUAL(mpic(CTPR), 0xf);
	CHECK_EQUAL(mpic(IPIVPR(1)), MASK);
	CHECK_EQUAL(mpic(GTBCR(0)), INHIBIT);
	CHECK_EQUAL(mpic(SVR), 0xffff);
}

int main(void)
{
	trap_handlers[4] = on_external;
	test_identity();
	mpic_set(GCR, 0x20000000); /* mixed mode */
	mpic_set(CTPR, 0);
	test_timer_periods();
	test_timer_count();
	test_masks();
	test_order();
	test_nesting();
	test_messages();
	test_proxy();
	test_reset();
	return 0;
}
