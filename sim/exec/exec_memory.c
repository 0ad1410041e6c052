/* Integer loads and stores (Power ISA Book I 3.3.2 to 3.3.6; Book II 4.4; Book III-E, external PID). */
#include "sim/exec/access.h"
#include "sim/exec/chain.h"

typedef enum exec_result memory_form_fn(struct core *core, const struct op *op, uint32_t ea);

/* ---- Effective addresses ---- */

static inline uint32_t memory_ra0(const struct core *core, const struct op *op)
{
	return op->a ? core_gpr(core, op->a) : 0;
}

static inline uint32_t memory_ea_d(const struct core *core, const struct op *op)
{
	return memory_ra0(core, op) + (uint32_t)op->imm;
}

static inline uint32_t memory_ea_x(const struct core *core, const struct op *op)
{
	return memory_ra0(core, op) + core_gpr(core, op->b);
}

static inline uint32_t memory_ea_du(const struct core *core, const struct op *op)
{
	return core_gpr(core, op->a) + (uint32_t)op->imm;
}

static inline uint32_t memory_ea_xu(const struct core *core, const struct op *op)
{
	return core_gpr(core, op->a) + core_gpr(core, op->b);
}

/* ---- What is loaded and stored ---- */

static inline enum exec_result load_byte(struct core *core, const struct op *op, uint32_t ea)
{
	uint8_t value;
	enum exec_result result = access_load8(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, value);
	return result;
}

static inline enum exec_result load_half(struct core *core, const struct op *op, uint32_t ea)
{
	uint16_t value;
	enum exec_result result = access_load16(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, value);
	return result;
}

static inline enum exec_result load_half_algebraic(struct core *core, const struct op *op, uint32_t ea)
{
	uint16_t value;
	enum exec_result result = access_load16(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, (uint32_t)(int32_t)(int16_t)value);
	return result;
}

static inline enum exec_result load_word(struct core *core, const struct op *op, uint32_t ea)
{
	uint32_t value;
	enum exec_result result = access_load32(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, value);
	return result;
}

static inline enum exec_result load_half_reversed(struct core *core, const struct op *op, uint32_t ea)
{
	uint16_t value;
	enum exec_result result = access_load16(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, __builtin_bswap16(value));
	return result;
}

static inline enum exec_result load_word_reversed(struct core *core, const struct op *op, uint32_t ea)
{
	uint32_t value;
	enum exec_result result = access_load32(core, op, ea, &value);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->t, __builtin_bswap32(value));
	return result;
}

static inline enum exec_result store_byte(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store8(core, op, ea, (uint8_t)core_gpr(core, op->t));
}

static inline enum exec_result store_half(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store16(core, op, ea, (uint16_t)core_gpr(core, op->t));
}

static inline enum exec_result store_word(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store32(core, op, ea, core_gpr(core, op->t));
}

static inline enum exec_result store_half_reversed(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store16(core, op, ea, __builtin_bswap16((uint16_t)core_gpr(core, op->t)));
}

static inline enum exec_result store_word_reversed(struct core *core, const struct op *op, uint32_t ea)
{
	return access_store32(core, op, ea, __builtin_bswap32(core_gpr(core, op->t)));
}

/* The update forms: RA becomes the effective address when the access is done. */
static inline enum exec_result memory_update(struct core *core, const struct op *op, uint32_t ea, memory_form_fn *access)
{
	enum exec_result result = access(core, op, ea);

	if (__builtin_expect(result != EXEC_FAULT, 1))
		core_set_gpr(core, op->a, ea);
	return result;
}

/* ---- Loads ---- */

enum exec_result exec_lbz(struct core *core, const struct op *op)
{
	return load_byte(core, op, memory_ea_d(core, op));
}

enum exec_result exec_lbzu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), load_byte);
}

enum exec_result exec_lbzx(struct core *core, const struct op *op)
{
	return load_byte(core, op, memory_ea_x(core, op));
}

enum exec_result exec_lbzux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), load_byte);
}

enum exec_result exec_lhz(struct core *core, const struct op *op)
{
	return load_half(core, op, memory_ea_d(core, op));
}

enum exec_result exec_lhzu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), load_half);
}

enum exec_result exec_lhzx(struct core *core, const struct op *op)
{
	return load_half(core, op, memory_ea_x(core, op));
}

enum exec_result exec_lhzux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), load_half);
}

enum exec_result exec_lha(struct core *core, const struct op *op)
{
	return load_half_algebraic(core, op, memory_ea_d(core, op));
}

enum exec_result exec_lhau(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), load_half_algebraic);
}

enum exec_result exec_lhax(struct core *core, const struct op *op)
{
	return load_half_algebraic(core, op, memory_ea_x(core, op));
}

enum exec_result exec_lhaux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), load_half_algebraic);
}

enum exec_result exec_lwz(struct core *core, const struct op *op)
{
	return load_word(core, op, memory_ea_d(core, op));
}

enum exec_result exec_lwzu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), load_word);
}

enum exec_result exec_lwzx(struct core *core, const struct op *op)
{
	return load_word(core, op, memory_ea_x(core, op));
}

enum exec_result exec_lwzux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), load_word);
}

enum exec_result exec_lhbrx(struct core *core, const struct op *op)
{
	return load_half_reversed(core, op, memory_ea_x(core, op));
}

enum exec_result exec_lwbrx(struct core *core, const struct op *op)
{
	return load_word_reversed(core, op, memory_ea_x(core, op));
}

/* ---- Stores ---- */

enum exec_result exec_stb(struct core *core, const struct op *op)
{
	return store_byte(core, op, memory_ea_d(core, op));
}

enum exec_result exec_stbu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), store_byte);
}

enum exec_result exec_stbx(struct core *core, const struct op *op)
{
	return store_byte(core, op, memory_ea_x(core, op));
}

enum exec_result exec_stbux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), store_byte);
}

enum exec_result exec_sth(struct core *core, const struct op *op)
{
	return store_half(core, op, memory_ea_d(core, op));
}

enum exec_result exec_sthu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), store_half);
}

enum exec_result exec_sthx(struct core *core, const struct op *op)
{
	return store_half(core, op, memory_ea_x(core, op));
}

enum exec_result exec_sthux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), store_half);
}

enum exec_result exec_stw(struct core *core, const struct op *op)
{
	return store_word(core, op, memory_ea_d(core, op));
}

enum exec_result exec_stwu(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_du(core, op), store_word);
}

enum exec_result exec_stwx(struct core *core, const struct op *op)
{
	return store_word(core, op, memory_ea_x(core, op));
}

enum exec_result exec_stwux(struct core *core, const struct op *op)
{
	return memory_update(core, op, memory_ea_xu(core, op), store_word);
}

enum exec_result exec_sthbrx(struct core *core, const struct op *op)
{
	return store_half_reversed(core, op, memory_ea_x(core, op));
}

enum exec_result exec_stwbrx(struct core *core, const struct op *op)
{
	return store_word_reversed(core, op, memory_ea_x(core, op));
}

/* ---- Multiple: words only at word addresses (E500CORERM 5.7.6) ---- */

/* The registers change when all words are there, so that a fault leaves RA as it was. */
enum exec_result exec_lmw(struct core *core, const struct op *op)
{
	uint32_t ea = memory_ea_d(core, op), words[32];
	enum exec_result result = EXEC_NEXT;

	if (ea & 3)
		return access_misaligned(core, op, ea, false);
	for (unsigned n = op->t; n < 32; n++, ea += 4) {
		enum exec_result one = access_load32(core, op, ea, &words[n]);

		if (one == EXEC_FAULT)
			return one;
		if (one == EXEC_LEAVE)
			result = one;
	}
	for (unsigned n = op->t; n < 32; n++)
		core_set_gpr(core, n, words[n]);
	return result;
}

enum exec_result exec_stmw(struct core *core, const struct op *op)
{
	uint32_t ea = memory_ea_d(core, op);
	enum exec_result result = EXEC_NEXT;

	if (ea & 3)
		return access_misaligned(core, op, ea, true);
	for (unsigned n = op->t; n < 32; n++, ea += 4) {
		enum exec_result one = access_store32(core, op, ea, core_gpr(core, n));

		if (one == EXEC_FAULT)
			return one;
		if (one == EXEC_LEAVE)
			result = one;
	}
	return result;
}

/* ---- Reservation ---- */

enum exec_result exec_lwarx(struct core *core, const struct op *op)
{
	uint64_t value;
	enum exec_result result = access_load_reserve(core, op, memory_ea_x(core, op), 4, &value);

	if (result != EXEC_FAULT)
		core_set_gpr(core, op->t, (uint32_t)value);
	return result;
}

enum exec_result exec_stwcx_rc(struct core *core, const struct op *op)
{
	bool stored;
	enum exec_result result =
		access_store_conditional(core, op, memory_ea_x(core, op), 4, core_gpr(core, op->t), &stored);

	if (result != EXEC_FAULT)
		core->cr[0] = (uint8_t)((stored ? 2 : 0) | core->so);
	return result;
}

/*
 * ---- Decorated storage (EREF): RB is the address ----
 * A decoration means something to devices that have it; memory and all devices
 * here take such an access as a plain one.
 */

enum exec_result exec_lbdx(struct core *core, const struct op *op)
{
	return load_byte(core, op, core_gpr(core, op->b));
}

enum exec_result exec_lhdx(struct core *core, const struct op *op)
{
	return load_half(core, op, core_gpr(core, op->b));
}

enum exec_result exec_lwdx(struct core *core, const struct op *op)
{
	return load_word(core, op, core_gpr(core, op->b));
}

enum exec_result exec_stbdx(struct core *core, const struct op *op)
{
	return store_byte(core, op, core_gpr(core, op->b));
}

enum exec_result exec_sthdx(struct core *core, const struct op *op)
{
	return store_half(core, op, core_gpr(core, op->b));
}

enum exec_result exec_stwdx(struct core *core, const struct op *op)
{
	return store_word(core, op, core_gpr(core, op->b));
}

/* Only the address and the decoration go out. */
enum exec_result exec_dsn(struct core *core, const struct op *op)
{
	return access_probe(core, op, core_gpr(core, op->b), ACCESS_STORE);
}

/* ---- External PID ---- */

static enum exec_result load_external(struct core *core, const struct op *op, unsigned size)
{
	uint64_t value;
	enum exec_result result = access_load_epid(core, op, memory_ea_x(core, op), size, &value);

	if (result != EXEC_FAULT)
		core_set_gpr(core, op->t, (uint32_t)value);
	return result;
}

static enum exec_result store_external(struct core *core, const struct op *op, unsigned size)
{
	uint64_t value = core_gpr(core, op->t) & (UINT32_MAX >> (32 - 8 * size));

	return access_store_epid(core, op, memory_ea_x(core, op), size, value);
}

enum exec_result exec_lbepx(struct core *core, const struct op *op)
{
	return load_external(core, op, 1);
}

enum exec_result exec_lhepx(struct core *core, const struct op *op)
{
	return load_external(core, op, 2);
}

enum exec_result exec_lwepx(struct core *core, const struct op *op)
{
	return load_external(core, op, 4);
}

enum exec_result exec_stbepx(struct core *core, const struct op *op)
{
	return store_external(core, op, 1);
}

enum exec_result exec_sthepx(struct core *core, const struct op *op)
{
	return store_external(core, op, 2);
}

enum exec_result exec_stwepx(struct core *core, const struct op *op)
{
	return store_external(core, op, 4);
}

#include "sim/exec/chain_memory.def"
