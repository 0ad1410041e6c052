#include "soc/build/core_lines.h"

#include "sim/machine/machine.h"
#include "soc/build/soc_state.h"

static struct core *core_lines_core(const struct soc_core *lines)
{
	return lines->soc->machine->cores[lines->core];
}

/* Reset. */

static void core_lines_do_reset(void *opaque, int64_t now)
{
	struct soc_core *lines = opaque;
	struct soc *soc = lines->soc;

	log_write(&soc->machine->log, LOG_INFO, "core %u %s reset", lines->core, lines->held ? "held in" : "out of");
	core_reset(core_lines_core(lines));
	core_set_state(core_lines_core(lines), CORE_PARKED);
	lines->asleep = false;
	if (!lines->held) /* else nothing can release it */
		spin_table_park(soc->spin_table, lines->core);
	if (soc->core_was_reset)
		soc->core_was_reset(soc->acknowledger, lines->core, now);
}

static void core_lines_set_reset(void *opaque, unsigned line, int level, int64_t when)
{
	struct soc_core *lines = opaque;

	lines->held = level != 0;
	timer_anticipate(&lines->reset, when);
}

/* Time base. */

static void core_lines_do_timebase(void *opaque, int64_t now)
{
	struct soc_core *lines = opaque;

	booke_timers_set_input(core_lines_core(lines), !lines->stopped, now);
}

static void core_lines_set_timebase(void *opaque, unsigned line, int level, int64_t when)
{
	struct soc_core *lines = opaque;

	lines->stopped = level != 0;
	timer_anticipate(&lines->timebase, when);
}

/* Nap. */

static void core_lines_do_nap(void *opaque, int64_t now)
{
	struct soc_core *lines = opaque;
	struct core *core = core_lines_core(lines);

	if (lines->napping && !lines->asleep && core->state != CORE_PARKED && core->state != CORE_CHECKSTOPPED) {
		lines->asleep = true;
		core_set_state(core, CORE_PARKED);
	} else if (!lines->napping && lines->asleep) {
		lines->asleep = false;
		machine_release_core(lines->soc->machine, lines->core, core->pc, now);
	}
}

static void core_lines_set_nap(void *opaque, unsigned line, int level, int64_t when)
{
	struct soc_core *lines = opaque;

	lines->napping = level != 0;
	timer_anticipate(&lines->nap, when);
}

/* All of them. */

void core_lines_create(struct soc *soc)
{
	soc->timers = timer_list_create(soc->machine->clock, "/cpus");
	for (unsigned i = 0; i < soc->machine->ncores; i++) {
		struct soc_core *lines = &soc->cores[i];

		*lines = (struct soc_core){ .soc = soc, .core = i };
		timer_init(&lines->reset, soc->timers, "core reset", core_lines_do_reset, lines);
		timer_init(&lines->timebase, soc->timers, "time base enable", core_lines_do_timebase, lines);
		timer_init(&lines->nap, soc->timers, "nap", core_lines_do_nap, lines);
	}
}

void core_lines_destroy(struct soc *soc)
{
	if (soc->timers)
		timer_list_destroy(soc->timers);
}

void core_lines_reset(struct soc *soc)
{
	for (unsigned i = 0; i < soc->machine->ncores; i++) {
		struct soc_core *lines = &soc->cores[i];

		if (lines->stopped)
			booke_timers_set_input(core_lines_core(lines), true, clock_now(soc->machine->clock));
		lines->held = lines->stopped = lines->napping = lines->asleep = false;
		timer_cancel(&lines->reset);
		timer_cancel(&lines->timebase);
		timer_cancel(&lines->nap);
	}
}

void core_lines_visit_state(struct soc *soc, struct state_visitor *visitor)
{
	for (unsigned i = 0; i < soc->machine->ncores; i++) {
		struct soc_core *lines = &soc->cores[i];

		state_bool(visitor, "held", &lines->held);
		state_bool(visitor, "stopped", &lines->stopped);
		state_bool(visitor, "napping", &lines->napping);
		state_bool(visitor, "asleep", &lines->asleep);
		timer_visit_state(&lines->reset, visitor);
		timer_visit_state(&lines->timebase, visitor);
		timer_visit_state(&lines->nap, visitor);
	}
}

struct irq core_lines_input(struct soc *soc, unsigned core, enum builder_core_input input)
{
	struct irq irq = { core_lines_set_reset, &soc->cores[core], 0 };

	if (input == BUILDER_TIMEBASE_STOP)
		irq.fn = core_lines_set_timebase;
	else if (input == BUILDER_NAP)
		irq.fn = core_lines_set_nap;
	return irq;
}
