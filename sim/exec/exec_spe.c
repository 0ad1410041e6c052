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

static inline uint64_t exec_spe_join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

static inline uint32_t exec_spe_high(uint64_t vector)
{
	return (uint32_t)(vector >> 32);
}

static inline uint32_t exec_spe_low(uint64_t vector)
{
	return (uint32_t)vector;
}

static inline uint64_t exec_spe_splat(uint32_t word)
{
	return exec_spe_join(word, word);
}

static inline enum exec_result exec_spe_set_vector(struct core *core, const struct op *op, uint64_t vector)
{
	core->r[op->t] = vector;
	return EXEC_NEXT;
}

static inline enum exec_result exec_spe_words(struct core *core, const struct op *op, word_fn *kernel, uint64_t a,
					      uint64_t b)
{
	return exec_spe_set_vector(
		core, op,
		exec_spe_join(kernel(exec_spe_high(a), exec_spe_high(b)), kernel(exec_spe_low(a), exec_spe_low(b))));
}

/* A kernel on each pair of words: of two registers, or of one and an immediate. */
#define VECTOR(name, kernel, a, b)                                                                    \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_spe_words(core, op, kernel, a, b);                                                 \
	}

#define A core->r[op->a]
#define B core->r[op->b]
#define IMMEDIATE exec_spe_splat((uint32_t)op->imm)

static inline uint32_t exec_spe_add(uint32_t a, uint32_t b)
{
	return a + b;
}

static inline uint32_t exec_spe_subtract_from(uint32_t a, uint32_t b)
{
	return b - a;
}

VECTOR(evaddw, exec_spe_add, A, B)
VECTOR(evaddiw, exec_spe_add, IMMEDIATE, B)
VECTOR(evsubfw, exec_spe_subtract_from, A, B)
VECTOR(evsubifw, exec_spe_subtract_from, IMMEDIATE, B)

/* The most negative number stays what it is. */
static inline uint32_t exec_spe_absolute(uint32_t a, uint32_t b)
{
	return a >> 31 ? 0 - a : a;
}

static inline uint32_t exec_spe_negate(uint32_t a, uint32_t b)
{
	return 0 - a;
}

static inline uint32_t exec_spe_extend_byte(uint32_t a, uint32_t b)
{
	return (uint32_t)(int8_t)a;
}

static inline uint32_t exec_spe_extend_half(uint32_t a, uint32_t b)
{
	return (uint32_t)(int16_t)a;
}

static inline uint32_t exec_spe_round_half(uint32_t a, uint32_t b)
{
	return (a + 0x8000) & 0xffff0000;
}

static inline uint32_t exec_spe_count_zeros(uint32_t a, uint32_t b)
{
	return a ? (uint32_t)__builtin_clz(a) : 32;
}

/* The sign bit counts itself: 1 to 32. */
static inline uint32_t exec_spe_count_signs(uint32_t a, uint32_t b)
{
	return exec_spe_count_zeros(a >> 31 ? ~a : a, b);
}

VECTOR(evabs, exec_spe_absolute, A, 0)
VECTOR(evneg, exec_spe_negate, A, 0)
VECTOR(evextsb, exec_spe_extend_byte, A, 0)
VECTOR(evextsh, exec_spe_extend_half, A, 0)
VECTOR(evrndw, exec_spe_round_half, A, 0)
VECTOR(evcntlzw, exec_spe_count_zeros, A, 0)
VECTOR(evcntlsw, exec_spe_count_signs, A, 0)

/* Six bits of shift count: 32 and more shift everything out. */
static inline uint32_t exec_spe_shift_right_unsigned(uint32_t a, uint32_t b)
{
	return (uint32_t)((uint64_t)a >> (b & 63));
}

static inline uint32_t exec_spe_shift_right_signed(uint32_t a, uint32_t b)
{
	return (uint32_t)((int64_t)(int32_t)a >> (b & 63));
}

static inline uint32_t exec_spe_shift_left(uint32_t a, uint32_t b)
{
	return (uint32_t)((uint64_t)a << (b & 63));
}

static inline uint32_t exec_spe_rotate_left(uint32_t a, uint32_t b)
{
	return bits_rotl32(a, b);
}

VECTOR(evsrwu, exec_spe_shift_right_unsigned, A, B)
VECTOR(evsrwiu, exec_spe_shift_right_unsigned, A, IMMEDIATE)
VECTOR(evsrws, exec_spe_shift_right_signed, A, B)
VECTOR(evsrwis, exec_spe_shift_right_signed, A, IMMEDIATE)
VECTOR(evslw, exec_spe_shift_left, A, B)
VECTOR(evslwi, exec_spe_shift_left, A, IMMEDIATE)
VECTOR(evrlw, exec_spe_rotate_left, A, B)
VECTOR(evrlwi, exec_spe_rotate_left, A, IMMEDIATE)

/* A vector as a whole. */
#define WHOLE(name, vector)                                                                           \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_spe_set_vector(core, op, vector);                                                  \
	}

WHOLE(evand, A & B)
WHOLE(evandc, A & ~B)
WHOLE(evxor, A ^ B)
WHOLE(evor, A | B)
WHOLE(evnor, ~(A | B))
WHOLE(eveqv, ~(A ^ B))
WHOLE(evorc, A | ~B)
WHOLE(evnand, ~(A & B))
WHOLE(evmergehi, exec_spe_join(exec_spe_high(A), exec_spe_high(B)))
WHOLE(evmergelo, exec_spe_join(exec_spe_low(A), exec_spe_low(B)))
WHOLE(evmergehilo, exec_spe_join(exec_spe_high(A), exec_spe_low(B)))
WHOLE(evmergelohi, exec_spe_join(exec_spe_low(A), exec_spe_high(B)))
WHOLE(evsplati, IMMEDIATE)
WHOLE(evsplatfi, exec_spe_splat((uint32_t)op->imm << 27))

/* The field's first bit selects the high word, its second the low one. */
enum exec_result exec_evsel(struct core *core, const struct op *op)
{
	unsigned field = core->cr[op->c];

	return exec_spe_set_vector(core, op,
				   exec_spe_join(exec_spe_high(field & 8 ? A : B), exec_spe_low(field & 4 ? A : B)));
}

static inline bool exec_spe_greater_unsigned(uint32_t a, uint32_t b)
{
	return a > b;
}

static inline bool exec_spe_greater_signed(uint32_t a, uint32_t b)
{
	return (int32_t)a > (int32_t)b;
}

static inline bool exec_spe_less_unsigned(uint32_t a, uint32_t b)
{
	return a < b;
}

static inline bool exec_spe_less_signed(uint32_t a, uint32_t b)
{
	return (int32_t)a < (int32_t)b;
}

static inline bool exec_spe_equal(uint32_t a, uint32_t b)
{
	return a == b;
}

/* The field becomes: high, low, either, both. */
static inline enum exec_result exec_spe_compare(struct core *core, const struct op *op, relation_fn *relation)
{
	unsigned h = relation(exec_spe_high(A), exec_spe_high(B)), l = relation(exec_spe_low(A), exec_spe_low(B));

	core->cr[op->t] = (uint8_t)(h << 3 | l << 2 | (h | l) << 1 | (h & l));
	return EXEC_NEXT;
}

#define COMPARE(name, relation)                                                                       \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return exec_spe_compare(core, op, relation);                                                   \
	}

COMPARE(evcmpgtu, exec_spe_greater_unsigned)
COMPARE(evcmpgts, exec_spe_greater_signed)
COMPARE(evcmpltu, exec_spe_less_unsigned)
COMPARE(evcmplts, exec_spe_less_signed)
COMPARE(evcmpeq, exec_spe_equal)

static inline uint32_t exec_spe_divide_signed(uint32_t a, uint32_t b, bool *overflow)
{
	*overflow = b == 0 || (a == 0x80000000 && b == UINT32_MAX);
	if (*overflow)
		return a >> 31 && b == 0 ? 0x80000000 : 0x7fffffff;
	return (uint32_t)((int32_t)a / (int32_t)b);
}

static inline uint32_t exec_spe_divide_unsigned(uint32_t a, uint32_t b, bool *overflow)
{
	*overflow = b == 0;
	return b ? a / b : UINT32_MAX;
}

static inline enum exec_result exec_spe_divide(struct core *core, const struct op *op, divide_fn *kernel)
{
	bool overflow_high, overflow_low;
	uint32_t h = kernel(exec_spe_high(A), exec_spe_high(B), &overflow_high);
	uint32_t l = kernel(exec_spe_low(A), exec_spe_low(B), &overflow_low);

	core->r[op->t] = exec_spe_join(h, l);
	spefscr_set_overflow(&core->spefscr, overflow_high, overflow_low);
	return EXEC_NEXT;
}

enum exec_result exec_evdivws(struct core *core, const struct op *op)
{
	return exec_spe_divide(core, op, exec_spe_divide_signed);
}

enum exec_result exec_evdivwu(struct core *core, const struct op *op)
{
	return exec_spe_divide(core, op, exec_spe_divide_unsigned);
}

static inline uint32_t exec_spe_reverse_half(uint32_t value)
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
	uint32_t next = exec_spe_reverse_half((exec_spe_reverse_half((a | ~mask) & 0xffff) + 1) & 0xffff);

	core_set_gpr(core, op->t, (a & 0xffff0000) | (next & mask));
	return EXEC_NEXT;
}
