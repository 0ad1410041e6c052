/*
 * The main loop. A round takes every runnable core to the horizon, in the
 * order of their numbers; then the clock moves and the due timers fire. When
 * all cores are idle the clock jumps to the deadline.
 */
#include "sim/engine/idle.h"
#include "sim/engine/run.h"
#include "sim/machine/rounds.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/allocate.h"
#include "sim/machine/deadlock.h"
#include "sim/machine/threads.h"
#include "sim/input/input.h"
#include "sim/time/warp.h"

static void rounds_lower_horizon(struct machine *machine, int64_t deadline)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t now = clock_now(machine->clock), horizon = atomic_load(&rounds->horizon);

	if (deadline < now)
		deadline = now;
	while (deadline < horizon && !atomic_compare_exchange_weak(&rounds->horizon, &horizon, deadline))
		;
}

static int64_t rounds_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Where the run ends, or somebody wants to look. */
static int64_t rounds_stop_point(const struct machine *machine)
{
	return rounds_min(machine->rounds->until, clock_observer_deadline(machine->clock));
}

/* How far the core may run now: to the horizon, to where it is looked at, or to the end of the instruction budget. */
static void rounds_limit_slice(struct machine *machine, struct core *core)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t left;

	if (machine->threads) {
		core_set_horizon(core, rounds->horizon);
		return;
	}
	core_set_horizon(core, rounds_min(rounds->horizon, rounds_stop_point(machine)));
	if (rounds->insns_end == INT64_MAX)
		return;
	left = rounds->insns_end - machine_insns(machine);
	if (left < core->slice_end - core->insns)
		core->slice_end = core->insns + left;
}

/* A timer became the next one to fire: nobody may run past it. With threads a look cuts the round as well. */
static void rounds_earlier(void *opaque, int64_t deadline, bool observing)
{
	struct machine *machine = opaque;
	struct machine_rounds *rounds = machine->rounds;

	if (rounds->in_round && (!observing || machine->threads))
		rounds_lower_horizon(machine, deadline);
	if (rounds->active && pthread_equal(rounds->thread, pthread_self())) {
		if (rounds->running)
			rounds_limit_slice(machine, rounds->running);
		return;
	}
	/* From a core's own thread or from outside: all come back and look at the horizon anew. */
	for (unsigned i = 0; i < machine->ncores; i++)
		core_request(machine->cores[i], ATTENTION_STOP);
}

static void rounds_clock_error(void *opaque, const char *text)
{
	machine_stop(opaque, MACHINE_ERROR, -1, text);
}

struct machine_rounds *rounds_create(struct machine *machine)
{
	struct machine_rounds *rounds = allocate_zeroed(1, sizeof *rounds);

	pthread_mutex_init(&rounds->lock, NULL);
	rounds->until = CLOCK_NO_DEADLINE;
	clock_set_earlier_hook(machine->clock, rounds_earlier, machine);
	clock_set_error_hook(machine->clock, rounds_clock_error, machine);
	return rounds;
}

void rounds_destroy(struct machine_rounds *rounds)
{
	pthread_mutex_destroy(&rounds->lock);
	free(rounds);
}

int64_t rounds_lateness(const struct machine *machine, const struct core *core, int64_t when)
{
	/* How far another thread's core has got is its own affair. */
	if (machine->threads || core == machine->rounds->running)
		return 0;
	return core_now(core, NULL) - when;
}

void rounds_count_late(struct machine *machine, int64_t late)
{
	if (late <= 0)
		return;
	machine->quantum_error.late++;
	if (late > machine->quantum_error.worst)
		machine->quantum_error.worst = late;
}

bool rounds_core_may_run(const struct machine *machine, const struct core *core)
{
	const struct machine_rounds *rounds = machine->rounds;

	return !core_is_idle(core) && !core->held && !rounds->stop_requested && core_now(core, NULL) < rounds->horizon;
}

void rounds_run_core(struct machine *machine, struct core *core)
{
	struct machine_rounds *rounds = machine->rounds;

	rounds_limit_slice(machine, core);
	if (machine->threads) {
		run_core(core);
		return;
	}
	rounds->running = core;
	run_core(core);
	rounds->running = NULL;
}

void rounds_note_observed(struct machine_rounds *rounds, int64_t now)
{
	if (now > rounds->observed)
		rounds->observed = now;
}

/* The looks up to `now` and not past the end of the run. False: the run ends here. */
static bool rounds_observe(struct machine *machine, int64_t now)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t to = rounds_min(now, rounds->until), next;

	while ((next = clock_observer_deadline(machine->clock)) <= to) {
		rounds_note_observed(rounds, next);
		if (!clock_observe(machine->clock, next) || rounds->stop_requested)
			return false;
	}
	rounds->reached = rounds->until <= now;
	if (rounds->reached)
		rounds_note_observed(rounds, rounds->until);
	return !rounds->reached;
}

/* The same in the middle of a round, with the core that gets there first. The horizon is for the round's end. */
static bool rounds_observe_core(struct machine *machine, const struct core *core)
{
	int64_t now = core_now(core, NULL), horizon = machine->rounds->horizon;

	return rounds_observe(machine, rounds_min(now, horizon - 1));
}

/* Core number `i` has its turn. False: the run ends here. */
static bool rounds_take_turn(struct machine *machine, unsigned i)
{
	struct machine_rounds *rounds = machine->rounds;
	struct core *core = machine->cores[i];

	rounds->turn = i;
	if (!rounds_observe_core(machine, core))
		return false;
	rounds_run_core(machine, core);
	rounds->last = (int)i;
	return machine_insns(machine) < rounds->insns_end && rounds_observe_core(machine, core);
}

/*
 * All cores on this thread. One that another wakes in the middle runs the rest
 * of the same round, from its waker's time on. After a stop the order is the
 * same as without one: the core that was stopped goes on first.
 */
static void rounds_run_in_order(struct machine *machine)
{
	struct machine_rounds *rounds = machine->rounds;
	bool again;

	do {
		again = rounds->turn > 0;
		for (unsigned i = rounds->turn; i < machine->ncores; i++) {
			/* It may come back early, for a request that is out of date: still nobody goes before it. */
			while (rounds_core_may_run(machine, machine->cores[i])) {
				if (!rounds_take_turn(machine, i))
					return;
				again = true;
			}
		}
		if (rounds->stop_requested)
			return;
		rounds->turn = 0;
	} while (again);
}

/*
 * Guest calls touch what belongs to all. Nobody runs now: each core that waits to make one is let through it, or
 * through what an interrupt put in its place. False: there was none.
 */
static bool rounds_make_held_calls(struct machine *machine)
{
	bool any = false;

	for (unsigned i = 0; i < machine->ncores; i++) {
		struct core *core = machine->cores[i];

		if (!core->held)
			continue;
		core->held = false;
		core->slice_end = core->insns + 1; /* and what it costs */
		core->time.end = INT64_MAX;
		run_core(core);
		any = true;
	}
	return any;
}

/* The same on threads. */
static void rounds_run_on_threads(struct machine *machine)
{
	do {
		threads_round(machine);
	} while (rounds_make_held_calls(machine));
}

static void rounds_time_event(const struct machine *machine, struct machine_event *event)
{
	*event = (struct machine_event){ .reason = MACHINE_TIME, .time = machine->rounds->until, .core = -1 };
}

/* The cores' part of a round. False: stopped, the rest of the round is still to come. */
static bool rounds_run_cores(struct machine *machine, struct machine_event *event)
{
	struct machine_rounds *rounds = machine->rounds;

	rounds->reached = false;
	if (machine->threads)
		rounds_run_on_threads(machine);
	else
		rounds_run_in_order(machine);
	if (machine_take_stop(machine, event))
		return false;
	if (rounds->reached) {
		rounds_time_event(machine, event);
		return false;
	}
	if (rounds->insns_end == INT64_MAX || machine_insns(machine) < rounds->insns_end)
		return true;
	*event = (struct machine_event){ .reason = MACHINE_INSNS,
					 .core = rounds->last,
					 .time = core_now(machine->cores[rounds->last], NULL) };
	return false;
}

static bool rounds_never_began(const struct machine *machine)
{
	for (unsigned i = 0; i < machine->ncores; i++)
		if (machine->cores[i]->state != CORE_PARKED || machine->cores[i]->insns)
			return false;
	return true;
}

/*
 * Cores run, but all that do go round in a branch to themselves that nothing can end, in a run without an end. Asked
 * in the order of the costs: most often the first core that runs answers it.
 */
static bool rounds_are_stuck(struct machine *machine, const struct warp_wait *how)
{
	struct machine_rounds *rounds = machine->rounds;

	if (rounds->until != CLOCK_NO_DEADLINE || rounds->insns_end != INT64_MAX)
		return false;
	for (unsigned i = 0; i < machine->ncores; i++)
		if (!core_is_idle(machine->cores[i]) && !idle_hangs(machine->cores[i]))
			return false;
	return warp_is_last(machine->clock, how);
}

/* Nobody ever gets anywhere again. */
static void rounds_dead_end(const struct machine *machine, struct machine_event *event)
{
	*event = (struct machine_event){ .reason = MACHINE_DEADLOCK, .time = machine_now(machine), .core = -1 };
	if (rounds_never_began(machine)) {
		event->reason = MACHINE_NOTHING;
		snprintf(event->text, sizeof event->text, "%s", MACHINE_NOTHING_TEXT);
	} else {
		deadlock_describe(machine, event->text, sizeof event->text);
	}
}

/* Nobody can run: the clock goes to what comes next. False: the run ends with *event. */
static bool rounds_idle(struct machine *machine, struct warp_wait *how, struct machine_event *event)
{
	enum warp_end end;

	end = warp_wait(machine->clock, how);
	if (machine->debugger.warped)
		machine->debugger.warped(machine->debugger.opaque);
	switch (end) {
	case WARP_TIMER: clock_advance(machine->clock, clock_now(machine->clock)); return true;
	case WARP_LIMIT: return true; /* rounds_step sees it */
	case WARP_DEADLOCK: rounds_dead_end(machine, event); return false;
	case WARP_TIMEOUT:
		*event = (struct machine_event){ .reason = MACHINE_WALL, .time = machine_now(machine), .core = -1 };
		return false;
	default: return true;
	}
}

/* Idle cores look at what they stand on; who has to go on does so at `when`. */
static void rounds_look_again(struct machine *machine, int64_t when)
{
	for (unsigned i = 0; i < machine->ncores; i++)
		if (core_is_idle(machine->cores[i]) && idle_is_over(machine->cores[i]))
			core_wake(machine->cores[i], when);
}

/* A whole round, or what a stop left of one. False: stopped. */
static bool rounds_round(struct machine *machine, struct machine_event *event)
{
	if (!rounds_run_cores(machine, event))
		return false;
	machine->rounds->in_round = false;
	rounds_look_again(machine, machine->rounds->horizon);
	/* When all went idle on the way, warp_wait takes the clock from where the last of them did. */
	if (!warp_all_idle(machine->clock))
		clock_advance(machine->clock, machine->rounds->horizon);
	return true;
}

/* Between two rounds: timers that are due, then those who look. False: nothing is due. */
static bool rounds_fire_due(struct machine *machine)
{
	int64_t now = clock_now(machine->clock);

	if (clock_deadline(machine->clock) > now)
		return false;
	clock_advance(machine->clock, now);
	return true;
}

bool rounds_step(struct machine *machine, struct warp_wait *how, struct machine_event *event)
{
	struct machine_rounds *rounds = machine->rounds;
	int64_t now;

	if (machine_take_stop(machine, event))
		return false;
	if (rounds->in_round && rounds->until > machine_now(machine))
		return rounds_round(machine, event);
	if (!rounds->in_round && rounds_fire_due(machine))
		return true;
	if (!rounds_observe(machine, machine_now(machine))) {
		if (!machine_take_stop(machine, event))
			rounds_time_event(machine, event);
		return false;
	}
	/* Who looked may have armed one, or changed what an idle core stands on. */
	if (rounds_fire_due(machine))
		return true;
	rounds_look_again(machine, clock_now(machine->clock));
	how->for_input = atomic_load(&machine->listeners) > 0;
	if (warp_all_idle(machine->clock))
		return rounds_idle(machine, how, event);
	if (rounds_are_stuck(machine, how)) {
		rounds_dead_end(machine, event);
		return false;
	}
	now = clock_now(machine->clock);
	rounds->horizon = rounds_min(timer_add(now, machine->quantum), clock_deadline(machine->clock));
	if (machine->threads)
		rounds->horizon = rounds_min(rounds->horizon, rounds_stop_point(machine));
	rounds->in_round = true;
	return rounds_round(machine, event);
}

void rounds_settle(struct machine *machine)
{
	int64_t now = clock_now(machine->clock);

	for (unsigned i = 0; i < machine->ncores; i++)
		if (core_is_idle(machine->cores[i]))
			core_idle_until(machine->cores[i], now);
}
