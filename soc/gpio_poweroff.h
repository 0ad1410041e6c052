/* The GPIO power-off; its manual page is at the head of gpio_poweroff.c. */
#ifndef WARPCORE_SOC_GPIO_POWEROFF_H
#define WARPCORE_SOC_GPIO_POWEROFF_H

#include "soc/device.h"

extern const struct device_class gpio_poweroff_class;

#endif
