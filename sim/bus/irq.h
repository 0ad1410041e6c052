/*
 * Interrupt lines. The receiver hands out a `struct irq` for each of its
 * inputs; the sender drives it. A line carries a level and the virtual time of
 * the change, so that a sleeping core starts at the time of its waker
 * (VIRTUAL_TIME.md, 2.3).
 */
#ifndef WARPCORE_BUS_IRQ_H
#define WARPCORE_BUS_IRQ_H

#include <stdint.h>

/* `level` 0 or 1; `when` in virtual ns. Called on the thread that changed the line. */
typedef void irq_fn(void *opaque, unsigned line, int level, int64_t when);

struct irq {
	irq_fn *fn; /* NULL: connected to nothing, changes are dropped */
	void *opaque;
	unsigned line;
};

static inline void irq_set(const struct irq *irq, int level, int64_t when)
{
	if (irq->fn)
		irq->fn(irq->opaque, irq->line, level, when);
}

#endif
