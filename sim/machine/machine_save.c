#include "sim/machine/machine_save.h"

#include "sim/input/input.h"
#include "sim/machine/rounds.h"
#include "sim/machine/semihost.h"

static void machine_visit_rounds(struct machine *machine, struct state_visitor *v)
{
	struct machine_rounds *rounds = machine->rounds;
	bool in_round = rounds->in_round;
	int64_t horizon = rounds->horizon;
	uint32_t last = (uint32_t)rounds->last, turn = rounds->turn;

	state_bool(v, "in round", &in_round);
	state_i64(v, "horizon", &horizon);
	state_u32(v, "last", &last);
	state_u32(v, "turn", &turn);
	state_i64(v, "observed", &rounds->observed);
	state_i64(v, "quantum", &machine->quantum);
	state_i64(v, "late", &machine->quantum_error.late);
	state_i64(v, "worst", &machine->quantum_error.worst);
	rounds->in_round = in_round;
	rounds->horizon = horizon;
	if (state_at_most(v, "turn", turn, machine->ncores))
		rounds->turn = turn;
	if (state_at_most(v, "last", last, machine->ncores - 1))
		rounds->last = (int)last;
}

/* Memory before the cores, whose reservations a change of memory breaks; the clock before all timers. */
static void machine_visit_whole(struct machine *machine, struct state_visitor *v)
{
	state_group(v, "machine", 2);
	machine_visit_rounds(machine, v);
	clock_visit_state(machine->clock, v);
	bus_visit_state(machine->bus, v);
	for (unsigned i = 0; i < machine->ncores; i++)
		core_visit_state(machine->cores[i], v);
	region_list_visit_state(machine->regions, v);
	input_visit_state(machine->input, v);
	for (unsigned i = 0; i < machine->nparts; i++) {
		state_group(v, machine->parts[i].path, 1);
		if (machine->parts[i].visit_state)
			machine->parts[i].visit_state(machine->parts[i].opaque, v);
	}
	state_group(v, "end", 1);
}

static bool machine_can_be_saved(const struct machine *machine, struct err *err)
{
	if (machine->threads)
		return err_set(err,
			       "a machine with cores on threads cannot be saved or restored: make it without threads");
	if (!input_is_quiet(machine->input))
		return err_set(err,
			       "a machine cannot be saved or restored while its input is recorded or replayed");
	if (machine->semihost && semihost_files(machine))
		return err_set(err, "a machine with a directory for semihosting cannot be saved or restored yet");
	return true;
}

bool machine_save(struct machine *machine, struct state_memory *memory, struct err *err)
{
	struct state_memory_visitor visitor;

	if (!machine_can_be_saved(machine, err))
		return false;
	state_memory_save(&visitor, memory, err);
	machine_visit_whole(machine, &visitor.base);
	return state_memory_done(&visitor);
}

static bool machine_put_back(struct machine *machine, struct state_memory *memory, struct err *err)
{
	struct state_memory_visitor visitor;

	state_memory_restore(&visitor, memory, err);
	machine_visit_whole(machine, &visitor.base);
	return state_memory_done(&visitor);
}

bool machine_restore(struct machine *machine, struct state_memory *memory, struct err *err)
{
	struct state_memory before = { 0 };
	bool good;

	if (!machine_save(machine, &before, err))
		return false;
	good = machine_put_back(machine, memory, err);
	if (!good)
		machine_put_back(machine, &before, NULL);
	state_memory_free(&before);
	return good;
}
