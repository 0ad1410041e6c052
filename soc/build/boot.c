#include "soc/build/boot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/file.h"
#include "sim/machine/load_elf.h"
#include "sim/machine/load_uimage.h"
#include "sim/machine/machine.h"
#include "soc/build/place.h"
#include "soc/build/soc_state.h"

#define MIB (UINT64_C(1) << 20)

enum {
	BOOT_DTB_PAD = 24 * 1024 * 1024,      /* from the payload's end to the tree: Linux wants it within 64 MiB */
	BOOT_DTB_SIZE = 1024 * 1024,          /* U-Boot maps one such page for it */
	BOOT_BLOBS_FROM = 32 * 1024 * 1024,   /* U-Boot works below */
	BOOT_INITRD_PAD = 32 * 1024 * 1024,
	BOOT_INITRD_ALIGN = 16 * 1024 * 1024,
};

#define BOOT_MAGIC 0x45504150u          /* r6: "EPAP" (ePAPR 5.4.1) */
#define BOOT_STACK 0x00fffff8u          /* r1: 16 MiB - 8, as QEMU leaves it */
#define BOOT_SECONDARY_MAP (64 * MIB)   /* r7 of a released core (ePAPR 5.5.2.2) */

/* The payload. */

static bool boot_load_payload(struct soc *soc, const char *file, struct err *err)
{
	struct bus *bus = soc->machine->bus;
	struct load_image image;
	size_t size;
	uint8_t *data = file_load(file, &size, err);
	bool ok;

	if (!data)
		return false;
	if (load_elf_is(data, size))
		ok = load_elf_into(bus, data, size, file, &image, err);
	else if (load_uimage_is(data, size))
		ok = load_uimage_into(bus, data, size, file, &image, err);
	else
		ok = err_set(err, "%s: neither an ELF file nor a legacy uImage", file);
	free(data);
	if (!ok)
		return false;
	soc->layout.payload = image.base;
	soc->layout.payload_end = image.end;
	soc->layout.entry = image.entry;
	return true;
}

/* Data after the payload. */

static bool boot_poke(struct soc *soc, const char *what, const char *file, uint64_t base, const void *data, size_t size,
		      struct err *err)
{
	if (bus_poke(soc->machine->bus, base, data, size))
		return true;
	return err_set(err, "%s: the %s does not fit into memory: %zu bytes at 0x%" PRIx64, file, what, size, base);
}

/* Room for something, taken; in *base. */
static bool boot_place(struct place *place, const char *what, const char *file, uint64_t size, uint64_t from,
		       uint64_t align, uint64_t *base, struct err *err)
{
	if (place_find(place, size, from, align, base))
		return true;
	return err_set(err,
		       "%s: the %s does not fit into memory: there are no %" PRIu64 " free bytes above 0x%" PRIx64
		       "; the option memory makes it larger",
		       file, what, size, place->lowest);
}

static uint64_t boot_blobs_from(const struct soc_layout *layout)
{
	return layout->payload_end > BOOT_BLOBS_FROM ? layout->payload_end : BOOT_BLOBS_FROM;
}

static bool boot_load_kernel_data(struct soc *soc, struct place *place, const char *file, struct err *err)
{
	struct soc_layout *layout = &soc->layout;
	size_t size;
	uint8_t *data = file_load(file, &size, err);
	bool ok;

	if (!data)
		return false;
	layout->kernel_size = size;
	ok = boot_place(place, "kernel", file, size, boot_blobs_from(layout), 1, &layout->kernel, err) &&
	     boot_poke(soc, "kernel", file, layout->kernel, data, size, err);
	free(data);
	return ok;
}

static bool boot_load_initrd(struct soc *soc, struct place *place, const char *file, struct err *err)
{
	struct soc_layout *layout = &soc->layout;
	uint64_t after = layout->kernel_size ? layout->kernel + layout->kernel_size : boot_blobs_from(layout);
	size_t size;
	uint8_t *data = file_load(file, &size, err);
	bool ok;

	if (!data)
		return false;
	layout->initrd_size = size;
	after = (after + BOOT_INITRD_PAD) & ~(uint64_t)(BOOT_INITRD_ALIGN - 1);
	ok = boot_place(place, "initrd", file, size, after, BOOT_INITRD_ALIGN, &layout->initrd, err) &&
	     boot_poke(soc, "initrd", file, layout->initrd, data, size, err);
	free(data);
	return ok;
}

/* The tree. */

static void boot_fill_chosen(struct soc *soc)
{
	struct tree_node *chosen = tree_child(soc->tree->root, "chosen");
	const struct soc_layout *layout = &soc->layout;

	if (layout->initrd_size) {
		tree_set_u64(chosen, "linux,initrd-start", layout->initrd);
		tree_set_u64(chosen, "linux,initrd-end", layout->initrd + layout->initrd_size);
	}
	if (layout->kernel_size) {
		uint32_t cells[4] = { (uint32_t)(layout->kernel >> 32), (uint32_t)layout->kernel,
				      (uint32_t)(layout->kernel_size >> 32), (uint32_t)layout->kernel_size };

		tree_set_cells(chosen, "qemu,boot-kernel", cells, 4);
	}
}

static bool boot_load_tree(struct soc *soc, struct err *err)
{
	void *blob;
	bool ok;

	boot_fill_chosen(soc);
	blob = tree_to_blob(soc->tree, BOOT_DTB_SIZE, err);
	if (!blob)
		return false;
	soc->layout.dtb_size = BOOT_DTB_SIZE;
	ok = boot_poke(soc, "device tree", soc->tree->file, soc->layout.dtb, blob, BOOT_DTB_SIZE, err);
	free(blob);
	return ok;
}

/* Cores. */

/* TSIZE counts powers of 4 KiB. */
static void boot_map(struct core *core, unsigned index, uint64_t rpn, unsigned tsize, uint8_t wimge)
{
	uint64_t size = UINT64_C(1024) << 2 * tsize;
	struct mmu_entry entry = {
		.rpn = rpn,
		.mask = size > UINT32_MAX ? 0 : (uint32_t)~(size - 1),
		.size = (uint8_t)tsize,
		.valid = true,
		.wimge = wimge,
		.permissions = 0x3f,
	};

	mmu_set_tlb1(&core->mmu, index, &entry);
}

/* The smallest page size above log2 of the end of what the boot core must reach, in KiB: 4^n KiB. */
static unsigned boot_map_tsize(uint64_t end)
{
	unsigned log2 = 0;

	while (end >> 10 >> (log2 + 1))
		log2++;
	return (log2 + 2) / 2; /* (log2 + 1), rounded up to even, in powers of 4 */
}

static bool boot_start(struct soc *soc, struct err *err)
{
	struct soc_layout *layout = &soc->layout;
	struct core *core = soc->machine->cores[soc->tree->boot_cpu];
	unsigned tsize = boot_map_tsize(layout->dtb + layout->dtb_size);

	if (tsize > 11) /* 4 GiB: all effective addresses */
		return err_set(err, "%s: the payload ends at 0x%" PRIx64 ", out of reach of a 32-bit core",
			       soc->tree->file, layout->payload_end);
	layout->map_size = UINT64_C(1024) << 2 * tsize;
	boot_map(core, 0, 0, tsize, 0);
	core_set_gpr(core, 1, BOOT_STACK);
	core_set_gpr(core, 3, (uint32_t)layout->dtb);
	core_set_gpr(core, 6, BOOT_MAGIC);
	core_set_gpr(core, 7, (uint32_t)layout->map_size);
	machine_release_core(soc->machine, soc->tree->boot_cpu, (uint32_t)layout->entry, machine_now(soc->machine));
	return true;
}

void boot_release_core(void *opaque, unsigned core, uint64_t entry, uint64_t r3, int64_t when)
{
	struct soc *soc = opaque;
	struct core *secondary = soc->machine->cores[core];
	uint64_t page = entry & ~(BOOT_SECONDARY_MAP - 1);

	log_write(&soc->machine->log, LOG_INFO, "core %u released at 0x%" PRIx64, core, entry);
	core_do_posted(secondary); /* a tlbivax of before must not hit the entry that is made now */
	boot_map(secondary, 1, page, 8, 4); /* 64 MiB, memory coherence required */
	core_set_gpr(secondary, 3, (uint32_t)r3);
	core_set_gpr(secondary, 7, (uint32_t)BOOT_SECONDARY_MAP);
	machine_release_core(soc->machine, core, (uint32_t)(entry - page), when);
}

static bool boot_load_data(struct soc *soc, struct place *place, const struct soc_options *options, struct err *err)
{
	struct soc_layout *layout = &soc->layout;

	place->lowest = layout->payload_end;
	if (!boot_place(place, "device tree", soc->tree->file, BOOT_DTB_SIZE,
			(layout->payload_end + BOOT_DTB_PAD) & ~(MIB - 1), MIB, &layout->dtb, err))
		return false;
	if (options->firmware && options->kernel && !boot_load_kernel_data(soc, place, options->kernel, err))
		return false;
	if (options->initrd && !boot_load_initrd(soc, place, options->initrd, err))
		return false;
	return boot_load_tree(soc, err) && boot_start(soc, err);
}

bool boot_load(struct soc *soc, const struct soc_options *options, struct err *err)
{
	const char *payload = options->firmware ? options->firmware : options->kernel;
	struct place place;
	bool ok;

	if (!payload)
		return !options->initrd || err_set(err, "%s: an initrd without a kernel", options->initrd);
	if (!boot_load_payload(soc, payload, err))
		return false;
	place_init(&place, soc->machine->bus, soc->tree);
	place_take(&place, soc->layout.payload, soc->layout.payload_end - soc->layout.payload);
	ok = boot_load_data(soc, &place, options, err);
	place_fini(&place);
	return ok;
}
