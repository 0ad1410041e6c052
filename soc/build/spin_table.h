/*
 * The spin table of ePAPR (5.5.2): where secondary cores wait for an address to
 * start at. An entry, big-endian, at the cpu node's cpu-release-addr:
 *
 *   0x00  8  entry address; bit 0 of its low word set: the core waits
 *   0x08  8  r3 of the released core
 *   0x10  4  reserved
 *   0x14  4  PIR of the core
 *   0x18  8  reserved (hihat of later versions)
 *
 * The 4 KiB page around an entry is a register block that holds bytes like
 * memory does, at any access size, so that a table in the middle of RAM (where
 * U-Boot puts it) works as well as one with an address of its own (ppce500). A
 * core is released by the store that clears bit 0 of the low word; software
 * writes the upper half first. A released core's entry is memory and no more.
 *
 * Known limit: instructions cannot be run from such a page at full speed.
 */
#ifndef WARPCORE_BUILD_SPIN_TABLE_H
#define WARPCORE_BUILD_SPIN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/state.h"
#include "sim/bus/bus.h"

#define SPIN_TABLE_ENTRY_SIZE 0x20
#define SPIN_TABLE_PAGE_SIZE 0x1000

struct spin_table;

/* Core `core` shall start at physical address `entry` at virtual time `when`. */
typedef void spin_table_release_fn(void *opaque, unsigned core, uint64_t entry, uint64_t r3, int64_t when);

struct spin_table *spin_table_create(spin_table_release_fn *release, void *opaque);
void spin_table_destroy(struct spin_table *table);
/* The entry of a core, at a physical address that is a multiple of 8. False: unaligned, or over another entry. */
bool spin_table_add(struct spin_table *table, unsigned core, uint64_t address, struct err *err);
/* The pages that the entries lie in, in order of addition. */
unsigned spin_table_pages(const struct spin_table *table);
uint64_t spin_table_page(const struct spin_table *table, unsigned index);
bool spin_table_map(struct spin_table *table, struct bus *bus, struct err *err);
/* All entries back to "waits". */
void spin_table_reset(struct spin_table *table);
/* The core went back into the table (a core reset). */
void spin_table_park(struct spin_table *table, unsigned core);
void spin_table_visit_state(struct spin_table *table, struct state_visitor *visitor);

#endif
