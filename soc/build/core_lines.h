/* The lines by which the SoC governs its cores: reset, time base enable, nap. Private to the room. */
#ifndef WARPCORE_BUILD_CORE_LINES_H
#define WARPCORE_BUILD_CORE_LINES_H

#include "sim/base/state.h"
#include "sim/bus/irq.h"
#include "soc/build/builder.h"

struct soc;

/* After the cores are there. */
void core_lines_create(struct soc *soc);
void core_lines_destroy(struct soc *soc);
void core_lines_reset(struct soc *soc);
void core_lines_visit_state(struct soc *soc, struct state_visitor *visitor);
/* BUILDER_RESET and what follows it. */
struct irq core_lines_input(struct soc *soc, unsigned core, enum builder_core_input input);

#endif
