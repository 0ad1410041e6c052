/*
 * Code that changes: written where it has run, in the page that runs, in the
 * block that runs, copied and called elsewhere, seen through two addresses.
 * With the sequence that the architecture asks for (Book II 4.3): dcbst, sync,
 * icbi, sync, isync.
 */
#include "tests/guests/runtime/guest.h"

#define LI_R3(n) (0x38600000u | (uint16_t)(n))
#define ADDI_R3(n) (0x38630000u | (uint16_t)(n))
#define BLR 0x4e800020u

static void publish(volatile uint32_t *at)
{
	asm volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync\n\tisync" : : "r"(at) : "memory");
}

static void put(volatile uint32_t *at, uint32_t word)
{
	*at = word;
	publish(at);
}

static uint32_t call(volatile uint32_t *at)
{
	return ((uint32_t (*)(void))(uint32_t)at)();
}

static void test_rewritten(void)
{
	volatile uint32_t *code = (uint32_t *)FREE_MEMORY;

	put(code + 1, BLR);
	for (unsigned n = 0; n < 100; n++) {
		put(code, LI_R3(n));
		CHECK_EQUAL(call(code), n);
	}
}

/* Only one word of a longer function, by a store of a byte, a half word, a double store of neighbours. */
static void test_parts(void)
{
	volatile uint32_t *code = (uint32_t *)(FREE_MEMORY + 0x1000);

	put(code, LI_R3(0));
	for (unsigned i = 1; i <= 40; i++)
		put(code + i, ADDI_R3(1));
	put(code + 41, BLR);
	CHECK_EQUAL(call(code), 40);
	((volatile uint8_t *)(code + 20))[3] = 7; /* addi 7 */
	publish(code + 20);
	CHECK_EQUAL(call(code), 46);
	((volatile uint16_t *)(code + 40))[1] = 100;
	publish(code + 40);
	CHECK_EQUAL(call(code), 145);
	put(code + 10, BLR);
	CHECK_EQUAL(call(code), 9);
}

/* The next instruction but a few of the running block. */
static void test_ahead(void)
{
	uint32_t got;

	for (unsigned n = 0; n < 10; n++) {
		asm volatile(
			"lis 4, 1f@ha\n\taddi 4, 4, 1f@l\n\tstw %1, 0(4)\n\tdcbst 0, 4\n\tsync\n\ticbi 0, 4\n"
			"\tsync\n\tisync\n"
			"1:	li 3, -1\n\tmr %0, 3"
			: "=r"(got)
			: "r"(LI_R3(n + 1))
			: "r3", "r4", "memory");
		CHECK_EQUAL(got, n + 1);
	}
}

/* A loop that patches itself in each pass. */
static void test_loop(void)
{
	uint32_t sum;

	asm volatile("li %0, 0\n\tli 5, 0\n\tlis 4, 2f@ha\n\taddi 4, 4, 2f@l\n\tlis 6, 0x3860\n"
		     "1:	or 7, 6, 5\n\tstw 7, 0(4)\n\tdcbst 0, 4\n\tsync\n\ticbi 0, 4\n\tsync\n\tisync\n"
		     "2:	li 3, 0\n\tadd %0, %0, 3\n\taddi 5, 5, 1\n\tcmpwi 5, 50\n\tblt 1b"
		     : "=&r"(sum) : : "r3", "r4", "r5", "r6", "r7", "cr0", "memory");
	CHECK_EQUAL(sum, 50 * 49 / 2);
}

/* Across a page boundary, each side changed alone. */
static void test_boundary(void)
{
	volatile uint32_t *code = (uint32_t *)(FREE_MEMORY + 0x2000 - 8);

	put(code + 0, LI_R3(1));
	put(code + 1, ADDI_R3(10));
	put(code + 2, ADDI_R3(100)); /* in the next page */
	put(code + 3, BLR);
	CHECK_EQUAL(call(code), 111);
	put(code + 2, ADDI_R3(200));
	CHECK_EQUAL(call(code), 211);
	put(code + 1, ADDI_R3(20));
	CHECK_EQUAL(call(code), 221);
}

static uint32_t work(uint32_t n)
{
	uint32_t sum = 0;

	while (n--)
		sum = sum * 3 + n;
	return sum;
}

/* Position-independent code moved about, its old place overwritten each time: what a boot loader does. */
static void test_relocated(void)
{
	const volatile uint32_t *from = (const volatile uint32_t *)(uint32_t)work;
	uint32_t want = work(1000);

	for (unsigned place = 0; place < 20; place++) {
		volatile uint32_t *to = (uint32_t *)(FREE_MEMORY + 0x10000 + place * 0x1234 / 4 * 4);

		for (unsigned i = 0; i < 64; i++)
			put(to + i, from[i]);
		CHECK_EQUAL(((uint32_t (*)(uint32_t))(uint32_t)to)(1000), want);
		for (unsigned i = 0; i < 64 && place; i++)
			((volatile uint32_t *)(uint32_t)from)[i] = 0;
		from = to;
	}
}

/* One page at two addresses: written through one, run through the other. */
static void test_alias(void)
{
	volatile uint32_t *writer = (uint32_t *)(FREE_MEMORY + 0x40000), *runner = (uint32_t *)0x60000000;

	mtspr(SPR_MAS0, 0x10050000u);
	mtspr(SPR_MAS1, 0xc0000100u);
	mtspr(SPR_MAS2, 0x60000000u);
	mtspr(SPR_MAS3, (FREE_MEMORY + 0x40000) | 0x15);
	mtspr(SPR_MAS7, 0);
	asm volatile("isync\n\ttlbwe\n\tisync" : : : "memory");
	put(writer + 1, BLR);
	for (unsigned n = 0; n < 10; n++) {
		put(writer, LI_R3(n));
		CHECK_EQUAL(call(runner), n);
		CHECK_EQUAL(call(writer), n);
	}
}

int main(void)
{
	test_rewritten();
	test_parts();
	test_ahead();
	test_loop();
	test_boundary();
	test_relocated();
	test_alias();
	return 0;
}
