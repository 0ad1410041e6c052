#include "sim/engine/block.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"
#include "sim/exec/chain.h"
#include "sim/core/core.h"
#include "sim/exec/exec_table.h"
#include "sim/engine/guest_call.h"
#include "sim/core/interrupt.h"
#include "sim/isa/isa.h"

struct block_cache {
	struct bus *bus;
	struct core **cores; /* that have it */
	unsigned ncores;
	struct block_page *_Atomic *pages; /* by memory page number; read by other threads' stores */
	uint32_t npages;
	size_t bytes; /* of all blocks */
	size_t most_bytes;
	uint32_t most_tables;
	struct block_page **tables; /* all there are, in use or spare; none goes before the cache does */
	uint32_t ntables, nspare;   /* the spare ones are the last */
	uint64_t decoded;           /* blocks, ever */
	pthread_mutex_t lock;       /* guards the requests: they come from other cores' threads */
	uint32_t *requests;         /* memory pages to drop */
	uint32_t nrequests, room;
	uint32_t breakpoints_at[BLOCK_PAGE_WORDS]; /* how many of all cores' lie at each word of a page */
};

struct block_cache *block_cache_create(struct bus *bus, unsigned sharers)
{
	struct block_cache *cache = allocate_zeroed(1, sizeof *cache);

	cache->bus = bus;
	cache->most_bytes = BLOCK_CACHE_BYTES / sharers;
	cache->most_tables = BLOCK_CACHE_TABLES / sharers;
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

/* Counts the core's breakpoints in or out. */
static void block_cache_count_breakpoints(struct block_cache *cache, const struct core *core, unsigned by)
{
	for (uint32_t i = 0; i < core->nbreakpoints; i++)
		cache->breakpoints_at[core->breakpoints[i] / 4 % BLOCK_PAGE_WORDS] += by;
	if (core->nbreakpoints)
		block_cache_drop_all(cache);
}

void block_cache_attach(struct block_cache *cache, struct core *core)
{
	if (core->blocks)
		block_cache_detach(core);
	cache->cores = allocate_again(cache->cores, (cache->ncores + 1) * sizeof *cache->cores);
	cache->cores[cache->ncores++] = core;
	core->blocks = cache;
	block_cache_count_breakpoints(cache, core, 1);
}

void block_cache_detach(struct core *core)
{
	struct block_cache *cache = core->blocks;
	unsigned at = 0;

	while (cache->cores[at] != core)
		at++;
	cache->cores[at] = cache->cores[--cache->ncores];
	block_cache_count_breakpoints(cache, core, -1u);
	mmu_drop_fast(&core->mmu); /* its fetch entries lead into the cache */
	core->blocks = NULL;
}

unsigned block_cache_cores(const struct block_cache *cache)
{
	return cache->ncores;
}

void block_cache_cover_bus(struct block_cache *cache)
{
	uint32_t npages = bus_pages(cache->bus);

	if (npages <= cache->npages)
		return;
	cache->pages = allocate_again(cache->pages, npages * sizeof *cache->pages);
	for (uint32_t n = cache->npages; n < npages; n++)
		atomic_init(&cache->pages[n], NULL);
	cache->npages = npages;
}

static struct block_page *block_cache_existing(const struct block_cache *cache, uint32_t memory_page)
{
	return memory_page < cache->npages ? cache->pages[memory_page] : NULL;
}

struct block_page *block_cache_page(struct block_cache *cache, uint32_t memory_page)
{
	struct block_page *page;

	if (memory_page >= cache->npages)
		block_cache_cover_bus(cache);
	page = cache->pages[memory_page];
	if (page)
		return page;
	if (!cache->nspare) {
		cache->tables = allocate_again(cache->tables, (cache->ntables + 1) * sizeof(*cache->tables));
		cache->tables[cache->ntables++] = allocate_zeroed(1, sizeof *page);
		cache->nspare++;
	}
	page = cache->tables[cache->ntables - cache->nspare--];
	cache->pages[memory_page] = page;
	return page;
}

static size_t block_size(uint32_t n)
{
	return sizeof(struct block) + (n + 1) * sizeof(struct op);
}

static void block_page_clear(struct block_cache *cache, struct block_page *page)
{
	for (unsigned word = 0; word < BLOCK_PAGE_WORDS; word++) {
		if (page->at[word])
			cache->bytes -= block_size(page->at[word]->n);
		free(page->at[word]);
		page->at[word] = NULL;
	}
	for (unsigned i = 0; i < BLOCK_PAGE_WORDS / 64; i++)
		atomic_store_explicit(&page->decoded[i], 0, memory_order_relaxed);
}

void block_cache_destroy(struct block_cache *cache)
{
	for (uint32_t i = 0; i < cache->ntables; i++) {
		block_page_clear(cache, cache->tables[i]);
		free(cache->tables[i]);
	}
	free(cache->tables);
	pthread_mutex_destroy(&cache->lock);
	free(cache->cores);
	free(cache->pages);
	free(cache->requests);
	free(cache);
}

void block_decode_op(struct core *core, uint32_t word, struct op *op, unsigned *granted)
{
	isa_decode(word, core->model->categories, op);
	op->fn = exec_table_function(core->model, op, granted);
	if (guest_call_is(core, word)) {
		op->fn = guest_call_exec;
		op->insn = ISA_ILLEGAL; /* of no row of the table: it ends its block, its function knows what it does */
	}
}

/* Blocks are physical and breakpoints effective: any page may be mapped at one, so its place in the page decides. */
static inline bool block_may_break(const struct block_cache *cache, uint64_t ea)
{
	return cache->breakpoints_at[ea / 4 % BLOCK_PAGE_WORDS];
}

/* Where ea stands among the core's breakpoints, or would. */
static uint32_t block_breakpoint_index(const struct core *core, uint64_t ea)
{
	uint32_t low = 0, high = core->nbreakpoints;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (core->breakpoints[middle] < ea)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool block_cache_has_breakpoint(const struct core *core, uint64_t ea)
{
	uint32_t at = block_breakpoint_index(core, ea);

	return at < core->nbreakpoints && core->breakpoints[at] == ea;
}

static struct block *block_build(struct core *core, const struct mmu_fetch *fetch, uint64_t ea)
{
	const struct block_cache *cache = core->blocks;
	struct block_page *page = fetch->blocks;
	const uint8_t *code = fetch->host;
	unsigned word = (unsigned)(ea & (BUS_PAGE_SIZE - 1)) / 4;
	struct op ops[BLOCK_MAX_OPS];
	struct block *block;
	uint32_t n = 0;
	bool breakpoint = block_may_break(cache, ea);
	unsigned granted = 0;
	uint32_t most = breakpoint ? 1 : BLOCK_MAX_OPS;

	while (n < most && word + n < BLOCK_PAGE_WORDS) {
		uint32_t insn = be32_load_atomic(code + 4 * (word + n));

		if (n && (block_may_break(cache, ea + 4 * n) || guest_call_is(core, insn)))
			break;
		block_decode_op(core, insn, &ops[n], &granted);
		ops[n].index = (uint8_t)n;
		ops[n].chain = chain_of(&ops[n]);
		atomic_fetch_or_explicit(&page->decoded[(word + n) / 64], UINT64_C(1) << (word + n) % 64,
					 memory_order_relaxed);
		if (isa_ends_flow(&ops[n++]))
			break;
	}
	block = allocate_bytes(block_size(n));
	core->blocks->bytes += block_size(n);
	core->blocks->decoded++;
	block->n = n;
	block->breakpoint = breakpoint;
	memcpy(block->ops, ops, n * sizeof *ops);
	block->ops[n] = (struct op){ .chain = chain_end, .index = (uint8_t)n };
	return block;
}

const struct block *block_cache_miss(struct core *core, const struct mmu_fetch *fetch, uint64_t ea)
{
	struct bus_memory *memory = bus_find_memory(core->bus, fetch->pa);
	struct block *block;

	/* Code that is entered at every word must not eat the host's memory. */
	if (core->blocks->bytes > core->blocks->most_bytes)
		block_cache_drop_all(core->blocks);
	/* The flag first, then the bytes: a store that comes between is seen. */
	atomic_fetch_or(&memory->flags[(fetch->pa - memory->base) >> BUS_PAGE_SHIFT], BUS_PAGE_CODE);
	block = block_build(core, fetch, ea);
	fetch->blocks->at[ea / 4 % BLOCK_PAGE_WORDS] = block;
	return block;
}

bool block_cache_has_page(const struct block_cache *cache, uint32_t memory_page)
{
	const struct block_page *page = block_cache_existing(cache, memory_page);

	for (unsigned i = 0; page && i < BLOCK_PAGE_WORDS / 64; i++)
		if (atomic_load_explicit(&page->decoded[i], memory_order_relaxed))
			return true;
	return false;
}

static void block_cache_request(struct block_cache *cache, struct block_page *page, uint32_t memory_page)
{
	pthread_mutex_lock(&cache->lock);
	/* The table may have become spare, or another page's, since who asks has found it. */
	if (cache->pages[memory_page] == page && !page->drop_requested) {
		if (cache->nrequests == cache->room) {
			cache->room = cache->room ? 2 * cache->room : 16;
			cache->requests = allocate_again(cache->requests, cache->room * sizeof *cache->requests);
		}
		cache->requests[cache->nrequests++] = memory_page;
		page->drop_requested = true;
	}
	pthread_mutex_unlock(&cache->lock);
	for (unsigned i = 0; i < cache->ncores; i++)
		core_request(cache->cores[i], ATTENTION_INVALIDATE);
}

bool block_cache_stored(struct block_cache *cache, uint32_t memory_page, unsigned offset, unsigned size)
{
	struct block_page *page = block_cache_existing(cache, memory_page);
	unsigned first = offset / 4, last = (offset + size - 1) / 4;

	if (!page)
		return false;
	for (unsigned word = first; word <= last; word++) {
		if (atomic_load_explicit(&page->decoded[word / 64], memory_order_relaxed) >> word % 64 & 1) {
			block_cache_request(cache, page, memory_page);
			return true;
		}
	}
	return false;
}

void block_cache_drop_requested(struct block_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	for (uint32_t i = 0; i < cache->nrequests; i++) {
		struct block_page *page = cache->pages[cache->requests[i]];

		block_page_clear(cache, page);
		page->drop_requested = false;
	}
	cache->nrequests = 0;
	pthread_mutex_unlock(&cache->lock);
}

void block_cache_make_room(struct block_cache *cache)
{
	if (cache->nspare || cache->ntables < cache->most_tables)
		return;
	pthread_mutex_lock(&cache->lock);
	for (uint32_t n = 0; n < cache->npages; n++)
		if (cache->pages[n])
			cache->pages[n] = NULL;
	for (uint32_t i = 0; i < cache->ntables; i++) {
		block_page_clear(cache, cache->tables[i]);
		cache->tables[i]->drop_requested = false;
	}
	cache->nspare = cache->ntables;
	cache->nrequests = 0;
	pthread_mutex_unlock(&cache->lock);
	for (unsigned i = 0; i < cache->ncores; i++)
		mmu_drop_fast(&cache->cores[i]->mmu); /* its fetch entries lead into the cache */
}

void block_cache_drop_all(struct block_cache *cache)
{
	for (uint32_t n = 0; n < cache->npages; n++)
		if (cache->pages[n])
			block_page_clear(cache, cache->pages[n]);
}

size_t block_cache_bytes(const struct block_cache *cache)
{
	return cache->bytes;
}

unsigned block_cache_tables(const struct block_cache *cache)
{
	return cache->ntables;
}

uint64_t block_cache_decoded(const struct block_cache *cache)
{
	return cache->decoded;
}

/*
 * Blocks that pass ea, wherever its page is mapped, are decoded anew. Perhaps one of them runs now: before the next
 * one.
 */
static void block_cache_request_at(struct block_cache *cache, uint64_t ea)
{
	unsigned word = (unsigned)(ea / 4 % BLOCK_PAGE_WORDS);

	for (uint32_t n = 0; n < cache->npages; n++) {
		struct block_page *page = cache->pages[n];

		if (page && atomic_load_explicit(&page->decoded[word / 64], memory_order_relaxed) >> word % 64 & 1)
			block_cache_request(cache, page, n);
	}
}

void block_cache_set_breakpoint(struct core *core, uint64_t ea, bool on)
{
	struct block_cache *cache = core->blocks;
	uint64_t *place;
	uint32_t at;

	ea &= ~UINT64_C(3);
	at = block_breakpoint_index(core, ea);
	if (block_cache_has_breakpoint(core, ea) == on)
		return;
	if (on)
		core->breakpoints =
			allocate_again(core->breakpoints, (core->nbreakpoints + 1) * sizeof *core->breakpoints);
	place = core->breakpoints + at;
	if (on) {
		memmove(place + 1, place, (core->nbreakpoints++ - at) * sizeof *place);
		*place = ea;
		cache->breakpoints_at[ea / 4 % BLOCK_PAGE_WORDS]++;
	} else {
		memmove(place, place + 1, (--core->nbreakpoints - at) * sizeof *place);
		cache->breakpoints_at[ea / 4 % BLOCK_PAGE_WORDS]--;
	}
	block_cache_request_at(cache, ea);
}
