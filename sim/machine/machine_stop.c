/* The request that ends a run, from any thread; the loop takes it. */
#include <pthread.h>
#include <stdio.h>

#include "sim/machine/machine.h"
#include "sim/machine/rounds.h"
#include "sim/time/warp.h"

/* Its time comes when it is taken. */
static bool machine_request_stop(struct machine *machine, const struct machine_event *event)
{
	struct machine_rounds *rounds = machine->rounds;
	bool first;

	pthread_mutex_lock(&rounds->lock);
	first = !rounds->stop_requested;
	if (first) {
		rounds->stop_requested = true;
		rounds->stop = *event;
	}
	pthread_mutex_unlock(&rounds->lock);
	for (unsigned i = 0; i < machine->ncores; i++)
		core_request(machine->cores[i], ATTENTION_STOP);
	warp_kick(machine->clock);
	return first;
}

bool machine_stop(struct machine *machine, enum machine_reason reason, int core, const char *text)
{
	struct machine_event event = { .reason = reason, .core = core };

	snprintf(event.text, sizeof event.text, "%s", text ? text : "");
	return machine_request_stop(machine, &event);
}

bool machine_exit(struct machine *machine, int core, uint32_t status)
{
	const struct machine_event event = { .reason = MACHINE_EXIT, .core = core, .status = status };

	return machine_request_stop(machine, &event);
}

bool machine_take_stop(struct machine *machine, struct machine_event *event)
{
	struct machine_rounds *rounds = machine->rounds;
	bool stopped;

	pthread_mutex_lock(&rounds->lock);
	stopped = rounds->stop_requested;
	if (stopped) {
		*event = rounds->stop;
		rounds->stop_requested = false;
	}
	pthread_mutex_unlock(&rounds->lock);
	if (!stopped)
		return false;
	/* A core that runs is ahead of the clock; one that a timer stopped while it idled is behind. */
	event->time = machine_now(machine);
	if (event->core >= 0 && core_now(machine->cores[event->core], NULL) > event->time)
		event->time = core_now(machine->cores[event->core], NULL);
	return true;
}
