/* Fixed-point arithmetic, logic, compare, trap, rotate and shift (Power ISA Book I, chapter 3.3), at both widths. */
#include "sim/exec/exec_memory.h"

#include "sim/core/debug_event.h"
#include "sim/core/interrupt.h"
#include "sim/exec/chain.h"

/* XER[OV], and XER[SO] which stays set. */
static inline void exec_set_overflow(struct core *core, bool overflow)
{
	core->ov = overflow;
	core->so |= overflow;
}

/* Ends an instruction whose target is RT, or RA. */
static inline enum exec_result exec_to_rt(struct core *core, const struct op *op, width_reg value)
{
	if (op->flags & OP_RC)
		width_record(core, value);
	width_set_gpr(core, op->t, value);
	return EXEC_NEXT;
}

static inline enum exec_result exec_to_ra(struct core *core, const struct op *op, width_reg value)
{
	if (op->flags & OP_RC)
		width_record(core, value);
	width_set_gpr(core, op->a, value);
	return EXEC_NEXT;
}

EXEC(addi)
{
	width_set_gpr(core, op->t, exec_ra0(core, op) + (width_reg)op->imm);
	return EXEC_NEXT;
}

EXEC(addis)
{
	width_set_gpr(core, op->t, exec_ra0(core, op) + ((width_reg)op->imm << 16));
	return EXEC_NEXT;
}

static inline width_reg exec_add_plain(struct core *core, const struct op *op, width_reg a, width_reg b, unsigned carry)
{
	width_reg sum = a + b + carry;

	if (op->flags & OP_OE)
		exec_set_overflow(core, width_overflows(core, a, b, sum));
	return sum;
}

/* The same with CA: the one adder of all carrying forms. */
static inline width_reg exec_add_carrying(struct core *core, const struct op *op, width_reg a, width_reg b,
					  unsigned carry)
{
	core->ca = width_carry_out(core, a, b, carry);
	return exec_add_plain(core, op, a, b, carry);
}

EXEC(addic)
{
	width_set_gpr(core, op->t, exec_add_carrying(core, op, width_gpr(core, op->a), (width_reg)op->imm, 0));
	return EXEC_NEXT;
}

EXEC(addic_rc)
{
	width_reg sum = exec_add_carrying(core, op, width_gpr(core, op->a), (width_reg)op->imm, 0);

	width_set_gpr(core, op->t, sum);
	width_record(core, sum);
	return EXEC_NEXT;
}

EXEC(subfic)
{
	width_set_gpr(core, op->t, exec_add_carrying(core, op, ~width_gpr(core, op->a), (width_reg)op->imm, 1));
	return EXEC_NEXT;
}

EXEC(add)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, width_gpr(core, op->a), width_gpr(core, op->b), 0));
}

EXEC(subf)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, ~width_gpr(core, op->a), width_gpr(core, op->b), 1));
}

EXEC(neg)
{
	return exec_to_rt(core, op, exec_add_plain(core, op, ~width_gpr(core, op->a), 0, 1));
}

EXEC(addc)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, width_gpr(core, op->a), width_gpr(core, op->b), 0));
}

EXEC(adde)
{
	width_reg a = width_gpr(core, op->a), b = width_gpr(core, op->b);

	return exec_to_rt(core, op, exec_add_carrying(core, op, a, b, core->ca));
}

EXEC(addme)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, width_gpr(core, op->a), (width_reg)-1, core->ca));
}

EXEC(addze)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, width_gpr(core, op->a), 0, core->ca));
}

EXEC(subfc)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~width_gpr(core, op->a), width_gpr(core, op->b), 1));
}

EXEC(subfe)
{
	width_reg a = ~width_gpr(core, op->a), b = width_gpr(core, op->b);

	return exec_to_rt(core, op, exec_add_carrying(core, op, a, b, core->ca));
}

EXEC(subfme)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~width_gpr(core, op->a), (width_reg)-1, core->ca));
}

EXEC(subfze)
{
	return exec_to_rt(core, op, exec_add_carrying(core, op, ~width_gpr(core, op->a), 0, core->ca));
}

EXEC(mulli)
{
	width_set_gpr(core, op->t, width_gpr(core, op->a) * (width_reg)op->imm);
	return EXEC_NEXT;
}

EXEC(mullw)
{
	int64_t product = (int64_t)(int32_t)width_gpr(core, op->a) * (int32_t)width_gpr(core, op->b);

	if (op->flags & OP_OE)
		exec_set_overflow(core, product != (int32_t)product);
	return exec_to_rt(core, op, (width_reg)product);
}

EXEC(mulhw)
{
	int64_t product = (int64_t)(int32_t)width_gpr(core, op->a) * (int32_t)width_gpr(core, op->b);

	return exec_to_rt(core, op, (uint32_t)((uint64_t)product >> 32));
}

EXEC(mulhwu)
{
	uint64_t product = (uint64_t)(uint32_t)width_gpr(core, op->a) * (uint32_t)width_gpr(core, op->b);

	return exec_to_rt(core, op, (uint32_t)(product >> 32));
}

/* A quotient that does not exist is undefined in the architecture; the dividend stands in for it. */
EXEC(divw)
{
	int32_t dividend = (int32_t)width_gpr(core, op->a), divisor = (int32_t)width_gpr(core, op->b);
	bool impossible = !divisor || (dividend == INT32_MIN && divisor == -1);

	if (op->flags & OP_OE)
		exec_set_overflow(core, impossible);
	return exec_to_rt(core, op, (uint32_t)(impossible ? dividend : dividend / divisor));
}

EXEC(divwu)
{
	uint32_t dividend = (uint32_t)width_gpr(core, op->a), divisor = (uint32_t)width_gpr(core, op->b);

	if (op->flags & OP_OE)
		exec_set_overflow(core, !divisor);
	return exec_to_rt(core, op, divisor ? dividend / divisor : dividend);
}

static inline enum exec_result exec_compare(struct core *core, const struct op *op, bool less, bool equal)
{
	core->cr[op->t] = (uint8_t)((less ? 8 : equal ? 2 : 4) | core->so);
	return EXEC_NEXT;
}

/* A compared register: its low word unless L says all of it, extended. */
static inline width_signed exec_compared_signed(const struct core *core, const struct op *op, unsigned n)
{
	return width_compares_all(op) ? (width_signed)width_gpr(core, n) : (int32_t)width_gpr(core, n);
}

static inline width_reg exec_compared(const struct core *core, const struct op *op, unsigned n)
{
	return width_compares_all(op) ? width_gpr(core, n) : (uint32_t)width_gpr(core, n);
}

EXEC(cmpi)
{
	width_signed a = exec_compared_signed(core, op, op->a);

	return exec_compare(core, op, a < op->imm, a == op->imm);
}

EXEC(cmpli)
{
	width_reg a = exec_compared(core, op, op->a);

	return exec_compare(core, op, a < (width_reg)op->imm, a == (width_reg)op->imm);
}

EXEC(cmp)
{
	width_signed a = exec_compared_signed(core, op, op->a), b = exec_compared_signed(core, op, op->b);

	return exec_compare(core, op, a < b, a == b);
}

EXEC(cmpl)
{
	width_reg a = exec_compared(core, op, op->a), b = exec_compared(core, op, op->b);

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

EXEC(twi)
{
	return exec_trap(core, op, (uint32_t)width_gpr(core, op->a), (uint32_t)op->imm);
}

EXEC(tw)
{
	return exec_trap(core, op, (uint32_t)width_gpr(core, op->a), (uint32_t)width_gpr(core, op->b));
}

EXEC(isel)
{
	width_set_gpr(core, op->t, core_cr_bit(core, op->c) ? exec_ra0(core, op) : width_gpr(core, op->b));
	return EXEC_NEXT;
}

EXEC(andi_rc)
{
	width_reg value = width_gpr(core, op->t) & (width_reg)op->imm;

	width_set_gpr(core, op->a, value);
	width_record(core, value);
	return EXEC_NEXT;
}

EXEC(andis_rc)
{
	width_reg value = width_gpr(core, op->t) & (width_reg)op->imm << 16;

	width_set_gpr(core, op->a, value);
	width_record(core, value);
	return EXEC_NEXT;
}

#define EXEC_LOGIC_IMMEDIATE(name, operator, shift)                                                                 \
	EXEC(name)                                                                                                  \
	{                                                                                                           \
		width_set_gpr(core, op->a, width_gpr(core, op->t) operator ((width_reg)op->imm << shift));          \
		return EXEC_NEXT;                                                                                   \
	}

EXEC_LOGIC_IMMEDIATE(ori, |, 0)
EXEC_LOGIC_IMMEDIATE(oris, |, 16)
EXEC_LOGIC_IMMEDIATE(xori, ^, 0)
EXEC_LOGIC_IMMEDIATE(xoris, ^, 16)

#define EXEC_LOGIC(name, expression)                                                 \
	EXEC(name)                                                                   \
	{                                                                            \
		width_reg s = width_gpr(core, op->t), b = width_gpr(core, op->b);    \
										     \
		return exec_to_ra(core, op, expression);                             \
	}

EXEC_LOGIC(and, s & b)
EXEC_LOGIC(andc, s & ~b)
EXEC_LOGIC(or, s | b)
EXEC_LOGIC(orc, s | ~b)
EXEC_LOGIC(xor, s ^ b)
EXEC_LOGIC(nand, ~(s & b))
EXEC_LOGIC(nor, ~(s | b))
EXEC_LOGIC(eqv, ~(s ^ b))

EXEC(extsb)
{
	return exec_to_ra(core, op, (width_reg)(int8_t)width_gpr(core, op->t));
}

EXEC(extsh)
{
	return exec_to_ra(core, op, (width_reg)(int16_t)width_gpr(core, op->t));
}

EXEC(cntlzw)
{
	uint32_t s = (uint32_t)width_gpr(core, op->t);

	return exec_to_ra(core, op, s ? (uint32_t)__builtin_clz(s) : 32);
}

EXEC(rlwimi)
{
	width_reg mask = width_mask(op), rotated = width_rotl((uint32_t)width_gpr(core, op->t), op->b);

	return exec_to_ra(core, op, (rotated & mask) | (width_gpr(core, op->a) & ~mask));
}

EXEC(rlwinm)
{
	return exec_to_ra(core, op, width_rotl((uint32_t)width_gpr(core, op->t), op->b) & width_mask(op));
}

EXEC(rlwnm)
{
	unsigned count = (unsigned)width_gpr(core, op->b);

	return exec_to_ra(core, op, width_rotl((uint32_t)width_gpr(core, op->t), count) & width_mask(op));
}

/* The count has six bits: 32 and more shifts everything out. */
EXEC(slw)
{
	unsigned count = width_gpr(core, op->b) & 63;

	return exec_to_ra(core, op, count < 32 ? (uint32_t)width_gpr(core, op->t) << count : 0);
}

EXEC(srw)
{
	unsigned count = width_gpr(core, op->b) & 63;

	return exec_to_ra(core, op, count < 32 ? (uint32_t)width_gpr(core, op->t) >> count : 0);
}

/* CA: the number is negative and a one was shifted out. */
static enum exec_result exec_shift_algebraic(struct core *core, const struct op *op, unsigned count)
{
	int32_t s = (int32_t)width_gpr(core, op->t);
	uint32_t lost = count < 32 ? (uint32_t)s & ((UINT32_C(1) << count) - 1) : (uint32_t)s;

	core->ca = s < 0 && lost;
	return exec_to_ra(core, op, (width_reg)(s >> (count < 32 ? count : 31)));
}

EXEC(sraw)
{
	return exec_shift_algebraic(core, op, width_gpr(core, op->b) & 63);
}

EXEC(srawi)
{
	return exec_shift_algebraic(core, op, op->b);
}

#include "sim/exec/chain_integer.def"
