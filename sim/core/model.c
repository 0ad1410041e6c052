#include "sim/core/model.h"

#include <stdio.h>
#include <string.h>

#include "sim/core/core.h"

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
		.l1cfg = { 0x00003820, 0x00003820 },
		.tlbcfg = { 0x04110200, 0x101cc010 },
		.tlb0_entries = 512,
		.tlb0_ways = 4,
		.tlb1_entries = 16,
		.has_mas7_switch = true,
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
		.has_corenet = true,
		.pvr = 0x80230020,
		.msr_mask = MSR_GS | MSR_UCLE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_DE |
			    MSR_FE1 | MSR_IS | MSR_DS | MSR_PMM | MSR_RI,
		.cache_line = 64,
		.l1cfg = { 0x00b83820,
			   0x00b83820 }, /* 64-byte blocks: CBSIZE 1 (E500MCRM, L1CFG0); QEMU has 2, 128 bytes */
		.tlbcfg = { 0x04110200, 0x401cc040 },
		.tlb0_entries = 512,
		.tlb0_ways = 4,
		.tlb1_entries = 64,
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

/* The next of those that have them, after `model`, or NULL. */
static const struct core_model *model_next_with(const struct core_model *model, isa_categories categories)
{
	do
		model++;
	while (model->name && !model_has(model, categories));
	return model->name ? model : NULL;
}

char *model_names(isa_categories categories, const char *last, char *text, size_t size)
{
	const struct core_model *model = models, *next;
	const char *separator = "";
	size_t length = 0;

	if (!model_has(model, categories))
		model = model_next_with(model, categories);
	*text = 0;
	for (; model && length < size; model = next) {
		length += (size_t)snprintf(text + length, size - length, "%s%s", separator, model->name);
		next = model_next_with(model, categories);
		separator = next && model_next_with(next, categories) ? ", " : last;
	}
	return text;
}
