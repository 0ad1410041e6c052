/*
 * The physical address space: memory and register blocks.
 *
 * Addresses are physical, up to 64 bits (e500v2/e500mc use 36). Registers are
 * big-endian on this bus: the value that a device sees for a 4-byte access is
 * the number that a big-endian load would give.
 *
 * Threads: the map is built before the first core runs and is fixed while
 * cores run. Memory is read and written by any core thread; a register block's
 * functions are called under the bus lock when cores have threads of their own.
 */
#ifndef WARPCORE_BUS_BUS_H
#define WARPCORE_BUS_BUS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/state.h"

#define BUS_PAGE_SHIFT 12
#define BUS_PAGE_SIZE (UINT64_C(1) << BUS_PAGE_SHIFT)

/* Who accesses, and when. */
struct bus_access {
	int core;    /* 0..n-1; BUS_NO_CORE for a device or a debugger */
	int64_t now; /* the accessing core's own time, virtual ns */
};
#define BUS_NO_CORE (-1)

/*
 * A register block. `offset` is from the block's base; `size` is 1, 2, 4 or 8
 * and the access is naturally aligned and inside the block. A read returns the
 * value in the low bits.
 */
struct bus_ops {
	uint64_t (*read)(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size);
	void (*write)(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value);
};

/* Why a store into a page must take the slow path: bits of a page's flag byte. */
enum bus_page_flag {
	BUS_PAGE_CODE = 1,     /* decoded blocks came from it */
	BUS_PAGE_RESERVED = 2, /* a core holds a reservation in it */
	BUS_PAGE_WATCHED = 4,  /* a write breakpoint lies in it: DMA into it is looked at */
	BUS_PAGE_READ_ONLY = 8,
};

/* Memory that cores may reach directly through a host pointer. */
struct bus_memory {
	uint64_t base;   /* physical, page aligned */
	uint64_t size;   /* bytes, a multiple of the page size */
	uint8_t *host;   /* size bytes, zeroed at start, owned by the bus */
	_Atomic uint8_t *flags; /* one byte of enum bus_page_flag per page */
	_Atomic uint8_t *written; /* one byte per page, not 0: it may hold something (bus_memory_touch) */
	uint32_t first_page;    /* number of its first page, counted over all memories of this bus */
	bool read_only;
	char *name;
};

struct bus;

/* Called for each store into a page with a flag set, after the store is done. pa..pa+size-1 lies in one page. */
typedef void bus_store_hook_fn(void *opaque, int core, uint64_t pa, unsigned size);

struct bus *bus_create(void);
void bus_destroy(struct bus *bus);

/* Both fail on an overlap, a wrap-around or an unaligned base or size. `name` is copied. */
bool bus_add_memory(struct bus *bus, const char *name, uint64_t base, uint64_t size, bool read_only, struct err *err);
bool bus_add_registers(struct bus *bus, const char *name, uint64_t base, uint64_t size,
		       const struct bus_ops *ops, void *opaque, struct err *err);
/*
 * A window whose accesses nobody else claims (a whole CCSR, a PCI window): it
 * lies under every block added with bus_add_registers, whatever the order.
 */
bool bus_add_background(struct bus *bus, const char *name, uint64_t base, uint64_t size,
			const struct bus_ops *ops, void *opaque, struct err *err);

/* Takes away all registers and backgrounds of this name. Before the bus is used. */
void bus_remove(struct bus *bus, const char *name);

/* The memory that holds pa, or NULL. */
struct bus_memory *bus_find_memory(struct bus *bus, uint64_t pa);
/*
 * The page at `offset` may be written through its host pointer from now on. A
 * page that nobody ever touched is known to be zero, and not looked at: memory
 * may be far larger than the host's.
 */
static inline void bus_memory_touch(struct bus_memory *memory, uint64_t offset)
{
	atomic_store_explicit(&memory->written[offset >> BUS_PAGE_SHIFT], 1, memory_order_relaxed);
}

/* Total pages of all memories: the range of bus_memory.first_page + page. */
uint32_t bus_pages(const struct bus *bus);
unsigned bus_memories(const struct bus *bus);
struct bus_memory *bus_memory_at(struct bus *bus, unsigned index);

enum bus_result {
	BUS_OK,
	BUS_UNMAPPED, /* nothing answers: the core raises a machine check if it has one for it */
};

/*
 * An access as a core or a DMA master makes it: 1, 2, 4 or 8 bytes, naturally
 * aligned. Memory is read and written big-endian. A write to memory runs the
 * store hook where the page's flags ask for it.
 */
enum bus_result bus_read(struct bus *bus, const struct bus_access *access, uint64_t pa, unsigned size, uint64_t *value);
enum bus_result bus_write(struct bus *bus, const struct bus_access *access, uint64_t pa, unsigned size, uint64_t value);

/*
 * Bytes of memory without side effects (debugger, loader, DMA): false when part
 * of the range is not memory; then nothing was done. bus_poke runs the store hook
 * and writes read-only memory too.
 */
bool bus_peek(struct bus *bus, uint64_t pa, void *data, size_t size);
bool bus_poke(struct bus *bus, uint64_t pa, const void *data, size_t size);

/*
 * With cores on threads of their own, register blocks are called one at a time:
 * bus_read and bus_write take the lock (again, when they hold it already), and
 * so does who talks to a device past the bus. Without threads it costs nothing.
 */
void bus_set_threaded(struct bus *bus, bool threaded);
void bus_lock(struct bus *bus);
void bus_unlock(struct bus *bus);

void bus_set_store_hook(struct bus *bus, bus_store_hook_fn *fn, void *opaque);
/* Runs the hook for a store that a core made through its host pointer. */
void bus_stored(struct bus *bus, int core, uint64_t pa, unsigned size);

/* Every non-zero page of every memory, for the digest. */
void bus_visit_state(struct bus *bus, struct state_visitor *visitor);

#endif
