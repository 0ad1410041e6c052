/*
 * Synchronous interrupts: vector, SRR0, SRR1, ESR, DEAR, the MSR that the
 * interrupt makes (Power ISA Book III-E 7.6; E500CORERM chapter 5), and that
 * execution goes on where the handler says.
 */
#include "tests/guests/runtime/guest.h"

#define UNMAPPED 0x50000000u
#define READ_ONLY 0x60000000u
#define NO_EXECUTE 0x60001000u

/* The address of the label before an instruction, to compare SRR0 with. */
#define HERE(label)                                                                              \
	({                                                                                       \
		uint32_t address_;                                                               \
		asm volatile("lis %0, " #label "@ha\n\taddi %0, %0, " #label "@l" : "=b"(address_)); \
		address_;                                                                        \
	})

/* A 4 KiB page in TLB1. MAS3 takes the permissions: SR 1, UR 2, SW 4, UW 8, SX 16, UX 32. */
static void map(unsigned entry, uint32_t ea, uint32_t pa, uint32_t permissions)
{
	mtspr(SPR_MAS0, 0x10000000u | entry << 16);
	mtspr(SPR_MAS1, 0xc0000100u);
	mtspr(SPR_MAS2, ea);
	mtspr(SPR_MAS3, pa | permissions);
	mtspr(SPR_MAS7, 0);
	asm volatile("isync\n\ttlbwe\n\tisync" : : : "memory");
}

/* The one interrupt since `count`, as it should have been. */
static void expect(unsigned count, unsigned ivor, uint32_t pc, uint32_t esr, int line)
{
	check_equal(trap_count, count + 1, "number of interrupts", __FILE__, line);
	check_equal(trap_last.ivor, ivor, "IVOR", __FILE__, line);
	check_equal(trap_last.pc, pc, "SRR0", __FILE__, line);
	check_equal(trap_last.esr, esr, "ESR", __FILE__, line);
}
#define EXPECT(count, ivor, label, esr) expect(count, ivor, HERE(label), esr, __LINE__)

static void test_program(void)
{
	unsigned count = trap_count;

	asm volatile("ex_trap: trap");
	EXPECT(count, 6, ex_trap, ESR_PTR);
	asm volatile("ex_illegal: .long 0");
	EXPECT(count + 1, 6, ex_illegal, ESR_PIL);
	asm volatile("ex_twi: twi 16, %0, 0" : : "r"(-1));
	EXPECT(count + 2, 6, ex_twi, ESR_PTR);
	asm volatile("twi 16, %0, 0" : : "r"(1));
	CHECK_EQUAL(trap_count, count + 3);
}

static void user_privileged(void)
{
	asm volatile("ex_mfmsr: mfmsr 3\n\tex_mtspr: mtspr 272, 3\n\tex_tlbwe: tlbwe" : : : "r3");
}

static void privileged_handler(struct frame *frame)
{
	static uint32_t order[3];
	static unsigned n;

	order[0] = HERE(ex_mfmsr);
	order[1] = HERE(ex_mtspr);
	order[2] = HERE(ex_tlbwe);
	CHECK_EQUAL(frame->pc, order[n]);
	n++;
	CHECK_EQUAL(frame->esr, ESR_PPR);
	CHECK_EQUAL(frame->msr & MSR_PR, MSR_PR);
	CHECK_EQUAL(frame->entry_msr & MSR_PR, 0);
	trap_skip(frame);
}

static void test_privileged(void)
{
	unsigned count = trap_count;

	trap_handlers[6] = privileged_handler;
	user_run(user_privileged, MSR_ME);
	trap_handlers[6] = trap_skip;
	CHECK_EQUAL(trap_count, count + 3);
}

static void test_system_call(void)
{
	unsigned count = trap_count;

	trap_handlers[8] = trap_skip; /* steps over the instruction behind sc */
	asm volatile("sc\n\tex_after_sc: trap");
	EXPECT(count, 8, ex_after_sc, trap_last.esr);
}

static void test_alignment(void)
{
	unsigned count = trap_count;
	uint32_t word[2] = { 0, 0 };

	asm volatile("ex_lwarx: lwarx 3, 0, %0" : : "r"((uint32_t)word + 2) : "r3", "memory");
	EXPECT(count, 5, ex_lwarx, trap_last.esr & ~ESR_ST);
	CHECK_EQUAL(trap_last.dear, (uint32_t)word + 2);
	asm volatile("ex_stwcx: stwcx. 3, 0, %0" : : "r"((uint32_t)word + 1) : "cr0", "memory");
	EXPECT(count + 1, 5, ex_stwcx, ESR_ST);
	CHECK_EQUAL(trap_last.dear, (uint32_t)word + 1);
	CHECK_EQUAL(word[0] | word[1], 0);
}

static void test_data(void)
{
	unsigned count = trap_count;
	uint32_t value = 0x11223344;

	asm volatile("ex_lwz: lwz %0, 8(%1)" : "+r"(value) : "b"(UNMAPPED));
	EXPECT(count, 13, ex_lwz, 0);
	CHECK_EQUAL(trap_last.dear, UNMAPPED + 8);
	CHECK_EQUAL(value, 0x11223344);
	asm volatile("ex_stwu: stwu %0, 16(%1)" : : "r"(value), "b"(UNMAPPED) : "memory");
	EXPECT(count + 1, 13, ex_stwu, ESR_ST);
	CHECK_EQUAL(trap_last.dear, UNMAPPED + 16);

	map(5, READ_ONLY, FREE_MEMORY, 1 | 16);
	asm volatile("lwz %0, 0(%1)" : "=r"(value) : "b"(READ_ONLY));
	CHECK_EQUAL(trap_count, count + 2);
	asm volatile("ex_ro: stb %0, 5(%1)" : : "r"(value), "b"(READ_ONLY) : "memory");
	EXPECT(count + 2, 2, ex_ro, ESR_ST);
	CHECK_EQUAL(trap_last.dear, READ_ONLY + 5);
}

static volatile uint32_t user_value;

static void user_reads_supervisor_page(void)
{
	asm volatile("ex_user: lwz %0, 0(%1)" : "=r"(user_value) : "b"(READ_ONLY));
}

static void test_user_data(void)
{
	unsigned count = trap_count;

	user_run(user_reads_supervisor_page, MSR_ME);
	EXPECT(count, 2, ex_user, 0);
	CHECK_EQUAL(trap_last.dear, READ_ONLY);
}

/* A fetch fails at the target: SRR0 is it; the way back is the link register. */
static void return_by_lr(struct frame *frame)
{
	trap_skip(frame);
	frame->pc = frame->lr;
}

static void call(uint32_t address)
{
	((void (*)(void))address)();
}

static void test_fetch(void)
{
	unsigned count = trap_count;

	trap_handlers[14] = return_by_lr;
	trap_handlers[3] = return_by_lr;
	call(UNMAPPED + 64);
	expect(count, 14, UNMAPPED + 64, trap_last.esr, __LINE__);
	map(6, NO_EXECUTE, FREE_MEMORY, 1 | 4);
	call(NO_EXECUTE + 4);
	expect(count + 1, 3, NO_EXECUTE + 4, trap_last.esr, __LINE__);
}

static void test_units(void)
{
	unsigned count = trap_count;

	if (is_e500v2()) {
		asm volatile("ex_spe: .long 0x10031a17"); /* evor r0,r3,r3 */
		EXPECT(count, 32, ex_spe, ESR_SPV);
		asm volatile("ex_fpu: lfd 0, 0(%0)" : : "b"(FREE_MEMORY));
		EXPECT(count + 1, 6, ex_fpu, ESR_PIL);
	} else {
		asm volatile("ex_fpu2: lfd 0, 0(%0)" : : "b"(FREE_MEMORY));
		EXPECT(count, 7, ex_fpu2, trap_last.esr);
		asm volatile("ex_spe2: .long 0x10031a17");
		EXPECT(count + 1, 6, ex_spe2, ESR_PIL);
	}
}

/* A non-critical interrupt keeps CE, ME and DE and clears the rest (Book III-E 7.6; QEMU keeps ME only). */
static void test_new_msr(void)
{
	uint32_t before = mfmsr();

	mtmsr(before | MSR_CE | MSR_ME | MSR_DE | MSR_EE);
	asm volatile("trap");
	mtmsr(before);
	CHECK_EQUAL(trap_last.msr, before | MSR_CE | MSR_ME | MSR_DE | MSR_EE);
	CHECK_EQUAL(trap_last.entry_msr, MSR_CE | MSR_ME | MSR_DE);
	mtmsr(before & ~(MSR_CE | MSR_DE | MSR_ME));
	asm volatile("trap");
	mtmsr(before);
	CHECK_EQUAL(trap_last.entry_msr, 0);
}

/* rfci takes CSRR0 and CSRR1, rfmci MCSRR0 and MCSRR1, rfdi (e500mc) DSRR0 and DSRR1. */
static void test_returns(void)
{
	uint32_t msr = mfmsr(), way = 0;

	asm volatile("mtspr 59, %1\n\tlis 3, 1f@ha\n\taddi 3, 3, 1f@l\n\tmtspr 58, 3\n\trfci\n\tli %0, 99\n1:"
		     : "+r"(way) : "r"(msr | MSR_CE) : "r3");
	CHECK_EQUAL(mfmsr(), msr | MSR_CE);
	asm volatile(
		"mtspr 571, %1\n\tlis 3, 1f@ha\n\taddi 3, 3, 1f@l\n\tmtspr 570, 3\n\t.long 0x4c00004c\n\tli %0, 99\n1:"
		: "+r"(way)
		: "r"(msr)
		: "r3");
	CHECK_EQUAL(mfmsr(), msr);
	if (!is_e500v2()) {
		asm volatile("mtspr 575, %1\n\tlis 3, 1f@ha\n\taddi 3, 3, 1f@l\n\tmtspr 574, 3\n\t.long 0x4c00004e\n"
			     "\tli %0, 99\n1:" : "+r"(way) : "r"(msr | MSR_DE) : "r3");
		CHECK_EQUAL(mfmsr(), msr | MSR_DE);
		mtmsr(msr);
	}
	CHECK_EQUAL(way, 0);
}

int main(void)
{
	static const uint8_t skipped[] = { 2, 5, 6, 7, 13, 32 };

	for (unsigned i = 0; i < sizeof skipped; i++)
		trap_handlers[skipped[i]] = trap_skip;
	test_program();
	test_privileged();
	test_system_call();
	test_alignment();
	test_data();
	test_user_data();
	test_fetch();
	test_units();
	test_new_msr();
	test_returns();
	return 0;
}
