/*
 * The type of core that a Linux kernel was built for, from the symbols of its
 * ELF file. QEMU's tree calls its cpus "PowerPC,8544" whatever they are: there
 * the kernel is the one to know.
 */
#ifndef WARPCORE_BUILD_KERNEL_CORE_H
#define WARPCORE_BUILD_KERNEL_CORE_H

/* "e500v2" or "e500mc"; NULL: no ELF file, no such symbols, or those of both. */
const char *kernel_core_name(const char *file);

#endif
