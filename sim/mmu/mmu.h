/*
 * The Book-E MMU of one core (E500CORERM chapter 12, MMU architecture version
 * 1.0): TLB0 (4 KiB entries, set associative), TLB1 (any page size, IPROT), the MAS
 * registers, and in front of them a software TLB that the fast paths of
 * sim/exec/access.h and the block look-up read. The arrays and the software TLB are one unit: a change of an entry
 * drops what was filled from it, and a fill searches the arrays.
 */
#ifndef WARPCORE_MMU_MMU_H
#define WARPCORE_MMU_MMU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/state.h"

struct bus;
struct bus_memory;
struct block_page;
struct log;

#define MMU_TLB0_ENTRIES 512
#define MMU_TLB1_ENTRIES 64

/* Fields of the MAS registers (E500CORERM 12.7.1; MAVN 1.0). */
#define MAS0_TLBSEL_SHIFT 28
#define MAS0_TLBSEL_MASK 0x30000000u
#define MAS0_ESEL_SHIFT 16
#define MAS0_ESEL_MASK 0x0fff0000u
#define MAS0_NV_MASK 0x00000fffu
#define MAS1_V 0x80000000u
#define MAS1_IPROT 0x40000000u
#define MAS1_TID_SHIFT 16
#define MAS1_TID_MASK 0x00ff0000u
#define MAS1_TS 0x00001000u
#define MAS1_TSIZE_SHIFT 8
#define MAS1_TSIZE_MASK 0x00000f00u
#define MAS2_EPN_MASK 0xfffff000u
#define MAS2_X_SHIFT 5
#define MAS2_X_MASK 0x00000060u
#define MAS2_WIMGE_MASK 0x0000001fu
#define MAS3_RPN_MASK 0xfffff000u
#define MAS3_USER_SHIFT 6
#define MAS3_USER_MASK 0x000003c0u
#define MAS3_PERMISSIONS_MASK 0x0000003fu
#define MAS4_TLBSELD_MASK 0x30000000u
#define MAS4_TIDSELD_SHIFT 16
#define MAS4_TIDSELD_MASK 0x00030000u
#define MAS6_SPID_SHIFT 16
#define MAS6_SPID_MASK 0x00ff0000u
#define MAS6_SAS 0x00000001u
#define MAS7_RPN_MASK 0x0000000fu

#define MMUCSR0_TLB1_FI 0x2u
#define MMUCSR0_TLB0_FI 0x4u

/* Of mmu_entry.wimge and mmu_translation.wimge. */
#define MMU_W 16u /* write-through required */
#define MMU_I 8u  /* caching inhibited */
#define MMU_E 1u  /* little-endian */

/* The numbers of MAS3's permission bits, as masks. */
enum mmu_permission {
	MMU_SR = 1, MMU_UR = 2, MMU_SW = 4, MMU_UW = 8, MMU_SX = 16, MMU_UX = 32,
};

struct mmu_entry {
	uint64_t rpn;  /* physical address of the page */
	uint64_t epn;  /* effective address of the page */
	uint64_t mask; /* ~(page size - 1), on effective addresses; derived from size */
	uint8_t size;  /* TSIZE: 4^n KiB */
	uint8_t tid;
	bool valid, iprot, ts;
	uint8_t wimge;   /* W 16, I 8, M 4, G 2, E 1 */
	uint8_t permissions; /* UX 32, SX 16, UW 8, SW 4, UR 2, SR 1: order of MAS3 */
	uint8_t user;  /* MAS3[U0-U3] */
	uint8_t x;     /* MAS2[X0, X1] */
};

/*
 * The software TLB: 4 KiB pages, direct mapped, one table per translation
 * context, so that entering the kernel drops nothing.
 */
#define MMU_FAST_ENTRIES 256
#define MMU_PAGE UINT64_C(0xfffffffffffff000)
/* Equals no page address, with or without the low three bits that a misaligned access adds. */
#define MMU_FAST_NONE UINT64_C(0x800)

struct mmu_fast { /* 32 bytes: each load and store finds its own by one shift */
	uint64_t read;  /* page address if loads may go through host, else MMU_FAST_NONE */
	uint64_t write; /* the same for stores; the page's flag byte must be looked at too */
	uint8_t *host;  /* host address of the page minus its effective address (unsigned arithmetic) */
	_Atomic uint8_t *flags; /* enum bus_page_flag of the page */
};

struct mmu_fetch {
	uint64_t page; /* page address, or MMU_FAST_NONE */
	uint64_t pa;
	uint8_t *host;
	struct block_page *blocks; /* what was decoded from it: set by the engine after each fill */
};

/* Context: 2 * address space + MSR[PR]. */
#define MMU_CONTEXTS 4
#define MMU_MARK_WORDS (MMU_CONTEXTS * MMU_FAST_ENTRIES / 64)

/* Which slots of the tables must be emptied, one bit each: dropping costs what was filled. */
struct mmu_marks {
	uint64_t used[MMU_MARK_WORDS];     /* filled since it was last emptied */
	uint64_t of_process[MMU_MARK_WORDS]; /* filled from an entry with TID != 0 */
};

/* Who watches loads and stores: enum mmu_watch bits for the page at ea and pa. Asked while mmu_set_watching is on. */
struct mmu_watcher {
	void *opaque;
	unsigned (*watched)(void *opaque, int core, uint64_t ea, uint64_t pa);
};

/* What the MMU is and what lies around it, for its life. */
struct mmu_config {
	unsigned tlb0_entries, tlb0_ways, tlb0_sets; /* powers of two; entries = ways * sets */
	unsigned tlb1_entries;
	uint32_t tlb1cfg; /* MINSIZE and MAXSIZE: what tlbwe takes */
	unsigned pids;    /* PID registers, 1..3 */
	int core;         /* its number, for messages and the watcher */
	struct bus *bus;
	struct log *log;  /* or NULL */
};

/* What of the core's registers steers translation. */
struct mmu_context {
	bool instruction_space, data_space; /* MSR[IS], [DS] */
	bool problem_state;                 /* MSR[PR] */
	bool updates_mas7;                  /* misses and searches write MAS7 (e500v2: HID0[EN_MAS7_UPDATE]) */
};

/* The large part, apart from the few words that each access touches. */
struct mmu_tables {
	struct mmu_entry tlb0[MMU_TLB0_ENTRIES];
	struct mmu_entry tlb1[MMU_TLB1_ENTRIES];
	uint8_t next_victim[128]; /* TLB0[NV], per set, round robin (E500CORERM 12.3.2.2) */

	/* Derived from the above, not state. */
	struct mmu_fast fast[MMU_CONTEXTS][MMU_FAST_ENTRIES];
	struct mmu_fetch fast_fetch[MMU_CONTEXTS][MMU_FAST_ENTRIES];
	uint8_t fast_wimge[MMU_CONTEXTS][MMU_FAST_ENTRIES]; /* of the pages in `fast` */
	struct mmu_marks data_marks, fetch_marks;
};

struct mmu {
	struct mmu_fast *data;   /* the table of the running data context: fast[context] */
	uint8_t *data_wimge;     /* fast_wimge[context] */
	struct mmu_fetch *fetch; /* the table of the running instruction context */
	bool watching;           /* watcher.watched is there */
	bool data_slow;          /* mmu_set_data_slow */
	struct mmu_context context;
	uint64_t tlb1_valid;       /* bit n: tlb1[n].valid */
	struct bus_memory *memory; /* the one that backed the last page filled */

	uint64_t mas[8]; /* MAS0-4, 6, 7; MAS5 is not in these cores. All but MAS2 have 32 bits in every core */
	uint32_t pid[3];
	uint32_t mmucsr0;

	struct mmu_watcher watcher; /* mmu_set_watcher */
	struct mmu_tables *tables;
	struct mmu_config config;
};

enum mmu_access { MMU_READ, MMU_WRITE, MMU_EXECUTE };

enum mmu_result {
	MMU_OK,
	MMU_MISS,    /* DTLB or ITLB error */
	MMU_DENIED,  /* DSI or ISI */
};

struct mmu_translation { /* set for MMU_OK and MMU_DENIED */
	uint64_t pa;
	uint32_t memory_page; /* of a fetch with an entry: number of its page (bus_memory.first_page + n) */
	uint8_t wimge;
};

/* Bytes of a page; `tsize` 0..15. */
static inline uint64_t mmu_page_size(unsigned tsize)
{
	return UINT64_C(1024) << 2 * tsize;
}

/* `tables` belong to the caller and live as long; mmu_reset comes next. */
void mmu_init(struct mmu *mmu, struct mmu_tables *tables, const struct mmu_config *config);
/* The state after power-on reset: TLB1[0] maps the 4 KiB boot page at 0xfffff000 (E500CORERM 12.6). */
void mmu_reset(struct mmu *mmu);
/* Selects the tables; to be called with each change of what it is made of. */
void mmu_set_context(struct mmu *mmu, struct mmu_context context);
/* A write to PID register n (0..2); values of more than 8 bits are cut. */
void mmu_set_pid(struct mmu *mmu, unsigned n, uint32_t value);
/* Drops everything in the software TLBs (not in TLB0 and TLB1): after a restore of state. Owner's thread only. */
void mmu_drop_fast(struct mmu *mmu);
/*
 * While `slow` is on, no load or store finds a fast entry, so that each one passes
 * access_load_slow or access_store_slow: data address compare (DBCR0[DAC1, DAC2]).
 */
void mmu_set_data_slow(struct mmu *mmu, bool slow);

/* Answers of the watcher. */
enum mmu_watch { MMU_WATCH_READ = 1, MMU_WATCH_WRITE = 2 };
/*
 * From now on pages that `watcher` names get no fast entry; NULL: nobody watches. Also to be called when its answers
 * change: data entries are filled anew. Owner's thread only.
 */
void mmu_set_watcher(struct mmu *mmu, const struct mmu_watcher *watcher);

/*
 * The architected translation in a given space and privilege with the
 * PID registers; no side effects, no registers changed.
 *
 * When several entries match, which the manual forbids (E500CORERM 12.3.4), the one
 * with TID 0 wins, then TLB0 before TLB1, then the lower way or number.
 */
enum mmu_result mmu_translate(const struct mmu *mmu, uint64_t ea, enum mmu_access access, bool space,
			      bool problem_state, struct mmu_translation *translation);
/* The same with one PID in place of the PID registers: external PID accesses (EPLC, EPSC). */
enum mmu_result mmu_translate_pid(const struct mmu *mmu, uint64_t ea, enum mmu_access access, bool space,
				  bool problem_state, uint8_t pid, struct mmu_translation *translation);
/* MAS registers as a TLB miss leaves them (E500CORERM table 12-15). */
void mmu_miss(struct mmu *mmu, uint64_t ea, bool space);
/* The same for an external PID access: TID and MAS6[SPID0] from `pid` where PID0 would be taken. */
void mmu_miss_pid(struct mmu *mmu, uint64_t ea, bool space, uint8_t pid);

/*
 * Translates a fetch at ea of the running context. MMU_OK: *translation is set, and *filled is the fetch entry, filled
 * but for its blocks; NULL where the page has no memory or is little-endian: the fetch then goes through the bus (bytes
 * reversed if wimge has MMU_E). MMU_MISS: the MAS registers are as a miss leaves them. The interrupt is the caller's
 * (sim/core/translate.h).
 */
enum mmu_result mmu_fill_fetch(struct mmu *mmu, uint64_t ea, struct mmu_fetch **filled,
			       struct mmu_translation *translation);
/*
 * The same for a load or store. MMU_OK: *translation is set, and so is the fast entry
 * mmu->data[ea >> 12 & (MMU_FAST_ENTRIES - 1)] if the page allows one:
 * big-endian, backed by memory, not watched.
 */
enum mmu_result mmu_fill_data(struct mmu *mmu, uint64_t ea, bool store, struct mmu_translation *translation);

/* Instructions; privilege is the exec function's business. */
bool mmu_tlbwe(struct mmu *mmu);  /* false: no such TLB, entry or page size: program interrupt (illegal) */
void mmu_tlbre(struct mmu *mmu);
void mmu_tlbsx(struct mmu *mmu, uint64_t ea);
void mmu_tlbivax_local(struct mmu *mmu, uint64_t ea); /* one core's part of tlbivax; owner's thread only */
void mmu_tlbilx(struct mmu *mmu, unsigned t, uint64_t ea); /* t: 0 all, 1 a PID's, 3 one page's */
void mmu_set_mmucsr0(struct mmu *mmu, uint32_t value); /* flash invalidate */

/* Places an entry by hand: the loader's initial map. `mask` is worked out from `size`. */
void mmu_set_tlb1(struct mmu *mmu, unsigned index, const struct mmu_entry *entry);

/* After a restore, call mmu_set_context and mmu_drop_fast. */
void mmu_visit_state(struct mmu *mmu, struct state_visitor *visitor);

#endif
