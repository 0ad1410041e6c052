/*
 * What a device model may ask for while it is made (device_class.create): its
 * registers on the bus, the interrupt inputs that its node names, lines to the
 * cores, GPIOs, and facts about the machine. All of it comes from the tree.
 *
 * Controllers are made when somebody first asks for one of their inputs, so
 * the order of nodes does not matter.
 */
#ifndef WARPCORE_BUILD_BUILDER_H
#define WARPCORE_BUILD_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/bus/bus.h"
#include "sim/bus/irq.h"
#include "soc/tree/address.h"
#include "soc/port/device.h"
#include "soc/tree/interrupts.h"
#include "soc/port/serial_port.h"

/*
 * A create that fails is undone: what it mapped goes, and its destroy is called. Ports and statistics stay where they
 * were added, so they come last, when nothing can fail any more.
 */
struct builder;
struct disk_image; /* soc/port/disk_port.h */
struct disk_port;
struct net_port; /* soc/port/net_port.h */
struct stats;    /* sim/stat/stats.h */

/* Entries of the node's reg (0: it has none or is not memory mapped). */
unsigned builder_regs(const struct builder *builder);
/* Puts entry `reg` of the node's reg on the bus. */
bool builder_map(struct builder *builder, unsigned reg, const struct bus_ops *ops, void *opaque, struct err *err);
/* A window of a PCI host or the like, under all register blocks. */
bool builder_map_window(struct builder *builder, const struct address_range *range,
			const struct bus_ops *ops, void *opaque, struct err *err);

/* Number of interrupts that the node names. */
unsigned builder_irqs(const struct builder *builder);
/* The line of interrupt `index`. Several devices may drive one input: their levels are ORed. */
bool builder_irq(struct builder *builder, unsigned index, struct irq *irq, struct err *err);
/* A line to any controller input, as interrupts_map gives it. */
bool builder_irq_spec(struct builder *builder, const struct interrupt_spec *spec, struct irq *irq, struct err *err);

/* `sink` follows the GPIO that entry `index` of property `name` ("gpios") names, its active-low flag included. */
bool builder_gpio(struct builder *builder, const char *name, unsigned index, struct irq sink, struct err *err);

/* Inputs of core number `core` < builder_cores(). */
enum builder_core_input {
	BUILDER_INT,   /* external */
	BUILDER_CINT,  /* critical */
	BUILDER_MCP,   /* machine check */
	BUILDER_RESET, /* held while 1; on 1 -> 0 the core is where power-on leaves it: in the spin table */
	BUILDER_TIMEBASE_STOP, /* its time base and decrementer stand while 1 */
	BUILDER_NAP,   /* it executes nothing while 1, and goes on where it was; interrupts wait */
};
unsigned builder_cores(const struct builder *builder);
struct irq builder_core_input(struct builder *builder, unsigned core, enum builder_core_input input);
/* True when its cores are on CoreNet (sim/core/model.h); PVR and SVR of them. */
bool builder_has_corenet(const struct builder *builder);
uint32_t builder_pvr(const struct builder *builder);
uint32_t builder_svr(const struct builder *builder);

/*
 * The interrupt controller that cores ask for a vector when they take an
 * external input interrupt: returns true and the vector for EPR, or false when it
 * does not deliver that way (any more).
 */
typedef bool builder_acknowledge_fn(struct device *device, unsigned core, bool critical, int64_t now, uint32_t *vector);
/* A core came out of reset, or was put into it, and has forgotten what its inputs were: drive them again. */
typedef void builder_core_was_reset_fn(struct device *device, unsigned core, int64_t now);
void builder_set_controller(struct builder *builder, struct device *device, builder_acknowledge_fn *acknowledge,
			    builder_core_was_reset_fn *core_was_reset);

/*
 * For interrupt controllers: who wants to know that core `core` took (acknowledged) source `source`, breakpoints on
 * interrupts. To be called at each.
 */
struct builder_irq_taken {
	void (*fn)(void *opaque, unsigned core, unsigned source, int64_t when);
	void *opaque;
};
struct builder_irq_taken builder_irq_taken(const struct builder *builder);

/* The device of the parent node, or NULL when that has no model. */
struct device *builder_parent(struct builder *builder);
/*
 * The host's end of a serial line: the builder keeps it in the list of UARTs, and makes the external input
 * (sim/input/input.h) of the node's path that feeds it. The device destroys it.
 */
void builder_add_serial(struct builder *builder, struct serial_port *port);
/* The same for the wire of a network device, in a list of its own. */
void builder_add_net(struct builder *builder, struct net_port *port);
/* A block device takes its number, in the order of the tree: vda of the guest is 0. */
unsigned builder_number_disk(struct builder *builder);
/* For counters of the device; while it is made. */
struct stats *builder_stats(const struct builder *builder);
/* Whether a file of the host that the tree names, not the user, may be opened. */
bool builder_may_open(const struct builder *builder, const char *file, struct err *err);
/* Disk `number` of the options, or NULL. */
const struct disk_image *builder_disk(const struct builder *builder, uint32_t number);
/* Opens an image. The device destroys the port. */
struct disk_port *builder_open_disk(const struct builder *builder, const struct disk_image *image, struct err *err);
/* Seconds since 1970 that real-time clocks show at virtual time 0. */
int64_t builder_epoch(const struct builder *builder);

#endif
