/* The slow paths of loads and stores: misses, misalignment, register blocks, reservations. */
#include "sim/exec/access.h"

#include "sim/core/core_pause.h"
#include "sim/core/debug_event.h"
#include "sim/core/interrupt.h"
#include "sim/core/translate.h"

/* An access whose translation is known: memory or a register block, in bus order. */
struct access_target {
	struct core *core;
	const struct op *op;
	uint64_t ea;
	uint64_t pa;
	bool leave; /* the block: a register block was touched, or somebody was told of the access */
};

static uint64_t access_swap(uint64_t value, unsigned size)
{
	return __builtin_bswap64(value) >> (64 - 8 * size);
}

/* One naturally aligned piece. EXEC_NEXT or EXEC_FAULT; where the core reports no bus error, a load reads zero. */
static enum exec_result access_read_piece(struct access_target *t, unsigned size, uint64_t *value)
{
	struct core *core = t->core;
	struct bus_memory *memory = bus_find_memory(core->bus, t->pa);
	struct bus_access access = { core->index, 0 };
	enum bus_result result;

	if (!memory) {
		access.now = core_now(core, t->op);
		t->leave = true;
	}
	core_pause_allow(core, t->op);
	result = bus_read(core->bus, &access, t->pa, size, value);
	core_pause_forbid(core);
	if (result == BUS_OK)
		return EXEC_NEXT;
	*value = 0;
	return interrupt_bus_error(core, t->op, t->pa, t->ea, false);
}

static enum exec_result access_write_piece(struct access_target *t, unsigned size, uint64_t value)
{
	struct core *core = t->core;
	struct bus_memory *memory = bus_find_memory(core->bus, t->pa);
	struct bus_access access = { core->index, 0 };
	enum bus_result result;

	if (!memory) {
		access.now = core_now(core, t->op);
		t->leave = true;
	}
	core_pause_allow(core, t->op);
	result = bus_write(core->bus, &access, t->pa, size, value);
	core_pause_forbid(core);
	if (result == BUS_OK)
		return EXEC_NEXT;
	return interrupt_bus_error(core, t->op, t->pa, t->ea, true);
}

/*
 * The result of a finished access. A store that dropped blocks of this core must not run on in one of them; and
 * where a breakpoint asks for a stop, this is the instruction to stop behind.
 */
static enum exec_result access_done(const struct access_target *t)
{
	uint32_t attention = atomic_load_explicit(&t->core->attention, memory_order_relaxed);

	if (!(t->leave || attention & ATTENTION_INVALIDATE || (t->core->mmu.watching && attention & ATTENTION_STOP)))
		return EXEC_NEXT;
	exec_leave(t->core, t->op);
	core_pause_apply(t->core);
	return EXEC_LEAVE;
}

/*
 * For read and write breakpoints. Whoever is told may change the state of the core, MSR too: the rest of the block must
 * not run on what was granted before (sim/exec/exec_table.h).
 */
static void access_report(struct access_target *t, uint64_t ea, unsigned size, bool store,
			  const struct mmu_translation pages[2], uint64_t value)
{
	struct core_access access = { .ea = ea, .size = size, .pa = pages[0].pa, .store = store, .value = value };
	struct core *core = t->core;
	uint32_t msr = core->msr;

	if ((ea ^ (ea + size - 1)) >> BUS_PAGE_SHIFT)
		access.next_pa = pages[1].pa;
	if (!core->observer.accessed)
		return;
	/* A device may have moved the pc before: that stays. */
	core->calling = t->op;
	core->observer.accessed(core->observer.opaque, core, t->op, &access);
	core_pause_forbid(core);
	t->leave |= core->paused || core->msr != msr;
}

/* The core cannot change the byte order within an access (E500CORERM table 5-11). */
static enum exec_result access_check_order(struct core *core, const struct op *op, uint64_t next_page, bool store,
					   const struct mmu_translation pages[2])
{
	if ((pages[0].wimge ^ pages[1].wimge) & MMU_E)
		return interrupt_dsi(core, op, next_page, ESR_BO | (store ? ESR_ST : 0));
	return EXEC_NEXT;
}

/* Both pages of an access that crosses one are translated before either is touched. */
static enum exec_result access_translate(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					 bool store, struct mmu_translation pages[2])
{
	enum exec_result result = translate_data(core, op, ea, store, &pages[0]);
	uint64_t next_page = core_cut(core, ea + size - 1) & ACCESS_PAGE;

	if (result == EXEC_FAULT || !((ea ^ next_page) >> BUS_PAGE_SHIFT))
		return result;
	result = translate_data(core, op, next_page, store, &pages[1]);
	return result == EXEC_FAULT ? result : access_check_order(core, op, next_page, store, pages);
}

static uint64_t access_pa(const struct mmu_translation pages[2], uint64_t first, uint64_t ea)
{
	return (first ^ ea) >> BUS_PAGE_SHIFT ? pages[1].pa + (ea & (BUS_PAGE_SIZE - 1)) : pages[0].pa + (ea - first);
}

static enum exec_result access_load_bytes(struct access_target *t, const struct mmu_translation pages[2],
					  unsigned size, uint64_t *value)
{
	uint64_t first = t->ea;
	uint64_t sum = 0, byte;

	for (unsigned i = 0; i < size; i++) {
		t->ea = core_cut(t->core, first + i);
		t->pa = access_pa(pages, first, t->ea);
		if (access_read_piece(t, 1, &byte) == EXEC_FAULT)
			return EXEC_FAULT;
		sum = sum << 8 | (byte & 0xff);
	}
	*value = sum;
	return EXEC_NEXT;
}

static enum exec_result access_load_translated(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					       const struct mmu_translation pages[2], uint64_t *value)
{
	struct access_target t = { .core = core, .op = op, .ea = ea };
	enum exec_result result;
	uint64_t got;

	if (core->debug_active && debug_event_data(core, op, ea, size, false))
		return EXEC_FAULT;
	if (ea & (size - 1)) {
		result = access_load_bytes(&t, pages, size, &got);
	} else {
		t.pa = pages[0].pa;
		result = access_read_piece(&t, size, &got);
	}
	if (result == EXEC_FAULT)
		return result;
	*value = pages[0].wimge & MMU_E ? access_swap(got, size) : got;
	if (__builtin_expect(core->mmu.watching, 0))
		access_report(&t, ea, size, false, pages, *value);
	return access_done(&t);
}

struct access_loaded access_load_slow(struct core *core, const struct op *op, uint64_t ea, unsigned size)
{
	struct mmu_translation pages[2];
	struct access_loaded loaded = { .result = access_translate(core, op, ea, size, false, pages) };

	if (loaded.result != EXEC_FAULT)
		loaded.result = access_load_translated(core, op, ea, size, pages, &loaded.value);
	return loaded;
}

static enum exec_result access_store_bytes(struct access_target *t, const struct mmu_translation pages[2],
					   unsigned size, uint64_t value)
{
	uint64_t first = t->ea;

	for (unsigned i = 0; i < size; i++) {
		t->ea = core_cut(t->core, first + i);
		t->pa = access_pa(pages, first, t->ea);
		if (access_write_piece(t, 1, value >> 8 * (size - 1 - i) & 0xff) == EXEC_FAULT)
			return EXEC_FAULT;
	}
	return EXEC_NEXT;
}

static enum exec_result access_store_translated(struct core *core, const struct op *op, uint64_t ea, unsigned size,
						const struct mmu_translation pages[2], uint64_t value)
{
	struct access_target t = { .core = core, .op = op, .ea = ea };
	enum exec_result result;
	uint64_t bytes = value;

	if (core->debug_active && debug_event_data(core, op, ea, size, true))
		return EXEC_FAULT;
	if (pages[0].wimge & MMU_E)
		bytes = access_swap(value, size);
	if (ea & (size - 1)) {
		result = access_store_bytes(&t, pages, size, bytes);
	} else {
		t.pa = pages[0].pa;
		result = access_write_piece(&t, size, bytes);
	}
	if (result == EXEC_FAULT)
		return result;
	if (__builtin_expect(core->mmu.watching, 0))
		access_report(&t, ea, size, true, pages, value);
	return access_done(&t);
}

enum exec_result access_store_slow(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t value)
{
	struct mmu_translation pages[2];
	enum exec_result result = access_translate(core, op, ea, size, true, pages);

	return result == EXEC_FAULT ? result : access_store_translated(core, op, ea, size, pages, value);
}

/* EPLC and EPSC (Power ISA Book III-E, external PID): EPR, EAS and EPID. */
#define EPID_PROBLEM_STATE PPC_BIT32(0)
#define EPID_ADDRESS_SPACE PPC_BIT32(1)

static enum exec_result access_translate_epid(struct core *core, const struct op *op, uint64_t ea, bool store,
					      struct mmu_translation *page)
{
	uint32_t context = store ? core->epsc : core->eplc, esr = ESR_EPID | (store ? ESR_ST : 0);
	bool space = context & EPID_ADDRESS_SPACE;
	uint8_t pid = (uint8_t)context;

	switch (mmu_translate_pid(&core->mmu, ea, store ? MMU_WRITE : MMU_READ, space, context & EPID_PROBLEM_STATE,
				  pid, page)) {
	case MMU_OK:
		return EXEC_NEXT;
	case MMU_DENIED:
		return interrupt_dsi(core, op, ea, esr);
	default:
		mmu_miss_pid(&core->mmu, ea, space, pid);
		return interrupt_dtlb(core, op, ea, esr);
	}
}

static enum exec_result access_translate_epid_range(struct core *core, const struct op *op, uint64_t ea, unsigned size,
						    bool store, struct mmu_translation pages[2])
{
	enum exec_result result = access_translate_epid(core, op, ea, store, &pages[0]);
	uint64_t next_page = core_cut(core, ea + size - 1) & ACCESS_PAGE;

	if (result == EXEC_FAULT || !((ea ^ next_page) >> BUS_PAGE_SHIFT))
		return result;
	result = access_translate_epid(core, op, next_page, store, &pages[1]);
	return result == EXEC_FAULT ? result : access_check_order(core, op, next_page, store, pages);
}

enum exec_result access_load_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t *value)
{
	struct mmu_translation pages[2];
	enum exec_result result = access_translate_epid_range(core, op, ea, size, false, pages);

	return result == EXEC_FAULT ? result : access_load_translated(core, op, ea, size, pages, value);
}

enum exec_result access_store_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t value)
{
	struct mmu_translation pages[2];
	enum exec_result result = access_translate_epid_range(core, op, ea, size, true, pages);

	return result == EXEC_FAULT ? result : access_store_translated(core, op, ea, size, pages, value);
}

enum exec_result access_misaligned(struct core *core, const struct op *op, uint64_t ea, bool store)
{
	struct mmu_translation page;

	if (translate_data(core, op, ea, store, &page) == EXEC_FAULT)
		return EXEC_FAULT;
	return interrupt_alignment(core, op, ea, store);
}

/* For lwarx and stwcx. */
static enum exec_result access_translate_reserved(struct core *core, const struct op *op, uint64_t ea, unsigned size,
						  bool store, struct mmu_translation *page)
{
	if (ea & (size - 1))
		return access_misaligned(core, op, ea, store);
	if (translate_data(core, op, ea, store, page) == EXEC_FAULT)
		return EXEC_FAULT;
	return page->wimge & MMU_W ? interrupt_dsi(core, op, ea, store ? ESR_ST : 0) : EXEC_NEXT;
}

static uint64_t access_granule(const struct core *core, uint64_t pa)
{
	return pa & ~(uint64_t)(core->model->cache_line - 1);
}

static void access_reserve(struct core *core, uint64_t pa)
{
	struct bus_memory *memory = bus_find_memory(core->bus, pa);

	core->reserved = true;
	core->reserved_pa = access_granule(core, pa);
	if (memory)
		atomic_fetch_or(&memory->flags[(pa - memory->base) >> BUS_PAGE_SHIFT], BUS_PAGE_RESERVED);
}

enum exec_result access_load_reserve(struct core *core, const struct op *op, uint64_t ea, unsigned size,
				     uint64_t *value)
{
	struct mmu_translation page;
	enum exec_result result = access_translate_reserved(core, op, ea, size, false, &page);
	struct access_loaded loaded;

	if (result == EXEC_FAULT)
		return result;
	/* Reserved first: a store of another core that comes between is seen. */
	access_reserve(core, page.pa);
	loaded = access_load_slow(core, op, ea, size);
	if (loaded.result == EXEC_FAULT)
		core->reserved = false;
	else
		core->reserved_value = *value = loaded.value;
	return loaded.result;
}

/*
 * With other threads at work a plain store may slip in between their look at the
 * page's flags and ours at the reservation: the host compares the value too.
 */
static bool access_compare_store(struct core *core, uint64_t pa, unsigned size, uint64_t value)
{
	struct bus_memory *memory = bus_find_memory(core->bus, pa);
	void *at = memory->host + (pa - memory->base);
	uint64_t expected = core->reserved_value;
	bool stored;

	if (size == 4) {
		uint32_t old = ENDIAN_BE32((uint32_t)expected);

		stored = __atomic_compare_exchange_n((uint32_t *)at, &old, ENDIAN_BE32((uint32_t)value), false,
						     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	} else if (size == 2) {
		uint16_t old = ENDIAN_BE16((uint16_t)expected);

		stored = __atomic_compare_exchange_n((uint16_t *)at, &old, ENDIAN_BE16((uint16_t)value), false,
						     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	} else {
		uint8_t old = (uint8_t)expected;

		stored = __atomic_compare_exchange_n((uint8_t *)at, &old, (uint8_t)value, false,
						     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	}
	if (stored)
		bus_stored(core->bus, core->index, pa, size);
	return stored;
}

enum exec_result access_store_conditional(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					  uint64_t value, bool *stored)
{
	struct mmu_translation page;
	enum exec_result result = access_translate_reserved(core, op, ea, size, true, &page);

	if (result == EXEC_FAULT)
		return result;
	*stored = atomic_exchange(&core->reserved, false) && core->reserved_pa == access_granule(core, page.pa);
	if (!*stored)
		return EXEC_NEXT;
	if (!core->threaded || page.wimge & MMU_E || !bus_find_memory(core->bus, page.pa))
		return access_store_slow(core, op, ea, size, value);
	*stored = access_compare_store(core, page.pa, size, value);
	return EXEC_NEXT;
}

static bool access_can_zero(const struct core *core, uint8_t wimge)
{
	return core->l1csr[0] & L1CSR_ENABLE && !(wimge & (MMU_W | MMU_I));
}

/* The page is known to the software TLB more often than not: it has the answer. */
static enum exec_result access_prepare_zero(struct core *core, const struct op *op, uint64_t ea)
{
	const struct mmu_fast *fast = &core->mmu.data[ea >> 12 & (MMU_FAST_ENTRIES - 1)];
	struct mmu_translation page = { .wimge = core->mmu.data_wimge[fast - core->mmu.data] };

	if (fast->write != (ea & ACCESS_PAGE) && translate_data(core, op, ea, true, &page) == EXEC_FAULT)
		return EXEC_FAULT;
	return access_can_zero(core, page.wimge) ? EXEC_NEXT : interrupt_alignment(core, op, ea, true);
}

enum exec_result access_zero(struct core *core, const struct op *op, uint64_t ea, unsigned size)
{
	enum exec_result whole, result;

	ea &= ~(uint64_t)(size - 1);
	whole = access_prepare_zero(core, op, ea);
	for (unsigned i = 0; i < size && whole != EXEC_FAULT; i += 8) {
		result = access_store64(core, op, ea + i, 0);
		if (result != EXEC_NEXT)
			whole = result;
	}
	return whole;
}

enum exec_result access_zero_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size)
{
	enum exec_result whole, result;
	struct mmu_translation page;

	ea &= ~(uint64_t)(size - 1);
	whole = access_translate_epid(core, op, ea, true, &page);
	if (whole != EXEC_FAULT && !access_can_zero(core, page.wimge))
		return interrupt_alignment(core, op, ea, true);
	for (unsigned i = 0; i < size && whole != EXEC_FAULT; i += 8) {
		result = access_store_epid(core, op, ea + i, 8, 0);
		if (result != EXEC_NEXT)
			whole = result;
	}
	return whole;
}

/* Data address compare of a cache operation, which is about a line. True: the debug interrupt was taken. */
static bool access_line_event(struct core *core, const struct op *op, uint64_t ea, bool store)
{
	unsigned line = core->model->cache_line;

	return core->debug_active && debug_event_data(core, op, ea & ~(uint64_t)(line - 1), line, store);
}

enum exec_result access_probe(struct core *core, const struct op *op, uint64_t ea, enum access_kind kind)
{
	struct mmu_translation page;

	if (translate_data(core, op, ea, kind == ACCESS_STORE, &page) == EXEC_FAULT ||
	    access_line_event(core, op, ea, kind != ACCESS_LOAD))
		return EXEC_FAULT;
	return EXEC_NEXT;
}

enum exec_result access_touch(struct core *core, const struct op *op, uint64_t ea, bool store)
{
	struct mmu_translation page;

	if (!core->debug_active || mmu_translate(&core->mmu, ea, store ? MMU_WRITE : MMU_READ, core->msr & MSR_DS,
						 core->msr & MSR_PR, &page) != MMU_OK)
		return EXEC_NEXT;
	return access_line_event(core, op, ea, store) ? EXEC_FAULT : EXEC_NEXT;
}

enum exec_result access_probe_epid(struct core *core, const struct op *op, uint64_t ea, enum access_kind kind)
{
	struct mmu_translation page;

	if (access_translate_epid(core, op, ea, kind == ACCESS_STORE, &page) == EXEC_FAULT ||
	    access_line_event(core, op, ea, kind != ACCESS_LOAD))
		return EXEC_FAULT;
	return EXEC_NEXT;
}
