/*
 * The MMU as software sees it: TLB0 and TLB1, MAS registers, page sizes, PIDs,
 * address spaces, 36-bit addresses, search, invalidation (E500CORERM chapter 12).
 */
#include "tests/guests/runtime/guest.h"

#define PAGE 0x50000000u /* an address that nothing maps */
#define FRAME(n) (FREE_MEMORY + 0x10000u * (n))

#define MAS0_TLB1 0x10000000u
#define MAS1_VALID 0x80000000u
#define MAS1_IPROT 0x40000000u
#define MAS1_TS 0x1000u
#define HID0_EN_MAS7_UPDATE 0x80u
#define ALL_SUPERVISOR 0x15u /* SR, SW, SX */

static void tlbwe(uint32_t mas0, uint32_t mas1, uint32_t mas2, uint32_t mas3, uint32_t mas7)
{
	mtspr(SPR_MAS0, mas0);
	mtspr(SPR_MAS1, mas1);
	mtspr(SPR_MAS2, mas2);
	mtspr(SPR_MAS3, mas3);
	mtspr(SPR_MAS7, mas7);
	asm volatile("isync\n\ttlbwe\n\tisync" : : : "memory");
}

static void tlbre(uint32_t mas0, uint32_t mas2)
{
	mtspr(SPR_MAS0, mas0);
	mtspr(SPR_MAS2, mas2);
	asm volatile("isync\n\ttlbre\n\tisync" : : : "memory");
}

/* Searches ea with MAS6 = pid, address space. True: found. */
static int tlbsx(uint32_t ea, unsigned pid, unsigned space)
{
	mtspr(SPR_MAS6, pid << 16 | space);
	asm volatile("isync\n\ttlbsx 0, %0\n\tisync" : : "r"(ea) : "memory");
	return mfspr(SPR_MAS1) >> 31;
}

static void tlbivax(uint32_t ea)
{
	asm volatile("tlbivax 0, %0\n\ttlbsync\n\tsync\n\tisync" : : "r"(ea) : "memory");
}

static void map(unsigned entry, uint32_t ea, uint32_t pa, unsigned tsize, unsigned pid)
{
	tlbwe(MAS0_TLB1 | entry << 16, MAS1_VALID | pid << 16 | tsize << 8, ea, pa | ALL_SUPERVISOR, 0);
}

static void unmap(unsigned entry)
{
	tlbwe(MAS0_TLB1 | entry << 16, 0, 0, 0, 0);
}

/* True: a load from ea works, and gives `want`. Misses are counted by trap_skip. */
static int reads(uint32_t ea, uint32_t want)
{
	unsigned count = trap_count;
	uint32_t got = ~want;

	asm volatile("lwz %0, 0(%1)" : "+r"(got) : "b"(ea) : "memory");
	return trap_count == count && got == want;
}

static void test_configuration(void)
{
	uint32_t tlb0 = mfspr(SPR_TLB0CFG), tlb1 = mfspr(SPR_TLB1CFG);

	CHECK_EQUAL(tlb0, 0x04110200); /* 4 ways, 512 entries, 4 KiB */
	CHECK_EQUAL(tlb1, is_e500v2() ? 0x101cc010 : 0x401cc040);
}

/* Each size that the core has maps to its last word and not further. */
static void test_sizes(void)
{
	unsigned greatest = 7; /* 16 MiB: the memory has 64 */

	for (unsigned tsize = 1; tsize <= greatest; tsize++) {
		uint32_t bytes = 1024u << 2 * tsize, base = FREE_MEMORY & ~(bytes - 1);

		write32(base + bytes - 4, 0x5a5a0000 + tsize);
		map(5, PAGE, base, tsize, 0);
		CHECK(reads(PAGE + bytes - 4, 0x5a5a0000 + tsize));
		CHECK(!reads(PAGE + bytes, 0));
		CHECK_EQUAL(trap_last.ivor, 13);
	}
	unmap(5);
	CHECK(!reads(PAGE, 0));
}

/* What is written is read back, in the fields that the entry has. */
static void test_read_back(void)
{
	tlbwe(MAS0_TLB1 | 6 << 16, MAS1_VALID | MAS1_IPROT | 0x00770300, PAGE | 0x1a, 0x12340000 | 0x3c | 0x15, 0xd);
	tlbre(MAS0_TLB1 | 6 << 16, 0);
	CHECK_EQUAL(mfspr(SPR_MAS1), MAS1_VALID | MAS1_IPROT | 0x00770300);
	CHECK_EQUAL(mfspr(SPR_MAS2), PAGE | 0x1a);
	CHECK_EQUAL(mfspr(SPR_MAS3), 0x12340000 | 0x3c | 0x15);
	CHECK_EQUAL(mfspr(SPR_MAS7), 0xd);
	unmap(6);
	tlbre(MAS0_TLB1 | 6 << 16, 0);
	CHECK_EQUAL(mfspr(SPR_MAS1) & MAS1_VALID, 0);
}

/* TLB0: four ways of a set hold four pages; the size is 4 KiB whatever MAS1 says. */
static void test_tlb0(void)
{
	for (unsigned way = 0; way < 4; way++) {
		uint32_t ea = PAGE + 0x80000 * way + 0x3000; /* the same set: 128 sets of 4 KiB */

		write32(FRAME(way) + 8, 0xbeef0000 + way);
		tlbwe(way << 16, MAS1_VALID | 0x100, ea, FRAME(way) | ALL_SUPERVISOR, 0);
	}
	for (unsigned way = 0; way < 4; way++) {
		uint32_t ea = PAGE + 0x80000 * way + 0x3000;

		CHECK(reads(ea + 8, 0xbeef0000 + way));
		CHECK(tlbsx(ea, 0, 0));
		CHECK_EQUAL(mfspr(SPR_MAS0) >> 28 & 3, 0);
		CHECK_EQUAL(mfspr(SPR_MAS0) >> 16 & 15, way);
		CHECK_EQUAL(mfspr(SPR_MAS3) & 0xfffff000, FRAME(way));
	}
	tlbwe(2 << 16, MAS1_VALID | 0x100, PAGE + 0x700000 + 0x3000, FRAME(5) | ALL_SUPERVISOR, 0);
	CHECK(!reads(PAGE + 0x100000 + 0x3008, 0xbeef0002));
	CHECK(reads(PAGE + 0x180000 + 0x3008, 0xbeef0003));
}

static void test_tlbivax(void)
{
	tlbivax(PAGE + 0x3000);
	CHECK(!reads(PAGE + 0x3008, 0xbeef0000));
	CHECK(reads(PAGE + 0x80000 + 0x3008, 0xbeef0001));
	tlbivax(PAGE | 4); /* all of TLB0 */
	CHECK(!reads(PAGE + 0x80000 + 0x3008, 0xbeef0001));

	map(5, PAGE, FRAME(1), 1, 0);
	CHECK(reads(PAGE + 8, 0xbeef0001));
	tlbivax(PAGE | 8); /* in TLB1 */
	CHECK(!reads(PAGE + 8, 0xbeef0001));
	tlbwe(MAS0_TLB1 | 5 << 16, MAS1_VALID | MAS1_IPROT | 0x100, PAGE, FRAME(2) | ALL_SUPERVISOR, 0);
	tlbivax(PAGE | 8); /* protected */
	CHECK(reads(PAGE + 8, 0xbeef0002));
	tlbivax(PAGE | 0xc);
	CHECK(reads(PAGE + 8, 0xbeef0002));
	unmap(5);
}

static void test_flash(void)
{
	tlbwe(1 << 16, MAS1_VALID | 0x100, PAGE, FRAME(1) | ALL_SUPERVISOR, 0);
	CHECK(reads(PAGE + 8, 0xbeef0001));
	mtspr(SPR_MMUCSR0, 4); /* TLB0 */
	isync();
	while (mfspr(SPR_MMUCSR0) & 6)
		;
	CHECK(!reads(PAGE + 8, 0xbeef0001));
	map(5, PAGE, FRAME(1), 1, 0);
	mtspr(SPR_MMUCSR0, 2); /* TLB1, but what IPROT protects: this code among it once it is */
	isync();
}

/* TID 0 is everybody's; another only for its PID. The e500v2 has three of them. */
static void test_pids(void)
{
	map(5, PAGE, FRAME(3), 1, 17);
	CHECK(!reads(PAGE + 8, 0xbeef0003));
	mtspr(SPR_PID, 17);
	isync();
	CHECK(reads(PAGE + 8, 0xbeef0003));
	mtspr(SPR_PID, 18);
	isync();
	CHECK(!reads(PAGE + 8, 0xbeef0003));
	if (is_e500v2()) {
		mtspr(SPR_PID1, 17);
		isync();
		CHECK(reads(PAGE + 8, 0xbeef0003));
		mtspr(SPR_PID1, 0);
		mtspr(SPR_PID2, 17);
		isync();
		CHECK(reads(PAGE + 8, 0xbeef0003));
		mtspr(SPR_PID2, 0);
		isync();
		CHECK(!reads(PAGE + 8, 0xbeef0003));
	}
	CHECK(!tlbsx(PAGE, 18, 0));
	CHECK(tlbsx(PAGE, 17, 0));
	CHECK_EQUAL(mfspr(SPR_MAS1) >> 16 & 0xff, 17);
	mtspr(SPR_PID, 0);
	isync();
	unmap(5);
}

/* Data accesses under MSR[DS] = 1 see the entries of space 1 alone. */
static void test_spaces(void)
{
	uint32_t msr = mfmsr(), one, zero;

	map(5, PAGE, FRAME(1), 1, 0);
	tlbwe(MAS0_TLB1 | 6 << 16, MAS1_VALID | MAS1_TS | 0x100, PAGE, FRAME(2) | ALL_SUPERVISOR, 0);
	asm volatile("mtmsr %3\n\tisync\n\tlwz %0, 8(%2)\n\tmtmsr %4\n\tisync\n\tlwz %1, 8(%2)"
		     : "=&r"(one), "=&r"(zero) : "b"(PAGE), "r"(msr | MSR_DS), "r"(msr) : "memory");
	CHECK_EQUAL(one, 0xbeef0002);
	CHECK_EQUAL(zero, 0xbeef0001);
	CHECK(tlbsx(PAGE, 0, 1));
	CHECK_EQUAL(mfspr(SPR_MAS3) & 0xfffff000, FRAME(2));
	unmap(5);
	unmap(6);
}

/* A miss leaves the MAS registers ready for tlbwe (E500CORERM table 12-5). */
static void test_miss(void)
{
	mtspr(SPR_MAS4, 0x00000100 | 0x1a); /* TLB0, 4 KiB, W I G... for the new entry */
	CHECK(!reads(PAGE + 0x12340, 0));
	CHECK_EQUAL(mfspr(SPR_MAS1), MAS1_VALID | 0x100);
	CHECK_EQUAL(mfspr(SPR_MAS2), (PAGE + 0x12000) | 0x1a);
	CHECK_EQUAL(mfspr(SPR_MAS0) >> 28 & 3, 0);
	CHECK_EQUAL(mfspr(SPR_MAS3), 0);
	mtspr(SPR_MAS4, 0);
}

static void fill(struct frame *frame)
{
	mtspr(SPR_MAS3, FRAME(4) | ALL_SUPERVISOR);
	asm volatile("isync\n\ttlbwe\n\tisync" : : : "memory");
	trap_count++;
	(void)frame;
}

/* A software page walk: the handler fills in what the hardware prepared, and the access is tried again. */
static void test_refill(void)
{
	unsigned count = trap_count;
	uint32_t got = 0;

	mtspr(SPR_MAS4, 0x00000100);
	write32(FRAME(4) + 0x10, 0x600df00d);
	trap_handlers[13] = fill;
	for (unsigned i = 0; i < 1000; i++)
		asm volatile("lwz %0, 0x10(%1)" : "=r"(got) : "b"(PAGE + 0x1000 * i) : "memory");
	CHECK_EQUAL(got, 0x600df00d);
	CHECK_EQUAL(trap_count, count + 1000);
	for (unsigned i = 1000 - 128; i < 1000; i++) /* the last of each set are still there */
		asm volatile("lwz %0, 0x10(%1)" : "=r"(got) : "b"(PAGE + 0x1000 * i) : "memory");
	CHECK_EQUAL(trap_count, count + 1000);
	trap_handlers[13] = trap_skip;
	tlbivax(4);
	mtspr(SPR_MAS4, 0);
}

/* Physical addresses have 36 bits: MAS7 counts. The UART at 0xf_e000_4500 answers through another page. */
static void test_wide(void)
{
	tlbwe(MAS0_TLB1 | 5 << 16, MAS1_VALID | 0x100, PAGE | 0xa, 0xe0004000 | ALL_SUPERVISOR, 0xf);
	CHECK_EQUAL(read8(PAGE + 0x505), read8(UART0 + 5));
	unmap(5);
}

/* tlbilx (e500mc): by address (T = 3), by PID (T = 1), all (T = 0), on this core. */
static void test_tlbilx(void)
{
	if (is_e500v2())
		return;
	for (unsigned t = 0; t < 4; t++) {
		if (t == 2)
			continue;
		tlbwe(0, MAS1_VALID | 0x100 | 9 << 16, PAGE, FRAME(1) | ALL_SUPERVISOR, 0);
		mtspr(SPR_PID, 9);
		mtspr(SPR_MAS6, 9 << 16);
		isync();
		CHECK(reads(PAGE + 8, 0xbeef0001));
		switch (t) {
		case 0: asm volatile(".long 0x7c000024\n\tisync" : : : "memory"); break;
		case 1: asm volatile(".long 0x7c200024\n\tisync" : : : "memory"); break;
		case 3: asm volatile("mr 3, %0\n\t.long 0x7c601824\n\tisync" : : "r"(PAGE) : "r3", "memory"); break;
		}
		CHECK(!reads(PAGE + 8, 0xbeef0001));
		mtspr(SPR_PID, 0);
		isync();
	}
}

int main(void)
{
	mtspr(SPR_HID0, mfspr(SPR_HID0) | HID0_EN_MAS7_UPDATE); /* or tlbre and tlbsx leave MAS7 alone */
	isync();
	/* Entry 0 is this program's; the next flash invalidation spares only what IPROT protects. */
	tlbre(MAS0_TLB1, 0);
	tlbwe(MAS0_TLB1, mfspr(SPR_MAS1) | MAS1_IPROT, mfspr(SPR_MAS2), mfspr(SPR_MAS3), mfspr(SPR_MAS7));
	trap_handlers[13] = trap_skip;
	test_configuration();
	test_sizes();
	test_read_back();
	test_tlb0();
	test_tlbivax();
	test_flash();
	test_pids();
	test_spaces();
	test_miss();
	test_refill();
	test_wide();
	test_tlbilx();
	return 0;
}
