#include "soc/build/spin_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

enum spin_table_field {
	SPIN_ADDR = 0x00,
	SPIN_ADDR_LOW = 0x04,
	SPIN_R3 = 0x08,
	SPIN_PIR = 0x14,
};

#define SPIN_WAITS 1u /* bit 0 of the low word */

struct spin_table_page {
	struct spin_table *table;
	uint64_t base;
	uint8_t bytes[SPIN_TABLE_PAGE_SIZE];
};

struct spin_table_entry {
	struct spin_table_page *page;
	uint32_t offset; /* in the page */
	unsigned core;
	bool released;
};

struct spin_table {
	spin_table_release_fn *release;
	void *opaque;
	struct spin_table_page **pages;
	unsigned npages;
	struct spin_table_entry *entries;
	unsigned nentries;
};

struct spin_table *spin_table_create(spin_table_release_fn *release, void *opaque)
{
	struct spin_table *table = allocate_zeroed(1, sizeof *table);

	table->release = release;
	table->opaque = opaque;
	return table;
}

void spin_table_destroy(struct spin_table *table)
{
	if (!table)
		return;
	for (unsigned i = 0; i < table->npages; i++)
		free(table->pages[i]);
	free(table->pages);
	free(table->entries);
	free(table);
}

static struct spin_table_page *spin_table_make_page(struct spin_table *table, uint64_t base)
{
	struct spin_table_page *page;

	for (unsigned i = 0; i < table->npages; i++)
		if (table->pages[i]->base == base)
			return table->pages[i];
	page = allocate_zeroed(1, sizeof *page);
	page->table = table;
	page->base = base;
	table->pages = allocate_again(table->pages, (table->npages + 1) * sizeof(*table->pages));
	table->pages[table->npages++] = page;
	return page;
}

bool spin_table_add(struct spin_table *table, unsigned core, uint64_t address, struct err *err)
{
	uint32_t offset = address & (SPIN_TABLE_PAGE_SIZE - 1);
	struct spin_table_page *page;

	if (address & 7)
		return err_set(err, "cpu-release-addr: 0x%" PRIx64 " is not a multiple of 8", address);
	if (offset + SPIN_TABLE_ENTRY_SIZE > SPIN_TABLE_PAGE_SIZE)
		return err_set(err, "cpu-release-addr: the entry at 0x%" PRIx64 " crosses a 4 KiB page", address);
	page = spin_table_make_page(table, address - offset);
	for (unsigned i = 0; i < table->nentries; i++) {
		const struct spin_table_entry *other = &table->entries[i];

		if (other->page == page && offset < other->offset + SPIN_TABLE_ENTRY_SIZE &&
		    other->offset < offset + SPIN_TABLE_ENTRY_SIZE)
			return err_set(err, "cpu-release-addr: 0x%" PRIx64 " overlaps the entry of core %u",
				       address, other->core);
	}
	table->entries = allocate_again(table->entries, (table->nentries + 1) * sizeof *table->entries);
	table->entries[table->nentries++] = (struct spin_table_entry){ page, offset, core, false };
	return true;
}

unsigned spin_table_pages(const struct spin_table *table)
{
	return table->npages;
}

uint64_t spin_table_page(const struct spin_table *table, unsigned index)
{
	return table->pages[index]->base;
}

static void spin_table_release(struct spin_table *table, struct spin_table_entry *entry, int64_t when)
{
	uint8_t *bytes = entry->page->bytes + entry->offset;

	entry->released = true;
	be32_store(bytes + SPIN_PIR, entry->core);
	table->release(table->opaque, entry->core, be64_load(bytes + SPIN_ADDR), be64_load(bytes + SPIN_R3), when);
}

static uint64_t spin_table_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct spin_table_page *page = opaque;
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | page->bytes[offset + i];
	return value;
}

static void spin_table_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size,
			     uint64_t value)
{
	struct spin_table_page *page = opaque;
	struct spin_table *table = page->table;

	for (unsigned i = 0; i < size; i++)
		page->bytes[offset + i] = (uint8_t)(value >> 8 * (size - 1 - i));
	for (unsigned i = 0; i < table->nentries; i++) {
		struct spin_table_entry *entry = &table->entries[i];
		uint64_t low = entry->offset + SPIN_ADDR_LOW;

		if (entry->page != page || entry->released || offset >= low + 4 || offset + size <= low)
			continue;
		if (!(be32_load(page->bytes + low) & SPIN_WAITS))
			spin_table_release(table, entry, access->now);
	}
}

bool spin_table_map(struct spin_table *table, struct bus *bus, struct err *err)
{
	static const struct bus_ops ops = { spin_table_read, spin_table_write };

	for (unsigned i = 0; i < table->npages; i++)
		if (!bus_add_registers(bus, "spin table", table->pages[i]->base, SPIN_TABLE_PAGE_SIZE, &ops,
				       table->pages[i], err))
			return false;
	return true;
}

static void spin_table_park_entry(struct spin_table_entry *entry)
{
	uint8_t *bytes = entry->page->bytes + entry->offset;

	entry->released = false;
	memset(bytes, 0, SPIN_TABLE_ENTRY_SIZE);
	be64_store(bytes + SPIN_ADDR, SPIN_WAITS);
	be64_store(bytes + SPIN_R3, entry->core);
	be32_store(bytes + SPIN_PIR, entry->core);
}

void spin_table_reset(struct spin_table *table)
{
	for (unsigned i = 0; i < table->npages; i++)
		memset(table->pages[i]->bytes, 0, SPIN_TABLE_PAGE_SIZE);
	for (unsigned i = 0; i < table->nentries; i++)
		spin_table_park_entry(&table->entries[i]);
}

void spin_table_park(struct spin_table *table, unsigned core)
{
	for (unsigned i = 0; i < table->nentries; i++)
		if (table->entries[i].core == core)
			spin_table_park_entry(&table->entries[i]);
}

void spin_table_visit_state(struct spin_table *table, struct state_visitor *visitor)
{
	for (unsigned i = 0; i < table->npages; i++)
		visitor->bytes(visitor, "spin table", table->pages[i]->bytes, SPIN_TABLE_PAGE_SIZE);
	for (unsigned i = 0; i < table->nentries; i++)
		state_bool(visitor, "released", &table->entries[i].released);
}
