#include "sim/exec/chain.h"

#include "sim/exec/exec_table.h"

#undef CHAIN
#undef CHAIN_IF

/* For the rows that have none of their own, for ops that look at MSR first, and for words that are no instruction. */
static enum exec_result chain_any(struct core *core, const struct op *op)
{
	return chain_on(core, op, op->fn(core, op));
}

enum exec_result chain_end(struct core *core, const struct op *op)
{
	core->pc = width_cut(core, (width_reg)core_op_ea(core, op)); /* the next page's first, perhaps */
	core->insns += op->index;
	return EXEC_END;
}

exec_fn *chain_of(const struct op *op)
{
	if (op->insn == ISA_ILLEGAL || op->fn != exec_table[op->insn])
		return chain_any;
#define CHAIN_IF(name, variant, condition)              \
	if (op->insn == ISA_##name && (condition))      \
		return chain_##name##_##variant;
#define CHAIN(name)                   \
	if (op->insn == ISA_##name)   \
		return chain_##name;
#include "sim/exec/chain.def"
	return chain_any;
}
