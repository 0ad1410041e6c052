/* powerpc-linux-gnu-objdump as an independent reading of instruction words. */
#ifndef WARPCORE_TESTS_ISA_OBJDUMP_H
#define WARPCORE_TESTS_ISA_OBJDUMP_H

#include <stdbool.h>
#include <stdint.h>

#define OBJDUMP_TEXT 64

/* The program is installed. */
bool objdump_exists(void);

/*
 * The text of each of n words, the i-th at address 4 * i, with one space behind
 * the mnemonic. `options` is what stands behind -M. False: something failed.
 */
bool objdump_read(const uint32_t *words, unsigned n, const char *options, char (*texts)[OBJDUMP_TEXT]);

#endif
