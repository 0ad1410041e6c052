/*
 * Guest calls: the instruction by which a program asks the simulator for
 * something (sim/guest/warpcore.h), as far as the core has to do with it.
 *
 * While nobody answers (guest_call_set), the word is what it is in the architecture: an
 * instruction that does nothing. With somebody, the block decoder makes the word a
 * block of its own, so that insns and cycles are exact where a call is made, and
 * all other instructions are as fast as without.
 */
#ifndef WARPCORE_ENGINE_GUEST_CALL_H
#define WARPCORE_ENGINE_GUEST_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/core/core.h"
#include "sim/isa/op.h"

/* True when `word` is a call on this core. */
bool guest_call_is(const struct core *core, uint32_t word);
exec_fn guest_call_exec;

/*
 * Who answers the core's calls, or nobody: NULL. While the machine stands. To be the same for all cores that share
 * blocks.
 */
void guest_call_set(struct core *core, core_guest_call_fn *fn, void *opaque);

/* For who answers, while it does: guest memory as a load or store of the calling program would find it. */
enum guest_call_access {
	GUEST_CALL_OK,
	GUEST_CALL_FAULT,   /* no translation at the moment, or not for this access */
	GUEST_CALL_ADDRESS, /* no memory there, or read-only */
};
/*
 * Copies up to `size` bytes at `ea`, page by page, and counts those that it did; what stopped it is returned.
 * A store is seen as one by a device (reservations, decoded blocks, write breakpoints).
 */
enum guest_call_access guest_call_load(struct core *core, uint64_t ea, void *data, uint32_t size, uint32_t *done);
enum guest_call_access guest_call_store(struct core *core, uint64_t ea, const void *data, uint32_t size,
					uint32_t *done);

#endif
