/* The PCI host; its manual page is at the head of pci_host.c. */
#ifndef WARPCORE_SOC_PCI_HOST_H
#define WARPCORE_SOC_PCI_HOST_H

#include "soc/device.h"

extern const struct device_class pci_host_class;

#endif
