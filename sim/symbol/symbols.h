/*
 * Names of guest addresses, from the symbol tables of 32-bit big-endian PowerPC
 * ELF files: firmware, kernel, modules and programs, as many as are loaded.
 *
 * The tables are copied: a file may change or go once it is loaded. Threads:
 * one at a time.
 */
#ifndef WARPCORE_SYMBOL_SYMBOLS_H
#define WARPCORE_SYMBOL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

enum symbol_kind { SYMBOL_LABEL, SYMBOL_OBJECT, SYMBOL_FUNCTION }; /* better name for an address last */
enum symbol_scope { SYMBOL_LOCAL, SYMBOL_WEAK, SYMBOL_GLOBAL };

struct symbol {
	const char *name;
	uint64_t address;
	uint64_t size;    /* bytes; 0: not known */
	uint64_t end;     /* of its section: no name reaches past it */
	bool absolute;    /* a value, in no section */
	enum symbol_kind kind;
	enum symbol_scope scope;
	unsigned file;    /* number of its file in order of loading */
};

struct machine;

struct symbols *symbols_create(void);
void symbols_destroy(struct symbols *symbols);
/* From now on the machine's messages name places by these; they outlive it. */
void symbols_attach(struct symbols *symbols, struct machine *machine);

/*
 * Adds the symbols of a file, `bias` added to each address (a program that runs
 * elsewhere than it was linked for; modulo 2^32). False: not such an ELF file, damaged, or
 * without symbols; then nothing was added.
 */
bool symbols_load(struct symbols *symbols, const char *path, uint32_t bias, struct err *err);
/* The same from an image in memory; `name` is for messages. */
bool symbols_load_image(struct symbols *symbols, const char *name, const void *image, size_t size, uint32_t bias,
			struct err *err);
/* Adds one by hand; the name is copied. */
void symbols_add(struct symbols *symbols, const char *name, uint64_t address, uint64_t size);

size_t symbols_count(const struct symbols *symbols);
/* By name: a global one before a weak and a local one, then the file loaded first, the lowest address. NULL: none. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name);
/*
 * The name for an address: the nearest symbol at or below it, in the same section. *offset is
 * the distance. NULL: none. Functions win over objects and labels at one address, global over local.
 */
const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address, uint64_t *offset);
/* Symbols whose names start with `prefix`, in order of name: n of them from *first on. */
size_t symbols_prefixed(const struct symbols *symbols, const char *prefix, const struct symbol *const **first);

/* "name", "name+0x10", "name-4" or a number below 2^32: the address, modulo 2^64. Cutting it is the caller's. */
bool symbols_parse(const struct symbols *symbols, const char *text, uint64_t *address, struct err *err);
/* "name", "name+0x10", or "0x00001234" when it has no name. At most `size` bytes with the NUL; returns `text`. */
char *symbols_format(const struct symbols *symbols, uint64_t address, char *text, size_t size);

#endif
