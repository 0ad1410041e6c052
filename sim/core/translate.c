#include "sim/core/translate.h"

#include "sim/core/interrupt.h"

struct mmu_fetch *translate_fetch(struct core *core, bool *uncached, struct mmu_translation *translation)
{
	struct mmu_fetch *fetch;
	enum mmu_result result = mmu_fill_fetch(core, core->pc, &fetch, translation);

	*uncached = result == MMU_OK && !fetch;
	if (result == MMU_MISS)
		interrupt_itlb(core);
	else if (result == MMU_DENIED)
		interrupt_isi(core);
	return fetch;
}

enum exec_result translate_data(struct core *core, const struct op *op, uint32_t ea, bool store,
				struct mmu_translation *translation)
{
	uint32_t esr = store ? ESR_ST : 0;

	switch (mmu_fill_data(core, ea, store, translation)) {
	case MMU_MISS:
		return interrupt_dtlb(core, op, ea, esr);
	case MMU_DENIED:
		return interrupt_dsi(core, op, ea, esr);
	default:
		return EXEC_NEXT;
	}
}
