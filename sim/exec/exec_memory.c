/* Integer loads and stores (Power ISA Book I 3.3.2 to 3.3.6; Book II 4.4; Book III-E, external PID), at both widths. */
#include "sim/exec/exec_memory.h"

#include "sim/exec/chain.h"

EXEC_LOAD(load_byte, 8, width_set_gpr(core, op->t, value))
EXEC_LOAD(load_half, 16, width_set_gpr(core, op->t, value))
EXEC_LOAD(load_half_algebraic, 16, width_set_gpr(core, op->t, (width_reg)(int16_t)value))
EXEC_LOAD(load_half_reversed, 16, width_set_gpr(core, op->t, __builtin_bswap16(value)))
EXEC_LOAD(load_word, 32, width_set_gpr(core, op->t, value))
EXEC_LOAD(load_word_reversed, 32, width_set_gpr(core, op->t, __builtin_bswap32(value)))
EXEC_STORE(store_byte, 8, core_gpr(core, op->t))
EXEC_STORE(store_half, 16, core_gpr(core, op->t))
EXEC_STORE(store_half_reversed, 16, __builtin_bswap16((uint16_t)core_gpr(core, op->t)))
EXEC_STORE(store_word, 32, core_gpr(core, op->t))
EXEC_STORE(store_word_reversed, 32, __builtin_bswap32(core_gpr(core, op->t)))

EXEC_ACCESS(lbz, load_byte, d)
EXEC_ACCESS_UPDATE(lbzu, load_byte, du)
EXEC_ACCESS(lbzx, load_byte, x)
EXEC_ACCESS_UPDATE(lbzux, load_byte, xu)
EXEC_ACCESS(lhz, load_half, d)
EXEC_ACCESS_UPDATE(lhzu, load_half, du)
EXEC_ACCESS(lhzx, load_half, x)
EXEC_ACCESS_UPDATE(lhzux, load_half, xu)
EXEC_ACCESS(lha, load_half_algebraic, d)
EXEC_ACCESS_UPDATE(lhau, load_half_algebraic, du)
EXEC_ACCESS(lhax, load_half_algebraic, x)
EXEC_ACCESS_UPDATE(lhaux, load_half_algebraic, xu)
EXEC_ACCESS(lwz, load_word, d)
EXEC_ACCESS_UPDATE(lwzu, load_word, du)
EXEC_ACCESS(lwzx, load_word, x)
EXEC_ACCESS_UPDATE(lwzux, load_word, xu)
EXEC_ACCESS(lhbrx, load_half_reversed, x)
EXEC_ACCESS(lwbrx, load_word_reversed, x)

EXEC_ACCESS(stb, store_byte, d)
EXEC_ACCESS_UPDATE(stbu, store_byte, du)
EXEC_ACCESS(stbx, store_byte, x)
EXEC_ACCESS_UPDATE(stbux, store_byte, xu)
EXEC_ACCESS(sth, store_half, d)
EXEC_ACCESS_UPDATE(sthu, store_half, du)
EXEC_ACCESS(sthx, store_half, x)
EXEC_ACCESS_UPDATE(sthux, store_half, xu)
EXEC_ACCESS(stw, store_word, d)
EXEC_ACCESS_UPDATE(stwu, store_word, du)
EXEC_ACCESS(stwx, store_word, x)
EXEC_ACCESS_UPDATE(stwux, store_word, xu)
EXEC_ACCESS(sthbrx, store_half_reversed, x)
EXEC_ACCESS(stwbrx, store_word_reversed, x)

/* ---- Multiple: words only at word addresses (E500CORERM 5.7.6) ---- */

/* The registers change when all words are there, so that a fault leaves RA as it was. */
EXEC(lmw)
{
	uint64_t ea = exec_ea_d(core, op);
	uint32_t words[32];
	enum exec_result result = EXEC_NEXT;

	if (ea & 3)
		return access_misaligned(core, op, ea, false);
	for (unsigned n = op->t; n < 32; n++, ea = width_cut(core, (width_reg)ea + 4)) {
		enum exec_result one = access_load32(core, op, ea, &words[n]);

		if (one == EXEC_FAULT)
			return one;
		if (one == EXEC_LEAVE)
			result = one;
	}
	for (unsigned n = op->t; n < 32; n++)
		width_set_gpr(core, n, words[n]);
	return result;
}

EXEC(stmw)
{
	uint64_t ea = exec_ea_d(core, op);
	enum exec_result result = EXEC_NEXT;

	if (ea & 3)
		return access_misaligned(core, op, ea, true);
	for (unsigned n = op->t; n < 32; n++, ea = width_cut(core, (width_reg)ea + 4)) {
		enum exec_result one = access_store32(core, op, ea, core_gpr(core, n));

		if (one == EXEC_FAULT)
			return one;
		if (one == EXEC_LEAVE)
			result = one;
	}
	return result;
}

/* ---- Reservation ---- */

EXEC(lwarx)
{
	uint64_t value;
	enum exec_result result = access_load_reserve(core, op, exec_ea_x(core, op), 4, &value);

	if (result != EXEC_FAULT)
		width_set_gpr(core, op->t, (uint32_t)value);
	return result;
}

EXEC(stwcx_rc)
{
	bool stored;
	enum exec_result result =
		access_store_conditional(core, op, exec_ea_x(core, op), 4, core_gpr(core, op->t), &stored);

	if (result != EXEC_FAULT)
		core->cr[0] = (uint8_t)((stored ? 2 : 0) | core->so);
	return result;
}

/*
 * ---- Decorated storage (EREF): RB is the address ----
 * A decoration means something to devices that have it; memory and all devices
 * here take such an access as a plain one.
 */

EXEC_ACCESS(lbdx, load_byte, b)
EXEC_ACCESS(lhdx, load_half, b)
EXEC_ACCESS(lwdx, load_word, b)
EXEC_ACCESS(stbdx, store_byte, b)
EXEC_ACCESS(sthdx, store_half, b)
EXEC_ACCESS(stwdx, store_word, b)

/* Only the address and the decoration go out. */
EXEC(dsn)
{
	return access_probe(core, op, exec_ea_b(core, op), ACCESS_STORE);
}

/* ---- External PID ---- */

EXEC_LOAD_EPID(load_byte_epid, 8, width_set_gpr(core, op->t, (width_reg)value))
EXEC_LOAD_EPID(load_half_epid, 16, width_set_gpr(core, op->t, (width_reg)value))
EXEC_LOAD_EPID(load_word_epid, 32, width_set_gpr(core, op->t, (width_reg)value))
EXEC_STORE_EPID(store_byte_epid, 8, core_gpr(core, op->t))
EXEC_STORE_EPID(store_half_epid, 16, core_gpr(core, op->t))
EXEC_STORE_EPID(store_word_epid, 32, core_gpr(core, op->t))

EXEC_ACCESS(lbepx, load_byte_epid, x)
EXEC_ACCESS(lhepx, load_half_epid, x)
EXEC_ACCESS(lwepx, load_word_epid, x)
EXEC_ACCESS(stbepx, store_byte_epid, x)
EXEC_ACCESS(sthepx, store_half_epid, x)
EXEC_ACCESS(stwepx, store_word_epid, x)

#include "sim/exec/chain_memory.def"
