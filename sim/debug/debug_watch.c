/*
 * Breakpoints on reads and writes. Pages with a watched byte have no fast entry
 * in the software TLBs, so that each access of them takes the slow path and comes by
 * here; DMA into watched memory is seen through the page's flag and the bus.
 */
#include "sim/exec/exec.h"
#include "sim/debug/debug_state.h"
#include "sim/machine/machine.h"

static const enum debug_kind watch_kinds[2] = { DEBUG_READ, DEBUG_WRITE };

/* first..last and the bytes of the spec have one in common. */
static bool debug_watch_meets(const struct debug_spec *spec, uint64_t first, uint64_t last)
{
	return first <= spec->address + (spec->length - 1) && last >= spec->address;
}

static bool debug_watch_any(const struct debug *debug)
{
	for (unsigned kind = 0; kind < 2; kind++)
		for (const struct debug_break *b = debug->of_kind[watch_kinds[kind]]; b; b = b->next_alike)
			if (b->enabled)
				return true;
	return false;
}

/* Physical write breakpoints that meet a page want its flag. */
static bool debug_watch_wants_flag(const struct debug *debug, uint64_t page)
{
	for (const struct debug_break *b = debug->of_kind[DEBUG_WRITE]; b; b = b->next_alike)
		if (b->enabled && b->spec.physical && debug_watch_meets(&b->spec, page, page + BUS_PAGE_SIZE - 1))
			return true;
	return false;
}

/* The flags of the pages that a physical write breakpoint covers, of one memory. */
static void debug_watch_update_flags(struct debug *debug, const struct debug_spec *spec, struct bus_memory *memory)
{
	uint64_t last = spec->address + (spec->length - 1), memory_last = memory->base + (memory->size - 1), page;

	if (!debug_watch_meets(spec, memory->base, memory_last))
		return;
	if (last > memory_last)
		last = memory_last;
	page = spec->address > memory->base ? spec->address & ~(BUS_PAGE_SIZE - 1) : memory->base;
	for (; page <= last; page += BUS_PAGE_SIZE) {
		_Atomic uint8_t *flags = &memory->flags[(page - memory->base) >> BUS_PAGE_SHIFT];

		if (debug_watch_wants_flag(debug, page))
			atomic_fetch_or(flags, BUS_PAGE_WATCHED);
		else
			atomic_fetch_and(flags, (uint8_t)~BUS_PAGE_WATCHED);
		if (page > UINT64_MAX - BUS_PAGE_SIZE)
			return;
	}
}

/* mmu_watcher.watched */
static unsigned debug_watch_pages(void *opaque, int core, uint64_t ea, uint64_t pa)
{
	static const enum mmu_watch bit[2] = { MMU_WATCH_READ, MMU_WATCH_WRITE };
	struct debug *debug = opaque;
	unsigned watched = 0;

	debug_enter(debug);
	for (unsigned kind = 0; kind < 2; kind++)
		for (const struct debug_break *b = debug->of_kind[watch_kinds[kind]]; b; b = b->next_alike) {
			uint64_t page = b->spec.physical ? pa : ea, last = page + BUS_PAGE_SIZE - 1;

			if (debug_break_wants(b, core) && debug_watch_meets(&b->spec, page, last))
				watched |= bit[kind];
		}
	debug_leave(debug);
	return watched;
}

void debug_watch_update(struct debug *debug, const struct debug_break *breakpoint)
{
	struct bus *bus = debug->machine->bus;
	struct mmu_watcher watcher = { debug, debug_watch_pages };
	bool any = debug_watch_any(debug);

	for (unsigned i = 0; i < debug->machine->ncores; i++)
		mmu_set_watcher(&debug->machine->cores[i]->mmu, any ? &watcher : NULL);
	if (breakpoint->spec.kind != DEBUG_WRITE || !breakpoint->spec.physical)
		return;
	for (unsigned i = 0; i < bus_memories(bus); i++)
		debug_watch_update_flags(debug, &breakpoint->spec, bus_memory_at(bus, i));
}

/* An access that crosses a page has two physical parts. */
static bool debug_watch_meets_access(const struct debug_spec *spec, const struct core_access *access)
{
	unsigned in_page = BUS_PAGE_SIZE - (access->ea & (BUS_PAGE_SIZE - 1));

	if (!spec->physical)
		return debug_watch_meets(spec, access->ea, (uint64_t)access->ea + access->size - 1) ||
		       (access->ea > UINT32_MAX - (access->size - 1) && /* round the end of the space */
			debug_watch_meets(spec, 0, (uint32_t)(access->ea + access->size - 1)));
	if (access->size <= in_page)
		return debug_watch_meets(spec, access->pa, access->pa + access->size - 1);
	return debug_watch_meets(spec, access->pa, access->pa + in_page - 1) ||
	       debug_watch_meets(spec, access->next_pa, access->next_pa + (access->size - in_page) - 1);
}

void debug_watch_accessed(void *opaque, struct core *core, const struct op *op, const struct core_access *access)
{
	struct debug *debug = opaque;
	struct debug_break *b;
	unsigned last;

	debug_enter(debug);
	last = debug->last_number;
	b = debug->of_kind[access->store ? DEBUG_WRITE : DEBUG_READ];
	for (; b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = {
			.core = core->index, .pc = core_op_ea(core, op), .ea = access->ea, .pa = access->pa,
			.size = access->size, .value = access->value,
		};

		if (!debug_break_wants(b, core->index) || !debug_watch_meets_access(&b->spec, access))
			continue;
		hit.time = core_now(core, op);
		debug_hit(b, &hit);
	}
	debug_leave(debug);
}

/* Stores of the cores came by above; those of a debugger at a machine that stands are nobody's. */
void debug_watch_stored(void *opaque, int core, uint64_t pa, unsigned size)
{
	struct debug *debug = opaque;
	struct debug_break *b;
	unsigned last;

	if (core >= 0 || !machine_is_running(debug->machine))
		return;
	debug_enter(debug);
	last = debug->last_number;
	b = debug->of_kind[DEBUG_WRITE];
	for (; b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = { .core = -1, .pa = pa, .size = size, .dma = true };

		if (!b->enabled || !b->spec.physical || b->spec.core != DEBUG_ANY_CORE ||
		    !debug_watch_meets(&b->spec, pa, pa + size - 1))
			continue;
		hit.time = machine_now(debug->machine);
		debug_hit(b, &hit);
	}
	debug_leave(debug);
}
