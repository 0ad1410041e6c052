/* Fixed-point arithmetic, logic, compare, trap, rotate and shift (Power ISA Book I, chapter 3.3). */
#include "sim/exec/chain.h"
#include "sim/core/debug_event.h"
#include "sim/exec/exec.h"
#include "sim/core/interrupt.h"

/* XER[OV], and XER[SO] which stays set. */
static inline void exec_set_overflow(struct core *core, bool overflow)
{
	core->ov = overflow;
	core->so |= overflow;
}

/* Ends an instruction whose target is RT, or RA. */
static inline enum exec_result exec_to_rt(struct core *core, const struct op *op, uint32_t value)
{
	if (op->flags & OP_RC)
		exec_record(core, value);
	core_set_gpr(core, op->t, value);
	return EXEC_NEXT;
}

static inline enum exec_result exec_to_ra(struct core *core, const struct op *op, uint32_t value)
{
	if (op->flags & OP_RC)
		exec_record(core, value);
	core_set_gpr(core, op->a, value);
	return EXEC_NEXT;
}

static inline uint32_t exec_ra_or_zero(const struct core *core, const struct op *op)
{
	return op->a ? core_gpr(core, op->a) : 0;
}

enum exec_result exec_addi(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, exec_ra_or_zero(core, op) + (uint32_t)op->imm);
	return EXEC_NEXT;
}

enum exec_result exec_addis(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, exec_ra_or_zero(core, op) + ((uint32_t)op->imm << 16));
	return EXEC_NEXT;
}

/* a + b + carry, with CA always and OV where the op asks: the one adder of all forms. */
static inline uint32_t exec_add_carrying(struct core *core, const struct op *op, uint32_t a, uint32_t b, uint32_t carry)
{
	uint64_t wide = (uint64_t)a + b + carry;
	uint32_t sum = (uint32_t)wide;

	core->ca = (uint8_t)(wide >> 32);
	if (op->flags & OP_OE)
		exec_set_overflow(core, (~(a ^ b) & (a ^ sum)) >> 31);
	return sum;
}

static inline uint32_t exec_add_plain(struct core *core, const struct op *op, uint32_t a, uint32_t b, uint32_t carry)
{
	uint32_t sum = a + b + carry;

	if (op->flags & OP_OE)
		exec_set_overflow(core, (~(a ^ b) & (a ^ sum)) >> 31);
	return sum;
}

enum exec_result exec_addic(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, exec_add_carrying(core, op, core_gpr(core, op->a), (uint32_t)op->imm, 0));
	return EXEC_NEXT;
}

enum exec_result exec_addic_rc(struct core *core, const struct op *op)
{
	uint32_t sum = exec_add_carrying(core, op, core_gpr(core, op->a), (uint32_t)op->imm, 0);

	core_set_gpr(core, op->t, sum);
	exec_record(core, sum);
	return EXEC_NEXT;
}

enum exec_result exec_subfic(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, exec_add_carrying(core, op, ~core_gpr(core, op->a), (uint32_t)op->imm, 1));
	return EXEC_NEXT;
}

enum exec_result exec_add(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, core_gpr(core, op->a), core_gpr(core, op->b), 0));
}

enum exec_result exec_subf(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, ~core_gpr(core, op->a), core_gpr(core, op->b), 1));
}

enum exec_result exec_neg(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, ~core_gpr(core, op->a), 0, 1));
}

enum exec_result exec_addc(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, core_gpr(core, op->a), core_gpr(core, op->b), 0));
}

enum exec_result exec_adde(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, core_gpr(core, op->a), core_gpr(core, op->b), core->ca));
}

enum exec_result exec_addme(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, core_gpr(core, op->a), UINT32_MAX, core->ca));
}

enum exec_result exec_addze(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, core_gpr(core, op->a), 0, core->ca));
}

enum exec_result exec_subfc(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~core_gpr(core, op->a), core_gpr(core, op->b), 1));
}

enum exec_result exec_subfe(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~core_gpr(core, op->a), core_gpr(core, op->b), core->ca));
}

enum exec_result exec_subfme(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~core_gpr(core, op->a), UINT32_MAX, core->ca));
}

enum exec_result exec_subfze(struct core *core, const struct op *op)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~core_gpr(core, op->a), 0, core->ca));
}

enum exec_result exec_mulli(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, core_gpr(core, op->a) * (uint32_t)op->imm);
	return EXEC_NEXT;
}

enum exec_result exec_mullw(struct core *core, const struct op *op)
{
	int64_t product = (int64_t)(int32_t)core_gpr(core, op->a) * (int32_t)core_gpr(core, op->b);

	if (op->flags & OP_OE)
		exec_set_overflow(core, product != (int32_t)product);
	return exec_to_rt(core, op, (uint32_t)product);
}

enum exec_result exec_mulhw(struct core *core, const struct op *op)
{
	int64_t product = (int64_t)(int32_t)core_gpr(core, op->a) * (int32_t)core_gpr(core, op->b);

	return exec_to_rt(core, op, (uint32_t)((uint64_t)product >> 32));
}

enum exec_result exec_mulhwu(struct core *core, const struct op *op)
{
	uint64_t product = (uint64_t)core_gpr(core, op->a) * core_gpr(core, op->b);

	return exec_to_rt(core, op, (uint32_t)(product >> 32));
}

/* A quotient that does not exist is undefined in the architecture; the dividend stands in for it. */
enum exec_result exec_divw(struct core *core, const struct op *op)
{
	int32_t dividend = (int32_t)core_gpr(core, op->a), divisor = (int32_t)core_gpr(core, op->b);
	bool impossible = !divisor || (dividend == INT32_MIN && divisor == -1);

	if (op->flags & OP_OE)
		exec_set_overflow(core, impossible);
	return exec_to_rt(core, op, (uint32_t)(impossible ? dividend : dividend / divisor));
}

enum exec_result exec_divwu(struct core *core, const struct op *op)
{
	uint32_t dividend = core_gpr(core, op->a), divisor = core_gpr(core, op->b);

	if (op->flags & OP_OE)
		exec_set_overflow(core, !divisor);
	return exec_to_rt(core, op, divisor ? dividend / divisor : dividend);
}

static inline enum exec_result exec_compare(struct core *core, const struct op *op, bool less, bool equal)
{
	core->cr[op->t] = (uint8_t)((less ? 8 : equal ? 2 : 4) | core->so);
	return EXEC_NEXT;
}

enum exec_result exec_cmpi(struct core *core, const struct op *op)
{
	int32_t a = (int32_t)core_gpr(core, op->a);

	return exec_compare(core, op, a < op->imm, a == op->imm);
}

enum exec_result exec_cmpli(struct core *core, const struct op *op)
{
	uint32_t a = core_gpr(core, op->a);

	return exec_compare(core, op, a < (uint32_t)op->imm, a == (uint32_t)op->imm);
}

enum exec_result exec_cmp(struct core *core, const struct op *op)
{
	int32_t a = (int32_t)core_gpr(core, op->a), b = (int32_t)core_gpr(core, op->b);

	return exec_compare(core, op, a < b, a == b);
}

enum exec_result exec_cmpl(struct core *core, const struct op *op)
{
	uint32_t a = core_gpr(core, op->a), b = core_gpr(core, op->b);

	return exec_compare(core, op, a < b, a == b);
}

/* TO: less, greater, equal, logically less, logically greater. */
static enum exec_result exec_trap(struct core *core, const struct op *op, uint32_t a, uint32_t b)
{
	unsigned met = ((int32_t)a < (int32_t)b ? 16u : 0) | ((int32_t)a > (int32_t)b ? 8u : 0) | (a == b ? 4u : 0) |
		       (a < b ? 2u : 0) | (a > b ? 1u : 0);

	if (!(met & op->t))
		return EXEC_NEXT;
	return debug_event_trap(core, op) ? EXEC_FAULT : interrupt_program(core, op, ESR_PTR);
}

enum exec_result exec_twi(struct core *core, const struct op *op)
{
	return exec_trap(core, op, core_gpr(core, op->a), (uint32_t)op->imm);
}

enum exec_result exec_tw(struct core *core, const struct op *op)
{
	return exec_trap(core, op, core_gpr(core, op->a), core_gpr(core, op->b));
}

enum exec_result exec_isel(struct core *core, const struct op *op)
{
	core_set_gpr(core, op->t, core_cr_bit(core, op->c) ? exec_ra_or_zero(core, op) : core_gpr(core, op->b));
	return EXEC_NEXT;
}

enum exec_result exec_andi_rc(struct core *core, const struct op *op)
{
	uint32_t value = core_gpr(core, op->t) & (uint32_t)op->imm;

	core_set_gpr(core, op->a, value);
	exec_record(core, value);
	return EXEC_NEXT;
}

enum exec_result exec_andis_rc(struct core *core, const struct op *op)
{
	uint32_t value = core_gpr(core, op->t) & (uint32_t)op->imm << 16;

	core_set_gpr(core, op->a, value);
	exec_record(core, value);
	return EXEC_NEXT;
}

#define EXEC_LOGIC_IMMEDIATE(name, operator, shift)                                                           \
	enum exec_result exec_##name(struct core *core, const struct op *op)                                  \
	{                                                                                                     \
		core_set_gpr(core, op->a, core_gpr(core, op->t) operator ((uint32_t)op->imm << shift));       \
		return EXEC_NEXT;                                                                             \
	}

EXEC_LOGIC_IMMEDIATE(ori, |, 0)
EXEC_LOGIC_IMMEDIATE(oris, |, 16)
EXEC_LOGIC_IMMEDIATE(xori, ^, 0)
EXEC_LOGIC_IMMEDIATE(xoris, ^, 16)

#define EXEC_LOGIC(name, expression)                                             \
	enum exec_result exec_##name(struct core *core, const struct op *op)     \
	{                                                                        \
		uint32_t s = core_gpr(core, op->t), b = core_gpr(core, op->b);   \
                                                                                 \
		return exec_to_ra(core, op, expression);                         \
	}

EXEC_LOGIC(and, s & b)
EXEC_LOGIC(andc, s & ~b)
EXEC_LOGIC(or, s | b)
EXEC_LOGIC(orc, s | ~b)
EXEC_LOGIC(xor, s ^ b)
EXEC_LOGIC(nand, ~(s & b))
EXEC_LOGIC(nor, ~(s | b))
EXEC_LOGIC(eqv, ~(s ^ b))

enum exec_result exec_extsb(struct core *core, const struct op *op)
{
	return exec_to_ra(core, op, (uint32_t)(int8_t)core_gpr(core, op->t));
}

enum exec_result exec_extsh(struct core *core, const struct op *op)
{
	return exec_to_ra(core, op, (uint32_t)(int16_t)core_gpr(core, op->t));
}

enum exec_result exec_cntlzw(struct core *core, const struct op *op)
{
	uint32_t s = core_gpr(core, op->t);

	return exec_to_ra(core, op, s ? (uint32_t)__builtin_clz(s) : 32);
}

enum exec_result exec_rlwimi(struct core *core, const struct op *op)
{
	uint32_t mask = (uint32_t)op->imm, rotated = bits_rotl32(core_gpr(core, op->t), op->b);

	return exec_to_ra(core, op, (rotated & mask) | (core_gpr(core, op->a) & ~mask));
}

enum exec_result exec_rlwinm(struct core *core, const struct op *op)
{
	return exec_to_ra(core, op, bits_rotl32(core_gpr(core, op->t), op->b) & (uint32_t)op->imm);
}

enum exec_result exec_rlwnm(struct core *core, const struct op *op)
{
	return exec_to_ra(core, op, bits_rotl32(core_gpr(core, op->t), core_gpr(core, op->b)) & (uint32_t)op->imm);
}

/* The count has six bits: 32 and more shifts everything out. */
enum exec_result exec_slw(struct core *core, const struct op *op)
{
	uint32_t count = core_gpr(core, op->b) & 63;

	return exec_to_ra(core, op, count < 32 ? core_gpr(core, op->t) << count : 0);
}

enum exec_result exec_srw(struct core *core, const struct op *op)
{
	uint32_t count = core_gpr(core, op->b) & 63;

	return exec_to_ra(core, op, count < 32 ? core_gpr(core, op->t) >> count : 0);
}

/* CA: the number is negative and a one was shifted out. */
static enum exec_result exec_shift_algebraic(struct core *core, const struct op *op, uint32_t count)
{
	int32_t s = (int32_t)core_gpr(core, op->t);
	uint32_t lost = count < 32 ? (uint32_t)s & ((UINT32_C(1) << count) - 1) : (uint32_t)s;

	core->ca = s < 0 && lost;
	return exec_to_ra(core, op, (uint32_t)(s >> (count < 32 ? count : 31)));
}

enum exec_result exec_sraw(struct core *core, const struct op *op)
{
	return exec_shift_algebraic(core, op, core_gpr(core, op->b) & 63);
}

enum exec_result exec_srawi(struct core *core, const struct op *op)
{
	return exec_shift_algebraic(core, op, op->b);
}

#include "sim/exec/chain_integer.def"
