/* Processor doorbells of e500mc (Power ISA Book III-E, category Embedded.Processor Control; E500MCRM). */
#ifndef WARPCORE_CORE_DOORBELL_H
#define WARPCORE_CORE_DOORBELL_H

#include <stdbool.h>
#include <stdint.h>

struct core;

/*
 * A msgsnd on the bus reaches this core at `when` (ns): it is taken if it is
 * for everybody or for this core's PIR: true. Message: 0 TYPE 4 | 5 BRDCAST | 10
 * LPIDTAG 17 | 18 PIRTAG 31.
 */
bool doorbell_receive(struct core *core, uint32_t message, int64_t when);
/* msgclr: drops this core's pending message of the type. */
void doorbell_clear(struct core *core, uint32_t message);

#endif
