/*
 * Who answers the calls of a guest (sim/guest/warpcore.h): the end of the run,
 * regions of interest, statistics, files of one directory of the host.
 *
 * Nothing of it exists for the guest, and nothing costs, unless it is made.
 *
 * Threads: one for a machine, between runs. Calls are answered on the driving
 * thread, while no other core runs: with cores on threads of their own, a core
 * that makes one waits until the others have come to the end of the round
 * (rounds_make_held_calls), in the order of the cores' numbers.
 */
#ifndef WARPCORE_MACHINE_SEMIHOST_H
#define WARPCORE_MACHINE_SEMIHOST_H

#include "sim/base/err.h"
#include "sim/machine/machine_state.h"

struct host_files;
struct semihost;

/*
 * Answers calls from now on. After all cores are there; it goes with the machine. `directory`: whose files the guest
 * may read, or NULL: none. False: there is no such directory.
 */
bool semihost_start(struct machine *machine, const char *directory, struct err *err);
/* What the guest has read, or NULL: no directory is shared. */
const struct host_files *semihost_files(const struct machine *machine);

#endif
