/*
 * The small world of a bare-metal guest program: started by start.S on core 0
 * with the ePAPR entry state, ended by returning from main.
 *
 * How it ends: "guest: exit N" on UART0, N the number of failed checks, and
 * the power goes off through the GPIO. Each failed check prints a line
 * "file:line: what".
 *
 * Memory: code from 1 MiB; each core has a stack of 64 KiB; 0x02000000 and up
 * (to 64 MiB) is free for the program. TLB1 entry 0 maps 0-64 MiB one to one.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>

#define FREE_MEMORY 0x02000000u

/* Registers of the board, through TLB1 entries that start.S makes on every core. */
#define CCSR 0xe0000000u
#define UART0 (CCSR + 0x4500)
#define MPIC (CCSR + 0x40000)
#define GUTS (CCSR + 0xe0000)
#define GPIO (CCSR + 0xff000)
#define SPIN_TABLE 0xef000000u

#define PVR_E500V2 0x8021
#define PVR_E500MC 0x8023

#define SPR_DEC 22
#define SPR_SRR0 26
#define SPR_SRR1 27
#define SPR_PID 48
#define SPR_DECAR 54
#define SPR_CSRR0 58
#define SPR_CSRR1 59
#define SPR_DEAR 61
#define SPR_ESR 62
#define SPR_TBL_READ 268
#define SPR_TBU_READ 269
#define SPR_TBL_WRITE 284
#define SPR_TBU_WRITE 285
#define SPR_PIR 286
#define SPR_PVR 287
#define SPR_DBSR 304
#define SPR_DBCR0 308
#define SPR_DBCR1 309
#define SPR_DBCR2 310
#define SPR_IAC1 312
#define SPR_IAC2 313
#define SPR_DAC1 316
#define SPR_DAC2 317
#define SPR_TSR 336
#define SPR_TCR 340
#define SPR_SPEFSCR 512
#define SPR_EPR 702
#define SPR_ATBL 526
#define SPR_ATBU 527
#define SPR_MAS0 624
#define SPR_MAS1 625
#define SPR_MAS2 626
#define SPR_MAS3 627
#define SPR_MAS4 628
#define SPR_MAS6 630
#define SPR_PID1 633
#define SPR_PID2 634
#define SPR_TLB0CFG 688
#define SPR_TLB1CFG 689
#define SPR_MAS7 944
#define SPR_HID0 1008
#define SPR_L1CSR0 1010
#define SPR_MMUCSR0 1012

#define MSR_SPE 0x02000000u
#define MSR_WE 0x00040000u
#define MSR_CE 0x00020000u
#define MSR_EE 0x00008000u
#define MSR_PR 0x00004000u
#define MSR_FP 0x00002000u
#define MSR_ME 0x00001000u
#define MSR_DE 0x00000200u
#define MSR_IS 0x00000020u
#define MSR_DS 0x00000010u

#define TCR_WP(n) ((uint32_t)(n) << 30)
#define TCR_WRC(n) ((uint32_t)(n) << 28)
#define TCR_WIE 0x08000000u
#define TCR_DIE 0x04000000u
#define TCR_FP(n) ((uint32_t)(n) << 24)
#define TCR_FIE 0x00800000u
#define TCR_ARE 0x00400000u
#define TCR_WPEXT(n) ((uint32_t)(n) << 17)
#define TCR_FPEXT(n) ((uint32_t)(n) << 13)
#define TSR_ENW 0x80000000u
#define TSR_WIS 0x40000000u
#define TSR_WRS 0x30000000u
#define TSR_DIS 0x08000000u
#define TSR_FIS 0x04000000u

#define ESR_PIL 0x08000000u
#define ESR_PPR 0x04000000u
#define ESR_PTR 0x02000000u
#define ESR_ST 0x00800000u
#define ESR_SPV 0x00000080u

#define mfspr(n)                                                           \
	({                                                                 \
		uint32_t value_;                                           \
		asm volatile("mfspr %0, %1" : "=r"(value_) : "i"(n) : "memory"); \
		value_;                                                    \
	})
#define mtspr(n, value) asm volatile("mtspr %0, %1" : : "i"(n), "r"((uint32_t)(value)) : "memory")

static inline uint32_t mfmsr(void)
{
	uint32_t msr;

	asm volatile("mfmsr %0" : "=r"(msr) : : "memory");
	return msr;
}

static inline void mtmsr(uint32_t msr)
{
	asm volatile("mtmsr %0\n\tisync" : : "r"(msr) : "memory");
}

static inline void isync(void)
{
	asm volatile("isync" : : : "memory");
}

static inline void sync(void)
{
	asm volatile("sync" : : : "memory");
}

static inline uint32_t read32(uint32_t address)
{
	return *(volatile uint32_t *)address;
}

static inline void write32(uint32_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline uint8_t read8(uint32_t address)
{
	return *(volatile uint8_t *)address;
}

static inline void write8(uint32_t address, uint8_t value)
{
	*(volatile uint8_t *)address = value;
}

uint64_t timebase(void);

static inline int is_e500v2(void)
{
	return mfspr(SPR_PVR) >> 16 == PVR_E500V2;
}

/* %d %u %x %s %c, with a field width and 0 for hex digits. Any core; one line at a time. */
void print(const char *format, ...);

/* Checks. A failure prints a line and is counted. */
void check_equal(uint32_t got, uint32_t want, const char *what, const char *file, int line);
#define CHECK_EQUAL(got, want) check_equal(got, want, #got, __FILE__, __LINE__)
#define CHECK(condition) check_equal(!!(condition), 1, #condition, __FILE__, __LINE__)
extern volatile unsigned check_failures;

/* Says "guest: exit N" and switches off. */
void guest_exit(unsigned status) __attribute__((noreturn));

/*
 * Interrupts. Every vector saves this frame and calls the handler of its IVOR;
 * without one the program ends. Changes of the frame are restored on return.
 */
struct frame {
	uint32_t back, reserved;
	uint32_t r[32]; /* r[1] is the interrupted stack pointer */
	uint32_t cr, xer, lr, ctr;
	uint32_t pc, msr; /* of the save/restore pair of this interrupt */
	uint32_t esr, dear;
	uint32_t ivor;
	uint32_t entry_msr; /* as the interrupt made it */
	uint32_t entry_tb;  /* TBL when the vector's first instruction began */
	uint32_t pad;
};
typedef void trap_fn(struct frame *frame);
extern trap_fn *volatile trap_handlers[48];

/* A handler that records and steps over the instruction, and what it saw last. */
void trap_skip(struct frame *frame);
extern volatile struct frame trap_last;
extern volatile unsigned trap_count;

/* Runs fn in user mode, under `msr`; puts a handler of its own at the system call. */
void user_run(void (*fn)(void), uint32_t msr);

/* More cores. */
#define MAX_CORES 8
/* Lets core n run fn on a stack of its own; returns when it has started. fn must not return. */
void core_start(unsigned n, void (*fn)(void));
unsigned core_number(void);
unsigned core_count(void); /* from the MPIC's feature register */

/* Branch to self: the simulator knows it as idle. */
void idle_forever(void) __attribute__((noreturn));

int main(void);

#endif
