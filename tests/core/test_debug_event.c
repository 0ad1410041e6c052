/*
 * sim/core/debug_event.c. Which event when, the address saved, what DBSR says
 * with MSR[DE] on and off: E500CORERM chapter 8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/core/debug_event.h"
#include "sim/core/interrupt.h"
#include "tests/fixture/lone_core.h"

#define DEBUG_VECTOR (0x10000u + 15 * 0x100)
#define PROGRAM_VECTOR (0x10000u + 6 * 0x100)
#define SC_VECTOR (0x10000u + 8 * 0x100)

/* A core that runs `program` at 0x1000 with DBCR0 and MSR set, and nops at the vectors. */
static void open_debug(struct lone_core *lone, const char *program, uint32_t dbcr0, uint32_t msr)
{
	lone_core_open(lone, "e500v2", 0, 0);
	lone_core_program(lone, 0x1000, program);
	lone_core_program(lone, DEBUG_VECTOR, "ori r0,r0,0\nori r0,r0,0");
	lone_core_program(lone, PROGRAM_VECTOR, "ori r0,r0,0\nori r0,r0,0");
	lone_core_program(lone, SC_VECTOR, "ori r0,r0,0\nori r0,r0,0");
	lone_core_set_spr(lone, "DBCR0", dbcr0);
	core_set_msr(lone->core, msr);
}

/* The first instruction at the debug vector ran, CSRR0 and DBSR are as told. */
static void assert_debug(const struct lone_core *lone, uint32_t csrr0, uint32_t dbsr)
{
	assert_int_equal(lone->core->pc, DEBUG_VECTOR + 4);
	assert_int_equal(lone->core->csrr[0], csrr0);
	assert_int_equal(lone->core->dbsr, dbsr);
	assert_int_equal(lone->core->msr & (MSR_DE | MSR_CE | MSR_EE), 0);
}

static void test_single_step(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "addi r3,0,1\naddi r3,r3,1\nb 0x1000", DBCR0_IDM | DBCR0_ICMP, MSR_DE);
	assert_true(lone.core->debug_active);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, 0x1004, DBCR0_ICMP);
	assert_int_equal(lone.core->r[3], 1);
	assert_false(lone.core->debug_active); /* MSR[DE] is off now */
	/* Back by rfci: one more instruction, and again. */
	for (uint32_t next = 0x1008; next != 0x1004; next = next == 0x1008 ? 0x1000 : 0x1004) {
		lone_core_program(&lone, DEBUG_VECTOR, "mtspr 304,r5\nrfci");
		lone.core->r[5] = UINT32_MAX;
		lone.core->pc = DEBUG_VECTOR;
		lone_core_steps(&lone, 3);
		assert_int_equal(lone.core->csrr[0], next);
		assert_int_equal(lone.core->dbsr, DBCR0_ICMP);
	}
	lone_core_close(&lone);
}

/* sc completes: the event is seen at its vector (8.4.5). A trap does not. */
static void test_step_over_interrupts(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "sc 0", DBCR0_IDM | DBCR0_ICMP, MSR_DE);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, SC_VECTOR, DBCR0_ICMP);
	assert_int_equal(lone.core->srr[0], 0x1004);
	lone_core_close(&lone);
	open_debug(&lone, "tw 31,0,0", DBCR0_IDM | DBCR0_ICMP, MSR_DE);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, PROGRAM_VECTOR + 4, DBCR0_ICMP); /* of the handler's first */
	lone_core_close(&lone);
}

/* The instruction that sets MSR[DE] is none; the next one is. */
static void test_step_starts_with_the_next(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "mtmsr r3\nori r0,r0,0", DBCR0_IDM | DBCR0_ICMP | DBCR0_IAC1, 0);
	lone.core->r[3] = MSR_DE;
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, 0x1004);
	assert_int_equal(lone.core->dbsr, 0);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, 0x1008, DBCR0_ICMP);
	lone_core_close(&lone);
}

/* With MSR[DE] = 0 neither step nor branch leaves a trace (8.4.4, 8.4.5). */
static void test_no_trace_when_disabled(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "ori r0,r0,0\nb 0x1000", DBCR0_IDM | DBCR0_ICMP | DBCR0_BRT, 0);
	assert_false(lone.core->debug_active);
	lone_core_steps(&lone, 10);
	assert_int_equal(lone.core->dbsr, 0);
	lone_core_close(&lone);
}

/* Before the branch, which is suppressed: CTR and LR are as they were. */
static void test_branch_taken(void **state)
{
	static const struct {
		const char *branch;
		uint32_t ctr;
		bool taken;
	} cases[] = {
		{ "b 0x1008", 5, true },       { "bc 20,0,0x1008", 5, true },  { "bc 12,2,0x1008", 5, true },
		{ "bc 4,2,0x1008", 5, false }, { "bc 16,0,0x1008", 5, true },  { "bc 16,0,0x1008", 1, false },
		{ "bc 18,0,0x1008", 5, false }, { "bc 18,0,0x1008", 1, true }, { "bcl 12,2,0x1008", 5, true },
		{ "bclr 20,0,0", 5, true },    { "bclr 4,2,0", 5, false },     { "bclr 16,0,0", 1, false },
		{ "bclr 18,0,0", 1, true },    { "bcctr 12,2,0", 5, true },    { "bcctr 4,2,0", 5, false },
		{ "ori r0,r0,0", 5, false },
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_debug(&lone, cases[i].branch, DBCR0_IDM | DBCR0_BRT, MSR_DE);
		lone.core->cr[0] = 2; /* EQ */
		lone.core->ctr = cases[i].ctr;
		lone.core->lr = 0x2000;
		lone_core_steps(&lone, 1);
		if (cases[i].taken) {
			assert_debug(&lone, 0x1000, DBCR0_BRT);
			assert_int_equal(lone.core->ctr, cases[i].ctr);
			assert_int_equal(lone.core->lr, 0x2000);
		} else {
			assert_int_equal(lone.core->pc, 0x1004);
			assert_int_equal(lone.core->dbsr, 0);
		}
		lone_core_close(&lone);
	}
}

static void test_instruction_address(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "addi r3,0,1\naddi r3,r3,1\naddi r3,r3,1", DBCR0_IDM | DBCR0_IAC2, MSR_DE);
	lone_core_set_spr(&lone, "IAC2", 0x1008);
	lone_core_steps(&lone, 3);
	assert_debug(&lone, 0x1008, DBCR0_IAC2);
	assert_int_equal(lone.core->r[3], 2); /* not executed */
	lone_core_close(&lone);
	/* MSR[DE] = 0: noted as imprecise, and the program goes on until DE lets the interrupt in. */
	open_debug(&lone, "ori r0,r0,0\nori r0,r0,0\nmtmsr r4\nori r0,r0,0", DBCR0_IDM | DBCR0_IAC1, 0);
	lone_core_set_spr(&lone, "IAC1", 0x1004);
	lone.core->r[4] = MSR_DE;
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->dbsr, DBSR_IDE | DBCR0_IAC1);
	assert_int_equal(lone.core->pc, 0x1008);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, 0x100c, DBSR_IDE | DBCR0_IAC1);
	lone_core_close(&lone);
}

/* DBCR1[IAC12M]: bit match, inclusive and exclusive range; [US] and [ER]. */
static void test_instruction_address_modes(void **state)
{
	static const struct {
		uint32_t dbcr1, iac1, iac2, msr;
		bool hit;
	} cases[] = {
		{ 0, 0x1000, 0, 0, true },
		{ 0, 0x1004, 0, 0, false },
		{ 1u << 22, 0x5000, 0xfff, 0, true },          /* equal where IAC2 has ones */
		{ 1u << 22, 0x5004, 0xfff, 0, false },
		{ 2u << 22, 0x1000, 0x1004, 0, true },
		{ 2u << 22, 0x0f00, 0x1000, 0, false },        /* the end is outside */
		{ 3u << 22, 0x1004, 0x2000, 0, true },
		{ 3u << 22, 0x0f00, 0x1000, 0, true },
		{ 3u << 22, 0x1000, 0x1004, 0, false },
		{ 2u << 30, 0x1000, 0, 0, true },              /* supervisor only */
		{ 2u << 30, 0x1000, 0, MSR_PR, false },
		{ 3u << 30, 0x1000, 0, MSR_PR, true },         /* user only */
		{ 3u << 30, 0x1000, 0, 0, false },
		{ 2u << 28, 0x1000, 0, 0, true },              /* address space 0 */
		{ 3u << 28, 0x1000, 0, 0, false },             /* address space 1 */
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_debug(&lone, "ori r0,r0,0\nori r0,r0,0", DBCR0_IDM | DBCR0_IAC1, MSR_DE | cases[i].msr);
		lone_core_set_spr(&lone, "DBCR1", cases[i].dbcr1);
		lone_core_set_spr(&lone, "IAC1", cases[i].iac1);
		lone_core_set_spr(&lone, "IAC2", cases[i].iac2);
		lone_core_steps(&lone, 1);
		assert_int_equal(lone.core->dbsr & DBCR0_IAC1, cases[i].hit ? DBCR0_IAC1 : 0);
		assert_int_equal(lone.core->csrr[0], cases[i].hit ? 0x1000 : 0);
		lone_core_close(&lone);
	}
}

static void test_data_address(void **state)
{
	static const struct {
		const char *access;
		uint32_t enable, event;
	} cases[] = {
		{ "lwz r4,0(r3)", DBCR0_DAC1R, DBCR0_DAC1R },
		{ "lwz r4,0(r3)", DBCR0_DAC1W, 0 },
		{ "stw r4,0(r3)", DBCR0_DAC1W, DBCR0_DAC1W },
		{ "stw r4,0(r3)", DBCR0_DAC2R | DBCR0_DAC2W, 0 }, /* DAC2 is elsewhere */
		{ "lbz r4,3(r3)", DBCR0_DAC1R, 0 },
		{ "lhz r4,2(r3)", DBCR0_DAC1R, DBCR0_DAC1R }, /* a byte of it */
		{ "stwu r4,0(r3)", DBCR0_DAC1W, DBCR0_DAC1W },
		{ "dcbz 0,r3", DBCR0_DAC1W, DBCR0_DAC1W },
		/*
		 * Cache operations: the compare is with their line, and what may write memory is a write (Book III-E
		 * 8.4.2).
		 */
		{ "dcbf 0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1W },
		{ "dcbst 0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1W },
		{ "dcbi 0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1W },
		{ "dcba 0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1W },
		{ "icbi 0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1R },
		{ "dcbt 0,0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1R },
		{ "dcbtst 0,0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1R },
		{ "dcbtls 0,0,r3", DBCR0_DAC1R | DBCR0_DAC1W, DBCR0_DAC1R },
		{ "dcbt 0,r3,r3", DBCR0_DAC1R | DBCR0_DAC1W, 0 }, /* another line */
	};
	struct lone_core lone;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		/* Once without, so that the software TLB holds the page. */
		open_debug(&lone, "lwz r5,0(r3)\nstw r5,0(r3)", 0, MSR_DE);
		lone.core->r[3] = 0x2000;
		lone_core_steps(&lone, 2);
		lone_core_program(&lone, 0x1008, cases[i].access);
		lone_core_set_spr(&lone, "DBCR0", DBCR0_IDM | cases[i].enable);
		lone_core_set_spr(&lone, "L1CSR0", L1CSR_ENABLE);
		lone_core_set_spr(&lone, "DAC1", 0x2002);
		lone_core_set_spr(&lone, "DAC2", 0x3000);
		lone.core->r[4] = 0x5a5a5a5a;
		lone_core_steps(&lone, 1);
		if (cases[i].event) {
			assert_debug(&lone, 0x1008, cases[i].event);
			assert_int_equal(lone.core->r[4], 0x5a5a5a5a);
		} else {
			assert_int_equal(lone.core->pc, 0x100c);
			assert_int_equal(lone.core->dbsr, 0);
		}
		lone_core_close(&lone);
	}
}

/* MSR[DE] = 0: the access is done, the event noted as imprecise. */
static void test_data_address_disabled(void **state)
{
	struct lone_core lone;
	uint8_t bytes[4];

	open_debug(&lone, "stw r4,0(r3)", DBCR0_IDM | DBCR0_DAC1W, 0);
	lone_core_set_spr(&lone, "DAC1", 0x2000);
	lone.core->r[3] = 0x2000;
	lone.core->r[4] = 0x01020304;
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->dbsr, DBSR_IDE | DBCR0_DAC1W);
	bus_peek(lone.bus, 0x2000, bytes, 4);
	assert_int_equal(bytes[3], 4);
	lone_core_close(&lone);
}

/* The debug interrupt in place of the program interrupt; with MSR[DE] = 0 the other way (8.4.3). */
static void test_trap(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "tw 31,0,0", DBCR0_IDM | DBCR0_TRAP, MSR_DE);
	lone_core_steps(&lone, 1);
	assert_debug(&lone, 0x1000, DBCR0_TRAP);
	assert_int_equal(lone.core->srr[0], 0);
	lone_core_close(&lone);
	open_debug(&lone, "tw 31,0,0", DBCR0_IDM | DBCR0_TRAP, 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, PROGRAM_VECTOR + 4);
	assert_int_equal(lone.core->dbsr, DBSR_IDE | DBCR0_TRAP);
	lone_core_close(&lone);
	/* No interrupt without DBCR0[IDM] either. */
	open_debug(&lone, "tw 31,0,0", DBCR0_TRAP, MSR_DE);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, PROGRAM_VECTOR + 4);
	assert_int_equal(lone.core->dbsr, DBCR0_TRAP);
	lone_core_close(&lone);
}

/* After a noncritical interrupt was entered: the address is its vector. */
static void test_interrupt_taken(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "sc 0", DBCR0_IDM | DBCR0_IRPT, MSR_DE);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, SC_VECTOR, DBCR0_IRPT);
	lone_core_close(&lone);
	/* A critical one clears MSR[DE] on e500v2, and is no event there. */
	open_debug(&lone, "ori r0,r0,0", DBCR0_IDM | DBCR0_IRPT, MSR_DE | MSR_CE);
	lone_core_program(&lone, 0x10000, "ori r0,r0,0");
	interrupt_set_cause(lone.core, CAUSE_CRITICAL, true, 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, 0x10004);
	assert_int_equal(lone.core->dbsr, 0);
	lone_core_close(&lone);
}

static void test_return(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "rfi", DBCR0_IDM | DBCR0_RET, MSR_DE);
	lone_core_set_spr(&lone, "SRR0", 0x3000);
	lone_core_set_spr(&lone, "SRR1", MSR_DE);
	lone_core_steps(&lone, 2);
	assert_debug(&lone, 0x3000, DBCR0_RET);
	lone_core_close(&lone);
	/* rfi that clears DE: recorded, not imprecise, no interrupt (8.4.7). */
	open_debug(&lone, "rfi", DBCR0_IDM | DBCR0_RET, MSR_DE);
	lone_core_set_spr(&lone, "SRR0", 0x3000);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, 0x3000);
	assert_int_equal(lone.core->dbsr, DBCR0_RET);
	lone_core_close(&lone);
	/* rfci with DE = 0 is not logged (8.2.4). */
	open_debug(&lone, "rfci", DBCR0_IDM | DBCR0_RET, 0);
	lone_core_set_spr(&lone, "CSRR0", 0x3000);
	lone_core_set_spr(&lone, "CSRR1", MSR_DE);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, 0x3000);
	assert_int_equal(lone.core->dbsr, 0);
	lone_core_close(&lone);
}

static void test_unconditional(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "ori r0,r0,0\nori r0,r0,0", DBCR0_IDM, 0);
	debug_event_unconditional(lone.core, 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->dbsr, DBSR_IDE | DBSR_UDE);
	core_set_msr(lone.core, MSR_DE);
	lone_core_steps(&lone, 1);
	assert_debug(&lone, 0x1004, DBSR_IDE | DBSR_UDE);
	lone_core_close(&lone);
}

/* e500mc has registers of its own for it, and rfdi. */
static void test_e500mc_registers(void **state)
{
	struct lone_core lone;

	lone_core_open(&lone, "e500mc", 0, 0);
	lone_core_program(&lone, 0x1000, "addi r3,0,1");
	lone_core_program(&lone, DEBUG_VECTOR, "ori r0,r0,0\nrfdi");
	lone_core_set_spr(&lone, "DBCR0", DBCR0_IDM | DBCR0_ICMP);
	core_set_msr(lone.core, MSR_DE | MSR_CE);
	lone_core_steps(&lone, 2);
	assert_int_equal(lone.core->dsrr[0], 0x1004);
	assert_int_equal(lone.core->dsrr[1], MSR_DE | MSR_CE);
	assert_int_equal(lone.core->csrr[0], 0);
	assert_int_equal(lone.core->msr, 0);
	lone_core_set_spr(&lone, "DBCR0", 0);
	lone_core_steps(&lone, 1);
	assert_int_equal(lone.core->pc, 0x1004);
	assert_int_equal(lone.core->msr, MSR_DE | MSR_CE);
	lone_core_close(&lone);
}

/* DBCR0[FT]: an event holds the timers until DBSR is clear. */
static void test_freeze_timers(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "ori r0,r0,0\nori r0,r0,0\nb 0x1000", DBCR0_FT, 0);
	lone_core_steps(&lone, 10);
	debug_event_unconditional(lone.core, 0);
	lone_core_steps(&lone, 10);
	assert_int_equal(lone_core_spr(&lone, "TBL"), 10);
	lone_core_set_spr(&lone, "DBSR", UINT32_MAX);
	lone_core_steps(&lone, 5);
	assert_int_equal(lone_core_spr(&lone, "TBL"), 15);
	lone_core_close(&lone);
}

static unsigned reset_kind;

static void note_reset(void *opaque, struct core *core, unsigned kind, int64_t now)
{
	reset_kind = kind;
}

static void test_reset_request(void **state)
{
	struct lone_core lone;

	open_debug(&lone, "ori r0,r0,0", 0, 0);
	core_set_platform(lone.core, &(struct core_platform){ .reset_request = note_reset });
	lone_core_set_spr(&lone, "DBCR0", 3u << 28);
	assert_int_equal(reset_kind, 3);
	assert_int_equal(lone_core_spr(&lone, "DBCR0"), 0);
	lone_core_close(&lone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_step),
		cmocka_unit_test(test_step_over_interrupts),
		cmocka_unit_test(test_step_starts_with_the_next),
		cmocka_unit_test(test_no_trace_when_disabled),
		cmocka_unit_test(test_branch_taken),
		cmocka_unit_test(test_instruction_address),
		cmocka_unit_test(test_instruction_address_modes),
		cmocka_unit_test(test_data_address),
		cmocka_unit_test(test_data_address_disabled),
		cmocka_unit_test(test_trap),
		cmocka_unit_test(test_interrupt_taken),
		cmocka_unit_test(test_return),
		cmocka_unit_test(test_unconditional),
		cmocka_unit_test(test_e500mc_registers),
		cmocka_unit_test(test_freeze_timers),
		cmocka_unit_test(test_reset_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
