/* Unaligned big- and little-endian access to host memory. The host may have either byte order. */
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

ENDIAN_ACCESSORS(be, BE, 16)
ENDIAN_ACCESSORS(be, BE, 32)
ENDIAN_ACCESSORS(be, BE, 64)
ENDIAN_ACCESSORS(le, LE, 16)
ENDIAN_ACCESSORS(le, LE, 32)
ENDIAN_ACCESSORS(le, LE, 64)

#undef ENDIAN_ACCESSORS

#endif
