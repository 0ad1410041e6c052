/* TLB management: tlbwe, tlbre, tlbsx, tlbivax, tlbilx, tlbsync (E500CORERM 12.4). */
#include "sim/exec/exec_memory.h"
#include "sim/core/interrupt.h"
#include "sim/mmu/mmu.h"

enum exec_result exec_tlbwe(struct core *core, const struct op *op)
{
	if (!mmu_tlbwe(&core->mmu))
		return interrupt_program(core, op, ESR_PIL);
	return exec_leave(core, op);
}

/* tlbre and tlbsx change MAS registers only: no translation, so the block goes on. */
enum exec_result exec_tlbre(struct core *core, const struct op *op)
{
	mmu_tlbre(&core->mmu);
	return EXEC_NEXT;
}

enum exec_result exec_tlbsx(struct core *core, const struct op *op)
{
	mmu_tlbsx(&core->mmu, exec_ea_x(core, op));
	return EXEC_NEXT;
}

enum exec_result exec_tlbivax(struct core *core, const struct op *op)
{
	uint64_t ea = exec_ea_x(core, op);

	if (core->platform.broadcast_tlbivax)
		core->platform.broadcast_tlbivax(core->platform.opaque, core, ea, core_now(core, op));
	else
		mmu_tlbivax_local(&core->mmu, ea);
	return exec_leave(core, op);
}

enum exec_result exec_tlbilx(struct core *core, const struct op *op)
{
	mmu_tlbilx(&core->mmu, op->t, exec_ea_x(core, op));
	return exec_leave(core, op);
}

/* Waits for the tlbivax of this core to be done everywhere: the end of the block lets other cores act on theirs. */
enum exec_result exec_tlbsync(struct core *core, const struct op *op)
{
	if (core->threaded)
		core->platform.sync_tlb(core->platform.opaque, core);
	return exec_leave(core, op);
}
