/*
 * Floating-point loads and stores of e500mc (Power ISA Book I, 4.6.2 and 4.6.3;
 * E500MCRM for external PID and decorated storage). The core splits a
 * misaligned access in hardware: no alignment interrupt. A decoration is for
 * devices that know it; memory and the devices here take the plain access.
 */
#include "sim/exec/access.h"
#include "sim/exec/exec.h"
#include "sim/float/softfloat.h"

static inline uint32_t base(const struct core *core, const struct op *op)
{
	return op->a ? core_gpr(core, op->a) : 0;
}

static inline uint32_t ea_displacement(const struct core *core, const struct op *op)
{
	return base(core, op) + (uint32_t)op->imm;
}

static inline uint32_t ea_indexed(const struct core *core, const struct op *op)
{
	return base(core, op) + core_gpr(core, op->b);
}

static inline uint32_t ea_decorated(const struct core *core, const struct op *op)
{
	return core_gpr(core, op->b);
}

static inline enum exec_result load_single(struct core *core, const struct op *op, uint32_t ea)
{
	uint32_t word;
	enum exec_result result;

	result = access_load32(core, op, ea, &word);
	if (result != EXEC_FAULT)
		core->f[op->t] = softfloat_from_single(word);
	return result;
}

static inline enum exec_result load_double(struct core *core, const struct op *op, uint32_t ea)
{
	return access_load64(core, op, ea, &core->f[op->t]);
}

static inline enum exec_result store_single(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store32(core, op, ea, softfloat_to_single(core->f[op->t]));
}

static inline enum exec_result store_double(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store64(core, op, ea, core->f[op->t]);
}

static inline enum exec_result store_word(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store32(core, op, ea, (uint32_t)core->f[op->t]);
}

#define MEMORY(name, access, ea)                                                                      \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return access(core, op, ea(core, op));                                                \
	}

/* The base register takes the address when the access is done. */
#define MEMORY_UPDATE(name, access, ea)                                                               \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		uint32_t address = ea(core, op);                                                      \
		enum exec_result result = access(core, op, address);                                  \
                                                                                                      \
		if (result != EXEC_FAULT)                                                             \
			core_set_gpr(core, op->a, address);                                           \
		return result;                                                                        \
	}

MEMORY(lfs, load_single, ea_displacement)
MEMORY(lfsx, load_single, ea_indexed)
MEMORY(lfd, load_double, ea_displacement)
MEMORY(lfdx, load_double, ea_indexed)
MEMORY(lfddx, load_double, ea_decorated)
MEMORY(stfs, store_single, ea_displacement)
MEMORY(stfsx, store_single, ea_indexed)
MEMORY(stfd, store_double, ea_displacement)
MEMORY(stfdx, store_double, ea_indexed)
MEMORY(stfddx, store_double, ea_decorated)
MEMORY(stfiwx, store_word, ea_indexed)
MEMORY_UPDATE(lfsu, load_single, ea_displacement)
MEMORY_UPDATE(lfsux, load_single, ea_indexed)
MEMORY_UPDATE(lfdu, load_double, ea_displacement)
MEMORY_UPDATE(lfdux, load_double, ea_indexed)
MEMORY_UPDATE(stfsu, store_single, ea_displacement)
MEMORY_UPDATE(stfsux, store_single, ea_indexed)
MEMORY_UPDATE(stfdu, store_double, ea_displacement)
MEMORY_UPDATE(stfdux, store_double, ea_indexed)

/* External PID: in the context of EPLC or EPSC. */
enum exec_result exec_lfdepx(struct core *core, const struct op *op)
{
	return access_load_epid(core, op, ea_indexed(core, op), 8, &core->f[op->t]);
}

enum exec_result exec_stfdepx(struct core *core, const struct op *op)
{
	return access_store_epid(core, op, ea_indexed(core, op), 8, core->f[op->t]);
}
