/* The GPIO controller; its manual page is at the head of gpio.c. */
#ifndef WARPCORE_SOC_GPIO_H
#define WARPCORE_SOC_GPIO_H

#include "soc/device.h"

extern const struct device_class gpio_class;

#endif
