/* Cores on host threads: what must hold although the interleaving is the host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)
#define CORES 4
#define ROUNDS 20000

static uint32_t guest_word(struct machine *machine, uint32_t address)
{
	struct bus_access access = { BUS_NO_CORE, 0 };
	uint64_t value = 0;

	bus_read(machine->bus, &access, address, 4, &value);
	return (uint32_t)value;
}

/* Each core adds one to the same word, so many times, with lwarx and stwcx.: none may be lost. */
static void test_atomic_increments_are_not_lost(void **state)
{
	for (unsigned threads = 1; threads <= CORES; threads++) {
		struct machine *m = guest_machine("e500mc", CORES, GHZ);

		m->quantum = 1000;
		GUEST_CODE(m, 0x1000, W_LI(5, 0x3000), W_LI(6, ROUNDS), W_MTSPR(SPR_CTR, 6), W_LWARX(3, 0, 5),
			   W_ADDI(3, 3, 1), W_STWCX(3, 0, 5), W_BNE(-12), W_BDNZ(-16), W_WAIT);
		for (unsigned i = 0; i < CORES; i++)
			guest_start(m, i, 0x1000);
		threads_set_count(m, threads);
		assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
		assert_int_equal(guest_word(m, 0x3000), CORES * ROUNDS);
		machine_destroy(m);
	}
}

/* A lock taken with lwarx/stwcx. and given back by a plain store guards a plain counter. */
static void test_lock_guards_plain_stores(void **state)
{
	struct machine *m = guest_machine("e500mc", CORES, GHZ);
	const uint32_t lwsync = 0x7c2004ac, cmpwi_r3_0 = 0x2c030000;

	m->quantum = 500;
	GUEST_CODE(m, 0x1000, W_LI(5, 0x3000), W_LI(8, 0x4000), W_LI(6, ROUNDS / 10), W_MTSPR(SPR_CTR, 6), W_LI(7, 1),
		   /* 0x1014 */ W_LWARX(3, 0, 5), cmpwi_r3_0, W_BNE(-8), W_STWCX(7, 0, 5), W_BNE(-16), W_ISYNC,
		   W_LWZ(9, 0, 8), W_ADDI(9, 9, 1), W_STW(9, 0, 8), lwsync, W_LI(3, 0), W_STW(3, 0, 5), W_BDNZ(-48),
		   W_WAIT);
	for (unsigned i = 0; i < CORES; i++)
		guest_start(m, i, 0x1000);
	threads_set_count(m, 2);
	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	assert_int_equal(guest_word(m, 0x4000), CORES * (ROUNDS / 10));
	machine_destroy(m);
}

/* Each core is woken by its own decrementer, so many times at the same times as on one thread. */
static void test_decrementers_fire_at_their_times(void **state)
{
	struct machine *m = guest_machine("e500mc", CORES, GHZ);

	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x0440), W_MTSPR(SPR_TCR, 3), W_ADDIS(4, 0, 1), W_MTSPR(54u, 4) /* DECAR */,
		   W_MTSPR(SPR_DEC, 4), W_WRTEEI(1), W_WAIT, W_B(-4));
	GUEST_CODE(m, 0x2000, W_ADDIS(9, 0, 0x0800), W_MTSPR(SPR_TSR, 9), W_ADDI(10, 10, 1), W_RFI);
	for (unsigned i = 0; i < CORES; i++) {
		m->cores[i]->ivpr = 0;
		m->cores[i]->ivor[10] = 0x2000;
		guest_start(m, i, 0x1000);
	}
	threads_set_count(m, 3);
	guest_run(m, 10 * 65536 + 1000);
	for (unsigned i = 0; i < CORES; i++)
		assert_int_equal(core_gpr(m->cores[i], 10), 10);
	machine_destroy(m);
}

/* msgsnd to the next core in a ring, each of which waits in between: no doorbell is lost, nobody hangs. */
static void test_doorbells_in_a_ring(void **state)
{
	struct machine *m = guest_machine("e500mc", CORES, GHZ);
	const uint32_t msgsnd_r4 = 0x7c00219c;

	GUEST_CODE(m, 0x1000, W_WRTEEI(1), W_WAIT, W_B(-4));
	/* r4: the next core's PIR; r6 counts down. */
	GUEST_CODE(m, 0x2000, W_ADDI(6, 6, -1), 0x2c060000 /* cmpwi r6,0 */, 0x41820008 /* beq +8 */, msgsnd_r4, W_RFI);
	for (unsigned i = 0; i < CORES; i++) {
		m->cores[i]->ivpr = 0;
		m->cores[i]->ivor[36] = 0x2000;
		core_set_gpr(m->cores[i], 4, (i + 1) % CORES);
		core_set_gpr(m->cores[i], 6, 1000);
		guest_start(m, i, 0x1000);
	}
	threads_set_count(m, CORES);
	guest_run(m, 1000);
	interrupt_set_cause(m->cores[0], CAUSE_DOORBELL, true, machine_now(m));
	assert_int_equal(guest_run(m, 0).reason, MACHINE_DEADLOCK);
	for (unsigned i = 0; i < CORES; i++)
		assert_int_equal(core_gpr(m->cores[i], 6), i == 0 ? 0 : 0 + (i > 0));
	machine_destroy(m);
}

/* A core that was given up for parked can be let go from another thread. */
static void release(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	machine_release_core(opaque, (unsigned)value, 0x2000, access->now);
}

static uint64_t read_zero(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	return 0;
}

static void test_release_from_another_thread(void **state)
{
	static const struct bus_ops ops = { read_zero, release };

	for (unsigned run = 0; run < 20; run++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);

		assert_true(bus_add_registers(m->bus, "spin", 0x8000000, 4096, &ops, m, NULL));
		GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x800), W_LI(4, 1), W_STW(4, 0, 3), W_WAIT);
		GUEST_CODE(m, 0x2000, W_MFSPR(6, SPR_TBL_READ), W_WAIT);
		guest_start(m, 0, 0x1000);
		threads_set_count(m, 2);
		guest_run(m, 0);
		assert_int_equal(core_gpr(m->cores[1], 6), 2); /* the store is the third instruction */
		machine_destroy(m);
	}
}

#define W_SPIN W_ADDIS(6, 0, 1), W_MTSPR(SPR_CTR, 6), W_BDNZ(0) /* 65536 times: the other core is well under way */
#define W_TLBIVAX(rb) (0x7c000624u | (rb) << 11)
#define W_TLBSYNC 0x7c00046cu
#define W_MSYNC 0x7c0004acu
#define W_DCBST(rb) (0x7c00006cu | (rb) << 11)
#define W_ICBI(rb) (0x7c0007acu | (rb) << 11)
#define W_BL(bytes) (W_B(bytes) | 1u)

/* TLB0: 0x20000000 -> 0x3000, all permissions. */
static void map_page(struct core *core)
{
	core->mmu.mas[0] = 0;
	core->mmu.mas[1] = 0x80000100;
	core->mmu.mas[2] = 0x20000000;
	core->mmu.mas[3] = 0x3000 | 0x3f;
	core->mmu.mas[7] = 0;
	assert_true(mmu_tlbwe(&core->mmu));
}

/* Core 1 loads from a page again and again; after core 0's tlbivax and tlbsync it must miss. */
static void test_tlbivax_reaches_a_running_core(void **state)
{
	for (unsigned threads = 1; threads <= 2; threads++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);

		GUEST_CODE(m, 0x1000, W_SPIN, W_ADDIS(5, 0, 0x2000), W_TLBIVAX(5), W_TLBSYNC, W_MSYNC, W_WAIT);
		GUEST_CODE(m, 0x2000, W_ADDIS(5, 0, 0x2000), W_LWZ(3, 4, 5), W_B(-4));
		GUEST_CODE(m, 0x2800, W_WAIT);
		m->cores[1]->ivpr = 0;
		m->cores[1]->ivor[13] = 0x2800;
		map_page(m->cores[1]);
		guest_start(m, 0, 0x1000);
		guest_start(m, 1, 0x2000);
		threads_set_count(m, threads);
		assert_int_equal(guest_run(m, 100000000).reason, MACHINE_DEADLOCK);
		assert_int_equal(m->cores[1]->dear, 0x20000004);
		machine_destroy(m);
	}
}

/* Core 1 is parked: what core 0 asks of it between two rounds is all that waits for it. */
static void test_tlbivax_does_not_pile_up(void **state)
{
	struct machine *m = guest_machine("e500mc", 2, GHZ);

	GUEST_CODE(m, 0x1000, W_ADDIS(5, 0, 0x2000), W_TLBIVAX(5), W_B(-4));
	map_page(m->cores[1]);
	guest_start(m, 0, 0x1000);
	threads_set_count(m, 2);
	assert_int_equal(guest_run(m, 1000000).reason, MACHINE_TIME);
	assert_int_equal(m->cores[1]->nposted, 0);
	machine_destroy(m);
}

/* Core 1 calls a function again and again until core 0 has patched it. */
static void test_code_patched_by_another_core(void **state)
{
	for (unsigned threads = 1; threads <= 2; threads++) {
		struct machine *m = guest_machine("e500mc", 2, GHZ);
		const uint32_t cmpwi_r3_2 = 0x2c030002, blr = 0x4e800020;

		GUEST_CODE(m, 0x1000, W_SPIN, W_LI(5, 0x3000), W_ADDIS(4, 0, 0x3860), W_ORI(4, 4, 2), W_STW(4, 0, 5),
			   W_DCBST(5), W_MSYNC, W_ICBI(5), W_MSYNC, W_ISYNC, W_WAIT);
		GUEST_CODE(m, 0x2000, W_BL(0x1000), cmpwi_r3_2, W_BNE(-8), W_WAIT);
		GUEST_CODE(m, 0x3000, W_LI(3, 1), blr);
		guest_start(m, 0, 0x1000);
		guest_start(m, 1, 0x2000);
		threads_set_count(m, threads);
		assert_int_equal(guest_run(m, 100000000).reason, MACHINE_DEADLOCK);
		assert_int_equal(core_gpr(m->cores[1], 3), 2);
		machine_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_atomic_increments_are_not_lost),
		cmocka_unit_test(test_lock_guards_plain_stores),
		cmocka_unit_test(test_decrementers_fire_at_their_times),
		cmocka_unit_test(test_doorbells_in_a_ring),
		cmocka_unit_test(test_release_from_another_thread),
		cmocka_unit_test(test_tlbivax_reaches_a_running_core),
		cmocka_unit_test(test_tlbivax_does_not_pile_up),
		cmocka_unit_test(test_code_patched_by_another_core),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
