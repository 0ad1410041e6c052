/*
 * The meaning of each instruction: one function a row of the instruction table,
 * `exec_` plus the mnemonic with '.' spelled `_rc` (addic. is exec_addic_rc);
 * Rc, OE, LK and AA of a row are flags of the op.
 *
 * A function reads its operands from the op, changes the core and says how the
 * block goes on (enum exec_result, sim/isa/op.h):
 *
 *   - It returns EXEC_NEXT without touching core->pc.
 *   - A branch sets core->pc and returns EXEC_LEAVE. So does whatever changes
 *     what later instructions mean or whether an interrupt is due (mtmsr,
 *     wrtee, rfi, isync, tlbwe, mtspr of a context or timer register): set
 *     core->pc = core_op_ea(core, op) + 4 first.
 *   - A fault calls one of the functions of sim/core/interrupt.h, which set
 *     core->pc to the vector, and returns EXEC_FAULT; nothing else of the
 *     instruction may have been done (Power ISA Book III-E, precise interrupts).
 *   - What the row needs of MSR (supervisor state, FP, SPE) was looked at before
 *     (sim/exec/exec_table.h).
 *   - Memory goes through sim/exec/access.h, whose result is passed on; loads
 *     and stores are written with sim/exec/exec_memory.h.
 */
#ifndef WARPCORE_EXEC_EXEC_H
#define WARPCORE_EXEC_EXEC_H

#include "sim/core/core.h"
#include "sim/isa/isa.h"
#include "sim/isa/op.h"

/*
 * A declaration a row: a row without a function fails to link
 * (sim/exec/exec_table.c), a function without a row fails to compile
 * (-Werror=missing-prototypes).
 */
#define ISA_INSN(name, ...) exec_fn exec_##name;
#include "sim/isa/insns.def"
#undef ISA_INSN

/* Leaves the block behind this instruction. */
static inline enum exec_result exec_leave(struct core *core, const struct op *op)
{
	core->pc = core_next_ea(core, op);
	return EXEC_LEAVE;
}

#endif
