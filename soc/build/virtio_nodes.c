#include "soc/build/virtio_nodes.h"

#include <stdio.h>
#include <string.h>

#define VIRTIO_NODES_BASE_HIGH 0xe
#define VIRTIO_NODES_STRIDE 0x1000
#define VIRTIO_NODES_SIZE 0x200
#define VIRTIO_NODES_WINDOW 0x100000
#define VIRTIO_NODES_SOURCE 200 /* of the MPIC; unused by all boards */
#define VIRTIO_NODES_LEVEL_HIGH 2

/* A simple-bus, because kernels for these SoCs look for devices on buses only. */
static struct tree_node *virtio_nodes_bus(struct tree *tree, const struct tree_node *pic)
{
	struct tree_node *bus = tree_add_child(tree->root, "virtio@e00000000");
	const uint32_t ranges[4] = { 0, VIRTIO_NODES_BASE_HIGH, 0, VIRTIO_NODES_WINDOW };

	tree_set_string(bus, "compatible", "simple-bus");
	tree_set_u32(bus, "#address-cells", 1);
	tree_set_u32(bus, "#size-cells", 1);
	tree_set_cells(bus, "ranges", ranges, 4);
	tree_set_u32(bus, "interrupt-parent", pic->phandle);
	return bus;
}

static struct tree_node *virtio_nodes_device(struct tree_node *bus, const struct tree_node *pic, unsigned number,
					     const char *kind)
{
	uint32_t offset = number * VIRTIO_NODES_STRIDE, cells = tree_u32(pic, "#interrupt-cells", 2);
	const uint32_t reg[2] = { offset, VIRTIO_NODES_SIZE };
	const uint32_t interrupts[4] = { VIRTIO_NODES_SOURCE + number, VIRTIO_NODES_LEVEL_HIGH, 0, 0 };
	struct tree_node *node;
	char name[32];

	snprintf(name, sizeof name, "virtio@%x", (unsigned)offset);
	node = tree_add_child(bus, name);
	tree_set_string(node, "compatible", "virtio,mmio");
	tree_set_cells(node, "reg", reg, 2);
	tree_set_cells(node, "interrupts", interrupts, cells == 4 ? 4 : 2);
	tree_set_string(node, "warpcore,device", kind);
	return node;
}

/* A tree may have a device of the kind itself. */
static bool virtio_nodes_has(const struct tree *tree, const char *kind)
{
	for (const struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node)) {
		const char *device = tree_string(node, "warpcore,device");

		if (device && !strcmp(device, kind))
			return true;
	}
	return false;
}

bool virtio_nodes_add(struct tree *tree, const struct soc_options *options, struct err *err)
{
	const struct tree_node *pic = tree_next_compatible(tree, NULL, "fsl,mpic");
	struct tree_node *bus;
	bool net = options->net && !virtio_nodes_has(tree, "net");
	unsigned number = 0;

	if (!options->ndisks && !options->entropy && !options->console && !net)
		return true;
	if (options->ndisks > SOC_MAX_DISKS)
		return err_set(err, "disks: %u, there are at most %d", options->ndisks, SOC_MAX_DISKS);
	if (!pic || !pic->phandle || tree_address_cells(tree->root) != 2)
		return tree_error(tree->root, err,
				  "virtio devices need an MPIC with a phandle, and #address-cells of 2");
	if (tree_child(tree->root, "virtio@e00000000"))
		return tree_error(tree->root, err, "the name virtio@e00000000 is taken");
	bus = virtio_nodes_bus(tree, pic);
	for (unsigned i = 0; i < options->ndisks; i++)
		tree_set_u32(virtio_nodes_device(bus, pic, number++, "block"), "warpcore,disk", i);
	if (options->entropy)
		tree_set_u64(virtio_nodes_device(bus, pic, number++, "entropy"), "warpcore,seed", options->seed);
	if (options->console)
		virtio_nodes_device(bus, pic, number++, "console");
	if (net)
		virtio_nodes_device(bus, pic, number++, "net");
	return true;
}
