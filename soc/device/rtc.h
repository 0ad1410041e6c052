/* The real-time clock; its manual page is at the head of rtc.c. */
#ifndef WARPCORE_DEVICE_RTC_H
#define WARPCORE_DEVICE_RTC_H

#include "soc/port/device.h"

extern const struct device_class rtc_class;

#endif
