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

static inline enum exec_result set_low(struct core *core, const struct op *op, uint64_t value)
{
	core_set_gpr(core, op->t, (uint32_t)value);
	return EXEC_NEXT;
}

static inline enum exec_result set_all(struct core *core, const struct op *op, uint64_t value)
{
	core->r[op->t] = value;
	return EXEC_NEXT;
}

#define SIGN(name, set, expression)                                                                   \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return set(core, op, expression);                                                     \
	}

SIGN(efsabs, set_low, core->r[op->a] & ~SIGN_WORD)
SIGN(efsnabs, set_low, core->r[op->a] | SIGN_WORD)
SIGN(efsneg, set_low, core->r[op->a] ^ SIGN_WORD)
SIGN(efdabs, set_all, core->r[op->a] & ~SIGN_DOUBLE)
SIGN(efdnabs, set_all, core->r[op->a] | SIGN_DOUBLE)
SIGN(efdneg, set_all, core->r[op->a] ^ SIGN_DOUBLE)
SIGN(evfsabs, set_all, core->r[op->a] & ~SIGN_VECTOR)
SIGN(evfsnabs, set_all, core->r[op->a] | SIGN_VECTOR)
SIGN(evfsneg, set_all, core->r[op->a] ^ SIGN_VECTOR)

/* Integers in the order of the numbers; both zeros are one. */
static inline int64_t order_single(uint32_t word)
{
	int64_t magnitude = word & 0x7fffffff;

	return word >> 31 ? -magnitude : magnitude;
}

static inline int64_t order_double(uint64_t value)
{
	int64_t magnitude = (int64_t)(value & ~SIGN_DOUBLE);

	return value >> 63 ? -magnitude : magnitude;
}

static inline uint32_t error_single(uint32_t word)
{
	uint32_t exponent = word >> 23 & 0xff;

	return exponent == 0xff || (!exponent && word & 0x7fffff) ? SPEFSCR_FINV : 0;
}

static inline uint32_t error_double(uint64_t value)
{
	uint64_t exponent = value >> 52 & 0x7ff;

	return exponent == 0x7ff || (!exponent && value & UINT64_C(0xfffffffffffff)) ? SPEFSCR_FINV : 0;
}

static inline bool greater(int64_t a, int64_t b)
{
	return a > b;
}

static inline bool less(int64_t a, int64_t b)
{
	return a < b;
}

static inline bool equal(int64_t a, int64_t b)
{
	return a == b;
}

/* The status of a compare; false: an enabled input error. */
static bool take_errors(struct core *core, uint32_t status, uint32_t mask)
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
static inline enum exec_result relate_single(struct core *core, const struct op *op, relation_fn *relation, bool test)
{
	uint32_t a = core_gpr(core, op->a), b = core_gpr(core, op->b);

	if (!test && !take_errors(core, error_single(a) | error_single(b), STATUS_LOW))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = relation(order_single(a), order_single(b)) ? 4 : 0;
	return EXEC_NEXT;
}

static inline enum exec_result relate_double(struct core *core, const struct op *op, relation_fn *relation, bool test)
{
	uint64_t a = core->r[op->a], b = core->r[op->b];

	if (!test && !take_errors(core, error_double(a) | error_double(b), STATUS_LOW))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = relation(order_double(a), order_double(b)) ? 4 : 0;
	return EXEC_NEXT;
}

/* The field becomes: high, low, either, both. */
static inline enum exec_result relate_vector(struct core *core, const struct op *op, relation_fn *relation, bool test)
{
	uint32_t ah = (uint32_t)(core->r[op->a] >> 32), bh = (uint32_t)(core->r[op->b] >> 32);
	uint32_t al = core_gpr(core, op->a), bl = core_gpr(core, op->b);
	uint32_t errors = (error_single(ah) | error_single(bh)) << 16 | error_single(al) | error_single(bl);
	unsigned h = relation(order_single(ah), order_single(bh));
	unsigned l = relation(order_single(al), order_single(bl));

	if (!test && !take_errors(core, errors, STATUS_BOTH))
		return interrupt_efp(core, op, IVOR_EFP_DATA);
	core->cr[op->t] = (uint8_t)(h << 3 | l << 2 | (h | l) << 1 | (h & l));
	return EXEC_NEXT;
}

#define RELATE(name, relate, relation, test)                                                          \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return relate(core, op, relation, test);                                              \
	}

RELATE(efscmpgt, relate_single, greater, false)
RELATE(efscmplt, relate_single, less, false)
RELATE(efscmpeq, relate_single, equal, false)
RELATE(efststgt, relate_single, greater, true)
RELATE(efststlt, relate_single, less, true)
RELATE(efststeq, relate_single, equal, true)
RELATE(efdcmpgt, relate_double, greater, false)
RELATE(efdcmplt, relate_double, less, false)
RELATE(efdcmpeq, relate_double, equal, false)
RELATE(efdtstgt, relate_double, greater, true)
RELATE(efdtstlt, relate_double, less, true)
RELATE(efdtsteq, relate_double, equal, true)
RELATE(evfscmpgt, relate_vector, greater, false)
RELATE(evfscmplt, relate_vector, less, false)
RELATE(evfscmpeq, relate_vector, equal, false)
RELATE(evfststgt, relate_vector, greater, true)
RELATE(evfststlt, relate_vector, less, true)
RELATE(evfststeq, relate_vector, equal, true)
