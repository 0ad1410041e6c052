/* What others need to know of branches: whether one would be taken. */
#ifndef WARPCORE_EXEC_EXEC_BRANCH_H
#define WARPCORE_EXEC_EXEC_BRANCH_H

#include "sim/exec/exec.h"

/* True when `op` is a branch and would be taken now. Changes nothing. */
bool exec_branch_taken(const struct core *core, const struct op *op);
bool exec64_branch_taken(const struct core *core, const struct op *op); /* of a 64-bit core */
/* The op is a branch to itself in which the core stands idle until an interrupt comes. */
bool exec_branch_loops(const struct core *core, const struct op *op);
/* The op is a branch to itself, and no interrupt gets the core out: it runs round. */
bool exec_branch_hangs(const struct core *core, const struct op *op);

#endif
