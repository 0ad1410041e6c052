/* What the files of the classic floating-point instructions share. */
#ifndef WARPCORE_EXEC_EXEC_FPU_H
#define WARPCORE_EXEC_EXEC_FPU_H

#include "sim/exec/exec.h"
#include "sim/float/fpscr.h"

/*
 * Ends an instruction that may change FPSCR: CR1 if Rc, then the interrupt of an enabled exception, which is precise,
 * at the instruction, after all that the exception's action asks for (Book III-E 7.6.7).
 */
enum exec_result exec_fpu_finish(struct core *core, const struct op *op);

#endif
