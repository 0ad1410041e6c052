/* What distinguishes one e500-family core from another: a table (sim/core/model.c). */
#ifndef WARPCORE_CORE_MODEL_H
#define WARPCORE_CORE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/isa/isa.h"

struct core_model {
	const char *name;      /* "e500v2", "e500mc": the names of the Lua surface */
	enum core_isa isa;
	uint32_t pvr;
	uint32_t msr_mask;     /* implemented MSR bits */
	bool has_spe;          /* SPE, embedded float; no FPRs */
	bool has_fpu;          /* classic FPU */
	unsigned cache_line;   /* bytes; also the reservation granule and the dcbz size */
	unsigned pids;         /* PID registers */
	uint32_t l1cfg[2], l2cfg0;
	uint32_t mmucfg;
	uint32_t tlbcfg[2];
	unsigned tlb0_entries, tlb0_ways, tlb1_entries;
	bool has_mas7_switch;  /* HID0[EN_MAS7_UPDATE]; else misses and searches always write MAS7 */
	uint64_t ivors;        /* 1 << n: IVORn exists */
};

/* By name ("e500v2") or NULL. */
const struct core_model *model_find(const char *name);

#endif
