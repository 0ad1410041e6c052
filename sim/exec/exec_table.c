#include "sim/exec/exec_table.h"

#include "sim/core/interrupt.h"

exec_fn *const exec_table[ISA_COUNT] = {
#define ISA_INSN(name, ...) [ISA_##name] = exec_##name,
#include "sim/isa/insns.def"
#undef ISA_INSN
};

static enum exec_result exec_table_illegal(struct core *core, const struct op *op)
{
	return interrupt_program(core, op, ESR_PIL);
}

static enum exec_result exec_table_checked(struct core *core, const struct op *op)
{
	unsigned needs = isa_row(op->insn)->needs;

	if (needs & ISA_NEED_SUPERVISOR && core->msr & MSR_PR)
		return interrupt_program(core, op, ESR_PPR);
	if (needs & ISA_NEED_FP && !(core->msr & MSR_FP))
		return interrupt_unavailable(core, op, IVOR_FP_UNAVAILABLE);
	if (needs & ISA_NEED_SPE && !(core->msr & MSR_SPE))
		return interrupt_unavailable(core, op, IVOR_SPE_UNAVAILABLE);
	return exec_table[op->insn](core, op);
}

/* Forms of an instruction that a core has which are illegal nevertheless, for every program. */
static bool exec_table_is_illegal(const struct core_model *model, const struct op *op)
{
	switch (op->insn) {
	case ISA_ILLEGAL:
		return true;
	case ISA_tlbilx:
		return op->t == 2; /* reserved */
	case ISA_tlbsx:
		return op->a && model->isa == CORE_E500V2; /* E500CORERM 12.4.3 */
	default:
		return false;
	}
}

exec_fn *exec_table_function(const struct core_model *model, const struct op *op, unsigned *granted)
{
	unsigned had = granted ? *granted : 0, needs;

	if (exec_table_is_illegal(model, op))
		return exec_table_illegal;
	needs = isa_row(op->insn)->needs;
	if (granted)
		*granted |= needs;
	return needs & ~had ? exec_table_checked : exec_table[op->insn];
}
