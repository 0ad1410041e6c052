/* The GPIO power-off; its manual page is at the head of gpio_poweroff.c. */
#ifndef WARPCORE_DEVICE_GPIO_POWEROFF_H
#define WARPCORE_DEVICE_GPIO_POWEROFF_H

#include "soc/port/device.h"

extern const struct device_class gpio_poweroff_class;

#endif
