#include "sim/machine/load_elf.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "sim/base/endian.h"

static const uint8_t load_elf_zeros[BUS_PAGE_SIZE];

bool load_elf_is(const uint8_t *data, size_t size)
{
	return size >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

struct load_elf_file {
	const uint8_t *data;
	size_t size;
	const char *name;
	uint32_t entry, phoff;
	uint16_t phnum, phentsize;
};

static bool load_elf_header(struct load_elf_file *file, struct err *err)
{
	const uint8_t *h = file->data;
	uint16_t type;

	if (file->size < sizeof(Elf32_Ehdr))
		return err_set(err, "%s: truncated ELF file: %zu bytes, the header alone takes %zu",
			       file->name, file->size, sizeof(Elf32_Ehdr));
	if (h[EI_CLASS] != ELFCLASS32)
		return err_set(err, "%s: %s ELF file, the cores are 32-bit", file->name,
			       h[EI_CLASS] == ELFCLASS64 ? "64-bit" : "not a 32-bit");
	if (h[EI_DATA] != ELFDATA2MSB)
		return err_set(err, "%s: %s ELF file, the cores are big-endian", file->name,
			       h[EI_DATA] == ELFDATA2LSB ? "little-endian" : "not a big-endian");
	if (be16_load(h + offsetof(Elf32_Ehdr, e_machine)) != EM_PPC)
		return err_set(err, "%s: ELF file for machine %u, not for PowerPC (%u)", file->name,
			       be16_load(h + offsetof(Elf32_Ehdr, e_machine)), EM_PPC);
	type = be16_load(h + offsetof(Elf32_Ehdr, e_type));
	if (type != ET_EXEC && type != ET_DYN) /* relocatable kernels are ET_DYN, and relocate themselves */
		return err_set(err, "%s: ELF file of type %u, not an executable (%u, %u)", file->name, type, ET_EXEC,
			       ET_DYN);
	file->entry = be32_load(h + offsetof(Elf32_Ehdr, e_entry));
	file->phoff = be32_load(h + offsetof(Elf32_Ehdr, e_phoff));
	file->phnum = be16_load(h + offsetof(Elf32_Ehdr, e_phnum));
	file->phentsize = be16_load(h + offsetof(Elf32_Ehdr, e_phentsize));
	if (file->phnum && file->phentsize < sizeof(Elf32_Phdr))
		return err_set(err, "%s: ELF program headers of %u bytes each, they take %zu", file->name,
			       file->phentsize, sizeof(Elf32_Phdr));
	if (file->phnum && (file->phoff > file->size ||
			    (size_t)file->phnum * file->phentsize > file->size - file->phoff))
		return err_set(err, "%s: truncated ELF file: the program headers at 0x%x lie outside of it",
			       file->name, (unsigned)file->phoff);
	return true;
}

static Elf32_Phdr load_elf_segment(const struct load_elf_file *file, unsigned index)
{
	const uint8_t *p = file->data + file->phoff + (size_t)index * file->phentsize;

	return (Elf32_Phdr){
		.p_type = be32_load(p + offsetof(Elf32_Phdr, p_type)),
		.p_offset = be32_load(p + offsetof(Elf32_Phdr, p_offset)),
		.p_vaddr = be32_load(p + offsetof(Elf32_Phdr, p_vaddr)),
		.p_paddr = be32_load(p + offsetof(Elf32_Phdr, p_paddr)),
		.p_filesz = be32_load(p + offsetof(Elf32_Phdr, p_filesz)),
		.p_memsz = be32_load(p + offsetof(Elf32_Phdr, p_memsz)),
	};
}

/* Page by page: the memory may be in several pieces. `data` NULL: zeros. */
static bool load_elf_put(struct bus *bus, uint64_t pa, const uint8_t *data, uint64_t size)
{
	while (size) {
		uint64_t chunk = BUS_PAGE_SIZE - (pa & (BUS_PAGE_SIZE - 1));

		if (chunk > size)
			chunk = size;
		if (!bus_poke(bus, pa, data ? data : load_elf_zeros, chunk))
			return false;
		pa += chunk;
		size -= chunk;
		if (data)
			data += chunk;
	}
	return true;
}

static bool load_elf_load(const struct load_elf_file *file, const Elf32_Phdr *segment, unsigned index, struct bus *bus,
			  struct err *err)
{
	if (segment->p_filesz > segment->p_memsz)
		return err_set(err, "%s: ELF segment %u has more bytes in the file (0x%x) than in memory (0x%x)",
			       file->name, index, (unsigned)segment->p_filesz, (unsigned)segment->p_memsz);
	if (segment->p_offset > file->size || segment->p_filesz > file->size - segment->p_offset)
		return err_set(err, "%s: truncated ELF file: segment %u lies outside of it (offset 0x%x, 0x%x bytes)",
			       file->name, index, (unsigned)segment->p_offset, (unsigned)segment->p_filesz);
	if (!load_elf_put(bus, segment->p_paddr, file->data + segment->p_offset, segment->p_filesz) ||
	    !load_elf_put(bus, (uint64_t)segment->p_paddr + segment->p_filesz, NULL,
			  segment->p_memsz - segment->p_filesz))
		return err_set(err, "%s: ELF segment %u lies outside of memory: 0x%x bytes at 0x%x", file->name, index,
			       (unsigned)segment->p_memsz, (unsigned)segment->p_paddr);
	return true;
}

static void load_elf_extend(struct load_image *image, const Elf32_Phdr *segment)
{
	uint64_t end = (uint64_t)segment->p_paddr + segment->p_memsz;

	if (image->base > segment->p_paddr)
		image->base = segment->p_paddr;
	if (image->end < end)
		image->end = end;
}

bool load_elf_into(struct bus *bus, const uint8_t *data, size_t size, const char *name,
		   struct load_image *image, struct err *err)
{
	struct load_elf_file file = { .data = data, .size = size, .name = name };
	bool has_entry = false;

	*image = (struct load_image){ .base = UINT64_MAX };
	if (!load_elf_header(&file, err))
		return false;
	for (unsigned i = 0; i < file.phnum; i++) {
		Elf32_Phdr segment = load_elf_segment(&file, i);

		if (segment.p_type != PT_LOAD || !segment.p_memsz)
			continue;
		if (!load_elf_load(&file, &segment, i, bus, err))
			return false;
		load_elf_extend(image, &segment);
		if (file.entry - segment.p_vaddr < segment.p_memsz && !has_entry) {
			image->entry = (uint64_t)segment.p_paddr + (file.entry - segment.p_vaddr);
			has_entry = true;
		}
	}
	if (!image->end)
		return err_set(err, "%s: ELF file without a segment to load", name);
	if (!has_entry)
		return err_set(err, "%s: the entry point 0x%x lies in none of the ELF file's segments", name,
			       (unsigned)file.entry);
	return true;
}
