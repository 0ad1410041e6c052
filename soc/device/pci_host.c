/*
 * NAME
 *   pci_host - PCI and PCI Express host controllers of PQ3 and QorIQ SoCs
 *
 * BINDING
 *   compatible     "fsl,mpc8540-pci"; "fsl,mpc8548-pcie", "fsl,p4080-pcie", "fsl,qoriq-pcie-v2.1"
 *   reg            0x1000 bytes
 *   ranges         the windows: reads there find no device and give ones
 *   interrupt-map  where INTA to INTD of a slot go
 *
 * REGISTERS (32 bits; MPC8544ERM chapters 16 and 17)
 *   0x000 CFG_ADDR  EN, extended register, bus, device, function, register
 *   0x004 CFG_DATA  1, 2 or 4 bytes of configuration space, little-endian
 *   0x008 INT_ACK   ones
 *   0xc00 + 0x20 n  outbound window n (0..4): TAR +0, TEAR +4, WBAR +8, WAR +0x10
 *   0xda0, 0xdc0, 0xde0  inbound windows 3, 2, 1: TAR +0, WBAR +8, WBEAR +0xc, WAR +0x10
 *   0xe00-0xe2f     error registers: no error; 0xe20 gasket timer, kept
 *
 * BEHAVIOUR
 *   Bus 0, device 0 is the bridge itself: 1957:0030, a processor (class 0x0b20) with
 *   BAR0 of 1 MiB for the CCSR block; on PCI Express a PCI bridge without a link.
 *   All other addresses are empty: ones.
 *
 * KNOWN LIMITS
 *   No device can be plugged in yet, so the windows (ATMU) are kept and not used.
 */
#include "soc/device/pci_host.h"

#include <string.h>

#include "sim/base/endian.h"
#include "soc/build/builder.h"

enum pci_offset {
	PCI_CFG_ADDR = 0x000,
	PCI_CFG_DATA = 0x004,
	PCI_INT_ACK = 0x008,
	PCI_OUTBOUND = 0xc00,
	PCI_OUTBOUND_END = 0xca0,
	PCI_INBOUND = 0xda0,
	PCI_INBOUND_END = 0xe00,
	PCI_ERRORS_END = 0xe30,
	PCI_GASKET_TIMER = 0xe20,
};

enum pci_config {
	PCI_VENDOR = 0x00,
	PCI_DEVICE = 0x02,
	PCI_COMMAND = 0x04,
	PCI_CLASS = 0x0a,
	PCI_HEADER_TYPE = 0x0e,
	PCI_BAR0 = 0x10,
	PCI_CONFIG_SIZE = 0x100,
};

#define PCI_CFG_ENABLE 0x80000000u
#define PCI_OUTBOUND_WORDS ((PCI_OUTBOUND_END - PCI_OUTBOUND) / 4)
#define PCI_INBOUND_WORDS ((PCI_INBOUND_END - PCI_INBOUND) / 4)

struct pci_host {
	struct device device;
	bool express;
	uint16_t id; /* PCI device number of the bridge */
	uint32_t cfg_addr, gasket;
	uint32_t outbound[PCI_OUTBOUND_WORDS], inbound[PCI_INBOUND_WORDS];
	uint8_t config[PCI_CONFIG_SIZE];   /* of the bridge, little-endian */
	uint8_t writable[PCI_CONFIG_SIZE]; /* mask of each byte */
};

/* The bridge's configuration space. */

static bool pci_host_bridge_selected(const struct pci_host *pci)
{
	/* Bus, device and function 0. */
	return pci->cfg_addr & PCI_CFG_ENABLE && !(pci->cfg_addr & 0x00ffff00);
}

/* The register's first byte in configuration space; the extended part is above 0xff. */
static unsigned pci_host_register(const struct pci_host *pci)
{
	return (pci->cfg_addr & 0xfc) | (pci->express ? pci->cfg_addr >> 16 & 0xf00 : 0);
}

static uint64_t pci_host_read_config(const struct pci_host *pci, unsigned lane, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++) {
		unsigned at = pci_host_register(pci) + lane + i;
		uint8_t byte = !pci_host_bridge_selected(pci) ? 0xff : at < PCI_CONFIG_SIZE ? pci->config[at] : 0;

		value = value << 8 | byte;
	}
	return value;
}

static void pci_host_write_config(struct pci_host *pci, unsigned lane, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size && pci_host_bridge_selected(pci); i++) {
		unsigned at = pci_host_register(pci) + lane + i;
		uint8_t byte = (uint8_t)(value >> 8 * (size - 1 - i));

		if (at < PCI_CONFIG_SIZE)
			pci->config[at] =
				(uint8_t)((pci->config[at] & ~pci->writable[at]) | (byte & pci->writable[at]));
	}
}

/* Registers. */

static uint32_t *pci_host_word(struct pci_host *pci, uint64_t offset)
{
	if (offset == PCI_CFG_ADDR)
		return &pci->cfg_addr;
	if (offset >= PCI_OUTBOUND && offset < PCI_OUTBOUND_END)
		return &pci->outbound[(offset - PCI_OUTBOUND) / 4];
	if (offset >= PCI_INBOUND && offset < PCI_INBOUND_END)
		return &pci->inbound[(offset - PCI_INBOUND) / 4];
	return offset == PCI_GASKET_TIMER ? &pci->gasket : NULL;
}

static bool pci_host_is_data(uint64_t offset, unsigned size)
{
	return offset >= PCI_CFG_DATA && offset + size <= PCI_CFG_DATA + 4;
}

static uint64_t pci_host_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct pci_host *pci = opaque;
	uint32_t *word;

	if (pci_host_is_data(offset, size))
		return pci_host_read_config(pci, (unsigned)offset - PCI_CFG_DATA, size);
	if (size != 4)
		return device_bad_access(&pci->device, "read that is not of 32 bits", offset, size);
	if (offset == PCI_INT_ACK)
		return UINT32_MAX;
	word = pci_host_word(pci, offset);
	if (word)
		return *word;
	if (offset >= PCI_INBOUND_END && offset < PCI_ERRORS_END)
		return 0;
	return device_unimplemented(&pci->device, "read", offset, size);
}

static void pci_host_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size,
			   uint64_t value)
{
	struct pci_host *pci = opaque;
	uint32_t *word = pci_host_word(pci, offset);

	if (pci_host_is_data(offset, size))
		pci_host_write_config(pci, (unsigned)offset - PCI_CFG_DATA, size, value);
	else if (size != 4)
		device_bad_access(&pci->device, "write that is not of 32 bits", offset, size);
	else if (word)
		*word = (uint32_t)value;
	else if (offset < PCI_INBOUND_END || offset >= PCI_ERRORS_END)
		device_unimplemented(&pci->device, "write", offset, size);
}

/* The windows: nobody answers, a master abort. */

static uint64_t pci_host_read_window(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	return UINT64_MAX >> (64 - 8 * size);
}

static void pci_host_write_window(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size,
				  uint64_t value)
{
}

static bool pci_host_map_windows(struct pci_host *pci, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { pci_host_read_window, pci_host_write_window };
	const struct tree_node *node = pci->device.node;
	int count = address_window_count(node, err);
	struct address_range range;

	for (int i = 0; i < count; i++) {
		if (!address_window(node, (unsigned)i, &range, err))
			return false;
		if (range.size && !builder_map_window(builder, &range, &ops, pci, err))
			return false;
	}
	return count >= 0;
}

static bool pci_host_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { pci_host_read, pci_host_write };
	struct pci_host *pci = (struct pci_host *)device;

	pci->express = !tree_is_compatible(device->node, "fsl,mpc8540-pci");
	pci->id = !pci->express ? 0x0030 : tree_is_compatible(device->node, "fsl,p4080-pcie") ? 0x0400 : 0x0013;
	return builder_map(builder, 0, &ops, pci, err) && pci_host_map_windows(pci, builder, err);
}

static void pci_host_reset(struct device *device)
{
	struct pci_host *pci = (struct pci_host *)device;

	pci->cfg_addr = pci->gasket = 0;
	memset(pci->outbound, 0, sizeof pci->outbound);
	memset(pci->inbound, 0, sizeof pci->inbound);
	memset(pci->config, 0, sizeof pci->config);
	memset(pci->writable, 0, sizeof pci->writable);
	le16_store(pci->config + PCI_VENDOR, 0x1957);
	le16_store(pci->config + PCI_DEVICE, pci->id);
	le16_store(pci->config + PCI_CLASS, pci->express ? 0x0604 : 0x0b20);
	pci->config[PCI_HEADER_TYPE] = pci->express;
	le16_store(pci->writable + PCI_COMMAND, 0x0147);
	le32_store(pci->writable + PCI_BAR0, 0xfff00000);
	if (pci->express) { /* a type 1 header: bus numbers and windows; bridge control */
		memset(pci->writable + 0x18, 0xff, 0x18);
		memset(pci->writable + 0x3e, 0xff, 2);
	}
	pci->writable[0x0c] = pci->writable[0x0d] = 0xff; /* cache line size, latency timer */
	pci->writable[0x3c] = 0xff;                       /* interrupt line */
}

static void pci_host_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct pci_host *pci = (struct pci_host *)device;

	state_u32(visitor, "cfg_addr", &pci->cfg_addr);
	state_u32(visitor, "gasket", &pci->gasket);
	for (unsigned i = 0; i < PCI_OUTBOUND_WORDS; i++)
		state_u32(visitor, "outbound", &pci->outbound[i]);
	for (unsigned i = 0; i < PCI_INBOUND_WORDS; i++)
		state_u32(visitor, "inbound", &pci->inbound[i]);
	visitor->bytes(visitor, "config", pci->config, sizeof pci->config);
}

static const char *const pci_host_compatible[] = {
	"fsl,mpc8540-pci", "fsl,mpc8548-pcie", "fsl,p4080-pcie", "fsl,qoriq-pcie-v2.1", NULL
};

const struct device_class pci_host_class = {
	.compatible = pci_host_compatible,
	.summary = "PCI host: configuration space with its bridge, no slots",
	.size = sizeof(struct pci_host),
	.has_registers = true,
	.create = pci_host_create,
	.reset = pci_host_reset,
	.visit_state = pci_host_visit_state,
};
