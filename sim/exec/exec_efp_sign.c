/*
 * Embedded floating point of e500v2: what works on the bits of a number alone.
 * Absolute value and negation change the sign and look at nothing else (the
 * architecture leaves exceptions of theirs to the implementation). Compare and
 * test order operands by sign, exponent and fraction, NaNs, infinities and
 * denormals like any other number; compare calls those an input error.
 */
#include "sim/exec/exec.h"
#include "sim/core/interrupt.h"
#include "sim/float/spefscr.h"

typedef bool relation_fn(int64_t a, int64_t b);

#define SIGN_WORD UINT64_C(0x80000000)
#define SIGN_DOUBLE UINT64_C(0x8000000000000000)
#define SIGN_VECTOR (SIGN_DOUBLE | SIGN_WORD)

static inline enum exec_result exec_efp_set_low(struct core *core, const struct op *op, uint64_t value)
{
	core_set_gpr(core, op->t, (uint32_t)value);
	return EXEC_NEXT;
}

static inline enum exec_result exec_efp_set_all(struct core *core, const struct op *op, uint64_t value)
{
	core->r[op->t] = value;
	return EXEC_NEXT;
}

#define SIGN(name, set, expression)                                                                   \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return set(core, op, expression);                                                     \
	}

SIGN(efsabs, exec_efp_set_low, core->r[op->a] & ~SIGN_WORD)
SIGN(efsnabs, exec_efp_set_low, core->r[op->a] | SIGN_WORD)
SIGN(efsneg, exec_efp_set_low, core->r[op->a] ^ SIGN_WORD)
SIGN(efdabs, exec_efp_set_all, core->r[op->a] & ~SIGN_DOUBLE)
SIGN(efdnabs, exec_efp_set_all, core->r[op->a] | SIGN_DOUBLE)
SIGN(efdneg, exec_efp_set_all, core->r[op->a] ^ SIGN_DOUBLE)
SIGN(evfsabs, exec_efp_set_all, core->r[op->a] & ~SIGN_VECTOR)
SIGN(evfsnabs, exec_efp_set_all, core->r[op->a] | SIGN_VECTOR)
SIGN(evfsneg, exec_efp_set_all, core->r[op->a] ^ SIGN_VECTOR)

/* Integers in the order of the numbers; both zeros are one. */
static inline int64_t exec_efp_order_single(uint32_t word)
{
	int64_t magnitude = word & 0x7fffffff;

	return word >> 31 ? -magnitude : magnitude;
}

static inline int64_t exec_efp_order_double(uint64_t value)
{
	int64_t magnitude = (int64_t)(value & ~SIGN_DOUBLE);

	return value >> 63 ? -magnitude : magnitude;
}

static inline uint32_t exec_efp_error_single(uint32_t word)
{
	uint32_t exponent = word >> 23 & 0xff;

	return exponent == 0xff || (!exponent && word & 0x7fffff) ? SPEFSCR_FINV : 0;
}

static inline uint32_t exec_efp_error_double(uint64_t value)
{
	uint64_t exponent = value >> 52 & 0x7ff;

	return exponent == 0x7ff || (!exponent && value & UINT64_C(0xfffffffffffff)) ? SPEFSCR_FINV : 0;
}

static inline bool exec_efp_greater(int64_t a, int64_t b)
{
	return a > b;
}

static inline bool exec_efp_less(int64_t a, int64_t b)
{
	return a < b;
}

static inline bool exec_efp_equal(int64_t a, int64_t b)
{
	return a == b;
}

/* The status of a compare; false: an enabled input error. */
static bool exec_efp_take_errors(struct core *core, uint32_t status, uint32_t mask)
{
	core->spefscr = (core->spefscr & ~mask) | status;
	if (!status)
		return true;
	core->spefscr |= SPEFSCR_FINVS;
	return !(core->spefscr & SPEFSCR_FINVE);
}

#define STATUS_LOW (SPEFSCR_FG | SPEFSCR_FX | SPEFSCR_FINV | SPEFSCR_FDBZ | SPEFSCR_FUNF | SPEFSCR_FOVF)
#define STATUS_BOTH (STATUS_LOW | STATUS_LOW << 16)

/* A scalar relation goes to the second bit of the field. */
static inline enum exec_result exec_efp_relate_single(struct core *core, const struct op *op, relation_fn *relation,
						      bool test)
{
	uint32_t a = core_gpr(core, op->a), b = core_gpr(core, op->b);

	if (!test && !exec_efp_take_errors(core, exec_efp_error_single(a) | exec_efp_error_single(b), STATUS_LOW))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = relation(exec_efp_order_single(a), exec_efp_order_single(b)) ? 4 : 0;
	return EXEC_NEXT;
}

static inline enum exec_result exec_efp_relate_double(struct core *core, const struct op *op, relation_fn *relation,
						      bool test)
{
	uint64_t a = core->r[op->a], b = core->r[op->b];

	if (!test && !exec_efp_take_errors(core, exec_efp_error_double(a) | exec_efp_error_double(b), STATUS_LOW))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = relation(exec_efp_order_double(a), exec_efp_order_double(b)) ? 4 : 0;
	return EXEC_NEXT;
}

/* The field becomes: high, low, either, both. */
static inline enum exec_result exec_efp_relate_vector(struct core *core, const struct op *op, relation_fn *relation,
						      bool test)
{
	uint32_t ah = (uint32_t)(core->r[op->a] >> 32), bh = (uint32_t)(core->r[op->b] >> 32);
	uint32_t al = core_gpr(core, op->a), bl = core_gpr(core, op->b);
	uint32_t errors = (exec_efp_error_single(ah) | exec_efp_error_single(bh)) << 16 | exec_efp_error_single(al) |
			  exec_efp_error_single(bl);
	unsigned h = relation(exec_efp_order_single(ah), exec_efp_order_single(bh));
	unsigned l = relation(exec_efp_order_single(al), exec_efp_order_single(bl));

	if (!test && !exec_efp_take_errors(core, errors, STATUS_BOTH))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = (uint8_t)(h << 3 | l << 2 | (h | l) << 1 | (h & l));
	return EXEC_NEXT;
}

#define RELATE(name, relate, relation, test)                                                          \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return relate(core, op, relation, test);                                              \
	}

RELATE(efscmpgt, exec_efp_relate_single, exec_efp_greater, false)
RELATE(efscmplt, exec_efp_relate_single, exec_efp_less, false)
RELATE(efscmpeq, exec_efp_relate_single, exec_efp_equal, false)
RELATE(efststgt, exec_efp_relate_single, exec_efp_greater, true)
RELATE(efststlt, exec_efp_relate_single, exec_efp_less, true)
RELATE(efststeq, exec_efp_relate_single, exec_efp_equal, true)
RELATE(efdcmpgt, exec_efp_relate_double, exec_efp_greater, false)
RELATE(efdcmplt, exec_efp_relate_double, exec_efp_less, false)
RELATE(efdcmpeq, exec_efp_relate_double, exec_efp_equal, false)
RELATE(efdtstgt, exec_efp_relate_double, exec_efp_greater, true)
RELATE(efdtstlt, exec_efp_relate_double, exec_efp_less, true)
RELATE(efdtsteq, exec_efp_relate_double, exec_efp_equal, true)
RELATE(evfscmpgt, exec_efp_relate_vector, exec_efp_greater, false)
RELATE(evfscmplt, exec_efp_relate_vector, exec_efp_less, false)
RELATE(evfscmpeq, exec_efp_relate_vector, exec_efp_equal, false)
RELATE(evfststgt, exec_efp_relate_vector, exec_efp_greater, true)
RELATE(evfststlt, exec_efp_relate_vector, exec_efp_less, true)
RELATE(evfststeq, exec_efp_relate_vector, exec_efp_equal, true)
