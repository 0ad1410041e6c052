/*
 * SPE of e500v2: loads and stores (SPEPEM chapter 5). The address must be a
 * multiple of the 8, 4 or 2 bytes moved (alignment interrupt). Memory is read
 * and written by elements, so that each has the byte order of its page.
 */
#include "sim/exec/exec_memory.h"

typedef uint64_t spread_fn(uint32_t value);

/* Of `size` bytes in elements of `width`, the first one highest. All lie in one page. */
static inline enum exec_result load(struct core *core, const struct op *op, uint64_t ea, unsigned size,
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

static inline enum exec_result store(struct core *core, const struct op *op, uint64_t ea, unsigned size,
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

/* 2 or 4 bytes, spread over the register. */
static inline enum exec_result load_part(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					 unsigned width, spread_fn *spread)
{
	uint64_t value;
	enum exec_result result = load(core, op, ea, size, width, &value);

	if (result != EXEC_FAULT)
		core->r[op->t] = spread((uint32_t)value);
	return result;
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

/* What is moved: a whole register in elements of `width` bytes, or fewer bytes, spread over it or gathered from it. */
#define WHOLE(name, width)                                                                                        \
	static inline enum exec_result load_##name(struct core *core, const struct op *op, uint64_t ea)           \
	{                                                                                                         \
		return load(core, op, ea, 8, width, &core->r[op->t]);                                             \
	}                                                                                                         \
	static inline enum exec_result store_##name(struct core *core, const struct op *op, uint64_t ea)          \
	{                                                                                                         \
		return store(core, op, ea, 8, width, core->r[op->t]);                                             \
	}

#define SPREAD(name, size, width)                                                                                 \
	static inline enum exec_result load_##name(struct core *core, const struct op *op, uint64_t ea)           \
	{                                                                                                         \
		return load_part(core, op, ea, size, width, name);                                                \
	}

#define GATHER(name, width)                                                                                       \
	static inline enum exec_result store_##name(struct core *core, const struct op *op, uint64_t ea)          \
	{                                                                                                         \
		return store(core, op, ea, 4, width, name(core->r[op->t]));                                       \
	}

WHOLE(double, 8)
WHOLE(words, 4)
WHOLE(halves, 2)
SPREAD(half_even, 2, 2)
SPREAD(half_odd_unsigned, 2, 2)
SPREAD(half_odd_signed, 2, 2)
SPREAD(halves_even, 4, 2)
SPREAD(halves_odd_unsigned, 4, 2)
SPREAD(halves_odd_signed, 4, 2)
SPREAD(halves_splat, 4, 2)
SPREAD(word_splat, 4, 4)
GATHER(even_halves, 2)
GATHER(odd_halves, 2)
GATHER(even_word, 4)
GATHER(odd_word, 4)

EXEC_ACCESS(evldd, load_double, d)
EXEC_ACCESS(evlddx, load_double, x)
EXEC_ACCESS(evldw, load_words, d)
EXEC_ACCESS(evldwx, load_words, x)
EXEC_ACCESS(evldh, load_halves, d)
EXEC_ACCESS(evldhx, load_halves, x)
EXEC_ACCESS(evlhhesplat, load_half_even, d)
EXEC_ACCESS(evlhhesplatx, load_half_even, x)
EXEC_ACCESS(evlhhousplat, load_half_odd_unsigned, d)
EXEC_ACCESS(evlhhousplatx, load_half_odd_unsigned, x)
EXEC_ACCESS(evlhhossplat, load_half_odd_signed, d)
EXEC_ACCESS(evlhhossplatx, load_half_odd_signed, x)
EXEC_ACCESS(evlwhe, load_halves_even, d)
EXEC_ACCESS(evlwhex, load_halves_even, x)
EXEC_ACCESS(evlwhou, load_halves_odd_unsigned, d)
EXEC_ACCESS(evlwhoux, load_halves_odd_unsigned, x)
EXEC_ACCESS(evlwhos, load_halves_odd_signed, d)
EXEC_ACCESS(evlwhosx, load_halves_odd_signed, x)
EXEC_ACCESS(evlwhsplat, load_halves_splat, d)
EXEC_ACCESS(evlwhsplatx, load_halves_splat, x)
EXEC_ACCESS(evlwwsplat, load_word_splat, d)
EXEC_ACCESS(evlwwsplatx, load_word_splat, x)

EXEC_ACCESS(evstdd, store_double, d)
EXEC_ACCESS(evstddx, store_double, x)
EXEC_ACCESS(evstdw, store_words, d)
EXEC_ACCESS(evstdwx, store_words, x)
EXEC_ACCESS(evstdh, store_halves, d)
EXEC_ACCESS(evstdhx, store_halves, x)
EXEC_ACCESS(evstwhe, store_even_halves, d)
EXEC_ACCESS(evstwhex, store_even_halves, x)
EXEC_ACCESS(evstwho, store_odd_halves, d)
EXEC_ACCESS(evstwhox, store_odd_halves, x)
EXEC_ACCESS(evstwwe, store_even_word, d)
EXEC_ACCESS(evstwwex, store_even_word, x)
EXEC_ACCESS(evstwwo, store_odd_word, d)
EXEC_ACCESS(evstwwox, store_odd_word, x)
