#include "sim/mmu/mmu.h"

#include <string.h>

#include "sim/core/core.h"
#include "sim/mmu/mmu_fast.h"

#define HID0_EN_MAS7_UPDATE PPC_BIT32(24)

/* tlbivax: what the low bits of the effective address select (E500CORERM 12.4.4.1). */
#define TLBIVAX_TLB1 0x8u
#define TLBIVAX_ALL 0x4u

/* The TLBs: where an entry lies and whether it matches. */

static unsigned mmu_tlb0_set(const struct core *core, uint32_t ea)
{
	return ea >> 12 & (core->model->tlb0_entries / core->model->tlb0_ways - 1);
}

static struct mmu_entry *mmu_tlb0_ways(struct core *core, uint32_t ea)
{
	return &core->mmu.tlb0[mmu_tlb0_set(core, ea) * core->model->tlb0_ways];
}

static uint32_t mmu_page_mask(unsigned tsize)
{
	uint64_t size = mmu_page_size(tsize);

	return (uint32_t)~((size < 0x1000 ? 0x1000 : size) - 1);
}

/* Puts the entry's addresses at the boundary of its page. */
static void mmu_entry_align(struct mmu_entry *entry)
{
	entry->mask = mmu_page_mask(entry->size);
	entry->epn &= entry->mask;
	if (mmu_page_size(entry->size) > 0x1000)
		entry->rpn &= ~(mmu_page_size(entry->size) - 1);
}

static void mmu_mark_tlb1(struct core *core, unsigned index)
{
	uint64_t bit = UINT64_C(1) << index;

	if (core->mmu.tlb1[index].valid)
		core->mmu.tlb1_valid |= bit;
	else
		core->mmu.tlb1_valid &= ~bit;
}

static inline bool mmu_entry_covers(const struct mmu_entry *entry, uint32_t ea)
{
	return entry->valid && !((entry->epn ^ ea) & entry->mask);
}

/* A PID of 0 names no process: it matches entries with TID 0 only, as every PID does. */
static inline bool mmu_entry_matches(const struct mmu_entry *entry, uint32_t ea, bool space, const uint32_t pid[3])
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

static inline struct mmu_match mmu_find(const struct core *core, uint32_t ea, bool space, const uint32_t pid[3])
{
	const struct mmu *mmu = &core->mmu;
	const struct mmu_entry *ways = &mmu->tlb0[mmu_tlb0_set(core, ea) * core->model->tlb0_ways];
	struct mmu_match match = { NULL, 0 };

	for (unsigned way = 0; way < core->model->tlb0_ways; way++)
		if (mmu_entry_matches(&ways[way], ea, space, pid))
			mmu_match_add(&match, &ways[way]);
	for (uint64_t valid = mmu->tlb1_valid; valid; valid &= valid - 1) {
		const struct mmu_entry *entry = &mmu->tlb1[__builtin_ctzll(valid)];

		if (mmu_entry_matches(entry, ea, space, pid))
			mmu_match_add(&match, entry);
	}
	return match;
}

const struct mmu_entry *mmu_search(struct core *core, uint32_t ea, bool space, const uint32_t pid[3])
{
	struct mmu_match match = mmu_find(core, ea, space, pid);

	if (__builtin_expect(match.hits > 1, 0) && core->log)
		log_write(core->log, LOG_GUEST_ERROR, "core %d: %u TLB entries match ea 0x%08x in address space %d",
			  core->index, match.hits, ea, space);
	return match.entry;
}

void mmu_set_pid(struct core *core, unsigned n, uint32_t value)
{
	value &= 0xff;
	if (core->mmu.pid[n] == value)
		return;
	core->mmu.pid[n] = value;
	mmu_fast_drop_process(core);
}

void mmu_reset(struct core *core)
{
	struct mmu *mmu = &core->mmu;

	memset(mmu, 0, sizeof *mmu);
	mmu_fast_reset(core);
	mmu_set_tlb1(core, 0, &(struct mmu_entry){
		.epn = 0xfffff000, .rpn = 0xfffff000, .size = 1, .valid = true, .iprot = true,
		.wimge = 8, .permissions = MMU_SX | MMU_SW | MMU_SR,
	});
}

/* Translation. */

static enum mmu_result mmu_translate_pids(const struct core *core, uint32_t ea, enum mmu_access access, bool space,
					  bool problem_state, const uint32_t pid[3],
					  struct mmu_translation *translation)
{
	const struct mmu_entry *entry = mmu_find(core, ea, space, pid).entry;

	if (!entry)
		return MMU_MISS;
	translation->pa = mmu_entry_pa(entry, ea);
	translation->wimge = entry->wimge;
	return mmu_entry_permits(entry, access, problem_state) ? MMU_OK : MMU_DENIED;
}

enum mmu_result mmu_translate(const struct core *core, uint32_t ea, enum mmu_access access, bool space,
			      bool problem_state, struct mmu_translation *translation)
{
	return mmu_translate_pids(core, ea, access, space, problem_state, core->mmu.pid, translation);
}

enum mmu_result mmu_translate_pid(const struct core *core, uint32_t ea, enum mmu_access access, bool space,
				  bool problem_state, uint8_t pid, struct mmu_translation *translation)
{
	const uint32_t pids[3] = { pid, 0, 0 };

	return mmu_translate_pids(core, ea, access, space, problem_state, pids, translation);
}

/* MAS registers (E500CORERM table 12-15). */

/* e500v2 leaves MAS7 alone unless software asks; e500mc has no such switch. */
static void mmu_set_mas7(struct core *core, uint64_t rpn)
{
	if (core->model->isa != CORE_E500V2 || core->hid0 & HID0_EN_MAS7_UPDATE)
		core->mmu.mas[7] = (uint32_t)(rpn >> 32) & MAS7_RPN_MASK;
}

/* MAS0 with the default TLB and, for TLB0, the way that is next to be replaced in the set of ea. */
static uint32_t mmu_mas0_victim(const struct core *core, uint32_t ea)
{
	uint32_t tlb = core->mmu.mas[4] & MAS4_TLBSELD_MASK;
	unsigned way = core->mmu.next_victim[mmu_tlb0_set(core, ea)];

	return tlb ? tlb : way << MAS0_ESEL_SHIFT | ((way + 1) & (core->model->tlb0_ways - 1));
}

/* MAS0 to MAS3 and MAS7 from the defaults: what a miss and a failed search share. */
static void mmu_mas_defaults(struct core *core, uint32_t ea, bool space, uint32_t tid)
{
	uint32_t *mas = core->mmu.mas;

	mas[0] = mmu_mas0_victim(core, ea);
	mas[1] = (mas[4] & MAS1_TSIZE_MASK) | (space ? MAS1_TS : 0) | tid << MAS1_TID_SHIFT;
	mas[2] = mas[4] & (MAS2_X_MASK | MAS2_WIMGE_MASK);
	mas[3] = 0;
	mmu_set_mas7(core, 0);
}

/* The PID register that MAS4[TIDSELD] names; 3 is TIDZ: zero. */
static uint32_t mmu_default_tid(const struct core *core, uint32_t pid0)
{
	unsigned select = (core->mmu.mas[4] & MAS4_TIDSELD_MASK) >> MAS4_TIDSELD_SHIFT;

	if (select == 0)
		return pid0;
	return select < core->model->pids ? core->mmu.pid[select] : 0;
}

void mmu_miss_pid(struct core *core, uint32_t ea, bool space, uint8_t pid)
{
	uint32_t *mas = core->mmu.mas;

	mmu_mas_defaults(core, ea, space, mmu_default_tid(core, pid));
	mas[1] |= MAS1_V;
	mas[2] |= ea & MAS2_EPN_MASK;
	mas[6] = (uint32_t)pid << MAS6_SPID_SHIFT | (space ? MAS6_SAS : 0);
}

void mmu_miss(struct core *core, uint32_t ea, bool space)
{
	mmu_miss_pid(core, ea, space, (uint8_t)core->mmu.pid[0]);
}

static void mmu_mas_from_entry(struct core *core, const struct mmu_entry *entry)
{
	uint32_t *mas = core->mmu.mas;

	mas[1] = (entry->valid ? MAS1_V : 0) | (entry->iprot ? MAS1_IPROT : 0) | (entry->ts ? MAS1_TS : 0) |
		 (uint32_t)entry->tid << MAS1_TID_SHIFT | (uint32_t)entry->size << MAS1_TSIZE_SHIFT;
	mas[2] = entry->epn | (uint32_t)entry->x << MAS2_X_SHIFT | entry->wimge;
	mas[3] = (entry->rpn & MAS3_RPN_MASK) | (uint32_t)entry->user << MAS3_USER_SHIFT | entry->permissions;
	mmu_set_mas7(core, entry->rpn);
}

static struct mmu_entry mmu_mas_to_entry(const struct core *core)
{
	const uint32_t *mas = core->mmu.mas;

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
static struct mmu_entry *mmu_selected(struct core *core)
{
	unsigned tlb = (core->mmu.mas[0] & MAS0_TLBSEL_MASK) >> MAS0_TLBSEL_SHIFT;
	unsigned select = (core->mmu.mas[0] & MAS0_ESEL_MASK) >> MAS0_ESEL_SHIFT;

	if (tlb == 0)
		return &mmu_tlb0_ways(core, core->mmu.mas[2])[select & (core->model->tlb0_ways - 1)];
	return tlb == 1 && select < core->model->tlb1_entries ? &core->mmu.tlb1[select] : NULL;
}

static bool mmu_is_tlb0(const struct core *core, const struct mmu_entry *entry)
{
	return entry >= core->mmu.tlb0 && entry < core->mmu.tlb0 + MMU_TLB0_ENTRIES;
}

/* Instructions. */

static bool mmu_tlb1_has_size(const struct core *core, unsigned tsize)
{
	uint32_t config = core->model->tlbcfg[1]; /* TLB1CFG: MINSIZE 8-11, MAXSIZE 12-15 */

	return tsize >= bits32(config, 8, 11) && tsize <= bits32(config, 12, 15);
}

static void mmu_replace(struct core *core, struct mmu_entry *entry, const struct mmu_entry *new)
{
	mmu_fast_drop_entry(core, entry);
	*entry = *new;
	mmu_fast_drop_entry(core, entry);
}

bool mmu_tlbwe(struct core *core)
{
	struct mmu_entry *entry = mmu_selected(core);
	struct mmu_entry new = mmu_mas_to_entry(core);

	if (!entry)
		return false;
	if (mmu_is_tlb0(core, entry)) {
		new.size = 1;
		new.iprot = false;
		mmu_entry_align(&new);
		mmu_replace(core, entry, &new);
		core->mmu.next_victim[mmu_tlb0_set(core, new.epn)] =
			core->mmu.mas[0] & MAS0_NV_MASK & (core->model->tlb0_ways - 1);
		return true;
	}
	if (new.valid && !mmu_tlb1_has_size(core, new.size))
		return false;
	mmu_set_tlb1(core, (unsigned)(entry - core->mmu.tlb1), &new);
	return true;
}

void mmu_set_tlb1(struct core *core, unsigned index, const struct mmu_entry *entry)
{
	struct mmu_entry new = *entry;

	mmu_entry_align(&new);
	mmu_replace(core, &core->mmu.tlb1[index], &new);
	mmu_mark_tlb1(core, index);
}

void mmu_tlbre(struct core *core)
{
	struct mmu_entry *entry = mmu_selected(core);
	uint32_t *mas = core->mmu.mas;

	if (!entry) {
		mas[1] = 0; /* architected as undefined; V = 0 says that nothing was read */
		return;
	}
	mas[0] &= ~MAS0_NV_MASK;
	if (mmu_is_tlb0(core, entry))
		mas[0] |= core->mmu.next_victim[mmu_tlb0_set(core, mas[2])];
	mmu_mas_from_entry(core, entry);
}

static uint32_t mmu_mas0_of_entry(const struct core *core, const struct mmu_entry *entry, uint32_t ea)
{
	unsigned set = mmu_tlb0_set(core, ea);
	const struct mmu *mmu = &core->mmu;

	if (!mmu_is_tlb0(core, entry))
		return 1u << MAS0_TLBSEL_SHIFT | (uint32_t)(entry - mmu->tlb1) << MAS0_ESEL_SHIFT;
	return (uint32_t)(entry - &mmu->tlb0[set * core->model->tlb0_ways]) << MAS0_ESEL_SHIFT |
	       mmu->next_victim[set];
}

void mmu_tlbsx(struct core *core, uint32_t ea)
{
	uint32_t *mas = core->mmu.mas;
	const uint32_t pid[3] = { (mas[6] & MAS6_SPID_MASK) >> MAS6_SPID_SHIFT, 0, 0 };
	const struct mmu_entry *entry = mmu_search(core, ea, mas[6] & MAS6_SAS, pid);

	if (!entry) {
		mmu_mas_defaults(core, ea, mas[6] & MAS6_SAS, pid[0]);
		return;
	}
	mas[0] = mmu_mas0_of_entry(core, entry, ea);
	mmu_mas_from_entry(core, entry);
}

static void mmu_invalidate_tlb0(struct core *core)
{
	for (unsigned n = 0; n < core->model->tlb0_entries; n++)
		core->mmu.tlb0[n].valid = false;
	mmu_drop_fast(core);
}

static void mmu_invalidate_tlb1_entry(struct core *core, unsigned index)
{
	struct mmu_entry *entry = &core->mmu.tlb1[index];

	mmu_fast_drop_entry(core, entry);
	entry->valid = false;
	mmu_mark_tlb1(core, index);
}

static void mmu_invalidate_tlb1(struct core *core)
{
	for (uint64_t valid = core->mmu.tlb1_valid; valid; valid &= valid - 1) {
		unsigned index = (unsigned)__builtin_ctzll(valid);

		if (!core->mmu.tlb1[index].iprot)
			mmu_invalidate_tlb1_entry(core, index);
	}
}

/* No PID and no address space is compared: neither is broadcast (E500CORERM 12.4.4). */
void mmu_tlbivax_local(struct core *core, uint32_t ea)
{
	struct mmu_entry *ways = mmu_tlb0_ways(core, ea);

	if (ea & TLBIVAX_TLB1) {
		for (uint64_t valid = core->mmu.tlb1_valid; valid; valid &= valid - 1) {
			unsigned index = (unsigned)__builtin_ctzll(valid);
			const struct mmu_entry *entry = &core->mmu.tlb1[index];

			if (!entry->iprot && (ea & TLBIVAX_ALL || mmu_entry_covers(entry, ea)))
				mmu_invalidate_tlb1_entry(core, index);
		}
		return;
	}
	if (ea & TLBIVAX_ALL) {
		mmu_invalidate_tlb0(core);
		return;
	}
	for (unsigned way = 0; way < core->model->tlb0_ways; way++)
		if (mmu_entry_covers(&ways[way], ea)) {
			ways[way].valid = false;
			mmu_fast_drop_page(core, ea, ways[way].ts);
		}
}

/* Entries of one process: T = 1. */
static void mmu_invalidate_tid(struct core *core, uint8_t tid)
{
	for (unsigned n = 0; n < core->model->tlb0_entries; n++)
		if (core->mmu.tlb0[n].tid == tid)
			core->mmu.tlb0[n].valid = false;
	for (unsigned n = 0; n < core->model->tlb1_entries; n++)
		if (core->mmu.tlb1[n].tid == tid && !core->mmu.tlb1[n].iprot)
			mmu_invalidate_tlb1_entry(core, n);
	if (tid)
		mmu_fast_drop_process(core);
	else
		mmu_drop_fast(core);
}

/* One page of one process in one address space: T = 3. */
static void mmu_invalidate_page(struct core *core, uint32_t ea, bool space, uint8_t tid)
{
	struct mmu_entry *ways = mmu_tlb0_ways(core, ea);

	for (unsigned way = 0; way < core->model->tlb0_ways; way++)
		if (mmu_entry_covers(&ways[way], ea) && ways[way].ts == space && ways[way].tid == tid) {
			ways[way].valid = false;
			mmu_fast_drop_page(core, ea, space);
		}
	for (unsigned n = 0; n < core->model->tlb1_entries; n++) {
		const struct mmu_entry *entry = &core->mmu.tlb1[n];

		if (mmu_entry_covers(entry, ea) && entry->ts == space && entry->tid == tid && !entry->iprot)
			mmu_invalidate_tlb1_entry(core, n);
	}
}

void mmu_tlbilx(struct core *core, unsigned t, uint32_t ea)
{
	uint8_t tid = (core->mmu.mas[6] & MAS6_SPID_MASK) >> MAS6_SPID_SHIFT;

	if (t == 0) {
		mmu_invalidate_tlb0(core);
		mmu_invalidate_tlb1(core);
	} else if (t == 1) {
		mmu_invalidate_tid(core, tid);
	} else if (t == 3) {
		mmu_invalidate_page(core, ea, core->mmu.mas[6] & MAS6_SAS, tid);
	}
}

/* The bits clear themselves when the invalidation is done, which is at once. */
void mmu_set_mmucsr0(struct core *core, uint32_t value)
{
	if (value & MMUCSR0_TLB0_FI)
		mmu_invalidate_tlb0(core);
	if (value & MMUCSR0_TLB1_FI)
		mmu_invalidate_tlb1(core);
	core->mmu.mmucsr0 = 0;
}

/* State. */

static void mmu_visit_entry(struct mmu_entry *entry, struct state_visitor *visitor)
{
	state_u64(visitor, "rpn", &entry->rpn);
	state_u32(visitor, "epn", &entry->epn);
	state_u8(visitor, "size", &entry->size);
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

void mmu_visit_state(struct core *core, struct state_visitor *visitor)
{
	struct mmu *mmu = &core->mmu;

	for (unsigned n = 0; n < core->model->tlb0_entries; n++)
		mmu_visit_entry(&mmu->tlb0[n], visitor);
	for (unsigned n = 0; n < core->model->tlb1_entries; n++) {
		mmu_visit_entry(&mmu->tlb1[n], visitor);
		mmu_mark_tlb1(core, n);
	}
	for (unsigned n = 0; n < 8; n++)
		state_u32(visitor, "mas", &mmu->mas[n]);
	for (unsigned n = 0; n < 3; n++)
		state_u32(visitor, "pid", &mmu->pid[n]);
	state_u32(visitor, "mmucsr0", &mmu->mmucsr0);
	for (unsigned n = 0; n < sizeof mmu->next_victim; n++)
		state_u8(visitor, "next_victim", &mmu->next_victim[n]);
}
