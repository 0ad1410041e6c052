/*
 * A reader of the symbol table of one 32-bit big-endian PowerPC ELF file (System
 * V ABI, chapter 4). Every offset and size in the file is checked before use.
 */
#ifndef WARPCORE_SYMBOL_ELF_SYMBOLS_H
#define WARPCORE_SYMBOL_ELF_SYMBOLS_H

#include "sim/symbol/symbols.h"

/* `symbol` and its name are the reader's: to be copied. `file` is 0. */
typedef void elf_symbols_fn(void *opaque, const struct symbol *symbol);

/*
 * Calls `fn` for each defined symbol with a name: functions, objects and labels; not
 * sections, files and what a program does not define. SHT_SYMTAB if there is one, else
 * SHT_DYNSYM. False: not such a file, or damaged; `fn` may have been called before.
 */
bool elf_symbols_read_file(const char *path, elf_symbols_fn *fn, void *opaque, struct err *err);
bool elf_symbols_read_image(const void *image, size_t size, elf_symbols_fn *fn, void *opaque, struct err *err);

#endif
