/*
 * The software TLB in front of the MMU (sim/mmu/mmu.h, struct mmu_fast and
 * struct mmu_fetch): what mmu.c calls when an entry of TLB0 or TLB1 goes, and
 * what the fill functions share with it. Not for other rooms.
 */
#ifndef WARPCORE_MMU_MMU_FAST_H
#define WARPCORE_MMU_MMU_FAST_H

#include "sim/mmu/mmu.h"

/* Empties all tables and selects those of the running context. */
void mmu_fast_reset(struct mmu *mmu);
/* Drops one 4 KiB page of an address space. */
void mmu_fast_drop_page(struct mmu *mmu, uint64_t ea, bool space);
/* Drops what a valid entry maps; nothing for an invalid one. */
void mmu_fast_drop_entry(struct mmu *mmu, const struct mmu_entry *entry);
/* Drops what was filled from entries with TID != 0: all that a PID can change. */
void mmu_fast_drop_process(struct mmu *mmu);

/* The entry for an access or a search of the guest, or NULL; an overlap of entries goes to the log. */
const struct mmu_entry *mmu_search(struct mmu *mmu, uint64_t ea, bool space, const uint32_t pid[3]);

static inline uint64_t mmu_entry_pa(const struct mmu_entry *entry, uint64_t ea)
{
	return entry->rpn | (ea & ~entry->mask);
}

static inline bool mmu_entry_permits(const struct mmu_entry *entry, enum mmu_access access, bool problem_state)
{
	return entry->permissions >> (2 * access + problem_state) & 1;
}

#endif
