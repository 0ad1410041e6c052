/* Several interrupt sources on one input: the level is the OR of theirs. */
#ifndef WARPCORE_PORT_WIRED_OR_H
#define WARPCORE_PORT_WIRED_OR_H

#include "sim/base/state.h"
#include "sim/bus/irq.h"

#define WIRED_OR_INPUTS 64

struct wired_or {
	struct irq sink;
	uint64_t asserted; /* one bit for each input */
	unsigned inputs;   /* handed out, at most WIRED_OR_INPUTS */
};

/* One more input; the gate must stay where it is. */
struct irq wired_or_input(struct wired_or *gate);
void wired_or_visit_state(struct wired_or *gate, struct state_visitor *visitor);

#endif
