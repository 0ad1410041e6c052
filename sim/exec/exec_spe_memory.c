/*
 * SPE of e500v2: loads and stores (SPEPEM chapter 5). The address must be a
 * multiple of the 8, 4 or 2 bytes moved (alignment interrupt). Memory is read
 * and written by elements, so that each has the byte order of its page.
 */
#include "sim/exec/exec_memory.h"

typedef uint64_t spread_fn(uint32_t value);

/* Of `size` bytes in elements of `width`, the first one highest. All lie in one page. */
static inline enum exec_result exec_spe_load(struct core *core, const struct op *op, uint64_t ea, unsigned size,
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

static inline enum exec_result exec_spe_store(struct core *core, const struct op *op, uint64_t ea, unsigned size,
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
static inline enum exec_result exec_spe_load_part(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					 unsigned width, spread_fn *spread)
{
	uint64_t value;
	enum exec_result result = exec_spe_load(core, op, ea, size, width, &value);

	if (result != EXEC_FAULT)
		core->r[op->t] = spread((uint32_t)value);
	return result;
}

static inline uint64_t exec_spe_join(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* A half-word into both words. */
static inline uint64_t exec_spe_half_even(uint32_t half)
{
	return exec_spe_join(half << 16, half << 16);
}

static inline uint64_t exec_spe_half_odd_unsigned(uint32_t half)
{
	return exec_spe_join(half, half);
}

static inline uint64_t exec_spe_half_odd_signed(uint32_t half)
{
	return exec_spe_half_odd_unsigned((uint32_t)(int16_t)half);
}

/* The half-words of a word, one into each word. */
static inline uint64_t exec_spe_halves_even(uint32_t word)
{
	return exec_spe_join(word & 0xffff0000, word << 16);
}

static inline uint64_t exec_spe_halves_odd_unsigned(uint32_t word)
{
	return exec_spe_join(word >> 16, word & 0xffff);
}

static inline uint64_t exec_spe_halves_odd_signed(uint32_t word)
{
	return exec_spe_join((uint32_t)((int32_t)word >> 16), (uint32_t)(int16_t)word);
}

static inline uint64_t exec_spe_halves_splat(uint32_t word)
{
	return exec_spe_join((word >> 16) * 0x10001, (word & 0xffff) * 0x10001);
}

static inline uint64_t exec_spe_word_splat(uint32_t word)
{
	return exec_spe_join(word, word);
}

static inline uint32_t exec_spe_even_halves(uint64_t vector)
{
	return (uint32_t)(vector >> 32 & 0xffff0000) | (uint32_t)(vector >> 16 & 0xffff);
}

static inline uint32_t exec_spe_odd_halves(uint64_t vector)
{
	return (uint32_t)(vector >> 16 & 0xffff0000) | (uint32_t)(vector & 0xffff);
}

static inline uint32_t exec_spe_even_word(uint64_t vector)
{
	return (uint32_t)(vector >> 32);
}

static inline uint32_t exec_spe_odd_word(uint64_t vector)
{
	return (uint32_t)vector;
}

/* What is moved: a whole register in elements of `width` bytes, or fewer bytes, spread over it or gathered from it. */
#define WHOLE(name, width)                                                                                             \
	static inline enum exec_result exec_spe_load_##name(struct core *core, const struct op *op, uint64_t ea)       \
	{                                                                                                              \
		return exec_spe_load(core, op, ea, 8, width, &core->r[op->t]);                                         \
	}                                                                                                              \
	static inline enum exec_result exec_spe_store_##name(struct core *core, const struct op *op, uint64_t ea)      \
	{                                                                                                              \
		return exec_spe_store(core, op, ea, 8, width, core->r[op->t]);                                         \
	}

#define SPREAD(name, size, width)                                                                                      \
	static inline enum exec_result exec_spe_load_##name(struct core *core, const struct op *op, uint64_t ea)       \
	{                                                                                                              \
		return exec_spe_load_part(core, op, ea, size, width, exec_spe_##name);                                 \
	}

#define GATHER(name, width)                                                                                            \
	static inline enum exec_result exec_spe_store_##name(struct core *core, const struct op *op, uint64_t ea)      \
	{                                                                                                              \
		return exec_spe_store(core, op, ea, 4, width, exec_spe_##name(core->r[op->t]));                        \
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

EXEC_ACCESS(evldd, exec_spe_load_double, d)
EXEC_ACCESS(evlddx, exec_spe_load_double, x)
EXEC_ACCESS(evldw, exec_spe_load_words, d)
EXEC_ACCESS(evldwx, exec_spe_load_words, x)
EXEC_ACCESS(evldh, exec_spe_load_halves, d)
EXEC_ACCESS(evldhx, exec_spe_load_halves, x)
EXEC_ACCESS(evlhhesplat, exec_spe_load_half_even, d)
EXEC_ACCESS(evlhhesplatx, exec_spe_load_half_even, x)
EXEC_ACCESS(evlhhousplat, exec_spe_load_half_odd_unsigned, d)
EXEC_ACCESS(evlhhousplatx, exec_spe_load_half_odd_unsigned, x)
EXEC_ACCESS(evlhhossplat, exec_spe_load_half_odd_signed, d)
EXEC_ACCESS(evlhhossplatx, exec_spe_load_half_odd_signed, x)
EXEC_ACCESS(evlwhe, exec_spe_load_halves_even, d)
EXEC_ACCESS(evlwhex, exec_spe_load_halves_even, x)
EXEC_ACCESS(evlwhou, exec_spe_load_halves_odd_unsigned, d)
EXEC_ACCESS(evlwhoux, exec_spe_load_halves_odd_unsigned, x)
EXEC_ACCESS(evlwhos, exec_spe_load_halves_odd_signed, d)
EXEC_ACCESS(evlwhosx, exec_spe_load_halves_odd_signed, x)
EXEC_ACCESS(evlwhsplat, exec_spe_load_halves_splat, d)
EXEC_ACCESS(evlwhsplatx, exec_spe_load_halves_splat, x)
EXEC_ACCESS(evlwwsplat, exec_spe_load_word_splat, d)
EXEC_ACCESS(evlwwsplatx, exec_spe_load_word_splat, x)

EXEC_ACCESS(evstdd, exec_spe_store_double, d)
EXEC_ACCESS(evstddx, exec_spe_store_double, x)
EXEC_ACCESS(evstdw, exec_spe_store_words, d)
EXEC_ACCESS(evstdwx, exec_spe_store_words, x)
EXEC_ACCESS(evstdh, exec_spe_store_halves, d)
EXEC_ACCESS(evstdhx, exec_spe_store_halves, x)
EXEC_ACCESS(evstwhe, exec_spe_store_even_halves, d)
EXEC_ACCESS(evstwhex, exec_spe_store_even_halves, x)
EXEC_ACCESS(evstwho, exec_spe_store_odd_halves, d)
EXEC_ACCESS(evstwhox, exec_spe_store_odd_halves, x)
EXEC_ACCESS(evstwwe, exec_spe_store_even_word, d)
EXEC_ACCESS(evstwwex, exec_spe_store_even_word, x)
EXEC_ACCESS(evstwwo, exec_spe_store_odd_word, d)
EXEC_ACCESS(evstwwox, exec_spe_store_odd_word, x)
