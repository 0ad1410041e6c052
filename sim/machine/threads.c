#include "sim/machine/threads.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/base/allocate.h"
#include "sim/engine/block.h"
#include "sim/machine/rounds.h"

/* What others left for a core while it slept, under the lock. */
struct thread_core {
	bool poked, released;
	int64_t when; /* of the earliest poke */
	uint64_t pc;  /* of a release */
	_Atomic bool runs;
};

struct worker {
	struct machine *machine;
	unsigned number;
	pthread_t thread;
	pthread_cond_t wake;
	bool asleep; /* under the lock; true between rounds too */
	bool poked;  /* one of its cores was */
};

struct threads {
	pthread_mutex_t lock;
	pthread_cond_t over; /* the last worker went to sleep */
	unsigned count, awake;
	bool open; /* a round is under way */
	bool quit;
	struct worker *workers;
	struct thread_core cores[MACHINE_MAX_CORES];
};

static struct worker *threads_owner(struct threads *threads, const struct core *core)
{
	return &threads->workers[(unsigned)core->index % threads->count];
}

/* Takes what was left for a core. Its owner's thread. */
static void threads_attend(struct threads *threads, struct core *core)
{
	struct thread_core *left = &threads->cores[core->index];
	struct thread_core taken;

	pthread_mutex_lock(&threads->lock);
	taken.poked = left->poked;
	taken.released = left->released;
	taken.when = left->when;
	taken.pc = left->pc;
	left->poked = left->released = false;
	pthread_mutex_unlock(&threads->lock);
	if (taken.released && core->state == CORE_PARKED)
		core_release(core, taken.pc, taken.when);
	else if (taken.poked && core_is_idle(core) && interrupt_due(core))
		core_wake(core, taken.when);
}

/* Takes the worker's cores as far as they get; true if any has run. */
static bool threads_worker_run_cores(struct worker *worker)
{
	struct machine *machine = worker->machine;
	bool ran = false;

	for (unsigned i = worker->number; i < machine->ncores; i += machine->threads->count) {
		struct core *core = machine->cores[i];

		threads_attend(machine->threads, core);
		if (!rounds_core_may_run(machine, core))
			continue;
		atomic_store(&machine->threads->cores[i].runs, true);
		rounds_run_core(machine, core);
		atomic_store(&machine->threads->cores[i].runs, false);
		ran = true;
	}
	return ran;
}

/* Sleeps until there is something to do. False: the machine goes away. Called and returns with the lock held. */
static bool threads_worker_sleep(struct worker *worker)
{
	struct threads *threads = worker->machine->threads;

	if (!worker->poked) {
		worker->asleep = true;
		if (!--threads->awake)
			pthread_cond_signal(&threads->over);
		while (worker->asleep && !threads->quit)
			pthread_cond_wait(&worker->wake, &threads->lock);
	}
	worker->poked = false;
	return !threads->quit;
}

static void *threads_worker_main(void *opaque)
{
	struct worker *worker = opaque;
	struct threads *threads = worker->machine->threads;

	pthread_mutex_lock(&threads->lock);
	while (threads_worker_sleep(worker)) {
		pthread_mutex_unlock(&threads->lock);
		while (threads_worker_run_cores(worker))
			;
		pthread_mutex_lock(&threads->lock);
	}
	pthread_mutex_unlock(&threads->lock);
	return NULL;
}

/* With the lock held. */
static void threads_worker_wake(struct threads *threads, struct worker *worker)
{
	worker->poked = true;
	if (!worker->asleep)
		return;
	worker->asleep = false;
	threads->awake++;
	pthread_cond_signal(&worker->wake);
}

void threads_round(struct machine *machine)
{
	struct threads *threads = machine->threads;

	pthread_mutex_lock(&threads->lock);
	threads->open = true;
	for (unsigned i = 0; i < threads->count; i++)
		threads_worker_wake(threads, &threads->workers[i]);
	while (threads->awake)
		pthread_cond_wait(&threads->over, &threads->lock);
	threads->open = false;
	pthread_mutex_unlock(&threads->lock);
	/*
	 * What came after its owner had gone to sleep for good, and what waits for a core that may sleep for ever:
	 * nobody runs now, the driving thread owns all.
	 */
	for (unsigned i = 0; i < machine->ncores; i++) {
		threads_attend(threads, machine->cores[i]);
		if (core_is_idle(machine->cores[i]))
			core_do_posted(machine->cores[i]);
	}
	if (machine->debugger.settle)
		machine->debugger.settle(machine->debugger.opaque);
}

/* The driving thread opens and closes rounds, and the workers run only in between: no lock is needed. */
bool threads_in_round(const struct machine *machine)
{
	return machine->threads && machine->threads->open;
}

static bool threads_leave_word(struct machine *machine, struct core *core, int64_t when, const uint64_t *pc)
{
	struct threads *threads = machine->threads;
	struct worker *owner = threads_owner(threads, core);
	struct thread_core *left = &threads->cores[core->index];
	bool told;

	pthread_mutex_lock(&threads->lock);
	told = threads->open && !pthread_equal(owner->thread, pthread_self());
	if (told) {
		if (!left->poked || when < left->when)
			left->when = when;
		left->poked = true;
		if (pc) {
			left->released = true;
			left->when = when;
			left->pc = *pc;
		}
		threads_worker_wake(threads, owner);
	}
	pthread_mutex_unlock(&threads->lock);
	return told;
}

bool threads_poke(void *opaque, struct core *core, int64_t when)
{
	struct machine *machine = opaque;

	return machine->threads && threads_leave_word(machine, core, when, NULL);
}

bool threads_release(struct machine *machine, struct core *core, uint64_t pc, int64_t when)
{
	return machine->threads && threads_leave_word(machine, core, when, &pc);
}

bool threads_core_runs(struct machine *machine, unsigned core)
{
	return machine->threads && atomic_load(&machine->threads->cores[core].runs);
}

static void threads_destroy(struct threads *threads)
{
	pthread_mutex_lock(&threads->lock);
	threads->quit = true;
	for (unsigned i = 0; i < threads->count; i++)
		pthread_cond_signal(&threads->workers[i].wake);
	pthread_mutex_unlock(&threads->lock);
	for (unsigned i = 0; i < threads->count; i++) {
		pthread_join(threads->workers[i].thread, NULL);
		pthread_cond_destroy(&threads->workers[i].wake);
	}
	pthread_cond_destroy(&threads->over);
	pthread_mutex_destroy(&threads->lock);
	free(threads->workers);
	free(threads);
}

/* False: the host has not so many; there are none. */
static bool threads_create(struct machine *machine, unsigned count)
{
	struct threads *threads = allocate_zeroed(1, sizeof *threads);
	unsigned started = 0;

	pthread_mutex_init(&threads->lock, NULL);
	pthread_cond_init(&threads->over, NULL);
	threads->count = count;
	threads->awake = count; /* each goes to sleep first */
	threads->workers = allocate_zeroed(count, sizeof *threads->workers);
	machine->threads = threads;
	for (unsigned i = 0; i < count; i++) {
		struct worker *worker = &threads->workers[i];

		worker->machine = machine;
		worker->number = i;
		pthread_cond_init(&worker->wake, NULL);
		if (pthread_create(&worker->thread, NULL, threads_worker_main, worker)) {
			pthread_cond_destroy(&worker->wake);
			break;
		}
		started++;
	}
	pthread_mutex_lock(&threads->lock);
	threads->count = started;
	threads->awake -= count - started;
	while (threads->awake)
		pthread_cond_wait(&threads->over, &threads->lock);
	pthread_mutex_unlock(&threads->lock);
	if (started < count) {
		machine->threads = NULL;
		threads_destroy(threads);
	}
	return started == count;
}

/* All on the driving thread, or each on its own; then other threads' stores look into every cache: it covers all. */
static void threads_share_blocks(struct machine *machine, bool share)
{
	for (unsigned i = 0; i < machine->ncores; i++) {
		machine->cores[i]->threaded = !share;
		machine_take_blocks(machine->cores[i]);
	}
	for (unsigned i = 0; i < machine->ncores; i++) {
		machine_give_blocks(machine, machine->cores[i]);
		block_cache_cover_bus(machine->cores[i]->blocks);
	}
}

bool threads_set_count(struct machine *machine, unsigned threads)
{
	bool made = true;

	if (machine->threads)
		threads_destroy(machine->threads);
	machine->threads = NULL;
	if (threads > machine->ncores)
		threads = machine->ncores;
	threads_share_blocks(machine, threads <= 1);
	if (threads > 1) {
		made = threads_create(machine, threads);
		clock_note_influence(machine->clock, CLOCK_THREADS);
	}
	if (!made)
		threads_share_blocks(machine, true);
	bus_set_threaded(machine->bus, machine->threads != NULL);
	return made;
}
