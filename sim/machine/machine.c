#include "sim/machine/machine.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>

#include "sim/base/allocate.h"
#include "sim/engine/block.h"
#include "sim/core/doorbell.h"
#include "sim/machine/rounds.h"
#include "sim/machine/threads.h"
#include "sim/input/input.h"
#include "sim/time/warp.h"

/* A store into a flagged page: blocks that came from it, reservations on it, write breakpoints. */
static void machine_stored(void *opaque, int by, uint64_t pa, unsigned size)
{
	struct machine *machine = opaque;
	struct bus_memory *memory = bus_find_memory(machine->bus, pa);
	uint32_t page = (uint32_t)((pa - memory->base) >> BUS_PAGE_SHIFT);
	_Atomic uint8_t *flags = &memory->flags[page];
	uint64_t page_pa = pa & ~(BUS_PAGE_SIZE - 1);
	bool code = false, reserved = false;

	for (unsigned i = 0; i < machine->ncores; i++) {
		struct core *core = machine->cores[i];

		if (i == 0 || core->blocks != machine->cores[i - 1]->blocks) {
			block_cache_stored(core->blocks, memory->first_page + page, (unsigned)(pa - page_pa), size);
			code |= block_cache_has_page(core->blocks, memory->first_page + page);
		}
		if (core->index != by)
			core_break_reservation(core, pa, size);
		reserved |= core->reserved && core->reserved_pa - page_pa < BUS_PAGE_SIZE;
	}
	/* With threads a core may be about to put there what the flag stands for. */
	if (!code && !machine->threads)
		atomic_fetch_and(flags, (uint8_t)~BUS_PAGE_CODE);
	if (!reserved && !machine->threads)
		atomic_fetch_and(flags, (uint8_t)~BUS_PAGE_RESERVED);
	if (atomic_load(flags) & BUS_PAGE_WATCHED && machine->debugger.store)
		machine->debugger.store(machine->debugger.opaque, by, pa, size);
}

static int64_t machine_input_insns(void *opaque)
{
	return machine_insns(opaque);
}

static bool machine_input_level(void *opaque)
{
	struct machine *machine = opaque;
	int64_t now = clock_now(machine->clock);

	for (unsigned i = 0; i < machine->ncores; i++)
		if (core_is_past(machine->cores[i], now))
			return false;
	return true;
}

static void machine_input_digest(void *opaque, char digest[33])
{
	rounds_settle(opaque);
	machine_digest(opaque, digest);
}

/* The core's own cache, or that of the cores before it that are alike. */
void machine_give_blocks(struct machine *machine, struct core *core)
{
	struct block_cache *cache = NULL;

	assert(core->threaded || !core->index || !machine->cores[0]->threaded); /* never a cache of another thread's */
	for (int i = 0; !core->threaded && !cache && i < core->index; i++)
		if (machine->cores[i]->model == core->model)
			cache = machine->cores[i]->blocks;
	block_cache_attach(cache ? cache : block_cache_create(machine->bus, core->threaded ? machine->ncores : 1),
			   core);
}

void machine_take_blocks(struct core *core)
{
	struct block_cache *cache = core->blocks;

	block_cache_detach(core);
	if (!block_cache_cores(cache))
		block_cache_destroy(cache);
}

struct machine *machine_create(void)
{
	struct machine *machine = allocate_zeroed(1, sizeof *machine);

	log_init(&machine->log);
	machine->bus = bus_create();
	machine->clock = clock_create();
	machine->stats = stats_create();
	machine->regions = region_list_create(machine->stats);
	machine->quantum = MACHINE_DEFAULT_QUANTUM;
	machine->pace = -1;
	machine->input = input_create(machine->clock, (struct input_machine){ .insns = machine_input_insns,
									      .level = machine_input_level,
									      .digest = machine_input_digest,
									      .opaque = machine });
	machine->rounds = rounds_create(machine);
	bus_set_store_hook(machine->bus, machine_stored, machine);
	clock_add_stats(machine->clock, machine->stats);
	stats_add(machine->stats, "events", "cross-core events that came late within a round",
		  stats_read_i64, &machine->quantum_error.late, "rounds.late");
	stats_add(machine->stats, "ns", "worst lateness of a cross-core event",
		  stats_read_i64, &machine->quantum_error.worst, "rounds.worst");
	return machine;
}

void machine_destroy(struct machine *machine)
{
	if (!machine)
		return;
	threads_set_count(machine, 0);
	for (unsigned i = machine->nparts; i-- > 0;)
		if (machine->parts[i].destroy)
			machine->parts[i].destroy(machine->parts[i].opaque);
	free(machine->parts);
	for (unsigned i = 0; i < machine->ncores; i++) {
		machine_take_blocks(machine->cores[i]);
		core_destroy(machine->cores[i]);
	}
	rounds_destroy(machine->rounds);
	input_destroy(machine->input);
	region_list_destroy(machine->regions);
	stats_destroy(machine->stats);
	clock_destroy(machine->clock);
	bus_destroy(machine->bus);
	free(machine);
}

/*
 * DBCR0[RST], watchdog. Every kind ends the run: a reset core fetches from the
 * boot ROM, and what stands in its place is the loader, outside of the machine.
 */
static void machine_reset_request(void *opaque, struct core *core, unsigned kind, int64_t now)
{
	struct machine *machine = opaque;

	log_write(&machine->log, LOG_INFO, "core %d asked for a %s reset", core->index,
		  kind == 1 ? "core" : kind == 2 ? "chip" : "system");
	machine_stop(machine, MACHINE_RESET, core->index, NULL);
}

static void machine_broadcast_tlbivax(void *opaque, struct core *core, uint64_t ea, int64_t now)
{
	struct machine *machine = opaque;

	for (unsigned i = 0; i < machine->ncores; i++) {
		if (core->threaded && machine->cores[i] != core)
			core_post_tlbivax(machine->cores[i], ea);
		else
			mmu_tlbivax_local(&machine->cores[i]->mmu, ea);
	}
}

/* Waits for running cores only: a sleeping one does what was posted before it runs. */
static void machine_sync_tlb(void *opaque, struct core *core)
{
	struct machine *machine = opaque;

	for (unsigned i = 0; i < machine->ncores; i++) {
		while (atomic_load(&machine->cores[i]->tlbivax_posted) && threads_core_runs(machine, i)) {
			core_do_posted(core); /* two that wait for each other */
			sched_yield();
		}
	}
}

static void machine_broadcast_msgsnd(void *opaque, struct core *core, uint32_t message, int64_t now)
{
	struct machine *machine = opaque;

	for (unsigned i = 0; i < machine->ncores; i++) {
		struct core *receiver = machine->cores[i];
		uint32_t before = atomic_load(&receiver->pending);
		int64_t late = rounds_lateness(machine, receiver, now);

		doorbell_receive(receiver, message, now);
		if (atomic_load(&receiver->pending) != before)
			rounds_count_late(machine, late);
	}
}

static void machine_state_changed(void *opaque, struct core *core)
{
	struct machine *machine = opaque;
	unsigned n = (unsigned)core->index;

	if (machine->timeline.state)
		machine->timeline.state(machine->timeline.opaque, n, core->state, core_now(core, NULL));
	if (core_is_idle(core))
		warp_core_idle(machine->clock, n, (enum warp_reason)core->state, core_now(core, NULL));
	else
		warp_core_wake(machine->clock, n, core_now(core, NULL));
}

static int64_t machine_read_core_now(const void *opaque)
{
	return core_now(opaque, NULL);
}

static int64_t machine_read_idle_ns(const void *opaque)
{
	const struct core *core = opaque;

	return core_ns_of_ticks(core, core->time.idle_cycles);
}

static void machine_add_core_stats(struct machine *machine, const struct core *core)
{
	stats_add(machine->stats, "insns", "instructions retired", stats_read_i64, &core->insns,
		  "core%d.insns", core->index);
	stats_add(machine->stats, "cycles", "cycles charged to instructions", stats_read_i64, &core->time.cycles,
		  "core%d.cycles", core->index);
	stats_add(machine->stats, "ns", "the core's own virtual time", machine_read_core_now, core,
		  "core%d.time", core->index);
	stats_add(machine->stats, "ns", "virtual time spent idle", machine_read_idle_ns, core,
		  "core%d.idle_ns", core->index);
}

struct core *machine_add_core(struct machine *machine, struct core_config config)
{
	struct core *core;

	config.index = (int)machine->ncores;
	config.bus = machine->bus;
	config.clock = machine->clock;
	config.log = &machine->log;
	assert(machine->ncores < MACHINE_MAX_CORES && !machine->threads);
	warp_add_core(machine->clock);
	core = core_create(&config);
	core_set_platform(core, &(struct core_platform){
		.opaque = machine,
		.reset_request = machine_reset_request,
		.broadcast_tlbivax = machine_broadcast_tlbivax,
		.broadcast_msgsnd = machine_broadcast_msgsnd,
		.sync_tlb = machine_sync_tlb,
		.poke = threads_poke,
		.state_changed = machine_state_changed,
	});
	core_set_observer(core, &machine->observer);
	machine_give_blocks(machine, core);
	machine->cores[machine->ncores++] = core;
	machine_add_core_stats(machine, core);
	return core;
}

void machine_set_debugger(struct machine *machine, const struct machine_debugger *debugger,
			  const struct core_observer *observer)
{
	machine->debugger = debugger ? *debugger : (struct machine_debugger){ 0 };
	machine->observer = observer ? *observer : (struct core_observer){ 0 };
	for (unsigned i = 0; i < machine->ncores; i++)
		core_set_observer(machine->cores[i], &machine->observer);
}

void machine_add_part(struct machine *machine, struct machine_part part)
{
	machine->parts = allocate_again(machine->parts, (machine->nparts + 1) * sizeof *machine->parts);
	machine->parts[machine->nparts++] = part;
}

void machine_remove_part(struct machine *machine, const void *opaque)
{
	unsigned at = 0;
	struct machine_part part;

	while (machine->parts[at].opaque != opaque)
		at++;
	part = machine->parts[at];
	for (machine->nparts--; at < machine->nparts; at++)
		machine->parts[at] = machine->parts[at + 1];
	if (part.destroy)
		part.destroy(part.opaque);
}

/* `line` is core number * 16 + number of the cause bit. */
static void machine_core_irq(void *opaque, unsigned line, int level, int64_t when)
{
	struct machine *machine = opaque;
	struct core *core = machine->cores[line / 16];

	if (level)
		rounds_count_late(machine, rounds_lateness(machine, core, when));
	interrupt_set_cause(core, (enum core_cause)(1u << line % 16), level != 0, when);
}

struct irq machine_core_input(struct machine *machine, unsigned core, enum core_cause cause)
{
	return (struct irq){ machine_core_irq, machine, core * 16 + (unsigned)__builtin_ctz(cause) };
}

void machine_release_core(struct machine *machine, unsigned core, uint64_t pc, int64_t when)
{
	rounds_count_late(machine, rounds_lateness(machine, machine->cores[core], when));
	if (!threads_release(machine, machine->cores[core], pc, when))
		core_release(machine->cores[core], pc, when);
}

bool machine_begin_region(struct machine *machine, const char *name, int64_t now)
{
	return region_begin(machine->regions, name, now);
}

bool machine_end_region(struct machine *machine, const char *name, int64_t now)
{
	const struct region *region = region_find(machine->regions, name);
	int64_t from = region ? region->last : 0;

	if (!region_end(machine->regions, name, now))
		return false;
	if (machine->timeline.passed)
		machine->timeline.passed(machine->timeline.opaque, region->name, from, now);
	return true;
}

int64_t machine_insns(const struct machine *machine)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < machine->ncores; i++)
		sum += machine->cores[i]->insns;
	return sum;
}

int64_t machine_now(const struct machine *machine)
{
	int64_t now = clock_now(machine->clock), observed = machine->rounds->observed;

	return observed > now ? observed : now;
}

const char *machine_reason_name(enum machine_reason reason)
{
	static const char *const names[] = {
		[MACHINE_TIME] = "time",   [MACHINE_INSNS] = "insns",       [MACHINE_BREAK] = "break",
		[MACHINE_STOP] = "stop",   [MACHINE_POWEROFF] = "poweroff", [MACHINE_EXIT] = "exit",
		[MACHINE_RESET] = "reset", [MACHINE_DEADLOCK] = "deadlock", [MACHINE_WALL] = "wall",
		[MACHINE_ERROR] = "error", [MACHINE_NOTHING] = "nothing",
	};

	return names[reason];
}
