/*
 * SPE of e500v2: simple vector integer instructions (SPEPEM chapter 5). A GPR is
 * a vector of two words, the high one first. Multiplies are in
 * exec_spe_multiply.c, loads and stores in exec_spe_memory.c.
 */
#include "sim/exec/exec.h"
#include "sim/float/spefscr.h"

typedef uint32_t word_fn(uint32_t a, uint32_t b);
typedef bool relation_fn(uint32_t a, uint32_t b);
typedef uint32_t divide_fn(uint32_t a, uint32_t b, bool *overflow);

static inline uint64_t join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

static inline uint32_t high(uint64_t vector)
{
	return (uint32_t)(vector >> 32);
}

static inline uint32_t low(uint64_t vector)
{
	return (uint32_t)vector;
}

static inline uint64_t splat(uint32_t word)
{
	return join(word, word);
}

static inline enum exec_result set_vector(struct core *core, const struct op *op, uint64_t vector)
{
	core->r[op->t] = vector;
	return EXEC_NEXT;
}

static inline enum exec_result words(struct core *core, const struct op *op, word_fn *kernel, uint64_t a, uint64_t b)
{
	return set_vector(core, op, join(kernel(high(a), high(b)), kernel(low(a), low(b))));
}

/* A kernel on each pair of words: of two registers, or of one and an immediate. */
#define VECTOR(name, kernel, a, b)                                                                    \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return words(core, op, kernel, a, b);                                                 \
	}

#define A core->r[op->a]
#define B core->r[op->b]
#define IMMEDIATE splat((uint32_t)op->imm)

static inline uint32_t add(uint32_t a, uint32_t b)
{
	return a + b;
}

static inline uint32_t subtract_from(uint32_t a, uint32_t b)
{
	return b - a;
}

VECTOR(evaddw, add, A, B)
VECTOR(evaddiw, add, IMMEDIATE, B)
VECTOR(evsubfw, subtract_from, A, B)
VECTOR(evsubifw, subtract_from, IMMEDIATE, B)

/* The most negative number stays what it is. */
static inline uint32_t absolute(uint32_t a, uint32_t b)
{
	return a >> 31 ? 0 - a : a;
}

static inline uint32_t negate(uint32_t a, uint32_t b)
{
	return 0 - a;
}

static inline uint32_t extend_byte(uint32_t a, uint32_t b)
{
	return (uint32_t)(int8_t)a;
}

static inline uint32_t extend_half(uint32_t a, uint32_t b)
{
	return (uint32_t)(int16_t)a;
}

static inline uint32_t round_half(uint32_t a, uint32_t b)
{
	return (a + 0x8000) & 0xffff0000;
}

static inline uint32_t count_zeros(uint32_t a, uint32_t b)
{
	return a ? (uint32_t)__builtin_clz(a) : 32;
}

/* The sign bit counts itself: 1 to 32. */
static inline uint32_t count_signs(uint32_t a, uint32_t b)
{
	return count_zeros(a >> 31 ? ~a : a, b);
}

VECTOR(evabs, absolute, A, 0)
VECTOR(evneg, negate, A, 0)
VECTOR(evextsb, extend_byte, A, 0)
VECTOR(evextsh, extend_half, A, 0)
VECTOR(evrndw, round_half, A, 0)
VECTOR(evcntlzw, count_zeros, A, 0)
VECTOR(evcntlsw, count_signs, A, 0)

/* Six bits of shift count: 32 and more shift everything out. */
static inline uint32_t shift_right_unsigned(uint32_t a, uint32_t b)
{
	return (uint32_t)((uint64_t)a >> (b & 63));
}

static inline uint32_t shift_right_signed(uint32_t a, uint32_t b)
{
	return (uint32_t)((int64_t)(int32_t)a >> (b & 63));
}

static inline uint32_t shift_left(uint32_t a, uint32_t b)
{
	return (uint32_t)((uint64_t)a << (b & 63));
}

static inline uint32_t rotate_left(uint32_t a, uint32_t b)
{
	return bits_rotl32(a, b);
}

VECTOR(evsrwu, shift_right_unsigned, A, B)
VECTOR(evsrwiu, shift_right_unsigned, A, IMMEDIATE)
VECTOR(evsrws, shift_right_signed, A, B)
VECTOR(evsrwis, shift_right_signed, A, IMMEDIATE)
VECTOR(evslw, shift_left, A, B)
VECTOR(evslwi, shift_left, A, IMMEDIATE)
VECTOR(evrlw, rotate_left, A, B)
VECTOR(evrlwi, rotate_left, A, IMMEDIATE)

/* A vector as a whole. */
#define WHOLE(name, vector)                                                                           \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return set_vector(core, op, vector);                                                  \
	}

WHOLE(evand, A & B)
WHOLE(evandc, A & ~B)
WHOLE(evxor, A ^ B)
WHOLE(evor, A | B)
WHOLE(evnor, ~(A | B))
WHOLE(eveqv, ~(A ^ B))
WHOLE(evorc, A | ~B)
WHOLE(evnand, ~(A & B))
WHOLE(evmergehi, join(high(A), high(B)))
WHOLE(evmergelo, join(low(A), low(B)))
WHOLE(evmergehilo, join(high(A), low(B)))
WHOLE(evmergelohi, join(low(A), high(B)))
WHOLE(evsplati, IMMEDIATE)
WHOLE(evsplatfi, splat((uint32_t)op->imm << 27))

/* The field's first bit selects the high word, its second the low one. */
enum exec_result exec_evsel(struct core *core, const struct op *op)
{
	unsigned field = core->cr[op->c];

	return set_vector(core, op, join(high(field & 8 ? A : B), low(field & 4 ? A : B)));
}

static inline bool greater_unsigned(uint32_t a, uint32_t b)
{
	return a > b;
}

static inline bool greater_signed(uint32_t a, uint32_t b)
{
	return (int32_t)a > (int32_t)b;
}

static inline bool less_unsigned(uint32_t a, uint32_t b)
{
	return a < b;
}

static inline bool less_signed(uint32_t a, uint32_t b)
{
	return (int32_t)a < (int32_t)b;
}

static inline bool equal(uint32_t a, uint32_t b)
{
	return a == b;
}

/* The field becomes: high, low, either, both. */
static inline enum exec_result compare(struct core *core, const struct op *op, relation_fn *relation)
{
	unsigned h = relation(high(A), high(B)), l = relation(low(A), low(B));

	core->cr[op->t] = (uint8_t)(h << 3 | l << 2 | (h | l) << 1 | (h & l));
	return EXEC_NEXT;
}

#define COMPARE(name, relation)                                                                       \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return compare(core, op, relation);                                                   \
	}

COMPARE(evcmpgtu, greater_unsigned)
COMPARE(evcmpgts, greater_signed)
COMPARE(evcmpltu, less_unsigned)
COMPARE(evcmplts, less_signed)
COMPARE(evcmpeq, equal)

static inline uint32_t divide_signed(uint32_t a, uint32_t b, bool *overflow)
{
	*overflow = b == 0 || (a == 0x80000000 && b == UINT32_MAX);
	if (*overflow)
		return a >> 31 && b == 0 ? 0x80000000 : 0x7fffffff;
	return (uint32_t)((int32_t)a / (int32_t)b);
}

static inline uint32_t divide_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	*overflow = b == 0;
	return b ? a / b : UINT32_MAX;
}

static inline enum exec_result divide(struct core *core, const struct op *op, divide_fn *kernel)
{
	bool overflow_high, overflow_low;
	uint32_t h = kernel(high(A), high(B), &overflow_high);
	uint32_t l = kernel(low(A), low(B), &overflow_low);

	core->r[op->t] = join(h, l);
	spefscr_set_overflow(&core->spefscr, overflow_high, overflow_low);
	return EXEC_NEXT;
}

enum exec_result exec_evdivws(struct core *core, const struct op *op)
{
	return divide(core, op, divide_signed);
}

enum exec_result exec_evdivwu(struct core *core, const struct op *op)
{
	return divide(core, op, divide_unsigned);
}

static inline uint32_t reverse_half(uint32_t value)
{
	uint32_t reversed = 0;

	for (int bit = 0; bit < 16; bit++)
		reversed |= (value >> bit & 1) << (15 - bit);
	return reversed;
}

/*
 * The next index of a bit-reversed FFT buffer: 16 mask bits on e500. Works on
 * the low word alone, and is no reason for an SPE unavailable interrupt (EREF).
 */
enum exec_result exec_brinc(struct core *core, const struct op *op)
{
	uint32_t a = core_gpr(core, op->a), mask = core_gpr(core, op->b) & 0xffff;
	uint32_t next = reverse_half((reverse_half((a | ~mask) & 0xffff) + 1) & 0xffff);

	core_set_gpr(core, op->t, (a & 0xffff0000) | (next & mask));
	return EXEC_NEXT;
}
