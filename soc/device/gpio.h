/* The GPIO controller; its manual page is at the head of gpio.c. */
#ifndef WARPCORE_DEVICE_GPIO_H
#define WARPCORE_DEVICE_GPIO_H

#include "soc/port/device.h"

extern const struct device_class gpio_class;

#endif
