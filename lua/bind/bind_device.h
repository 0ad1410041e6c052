/* A device whose model is written in Lua, as the machine has it and as the script has it. */
#ifndef WARPCORE_BIND_BIND_DEVICE_H
#define WARPCORE_BIND_BIND_DEVICE_H

#include "lua/bind/bind.h"
#include "lua/bind/bind_timer.h"
#include "soc/build/builder.h"

/*
 * User values of a device's object beside the machine: the functions of its model (those of lua/lib/device.lua), and
 * the table device.state.
 */
#define BIND_DEVICE_FUNCTIONS 2
#define BIND_DEVICE_STATE 3

#define BIND_DEVICE_MOST_REGS 8
#define BIND_DEVICE_MOST_IRQS 8

/* One entry of a node's reg. */
struct bind_unit_reg {
	struct bind_unit *unit;
	unsigned index;
};

/* The device as the machine has it. */
struct bind_unit {
	struct device device; /* first */
	struct bind_machine *owner;
	struct bind_unit_reg regs[BIND_DEVICE_MOST_REGS];
	struct irq irqs[BIND_DEVICE_MOST_IRQS];
	unsigned nirqs;
	struct bind_timer_list *restored; /* while its state is restored: the timers that its model has made; or NULL */
};

/* The device as the script has it. */
struct bind_device {
	struct bind_object object;
	struct bind_unit *unit;
};

/* Of struct device_class (sim/base/state.h); the device is a unit. */
void bind_device_visit_state(struct device *device, struct state_visitor *visitor);

#endif
