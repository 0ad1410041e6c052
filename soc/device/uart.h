/* The 16550 UART; its manual page is at the head of uart.c. */
#ifndef WARPCORE_DEVICE_UART_H
#define WARPCORE_DEVICE_UART_H

#include "soc/port/device.h"

extern const struct device_class uart_class;

#endif
