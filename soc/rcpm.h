/* The run control and power management block; its manual page is at the head of rcpm.c. */
#ifndef WARPCORE_SOC_RCPM_H
#define WARPCORE_SOC_RCPM_H

#include "soc/device.h"

extern const struct device_class rcpm_class;

#endif
