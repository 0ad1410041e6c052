#include "sim/symbol/elf_symbols.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

/* Offsets in the ELF header, a section header and a symbol; and the values that matter. */
enum {
	EHDR_SIZE = 52, EHDR_MACHINE = 18, EHDR_SHOFF = 32, EHDR_SHENTSIZE = 46, EHDR_SHNUM = 48,
	SHDR_SIZE = 40, SHDR_TYPE = 4, SHDR_ADDR = 12, SHDR_OFFSET = 16, SHDR_LENGTH = 20, SHDR_LINK = 24,
	SYM_SIZE = 16, SYM_NAME = 0, SYM_VALUE = 4, SYM_LENGTH = 8, SYM_INFO = 12, SYM_SECTION = 14,
	EM_PPC = 20,
	SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_DYNSYM = 11,
	SHN_UNDEF = 0, SHN_ABS = 0xfff1,
	STB_LOCAL = 0, STB_GLOBAL = 1,
	STT_NOTYPE = 0, STT_OBJECT = 1, STT_FUNC = 2,
};

struct elf_file {
	const uint8_t *data;
	size_t size;
	const uint8_t *sections; /* headers, nsections of them */
	uint32_t nsections;
};

/* The bytes offset..offset+length-1, or NULL when the file is shorter. */
static const uint8_t *elf_bytes(const struct elf_file *elf, uint64_t offset, uint64_t length)
{
	return offset <= elf->size && length <= elf->size - offset ? elf->data + offset : NULL;
}

static const uint8_t *elf_section(const struct elf_file *elf, uint32_t index)
{
	return index < elf->nsections ? elf->sections + (size_t)index * SHDR_SIZE : NULL;
}

static const uint8_t *elf_contents(const struct elf_file *elf, const uint8_t *section)
{
	return elf_bytes(elf, be32_load(section + SHDR_OFFSET), be32_load(section + SHDR_LENGTH));
}

static bool elf_open(struct elf_file *elf, struct err *err)
{
	const uint8_t *header = elf_bytes(elf, 0, EHDR_SIZE);
	uint32_t offset;

	if (!header || memcmp(header, "\177ELF", 4))
		return err_set(err, "not an ELF file");
	if (header[4] != 1 || header[5] != 2)
		return err_set(err, "not a 32-bit big-endian ELF file");
	if (be16_load(header + EHDR_MACHINE) != EM_PPC)
		return err_set(err, "ELF file of another machine (e_machine %u, want %d: PowerPC)",
			       be16_load(header + EHDR_MACHINE), EM_PPC);
	offset = be32_load(header + EHDR_SHOFF);
	elf->nsections = be16_load(header + EHDR_SHNUM);
	if (!offset || !elf->nsections)
		return err_set(err, "no section headers, and so no symbols");
	if (be16_load(header + EHDR_SHENTSIZE) != SHDR_SIZE)
		return err_set(err, "section headers of %u bytes, want %d", be16_load(header + EHDR_SHENTSIZE),
			       SHDR_SIZE);
	elf->sections = elf_bytes(elf, offset, (uint64_t)elf->nsections * SHDR_SIZE);
	if (!elf->sections)
		return err_set(err, "section headers at offset 0x%x reach past the end of the file", offset);
	return true;
}

static const uint8_t *elf_symbol_table(const struct elf_file *elf)
{
	const uint8_t *dynamic = NULL;

	for (uint32_t n = 0; n < elf->nsections; n++) {
		const uint8_t *section = elf_section(elf, n);
		uint32_t type = be32_load(section + SHDR_TYPE);

		if (type == SHT_SYMTAB)
			return section;
		if (type == SHT_DYNSYM && !dynamic)
			dynamic = section;
	}
	return dynamic;
}

/*
 * Where names of a section's symbols end. One outside of its section (_end, a linker script's) names nothing behind
 * it.
 */
static uint64_t elf_symbol_end(const uint8_t *section, uint64_t address)
{
	uint64_t start = be32_load(section + SHDR_ADDR), length = be32_load(section + SHDR_LENGTH);

	return address - start < length ? start + length : address;
}

/* Kind, scope and place; false: not a symbol to keep. */
static bool elf_symbol_classify(const struct elf_file *elf, const uint8_t *entry, struct symbol *symbol)
{
	unsigned type = entry[SYM_INFO] & 15, binding = entry[SYM_INFO] >> 4, index = be16_load(entry + SYM_SECTION);
	const uint8_t *section = elf_section(elf, index);

	if (type > STT_FUNC || index == SHN_UNDEF || (!section && index != SHN_ABS))
		return false;
	symbol->kind = type == STT_FUNC ? SYMBOL_FUNCTION : type == STT_OBJECT ? SYMBOL_OBJECT : SYMBOL_LABEL;
	symbol->scope = binding == STB_LOCAL ? SYMBOL_LOCAL : binding == STB_GLOBAL ? SYMBOL_GLOBAL : SYMBOL_WEAK;
	symbol->address = be32_load(entry + SYM_VALUE);
	symbol->size = be32_load(entry + SYM_LENGTH);
	symbol->absolute = index == SHN_ABS;
	symbol->end = section ? elf_symbol_end(section, symbol->address) : symbol->address;
	return true;
}

static bool elf_read_table(const struct elf_file *elf, const uint8_t *table, elf_symbols_fn *fn, void *opaque,
			   struct err *err)
{
	const uint8_t *entries = elf_contents(elf, table), *section = elf_section(elf, be32_load(table + SHDR_LINK));
	const char *strings;
	uint32_t count = be32_load(table + SHDR_LENGTH) / SYM_SIZE, nstrings;

	if (!entries)
		return err_set(err, "symbol table at offset 0x%x reaches past the end of the file",
			       be32_load(table + SHDR_OFFSET));
	if (!section || be32_load(section + SHDR_TYPE) != SHT_STRTAB)
		return err_set(err, "symbol table without a string table");
	strings = (const char *)elf_contents(elf, section);
	nstrings = be32_load(section + SHDR_LENGTH);
	if (!strings || !nstrings || strings[nstrings - 1])
		return err_set(err, "string table at offset 0x%x reaches past the end of the file or has no end",
			       be32_load(section + SHDR_OFFSET));
	for (uint32_t n = 0; n < count; n++) {
		const uint8_t *entry = entries + (size_t)n * SYM_SIZE;
		uint32_t name = be32_load(entry + SYM_NAME);
		struct symbol symbol = { .file = 0 };

		if (name >= nstrings)
			return err_set(err, "symbol %u: name at 0x%x, outside of the string table", n, name);
		symbol.name = strings + name;
		if (*symbol.name && elf_symbol_classify(elf, entry, &symbol))
			fn(opaque, &symbol);
	}
	return true;
}

bool elf_symbols_read_image(const void *image, size_t size, elf_symbols_fn *fn, void *opaque, struct err *err)
{
	struct elf_file elf = { .data = image, .size = size };
	const uint8_t *table;

	if (!elf_open(&elf, err))
		return false;
	table = elf_symbol_table(&elf);
	return !table || elf_read_table(&elf, table, fn, opaque, err);
}

/* The whole file, or NULL. Read and not mapped: it may be written again while we look. */
static uint8_t *elf_read(const char *path, size_t *size, struct err *err)
{
	FILE *file = fopen(path, "rb");
	uint8_t *image = NULL;
	long length = -1;

	if (!file) {
		err_set(err, "%s", strerror(errno));
		return NULL;
	}
	if (!fseek(file, 0, SEEK_END))
		length = ftell(file);
	rewind(file);
	if (length == LONG_MAX) /* a directory */
		length = 0;
	if (length > 0)
		image = allocate_try_bytes((size_t)length);
	*size = image ? fread(image, 1, (size_t)length, file) : 0;
	if (ferror(file) || length < 0)
		err_set(err, "%s", strerror(errno ? errno : EIO));
	else if (!image)
		err_set(err, "%s", length ? strerror(ENOMEM) : "not an ELF file");
	else {
		fclose(file);
		return image;
	}
	fclose(file);
	free(image);
	return NULL;
}

bool elf_symbols_read_file(const char *path, elf_symbols_fn *fn, void *opaque, struct err *err)
{
	size_t size;
	uint8_t *image = elf_read(path, &size, err);
	bool ok = image && elf_symbols_read_image(image, size, fn, opaque, err);

	free(image);
	return ok;
}
