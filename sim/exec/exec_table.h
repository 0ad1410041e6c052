/*
 * The function of each row of the instruction table, and what is looked at before it runs: forms that the core does not
 * know, then privilege and units by the row's needs. An exec function of a row is called with all of these granted.
 */
#ifndef WARPCORE_EXEC_EXEC_TABLE_H
#define WARPCORE_EXEC_EXEC_TABLE_H

#include "sim/exec/exec.h"
#include "sim/isa/isa.h"

/* By enum isa_insn, without any look at MSR. */
extern exec_fn *const exec_table[ISA_COUNT];

/*
 * What runs a decoded op: the function of its row if there is nothing to look at, else one that looks first and then
 * goes on there. *granted are the needs (enum isa_need) that an earlier op of the same block looked at, which are those
 * of all ops after it; the op's are added. NULL: the op may run alone. A block is always entered at its first op.
 */
exec_fn *exec_table_function(const struct core_model *model, const struct op *op, unsigned *granted);

#endif
