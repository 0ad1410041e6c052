#include "sim/debug/peek.h"

#include "sim/base/endian.h"
#include "sim/core/core.h"

static bool peek_translate(const struct core *core, uint64_t ea, uint64_t *pa)
{
	struct mmu_translation translation;

	ea = core_cut(core, ea);
	if (mmu_translate(&core->mmu, ea, MMU_READ, core->msr & MSR_DS, false, &translation) == MMU_MISS)
		return false;
	*pa = translation.pa; /* MMU_DENIED has it too: a debugger is not bound by permissions */
	return true;
}

/* The part of ea..ea+size-1 that lies in the first page. */
static size_t peek_first_part(uint64_t ea, size_t size)
{
	size_t part = BUS_PAGE_SIZE - (ea & (BUS_PAGE_SIZE - 1));

	return part < size ? part : size;
}

bool peek_bytes(const struct core *core, uint64_t ea, void *data, size_t size)
{
	uint8_t *to = data;
	uint64_t pa;

	for (size_t part; size; size -= part, to += part, ea += part) {
		part = peek_first_part(ea, size);
		if (!peek_translate(core, ea, &pa) || !bus_peek(core->bus, pa, to, part))
			return false;
	}
	return true;
}

bool peek_u32(const struct core *core, uint64_t ea, uint32_t *value)
{
	uint8_t bytes[4];

	if (!peek_bytes(core, ea, bytes, sizeof bytes))
		return false;
	*value = be32_load(bytes);
	return true;
}

bool peek_store(const struct core *core, uint64_t ea, const void *data, size_t size)
{
	const uint8_t *from = data;
	uint64_t pa;

	for (size_t part; size; size -= part, from += part, ea += part) {
		part = peek_first_part(ea, size);
		if (!peek_translate(core, ea, &pa) || !bus_poke(core->bus, pa, from, part))
			return false;
	}
	return true;
}
