/* One core without a machine, that runs single instructions from their text. */
#ifndef WARPCORE_TESTS_CORE_SINGLE_CORE_H
#define WARPCORE_TESTS_CORE_SINGLE_CORE_H

#include "sim/core/core.h"
#include "sim/core/exec.h"

#define SINGLE_CORE_MEMORY 0x10000 /* bytes at 0, mapped 1:1 */
#define SINGLE_CORE_EA 0x1000      /* where its instructions stand */
#define SINGLE_CORE_VECTORS 0x8000 /* IVORn is 16 * n */

struct single_core {
	struct bus *bus;
	struct clock *clock;
	struct core *core;
};

/* All units enabled in MSR, supervisor state, no FP exception mode. */
void single_core_create(struct single_core *s, const char *model);
void single_core_destroy(struct single_core *s);
/* An instruction from its text; one that the core has not aborts the test. */
struct op single_core_decode(const struct single_core *s, const char *text);
/* Runs it at SINGLE_CORE_EA. */
enum exec_result single_core_execute(struct single_core *s, const struct op *op);
/* Both. */
enum exec_result single_core_run(struct single_core *s, const char *text);
/* The exec function of a row. */
exec_fn *single_core_function(unsigned insn);
/* True when the last instruction took interrupt n. */
bool single_core_took(const struct single_core *s, unsigned ivor);

#endif
