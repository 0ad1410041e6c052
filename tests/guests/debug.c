/*
 * Debug events (E500CORERM chapter 8; Power ISA Book III-E chapter 10):
 * instruction complete, instruction and data address compare, the trap event;
 * and a floating-point exception that was pending when it is enabled.
 */
#include "tests/guests/runtime/guest.h"

#define DBCR0_IDM 0x40000000u
#define DBCR0_ICMP 0x08000000u
#define DBCR0_TRAP 0x01000000u
#define DBCR0_IAC1 0x00800000u
#define DBCR0_IAC2 0x00400000u
#define DBCR0_DAC1R 0x00080000u
#define DBCR0_DAC1W 0x00040000u

#define HERE(label)                                                                              \
	({                                                                                       \
		uint32_t address_;                                                               \
		asm volatile("lis %0, " #label "@ha\n\taddi %0, %0, " #label "@l" : "=b"(address_)); \
		address_;                                                                        \
	})

static volatile unsigned events;
static volatile uint32_t event_pc[64], event_dbsr[64];

static void on_debug(struct frame *frame)
{
	if (events < 64) {
		event_pc[events] = frame->pc;
		event_dbsr[events] = mfspr(SPR_DBSR);
	}
	events++;
	mtspr(SPR_DBSR, 0xffffffff);
	CHECK_EQUAL(frame->entry_msr & MSR_DE, 0);
}

/* One event, then off: an address compare would come again. */
static void on_debug_once(struct frame *frame)
{
	on_debug(frame);
	mtspr(SPR_DBCR0, 0);
}

static void enable(uint32_t dbcr0)
{
	events = 0;
	mtspr(SPR_DBSR, 0xffffffff);
	mtspr(SPR_DBCR0, DBCR0_IDM | dbcr0);
	isync();
}

static void disable(void)
{
	mtspr(SPR_DBCR0, 0);
	isync();
}

/* Each instruction, once it is complete: the address saved is that of the next. */
static void test_single_step(void)
{
	uint32_t msr = mfmsr();

	trap_handlers[15] = on_debug;
	enable(DBCR0_ICMP);
	asm volatile("mtmsr %0\n\tisync\nst_1:\tnop\nst_2:\taddi 3, 3, 1\nst_3:\tmtmsr %1\nst_4:\tnop"
		     : : "r"(msr | MSR_DE), "r"(msr) : "r3", "memory");
	disable();
	/* isync, nop and addi; the last mtmsr has the events off when it is complete. */
	CHECK_EQUAL(events, 3);
	CHECK_EQUAL(event_pc[0], HERE(st_1));
	CHECK_EQUAL(event_pc[1], HERE(st_2));
	CHECK_EQUAL(event_pc[2], HERE(st_3));
	CHECK_EQUAL(event_dbsr[1] & DBCR0_ICMP, DBCR0_ICMP);
}

/* In front of the instruction at the address. */
static void test_instruction_address(void)
{
	uint32_t msr = mfmsr(), r3 = 0;

	trap_handlers[15] = on_debug_once;
	mtspr(SPR_IAC1, HERE(ia_2));
	enable(DBCR0_IAC1);
	asm volatile("mtmsr %1\n\tisync\n\tli %0, 1\nia_2:\tli %0, 2\n\tmtmsr %2"
		     : "+&r"(r3)
		     : "r"(msr | MSR_DE), "r"(msr)
		     : "memory");
	disable();
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_pc[0], HERE(ia_2));
	CHECK_EQUAL(event_dbsr[0] & DBCR0_IAC1, DBCR0_IAC1);
	CHECK_EQUAL(r3, 2);
}

/* In front of the access; loads and stores apart. */
static void test_data_address(void)
{
	static volatile uint32_t word[2];
	uint32_t msr = mfmsr();

	trap_handlers[15] = on_debug_once;
	word[0] = 5;
	mtspr(SPR_DAC1, (uint32_t)word);
	enable(DBCR0_DAC1W);
	asm volatile("mtmsr %1\n\tisync\n\tlwz 3, 0(%0)\n\taddi 3, 3, 1\nda_st:\tstw 3, 0(%0)\n\tmtmsr %2"
		     : : "b"(word), "r"(msr | MSR_DE), "r"(msr) : "r3", "memory");
	disable();
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_pc[0], HERE(da_st));
	CHECK_EQUAL(event_dbsr[0] & (DBCR0_DAC1W | DBCR0_DAC1R), DBCR0_DAC1W);
	CHECK_EQUAL(word[0], 6);
	enable(DBCR0_DAC1R);
	asm volatile("mtmsr %1\n\tisync\n\tstw 3, 0(%0)\n\tlwz 4, 4(%0)\nda_ld:\tlwz 3, 0(%0)\n\tmtmsr %2"
		     : : "b"(word), "r"(msr | MSR_DE), "r"(msr) : "r3", "r4", "memory");
	disable();
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_pc[0], HERE(da_ld));
}

/* A trap that is a debug event is no program interrupt. */
static void skip_trap(struct frame *frame)
{
	on_debug_once(frame);
	frame->pc += 4;
}

static void test_trap(void)
{
	uint32_t msr = mfmsr();

	trap_handlers[15] = skip_trap;
	enable(DBCR0_TRAP);
	asm volatile("mtmsr %0\n\tisync\ntr_1:\ttrap\n\tmtmsr %1" : : "r"(msr | MSR_DE), "r"(msr) : "memory");
	disable();
	CHECK_EQUAL(events, 1);
	CHECK_EQUAL(event_pc[0], HERE(tr_1));
}

/* With MSR[DE] off an event is noted in DBSR and not taken. */
static void test_masked(void)
{
	events = 0;
	trap_handlers[15] = on_debug_once;
	mtspr(SPR_IAC1, HERE(ms_1));
	enable(DBCR0_IAC1);
	asm volatile("ms_1:\tnop");
	disable();
	CHECK_EQUAL(events, 0);
}

static void disable_float(struct frame *frame)
{
	trap_skip(frame);
	frame->pc -= 4;
	frame->msr &= ~0x900u; /* FE0, FE1: or it would come again */
}

/* FPSCR[FEX] set while MSR[FE0, FE1] are off: the interrupt comes with the mtmsr that turns them on. */
static void test_pending_float(void)
{
	uint32_t msr = mfmsr(), count = trap_count;

	if (is_e500v2())
		return;
	trap_handlers[6] = disable_float;
	asm volatile("mtmsr %0\n\tisync\n"
		     "\tmtfsfi 0, 0\n\tmtfsfi 1, 0\n\tmtfsfi 2, 0\n\tmtfsfi 5, 0\n\tmtfsfi 6, 8\n" /* VE */
		     "\tmtfsb1 21\n"  /* VXSOFT: FEX and VX follow */
		     "\tmtmsr %1\n\tisync\npf_1:\tnop\n\tmtmsr %2"
		     : : "r"(msr | MSR_FP), "r"(msr | MSR_FP | 0x900), "r"(msr) : "memory");
	CHECK_EQUAL(trap_count, count + 1);
	CHECK_EQUAL(trap_last.ivor, 6);
	CHECK_EQUAL(trap_last.esr, 0x01000000);
}

int main(void)
{
	test_single_step();
	test_instruction_address();
	test_data_address();
	test_trap();
	test_masked();
	test_pending_float();
	return 0;
}
