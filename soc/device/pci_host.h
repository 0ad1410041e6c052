/* The PCI host; its manual page is at the head of pci_host.c. */
#ifndef WARPCORE_DEVICE_PCI_HOST_H
#define WARPCORE_DEVICE_PCI_HOST_H

#include "soc/port/device.h"

extern const struct device_class pci_host_class;

#endif
