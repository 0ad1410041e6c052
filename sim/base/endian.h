/*
 * Big- and little-endian access to host memory, which need not be aligned. The
 * host may have either byte order.
 *
 * The forms with `atomic` in their names are for aligned words that other threads
 * may access at the same time: each is one access of the host, never torn, and in
 * no order with others.
 */
#ifndef WARPCORE_BASE_ENDIAN_H
#define WARPCORE_BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ENDIAN_BE16(x) __builtin_bswap16(x)
#define ENDIAN_BE32(x) __builtin_bswap32(x)
#define ENDIAN_BE64(x) __builtin_bswap64(x)
#define ENDIAN_LE16(x) (x)
#define ENDIAN_LE32(x) (x)
#define ENDIAN_LE64(x) (x)
#else
#define ENDIAN_BE16(x) (x)
#define ENDIAN_BE32(x) (x)
#define ENDIAN_BE64(x) (x)
#define ENDIAN_LE16(x) __builtin_bswap16(x)
#define ENDIAN_LE32(x) __builtin_bswap32(x)
#define ENDIAN_LE64(x) __builtin_bswap64(x)
#endif

#define ENDIAN_ACCESSORS(order, ORDER, width)                                        \
	static inline uint##width##_t order##width##_load(const void *p)             \
	{                                                                            \
		uint##width##_t v;                                                   \
		memcpy(&v, p, sizeof v);                                             \
		return ENDIAN_##ORDER##width(v);                                     \
	}                                                                            \
	static inline void order##width##_store(void *p, uint##width##_t v)          \
	{                                                                            \
		v = ENDIAN_##ORDER##width(v);                                        \
		memcpy(p, &v, sizeof v);                                             \
	}

#define ENDIAN_ATOMIC_ACCESSORS(order, ORDER, width)                                             \
	static inline uint##width##_t order##width##_load_atomic(const void *p)                  \
	{                                                                                        \
		return ENDIAN_##ORDER##width(__atomic_load_n((const uint##width##_t *)p,         \
							     __ATOMIC_RELAXED));                 \
	}                                                                                        \
	static inline void order##width##_store_atomic(void *p, uint##width##_t v)               \
	{                                                                                        \
		__atomic_store_n((uint##width##_t *)p, ENDIAN_##ORDER##width(v), __ATOMIC_RELAXED); \
	}

ENDIAN_ACCESSORS(be, BE, 16)
ENDIAN_ACCESSORS(be, BE, 32)
ENDIAN_ACCESSORS(be, BE, 64)
ENDIAN_ACCESSORS(le, LE, 16)
ENDIAN_ACCESSORS(le, LE, 32)
ENDIAN_ACCESSORS(le, LE, 64)

ENDIAN_ATOMIC_ACCESSORS(be, BE, 16)
ENDIAN_ATOMIC_ACCESSORS(be, BE, 32)
ENDIAN_ATOMIC_ACCESSORS(be, BE, 64)

#undef ENDIAN_ACCESSORS
#undef ENDIAN_ATOMIC_ACCESSORS

#endif
