/* The 16550 UART; its manual page is at the head of uart.c. */
#ifndef WARPCORE_SOC_UART_H
#define WARPCORE_SOC_UART_H

#include "soc/device.h"

extern const struct device_class uart_class;

#endif
