#include "sim/engine/guest_call.h"

#include "sim/core/core_pause.h"
#include "sim/engine/block.h"
#include "sim/exec/exec.h"
#include "sim/guest/warpcore.h"

bool guest_call_is(const struct core *core, uint32_t word)
{
	return word == WARPCORE_CALL_WORD && core->guest_call;
}

/*
 * The first and only one of its block: insns is exact. Without the mark in r3 it is a no-op that came about by
 * chance.
 */
enum exec_result guest_call_exec(struct core *core, const struct op *op)
{
	bool answered;

	if ((core_gpr(core, 3) & 0xffff0000) != WARPCORE_CALL || !core->guest_call)
		return exec_leave(core, op);
	core_charge(core);
	core_pause_allow(core, op);
	answered = core->guest_call(core->guest_call_opaque, core);
	core_pause_forbid(core);
	if (answered) {
		exec_leave(core, op);
		core_pause_apply(core);
		return EXEC_LEAVE;
	}
	core->pc = core_op_ea(core, op); /* not now: it is made again when the core runs next */
	return EXEC_FAULT;
}

void guest_call_set(struct core *core, core_guest_call_fn *fn, void *opaque)
{
	core->guest_call = fn;
	core->guest_call_opaque = opaque;
	block_cache_drop_all(core->blocks);
}

static enum guest_call_access guest_call_translate(const struct core *core, uint64_t ea, enum mmu_access access,
						   uint64_t *pa)
{
	struct mmu_translation translation;
	const struct bus_memory *memory;

	if (mmu_translate(&core->mmu, ea, access, core->msr & MSR_DS, core->msr & MSR_PR, &translation) != MMU_OK)
		return GUEST_CALL_FAULT;
	*pa = translation.pa;
	memory = bus_find_memory(core->bus, *pa);
	return memory && !(access == MMU_WRITE && memory->read_only) ? GUEST_CALL_OK : GUEST_CALL_ADDRESS;
}

/* The part of ea..ea+size-1 that lies in the first page. */
static uint32_t guest_call_part(uint64_t ea, uint32_t size)
{
	uint32_t part = (uint32_t)(BUS_PAGE_SIZE - (ea & (BUS_PAGE_SIZE - 1)));

	return part < size ? part : size;
}

enum guest_call_access guest_call_load(struct core *core, uint64_t ea, void *data, uint32_t size, uint32_t *done)
{
	enum guest_call_access access;
	uint64_t pa;
	uint32_t part;

	for (*done = 0; *done < size; *done += part) {
		part = guest_call_part(core_cut(core, ea + *done), size - *done);
		access = guest_call_translate(core, core_cut(core, ea + *done), MMU_READ, &pa);
		if (access != GUEST_CALL_OK)
			return access;
		bus_peek(core->bus, pa, (uint8_t *)data + *done, part);
	}
	return GUEST_CALL_OK;
}

enum guest_call_access guest_call_store(struct core *core, uint64_t ea, const void *data, uint32_t size, uint32_t *done)
{
	enum guest_call_access access;
	uint64_t pa;
	uint32_t part;

	for (*done = 0; *done < size; *done += part) {
		part = guest_call_part(core_cut(core, ea + *done), size - *done);
		access = guest_call_translate(core, core_cut(core, ea + *done), MMU_WRITE, &pa);
		if (access != GUEST_CALL_OK)
			return access;
		bus_poke(core->bus, pa, (const uint8_t *)data + *done, part);
	}
	return GUEST_CALL_OK;
}
