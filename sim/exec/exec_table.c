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

static inline __attribute__((always_inline)) bool exec_table_grants(const struct core *core, unsigned needs)
{
	return !(needs & ISA_NEED_SUPERVISOR && core->msr & MSR_PR) &&
	       !(needs & ISA_NEED_FP && !(core->msr & MSR_FP)) &&
	       !(needs & ISA_NEED_SPE && !(core->msr & MSR_SPE));
}

/* The first of its needs that is not granted. */
static __attribute__((noinline)) enum exec_result exec_table_refuse(struct core *core, const struct op *op)
{
	unsigned needs = isa_row(op->insn)->needs;

	if (!exec_table_grants(core, needs & ISA_NEED_SUPERVISOR))
		return interrupt_program(core, op, ESR_PPR);
	return interrupt_unavailable(core, op, needs & ISA_NEED_FP ? IVOR_FP_UNAVAILABLE : IVOR_SPE_UNAVAILABLE);
}

/* One function for each set of needs, so that it takes a test or two and a jump. */
#define EXEC_TABLE_CHECKED(name, needs)                                                                   \
	static enum exec_result exec_table_checked_##name(struct core *core, const struct op *op)         \
	{                                                                                                 \
		if (__builtin_expect(!exec_table_grants(core, needs), 0))                                 \
			return exec_table_refuse(core, op);                                               \
		return exec_table[op->insn](core, op);                                                    \
	}

EXEC_TABLE_CHECKED(supervisor, ISA_NEED_SUPERVISOR)
EXEC_TABLE_CHECKED(fp, ISA_NEED_FP)
EXEC_TABLE_CHECKED(spe, ISA_NEED_SPE)
EXEC_TABLE_CHECKED(all, isa_row(op->insn)->needs)

static exec_fn *exec_table_checked(unsigned needs)
{
	switch (needs) {
	case ISA_NEED_SUPERVISOR:
		return exec_table_checked_supervisor;
	case ISA_NEED_FP:
		return exec_table_checked_fp;
	case ISA_NEED_SPE:
		return exec_table_checked_spe;
	default:
		return exec_table_checked_all;
	}
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
		return op->a && !model->tlbsx_has_ra;
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
	return needs & ~had ? exec_table_checked(needs) : exec_table[op->insn];
}
