#include "sim/mmu/mmu_fast.h"

#include <string.h>

#include "sim/core/core.h"

/* Emptying slots. */

static void mmu_fast_empty_data(struct core *core, unsigned context, unsigned slot)
{
	core->mmu.fast[context][slot].read = MMU_FAST_NONE;
	core->mmu.fast[context][slot].write = MMU_FAST_NONE;
}

static void mmu_fast_empty_fetch(struct core *core, unsigned context, unsigned slot)
{
	core->mmu.fast_fetch[context][slot].page = MMU_FAST_NONE;
}

static void mmu_fast_empty_marked(struct core *core, const uint64_t marks[MMU_MARK_WORDS],
				  void (*empty)(struct core *core, unsigned context, unsigned slot))
{
	for (unsigned word = 0; word < MMU_MARK_WORDS; word++)
		for (uint64_t bits = marks[word]; bits; bits &= bits - 1) {
			unsigned n = word * 64 + (unsigned)__builtin_ctzll(bits);

			empty(core, n / MMU_FAST_ENTRIES, n % MMU_FAST_ENTRIES);
		}
}

static void mmu_fast_drop_data(struct core *core)
{
	mmu_fast_empty_marked(core, core->mmu.data_marks.used, mmu_fast_empty_data);
	memset(&core->mmu.data_marks, 0, sizeof core->mmu.data_marks);
}

void mmu_drop_fast(struct core *core)
{
	mmu_fast_drop_data(core);
	mmu_fast_empty_marked(core, core->mmu.fetch_marks.used, mmu_fast_empty_fetch);
	memset(&core->mmu.fetch_marks, 0, sizeof core->mmu.fetch_marks);
}

/* Forgets the process's slots; those of entries with TID 0 stay. */
static void mmu_fast_marks_keep_shared(struct mmu_marks *marks)
{
	for (unsigned word = 0; word < MMU_MARK_WORDS; word++)
		marks->used[word] &= ~marks->of_process[word];
	memset(marks->of_process, 0, sizeof marks->of_process);
}

void mmu_fast_drop_process(struct core *core)
{
	mmu_fast_empty_marked(core, core->mmu.data_marks.of_process, mmu_fast_empty_data);
	mmu_fast_empty_marked(core, core->mmu.fetch_marks.of_process, mmu_fast_empty_fetch);
	mmu_fast_marks_keep_shared(&core->mmu.data_marks);
	mmu_fast_marks_keep_shared(&core->mmu.fetch_marks);
}

/* One 4 KiB page in one address space. */
void mmu_fast_drop_page(struct core *core, uint32_t ea, bool space)
{
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1);

	for (unsigned context = 2 * space; context < 2 * space + 2u; context++) {
		mmu_fast_empty_data(core, context, slot);
		mmu_fast_empty_fetch(core, context, slot);
	}
}

/* What an entry maps. */
void mmu_fast_drop_entry(struct core *core, const struct mmu_entry *entry)
{
	uint32_t size = -entry->mask; /* 0: 4 GiB or more */

	if (!entry->valid)
		return;
	if (!size || size / 0x1000 >= MMU_FAST_ENTRIES) {
		mmu_drop_fast(core);
		return;
	}
	for (uint32_t offset = 0; offset < size; offset += 0x1000)
		mmu_fast_drop_page(core, entry->epn + offset, entry->ts);
}

void mmu_set_data_slow(struct core *core, bool slow)
{
	if (slow && !core->mmu.data_slow)
		mmu_fast_drop_data(core);
	core->mmu.data_slow = slow;
}

void mmu_set_watching(struct core *core, bool watching)
{
	mmu_fast_drop_data(core);
	core->mmu.watching = watching;
}

void mmu_set_context(struct core *core)
{
	unsigned problem_state = (core->msr & MSR_PR) != 0;

	core->mmu.data = core->mmu.fast[2 * ((core->msr & MSR_DS) != 0) + problem_state];
	core->mmu.fetch = core->mmu.fast_fetch[2 * ((core->msr & MSR_IS) != 0) + problem_state];
}

void mmu_fast_reset(struct core *core)
{
	for (unsigned context = 0; context < MMU_CONTEXTS; context++)
		for (unsigned slot = 0; slot < MMU_FAST_ENTRIES; slot++) {
			mmu_fast_empty_data(core, context, slot);
			mmu_fast_empty_fetch(core, context, slot);
		}
	mmu_set_context(core);
}

/* Filling them. */

/* The memory behind a page, or NULL. Most pages lie in the same one as the last. */
static struct bus_memory *mmu_fast_memory(struct core *core, uint64_t pa)
{
	struct bus_memory *memory = core->mmu.memory;

	if (memory && pa - memory->base < memory->size)
		return memory;
	memory = bus_find_memory(core->bus, pa);
	if (memory)
		core->mmu.memory = memory;
	return memory;
}

static void mmu_fast_mark(struct mmu_marks *marks, unsigned context, unsigned slot, bool of_process)
{
	unsigned n = context * MMU_FAST_ENTRIES + slot;
	uint64_t bit = UINT64_C(1) << n % 64;

	marks->used[n / 64] |= bit;
	if (of_process)
		marks->of_process[n / 64] |= bit;
	else
		marks->of_process[n / 64] &= ~bit;
}

enum mmu_result mmu_fill_fetch(struct core *core, uint32_t ea, struct mmu_fetch **filled,
			       struct mmu_translation *translation)
{
	bool space = core->msr & MSR_IS, problem_state = core->msr & MSR_PR;
	const struct mmu_entry *entry = mmu_search(core, ea, space, core->mmu.pid);
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1);
	struct mmu_fetch *fetch = &core->mmu.fetch[slot];
	struct bus_memory *memory;
	uint64_t page;

	*filled = NULL;
	if (!entry) {
		mmu_miss(core, ea, space);
		return MMU_MISS;
	}
	if (!mmu_entry_permits(entry, MMU_EXECUTE, problem_state))
		return MMU_DENIED;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	page = translation->pa & ~UINT64_C(0xfff);
	memory = entry->wimge & MMU_E ? NULL : mmu_fast_memory(core, page);
	if (!memory)
		return MMU_OK;
	fetch->page = ea & 0xfffff000;
	fetch->memory_page = memory->first_page + (uint32_t)((page - memory->base) >> BUS_PAGE_SHIFT);
	fetch->pa = page;
	fetch->host = memory->host + (page - memory->base);
	mmu_fast_mark(&core->mmu.fetch_marks, 2 * space + problem_state, slot, entry->tid);
	*filled = fetch;
	return MMU_OK;
}

static unsigned mmu_fast_watched(const struct core *core, uint32_t ea, uint64_t pa)
{
	if (__builtin_expect(!core->mmu.watching, 1) || !core->hooks.watched)
		return 0;
	return core->hooks.watched(core->hooks.opaque, core, ea, pa);
}

/* The data table's entry for a page of memory: the one place where loads and stores get past the slow path. */
static void mmu_fast_set_data_slot(struct core *core, const struct mmu_entry *entry, uint32_t ea,
				   struct bus_memory *memory)
{
	bool space = core->msr & MSR_DS, problem_state = core->msr & MSR_PR;
	uint64_t page = mmu_entry_pa(entry, ea & 0xfffff000), offset = page - memory->base;
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1), watched = mmu_fast_watched(core, ea & 0xfffff000, page);
	struct mmu_fast *fast = &core->mmu.data[slot];

	fast->host = (uint8_t *)((uintptr_t)(memory->host + offset) - (ea & 0xfffff000));
	fast->flags = &memory->flags[offset >> BUS_PAGE_SHIFT];
	fast->wimge = entry->wimge;
	fast->read = fast->write = MMU_FAST_NONE;
	if (mmu_entry_permits(entry, MMU_READ, problem_state) && !(watched & MMU_WATCH_READ))
		fast->read = ea & 0xfffff000;
	if (mmu_entry_permits(entry, MMU_WRITE, problem_state) && !memory->read_only && !(watched & MMU_WATCH_WRITE)) {
		fast->write = ea & 0xfffff000;
		bus_memory_touch(memory, offset);
	}
	mmu_fast_mark(&core->mmu.data_marks, 2 * space + problem_state, slot, entry->tid);
}

enum mmu_result mmu_fill_data(struct core *core, uint32_t ea, bool store, struct mmu_translation *translation)
{
	bool space = core->msr & MSR_DS;
	const struct mmu_entry *entry = mmu_search(core, ea, space, core->mmu.pid);
	struct bus_memory *memory;

	if (!entry) {
		mmu_miss(core, ea, space);
		return MMU_MISS;
	}
	if (!mmu_entry_permits(entry, store ? MMU_WRITE : MMU_READ, core->msr & MSR_PR))
		return MMU_DENIED;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	if (entry->wimge & MMU_E || core->mmu.data_slow)
		return MMU_OK;
	memory = mmu_fast_memory(core, translation->pa);
	if (memory)
		mmu_fast_set_data_slot(core, entry, ea, memory);
	return MMU_OK;
}
