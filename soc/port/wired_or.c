#include "soc/port/wired_or.h"

#include <assert.h>

static void wired_or_set(void *opaque, unsigned line, int level, int64_t when)
{
	struct wired_or *gate = opaque;
	uint64_t bit = UINT64_C(1) << line, before = gate->asserted;

	gate->asserted = level ? before | bit : before & ~bit;
	if (!before != !gate->asserted)
		irq_set(&gate->sink, gate->asserted != 0, when);
}

struct irq wired_or_input(struct wired_or *gate)
{
	assert(gate->inputs < WIRED_OR_INPUTS);
	return (struct irq){ wired_or_set, gate, gate->inputs++ };
}

void wired_or_visit_state(struct wired_or *gate, struct state_visitor *visitor)
{
	state_u64(visitor, "asserted", &gate->asserted);
}
