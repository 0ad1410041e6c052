#include "sim/core/debug_event.h"

#include "sim/core/interrupt.h"

#define DBCR0_IAC (DBCR0_IAC1 | DBCR0_IAC2)
#define DBCR0_DAC (DBCR0_DAC1R | DBCR0_DAC1W | DBCR0_DAC2R | DBCR0_DAC2W)

/* ---- Control ---- */

/*
 * BRT and ICMP events happen with MSR[DE] only (8.4.4, 8.4.5). Freezing the
 * timers to the tick wants each instruction alone, too.
 */
void debug_event_update(struct core *core)
{
	uint32_t enabled = core->dbcr[0];

	core->debug_active = enabled & (DBCR0_IAC | DBCR0_DAC | DBCR0_FT) ||
			     (core->msr & MSR_DE && enabled & (DBCR0_ICMP | DBCR0_BRT));
}

static void debug_event_update_cause(struct core *core, int64_t when)
{
	interrupt_set_cause(core, CAUSE_DEBUG, core->dbcr[0] & DBCR0_IDM && core->dbsr & DBSR_EVENTS, when);
}

void debug_event_set_control(struct core *core, const struct op *op)
{
	unsigned reset = (core->dbcr[0] & DBCR0_RST) >> 28;

	core->dbcr[0] &= ~(uint32_t)DBCR0_RST;
	debug_event_update(core);
	debug_event_update_cause(core, core_now(core, op));
	booke_timers_update_enable(core, op);
	mmu_set_data_slow(&core->mmu, core->dbcr[0] & DBCR0_DAC);
	if (reset && core->platform.reset_request)
		core->platform.reset_request(core->platform.opaque, core, reset, core_now(core, op));
}

void debug_event_clear(struct core *core, const struct op *op, uint32_t bits)
{
	core->dbsr &= ~bits;
	debug_event_update_cause(core, core_now(core, op));
	booke_timers_update_enable(core, op);
}

void debug_event_record(struct core *core, uint32_t dbsr)
{
	core->dbsr |= dbsr;
	debug_event_update_cause(core, core_now(core, NULL));
	booke_timers_update_enable(core, NULL);
}

bool debug_event_freezes_timers(const struct core *core)
{
	return core->dbcr[0] & DBCR0_FT && core->dbsr & DBSR_EVENTS;
}

void debug_event_unconditional(struct core *core, int64_t when)
{
	core->dbsr |= DBSR_UDE | (core->msr & MSR_DE ? 0 : DBSR_IDE);
	debug_event_update_cause(core, when);
	booke_timers_update_enable(core, NULL);
}

/* ---- Address compares ---- */

/*
 * The conditions of DBCR1 (instruction) and DBCR2 (data):
 * 0 xAC1US 1 | 2 xAC1ER 3 | 4 xAC2US 5 | 6 xAC2ER 7 | 8 xAC12M 9
 *
 * US: 0 any mode, 2 supervisor, 3 user. ER: 0 any space, 2 address space 0, 3
 * address space 1 (real addresses, 1, are not implemented). M: 0 exact, 1 the
 * bits that are set in the second register, 2 first <= a < second, 3 outside of it.
 */
static bool debug_condition_met(const struct core *core, uint32_t control, unsigned n, bool space)
{
	unsigned us = control >> (30 - 4 * n) & 3, er = control >> (28 - 4 * n) & 3;
	bool user = core->msr & MSR_PR;

	return (us == 0 || (us == 2 && !user) || (us == 3 && user)) &&
	       (er == 0 || (er == 2 && !space) || (er == 3 && space));
}

static bool debug_address_matches(uint32_t control, const uint64_t *compare, unsigned n, uint64_t address)
{
	switch (control >> 22 & 3) {
	case 0:
		return address == compare[n];
	case 1:
		return !((address ^ compare[0]) & compare[1]);
	case 2:
		return address >= compare[0] && address < compare[1];
	default:
		return address < compare[0] || address >= compare[1];
	}
}

static uint32_t debug_match_fetch(const struct core *core, uint64_t ea)
{
	static const uint32_t bit[2] = { DBCR0_IAC1, DBCR0_IAC2 };
	uint32_t control = core->dbcr[1], dbsr = 0;
	bool space = core->msr & MSR_IS;

	for (unsigned n = 0; n < 2; n++)
		if (core->dbcr[0] & bit[n] && debug_condition_met(core, control, n, space) &&
		    debug_address_matches(control, core->iac, n, ea))
			dbsr |= bit[n];
	return dbsr;
}

static bool debug_data_matches(const struct core *core, unsigned n, uint64_t ea, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		if (debug_address_matches(core->dbcr[2], core->dac, n, core_cut(core, ea + i)))
			return true;
	return false;
}

bool debug_event_data(struct core *core, const struct op *op, uint64_t ea, unsigned size, bool store)
{
	static const uint32_t bit[2][2] = { { DBCR0_DAC1R, DBCR0_DAC1W }, { DBCR0_DAC2R, DBCR0_DAC2W } };
	uint32_t dbsr = 0;
	bool space = core->msr & MSR_DS;

	for (unsigned n = 0; n < 2; n++)
		if (core->dbcr[0] & bit[n][store] && debug_condition_met(core, core->dbcr[2], n, space) &&
		    debug_data_matches(core, n, ea, size))
			dbsr |= bit[n][store];
	return dbsr && interrupt_debug(core, dbsr, core_op_ea(core, op));
}

/* ---- Instructions ---- */

bool debug_event_fetch(struct core *core, uint64_t ea)
{
	uint32_t dbsr = debug_match_fetch(core, ea);

	return dbsr && interrupt_debug(core, dbsr, ea);
}

bool debug_event_branch(struct core *core, uint64_t ea)
{
	return core->msr & MSR_DE && core->dbcr[0] & DBCR0_BRT && interrupt_debug(core, DBCR0_BRT, ea);
}

void debug_event_completed(struct core *core, bool was_enabled)
{
	if (was_enabled && core->msr & MSR_DE && core->dbcr[0] & DBCR0_ICMP)
		interrupt_debug(core, DBCR0_ICMP, core->pc);
}

bool debug_event_trap(struct core *core, const struct op *op)
{
	return core->dbcr[0] & DBCR0_TRAP && interrupt_debug(core, DBCR0_TRAP, core_op_ea(core, op));
}

void debug_event_interrupt_taken(struct core *core, bool critical)
{
	uint32_t bit = critical ? DBCR0_CIRPT : DBCR0_IRPT;

	if (core->dbcr[0] & bit)
		interrupt_debug(core, bit, core->pc);
}

/*
 * The interrupt needs MSR[DE] both before and after the return; DBSR[IDE] is
 * for what was 0 before (E500CORERM 8.4.7). e500v2 has one enable for both
 * returns and does not log an rfci executed with MSR[DE] = 0 (8.2.4); e500mc
 * has CRET for rfci.
 */
void debug_event_returned(struct core *core, bool critical, bool was_enabled)
{
	bool separate = model_has(core->model, ISA_CATEGORY_ED);
	uint32_t bit = critical && separate ? DBCR0_CRET : DBCR0_RET;

	if (!(core->dbcr[0] & bit) || (critical && !was_enabled))
		return;
	if (was_enabled && core->msr & MSR_DE)
		interrupt_debug(core, bit, core->pc);
	else
		debug_event_record(core, bit | (was_enabled ? 0 : DBSR_IDE));
}
