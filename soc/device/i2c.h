/*
 * The I2C controller (manual page at the head of i2c.c), and what a device on
 * its bus is: functions that the bus calls.
 */
#ifndef WARPCORE_DEVICE_I2C_H
#define WARPCORE_DEVICE_I2C_H

#include <stdbool.h>
#include <stdint.h>

#include "soc/port/device.h"

/* A device on the bus; it belongs to its model. `now` is virtual ns. */
struct i2c_slave {
	uint8_t address; /* 7 bits */
	void *opaque;
	void (*start)(void *opaque, bool read, int64_t now); /* addressed; `read`: it will send */
	void (*write)(void *opaque, uint8_t byte, int64_t now);
	uint8_t (*read)(void *opaque, int64_t now);
	void (*stop)(void *opaque, int64_t now);             /* NULL: it does not care */
	struct i2c_slave *next; /* the bus's */
};

/* `bus` is the device of the parent node (builder_parent). False: it is no I2C controller, or the address is taken. */
bool i2c_attach(struct device *bus, struct i2c_slave *slave, struct err *err);

extern const struct device_class i2c_class;

#endif
