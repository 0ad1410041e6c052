/* A run: steps of the loop until one says why it ends, with input, the host's pace and a limit on its time. */
#include <pthread.h>
#include <stdio.h>

#include "sim/machine/machine.h"
#include "sim/machine/rounds.h"
#include "sim/input/input.h"
#include "sim/time/warp.h"

#define STEPS_PER_WALL_CHECK 64

bool machine_is_running(const struct machine *machine)
{
	return machine->rounds->active;
}

struct core *machine_calling_core(const struct machine *machine, int core)
{
	struct core *calling = machine->rounds->running;

	if (machine->threads && core >= 0)
		calling = machine->cores[core];
	return calling && calling->calling ? calling : NULL;
}

/* What came from outside. False: the run ends with *event. */
static bool machine_deliver_input(struct machine *machine, struct machine_event *event)
{
	struct err err;

	if (input_deliver(machine->input, &err))
		return true;
	*event = (struct machine_event){ .reason = MACHINE_ERROR, .time = machine_now(machine), .core = -1 };
	snprintf(event->text, sizeof event->text, "%s", err.text);
	return false;
}

static int64_t machine_host_now(void)
{
	return host_clock_monotonic()->now(host_clock_monotonic()->opaque);
}

/*
 * Holds virtual time to the host's; with an adaptive rate the cost of an
 * instruction follows how long the host took for the last stretch.
 */
#define ADAPT_INTERVAL INT64_C(10000000)

static void machine_keep_pace(struct machine *machine)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t now = clock_now(machine->clock), host = machine_host_now();
	struct pacing pacing;
	uint32_t cpi;

	if (machine->adaptive && now - rounds->adapted_now >= ADAPT_INTERVAL) {
		pacing = warp_pacing(machine->clock);
		cpi = pacing_adapt(&pacing, machine->cores[0]->time.cpi, now - rounds->adapted_now,
				   host - rounds->adapted_host);
		for (unsigned i = 0; i < machine->ncores; i++)
			core_set_cpi(machine->cores[i], cpi);
		rounds->adapted_now = now;
		rounds->adapted_host = host;
		clock_note_influence(machine->clock, CLOCK_ADAPTIVE);
	}
	warp_pace(machine->clock, machine->pace);
}

bool machine_must_stop(struct machine *machine)
{
	struct machine_rounds *rounds = machine->rounds;

	if (rounds->wall != HOST_CLOCK_FOREVER && machine_host_now() >= rounds->wall)
		machine_stop(machine, MACHINE_WALL, -1, NULL);
	return rounds->stop_requested;
}

void machine_run(struct machine *machine, const struct machine_limits *limits, struct machine_event *event)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t until = limits->until ? limits->until : CLOCK_NO_DEADLINE;
	struct warp_wait how = { .host_until = HOST_CLOCK_FOREVER };

	if (limits->wall > 0)
		how.host_until = machine_host_now() + (int64_t)(limits->wall * 1e9);
	rounds->wall = how.host_until;
	rounds->thread = pthread_self();
	rounds->active = true;
	rounds->adapted_now = clock_now(machine->clock);
	rounds->adapted_host = machine_host_now();
	rounds->insns_end = limits->insns ? machine_insns(machine) + limits->insns : INT64_MAX;
	rounds->until = until;
	warp_set_limit(machine->clock, until);
	warp_restart_pace(machine->clock);
	for (uint64_t steps = 1; rounds_step(machine, &how, event) && machine_deliver_input(machine, event);
	     steps++) {
		if (machine->pace >= 0)
			machine_keep_pace(machine);
		if (how.host_until != HOST_CLOCK_FOREVER && steps % STEPS_PER_WALL_CHECK == 0 &&
		    machine_host_now() >= how.host_until)
			machine_stop(machine, MACHINE_WALL, -1, NULL);
	}
	if (event->reason == MACHINE_WALL)
		clock_note_influence(machine->clock, CLOCK_WALL);
	rounds->active = false;
	rounds->until = CLOCK_NO_DEADLINE;
	rounds_note_observed(rounds, event->time);
	rounds_settle(machine);
}
