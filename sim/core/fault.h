/*
 * The last exception that a core's own instruction ran into in supervisor
 * state: what to show when a kernel or firmware has ended badly. Not guest
 * state, and not in the digest.
 *
 * TLB misses are an everyday matter and do not count, unless one follows
 * another interrupt with no instruction between them: then the handler itself
 * is not mapped.
 */
#ifndef WARPCORE_CORE_FAULT_H
#define WARPCORE_CORE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;

struct fault {
	bool any;      /* false: none so far */
	uint8_t ivor;  /* enum ivor (sim/core/interrupt.h) */
	uint64_t pc;   /* of the instruction */
	uint32_t msr;  /* before the interrupt */
	uint64_t dear;
	uint32_t esr, mcsr; /* after it */
	int64_t insns; /* retired before it */
};

/* An interrupt was taken at `pc`, with `insns` retired and ESR, DEAR and MCSR set; `msr` is that of before. */
void fault_note(struct core *core, unsigned ivor, uint64_t pc, uint32_t msr, int64_t insns);
/* It runs nothing but its own faulting vectors, and stands still until something changes. */
bool fault_is_hopeless(const struct core *core);
void fault_clear(struct core *core);

/* "program interrupt (illegal instruction)"; at most `size` bytes with the NUL; returns `text`. */
char *fault_describe(const struct fault *fault, char *text, size_t size);

#endif
