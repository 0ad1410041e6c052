/* The rounds of a machine, for the files of this room. See VIRTUAL_TIME.md, 2. */
#ifndef WARPCORE_MACHINE_ROUNDS_H
#define WARPCORE_MACHINE_ROUNDS_H

#include "sim/machine/machine.h"

struct machine_rounds *rounds_create(struct machine *machine);
void rounds_destroy(struct machine_rounds *rounds);

/* It has something to do in the round in progress. Its owner's thread. */
bool rounds_core_may_run(const struct machine *machine, const struct core *core);
/* Runs one core up to the horizon, or to the end of the instruction budget. Its owner's thread. */
void rounds_run_core(struct machine *machine, struct core *core);

/* How far `core` is past `when`, ns; to be asked before the event that comes to it then. */
int64_t rounds_lateness(const struct machine *machine, const struct core *core, int64_t when);
/* Counts an event that came so late; nothing when it did not. */
void rounds_count_late(struct machine *machine, int64_t late);

/* Each idle core's own time is brought up to the clock's. At the end of a run, and where a digest is to be that of one. */
void rounds_settle(struct machine *machine);

#endif
