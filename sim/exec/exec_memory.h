/*
 * How loads and stores are written, integer, floating-point and SPE ones: a load or store function for what is moved
 * (EXEC_LOAD, EXEC_STORE, or by hand where it is in pieces), and one line an instruction that joins it with the way its
 * address is computed (EXEC_ACCESS, EXEC_ACCESS_UPDATE). Power ISA Book I 1.10.3, 3.3.2.
 */
#ifndef WARPCORE_EXEC_EXEC_MEMORY_H
#define WARPCORE_EXEC_EXEC_MEMORY_H

#include "sim/exec/access.h"
#include "sim/exec/width.h"

/* RA|0. */
static inline width_reg exec_ra0(const struct core *core, const struct op *op)
{
	return op->a ? width_gpr(core, op->a) : 0;
}

/* Effective addresses, as the computation mode has them. d: displacement, x: indexed; u: RA is a register even if 0. */
static inline uint64_t exec_ea_d(const struct core *core, const struct op *op)
{
	return width_cut(core, exec_ra0(core, op) + (width_reg)op->imm);
}

static inline uint64_t exec_ea_x(const struct core *core, const struct op *op)
{
	return width_cut(core, exec_ra0(core, op) + width_gpr(core, op->b));
}

static inline uint64_t exec_ea_du(const struct core *core, const struct op *op)
{
	return width_cut(core, width_gpr(core, op->a) + (width_reg)op->imm);
}

static inline uint64_t exec_ea_xu(const struct core *core, const struct op *op)
{
	return width_cut(core, width_gpr(core, op->a) + width_gpr(core, op->b));
}

/* RB alone (decorated storage). */
static inline uint64_t exec_ea_b(const struct core *core, const struct op *op)
{
	return width_cut(core, width_gpr(core, op->b));
}

/* A load of `bits`, unsigned: `put` does something with `value`. */
#define EXEC_LOAD(name, bits, put)                                                                                \
	static inline enum exec_result name(struct core *core, const struct op *op, uint64_t ea)                  \
	{                                                                                                         \
		uint##bits##_t value;                                                                             \
		enum exec_result result = access_load##bits(core, op, ea, &value);                                \
														  \
		if (__builtin_expect(result != EXEC_FAULT, 1))                                                    \
			put;                                                                                      \
		return result;                                                                                    \
	}

/* A store of the low `bits` of `value`. */
#define EXEC_STORE(name, bits, value)                                                                             \
	static inline enum exec_result name(struct core *core, const struct op *op, uint64_t ea)                  \
	{                                                                                                         \
		return access_store##bits(core, op, ea, (uint##bits##_t)(value));                                 \
	}

/* The same in the context of EPLC or EPSC (external PID). */
#define EXEC_LOAD_EPID(name, bits, put)                                                                           \
	static inline enum exec_result name(struct core *core, const struct op *op, uint64_t ea)                  \
	{                                                                                                         \
		uint64_t value;                                                                                   \
		enum exec_result result = access_load_epid(core, op, ea, bits / 8, &value);                       \
														  \
		if (result != EXEC_FAULT)                                                                         \
			put;                                                                                      \
		return result;                                                                                    \
	}

#define EXEC_STORE_EPID(name, bits, value)                                                                        \
	static inline enum exec_result name(struct core *core, const struct op *op, uint64_t ea)                  \
	{                                                                                                         \
		return access_store_epid(core, op, ea, bits / 8, (uint##bits##_t)(value));                        \
	}

/* An instruction: what it moves, and the address (d, x, b). */
#define EXEC_ACCESS(name, access, address)                                                                        \
	EXEC(name)                                                                                                \
	{                                                                                                         \
		return access(core, op, exec_ea_##address(core, op));                                             \
	}

/* Its update form (du, xu): RA becomes the address when the access is done. */
#define EXEC_ACCESS_UPDATE(name, access, address)                                                                 \
	EXEC(name)                                                                                                \
	{                                                                                                         \
		uint64_t ea = exec_ea_##address(core, op);                                                        \
		enum exec_result result = access(core, op, ea);                                                   \
														  \
		if (__builtin_expect(result != EXEC_FAULT, 1))                                                    \
			width_set_gpr(core, op->a, (width_reg)ea);                                                \
		return result;                                                                                    \
	}

#endif
