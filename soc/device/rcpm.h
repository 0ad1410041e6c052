/* The run control and power management block; its manual page is at the head of rcpm.c. */
#ifndef WARPCORE_DEVICE_RCPM_H
#define WARPCORE_DEVICE_RCPM_H

#include "soc/port/device.h"

extern const struct device_class rcpm_class;

#endif
