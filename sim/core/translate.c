#include "sim/core/translate.h"

#include "sim/core/interrupt.h"

void translate_set_context(struct core *core)
{
	mmu_set_context(&core->mmu, (struct mmu_context){
		.instruction_space = core->msr & MSR_IS,
		.data_space = core->msr & MSR_DS,
		.problem_state = core->msr & MSR_PR,
		.updates_mas7 = !core->model->has_mas7_switch || core->hid0 & HID0_EN_MAS7_UPDATE,
	});
}

struct mmu_fetch *translate_fetch(struct core *core, bool *uncached, struct mmu_translation *translation)
{
	struct mmu_fetch *fetch;
	enum mmu_result result = mmu_fill_fetch(&core->mmu, core->pc, &fetch, translation);

	*uncached = result == MMU_OK && !fetch;
	if (result == MMU_MISS)
		interrupt_itlb(core);
	else if (result == MMU_DENIED)
		interrupt_isi(core);
	return fetch;
}

enum exec_result translate_refused(struct core *core, const struct op *op, uint64_t ea, bool store,
				   enum mmu_result result)
{
	uint32_t esr = store ? ESR_ST : 0;

	return result == MMU_MISS ? interrupt_dtlb(core, op, ea, esr) : interrupt_dsi(core, op, ea, esr);
}
