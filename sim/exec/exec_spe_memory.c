/*
 * SPE of e500v2: loads and stores (SPEPEM chapter 5). The address must be a
 * multiple of the 8, 4 or 2 bytes moved (alignment interrupt). Memory is read
 * and written by elements, so that each has the byte order of its page.
 */
#include "sim/exec/access.h"
#include "sim/exec/exec.h"

typedef uint64_t spread_fn(uint32_t value);
typedef uint32_t gather_fn(uint64_t vector);

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

/* Of `size` bytes in elements of `width`, the first one highest. All lie in one page. */
static inline enum exec_result load(struct core *core, const struct op *op, uint32_t ea, unsigned size,
				    unsigned width, uint64_t *value)
{
	enum exec_result result, all = EXEC_NEXT;
	uint64_t sum = 0;
	uint32_t word;
	uint16_t half;

	if (ea & (size - 1)) {
		access_misaligned(core, op, ea, false);
		return EXEC_FAULT;
	}
	if (width == 8)
		return access_load64(core, op, ea, value);
	for (unsigned at = 0; at < size; at += width) {
		if (width == 4)
			result = access_load32(core, op, ea + at, &word);
		else
			result = access_load16(core, op, ea + at, &half);
		if (result == EXEC_FAULT)
			return result;
		if (result == EXEC_LEAVE)
			all = result;
		sum = width == 4 ? sum << 32 | word : sum << 16 | half;
	}
	*value = sum;
	return all;
}

static inline enum exec_result store(struct core *core, const struct op *op, uint32_t ea, unsigned size,
				     unsigned width, uint64_t value)
{
	enum exec_result result, all = EXEC_NEXT;

	if (ea & (size - 1)) {
		access_misaligned(core, op, ea, true);
		return EXEC_FAULT;
	}
	if (width == 8)
		return access_store64(core, op, ea, value);
	for (unsigned at = 0; at < size; at += width) {
		uint64_t element = value >> 8 * (size - width - at);

		if (width == 4)
			result = access_store32(core, op, ea + at, (uint32_t)element);
		else
			result = access_store16(core, op, ea + at, (uint16_t)element);
		if (result == EXEC_FAULT)
			return result;
		if (result == EXEC_LEAVE)
			all = result;
	}
	return all;
}

static inline enum exec_result load_vector(struct core *core, const struct op *op, uint32_t ea, unsigned width)
{
	return load(core, op, ea, 8, width, &core->r[op->t]);
}

static inline enum exec_result store_vector(struct core *core, const struct op *op, uint32_t ea, unsigned width)
{
	return store(core, op, ea, 8, width, core->r[op->t]);
}

/* 2 or 4 bytes, spread over the register. */
static inline enum exec_result load_part(struct core *core, const struct op *op, uint32_t ea, unsigned size,
					 unsigned width, spread_fn *spread)
{
	uint64_t value;
	enum exec_result result = load(core, op, ea, size, width, &value);

	if (result != EXEC_FAULT)
		core->r[op->t] = spread((uint32_t)value);
	return result;
}

/* 4 bytes, gathered from the register. */
static inline enum exec_result store_part(struct core *core, const struct op *op, uint32_t ea, unsigned width,
					  gather_fn *gather)
{
	return store(core, op, ea, 4, width, gather(core->r[op->t]));
}

static inline uint64_t join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* A half-word into both words. */
static inline uint64_t half_even(uint32_t half)
{
	return join(half << 16, half << 16);
}

static inline uint64_t half_odd_unsigned(uint32_t half)
{
	return join(half, half);
}

static inline uint64_t half_odd_signed(uint32_t half)
{
	return half_odd_unsigned((uint32_t)(int16_t)half);
}

/* The half-words of a word, one into each word. */
static inline uint64_t halves_even(uint32_t word)
{
	return join(word & 0xffff0000, word << 16);
}

static inline uint64_t halves_odd_unsigned(uint32_t word)
{
	return join(word >> 16, word & 0xffff);
}

static inline uint64_t halves_odd_signed(uint32_t word)
{
	return join((uint32_t)((int32_t)word >> 16), (uint32_t)(int16_t)word);
}

static inline uint64_t halves_splat(uint32_t word)
{
	return join((word >> 16) * 0x10001, (word & 0xffff) * 0x10001);
}

static inline uint64_t word_splat(uint32_t word)
{
	return join(word, word);
}

static inline uint32_t even_halves(uint64_t vector)
{
	return (uint32_t)(vector >> 32 & 0xffff0000) | (uint32_t)(vector >> 16 & 0xffff);
}

static inline uint32_t odd_halves(uint64_t vector)
{
	return (uint32_t)(vector >> 16 & 0xffff0000) | (uint32_t)(vector & 0xffff);
}

static inline uint32_t even_word(uint64_t vector)
{
	return (uint32_t)(vector >> 32);
}

static inline uint32_t odd_word(uint64_t vector)
{
	return (uint32_t)vector;
}

#define LOAD(name, width, ea)                                                                         \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return load_vector(core, op, ea(core, op), width);                                    \
	}

#define STORE(name, width, ea)                                                                        \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return store_vector(core, op, ea(core, op), width);                                   \
	}

#define LOAD_PART(name, size, width, spread, ea)                                                      \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return load_part(core, op, ea(core, op), size, width, spread);                        \
	}

#define STORE_PART(name, width, gather, ea)                                                           \
	enum exec_result exec_##name(struct core *core, const struct op *op)                          \
	{                                                                                             \
		return store_part(core, op, ea(core, op), width, gather);                             \
	}

LOAD(evldd, 8, ea_displacement)
LOAD(evlddx, 8, ea_indexed)
LOAD(evldw, 4, ea_displacement)
LOAD(evldwx, 4, ea_indexed)
LOAD(evldh, 2, ea_displacement)
LOAD(evldhx, 2, ea_indexed)
LOAD_PART(evlhhesplat, 2, 2, half_even, ea_displacement)
LOAD_PART(evlhhesplatx, 2, 2, half_even, ea_indexed)
LOAD_PART(evlhhousplat, 2, 2, half_odd_unsigned, ea_displacement)
LOAD_PART(evlhhousplatx, 2, 2, half_odd_unsigned, ea_indexed)
LOAD_PART(evlhhossplat, 2, 2, half_odd_signed, ea_displacement)
LOAD_PART(evlhhossplatx, 2, 2, half_odd_signed, ea_indexed)
LOAD_PART(evlwhe, 4, 2, halves_even, ea_displacement)
LOAD_PART(evlwhex, 4, 2, halves_even, ea_indexed)
LOAD_PART(evlwhou, 4, 2, halves_odd_unsigned, ea_displacement)
LOAD_PART(evlwhoux, 4, 2, halves_odd_unsigned, ea_indexed)
LOAD_PART(evlwhos, 4, 2, halves_odd_signed, ea_displacement)
LOAD_PART(evlwhosx, 4, 2, halves_odd_signed, ea_indexed)
LOAD_PART(evlwhsplat, 4, 2, halves_splat, ea_displacement)
LOAD_PART(evlwhsplatx, 4, 2, halves_splat, ea_indexed)
LOAD_PART(evlwwsplat, 4, 4, word_splat, ea_displacement)
LOAD_PART(evlwwsplatx, 4, 4, word_splat, ea_indexed)

STORE(evstdd, 8, ea_displacement)
STORE(evstddx, 8, ea_indexed)
STORE(evstdw, 4, ea_displacement)
STORE(evstdwx, 4, ea_indexed)
STORE(evstdh, 2, ea_displacement)
STORE(evstdhx, 2, ea_indexed)
STORE_PART(evstwhe, 2, even_halves, ea_displacement)
STORE_PART(evstwhex, 2, even_halves, ea_indexed)
STORE_PART(evstwho, 2, odd_halves, ea_displacement)
STORE_PART(evstwhox, 2, odd_halves, ea_indexed)
STORE_PART(evstwwe, 4, even_word, ea_displacement)
STORE_PART(evstwwex, 4, even_word, ea_indexed)
STORE_PART(evstwwo, 4, odd_word, ea_displacement)
STORE_PART(evstwwox, 4, odd_word, ea_indexed)
