#include "sim/mmu/mmu_fast.h"

#include <string.h>

#include "sim/bus/bus.h"

/* Emptying slots. */

static void mmu_fast_empty_data(struct mmu *mmu, unsigned context, unsigned slot)
{
	mmu->tables->fast[context][slot].read = MMU_FAST_NONE;
	mmu->tables->fast[context][slot].write = MMU_FAST_NONE;
}

static void mmu_fast_empty_fetch(struct mmu *mmu, unsigned context, unsigned slot)
{
	mmu->tables->fast_fetch[context][slot].page = MMU_FAST_NONE;
}

static void mmu_fast_empty_marked(struct mmu *mmu, const uint64_t marks[MMU_MARK_WORDS],
				  void (*empty)(struct mmu *mmu, unsigned context, unsigned slot))
{
	for (unsigned word = 0; word < MMU_MARK_WORDS; word++)
		for (uint64_t bits = marks[word]; bits; bits &= bits - 1) {
			unsigned n = word * 64 + (unsigned)__builtin_ctzll(bits);

			empty(mmu, n / MMU_FAST_ENTRIES, n % MMU_FAST_ENTRIES);
		}
}

static void mmu_fast_drop_data(struct mmu *mmu)
{
	mmu_fast_empty_marked(mmu, mmu->tables->data_marks.used, mmu_fast_empty_data);
	memset(&mmu->tables->data_marks, 0, sizeof mmu->tables->data_marks);
}

void mmu_drop_fast(struct mmu *mmu)
{
	mmu_fast_drop_data(mmu);
	mmu_fast_empty_marked(mmu, mmu->tables->fetch_marks.used, mmu_fast_empty_fetch);
	memset(&mmu->tables->fetch_marks, 0, sizeof mmu->tables->fetch_marks);
}

/* Forgets the process's slots; those of entries with TID 0 stay. */
static void mmu_fast_marks_keep_shared(struct mmu_marks *marks)
{
	for (unsigned word = 0; word < MMU_MARK_WORDS; word++)
		marks->used[word] &= ~marks->of_process[word];
	memset(marks->of_process, 0, sizeof marks->of_process);
}

void mmu_fast_drop_process(struct mmu *mmu)
{
	mmu_fast_empty_marked(mmu, mmu->tables->data_marks.of_process, mmu_fast_empty_data);
	mmu_fast_empty_marked(mmu, mmu->tables->fetch_marks.of_process, mmu_fast_empty_fetch);
	mmu_fast_marks_keep_shared(&mmu->tables->data_marks);
	mmu_fast_marks_keep_shared(&mmu->tables->fetch_marks);
}

/* One 4 KiB page in one address space. */
void mmu_fast_drop_page(struct mmu *mmu, uint64_t ea, bool space)
{
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1);

	for (unsigned context = 2 * space; context < 2 * space + 2u; context++) {
		mmu_fast_empty_data(mmu, context, slot);
		mmu_fast_empty_fetch(mmu, context, slot);
	}
}

/* What an entry maps. */
void mmu_fast_drop_entry(struct mmu *mmu, const struct mmu_entry *entry)
{
	uint64_t last = ~entry->mask; /* bytes but one */

	if (!entry->valid)
		return;
	if (last / 0x1000 >= MMU_FAST_ENTRIES - 1) {
		mmu_drop_fast(mmu);
		return;
	}
	for (uint64_t offset = 0; offset <= last; offset += 0x1000)
		mmu_fast_drop_page(mmu, entry->epn + offset, entry->ts);
}

void mmu_set_data_slow(struct mmu *mmu, bool slow)
{
	if (slow && !mmu->data_slow)
		mmu_fast_drop_data(mmu);
	mmu->data_slow = slow;
}

void mmu_set_watcher(struct mmu *mmu, const struct mmu_watcher *watcher)
{
	mmu_fast_drop_data(mmu);
	mmu->watching = watcher != NULL;
	mmu->watcher = watcher ? *watcher : (struct mmu_watcher){ 0 };
}

void mmu_set_context(struct mmu *mmu, struct mmu_context context)
{
	unsigned data = 2 * context.data_space + context.problem_state;

	mmu->context = context;
	mmu->data = mmu->tables->fast[data];
	mmu->data_wimge = mmu->tables->fast_wimge[data];
	mmu->fetch = mmu->tables->fast_fetch[2 * context.instruction_space + context.problem_state];
}

void mmu_fast_reset(struct mmu *mmu)
{
	for (unsigned context = 0; context < MMU_CONTEXTS; context++)
		for (unsigned slot = 0; slot < MMU_FAST_ENTRIES; slot++) {
			mmu_fast_empty_data(mmu, context, slot);
			mmu_fast_empty_fetch(mmu, context, slot);
		}
	mmu_set_context(mmu, (struct mmu_context){ 0 });
}

/* Filling them. */

/* The memory behind a page, or NULL. Most pages lie in the same one as the last. */
static struct bus_memory *mmu_fast_memory(struct mmu *mmu, uint64_t pa)
{
	struct bus_memory *memory = mmu->memory;

	if (memory && pa - memory->base < memory->size)
		return memory;
	memory = bus_find_memory(mmu->config.bus, pa);
	if (memory)
		mmu->memory = memory;
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

enum mmu_result mmu_fill_fetch(struct mmu *mmu, uint64_t ea, struct mmu_fetch **filled,
			       struct mmu_translation *translation)
{
	bool space = mmu->context.instruction_space, problem_state = mmu->context.problem_state;
	const struct mmu_entry *entry = mmu_search(mmu, ea, space, mmu->pid);
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1);
	struct mmu_fetch *fetch = &mmu->fetch[slot];
	struct bus_memory *memory;
	uint64_t page;

	*filled = NULL;
	if (!entry) {
		mmu_miss(mmu, ea, space);
		return MMU_MISS;
	}
	if (!mmu_entry_permits(entry, MMU_EXECUTE, problem_state))
		return MMU_DENIED;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	page = translation->pa & ~UINT64_C(0xfff);
	memory = entry->wimge & MMU_E ? NULL : mmu_fast_memory(mmu, page);
	if (!memory)
		return MMU_OK;
	fetch->page = ea & MMU_PAGE;
	translation->memory_page = memory->first_page + (uint32_t)((page - memory->base) >> BUS_PAGE_SHIFT);
	fetch->pa = page;
	fetch->host = memory->host + (page - memory->base);
	mmu_fast_mark(&mmu->tables->fetch_marks, 2 * space + problem_state, slot, entry->tid);
	*filled = fetch;
	return MMU_OK;
}

static unsigned mmu_fast_watched(const struct mmu *mmu, uint64_t ea, uint64_t pa)
{
	if (__builtin_expect(!mmu->watching, 1))
		return 0;
	return mmu->watcher.watched(mmu->watcher.opaque, mmu->config.core, ea, pa);
}

/* The data table's entry for a page of memory: the one place where loads and stores get past the slow path. */
static void mmu_fast_set_data_slot(struct mmu *mmu, const struct mmu_entry *entry, uint64_t ea,
				   struct bus_memory *memory)
{
	bool space = mmu->context.data_space, problem_state = mmu->context.problem_state;
	uint64_t page = mmu_entry_pa(entry, ea & MMU_PAGE), offset = page - memory->base;
	unsigned slot = ea >> 12 & (MMU_FAST_ENTRIES - 1), watched = mmu_fast_watched(mmu, ea & MMU_PAGE, page);
	struct mmu_fast *fast = &mmu->data[slot];

	fast->host = (uint8_t *)((uintptr_t)(memory->host + offset) - (ea & MMU_PAGE));
	fast->flags = &memory->flags[offset >> BUS_PAGE_SHIFT];
	mmu->data_wimge[slot] = entry->wimge;
	fast->read = fast->write = MMU_FAST_NONE;
	if (mmu_entry_permits(entry, MMU_READ, problem_state) && !(watched & MMU_WATCH_READ))
		fast->read = ea & MMU_PAGE;
	if (mmu_entry_permits(entry, MMU_WRITE, problem_state) && !memory->read_only && !(watched & MMU_WATCH_WRITE)) {
		fast->write = ea & MMU_PAGE;
		bus_memory_touch(memory, offset);
	}
	mmu_fast_mark(&mmu->tables->data_marks, 2 * space + problem_state, slot, entry->tid);
}

enum mmu_result mmu_fill_data(struct mmu *mmu, uint64_t ea, bool store, struct mmu_translation *translation)
{
	bool space = mmu->context.data_space;
	const struct mmu_entry *entry = mmu_search(mmu, ea, space, mmu->pid);
	struct bus_memory *memory;

	if (!entry) {
		mmu_miss(mmu, ea, space);
		return MMU_MISS;
	}
	if (!mmu_entry_permits(entry, store ? MMU_WRITE : MMU_READ, mmu->context.problem_state))
		return MMU_DENIED;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	if (entry->wimge & MMU_E || mmu->data_slow)
		return MMU_OK;
	memory = mmu_fast_memory(mmu, translation->pa);
	if (memory)
		mmu_fast_set_data_slot(mmu, entry, ea, memory);
	return MMU_OK;
}
