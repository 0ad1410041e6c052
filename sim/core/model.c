#include "sim/core/model.h"

#include <stdio.h>
#include <string.h>

#include "sim/core/core.h"

/* IVOR n exists: bit n. Figures: E500CORERM and E500MCRM register chapters. */
#define IVORS_0_15 UINT64_C(0xffff)
#define IVOR(n) (UINT64_C(1) << (n))

#define E500_CATEGORIES                                                                                           \
	(ISA_CATEGORY_B | ISA_CATEGORY_E | ISA_CATEGORY_ATB | ISA_CATEGORY_ECL | ISA_CATEGORY_PM | ISA_CATEGORY_EXP)

static const struct core_model models[] = {
	{
		.name = "e500v2",
		.categories = E500_CATEGORIES | ISA_CATEGORY_SP | ISA_CATEGORY_SPFV | ISA_CATEGORY_SPFS |
			      ISA_CATEGORY_SPFD | ISA_CATEGORY_BL | ISA_CATEGORY_MPID | ISA_CATEGORY_GEN1,
		.kept_msr = { [CLASS_NONCRITICAL] = MSR_CE | MSR_ME | MSR_DE, [CLASS_CRITICAL] = MSR_ME,
			      [CLASS_DEBUG] = MSR_ME },
		.has_time_base_enable = true,
		.checkstops_without_me = true,
		.pvr = 0x80210030,
		.msr_mask = MSR_UCLE | MSR_SPE | MSR_WE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 |
			    MSR_UBLE | MSR_DE | MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM,
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
		.categories = E500_CATEGORIES | ISA_CATEGORY_DEO | ISA_CATEGORY_DS | ISA_CATEGORY_ED | ISA_CATEGORY_PD |
			      ISA_CATEGORY_HV | ISA_CATEGORY_PC | ISA_CATEGORY_FP | ISA_CATEGORY_WT |
			      ISA_CATEGORY_V206 | ISA_CATEGORY_L2 | ISA_CATEGORY_NX | ISA_CATEGORY_GEN2,
		.kept_msr = { [CLASS_NONCRITICAL] = MSR_CE | MSR_ME | MSR_DE | MSR_RI,
			      [CLASS_CRITICAL] = MSR_ME | MSR_DE | MSR_RI, [CLASS_DEBUG] = MSR_ME | MSR_RI },
		.has_precise_mcsr = true,
		.tlbsx_has_ra = true,
		.pvr = 0x80230020,
		.msr_mask = MSR_GS | MSR_UCLE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_DE |
			    MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM | MSR_RI,
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

const struct core_model *model_at(unsigned index)
{
	return index < sizeof models / sizeof *models - 1 ? &models[index] : NULL;
}

char *model_names(isa_categories categories, char *text, size_t size)
{
	size_t length = 0;

	*text = 0;
	for (const struct core_model *model = models; model->name; model++)
		if (model_has(model, categories) && length < size)
			length +=
				(size_t)snprintf(text + length, size - length, "%s%s", length ? ", " : "", model->name);
	return text;
}
