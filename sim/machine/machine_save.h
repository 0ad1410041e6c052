/*
 * The whole state of a machine: saved into memory, and put back into it or into a fresh one that was built alike. What
 * comes after is then bit for bit what came after the save: state, instructions, times, ledger. Between runs.
 *
 * Not saved: what belongs to the host and the observer (breakpoints, a script's timers, traces). Refused, with a
 * sentence: cores on threads, a recording or replay, files of semihosting, disks that are written in place.
 */
#ifndef WARPCORE_MACHINE_MACHINE_SAVE_H
#define WARPCORE_MACHINE_MACHINE_SAVE_H

#include "sim/base/state_memory.h"
#include "sim/machine/machine.h"

/* `memory` is empty. False: refused. */
bool machine_save(struct machine *machine, struct state_memory *memory, struct err *err);
/* False: refused; the machine is what it was. */
bool machine_restore(struct machine *machine, struct state_memory *memory, struct err *err);

#endif
