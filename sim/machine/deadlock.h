/* What each core waits for when none gets anywhere and no timer is pending (VIRTUAL_TIME.md, 5). */
#ifndef WARPCORE_MACHINE_DEADLOCK_H
#define WARPCORE_MACHINE_DEADLOCK_H

#include <stddef.h>

struct machine;

/*
 * One clause a core. An idle kernel is told apart from a bare program that has failed: "core 0 is idle in wait at
 * 0x000100a4 (idle+0x4), pending but masked: external; core 1 hangs at 0x00001004 (fail), a branch to itself with
 * interrupts disabled; core 2 is parked".
 */
void deadlock_describe(const struct machine *machine, char *text, size_t size);

#endif
