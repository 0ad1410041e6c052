/*
 * A core that stands still looks at what it stands on: idle is no state in which it would miss what a running core
 * notices. Asked at each end of a round and before each jump of the clock, of what is there then, whoever changed it:
 * another core, a device, the script; so nobody who changes something has to think of sleepers.
 */
#ifndef WARPCORE_ENGINE_IDLE_H
#define WARPCORE_ENGINE_IDLE_H

#include <stdbool.h>

struct core;

/*
 * True: the idle core has to go on. An interrupt that is pending is let through now; or the branch to itself in which
 * it stands is no more: written over, unmapped, not idle any more by MSR or a debug facility. A breakpoint that was set
 * where it stands is reported, once. Nobody runs; the driving thread.
 */
bool idle_is_over(struct core *core);

/*
 * True: the core is not idle, and still gets nowhere by itself. It runs round in a branch to itself with interrupts
 * disabled, as a bare program does that has failed. Nobody runs; the driving thread.
 */
bool idle_hangs(struct core *core);

#endif
