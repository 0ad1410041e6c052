/*
 * Translation of a running core's accesses, with the interrupts that a failed one takes: what the MMU answers
 * (sim/mmu/mmu.h) becomes here what the architecture makes of it (E500CORERM 5.7).
 */
#ifndef WARPCORE_CORE_TRANSLATE_H
#define WARPCORE_CORE_TRANSLATE_H

#include "sim/core/core_state.h"

/*
 * A fetch at core->pc. Its entry, filled but for its blocks; or NULL: an interrupt was taken (core->pc is its
 * vector), or *uncached is set, and *translation tells where the fetch goes through the bus.
 */
struct mmu_fetch *translate_fetch(struct core *core, bool *uncached, struct mmu_translation *translation);
/* A load or store of `op` at ea. EXEC_FAULT: an interrupt was taken. EXEC_NEXT: *translation is set. */
enum exec_result translate_data(struct core *core, const struct op *op, uint32_t ea, bool store,
				struct mmu_translation *translation);

#endif
