/* Breakpoints at instructions. The cores know the addresses and call when one is reached (sim/engine/block.h). */
#include "sim/engine/block.h"
#include "sim/debug/debug_state.h"

/* Which cores are to stop and ask at ea. */
void debug_pc_update(struct debug *debug, uint64_t ea)
{
	for (unsigned i = 0; i < debug->machine->ncores; i++) {
		bool wanted = false;

		for (struct debug_break *b = *debug_pc_bucket(debug, ea); b && !wanted; b = b->next_alike)
			wanted = b->spec.address == ea && debug_break_wants(b, (int)i);
		block_cache_set_breakpoint(debug->machine->cores[i], ea, wanted);
	}
}

bool debug_pc_reached(void *opaque, struct core *core, uint64_t ea)
{
	struct debug *debug = opaque;
	bool stop = false;
	unsigned last;

	debug_enter(debug);
	last = debug->last_number;
	for (struct debug_break *b = *debug_pc_bucket(debug, ea); b && b->number <= last; b = b->next_alike) {
		struct debug_hit hit = { .core = core->index, .pc = ea };

		if (b->spec.address != ea || !debug_break_wants(b, core->index))
			continue;
		hit.time = core_now(core, NULL);
		stop |= debug_hit(b, &hit);
	}
	debug_leave(debug);
	return stop;
}
