/*
 * The MMU against E500CORERM chapter 12. Register values are written out as the
 * manual's figures number their bits: MAS0 TLBSEL 0x10000000, ESEL 16 on, NV 0;
 * MAS1 V 80000000, IPROT 40000000, TID 16 on, TS 1000, TSIZE 8 on.
 */
#include "sim/core/translate.h"
#include "tests/fixture/mmu_fixture.h"

#include "sim/exec/exec_table.h"
#include "sim/core/debug_event.h"
#include "sim/exec/exec.h"

#define TLB1(n) (0x10000000u | (uint32_t)(n) << 16)
#define TLB0(way) ((uint32_t)(way) << 16)
#define V 0x80000000u
#define IPROT 0x40000000u
#define TID(n) ((uint32_t)(n) << 16)
#define TS 0x1000u
#define TSIZE(n) ((uint32_t)(n) << 8)
#define ALL 0x3fu

static int setup_v2(void **state)
{
	static struct lone_core f;

	fixture_open(&f, "e500v2");
	*state = &f;
	return 0;
}

static int setup_mc(void **state)
{
	static struct lone_core f;

	fixture_open(&f, "e500mc");
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	lone_core_close(*state);
	return 0;
}

static struct core *core_of(void **state)
{
	return ((struct lone_core *)*state)->core;
}

static enum mmu_result translate(struct core *core, uint32_t ea, enum mmu_access access, bool space, bool user,
				 uint64_t *pa)
{
	struct mmu_translation t = { 0 };
	enum mmu_result result = mmu_translate(&core->mmu, ea, access, space, user, &t);

	*pa = t.pa;
	return result;
}

static void assert_maps(struct core *core, uint32_t ea, bool space, uint64_t expected)
{
	uint64_t pa;

	assert_int_equal(translate(core, ea, MMU_READ, space, false, &pa), MMU_OK);
	assert_int_equal(pa, expected);
}

static void assert_misses(struct core *core, uint32_t ea, bool space)
{
	uint64_t pa;

	assert_int_equal(translate(core, ea, MMU_READ, space, false, &pa), MMU_MISS);
}

static void test_reset_maps_the_boot_page(void **state)
{
	struct core *core = core_of(state);
	uint64_t pa;

	assert_int_equal(translate(core, 0xfffffffc, MMU_EXECUTE, false, false, &pa), MMU_OK);
	assert_int_equal(pa, 0xfffffffc);
	assert_misses(core, 0xffffeffc, false);
	assert_misses(core, 0xfffffffc, true);
	core->mmu.mas[0] = TLB1(0);
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[1], V | IPROT | TSIZE(1));
}

/* Table 12-1: 4 KiB, times 4 with each step of TSIZE; EPN and RPN are cut at the page's boundary. */
static void test_tlb1_page_sizes(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB1(0), 0, 0, 0)); /* the boot page */
	for (unsigned size = 1; size <= 11; size++) {
		uint64_t bytes = UINT64_C(1024) << 2 * size;
		uint32_t ea = (uint32_t)(0x55555000 & ~(bytes - 1));
		uint64_t pa = UINT64_C(0xa77777000) & ~(bytes - 1);

		core->hid0 = HID0_EN_MAS7_UPDATE;
		translate_set_context(core);
		assert_true(fixture_write(core, TLB1(3), V | TSIZE(size), 0x55555000, UINT64_C(0xa77777000) | ALL));
		assert_maps(core, ea, false, pa);
		assert_maps(core, (uint32_t)(ea + bytes - 1), false, pa + bytes - 1);
		if (size < 11) {
			assert_misses(core, (uint32_t)(ea + bytes), false);
			assert_misses(core, ea - 1, false);
		}
		mmu_tlbre(&core->mmu);
		assert_int_equal(core->mmu.mas[2], ea);
		assert_int_equal(core->mmu.mas[3], (uint32_t)pa | ALL);
		assert_int_equal(core->mmu.mas[7], 0xa);
	}
}

static void test_tlbwe_refuses(void **state)
{
	struct core *core = core_of(state);

	assert_false(fixture_write(core, 0x20000000, V | TSIZE(1), 0x1000, ALL)); /* no TLB2 */
	assert_false(fixture_write(core, TLB1(16), V | TSIZE(1), 0x1000, ALL));   /* 16 entries: 0..15 */
	assert_true(fixture_write(core, TLB1(15), V | TSIZE(1), 0x1000, ALL));
	assert_false(fixture_write(core, TLB1(1), V | TSIZE(0), 0x1000, ALL)); /* TLB1CFG[MINSIZE] = 1 */
	assert_false(fixture_write(core, TLB1(1), V | TSIZE(13), 0x1000, ALL)); /* TLB1CFG[MAXSIZE] = 12 */
	assert_true(fixture_write(core, TLB1(1), TSIZE(0), 0, 0)); /* how software empties an entry */
	assert_true(fixture_write(core, TLB1(1), V | TSIZE(12), 0, ALL));
}

static void test_e500mc_has_64_tlb1_entries(void **state)
{
	struct core *core = core_of(state);

	for (unsigned n = 0; n < 64; n++)
		assert_true(fixture_write(core, TLB1(n), V | TSIZE(1), 0x10000 + 0x1000 * n,
					  (0x40000 + 0x1000 * n) | ALL));
	for (unsigned n = 0; n < 64; n++)
		assert_maps(core, 0x10004 + 0x1000 * n, false, 0x40004 + 0x1000 * n);
	assert_false(fixture_write(core, TLB1(64), V | TSIZE(1), 0x1000, ALL));
}

/* 12.3.2: TLB0 has 4 KiB pages and no IPROT; EPN bits 45-51 select the set, ESEL the way. */
static void test_tlb0_entry(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB0(2), V | IPROT | TSIZE(5), 0x12345000, 0x00abc000 | ALL));
	assert_maps(core, 0x12345678, false, 0x00abc678);
	assert_misses(core, 0x12346000, false);
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[1], V | TSIZE(1));
	core->mmu.mas[0] = TLB0(1);
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[1] & V, 0);
	core->mmu.mas[0] = TLB0(2);
	core->mmu.mas[2] = 0x45000; /* the same set by bits 45-51 */
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[2], 0x12345000);
	core->mmu.mas[2] = 0x46000; /* the next set */
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[1] & V, 0);
}

static void test_all_fields_come_back(void **state)
{
	struct core *core = core_of(state);

	core->hid0 = HID0_EN_MAS7_UPDATE;
	translate_set_context(core);
	assert_true(fixture_write(core, TLB1(7), V | IPROT | TID(0xa5) | TS | TSIZE(3), 0x0ff7007f,
				  UINT64_C(0xfabcd03ff)));
	fixture_mas(core, TLB1(7), 0, 0, 0);
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[1], V | IPROT | TID(0xa5) | TS | TSIZE(3));
	assert_int_equal(core->mmu.mas[2], 0x0ff7007f); /* X0, X1, WIMGE */
	assert_int_equal(core->mmu.mas[3], 0xabcd03ff); /* U0-U3 and permissions */
	assert_int_equal(core->mmu.mas[7], 0xf);
}

/* 12.3.2.2.2: ESEL takes TLB0[NV], NV its successor; tlbwe writes NV back. One counter for each set. */
static void test_round_robin(void **state)
{
	struct core *core = core_of(state);
	uint64_t *mas = core->mmu.mas;

	for (unsigned n = 0; n < 9; n++) {
		mmu_miss(&core->mmu, 0x5000, false);
		assert_int_equal(mas[0], TLB0(n % 4) | (n + 1) % 4);
		mmu_miss(&core->mmu, 0x5000, false); /* no tlbwe in between: nothing moves */
		assert_int_equal(mas[0], TLB0(n % 4) | (n + 1) % 4);
		assert_true(mmu_tlbwe(&core->mmu));
	}
	mmu_miss(&core->mmu, 0x6000, false);
	assert_int_equal(mas[0], TLB0(0) | 1);
	mas[4] = 0x10000000; /* TLBSELD = 1: no hint for TLB1 */
	mmu_miss(&core->mmu, 0x5000, false);
	assert_int_equal(mas[0], 0x10000000);
}

/* Table 12-15, column of the TLB error interrupts. */
static void test_miss_sets_mas(void **state)
{
	struct core *core = core_of(state);
	uint64_t *mas = core->mmu.mas;
	static const uint32_t tid[4] = { 0x11, 0x22, 0x33, 0 };

	core->hid0 = HID0_EN_MAS7_UPDATE;
	translate_set_context(core);
	mmu_set_pid(&core->mmu, 0, 0x11);
	mmu_set_pid(&core->mmu, 1, 0x22);
	mmu_set_pid(&core->mmu, 2, 0x33);
	for (unsigned select = 0; select < 4; select++) {
		mas[3] = 0xffffffff;
		mas[7] = 0xf;
		mas[4] = select << 16 | TSIZE(1) | 0x55; /* X0, W, M, E */
		mmu_miss(&core->mmu, 0xdeadbeef, select & 1);
		assert_int_equal(mas[1], V | TID(tid[select]) | (select & 1 ? TS : 0) | TSIZE(1));
		assert_int_equal(mas[2], 0xdeadb055);
		assert_int_equal(mas[3], 0);
		assert_int_equal(mas[6], 0x00110000 | (select & 1));
		assert_int_equal(mas[7], 0);
	}
	mas[4] = 0;
	mmu_miss_pid(&core->mmu, 0x1000, true, 0x77); /* an external PID */
	assert_int_equal(mas[1], V | TID(0x77) | TS);
	assert_int_equal(mas[6], 0x00770001);
}

/* Table 12-15, columns tlbsx hit and tlbsx miss. */
static void test_tlbsx(void **state)
{
	struct core *core = core_of(state);
	uint64_t *mas = core->mmu.mas;

	core->hid0 = HID0_EN_MAS7_UPDATE;
	translate_set_context(core);
	assert_true(fixture_write(core, TLB1(9), V | IPROT | TID(5) | TS | TSIZE(5), 0x00300004,
				  UINT64_C(0x100400000) | ALL));
	assert_true(fixture_write(core, TLB0(3) | 2, V | TID(6), 0x00345000, 0x7000 | 1));
	mas[4] = TSIZE(2) | 0x0b;
	mas[6] = 0x00050001;
	mmu_tlbsx(&core->mmu, 0x003abcde);
	assert_int_equal(mas[0], TLB1(9));
	assert_int_equal(mas[1], V | IPROT | TID(5) | TS | TSIZE(5));
	assert_int_equal(mas[2], 0x00300004);
	assert_int_equal(mas[3], 0x00400000 | ALL);
	assert_int_equal(mas[7], 1);
	mas[6] = 0x00060000;
	mmu_tlbsx(&core->mmu, 0x00345fff);
	assert_int_equal(mas[0], TLB0(3) | 2); /* NV: what the tlbwe left in TLB0[NV] */
	assert_int_equal(mas[1], V | TID(6) | TSIZE(1));
	mas[6] = 0x00060001; /* the other space */
	mmu_tlbsx(&core->mmu, 0x00345fff);
	assert_int_equal(mas[0], TLB0(2) | 3);
	assert_int_equal(mas[1], TID(6) | TS | TSIZE(2)); /* V = 0: not found */
	assert_int_equal(mas[2] & 0x7f, 0x0b);
	assert_int_equal(mas[3], 0);
	assert_int_equal(mas[7], 0);
	assert_int_equal(mas[6], 0x00060001);
}

static void test_tlbsx_finds_tid_0_for_every_pid(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x8000, 0x9000 | ALL));
	core->mmu.mas[6] = 0x00990000;
	mmu_tlbsx(&core->mmu, 0x8000);
	assert_int_equal(core->mmu.mas[1], V | TSIZE(1));
}

/* 12.4.1: e500v2 moves the high part of RPN only with HID0[EN_MAS7_UPDATE]. */
static void test_mas7_update_e500v2(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x8000, UINT64_C(0x300009000) | ALL));
	core->mmu.mas[7] = 0xc;
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[7], 0xc);
	core->hid0 = HID0_EN_MAS7_UPDATE;
	translate_set_context(core);
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[7], 0x3);
}

static void test_mas7_update_e500mc(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x8000, UINT64_C(0x300009000) | ALL));
	core->mmu.mas[7] = 0xc;
	mmu_tlbre(&core->mmu);
	assert_int_equal(core->mmu.mas[7], 0x3);
}

/* 12.2.2: TS against AS; TID against PID0, PID1, PID2 or zero. */
static void test_match(void **state)
{
	struct core *core = core_of(state);

	assert_true(fixture_write(core, TLB0(0), V | TID(7), 0x1000, 0xa000 | ALL));
	assert_true(fixture_write(core, TLB0(1), V | TID(7) | TS, 0x1000, 0xb000 | ALL));
	assert_misses(core, 0x1000, false);
	for (unsigned n = 0; n < 3; n++) {
		mmu_set_pid(&core->mmu, n, 7);
		assert_maps(core, 0x1000, false, 0xa000);
		assert_maps(core, 0x1000, true, 0xb000);
		mmu_set_pid(&core->mmu, n, 8);
		assert_misses(core, 0x1000, false);
	}
	assert_true(fixture_write(core, TLB0(0), V, 0x1000, 0xc000 | ALL));
	assert_maps(core, 0x1000, false, 0xc000);
}

static void test_permissions(void **state)
{
	struct core *core = core_of(state);
	/* MAS3: UX SX UW SW UR SR from bit 5 down. */
	static const struct { uint32_t bit; enum mmu_access access; bool user; } row[] = {
		{ 0x01, MMU_READ, false },    { 0x02, MMU_READ, true },
		{ 0x04, MMU_WRITE, false },   { 0x08, MMU_WRITE, true },
		{ 0x10, MMU_EXECUTE, false }, { 0x20, MMU_EXECUTE, true },
	};
	uint64_t pa;

	for (unsigned set = 0; set < 6; set++) {
		assert_true(fixture_write(core, TLB0(0), V, 0x1000, 0xc000 | row[set].bit));
		for (unsigned n = 0; n < 6; n++)
			assert_int_equal(translate(core, 0x1000, row[n].access, false, row[n].user, &pa),
					 n == set ? MMU_OK : MMU_DENIED);
	}
}

static void test_external_pid(void **state)
{
	struct core *core = core_of(state);
	struct mmu_translation t;

	assert_true(fixture_write(core, TLB0(0), V | TID(9) | TS, 0x1000, 0xc000 | 2));
	assert_int_equal(mmu_translate_pid(&core->mmu, 0x1004, MMU_READ, true, true, 9, &t), MMU_OK);
	assert_int_equal(t.pa, 0xc004);
	assert_int_equal(mmu_translate_pid(&core->mmu, 0x1004, MMU_READ, true, false, 9, &t), MMU_DENIED);
	assert_int_equal(mmu_translate_pid(&core->mmu, 0x1004, MMU_READ, true, true, 8, &t), MMU_MISS);
}

/* What the manual forbids has one answer here: TID 0 first, then TLB0, then the lower number; and a line in the log. */
static void test_overlap(void **state)
{
	struct lone_core *f = *state;
	struct core *core = f->core;
	struct mmu_translation t;
	struct op op = { 0 };

	mmu_set_pid(&core->mmu, 0, 1);
	assert_true(fixture_write(core, TLB1(5), V | TID(1) | TSIZE(1), 0x1000, 0x5000 | ALL));
	assert_true(fixture_write(core, TLB1(4), V | TID(1) | TSIZE(1), 0x1000, 0x4000 | ALL));
	assert_maps(core, 0x1000, false, 0x4000);
	assert_true(fixture_write(core, TLB0(2), V | TID(1), 0x1000, 0x2000 | ALL));
	assert_maps(core, 0x1000, false, 0x2000);
	assert_true(fixture_write(core, TLB1(6), V | TSIZE(1), 0x1000, 0x6000 | ALL));
	assert_maps(core, 0x1000, false, 0x6000);
	assert_int_equal(f->log.count[LOG_GUEST_ERROR], 0); /* mmu_translate has no side effect */
	assert_int_equal(translate_data(core, &op, 0x1000, false, &t), EXEC_NEXT);
	assert_int_equal(t.pa, 0x6000);
	assert_int_equal(f->log.count[LOG_GUEST_ERROR], 1);
}

/* One entry of each kind at ea 0x1000 that tlbivax may or may not find. */
static void fill_for_tlbivax(struct core *core)
{
	assert_true(fixture_write(core, TLB0(0), V | TID(1), 0x1000, 0xa000 | ALL));
	assert_true(fixture_write(core, TLB0(1), V | TID(2) | TS, 0x1000, 0xb000 | ALL));
	assert_true(fixture_write(core, TLB0(0), V, 0x2000, 0xc000 | ALL));
	assert_true(fixture_write(core, TLB1(1), V | TID(3) | TSIZE(2), 0x0000, 0x10000 | ALL));
	assert_true(fixture_write(core, TLB1(2), V | IPROT | TID(4) | TSIZE(2), 0x0000, 0x20000 | ALL));
	assert_true(fixture_write(core, TLB1(3), V | TSIZE(2), 0x4000, 0x30000 | ALL));
}

/* Bit n: entry n of the list above is valid. */
static unsigned valid_of_tlbivax(struct core *core)
{
	static const uint32_t mas0[6] = { TLB0(0), TLB0(1), TLB0(0), TLB1(1), TLB1(2), TLB1(3) };
	static const uint32_t mas2[6] = { 0x1000, 0x1000, 0x2000, 0, 0, 0 };
	unsigned valid = 0;

	for (unsigned n = 0; n < 6; n++) {
		core->mmu.mas[0] = mas0[n];
		core->mmu.mas[2] = mas2[n];
		mmu_tlbre(&core->mmu);
		if (core->mmu.mas[1] & V)
			valid |= 1 << n;
	}
	return valid;
}

/* 12.4.4: neither PID nor AS is compared; bit 60 selects TLB1, bit 61 all; IPROT protects. */
static void test_tlbivax(void **state)
{
	struct core *core = core_of(state);

	fill_for_tlbivax(core);
	assert_int_equal(valid_of_tlbivax(core), 0x3f);
	mmu_tlbivax_local(&core->mmu, 0x1000);
	assert_int_equal(valid_of_tlbivax(core), 0x3c);
	mmu_tlbivax_local(&core->mmu, 0x1008);
	assert_int_equal(valid_of_tlbivax(core), 0x34);
	fill_for_tlbivax(core);
	mmu_tlbivax_local(&core->mmu, 0x9004);
	assert_int_equal(valid_of_tlbivax(core), 0x38);
	mmu_tlbivax_local(&core->mmu, 0x900c);
	assert_int_equal(valid_of_tlbivax(core), 0x10);
	assert_maps(core, 0xfffff000, false, 0xfffff000); /* the boot page is protected too */
}

static void test_mmucsr0(void **state)
{
	struct core *core = core_of(state);

	fill_for_tlbivax(core);
	mmu_set_mmucsr0(&core->mmu, 0x4);
	assert_int_equal(valid_of_tlbivax(core), 0x38);
	mmu_set_mmucsr0(&core->mmu, 0x2);
	assert_int_equal(valid_of_tlbivax(core), 0x10);
	assert_int_equal(core->mmu.mmucsr0, 0);
}

/* Power ISA Book III-E, tlbilx: T = 0 all, 1 those of MAS6[SPID], 3 the page in MAS6[SPID] and MAS6[SAS]. */
static void test_tlbilx(void **state)
{
	struct core *core = core_of(state);

	fill_for_tlbivax(core);
	core->mmu.mas[6] = 0x00020000;
	mmu_tlbilx(&core->mmu, 3, 0x1000); /* PID 2, but space 0 */
	assert_int_equal(valid_of_tlbivax(core), 0x3f);
	core->mmu.mas[6] = 0x00020001;
	mmu_tlbilx(&core->mmu, 3, 0x1fff);
	assert_int_equal(valid_of_tlbivax(core), 0x3d);
	core->mmu.mas[6] = 0x00030000;
	mmu_tlbilx(&core->mmu, 3, 0x3000);
	assert_int_equal(valid_of_tlbivax(core), 0x35);
	core->mmu.mas[6] = 0x00040000;
	mmu_tlbilx(&core->mmu, 1, 0); /* protected */
	assert_int_equal(valid_of_tlbivax(core), 0x35);
	core->mmu.mas[6] = 0x00010001;
	mmu_tlbilx(&core->mmu, 1, 0);
	assert_int_equal(valid_of_tlbivax(core), 0x34);
	core->mmu.mas[6] = 0;
	mmu_tlbilx(&core->mmu, 1, 0);
	assert_int_equal(valid_of_tlbivax(core), 0x10);
	fill_for_tlbivax(core);
	core->mmu.mas[6] = 0x00770000;
	mmu_tlbilx(&core->mmu, 0, 0);
	assert_int_equal(valid_of_tlbivax(core), 0x10);
}

static const struct mmu_fast *data_slot(const struct core *core, uint32_t ea)
{
	return &core->mmu.data[ea >> 12 & (MMU_FAST_ENTRIES - 1)];
}

static void test_fill_data(void **state)
{
	struct lone_core *f = *state;
	struct core *core = f->core;
	struct mmu_translation t;
	struct op op = { 0 };
	uint8_t *host = bus_find_memory(f->bus, 0)->host;

	assert_true(fixture_write(core, TLB0(0), V, 0x80001000 | MMU_I, 0x00300000 | 5));
	assert_int_equal(translate_data(core, &op, 0x80001234, false, &t), EXEC_NEXT);
	assert_int_equal(t.pa, 0x00300234);
	assert_int_equal(data_slot(core, 0x80001000)->read, 0x80001000);
	assert_int_equal(data_slot(core, 0x80001000)->write, 0x80001000);
	assert_int_equal(core->mmu.data_wimge[1], MMU_I);
	assert_ptr_equal((uint8_t *)((uintptr_t)data_slot(core, 0x80001000)->host + 0x80001234), host + 0x300234);
	assert_ptr_equal(data_slot(core, 0x80001000)->flags, bus_find_memory(f->bus, 0)->flags + 0x300);
}

/* 36 bits: only the memory at 32 GiB is meant, not its low 32 bits. */
static void test_fill_data_above_4_gib(void **state)
{
	struct lone_core *f = *state;
	struct core *core = f->core;
	struct mmu_translation t;
	struct op op = { 0 };

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(5), 0x40000000, HIGH_BASE | 5));
	assert_int_equal(translate_data(core, &op, 0x4000a000, true, &t), EXEC_NEXT);
	assert_int_equal(t.pa, HIGH_BASE + 0xa000);
	assert_ptr_equal((uint8_t *)((uintptr_t)data_slot(core, 0x4000a000)->host + 0x4000a000),
			 bus_find_memory(f->bus, HIGH_BASE)->host + 0xa000);
	assert_int_equal(translate_data(core, &op, 0x400ff000, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x400ff000)->read, 0x400ff000);
}

static void test_fill_data_without_fast_entry(void **state)
{
	struct lone_core *f = *state;
	struct core *core = f->core;
	struct mmu_translation t;
	struct op op = { 0 };

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x1000 | 1, 0x1000 | 5)); /* little-endian */
	assert_true(fixture_write(core, TLB1(2), V | TSIZE(1), 0x2000, 0xe0002000 | 5)); /* nothing there */
	assert_true(fixture_write(core, TLB1(3), V | TSIZE(1), 0x3000, 0xf0003000 | 5)); /* read-only */
	assert_true(fixture_write(core, TLB1(4), V | TSIZE(1), 0x4000, 0x4000 | 5));
	assert_int_equal(translate_data(core, &op, 0x1004, false, &t), EXEC_NEXT);
	assert_int_equal(t.wimge, 1);
	assert_int_equal(data_slot(core, 0x1000)->read, MMU_FAST_NONE);
	assert_int_equal(translate_data(core, &op, 0x2004, false, &t), EXEC_NEXT);
	assert_int_equal(t.pa, 0xe0002004);
	assert_int_equal(data_slot(core, 0x2000)->read, MMU_FAST_NONE);
	assert_int_equal(translate_data(core, &op, 0x3004, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x3000)->read, 0x3000);
	assert_int_equal(data_slot(core, 0x3000)->write, MMU_FAST_NONE);
	assert_int_equal(translate_data(core, &op, 0x4004, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x4000)->read, 0x4000);
	mmu_set_data_slow(&core->mmu, true);
	assert_int_equal(data_slot(core, 0x4000)->read, MMU_FAST_NONE);
	assert_int_equal(translate_data(core, &op, 0x4004, true, &t), EXEC_NEXT);
	assert_int_equal(t.pa, 0x4004);
	assert_int_equal(data_slot(core, 0x4000)->write, MMU_FAST_NONE);
	mmu_set_data_slow(&core->mmu, false);
}

/* With a data address compare on, each access must come along debug_event_data. */
static void test_no_fast_entry_under_dac(void **state)
{
	struct core *core = core_of(state);
	struct mmu_translation t;
	struct op op = { 0 };

	assert_true(fixture_write(core, TLB1(4), V | TSIZE(1), 0x4000, 0x4000 | 5));
	assert_int_equal(translate_data(core, &op, 0x4004, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x4000)->read, 0x4000);
	core->dbcr[0] = DBCR0_DAC1R;
	debug_event_set_control(core, &op);
	assert_int_equal(data_slot(core, 0x4000)->read, MMU_FAST_NONE);
	assert_int_equal(translate_data(core, &op, 0x4004, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x4000)->read, MMU_FAST_NONE);
	core->dbcr[0] = 0;
	debug_event_set_control(core, &op);
	assert_int_equal(translate_data(core, &op, 0x4004, true, &t), EXEC_NEXT);
	assert_int_equal(data_slot(core, 0x4000)->read, 0x4000);
}

static void test_fill_data_interrupts(void **state)
{
	struct core *core = core_of(state);
	struct mmu_translation t;
	struct op op = { 0 };

	core->block_ea = 0x700;
	assert_int_equal(translate_data(core, &op, 0x1234, true, &t), EXEC_FAULT);
	assert_int_equal(core->pc, 16 * IVOR_DTLB);
	assert_int_equal(core->dear, 0x1234);
	assert_int_equal(core->esr, ESR_ST);
	assert_int_equal(core->srr[0], 0x700);
	assert_int_equal(core->mmu.mas[2], 0x1000);
	assert_int_equal(core->mmu.mas[1] & V, V);
	assert_true(fixture_write(core, TLB0(0), V, 0x1000, 0x1000 | 1));
	assert_int_equal(translate_data(core, &op, 0x1234, false, &t), EXEC_NEXT);
	assert_int_equal(translate_data(core, &op, 0x1238, true, &t), EXEC_FAULT);
	assert_int_equal(core->pc, 16 * IVOR_DSI);
	assert_int_equal(core->dear, 0x1238);
	assert_int_equal(core->esr, ESR_ST);
	core_set_msr(core, MSR_PR);
	assert_int_equal(translate_data(core, &op, 0x123c, false, &t), EXEC_FAULT);
	assert_int_equal(core->pc, 16 * IVOR_DSI);
	assert_int_equal(core->esr, 0);
	core_set_msr(core, MSR_DS);
	assert_int_equal(translate_data(core, &op, 0x1240, false, &t), EXEC_FAULT);
	assert_int_equal(core->pc, 16 * IVOR_DTLB);
	assert_int_equal(core->mmu.mas[1] & TS, TS);
}

static void test_fill_fetch(void **state)
{
	struct lone_core *f = *state;
	struct core *core = f->core;
	const struct mmu_fetch *fetch;
	struct mmu_translation t;
	bool uncached = true;

	/* Guarded: no matter for fetches. */
	assert_true(fixture_write(core, TLB1(1), V | TS | TSIZE(5), 0x50000000 | 2, HIGH_BASE | 0x10));
	assert_true(fixture_write(core, TLB1(2), V | TS | TSIZE(1), 0x60000000 | 1, 0x10));
	assert_true(fixture_write(core, TLB1(3), V | TS | TSIZE(1), 0x60001000, 0xe0000000 | 0x10));
	core_set_msr(core, MSR_IS);
	core->pc = 0x5000a004;
	fetch = translate_fetch(core, &uncached, &t);
	assert_non_null(fetch);
	assert_false(uncached);
	assert_int_equal(fetch->page, 0x5000a000);
	assert_int_equal(fetch->pa, HIGH_BASE + 0xa000);
	assert_int_equal(t.memory_page, bus_find_memory(f->bus, HIGH_BASE)->first_page + 10);
	assert_ptr_equal(fetch->host, bus_find_memory(f->bus, HIGH_BASE)->host + 0xa000);
	assert_ptr_equal(fetch, &core->mmu.fetch[0x0a]);
	core->pc = 0x60000008;
	assert_null(translate_fetch(core, &uncached, &t));
	assert_true(uncached);
	assert_int_equal(t.pa, 8);
	assert_int_equal(t.wimge, MMU_E);
	core->pc = 0x60001008;
	assert_null(translate_fetch(core, &uncached, &t));
	assert_true(uncached);
	assert_int_equal(t.pa, 0xe0000008);
}

static void test_fill_fetch_interrupts(void **state)
{
	struct core *core = core_of(state);
	struct mmu_translation t;
	bool uncached;

	core->pc = 0x50000000;
	assert_null(translate_fetch(core, &uncached, &t));
	assert_false(uncached);
	assert_int_equal(core->pc, 16 * IVOR_ITLB);
	assert_int_equal(core->srr[0], 0x50000000);
	assert_int_equal(core->mmu.mas[2], 0x50000000);
	assert_true(fixture_write(core, TLB0(0), V, 0x50000000, 0x1000 | 0x1f)); /* no UX */
	core->pc = 0x50000004;
	core_set_msr(core, MSR_PR);
	assert_null(translate_fetch(core, &uncached, &t));
	assert_int_equal(core->pc, 16 * IVOR_ISI);
	assert_int_equal(core->srr[0], 0x50000004);
}

/* What a change of PID may drop, and what must survive it. */
static void test_pid_change_keeps_shared_pages(void **state)
{
	struct core *core = core_of(state);
	struct mmu_translation t;
	struct op op = { 0 };

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x1000, 0x1000 | ALL));
	assert_true(fixture_write(core, TLB1(2), V | TID(1) | TSIZE(1), 0x2000, 0x2000 | ALL));
	mmu_set_pid(&core->mmu, 0, 1);
	assert_int_equal(translate_data(core, &op, 0x1000, false, &t), EXEC_NEXT);
	assert_int_equal(translate_data(core, &op, 0x2000, false, &t), EXEC_NEXT);
	mmu_set_pid(&core->mmu, 0, 1);
	assert_int_equal(data_slot(core, 0x2000)->read, 0x2000);
	mmu_set_pid(&core->mmu, 0, 2);
	assert_int_equal(data_slot(core, 0x1000)->read, 0x1000);
	assert_int_equal(data_slot(core, 0x2000)->read, MMU_FAST_NONE);
}

/* An instruction with all that is looked at before its function. */
static enum exec_result run(struct core *core, struct op *op, enum isa_insn insn)
{
	op->insn = (uint16_t)insn;
	return exec_table_function(core->model, op, NULL)(core, op);
}

static void test_instructions_are_privileged(void **state)
{
	static const enum isa_insn insns[] = { ISA_tlbwe, ISA_tlbre, ISA_tlbsx, ISA_tlbivax, ISA_tlbilx, ISA_tlbsync };
	struct core *core = core_of(state);
	struct op op = { .t = 1 };

	for (unsigned n = 0; n < sizeof insns / sizeof insns[0]; n++) {
		core_set_msr(core, MSR_PR);
		assert_int_equal(run(core, &op, insns[n]), EXEC_FAULT);
		assert_int_equal(core->pc, 16 * IVOR_PROGRAM);
		assert_int_equal(core->esr, ESR_PPR);
	}
}

/* Forms that are illegal are so for user mode too, before they are privileged. */
static void test_illegal_instructions(void **state)
{
	struct core *core = core_of(state);
	struct op op = { .a = 3, .b = 4, .t = 2 };

	for (unsigned user = 0; user < 2; user++) {
		core_set_msr(core, user ? MSR_PR : 0);
		core->pc = core->esr = 0;
		assert_int_equal(run(core, &op, ISA_tlbsx), EXEC_FAULT); /* 12.4.3: rA must be 0 */
		assert_int_equal(core->pc, 16 * IVOR_PROGRAM);
		assert_int_equal(core->esr, ESR_PIL);
		core_set_msr(core, user ? MSR_PR : 0);
		core->pc = core->esr = 0;
		assert_int_equal(run(core, &op, ISA_tlbilx), EXEC_FAULT);
		assert_int_equal(core->esr, ESR_PIL);
	}
	core_set_msr(core, 0);
	core->esr = 0;
	fixture_mas(core, TLB1(16), V | TSIZE(1), 0, 0);
	assert_int_equal(exec_tlbwe(core, &op), EXEC_FAULT);
	assert_int_equal(core->esr, ESR_PIL);
}

static void test_tlbsx_adds_registers_on_e500mc(void **state)
{
	struct core *core = core_of(state);
	struct op op = { .a = 3, .b = 4 };

	assert_true(fixture_write(core, TLB1(1), V | TSIZE(1), 0x3000, 0x3000 | ALL));
	core_set_gpr(core, 3, 0x1800);
	core_set_gpr(core, 4, 0x1800);
	core->mmu.mas[1] = 0;
	assert_int_equal(exec_tlbsx(core, &op), EXEC_NEXT);
	assert_int_equal(core->mmu.mas[1], V | TSIZE(1));
}

static void test_tlbwe_leaves_the_block(void **state)
{
	struct core *core = core_of(state);
	struct op op = { .index = 3 };

	core->block_ea = 0x4000;
	fixture_mas(core, TLB1(2), V | TSIZE(1), 0, 0);
	assert_int_equal(exec_tlbwe(core, &op), EXEC_LEAVE);
	assert_int_equal(core->pc, 0x4010);
}

struct broadcast {
	struct core *core;
	uint32_t ea;
};

static void note_broadcast(void *opaque, struct core *core, uint64_t ea, int64_t now)
{
	*(struct broadcast *)opaque = (struct broadcast){ core, (uint32_t)ea };
}

static void test_tlbivax_is_broadcast(void **state)
{
	struct core *core = core_of(state);
	struct broadcast seen = { 0 };
	struct op op = { .a = 0, .b = 4 };

	fill_for_tlbivax(core);
	core_set_gpr(core, 0, 0x77777000); /* rA = 0 is zero, not r0 */
	core_set_gpr(core, 4, 0x1000);
	assert_int_equal(exec_tlbivax(core, &op), EXEC_LEAVE);
	assert_int_equal(valid_of_tlbivax(core), 0x3c);
	core_set_platform(core, &(struct core_platform){ .opaque = &seen, .broadcast_tlbivax = note_broadcast });
	op.a = 5;
	core_set_gpr(core, 5, 0x1008);
	assert_int_equal(exec_tlbivax(core, &op), EXEC_LEAVE);
	assert_ptr_equal(seen.core, core);
	assert_int_equal(seen.ea, 0x2008);
}

#define ON_V2(test) cmocka_unit_test_setup_teardown(test, setup_v2, teardown)
#define ON_MC(test) cmocka_unit_test_setup_teardown(test, setup_mc, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_V2(test_reset_maps_the_boot_page),
		ON_V2(test_tlb1_page_sizes),
		ON_MC(test_tlb1_page_sizes),
		ON_V2(test_tlbwe_refuses),
		ON_MC(test_e500mc_has_64_tlb1_entries),
		ON_V2(test_tlb0_entry),
		ON_V2(test_all_fields_come_back),
		ON_V2(test_round_robin),
		ON_V2(test_miss_sets_mas),
		ON_V2(test_tlbsx),
		ON_V2(test_tlbsx_finds_tid_0_for_every_pid),
		ON_V2(test_mas7_update_e500v2),
		ON_MC(test_mas7_update_e500mc),
		ON_V2(test_match),
		ON_V2(test_permissions),
		ON_MC(test_external_pid),
		ON_V2(test_overlap),
		ON_V2(test_tlbivax),
		ON_MC(test_tlbivax),
		ON_V2(test_mmucsr0),
		ON_MC(test_tlbilx),
		ON_V2(test_fill_data),
		ON_V2(test_fill_data_above_4_gib),
		ON_V2(test_fill_data_without_fast_entry),
		ON_V2(test_no_fast_entry_under_dac),
		ON_V2(test_fill_data_interrupts),
		ON_V2(test_fill_fetch),
		ON_V2(test_fill_fetch_interrupts),
		ON_V2(test_pid_change_keeps_shared_pages),
		ON_MC(test_instructions_are_privileged),
		ON_V2(test_illegal_instructions),
		ON_MC(test_tlbsx_adds_registers_on_e500mc),
		ON_V2(test_tlbwe_leaves_the_block),
		ON_V2(test_tlbivax_is_broadcast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
