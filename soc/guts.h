/* The global utilities; its manual page is at the head of guts.c. */
#ifndef WARPCORE_SOC_GUTS_H
#define WARPCORE_SOC_GUTS_H

#include "soc/device.h"

extern const struct device_class guts_class;

#endif
