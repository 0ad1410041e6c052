/*
 * Translation of a running core's accesses, with the interrupts that a failed one takes: what the MMU answers
 * (sim/mmu/mmu.h) becomes here what the architecture makes of it (E500CORERM 5.7).
 */
#ifndef WARPCORE_CORE_TRANSLATE_H
#define WARPCORE_CORE_TRANSLATE_H

#include "sim/core/core_state.h"

/* Tells the MMU what of MSR and HID0 steers it: after a change of either, after a restore. */
void translate_set_context(struct core *core);
/*
 * A fetch at core->pc. Its entry, filled but for its blocks; or NULL: an interrupt was taken (core->pc is its
 * vector), or *uncached is set, and *translation tells where the fetch goes through the bus.
 */
struct mmu_fetch *translate_fetch(struct core *core, bool *uncached, struct mmu_translation *translation);
/* What the MMU's answer to a load or store of `op` at ea becomes, unless it is MMU_OK. */
enum exec_result translate_refused(struct core *core, const struct op *op, uint64_t ea, bool store,
				   enum mmu_result result);
/*
 * A load or store of `op` at ea. EXEC_FAULT: an interrupt was taken. EXEC_NEXT: *translation is set. Each access to a
 * device's registers comes along here: a call less is 3 percent of it.
 */
static inline enum exec_result translate_data(struct core *core, const struct op *op, uint64_t ea, bool store,
					      struct mmu_translation *translation)
{
	enum mmu_result result = mmu_fill_data(&core->mmu, ea, store, translation);

	return __builtin_expect(result == MMU_OK, 1) ? EXEC_NEXT : translate_refused(core, op, ea, store, result);
}

#endif
