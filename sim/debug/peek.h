/* Guest memory as software on a core sees it now, without side effects: for debuggers. */
#ifndef WARPCORE_DEBUG_PEEK_H
#define WARPCORE_DEBUG_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;

/*
 * Addresses are cut to the computation mode, and in the data space of MSR[DS], as the TLBs map them for any access at
 * all: a page that the guest would only map on a miss is not there.
 */

/* Bytes of memory; false when a part of them is not mapped or is not memory (registers are not touched). */
bool peek_bytes(const struct core *core, uint64_t ea, void *data, size_t size);
bool peek_u32(const struct core *core, uint64_t ea, uint32_t *value);
/* Writes: also what is read-only for the guest. Blocks decoded from there are dropped. */
bool peek_store(const struct core *core, uint64_t ea, const void *data, size_t size);

#endif
