/* The global utilities; its manual page is at the head of guts.c. */
#ifndef WARPCORE_DEVICE_GUTS_H
#define WARPCORE_DEVICE_GUTS_H

#include "soc/port/device.h"

extern const struct device_class guts_class;

#endif
