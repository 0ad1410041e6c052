/*
 * What distinguishes one core from another: a table (sim/core/model.c), the only place that knows a core by its name. A
 * core that is added is a row there; what it has that no other has is a category (sim/isa/categories.def) or a column
 * here.
 */
#ifndef WARPCORE_CORE_MODEL_H
#define WARPCORE_CORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/isa/isa.h"

/* Interrupts by the registers that they save to. */
enum interrupt_class {
	CLASS_NONCRITICAL,
	CLASS_CRITICAL,
	CLASS_DEBUG,
	CLASS_MACHINE_CHECK,
	CLASS_COUNT,
};

struct core_model {
	const char *name;      /* "e500v2", "e500mc": the names of the Lua surface */
	isa_categories categories; /* what it has of the instruction set and of the special registers */
	uint32_t pvr;
	uint32_t msr_mask;     /* implemented MSR bits */
	unsigned cache_line;   /* bytes; also the reservation granule and the dcbz size */
	uint32_t l1cfg[2], l2cfg0;
	uint32_t mmucfg;
	uint32_t tlbcfg[2];
	unsigned tlb0_entries, tlb0_ways, tlb1_entries;
	uint32_t kept_msr[CLASS_COUNT]; /* MSR bits that an interrupt of the class leaves */
	bool has_time_base_enable; /* HID0[TBEN]; else the time base always counts */
	bool checkstops_without_me; /* the machine check input with MSR[ME] = 0: checkstop; else it waits */
	bool has_precise_mcsr; /* MCSR[LD, ST, IF, MAV]; else BUS_RBERR and BUS_IBERR */
	bool tlbsx_has_ra;     /* tlbsx adds RA; else a form with RA is illegal (E500CORERM 12.4.3) */
	bool has_mas7_switch;  /* HID0[EN_MAS7_UPDATE]; else misses and searches always write MAS7 */
	bool has_corenet;      /* on CoreNet (QorIQ P2041, P3, P4); else on the coherency module of PQ3, P1 and P2020 */
};

static inline bool model_has(const struct core_model *model, isa_categories categories)
{
	return isa_has(model->categories, categories);
}

/* Each in turn: pass 0, 1, ... until NULL. */
const struct core_model *model_at(unsigned index);
/*
 * "e500v2, e500mc": the names of those that have all these categories, `last` (", ", " or ") before the last one; at
 * most `size` bytes. Returns `text`.
 */
char *model_names(isa_categories categories, const char *last, char *text, size_t size);
/* By name ("e500v2") or NULL. */
const struct core_model *model_find(const char *name);

#endif
