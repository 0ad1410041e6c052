#include "sim/core/spr.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "sim/core/core.h"
#include "sim/core/debug_event.h"
#include "sim/core/interrupt.h"
#include "sim/core/translate.h"

#define SPR_READER(name, expression)                                                  \
	static uint64_t spr_read_##name(const struct core *core, const struct op *op) \
	{                                                                             \
		return expression;                                                    \
	}

SPR_READER(zero, 0)
SPR_READER(xer, core_xer(core))
SPR_READER(dec, booke_timers_dec(core, op))
SPR_READER(decar, core->timers.decar)
SPR_READER(tbl, (uint32_t)booke_timers_tb(core, op))
SPR_READER(tbu, (uint32_t)(booke_timers_tb(core, op) >> 32))
SPR_READER(atbl, (uint32_t)booke_timers_atb(core, op))
SPR_READER(atbu, (uint32_t)(booke_timers_atb(core, op) >> 32))
SPR_READER(tsr, booke_timers_tsr(core, op))
SPR_READER(tcr, core->timers.tcr)
SPR_READER(dbsr, core->dbsr)
SPR_READER(mcsr, core->mcsr)
SPR_READER(pid0, core->mmu.pid[0])
SPR_READER(pid1, core->mmu.pid[1])
SPR_READER(pid2, core->mmu.pid[2])
SPR_READER(mmucsr0, core->mmu.mmucsr0)
SPR_READER(pvr, core->model->pvr)
SPR_READER(svr, core->svr)
SPR_READER(l1cfg0, core->model->l1cfg[0])
SPR_READER(l1cfg1, core->model->l1cfg[1])
SPR_READER(l2cfg0, core->model->l2cfg0)
SPR_READER(tlb0cfg, core->model->tlbcfg[0])
SPR_READER(tlb1cfg, core->model->tlbcfg[1])
SPR_READER(mmucfg, core->model->mmucfg)

#define SPR_WRITER(name, statement)                                                              \
	static void spr_write_##name(struct core *core, const struct op *op, uint64_t value)     \
	{                                                                                        \
		statement;                                                                       \
	}

SPR_WRITER(nothing, )
SPR_WRITER(xer, core_set_xer(core, value))
SPR_WRITER(dec, booke_timers_set_dec(core, op, value))
SPR_WRITER(decar, booke_timers_set_decar(core, op, value))
SPR_WRITER(tcr, booke_timers_set_tcr(core, op, value))
SPR_WRITER(tsr, booke_timers_clear_tsr(core, op, value))
SPR_WRITER(mcsr, core->mcsr &= ~value)
SPR_WRITER(pid0, mmu_set_pid(&core->mmu, 0, value))
SPR_WRITER(pid1, mmu_set_pid(&core->mmu, 1, value))
SPR_WRITER(pid2, mmu_set_pid(&core->mmu, 2, value))
SPR_WRITER(mmucsr0, mmu_set_mmucsr0(&core->mmu, value))

/* The other half of TB is what it is at this instant. */
static void spr_write_tbl(struct core *core, const struct op *op, uint64_t value)
{
	uint64_t tb = booke_timers_tb(core, op);

	booke_timers_set_tb(core, op, (tb & UINT64_C(0xffffffff00000000)) | value);
}

static void spr_write_tbu(struct core *core, const struct op *op, uint64_t value)
{
	uint64_t tb = booke_timers_tb(core, op);

	booke_timers_set_tb(core, op, (uint64_t)value << 32 | (uint32_t)tb);
}

static void spr_write_dbsr(struct core *core, const struct op *op, uint64_t value)
{
	debug_event_clear(core, op, value);
}

static void spr_after_dbcr0(struct core *core, const struct op *op, uint64_t value)
{
	debug_event_set_control(core, op);
}

/* Dozing with MSR[WE], and, of e500v2, the time base enable and the switch of MAS7. */
static void spr_after_hid0(struct core *core, const struct op *op, uint64_t value)
{
	translate_set_context(core);
	booke_timers_update_enable(core, op);
	interrupt_doze_if_asked(core);
}

/* PMGC0[PMIE] and a counter with PMLCan[CE] and its top bit set (E500CORERM chapter 7). */
static void spr_after_perfmon(struct core *core, const struct op *op, uint64_t value)
{
	bool overflow = false;

	for (int n = 0; n < 4; n++)
		overflow |= core->pmlca[n] & PPC_BIT32(5) && core->pmc[n] & PPC_BIT32(0);
	interrupt_set_cause(core, CAUSE_PERFORMANCE_MONITOR, core->pmgc0 & PPC_BIT32(1) && overflow,
			    core_now(core, op));
}

enum { R = SPR_R, W = SPR_W, RW = SPR_RW };

#define spr_write_none NULL

static const struct spr spr_table[] = {
#define SPR_PLACE(field) offsetof(struct core, field), sizeof(((struct core *)0)->field)
#define SPR_FIELD(number, name, category, access, field, mask) \
	{ #name, number, ISA_CATEGORY_##category, access, mask, SPR_PLACE(field), NULL, NULL },
#define SPR_EFFECT(number, name, category, access, field, effect, mask) \
	{ #name, number, ISA_CATEGORY_##category, access, mask, SPR_PLACE(field), NULL, spr_after_##effect },
#define SPR_CALL(number, name, category, access, read, write, mask) \
	{ #name, number, ISA_CATEGORY_##category, access, mask, 0, 0, spr_read_##read, spr_write_##write },
#define SPR_BITS(number, category, bits)
#include "sim/core/spr.def"
};

static const struct spr pmr_table[] = {
#include "sim/core/pmr.def"
};
#undef SPR_PLACE
#undef SPR_FIELD
#undef SPR_EFFECT
#undef SPR_CALL
#undef SPR_BITS

/* What some cores have in a register besides its mask. */
struct spr_bits {
	uint16_t number;
	isa_categories categories;
	uint64_t bits;
};

#define SPR_FIELD(...)
#define SPR_EFFECT(...)
#define SPR_CALL(...)
#define SPR_BITS(number, category, bits) { number, ISA_CATEGORY_##category, bits },
static const struct spr_bits spr_bits[] = {
#include "sim/core/spr.def"
	{ SPR_COUNT, 0, 0 },
};
static const struct spr_bits pmr_bits[] = {
#include "sim/core/pmr.def"
	{ SPR_COUNT, 0, 0 },
};
#undef SPR_FIELD
#undef SPR_EFFECT
#undef SPR_CALL
#undef SPR_BITS

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Place in the table by number, plus one. */
enum {
#define SPR_FIELD(number, ...) SPR_INDEX_##number,
#define SPR_EFFECT SPR_FIELD
#define SPR_CALL SPR_FIELD
#define SPR_BITS(...)
#include "sim/core/spr.def"
#undef SPR_FIELD
};
static const uint8_t spr_index[SPR_COUNT] = {
#define SPR_FIELD(number, ...) [number] = SPR_INDEX_##number + 1,
#include "sim/core/spr.def"
#undef SPR_FIELD
#undef SPR_EFFECT
#undef SPR_CALL
#undef SPR_BITS
};
_Static_assert(COUNT(spr_table) < 256, "spr_index holds bytes");

const struct spr *spr_find(const struct core_model *model, unsigned number)
{
	unsigned index = number < SPR_COUNT ? spr_index[number] : 0;

	if (!index || !isa_has(model->categories, spr_table[index - 1].categories))
		return NULL;
	return &spr_table[index - 1];
}

const struct spr *spr_find_name(const struct core_model *model, const char *name)
{
	for (size_t i = 0; i < COUNT(spr_table); i++)
		if (isa_has(model->categories, spr_table[i].categories) && !strcasecmp(spr_table[i].name, name))
			return &spr_table[i];
	return NULL;
}

const struct spr *spr_at(size_t index)
{
	return index < COUNT(spr_table) ? &spr_table[index] : NULL;
}

const struct spr *spr_find_pmr(const struct core_model *model, unsigned number)
{
	for (size_t i = 0; i < COUNT(pmr_table); i++)
		if (pmr_table[i].number == number && isa_has(model->categories, pmr_table[i].categories))
			return &pmr_table[i];
	return NULL;
}

uint64_t spr_mask(const struct core_model *model, const struct spr *spr)
{
	bool is_pmr = spr >= pmr_table && spr < pmr_table + COUNT(pmr_table);
	const struct spr_bits *bits = is_pmr ? pmr_bits : spr_bits;
	uint64_t mask = spr->mask;

	for (; bits->number < SPR_COUNT; bits++)
		if (bits->number == spr->number && isa_has(model->categories, bits->categories))
			mask |= bits->bits;
	return mask;
}

static void *spr_field(const struct core *core, const struct spr *spr)
{
	return (char *)(uintptr_t)core + spr->offset;
}

static uint64_t spr_field_read(const struct core *core, const struct spr *spr)
{
	return spr->size == 8 ? *(uint64_t *)spr_field(core, spr) : *(uint32_t *)spr_field(core, spr);
}

static void spr_field_write(struct core *core, const struct spr *spr, uint64_t value)
{
	if (spr->size == 8)
		*(uint64_t *)spr_field(core, spr) = value;
	else
		*(uint32_t *)spr_field(core, spr) = (uint32_t)value;
}

uint64_t spr_read(const struct core *core, const struct op *op, const struct spr *spr)
{
	return spr->read ? spr->read(core, op) : spr_field_read(core, spr);
}

bool spr_write(struct core *core, const struct op *op, const struct spr *spr, uint64_t value)
{
	value &= spr_mask(core->model, spr);
	if (spr->offset)
		spr_field_write(core, spr, value);
	if (!spr->write)
		return false;
	spr->write(core, op, value);
	return spr->number != SPR_XER;
}

uint64_t spr_debug_read(const struct core *core, const struct spr *spr)
{
	return spr_read(core, NULL, spr);
}

bool spr_debug_write(struct core *core, const struct spr *spr, uint64_t value)
{
	if (!(spr->access & SPR_W))
		return false;
	spr_write(core, NULL, spr, value);
	return true;
}

/* A register of the core itself, not a view of another or a part of another room's state. */
static bool spr_is_own(const struct spr *spr)
{
	return spr->offset && spr->access != SPR_R &&
	       !(spr->offset >= offsetof(struct core, mmu) &&
		 spr->offset < offsetof(struct core, mmu) + sizeof(struct mmu));
}

static void spr_reset_table(struct core *core, const struct spr *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spr_is_own(&table[i]))
			spr_field_write(core, &table[i], 0);
}

void spr_reset(struct core *core)
{
	spr_reset_table(core, spr_table, COUNT(spr_table));
	spr_reset_table(core, pmr_table, COUNT(pmr_table));
	core->dbsr = core->mcsr = core->mcar_high = core->mcar_low = core->epr = 0;
	core->pir = (uint32_t)core->index;
	/*
	 * Where a boot ROM has run (ePAPR: the time base runs at entry), HID0[TBEN] is set; this core starts
	 * there and not in the ROM.
	 */
	if (core->model->has_time_base_enable)
		core->hid0 = HID0_TBEN;
}

static void spr_visit_table(struct core *core, const struct spr *table, size_t count, struct state_visitor *visitor)
{
	for (size_t i = 0; i < count; i++)
		if (spr_is_own(&table[i]) && table[i].size == 8)
			state_u64(visitor, table[i].name, spr_field(core, &table[i]));
		else if (spr_is_own(&table[i]))
			state_u32(visitor, table[i].name, spr_field(core, &table[i]));
}

void spr_visit_state(struct core *core, struct state_visitor *visitor)
{
	spr_visit_table(core, spr_table, COUNT(spr_table), visitor);
	spr_visit_table(core, pmr_table, COUNT(pmr_table), visitor);
	state_u32(visitor, "dbsr", &core->dbsr);
	state_u32(visitor, "mcsr", &core->mcsr);
	state_u32(visitor, "mcar_high", &core->mcar_high);
	state_u32(visitor, "mcar_low", &core->mcar_low);
	state_u32(visitor, "epr", &core->epr);
}
