/*
 * Decoded blocks, keyed by physical address. Cores of one model that take turns on one thread share a cache: what one
 * has decoded the others run, and what one has stored to is dropped for all. A core on a thread of its own has its own.
 *
 * Blocks and guest calls are one unit: the decoder gives a guest call a block of its own, and who comes to answer calls
 * drops the blocks that were decoded without.
 *
 * A block is a straight run of instructions inside one 4 KiB page. It depends
 * on the bytes of that page and on the core's model only: what MSR allows is
 * looked at as the block runs (sim/exec/exec_table.h). A store into the page drops all its blocks
 * (BUS_PAGE_CODE and the bus's store hook), and so does block_cache_drop.
 */
#ifndef WARPCORE_ENGINE_BLOCK_H
#define WARPCORE_ENGINE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/mmu/mmu.h"
#include "sim/isa/op.h"

struct bus;
struct core;

#define BLOCK_MAX_OPS 64
/* What the blocks of a cache take at most, give or take one: then all are dropped, and decoded anew as they are met. */
#define BLOCK_CACHE_BYTES ((size_t)64 << 20)
/* Pages that have blocks at one time (8 KiB each for a table): then all are forgotten. */
#define BLOCK_CACHE_TABLES 4096u

struct block {
	uint32_t n;      /* instructions, 1..BLOCK_MAX_OPS */
	bool breakpoint; /* one may stand at the first instruction (and then n is 1) */
	struct op ops[]; /* n, and the EXEC_END mark */
};

#define BLOCK_PAGE_WORDS 1024

/* The blocks of one page, by the word they start at. */
struct block_page {
	struct block *at[BLOCK_PAGE_WORDS];
	_Atomic uint64_t decoded[BLOCK_PAGE_WORDS / 64]; /* words that some block covers */
	bool drop_requested;                             /* under the cache's lock */
};

/* An empty cache for the memory of the bus; the bounds above are for `sharers` of them together. */
struct block_cache *block_cache_create(struct bus *bus, unsigned sharers);
/* No core has it any more. */
void block_cache_destroy(struct block_cache *cache);
/*
 * Gives a core its cache, core->blocks: of cores of the same model, whose calls the same somebody answers, and that all
 * run on one thread. Between runs; a core that has one loses it first, and keeps its breakpoints.
 */
void block_cache_attach(struct block_cache *cache, struct core *core);
/* Takes it back. Between runs. */
void block_cache_detach(struct core *core);
unsigned block_cache_cores(const struct block_cache *cache);
/*
 * Room for the pages of all memory on the bus, some of which may have come after the cache. With cores on threads of
 * their own it is called before they start: from then on other threads look into it.
 */
void block_cache_cover_bus(struct block_cache *cache);
/* Makes room for one more page, perhaps by forgetting all. Block boundaries only; before a look-up for any core. */
void block_cache_make_room(struct block_cache *cache);
/* The blocks of a memory page, none at first; stays where it is until room is made. */
struct block_page *block_cache_page(struct block_cache *cache, uint32_t memory_page);
/* Decodes the block at ea. */
const struct block *block_cache_miss(struct core *core, const struct mmu_fetch *fetch, uint64_t ea);

/* The block at ea, in the page of `fetch`. */
static inline const struct block *block_cache_find(struct core *core, const struct mmu_fetch *fetch, uint64_t ea)
{
	const struct block *block = fetch->blocks->at[ea / 4 % BLOCK_PAGE_WORDS];

	return __builtin_expect(block != NULL, 1) ? block : block_cache_miss(core, fetch, ea);
}

/* One instruction: operands and function. `granted`: see exec_table_function. */
void block_decode_op(struct core *core, uint32_t word, struct op *op, unsigned *granted);

/*
 * A store went to bytes offset..offset+size-1 of a page: when blocks came from
 * them, asks the cores to drop the page's blocks before their next block. True if
 * so. Any thread.
 */
bool block_cache_stored(struct block_cache *cache, uint32_t memory_page, unsigned offset, unsigned size);
/* True when any block came from the page. Any thread. */
bool block_cache_has_page(const struct block_cache *cache, uint32_t memory_page);
/* Does what block_cache_stored asked for. Block boundaries only, as the one below. */
void block_cache_drop_requested(struct block_cache *cache);
void block_cache_drop_all(struct block_cache *cache);
/* What all blocks take now, how many tables there are, and how many blocks were ever decoded. */
size_t block_cache_bytes(const struct block_cache *cache);
unsigned block_cache_tables(const struct block_cache *cache);
uint64_t block_cache_decoded(const struct block_cache *cache);
/*
 * A core's breakpoints by effective address, from the next block on; blocks that pass there are decoded anew, for all
 * cores of the cache. May be called while one of them runs (owner's thread). Nothing is slower for blocks that pass
 * none.
 */
void block_cache_set_breakpoint(struct core *core, uint64_t ea, bool on);
bool block_cache_has_breakpoint(const struct core *core, uint64_t ea);

#endif
