/*
 * The MMU and its software TLB against a naive model: every entry ever written is
 * kept as its MAS values, and each access looks at all of them. Random tlbwe,
 * invalidations, PIDs and MSR bits in between; a software TLB that keeps what it
 * should have dropped, or maps what it should not, is caught by the next access.
 */
#include "sim/core/translate.h"
#include "tests/fixture/mmu_fixture.h"

#include <string.h>

#include "sim/base/random.h"

#define OPERATIONS 400000

struct naive_entry {
	bool valid, iprot, space;
	unsigned tid, size;
	uint64_t epn, rpn;
	uint32_t mas3, wimge;
};

struct naive {
	struct naive_entry tlb0[128][4];
	struct naive_entry tlb1[64];
	unsigned ntlb1, npids;
	unsigned pid[3];
};

enum naive_result { NAIVE_OK, NAIVE_MISS, NAIVE_DENIED };

struct naive_access {
	uint32_t ea;
	enum mmu_access access;
	bool space, user;
};

static bool naive_covers(const struct naive_entry *entry, uint32_t ea)
{
	uint64_t bytes = UINT64_C(1024) << 2 * entry->size;

	return entry->valid && ea / bytes == entry->epn / bytes;
}

static bool naive_matches(const struct naive *naive, const struct naive_entry *entry, const struct naive_access *a)
{
	bool process = !entry->tid;

	for (unsigned n = 0; n < naive->npids; n++)
		process |= entry->tid == naive->pid[n];
	return process && entry->space == a->space && naive_covers(entry, a->ea);
}

/* Candidates in the order that sim/mmu/mmu.h documents. */
static const struct naive_entry *naive_find(const struct naive *naive, const struct naive_access *a)
{
	const struct naive_entry *private_match = NULL;

	for (unsigned n = 0; n < 512 + naive->ntlb1; n++) {
		const struct naive_entry *entry = n < 512 ? &naive->tlb0[n / 4][n % 4] : &naive->tlb1[n - 512];

		if (!naive_matches(naive, entry, a))
			continue;
		if (!entry->tid)
			return entry;
		if (!private_match)
			private_match = entry;
	}
	return private_match;
}

static enum naive_result naive_translate(const struct naive *naive, const struct naive_access *a, uint64_t *pa,
					 uint32_t *wimge)
{
	static const uint32_t permission[3][2] = { { 1, 2 }, { 4, 8 }, { 16, 32 } };
	const struct naive_entry *entry = naive_find(naive, a);

	if (!entry)
		return NAIVE_MISS;
	*pa = entry->rpn + (a->ea - entry->epn);
	*wimge = entry->wimge;
	return entry->mas3 & permission[a->access][a->user] ? NAIVE_OK : NAIVE_DENIED;
}

static void naive_write(struct naive *naive, const uint64_t mas[8])
{
	struct naive_entry entry = {
		.valid = mas[1] >> 31, .iprot = mas[1] >> 30 & 1, .space = mas[1] >> 12 & 1,
		.tid = mas[1] >> 16 & 0xff, .size = mas[1] >> 8 & 15,
		.mas3 = mas[3] & 0x3f, .wimge = mas[2] & 0x1f,
	};
	unsigned select = mas[0] >> 16 & 0xfff;
	bool tlb1 = mas[0] >> 28 & 1;
	uint64_t bytes, rpn = (uint64_t)(mas[7] & 15) << 32 | (mas[3] & 0xfffff000);

	if (!tlb1) {
		entry.size = 1;
		entry.iprot = false;
	}
	bytes = UINT64_C(1024) << 2 * entry.size;
	entry.epn = mas[2] / bytes * bytes;
	entry.rpn = rpn / bytes * bytes;
	if (tlb1)
		naive->tlb1[select] = entry;
	else
		naive->tlb0[mas[2] >> 12 & 127][select & 3] = entry;
}

static void naive_tlbivax(struct naive *naive, uint32_t ea)
{
	bool all = ea & 4;

	for (unsigned n = 0; n < 512; n++)
		if (!(ea & 8) && (all || naive_covers(&naive->tlb0[n / 4][n % 4], ea)))
			naive->tlb0[n / 4][n % 4].valid = false;
	for (unsigned n = 0; n < naive->ntlb1; n++)
		if (ea & 8 && !naive->tlb1[n].iprot && (all || naive_covers(&naive->tlb1[n], ea)))
			naive->tlb1[n].valid = false;
}

static void naive_tlbilx_entry(struct naive_entry *entry, unsigned t, uint32_t ea, uint32_t mas6)
{
	bool pid = entry->tid == (mas6 >> 16 & 0xff);

	if (entry->iprot)
		return;
	if (t == 0 || (t == 1 && pid) || (t == 3 && pid && entry->space == (mas6 & 1) && naive_covers(entry, ea)))
		entry->valid = false;
}

static void naive_tlbilx(struct naive *naive, unsigned t, uint32_t ea, uint32_t mas6)
{
	for (unsigned n = 0; n < 512; n++)
		naive_tlbilx_entry(&naive->tlb0[n / 4][n % 4], t, ea, mas6);
	for (unsigned n = 0; n < naive->ntlb1; n++)
		naive_tlbilx_entry(&naive->tlb1[n], t, ea, mas6);
}

static void naive_mmucsr0(struct naive *naive, uint32_t value)
{
	if (value & 4)
		naive_tlbivax(naive, 4);
	if (value & 2)
		naive_tlbivax(naive, 12);
}

struct run {
	struct lone_core f;
	struct naive naive;
	struct random random;
	unsigned fast, slow, missed, denied, overlaps;
};

/* Few pages, so that they meet: 6 neighbours, the same slots 1 MiB on, and the ends of the space. */
static uint32_t random_ea(struct run *run)
{
	static const uint32_t base[] = { 0, 0x00100000, 0x00110000, 0x40000000, 0xfff00000, 0xffff0000 };

	return base[random_below(&run->random, 6)] + (random_below(&run->random, 6) << 12) +
	       (random_below(&run->random, 1024) << 2);
}

static uint64_t random_pa(struct run *run)
{
	static const uint64_t base[] = { 0, 0x03ff0000, HIGH_BASE, ROM_BASE, 0xe0000000, 0xfe0000000 };

	return base[random_below(&run->random, 6)] + (random_below(&run->random, 16) << 12);
}

static unsigned random_pid(struct run *run)
{
	return random_below(&run->random, 4);
}

static bool chance(struct run *run, unsigned percent)
{
	return random_below(&run->random, 100) < percent;
}

static void do_tlbwe(struct run *run)
{
	struct core *core = run->f.core;
	bool tlb1 = chance(run, 30);
	unsigned select = random_below(&run->random, tlb1 ? core->model->tlb1_entries : 4);
	unsigned size = chance(run, 90) ? 1 + random_below(&run->random, 4) : 1 + random_below(&run->random, 12);
	uint32_t flags = (chance(run, 85) ? 0x80000000 : 0) | (chance(run, 10) ? 0x40000000 : 0) |
			 (chance(run, 30) ? 0x1000 : 0);
	uint32_t permissions = chance(run, 70) ? 0x3f : random_below(&run->random, 64);

	fixture_mas(core, (uint32_t)tlb1 << 28 | select << 16, flags | random_pid(run) << 16 | size << 8,
		    (random_ea(run) & 0xfffff000) | (chance(run, 10) ? 1 : 0), random_pa(run) | permissions);
	naive_write(&run->naive, core->mmu.mas);
	assert_true(mmu_tlbwe(&core->mmu));
}

static void do_invalidate(struct run *run)
{
	struct core *core = run->f.core;
	static const unsigned t[4] = { 1, 3, 3, 3 };
	uint32_t ea = random_ea(run) & 0xfffff000, value;
	unsigned kind;

	switch (random_below(&run->random, 3)) {
	case 0:
		ea |= (chance(run, 50) ? 8 : 0) | (chance(run, 5) ? 4 : 0);
		mmu_tlbivax_local(&core->mmu, ea);
		naive_tlbivax(&run->naive, ea);
		break;
	case 1:
		core->mmu.mas[6] = random_pid(run) << 16 | random_below(&run->random, 2);
		kind = chance(run, 3) ? 0 : t[random_below(&run->random, 4)];
		mmu_tlbilx(&core->mmu, kind, ea);
		naive_tlbilx(&run->naive, kind, ea, core->mmu.mas[6]);
		break;
	default:
		value = chance(run, 10) ? random_below(&run->random, 8) : 0;
		mmu_set_mmucsr0(&core->mmu, value);
		naive_mmucsr0(&run->naive, value);
	}
}

static void do_context(struct run *run)
{
	struct core *core = run->f.core;
	unsigned n = random_below(&run->random, run->naive.npids);

	if (chance(run, 30)) {
		run->naive.pid[n] = random_pid(run);
		mmu_set_pid(&core->mmu, n, run->naive.pid[n]);
		return;
	}
	core_set_msr(core, (chance(run, 50) ? MSR_PR : 0) | (chance(run, 30) ? MSR_DS : 0) |
				   (chance(run, 30) ? MSR_IS : 0));
}

/* The host address behind pa, if memory that may be reached directly lies there. */
static uint8_t *host_of(struct run *run, uint64_t pa)
{
	struct bus_memory *memory = bus_find_memory(run->f.bus, pa);

	return memory ? memory->host + (pa - memory->base) : NULL;
}

static bool fast_data(const struct core *core, const struct naive_access *a, const uint8_t **host)
{
	const struct mmu_fast *fast = &core->mmu.data[a->ea >> 12 & (MMU_FAST_ENTRIES - 1)];

	if ((a->access == MMU_READ ? fast->read : fast->write) != (a->ea & 0xfffff000))
		return false;
	*host = (uint8_t *)((uintptr_t)fast->host + a->ea);
	return true;
}

static bool fast_fetch(const struct core *core, const struct naive_access *a, const uint8_t **host)
{
	const struct mmu_fetch *fetch = &core->mmu.fetch[a->ea >> 12 & (MMU_FAST_ENTRIES - 1)];

	if (fetch->page != (a->ea & 0xfffff000))
		return false;
	*host = fetch->host + (a->ea & 0xfff);
	return true;
}

/* Translates the slow way and says what came of it; MSR is put back behind an interrupt. */
static enum naive_result slow_access(struct core *core, const struct naive_access *a, uint64_t *pa)
{
	struct mmu_translation t = { 0 };
	uint32_t msr = core->msr, vector;
	struct op op = { 0 };
	bool uncached;
	const struct mmu_fetch *fetch;

	if (a->access != MMU_EXECUTE) {
		if (translate_data(core, &op, a->ea, a->access == MMU_WRITE, &t) == EXEC_NEXT) {
			*pa = t.pa;
			return NAIVE_OK;
		}
		vector = 16 * IVOR_DTLB;
	} else {
		core->pc = a->ea;
		fetch = translate_fetch(core, &uncached, &t);
		if (fetch || uncached) {
			*pa = t.pa;
			assert_true(uncached || fetch->pa == (t.pa & ~UINT64_C(0xfff)));
			return NAIVE_OK;
		}
		vector = 16 * IVOR_ITLB;
	}
	core_set_msr(core, msr);
	return core->pc == vector ? NAIVE_MISS : NAIVE_DENIED;
}

static void do_access(struct run *run)
{
	struct core *core = run->f.core;
	struct naive_access a = { .ea = random_ea(run), .access = random_below(&run->random, 3) };
	struct mmu_translation t;
	const uint8_t *host = NULL;
	uint64_t pa = 0, slow_pa = 0;
	uint32_t wimge = 0;
	enum naive_result expected;

	a.user = core->msr & MSR_PR;
	a.space = core->msr & (a.access == MMU_EXECUTE ? MSR_IS : MSR_DS);
	expected = naive_translate(&run->naive, &a, &pa, &wimge);
	assert_int_equal(mmu_translate(&core->mmu, a.ea, a.access, a.space, a.user, &t), (enum mmu_result)expected);
	if (expected != NAIVE_MISS) {
		assert_int_equal(t.pa, pa);
		assert_int_equal(t.wimge, wimge);
	}
	if (a.access == MMU_EXECUTE ? fast_fetch(core, &a, &host) : fast_data(core, &a, &host)) {
		assert_int_equal(expected, NAIVE_OK);
		assert_ptr_equal(host, host_of(run, pa));
		assert_false(wimge & 1);
		assert_false(a.access == MMU_WRITE && pa >= ROM_BASE && pa < ROM_BASE + ROM_SIZE);
		run->fast++;
		return;
	}
	assert_int_equal(slow_access(core, &a, &slow_pa), expected);
	if (expected == NAIVE_OK)
		assert_int_equal(slow_pa, pa);
	run->slow += expected == NAIVE_OK;
	run->missed += expected == NAIVE_MISS;
	run->denied += expected == NAIVE_DENIED;
}

static void run_random(const char *model, uint64_t seed)
{
	static struct run run;

	memset(&run, 0, sizeof run);
	fixture_open(&run.f, model);
	run.naive.ntlb1 = run.f.core->model->tlb1_entries;
	run.naive.npids = run.f.core->mmu.config.pids;
	random_seed(&run.random, seed);
	mmu_set_mmucsr0(&run.f.core->mmu, 2);
	fixture_mas(run.f.core, 0x10000000, 0, 0, 0); /* the boot page goes */
	assert_true(mmu_tlbwe(&run.f.core->mmu));
	core_set_msr(run.f.core, 0);
	for (unsigned n = 0; n < OPERATIONS; n++) {
		unsigned kind = random_below(&run.random, 100);

		if (kind < 4)
			do_tlbwe(&run);
		else if (kind < 5)
			do_invalidate(&run);
		else if (kind < 8)
			do_context(&run);
		else
			do_access(&run);
	}
	/* The test is worth something only if each outcome was common, the fast path above all. */
	assert_true(run.fast > OPERATIONS / 20);
	assert_true(run.slow > OPERATIONS / 20);
	assert_true(run.missed > OPERATIONS / 100);
	assert_true(run.denied > OPERATIONS / 100);
	assert_true(run.f.log.count[LOG_GUEST_ERROR] > 1000);
	lone_core_close(&run.f);
}

static void test_random_e500v2(void **state)
{
	run_random("e500v2", 1);
}

static void test_random_e500mc(void **state)
{
	run_random("e500mc", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_e500v2),
		cmocka_unit_test(test_random_e500mc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
