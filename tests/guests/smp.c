/*
 * Several cores: release through the spin table, locks and atomic counters,
 * interprocessor interrupts, reservations that another core's store breaks,
 * invalidations that reach every core, code that another core has written,
 * doorbells (e500mc).
 * guest: cores 4
 */
#include "tests/guests/runtime/guest.h"

#define CORES 4
#define ROUNDS 2000
#define PAGE 0x50000000u
#define VECTOR 0x55

static volatile uint32_t phase; /* what the other cores are to do; the number of the test */
static volatile uint32_t done[CORES];
static volatile uint32_t lock_word, locked_count, atomic_count, inside, overlaps;
static volatile uint32_t ipis[CORES], ipi_senders;

static uint32_t atomic_add(volatile uint32_t *word, uint32_t n)
{
	uint32_t value;

	asm volatile("1:\tlwarx %0, 0, %1\n\tadd %0, %0, %2\n\tstwcx. %0, 0, %1\n\tbne- 1b"
		     : "=&r"(value) : "r"(word), "r"(n) : "cr0", "memory");
	return value;
}

static void lock(volatile uint32_t *word)
{
	uint32_t seen;

	asm volatile("1:\tlwarx %0, 0, %1\n\tcmpwi %0, 0\n\tbne- 1b\n\tstwcx. %2, 0, %1\n\tbne- 1b\n\tisync"
		     : "=&r"(seen) : "r"(word), "r"(1) : "cr0", "memory");
}

static void unlock(volatile uint32_t *word)
{
	sync();
	*word = 0;
}

/* Each core adds under a lock and without one; nobody meets another inside. */
static void work_locks(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		lock(&lock_word);
		if (atomic_add(&inside, 1) != 1)
			overlaps = overlaps + 1;
		locked_count = locked_count + 1;
		atomic_add(&inside, -1u);
		unlock(&lock_word);
		atomic_add(&atomic_count, 3);
	}
}

static void mpic_open(void)
{
	write32(MPIC + 0x80, 0);                          /* this core's task priority */
	for (unsigned n = 0; n < 4; n++)                  /* IPI n: a priority, a vector */
		write32(MPIC + 0x10a0 + 0x10 * n, (8 + n) << 16 | (VECTOR + n));
}

/* An interrupt in front of `wait` is what it would wait for: step over it. */
static void leave_wait(struct frame *frame)
{
	if (read32(frame->pc) == 0x7c00007c)
		frame->pc += 4;
}

static void on_external(struct frame *frame)
{
	uint32_t vector = read32(MPIC + 0xa0);

	leave_wait(frame);
	if (vector == VECTOR)
		atomic_add(&ipis[core_number()], 1);
	else
		atomic_add(&ipi_senders, 1);
	write32(MPIC + 0xb0, 0);
}

/* Waits for an interrupt: e500v2 has no `wait`, and spins here. */
static void wait_for(volatile uint32_t *word, uint32_t value)
{
	while (*word < value)
		if (is_e500v2())
			asm volatile("wrteei 1\n\tnop\n\twrteei 0" : : : "memory");
		else
			asm volatile("wrteei 1\n\t.long 0x7c00007c\n\twrteei 0" : : : "memory");
}

static void work_ipis(void)
{
	unsigned me = core_number();

	mpic_open();
	atomic_add(&done[me], 1); /* open */
	wait_for(&ipis[me], 5);
	write32(MPIC + 0x40 + 0x10 * me, 1); /* IPI of one's own number, to core 0: two of one number would be one */
}

static void map_own(uint32_t pa)
{
	mtspr(SPR_MAS0, 0); /* TLB0, way 0 */
	mtspr(SPR_MAS1, 0x80000100u);
	mtspr(SPR_MAS2, PAGE);
	mtspr(SPR_MAS3, pa | 0x15);
	mtspr(SPR_MAS7, 0);
	asm volatile("isync\n\ttlbwe\n\tisync" : : : "memory");
}

static volatile uint32_t misses[CORES];

static void on_miss(struct frame *frame)
{
	misses[core_number()] = misses[core_number()] + 1;
	frame->pc += 4;
}

/* Maps a page, lets core 0 know, and reads it until core 0's tlbivax has taken it away. */
static void work_invalidation(void)
{
	unsigned me = core_number();

	map_own(FREE_MEMORY);
	CHECK_EQUAL(read32(PAGE), 0x11111111);
	atomic_add(&done[me], 1);
	while (!misses[me])
		read32(PAGE);
}

#define CODE ((volatile uint32_t *)(FREE_MEMORY + 0x1000))
static volatile uint32_t code_turn;

static void work_code(void)
{
	for (uint32_t n = 0; n < 50; n++) {
		while (code_turn != 2 * n + 1)
			;
		isync();
		CHECK_EQUAL(((uint32_t (*)(void))(uint32_t)CODE)(), n);
		if (atomic_add(&done[0], 1) % (CORES - 1) == 0)
			code_turn = 2 * n + 2;
	}
}

static volatile uint32_t doorbells[CORES];

static void on_doorbell(struct frame *frame)
{
	leave_wait(frame);
	atomic_add(&doorbells[core_number()], 1);
}

static void work_doorbells(void)
{
	unsigned me = core_number();

	atomic_add(&done[me], 1);
	wait_for(&doorbells[me], 1);
}

static volatile uint32_t shared[64] __attribute__((aligned(256)));
static volatile uint32_t store_at; /* where core 1 is to store; 1: it is done */

static void work_reservation(void)
{
	uint32_t at; /* read once: core 0 may change it meanwhile */

	while (core_number() == 1 && (at = store_at) != 1)
		if (at) {
			write32(at, 1);
			sync();
			store_at = 0;
		}
}

static void (*const works[])(void) = { work_locks, work_ipis, work_invalidation, work_code, work_doorbells,
				      work_reservation };

static void other_core(void)
{
	unsigned me = core_number();

	for (uint32_t n = 0; n < sizeof works / sizeof *works; n++) {
		while (phase != n + 1)
			;
		works[n]();
		atomic_add(&done[me], 1);
	}
	idle_forever();
}

static void start_phase(uint32_t n)
{
	for (unsigned core = 0; core < CORES; core++)
		done[core] = 0;
	sync();
	phase = n;
}

static void wait_done(uint32_t n)
{
	for (unsigned core = 1; core < CORES; core++)
		while (done[core] < n)
			;
}

static void test_locks(void)
{
	start_phase(1);
	work_locks();
	wait_done(1);
	CHECK_EQUAL(locked_count, CORES * ROUNDS);
	CHECK_EQUAL(atomic_count, 3 * CORES * ROUNDS);
	CHECK_EQUAL(overlaps, 0);
}

/* Core 0 sends to each core alone, then to all others at once; each answers. */
static void test_ipis(void)
{
	mpic_open();
	start_phase(2);
	wait_done(1);
	for (unsigned core = 1; core < CORES; core++)
		for (unsigned n = 1; n <= 4; n++) {
			write32(MPIC + 0x40, 1u << core);
			while (ipis[core] < n)
				;
		}
	CHECK_EQUAL(ipis[0], 0);
	write32(MPIC + 0x40, 0xe);
	wait_for(&ipi_senders, CORES - 1);
	wait_done(2);
	for (unsigned core = 1; core < CORES; core++)
		CHECK_EQUAL(ipis[core], 5);
	CHECK_EQUAL(ipi_senders, CORES - 1);
}

static void test_invalidation(void)
{
	write32(FREE_MEMORY, 0x11111111);
	start_phase(3);
	wait_done(1);
	asm volatile("tlbivax 0, %0\n\tsync\n\ttlbsync\n\tsync" : : "r"(PAGE) : "memory");
	wait_done(2);
	for (unsigned core = 1; core < CORES; core++)
		CHECK_EQUAL(misses[core], 1);
}

static void test_code(void)
{
	start_phase(4);
	for (uint32_t n = 0; n < 50; n++) {
		CODE[0] = 0x38600000 | n; /* li r3, n */
		CODE[1] = 0x4e800020;     /* blr */
		asm volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync" : : "r"(CODE) : "memory");
		code_turn = 2 * n + 1;
		while (code_turn != 2 * n + 2)
			;
	}
	wait_done(1);
}

static void test_doorbells(void)
{
	start_phase(5);
	wait_done(1);
	if (is_e500v2()) {
		for (unsigned core = 1; core < CORES; core++)
			doorbells[core] = 1;
		wait_done(2);
		return;
	}
	for (unsigned core = 1; core < CORES; core++)
		asm volatile("mr 3, %0\n\t.long 0x7c00199c"
			     :
			     : "r"(core)
			     : "r3", "memory"); /* msgsnd r3: type 0, PIR */
	wait_done(2);
	for (unsigned core = 1; core < CORES; core++)
		CHECK_EQUAL(doorbells[core], 1);
	CHECK_EQUAL(doorbells[0], 0);
}

/* lwarx; core 1 stores at `at`; stwcx.: true if it stored. Nothing in between makes a reservation of its own. */
static int survives(uint32_t at)
{
	uint32_t cr;

	asm volatile("lwarx 3, 0, %0" : : "r"(shared) : "r3", "memory");
	store_at = at;
	while (store_at)
		;
	asm volatile("stwcx. 3, 0, %1\n\tmfcr %0" : "=r"(cr) : "r"(shared) : "r3", "cr0", "memory");
	return cr >> 29 & 1;
}

/* A store of another core to the granule breaks the reservation; one elsewhere does not. */
static void test_reservation(void)
{
	uint32_t cr;

	start_phase(6);
	CHECK(survives((uint32_t)(shared + 32)));
	CHECK(!survives((uint32_t)shared));
	CHECK(!survives((uint32_t)(shared + 7))); /* 32 bytes are a granule on both cores */
	CHECK(survives((uint32_t)(shared + 16)));
	store_at = 1;
	wait_done(1);
	/* And one's own stwcx. uses it up. */
	asm volatile("lwarx 3, 0, %1\n\tstwcx. 3, 0, %1\n\tstwcx. 3, 0, %1\n\tmfcr %0"
		     : "=r"(cr) : "r"(shared) : "r3", "cr0", "memory");
	CHECK_EQUAL(cr >> 29 & 1, 0);
}

int main(void)
{
	CHECK_EQUAL(core_count(), CORES);
	trap_handlers[4] = on_external;
	trap_handlers[13] = on_miss;
	trap_handlers[36] = on_doorbell;
	write32(MPIC + 0x1020, 0x20000000); /* mixed mode */
	for (unsigned core = 1; core < CORES; core++)
		core_start(core, other_core);
	test_locks();
	test_ipis();
	test_invalidation();
	test_code();
	test_doorbells();
	test_reservation();
	return 0;
}
