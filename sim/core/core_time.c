#include "sim/core/core_time.h"

#include "sim/isa/isa.h"

void core_time_init(struct core *core, uint64_t frequency)
{
	core->time.frequency = frequency;
	core->time.cpi = core->time.most = 1;
	rate_init(&core->time.rate, frequency, NULL);
}

int64_t core_ns_of_ticks(const struct core *core, int64_t ticks)
{
	return rate_ns_of_ticks(&core->time.rate, ticks);
}

int64_t core_ticks_of_ns(const struct core *core, int64_t ns)
{
	return rate_ticks_of_ns(&core->time.rate, ns);
}

/* A word that is no instruction costs what the first class does: it ends in an interrupt. */
static uint32_t core_time_cost(const struct core *core, const struct op *op)
{
	return core->time.costs[op->insn < ISA_COUNT ? isa_row((enum isa_insn)op->insn)->timing : 0];
}

int64_t core_time_before(const struct core *core, const struct op *op)
{
	int64_t cycles = 0;

	for (unsigned n = 1; n <= op->index; n++)
		cycles += core_time_cost(core, op - n);
	return cycles;
}

void core_charge(struct core *core)
{
	if (core->time.costs)
		return; /* each block was charged when it was left */
	core->time.cycles += (core->insns - core->time.charged) * core->time.cpi;
	core->time.charged = core->insns;
}

void core_set_cpi(struct core *core, uint32_t cpi)
{
	core_charge(core);
	core->time.costs = NULL;
	core->costed = false;
	core->time.charged = core->insns;
	core->time.cpi = core->time.most = cpi;
}

void core_set_costs(struct core *core, const uint16_t *costs)
{
	core_charge(core);
	core->time.costs = costs;
	core->costed = true;
	core->time.most = 1;
	for (unsigned class = 0; class < ISA_TIMING_COUNT; class++)
		if (costs[class] > core->time.most)
			core->time.most = costs[class];
}

void core_time_charge(struct core *core, const struct op *op, int64_t count)
{
	for (int64_t n = 0; n < count; n++)
		core->time.cycles += core_time_cost(core, op + n);
	core->time.charged = core->insns;
	if (core->time.cycles >= core->time.end && core->slice_end > core->insns)
		core->slice_end = core->insns;
}

uint32_t core_time_fit(const struct core *core, const struct op *op, uint32_t count)
{
	int64_t left = core->time.end - core->time.cycles;

	for (uint32_t n = 0; n < count; n++) {
		left -= core_time_cost(core, op + n);
		if (left <= 0)
			return n + 1;
	}
	return count;
}

void core_set_horizon(struct core *core, int64_t ns)
{
	struct core_time *time = &core->time;
	int64_t cycles;

	time->end = core_ticks_of_ns(core, ns) - time->idle_cycles;
	cycles = time->end - time->cycles;
	if (time->costs)
		core->slice_end = cycles <= 0 ? core->insns : INT64_MAX;
	else /* Rounded up: core time reaches the horizon with the last instruction. */
		core->slice_end = time->charged + (cycles <= 0 ? 0 : (cycles + time->cpi - 1) / time->cpi);
}

bool core_is_past(const struct core *core, int64_t ns)
{
	return core_ticks(core, NULL) >= core_ticks_of_ns(core, ns) + core->time.most;
}

void core_idle_until(struct core *core, int64_t ns)
{
	int64_t missing;

	core_charge(core);
	missing = core_ticks_of_ns(core, ns) - core_ticks(core, NULL);
	if (missing > 0)
		core->time.idle_cycles += missing;
}
