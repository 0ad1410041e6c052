/*
 * A device model: one file, one `struct device_class`, one line in
 * soc/models.c, one test.
 *
 * A device gets its tree node, the bus, timers, and the log, and never sees a
 * core: who accesses it and when comes with each access (struct bus_access),
 * interrupts leave through struct irq, and what else it wants from the board
 * around it goes through soc/build/builder.h while it is made.
 *
 * Its registers may be read and written at any offset and size by any guest:
 * what the manual does not define reads 0 or is dropped, and goes to the log.
 */
#ifndef WARPCORE_PORT_DEVICE_H
#define WARPCORE_PORT_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/log.h"
#include "sim/base/state.h"
#include "sim/bus/bus.h"
#include "sim/bus/irq.h"
#include "sim/time/timer.h"
#include "soc/tree/tree.h"

struct builder;
struct device;

struct device_class {
	const char *const *compatible; /* NULL-terminated, as the bindings name them */
	const char *summary;           /* one line, for coverage and help */
	size_t size;                   /* of the struct that starts with a struct device */
	bool has_registers;            /* a node without reg (MPC8572DS has one) is no such device, and unknown */
	/*
	 * Reads the node's properties, maps registers and looks up interrupts through
	 * soc/build/builder.h. False: err says what is wrong with which property (the builder
	 * puts file and path before it). The struct is zeroed; destroy is called either way.
	 * NULL: the registers belong to the model of another node.
	 */
	bool (*create)(struct device *device, struct builder *builder, struct err *err);
	void (*reset)(struct device *device);                           /* power-on state; NULL: it has none */
	void (*visit_state)(struct device *device, struct state_visitor *visitor); /* NULL: no state */
	void (*destroy)(struct device *device);                         /* what create made; NULL: nothing */
	/* Interrupt controllers: the input that `cells` (of #interrupt-cells) name. NULL: not a controller. */
	bool (*interrupt_input)(struct device *device, const uint32_t *cells, unsigned ncells,
				struct irq *input, struct err *err);
	/* GPIO controllers: `sink` follows the output that `cells` (of #gpio-cells) name. NULL: not a controller. */
	bool (*gpio_output)(struct device *device, const uint32_t *cells, unsigned ncells,
			    struct irq sink, struct err *err);
};

enum device_end {
	DEVICE_POWEROFF, /* the board's power is switched off */
	DEVICE_RESET,    /* the whole SoC is reset */
};

/* What the builder gives a device to reach the board by. */
struct device_board {
	void (*end_run)(void *opaque, enum device_end end, int core);
	void *opaque;
};

struct device {
	const struct device_class *class;
	const struct tree_node *node;
	const char *path; /* of its node */
	struct log *log;
	struct bus *bus;           /* for DMA */
	struct timer_list *timers; /* its own list, owner = path */
	struct device_board board; /* for device_end_run only */
};

/* Ends the run after the instruction that did this; `core` did it (BUS_NO_CORE: nobody). */
void device_end_run(struct device *device, enum device_end end, int core);

/* The access is not what the manual allows: counted, logged with offset and size. Returns 0 for a read to pass on. */
uint64_t device_bad_access(struct device *device, const char *what, uint64_t offset, unsigned size);
/* The manual has a register there, the model has not. */
uint64_t device_unimplemented(struct device *device, const char *what, uint64_t offset, unsigned size);

#endif
