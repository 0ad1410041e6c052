#include "sim/bus/bus.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

struct bus_block {
	uint64_t base, last; /* inclusive */
	const struct bus_ops *ops;
	void *opaque;
	char *name;
};

struct bus {
	struct bus_memory **memories; /* sorted by base; pointers stay valid */
	unsigned nmemories;
	struct bus_block *blocks; /* sorted by base */
	unsigned nblocks;
	struct bus_block *backgrounds; /* in order of addition, the last one wins */
	unsigned nbackgrounds;
	uint32_t pages;
	bus_store_hook_fn *store_hook;
	void *store_opaque;
	bool threaded;
	pthread_mutex_t lock; /* of the register blocks, recursive */
};

struct bus *bus_create(void)
{
	struct bus *bus = allocate_zeroed(1, sizeof *bus);
	pthread_mutexattr_t recursive;

	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&bus->lock, &recursive);
	pthread_mutexattr_destroy(&recursive);
	return bus;
}

void bus_set_threaded(struct bus *bus, bool threaded)
{
	bus->threaded = threaded;
}

void bus_lock(struct bus *bus)
{
	if (bus->threaded)
		pthread_mutex_lock(&bus->lock);
}

void bus_unlock(struct bus *bus)
{
	if (bus->threaded)
		pthread_mutex_unlock(&bus->lock);
}

static void bus_free_blocks(struct bus_block *blocks, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		free(blocks[i].name);
	free(blocks);
}

void bus_destroy(struct bus *bus)
{
	if (!bus)
		return;
	for (unsigned i = 0; i < bus->nmemories; i++) {
		struct bus_memory *memory = bus->memories[i];

		munmap(memory->host, memory->size);
		free((void *)memory->flags);
		free((void *)memory->written);
		free(memory->name);
		free(memory);
	}
	pthread_mutex_destroy(&bus->lock);
	free(bus->memories);
	bus_free_blocks(bus->blocks, bus->nblocks);
	bus_free_blocks(bus->backgrounds, bus->nbackgrounds);
	free(bus);
}

static bool bus_range_ok(const char *name, uint64_t base, uint64_t size, struct err *err)
{
	if (!size || base + (size - 1) < base)
		return err_set(err, "%s: the range at 0x%" PRIx64 " of 0x%" PRIx64 " bytes is empty or wraps around",
			       name, base, size);
	return true;
}

static bool bus_overlap(const char *name, uint64_t base, uint64_t last, const char *other,
			uint64_t other_base, uint64_t other_last, struct err *err)
{
	if (last < other_base || base > other_last)
		return false;
	err_set(err, "%s: 0x%" PRIx64 "-0x%" PRIx64 " overlaps %s at 0x%" PRIx64 "-0x%" PRIx64,
		name, base, last, other, other_base, other_last);
	return true;
}

static bool bus_is_free(struct bus *bus, const char *name, uint64_t base, uint64_t size, struct err *err)
{
	uint64_t last = base + (size - 1);

	for (unsigned i = 0; i < bus->nmemories; i++) {
		struct bus_memory *m = bus->memories[i];

		if (bus_overlap(name, base, last, m->name, m->base, m->base + (m->size - 1), err))
			return false;
	}
	for (unsigned i = 0; i < bus->nblocks; i++) {
		struct bus_block *b = &bus->blocks[i];

		if (bus_overlap(name, base, last, b->name, b->base, b->last, err))
			return false;
	}
	return true;
}

bool bus_add_memory(struct bus *bus, const char *name, uint64_t base, uint64_t size, bool read_only, struct err *err)
{
	struct bus_memory *memory;
	unsigned at = bus->nmemories;
	void *host, *flags, *written;

	if (!bus_range_ok(name, base, size, err) || !bus_is_free(bus, name, base, size, err))
		return false;
	if ((base | size) & (BUS_PAGE_SIZE - 1))
		return err_set(
			err, "%s: memory at 0x%" PRIx64 " of 0x%" PRIx64 " bytes is not a whole number of 4 KiB pages",
			name, base, size);
	host = size > SIZE_MAX / 2 ? MAP_FAILED :
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	flags = allocate_try_zeroed(size >> BUS_PAGE_SHIFT, 1);
	written = allocate_try_zeroed(size >> BUS_PAGE_SHIFT, 1);
	if (host == MAP_FAILED || !flags || !written || (size >> BUS_PAGE_SHIFT) > UINT32_MAX - bus->pages) {
		free(flags);
		free(written);
		if (host != MAP_FAILED)
			munmap(host, size);
		return err_set(err, "%s: no room on this host for 0x%" PRIx64 " bytes of guest memory", name, size);
	}
	memory = allocate_zeroed(1, sizeof *memory);
	*memory = (struct bus_memory){
		.base = base, .size = size, .host = host, .first_page = bus->pages, .read_only = read_only,
		.flags = flags, .written = written, .name = allocate_text(name),
	};
	if (read_only)
		memset((void *)memory->flags, BUS_PAGE_READ_ONLY, size >> BUS_PAGE_SHIFT);
	bus->pages += (uint32_t)(size >> BUS_PAGE_SHIFT);
	bus->memories = allocate_again(bus->memories, (bus->nmemories + 1) * sizeof *bus->memories);
	for (; at > 0 && bus->memories[at - 1]->base > base; at--)
		bus->memories[at] = bus->memories[at - 1];
	bus->memories[at] = memory;
	bus->nmemories++;
	return true;
}

static struct bus_block bus_block_make(const char *name, uint64_t base, uint64_t size,
				       const struct bus_ops *ops, void *opaque)
{
	return (struct bus_block){ base, base + (size - 1), ops, opaque, allocate_text(name) };
}

bool bus_add_registers(struct bus *bus, const char *name, uint64_t base, uint64_t size,
		       const struct bus_ops *ops, void *opaque, struct err *err)
{
	unsigned at = bus->nblocks;

	if (!bus_range_ok(name, base, size, err) || !bus_is_free(bus, name, base, size, err))
		return false;
	bus->blocks = allocate_again(bus->blocks, (bus->nblocks + 1) * sizeof *bus->blocks);
	for (; at > 0 && bus->blocks[at - 1].base > base; at--)
		bus->blocks[at] = bus->blocks[at - 1];
	bus->blocks[at] = bus_block_make(name, base, size, ops, opaque);
	bus->nblocks++;
	return true;
}

bool bus_add_background(struct bus *bus, const char *name, uint64_t base, uint64_t size,
			const struct bus_ops *ops, void *opaque, struct err *err)
{
	if (!bus_range_ok(name, base, size, err))
		return false;
	bus->backgrounds = allocate_again(bus->backgrounds, (bus->nbackgrounds + 1) * sizeof *bus->backgrounds);
	bus->backgrounds[bus->nbackgrounds++] = bus_block_make(name, base, size, ops, opaque);
	return true;
}

static unsigned bus_keep_others(struct bus_block *blocks, unsigned count, const char *name)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++)
		if (strcmp(blocks[i].name, name))
			blocks[kept++] = blocks[i];
		else
			free(blocks[i].name);
	return kept;
}

void bus_remove(struct bus *bus, const char *name)
{
	bus->nblocks = bus_keep_others(bus->blocks, bus->nblocks, name);
	bus->nbackgrounds = bus_keep_others(bus->backgrounds, bus->nbackgrounds, name);
}

struct bus_memory *bus_find_memory(struct bus *bus, uint64_t pa)
{
	for (unsigned i = 0; i < bus->nmemories; i++)
		if (pa - bus->memories[i]->base < bus->memories[i]->size)
			return bus->memories[i];
	return NULL;
}

uint32_t bus_pages(const struct bus *bus)
{
	return bus->pages;
}

unsigned bus_memories(const struct bus *bus)
{
	return bus->nmemories;
}

struct bus_memory *bus_memory_at(struct bus *bus, unsigned index)
{
	return bus->memories[index];
}

/* The block that owns the whole of pa..pa+size-1, or NULL. */
static const struct bus_block *bus_find_block(const struct bus *bus, uint64_t pa, unsigned size)
{
	uint64_t last = pa + (size - 1);
	unsigned low = 0, high = bus->nblocks;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (bus->blocks[middle].last < pa)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < bus->nblocks && bus->blocks[low].base <= pa && last <= bus->blocks[low].last)
		return &bus->blocks[low];
	for (unsigned i = bus->nbackgrounds; i-- > 0;)
		if (bus->backgrounds[i].base <= pa && last <= bus->backgrounds[i].last)
			return &bus->backgrounds[i];
	return NULL;
}

/* Aligned. Cores on threads of their own may be at the same word: never torn. */
static uint64_t bus_load(const uint8_t *p, unsigned size)
{
	switch (size) {
	case 1: return __atomic_load_n(p, __ATOMIC_RELAXED);
	case 2: return be16_load_atomic(p);
	case 4: return be32_load_atomic(p);
	default: return be64_load_atomic(p);
	}
}

static void bus_store(uint8_t *p, unsigned size, uint64_t value)
{
	switch (size) {
	case 1: __atomic_store_n(p, (uint8_t)value, __ATOMIC_RELAXED); break;
	case 2: be16_store_atomic(p, (uint16_t)value); break;
	case 4: be32_store_atomic(p, (uint32_t)value); break;
	default: be64_store_atomic(p, value); break;
	}
}

enum bus_result bus_read(struct bus *bus, const struct bus_access *access, uint64_t pa, unsigned size, uint64_t *value)
{
	struct bus_memory *memory = bus_find_memory(bus, pa);
	const struct bus_block *block;

	assert(!(pa & (size - 1)));
	if (memory) {
		*value = bus_load(memory->host + (pa - memory->base), size);
		return BUS_OK;
	}
	block = bus_find_block(bus, pa, size);
	if (!block)
		return BUS_UNMAPPED;
	bus_lock(bus);
	*value = block->ops->read(block->opaque, access, pa - block->base, size);
	bus_unlock(bus);
	return BUS_OK;
}

enum bus_result bus_write(struct bus *bus, const struct bus_access *access, uint64_t pa, unsigned size, uint64_t value)
{
	struct bus_memory *memory = bus_find_memory(bus, pa);
	const struct bus_block *block;

	assert(!(pa & (size - 1)));
	if (memory) {
		if (memory->read_only)
			return BUS_OK; /* a ROM ignores writes */
		bus_memory_touch(memory, pa - memory->base);
		bus_store(memory->host + (pa - memory->base), size, value);
		bus_stored(bus, access->core, pa, size);
		return BUS_OK;
	}
	block = bus_find_block(bus, pa, size);
	if (!block)
		return BUS_UNMAPPED;
	bus_lock(bus);
	block->ops->write(block->opaque, access, pa - block->base, size, value);
	bus_unlock(bus);
	return BUS_OK;
}

bool bus_peek(struct bus *bus, uint64_t pa, void *data, size_t size)
{
	struct bus_memory *memory = bus_find_memory(bus, pa);

	if (!size)
		return true;
	if (!memory || size > memory->size - (pa - memory->base))
		return false;
	memcpy(data, memory->host + (pa - memory->base), size);
	return true;
}

bool bus_poke(struct bus *bus, uint64_t pa, const void *data, size_t size)
{
	struct bus_memory *memory = bus_find_memory(bus, pa);

	if (!size)
		return true;
	if (!memory || size > memory->size - (pa - memory->base))
		return false;
	memcpy(memory->host + (pa - memory->base), data, size);
	while (size) {
		size_t chunk = BUS_PAGE_SIZE - (pa & (BUS_PAGE_SIZE - 1));

		if (chunk > size)
			chunk = size;
		bus_memory_touch(memory, pa - memory->base);
		bus_stored(bus, BUS_NO_CORE, pa, (unsigned)chunk);
		pa += chunk;
		size -= chunk;
	}
	return true;
}

void bus_set_store_hook(struct bus *bus, bus_store_hook_fn *fn, void *opaque)
{
	bus->store_hook = fn;
	bus->store_opaque = opaque;
}

void bus_stored(struct bus *bus, int core, uint64_t pa, unsigned size)
{
	struct bus_memory *memory = bus_find_memory(bus, pa);
	_Atomic uint8_t *flags = &memory->flags[(pa - memory->base) >> BUS_PAGE_SHIFT];

	if (atomic_load_explicit(flags, memory_order_relaxed) && bus->store_hook)
		bus->store_hook(bus->store_opaque, core, pa, size);
}

static bool bus_page_is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, BUS_PAGE_SIZE - 1);
}

/* Behind the last page that is not zero. */
#define BUS_NO_PAGE UINT64_MAX

static void bus_read_pages(struct bus_memory *memory, struct state_visitor *visitor)
{
	for (uint64_t at = 0; at < memory->size; at += BUS_PAGE_SIZE) {
		uint64_t pa = memory->base + at;

		if (!memory->written[at >> BUS_PAGE_SHIFT] || bus_page_is_zero(memory->host + at))
			continue;
		state_u64(visitor, "address", &pa);
		visitor->bytes(visitor, "page", memory->host + at, BUS_PAGE_SIZE);
	}
}

/* Page by page, as they were saved: those that were not are zero. Who knows of a page's content is told. */
static void bus_restore_pages(struct bus *bus, struct bus_memory *memory, uint64_t *next, struct state_visitor *visitor)
{
	for (uint64_t at = 0; at < memory->size && !visitor->failed; at += BUS_PAGE_SIZE) {
		uint64_t pa = memory->base + at;

		if (pa == *next) {
			visitor->bytes(visitor, "page", memory->host + at, BUS_PAGE_SIZE);
			bus_memory_touch(memory, at);
			*next = BUS_NO_PAGE;
			state_u64(visitor, "address", next);
		} else if (memory->written[at >> BUS_PAGE_SHIFT]) {
			memset(memory->host + at, 0, BUS_PAGE_SIZE);
		} else {
			continue;
		}
		bus_stored(bus, BUS_NO_CORE, pa, BUS_PAGE_SIZE);
	}
}

void bus_visit_state(struct bus *bus, struct state_visitor *visitor)
{
	uint64_t next = BUS_NO_PAGE;

	state_group(visitor, "memory", 1);
	if (visitor->restores)
		state_u64(visitor, "address", &next);
	for (unsigned i = 0; i < bus->nmemories; i++) {
		if (visitor->restores)
			bus_restore_pages(bus, bus->memories[i], &next, visitor);
		else
			bus_read_pages(bus->memories[i], visitor);
	}
	if (visitor->restores && next != BUS_NO_PAGE)
		state_refuse(visitor, "the saved state has memory where this machine has none");
	else if (visitor->whole && !visitor->restores)
		state_u64(visitor, "address", &next);
}
