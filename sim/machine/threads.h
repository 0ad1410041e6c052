/*
 * Cores on host threads: every thread takes its cores to the horizon, and the
 * driving thread waits until all of them are there or asleep.
 *
 * A core and its state belong to its thread while a round is open, and to the
 * driving thread between rounds. Who raises an interrupt for another thread's
 * core sets the cause and pokes; the owner looks and wakes the core itself.
 */
#ifndef WARPCORE_MACHINE_THREADS_H
#define WARPCORE_MACHINE_THREADS_H

#include "sim/machine/machine_state.h"

/*
 * One round on all threads, up to *horizon, which rounds_earlier may lower
 * meanwhile. Driving thread only.
 */
void threads_round(struct machine *machine);

/* core_platform.poke of a machine: see there. */
bool threads_poke(void *opaque, struct core *core, int64_t when);
/* The same for the release of a parked core. False: the caller is the owner and does it. */
bool threads_release(struct machine *machine, struct core *core, uint64_t pc, int64_t when);
/* Core number `core` is executing right now, as far as one can tell from outside. */
bool threads_core_runs(struct machine *machine, unsigned core);

#endif
