#include "sim/core/model.h"

#include <string.h>

#include "sim/core/core.h"

/* IVOR n exists: bit n. Figures: E500CORERM and E500MCRM register chapters. */
#define IVORS_0_15 UINT64_C(0xffff)
#define IVOR(n) (UINT64_C(1) << (n))

static const struct core_model models[] = {
	{
		.name = "e500v2",
		.isa = CORE_E500V2,
		.pvr = 0x80210030,
		.msr_mask = MSR_UCLE | MSR_SPE | MSR_WE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 |
			    MSR_UBLE | MSR_DE | MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM,
		.has_spe = true,
		.cache_line = 32,
		.pids = 3,
		.l1cfg = { 0x00003820, 0x00003820 },
		.tlbcfg = { 0x04110200, 0x101cc010 },
		.tlb0_entries = 512,
		.tlb0_ways = 4,
		.tlb1_entries = 16,
		.has_mas7_switch = true,
		.ivors = IVORS_0_15 | IVOR(32) | IVOR(33) | IVOR(34) | IVOR(35),
	},
	{
		.name = "e500mc",
		.isa = CORE_E500MC,
		.pvr = 0x80230020,
		.msr_mask = MSR_GS | MSR_UCLE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_DE |
			    MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM | MSR_RI,
		.has_fpu = true,
		.cache_line = 64,
		.pids = 1,
		.l1cfg = { 0x00b83820,
			   0x00b83820 }, /* 64-byte blocks: CBSIZE 1 (E500MCRM, L1CFG0); QEMU has 2, 128 bytes */
		.tlbcfg = { 0x04110200, 0x401cc040 },
		.tlb0_entries = 512,
		.tlb0_ways = 4,
		.tlb1_entries = 64,
		.ivors = IVORS_0_15 | IVOR(35) | IVOR(36) | IVOR(37) | IVOR(38) | IVOR(39) | IVOR(40) | IVOR(41),
	},
	{ .name = NULL },
};

const struct core_model *model_find(const char *name)
{
	for (const struct core_model *model = models; model->name; model++)
		if (!strcmp(model->name, name))
			return model;
	return NULL;
}
