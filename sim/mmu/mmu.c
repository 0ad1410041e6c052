#include "sim/mmu/mmu.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/bits.h"
#include "sim/base/log.h"
#include "sim/mmu/mmu_fast.h"

/* tlbivax: what the low bits of the effective address select (E500CORERM 12.4.4.1). */
#define TLBIVAX_TLB1 0x8u
#define TLBIVAX_ALL 0x4u

/* The TLBs: where an entry lies and whether it matches. */

static unsigned mmu_tlb0_set(const struct mmu *mmu, uint64_t ea)
{
	return (unsigned)(ea >> 12) & (mmu->config.tlb0_sets - 1);
}

static struct mmu_entry *mmu_tlb0_ways(struct mmu *mmu, uint64_t ea)
{
	return &mmu->tables->tlb0[mmu_tlb0_set(mmu, ea) * mmu->config.tlb0_ways];
}

static uint64_t mmu_page_mask(unsigned tsize)
{
	uint64_t size = mmu_page_size(tsize);

	return ~((size < 0x1000 ? 0x1000 : size) - 1);
}

/* Puts the entry's addresses at the boundary of its page. */
static void mmu_entry_align(struct mmu_entry *entry)
{
	entry->mask = mmu_page_mask(entry->size);
	entry->epn &= entry->mask;
	if (mmu_page_size(entry->size) > 0x1000)
		entry->rpn &= ~(mmu_page_size(entry->size) - 1);
}

static void mmu_mark_tlb1(struct mmu *mmu, unsigned index)
{
	uint64_t bit = UINT64_C(1) << index;

	if (mmu->tables->tlb1[index].valid)
		mmu->tlb1_valid |= bit;
	else
		mmu->tlb1_valid &= ~bit;
}

static inline bool mmu_entry_covers(const struct mmu_entry *entry, uint64_t ea)
{
	return entry->valid && !((entry->epn ^ ea) & entry->mask);
}

/* A PID of 0 names no process: it matches entries with TID 0 only, as every PID does. */
static inline bool mmu_entry_matches(const struct mmu_entry *entry, uint64_t ea, bool space, const uint32_t pid[3])
{
	return mmu_entry_covers(entry, ea) && entry->ts == space &&
	       (!entry->tid || entry->tid == pid[0] || entry->tid == pid[1] || entry->tid == pid[2]);
}

/*
 * The first match, but one with TID 0 before the others: so a change of PID
 * cannot change what a shared page's fast entry stands for.
 */
struct mmu_match {
	const struct mmu_entry *entry;
	unsigned hits;
};

static inline void mmu_match_add(struct mmu_match *match, const struct mmu_entry *entry)
{
	if (!match->hits++ || (match->entry->tid && !entry->tid))
		match->entry = entry;
}

static inline struct mmu_match mmu_find(const struct mmu *mmu, uint64_t ea, bool space, const uint32_t pid[3])
{
	const struct mmu_entry *ways = &mmu->tables->tlb0[mmu_tlb0_set(mmu, ea) * mmu->config.tlb0_ways];
	struct mmu_match match = { NULL, 0 };

	for (unsigned way = 0; way < mmu->config.tlb0_ways; way++)
		if (mmu_entry_matches(&ways[way], ea, space, pid))
			mmu_match_add(&match, &ways[way]);
	for (uint64_t valid = mmu->tlb1_valid; valid; valid &= valid - 1) {
		const struct mmu_entry *entry = &mmu->tables->tlb1[__builtin_ctzll(valid)];

		if (mmu_entry_matches(entry, ea, space, pid))
			mmu_match_add(&match, entry);
	}
	return match;
}

const struct mmu_entry *mmu_search(struct mmu *mmu, uint64_t ea, bool space, const uint32_t pid[3])
{
	struct mmu_match match = mmu_find(mmu, ea, space, pid);

	if (__builtin_expect(match.hits > 1, 0) && mmu->config.log)
		log_write(mmu->config.log, LOG_GUEST_ERROR,
			  "core %d: %u TLB entries match ea 0x%08" PRIx64 " in address space %d", mmu->config.core,
			  match.hits, ea, space);
	return match.entry;
}

void mmu_set_pid(struct mmu *mmu, unsigned n, uint32_t value)
{
	value &= 0xff;
	if (mmu->pid[n] == value)
		return;
	mmu->pid[n] = value;
	mmu_fast_drop_process(mmu);
}

void mmu_init(struct mmu *mmu, struct mmu_tables *tables, const struct mmu_config *config)
{
	*mmu = (struct mmu){ .config = *config, .tables = tables };
}

void mmu_reset(struct mmu *mmu)
{

	struct mmu_tables *tables = mmu->tables;

	*mmu = (struct mmu){ .config = mmu->config, .tables = tables, .watching = mmu->watching,
			     .watcher = mmu->watcher };
	memset(tables, 0, sizeof *tables);
	mmu_fast_reset(mmu);
	mmu_set_tlb1(mmu, 0, &(struct mmu_entry){
		.epn = 0xfffff000, .rpn = 0xfffff000, .size = 1, .valid = true, .iprot = true,
		.wimge = 8, .permissions = MMU_SX | MMU_SW | MMU_SR,
	});
}

/* Translation. */

static enum mmu_result mmu_translate_pids(const struct mmu *mmu, uint64_t ea, enum mmu_access access, bool space,
					  bool problem_state, const uint32_t pid[3],
					  struct mmu_translation *translation)
{
	const struct mmu_entry *entry = mmu_find(mmu, ea, space, pid).entry;

	if (!entry)
		return MMU_MISS;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	return mmu_entry_permits(entry, access, problem_state) ? MMU_OK : MMU_DENIED;
}

enum mmu_result mmu_translate(const struct mmu *mmu, uint64_t ea, enum mmu_access access, bool space,
			      bool problem_state, struct mmu_translation *translation)
{
	return mmu_translate_pids(mmu, ea, access, space, problem_state, mmu->pid, translation);
}

enum mmu_result mmu_translate_pid(const struct mmu *mmu, uint64_t ea, enum mmu_access access, bool space,
				  bool problem_state, uint8_t pid, struct mmu_translation *translation)
{
	const uint32_t pids[3] = { pid, 0, 0 };

	return mmu_translate_pids(mmu, ea, access, space, problem_state, pids, translation);
}

/* MAS registers (E500CORERM table 12-15). */

static void mmu_set_mas7(struct mmu *mmu, uint64_t rpn)
{
	if (mmu->context.updates_mas7)
		mmu->mas[7] = (uint32_t)(rpn >> 32) & MAS7_RPN_MASK;
}

/* MAS0 with the default TLB and, for TLB0, the way that is next to be replaced in the set of ea. */
static uint32_t mmu_mas0_victim(const struct mmu *mmu, uint64_t ea)
{
	uint32_t tlb = mmu->mas[4] & MAS4_TLBSELD_MASK;
	unsigned way = mmu->tables->next_victim[mmu_tlb0_set(mmu, ea)];

	return tlb ? tlb : way << MAS0_ESEL_SHIFT | ((way + 1) & (mmu->config.tlb0_ways - 1));
}

/* MAS0 to MAS3 and MAS7 from the defaults: what a miss and a failed search share. */
static void mmu_mas_defaults(struct mmu *mmu, uint64_t ea, bool space, uint32_t tid)
{
	uint64_t *mas = mmu->mas;

	mas[0] = mmu_mas0_victim(mmu, ea);
	mas[1] = (mas[4] & MAS1_TSIZE_MASK) | (space ? MAS1_TS : 0) | tid << MAS1_TID_SHIFT;
	mas[2] = mas[4] & (MAS2_X_MASK | MAS2_WIMGE_MASK);
	mas[3] = 0;
	mmu_set_mas7(mmu, 0);
}

/* The PID register that MAS4[TIDSELD] names; 3 is TIDZ: zero. */
static uint32_t mmu_default_tid(const struct mmu *mmu, uint32_t pid0)
{
	unsigned select = (mmu->mas[4] & MAS4_TIDSELD_MASK) >> MAS4_TIDSELD_SHIFT;

	if (select == 0)
		return pid0;
	return select < mmu->config.pids ? mmu->pid[select] : 0;
}

void mmu_miss_pid(struct mmu *mmu, uint64_t ea, bool space, uint8_t pid)
{
	uint64_t *mas = mmu->mas;

	mmu_mas_defaults(mmu, ea, space, mmu_default_tid(mmu, pid));
	mas[1] |= MAS1_V;
	mas[2] |= ea & MAS2_EPN_MASK;
	mas[6] = (uint32_t)pid << MAS6_SPID_SHIFT | (space ? MAS6_SAS : 0);
}

void mmu_miss(struct mmu *mmu, uint64_t ea, bool space)
{
	mmu_miss_pid(mmu, ea, space, (uint8_t)mmu->pid[0]);
}

static void mmu_mas_from_entry(struct mmu *mmu, const struct mmu_entry *entry)
{
	uint64_t *mas = mmu->mas;

	mas[1] = (entry->valid ? MAS1_V : 0) | (entry->iprot ? MAS1_IPROT : 0) | (entry->ts ? MAS1_TS : 0) |
		 (uint32_t)entry->tid << MAS1_TID_SHIFT | (uint32_t)entry->size << MAS1_TSIZE_SHIFT;
	mas[2] = entry->epn | (uint32_t)entry->x << MAS2_X_SHIFT | entry->wimge;
	mas[3] = (entry->rpn & MAS3_RPN_MASK) | (uint32_t)entry->user << MAS3_USER_SHIFT | entry->permissions;
	mmu_set_mas7(mmu, entry->rpn);
}

static struct mmu_entry mmu_mas_to_entry(const struct mmu *mmu)
{
	const uint64_t *mas = mmu->mas;

	return (struct mmu_entry){
		.rpn = (uint64_t)(mas[7] & MAS7_RPN_MASK) << 32 | (mas[3] & MAS3_RPN_MASK),
		.epn = mas[2] & MAS2_EPN_MASK,
		.size = (mas[1] & MAS1_TSIZE_MASK) >> MAS1_TSIZE_SHIFT,
		.tid = (mas[1] & MAS1_TID_MASK) >> MAS1_TID_SHIFT,
		.valid = mas[1] & MAS1_V,
		.iprot = mas[1] & MAS1_IPROT,
		.ts = mas[1] & MAS1_TS,
		.wimge = mas[2] & MAS2_WIMGE_MASK,
		.permissions = mas[3] & MAS3_PERMISSIONS_MASK,
		.user = (mas[3] & MAS3_USER_MASK) >> MAS3_USER_SHIFT,
		.x = (mas[2] & MAS2_X_MASK) >> MAS2_X_SHIFT,
	};
}

/* The entry that MAS0 and MAS2[EPN] name, or NULL. */
static struct mmu_entry *mmu_selected(struct mmu *mmu)
{
	unsigned tlb = (mmu->mas[0] & MAS0_TLBSEL_MASK) >> MAS0_TLBSEL_SHIFT;
	unsigned select = (mmu->mas[0] & MAS0_ESEL_MASK) >> MAS0_ESEL_SHIFT;

	if (tlb == 0)
		return &mmu_tlb0_ways(mmu, mmu->mas[2])[select & (mmu->config.tlb0_ways - 1)];
	return tlb == 1 && select < mmu->config.tlb1_entries ? &mmu->tables->tlb1[select] : NULL;
}

static bool mmu_is_tlb0(const struct mmu *mmu, const struct mmu_entry *entry)
{
	return entry >= mmu->tables->tlb0 && entry < mmu->tables->tlb0 + MMU_TLB0_ENTRIES;
}

/* Instructions. */

static bool mmu_tlb1_has_size(const struct mmu *mmu, unsigned tsize)
{
	uint32_t config = mmu->config.tlb1cfg; /* TLB1CFG: MINSIZE 8-11, MAXSIZE 12-15 */

	return tsize >= bits32(config, 8, 11) && tsize <= bits32(config, 12, 15);
}

static void mmu_replace(struct mmu *mmu, struct mmu_entry *entry, const struct mmu_entry *new)
{
	mmu_fast_drop_entry(mmu, entry);
	*entry = *new;
	mmu_fast_drop_entry(mmu, entry);
}

bool mmu_tlbwe(struct mmu *mmu)
{
	struct mmu_entry *entry = mmu_selected(mmu);
	struct mmu_entry new = mmu_mas_to_entry(mmu);

	if (!entry)
		return false;
	if (mmu_is_tlb0(mmu, entry)) {
		new.size = 1;
		new.iprot = false;
		mmu_entry_align(&new);
		mmu_replace(mmu, entry, &new);
		mmu->tables->next_victim[mmu_tlb0_set(mmu, new.epn)] =
			mmu->mas[0] & MAS0_NV_MASK & (mmu->config.tlb0_ways - 1);
		return true;
	}
	if (new.valid && !mmu_tlb1_has_size(mmu, new.size))
		return false;
	mmu_set_tlb1(mmu, (unsigned)(entry - mmu->tables->tlb1), &new);
	return true;
}

void mmu_set_tlb1(struct mmu *mmu, unsigned index, const struct mmu_entry *entry)
{
	struct mmu_entry new = *entry;

	mmu_entry_align(&new);
	mmu_replace(mmu, &mmu->tables->tlb1[index], &new);
	mmu_mark_tlb1(mmu, index);
}

void mmu_tlbre(struct mmu *mmu)
{
	struct mmu_entry *entry = mmu_selected(mmu);
	uint64_t *mas = mmu->mas;

	if (!entry) {
		mas[1] = 0; /* architected as undefined; V = 0 says that nothing was read */
		return;
	}
	mas[0] &= ~MAS0_NV_MASK;
	if (mmu_is_tlb0(mmu, entry))
		mas[0] |= mmu->tables->next_victim[mmu_tlb0_set(mmu, mas[2])];
	mmu_mas_from_entry(mmu, entry);
}

static uint32_t mmu_mas0_of_entry(const struct mmu *mmu, const struct mmu_entry *entry, uint64_t ea)
{
	unsigned set = mmu_tlb0_set(mmu, ea);

	if (!mmu_is_tlb0(mmu, entry))
		return 1u << MAS0_TLBSEL_SHIFT | (uint32_t)(entry - mmu->tables->tlb1) << MAS0_ESEL_SHIFT;
	return (uint32_t)(entry - &mmu->tables->tlb0[set * mmu->config.tlb0_ways]) << MAS0_ESEL_SHIFT |
	       mmu->tables->next_victim[set];
}

void mmu_tlbsx(struct mmu *mmu, uint64_t ea)
{
	uint64_t *mas = mmu->mas;
	const uint32_t pid[3] = { (mas[6] & MAS6_SPID_MASK) >> MAS6_SPID_SHIFT, 0, 0 };
	const struct mmu_entry *entry = mmu_search(mmu, ea, mas[6] & MAS6_SAS, pid);

	if (!entry) {
		mmu_mas_defaults(mmu, ea, mas[6] & MAS6_SAS, pid[0]);
		return;
	}
	mas[0] = mmu_mas0_of_entry(mmu, entry, ea);
	mmu_mas_from_entry(mmu, entry);
}

static void mmu_invalidate_tlb0(struct mmu *mmu)
{
	for (unsigned n = 0; n < mmu->config.tlb0_entries; n++)
		mmu->tables->tlb0[n].valid = false;
	mmu_drop_fast(mmu);
}

static void mmu_invalidate_tlb1_entry(struct mmu *mmu, unsigned index)
{
	struct mmu_entry *entry = &mmu->tables->tlb1[index];

	mmu_fast_drop_entry(mmu, entry);
	entry->valid = false;
	mmu_mark_tlb1(mmu, index);
}

static void mmu_invalidate_tlb1(struct mmu *mmu)
{
	for (uint64_t valid = mmu->tlb1_valid; valid; valid &= valid - 1) {
		unsigned index = (unsigned)__builtin_ctzll(valid);

		if (!mmu->tables->tlb1[index].iprot)
			mmu_invalidate_tlb1_entry(mmu, index);
	}
}

/* No PID and no address space is compared: neither is broadcast (E500CORERM 12.4.4). */
void mmu_tlbivax_local(struct mmu *mmu, uint64_t ea)
{
	struct mmu_entry *ways = mmu_tlb0_ways(mmu, ea);

	if (ea & TLBIVAX_TLB1) {
		for (uint64_t valid = mmu->tlb1_valid; valid; valid &= valid - 1) {
			unsigned index = (unsigned)__builtin_ctzll(valid);
			const struct mmu_entry *entry = &mmu->tables->tlb1[index];

			if (!entry->iprot && (ea & TLBIVAX_ALL || mmu_entry_covers(entry, ea)))
				mmu_invalidate_tlb1_entry(mmu, index);
		}
		return;
	}
	if (ea & TLBIVAX_ALL) {
		mmu_invalidate_tlb0(mmu);
		return;
	}
	for (unsigned way = 0; way < mmu->config.tlb0_ways; way++)
		if (mmu_entry_covers(&ways[way], ea)) {
			ways[way].valid = false;
			mmu_fast_drop_page(mmu, ea, ways[way].ts);
		}
}

/* Entries of one process: T = 1. */
static void mmu_invalidate_tid(struct mmu *mmu, uint8_t tid)
{
	for (unsigned n = 0; n < mmu->config.tlb0_entries; n++)
		if (mmu->tables->tlb0[n].tid == tid)
			mmu->tables->tlb0[n].valid = false;
	for (unsigned n = 0; n < mmu->config.tlb1_entries; n++)
		if (mmu->tables->tlb1[n].tid == tid && !mmu->tables->tlb1[n].iprot)
			mmu_invalidate_tlb1_entry(mmu, n);
	if (tid)
		mmu_fast_drop_process(mmu);
	else
		mmu_drop_fast(mmu);
}

/* One page of one process in one address space: T = 3. */
static void mmu_invalidate_page(struct mmu *mmu, uint64_t ea, bool space, uint8_t tid)
{
	struct mmu_entry *ways = mmu_tlb0_ways(mmu, ea);

	for (unsigned way = 0; way < mmu->config.tlb0_ways; way++)
		if (mmu_entry_covers(&ways[way], ea) && ways[way].ts == space && ways[way].tid == tid) {
			ways[way].valid = false;
			mmu_fast_drop_page(mmu, ea, space);
		}
	for (unsigned n = 0; n < mmu->config.tlb1_entries; n++) {
		const struct mmu_entry *entry = &mmu->tables->tlb1[n];

		if (mmu_entry_covers(entry, ea) && entry->ts == space && entry->tid == tid && !entry->iprot)
			mmu_invalidate_tlb1_entry(mmu, n);
	}
}

void mmu_tlbilx(struct mmu *mmu, unsigned t, uint64_t ea)
{
	uint8_t tid = (mmu->mas[6] & MAS6_SPID_MASK) >> MAS6_SPID_SHIFT;

	if (t == 0) {
		mmu_invalidate_tlb0(mmu);
		mmu_invalidate_tlb1(mmu);
	} else if (t == 1) {
		mmu_invalidate_tid(mmu, tid);
	} else if (t == 3) {
		mmu_invalidate_page(mmu, ea, mmu->mas[6] & MAS6_SAS, tid);
	}
}

/* The bits clear themselves when the invalidation is done, which is at once. */
void mmu_set_mmucsr0(struct mmu *mmu, uint32_t value)
{
	if (value & MMUCSR0_TLB0_FI)
		mmu_invalidate_tlb0(mmu);
	if (value & MMUCSR0_TLB1_FI)
		mmu_invalidate_tlb1(mmu);
	mmu->mmucsr0 = 0;
}

/* State. */

static void mmu_visit_entry(struct mmu_entry *entry, struct state_visitor *visitor)
{
	uint8_t size = entry->size;

	state_u64(visitor, "rpn", &entry->rpn);
	state_u64(visitor, "epn", &entry->epn);
	state_u8(visitor, "size", &size);
	if (state_at_most(visitor, "size of a TLB entry", size, 15))
		entry->size = size;
	state_u8(visitor, "tid", &entry->tid);
	state_bool(visitor, "valid", &entry->valid);
	state_bool(visitor, "iprot", &entry->iprot);
	state_bool(visitor, "ts", &entry->ts);
	state_u8(visitor, "wimge", &entry->wimge);
	state_u8(visitor, "permissions", &entry->permissions);
	state_u8(visitor, "user", &entry->user);
	state_u8(visitor, "x", &entry->x);
	entry->mask = mmu_page_mask(entry->size);
}

void mmu_visit_state(struct mmu *mmu, struct state_visitor *visitor)
{
	for (unsigned n = 0; n < mmu->config.tlb0_entries; n++)
		mmu_visit_entry(&mmu->tables->tlb0[n], visitor);
	for (unsigned n = 0; n < mmu->config.tlb1_entries; n++) {
		mmu_visit_entry(&mmu->tables->tlb1[n], visitor);
		mmu_mark_tlb1(mmu, n);
	}
	for (unsigned n = 0; n < 8; n++)
		state_u64(visitor, "mas", &mmu->mas[n]);
	for (unsigned n = 0; n < 3; n++)
		state_u32(visitor, "pid", &mmu->pid[n]);
	state_u32(visitor, "mmucsr0", &mmu->mmucsr0);
	for (unsigned n = 0; n < sizeof mmu->tables->next_victim; n++)
		state_u8(visitor, "next_victim", &mmu->tables->next_victim[n]);
}
