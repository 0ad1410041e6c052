/* What each core waits for when all are idle and no timer is pending (VIRTUAL_TIME.md, 5). */
#ifndef WARPCORE_MACHINE_DEADLOCK_H
#define WARPCORE_MACHINE_DEADLOCK_H

#include <stddef.h>

struct machine;

/* One clause a core: "core 0 wait at 0x000100a4 (idle+0x4), pending but masked: external; core 1 parked". */
void deadlock_describe(const struct machine *machine, char *text, size_t size);

#endif
