#include "sim/float/softfloat.h"

typedef unsigned __int128 uint128; /* the one scalar type that stdint.h lacks */

enum kind { ZERO, FINITE, INFINITE, NAN_KIND };

/* An operand taken apart: FINITE is significand / 2^63 * 2^exponent with bit 63 set. */
struct number {
	enum kind kind;
	bool sign;
	int exponent;
	uint64_t significand;
};

/* An exact value on its way: significand / 2^126 * 2^exponent; bit 0 may stand for all below it. */
struct wide {
	bool sign;
	int exponent;
	uint128 significand;
};

struct format {
	int bits;             /* of the significand */
	int smallest, largest; /* exponents of normal numbers */
	int adjust;           /* of the exponent when overflow or underflow is enabled */
};

static const struct format formats[] = {
	[SOFTFLOAT_SINGLE] = { 24, -126, 127, 192 },
	[SOFTFLOAT_DOUBLE] = { 53, -1022, 1023, 1536 },
};

static inline struct number softfloat_unpack(uint64_t a)
{
	struct number n = { .sign = a >> 63 };
	int exponent = (int)(a >> 52 & 0x7ff);
	uint64_t fraction = a & SOFTFLOAT_FRACTION;

	if (exponent == 0x7ff) {
		n.kind = fraction ? NAN_KIND : INFINITE;
	} else if (exponent) {
		n.kind = FINITE;
		n.exponent = exponent - 1023;
		n.significand = (fraction | SOFTFLOAT_HIDDEN) << 11;
	} else if (fraction) {
		int zeros = __builtin_clzll(fraction);

		n.kind = FINITE;
		n.exponent = -1011 - zeros;
		n.significand = fraction << zeros;
	}
	return n;
}

static uint64_t softfloat_signed_zero(bool sign)
{
	return (uint64_t)sign << 63;
}

static uint64_t softfloat_signed_infinity(bool sign)
{
	return softfloat_signed_zero(sign) | SOFTFLOAT_INFINITY;
}

static uint64_t softfloat_invalid(struct softfloat *sf, enum softfloat_flag kind)
{
	sf->flags |= kind;
	return SOFTFLOAT_DEFAULT_NAN;
}

/* The first NaN of up to three operands, quiet and of this precision; an operand that is not there is zero. */
static uint64_t softfloat_propagate(struct softfloat *sf, enum softfloat_precision precision, uint64_t first,
				    uint64_t second, uint64_t third)
{
	uint64_t nan = softfloat_is_nan(first) ? first : softfloat_is_nan(second) ? second : third;

	if (softfloat_is_snan(first) || softfloat_is_snan(second) || softfloat_is_snan(third))
		sf->flags |= SOFTFLOAT_SNAN;
	nan |= SOFTFLOAT_QUIET;
	return precision == SOFTFLOAT_SINGLE ? nan & ~SOFTFLOAT_BELOW_SINGLE : nan;
}

static uint64_t softfloat_shift_right_sticky(uint64_t value, unsigned count)
{
	if (count == 0)
		return value;
	if (count > 63)
		return value != 0;
	return value >> count | (value << (64 - count) != 0);
}

static uint128 softfloat_shift_right_sticky_wide(uint128 value, unsigned count)
{
	if (count == 0)
		return value;
	if (count > 127)
		return value != 0;
	return value >> count | (value << (128 - count) != 0);
}

/* Whether a magnitude with this last bit and this remainder (`half` of the last bit is a tie) is incremented. */
static bool softfloat_round_increments(const struct softfloat *sf, bool sign, bool odd, uint64_t remainder,
				       uint64_t half)
{
	switch (sf->round) {
	case SOFTFLOAT_NEAREST:
		return remainder > half || (remainder == half && odd);
	case SOFTFLOAT_UP:
		return remainder && !sign;
	case SOFTFLOAT_DOWN:
		return remainder && sign;
	default:
		return false;
	}
}

/* `remainder` was cut off, `half` is its first bit. */
static void softfloat_note_inexact(struct softfloat *sf, uint64_t remainder, uint64_t half)
{
	sf->flags |= SOFTFLOAT_INEXACT;
	if (remainder & half)
		sf->flags |= SOFTFLOAT_GUARD;
	if (remainder & (half - 1))
		sf->flags |= SOFTFLOAT_STICKY;
}

/* Drops the low `cut` bits (1..63) of a significand; the result may carry one bit further. */
static uint64_t softfloat_round_significand(struct softfloat *sf, bool sign, uint64_t significand, unsigned cut)
{
	uint64_t half = UINT64_C(1) << (cut - 1);
	uint64_t remainder = significand & (2 * half - 1);
	uint64_t kept = significand >> cut;

	if (!remainder)
		return kept;
	softfloat_note_inexact(sf, remainder, half);
	if (!softfloat_round_increments(sf, sign, kept & 1, remainder, half))
		return kept;
	sf->flags |= SOFTFLOAT_ROUNDED_UP;
	return kept + 1;
}

/*
 * The double format of integer * 2^unit; the integer has at most 53 bits, or
 * is 2^53. An exponent out of range (an enabled exception of an instruction
 * whose operands were no singles: undefined) wraps in its field.
 */
static uint64_t softfloat_pack(bool sign, uint64_t integer, int unit)
{
	int lead = 63 - __builtin_clzll(integer);
	int exponent = lead + unit;
	uint64_t fraction = (lead > 52 ? integer >> 1 : integer << (52 - lead)) & SOFTFLOAT_FRACTION;

	if (exponent < -1022 && unit >= -1074)
		return softfloat_signed_zero(sign) | integer << (unit + 1074);
	return softfloat_signed_zero(sign) | ((uint64_t)(exponent + 1023) & 0x7ff) << 52 | fraction;
}

/*
 * Overflow that is not enabled: infinity, or the largest number where the mode rounds towards zero. ROUNDED_UP stays
 * what the rounding of the significand made it: undefined in 4.4.3, and so was a 603e seen to do.
 */
static uint64_t softfloat_overflowed(struct softfloat *sf, const struct format *format, bool sign)
{
	sf->flags |= SOFTFLOAT_OVERFLOW | SOFTFLOAT_INEXACT;
	if (softfloat_round_increments(sf, sign, true, 1, 1))
		return softfloat_signed_infinity(sign);
	return softfloat_pack(sign, (UINT64_C(1) << format->bits) - 1, format->largest - format->bits + 1);
}

/* A result below the smallest normal number (Power ISA: tininess is looked for before rounding). */
static uint64_t softfloat_round_tiny(struct softfloat *sf, const struct format *format, bool sign, int exponent,
			   uint64_t significand)
{
	unsigned cut = 64 - (unsigned)format->bits;
	uint64_t integer;

	if (sf->trap & SOFTFLOAT_UNDERFLOW) {
		sf->flags |= SOFTFLOAT_UNDERFLOW;
		integer = softfloat_round_significand(sf, sign, significand, cut);
		return softfloat_pack(sign, integer, exponent + format->adjust - format->bits + 1);
	}
	significand = softfloat_shift_right_sticky(significand, (unsigned)(format->smallest - exponent));
	if (significand << format->bits) /* loses accuracy */
		sf->flags |= SOFTFLOAT_UNDERFLOW;
	integer = softfloat_round_significand(sf, sign, significand, cut);
	return integer ? softfloat_pack(sign, integer, format->smallest - format->bits + 1)
		       : softfloat_signed_zero(sign);
}

/* significand / 2^63 * 2^exponent, bit 63 set, bit 0 sticky. */
static uint64_t softfloat_round_and_pack(struct softfloat *sf, enum softfloat_precision precision, bool sign,
					 int exponent, uint64_t significand)
{
	const struct format *format = &formats[precision];
	uint64_t integer;

	if (exponent < format->smallest)
		return softfloat_round_tiny(sf, format, sign, exponent, significand);
	integer = softfloat_round_significand(sf, sign, significand, 64 - (unsigned)format->bits);
	if (exponent + (int)(integer >> format->bits) > format->largest) {
		if (!(sf->trap & SOFTFLOAT_OVERFLOW))
			return softfloat_overflowed(sf, format, sign);
		sf->flags |= SOFTFLOAT_OVERFLOW;
		exponent -= format->adjust;
	}
	return softfloat_pack(sign, integer, exponent - format->bits + 1);
}

/* The same for any bit 63; significand is not 0. */
static inline uint64_t softfloat_normalize_and_pack(struct softfloat *sf, enum softfloat_precision precision, bool sign,
					  int exponent, uint64_t significand)
{
	int zeros = __builtin_clzll(significand);

	return softfloat_round_and_pack(sf, precision, sign, exponent - zeros, significand << zeros);
}

/*
 * The sign of an exact zero sum: that of both terms if they are zeros of one sign, else positive unless rounding
 * down.
 */
static uint64_t softfloat_zero_sum(const struct softfloat *sf, bool both_zero, bool sign_a, bool sign_b)
{
	return softfloat_signed_zero(both_zero && sign_a == sign_b ? sign_a : sf->round == SOFTFLOAT_DOWN);
}

/*
 * FINITE and ZERO numbers. With 53 of 63 bits in use, the sticky bit does no
 * harm to a difference: where it takes more than one place of shifting, at most
 * one leading bit cancels.
 */
static uint64_t softfloat_add_finite(struct softfloat *sf, enum softfloat_precision precision, const struct number *a,
			   const struct number *b)
{
	uint64_t larger, smaller;

	if (a->kind == ZERO && b->kind == ZERO)
		return softfloat_zero_sum(sf, true, a->sign, b->sign);
	if (a->kind == ZERO || (b->kind == FINITE && a->exponent < b->exponent)) {
		const struct number *swap = a;

		a = b;
		b = swap;
	}
	larger = a->significand >> 1;
	smaller = softfloat_shift_right_sticky(b->significand >> 1, (unsigned)(a->exponent - b->exponent));
	if (a->sign == b->sign)
		return softfloat_normalize_and_pack(sf, precision, a->sign, a->exponent + 1, larger + smaller);
	if (larger == smaller)
		return softfloat_zero_sum(sf, false, a->sign, b->sign);
	if (larger > smaller)
		return softfloat_normalize_and_pack(sf, precision, a->sign, a->exponent + 1, larger - smaller);
	return softfloat_normalize_and_pack(sf, precision, b->sign, a->exponent + 1, smaller - larger);
}

static uint64_t softfloat_add_numbers(struct softfloat *sf, enum softfloat_precision precision, const struct number *a,
			    const struct number *b)
{
	if (a->kind == INFINITE && b->kind == INFINITE && a->sign != b->sign)
		return softfloat_invalid(sf, SOFTFLOAT_ISI);
	if (a->kind == INFINITE || b->kind == INFINITE)
		return softfloat_signed_infinity(a->kind == INFINITE ? a->sign : b->sign);
	return softfloat_add_finite(sf, precision, a, b);
}

uint64_t softfloat_add(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b)
{
	struct number na = softfloat_unpack(a), nb = softfloat_unpack(b);

	if (na.kind == NAN_KIND || nb.kind == NAN_KIND)
		return softfloat_propagate(sf, precision, a, b, 0);
	return softfloat_add_numbers(sf, precision, &na, &nb);
}

uint64_t softfloat_sub(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b)
{
	struct number na = softfloat_unpack(a), nb = softfloat_unpack(b);

	if (na.kind == NAN_KIND || nb.kind == NAN_KIND)
		return softfloat_propagate(sf, precision, a, b, 0);
	nb.sign = !nb.sign;
	return softfloat_add_numbers(sf, precision, &na, &nb);
}

static bool softfloat_is_infinity_times_zero(const struct number *a, const struct number *c)
{
	return (a->kind == INFINITE && c->kind == ZERO) || (a->kind == ZERO && c->kind == INFINITE);
}

uint64_t softfloat_mul(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c)
{
	struct number na = softfloat_unpack(a), nc = softfloat_unpack(c);
	bool sign = na.sign ^ nc.sign;
	uint128 product;

	if (na.kind == NAN_KIND || nc.kind == NAN_KIND)
		return softfloat_propagate(sf, precision, a, c, 0);
	if (softfloat_is_infinity_times_zero(&na, &nc))
		return softfloat_invalid(sf, SOFTFLOAT_IMZ);
	if (na.kind == INFINITE || nc.kind == INFINITE)
		return softfloat_signed_infinity(sign);
	if (na.kind == ZERO || nc.kind == ZERO)
		return softfloat_signed_zero(sign);
	/* 2^126 to 2^128: bit 63 or 62 of the high half leads, the sticky bit is far below. */
	product = (uint128)na.significand * nc.significand;
	return softfloat_normalize_and_pack(sf, precision, sign, na.exponent + nc.exponent + 1,
				  (uint64_t)(product >> 64) | ((uint64_t)product != 0));
}

uint64_t softfloat_div(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t b)
{
	struct number na = softfloat_unpack(a), nb = softfloat_unpack(b);
	bool sign = na.sign ^ nb.sign;
	uint128 dividend;
	uint64_t divisor, quotient;

	if (na.kind == NAN_KIND || nb.kind == NAN_KIND)
		return softfloat_propagate(sf, precision, a, b, 0);
	if (na.kind == nb.kind && na.kind != FINITE)
		return softfloat_invalid(sf, na.kind == ZERO ? SOFTFLOAT_ZDZ : SOFTFLOAT_IDI);
	if (na.kind == INFINITE)
		return softfloat_signed_infinity(sign);
	if (nb.kind == INFINITE || na.kind == ZERO)
		return softfloat_signed_zero(sign);
	if (nb.kind == ZERO) {
		sf->flags |= SOFTFLOAT_DIVIDE_BY_ZERO;
		return softfloat_signed_infinity(sign);
	}
	/* 2^61 to 2^63. */
	dividend = (uint128)(na.significand >> 11) << 62;
	divisor = nb.significand >> 11;
	quotient = (uint64_t)(dividend / divisor);
	quotient |= (uint128)quotient * divisor != dividend;
	return softfloat_normalize_and_pack(sf, precision, sign, na.exponent - nb.exponent + 1, quotient);
}

/* ---- Fused multiply-add: 106 bits of product, and all of the addend ---- */

static uint64_t softfloat_round_wide(struct softfloat *sf, enum softfloat_precision precision, const struct wide *w)
{
	uint64_t high = (uint64_t)(w->significand >> 64);
	uint64_t low = (uint64_t)w->significand;
	int zeros = high ? __builtin_clzll(high) : 64 + __builtin_clzll(low);
	uint128 normal = w->significand << zeros;
	uint64_t significand = (uint64_t)(normal >> 64) | ((uint64_t)normal != 0);

	return softfloat_round_and_pack(sf, precision, w->sign, w->exponent + 1 - zeros, significand);
}

/* ZERO and FINITE numbers only. */
static struct wide softfloat_widen(const struct number *n)
{
	return (struct wide){ n->sign, n->exponent, (uint128)n->significand << 63 };
}

/* ZERO and FINITE numbers. The low 22 bits of the product are zero: nothing is lost. */
static struct wide softfloat_multiply(const struct number *a, const struct number *c)
{
	struct wide product = {
		.sign = a->sign ^ c->sign,
		.exponent = a->exponent + c->exponent,
		.significand = (uint128)a->significand * c->significand,
	};

	if (product.significand >> 127) {
		product.significand >>= 1;
		product.exponent++;
	}
	return product;
}

/*
 * The sum of two exact values. Bits are lost to the sticky one only where the
 * exponents differ by more than 20, and then at most one leading bit cancels.
 */
static struct wide softfloat_add_wide(struct wide a, struct wide b)
{
	if (!a.significand)
		return b;
	if (!b.significand)
		return a;
	if (a.exponent < b.exponent) {
		struct wide swap = a;

		a = b;
		b = swap;
	}
	b.significand = softfloat_shift_right_sticky_wide(b.significand, (unsigned)(a.exponent - b.exponent));
	if (a.sign == b.sign) {
		a.significand += b.significand;
	} else if (a.significand >= b.significand) {
		a.significand -= b.significand;
	} else {
		a.significand = b.significand - a.significand;
		a.sign = b.sign;
	}
	return a;
}

/* Rounds a + b. */
static uint64_t softfloat_round_sum(struct softfloat *sf, enum softfloat_precision precision, struct wide a,
				    struct wide b)
{
	struct wide sum = softfloat_add_wide(a, b);

	if (sum.significand)
		return softfloat_round_wide(sf, precision, &sum);
	return softfloat_zero_sum(sf, !a.significand, a.sign, b.sign);
}

static uint64_t softfloat_multiply_add(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c,
			     uint64_t b, bool subtract)
{
	struct number na = softfloat_unpack(a), nb = softfloat_unpack(b), nc = softfloat_unpack(c);
	bool sign = na.sign ^ nc.sign;

	/* As if multiplied and then added by two instructions (Power ISA Book I, 4.6.5.2). */
	if (softfloat_is_infinity_times_zero(&na, &nc))
		sf->flags |= SOFTFLOAT_IMZ;
	if (na.kind == NAN_KIND || nb.kind == NAN_KIND || nc.kind == NAN_KIND)
		return softfloat_propagate(sf, precision, a, b, c);
	if (softfloat_is_infinity_times_zero(&na, &nc))
		return SOFTFLOAT_DEFAULT_NAN;
	nb.sign ^= subtract;
	if (na.kind == INFINITE || nc.kind == INFINITE) {
		if (nb.kind == INFINITE && nb.sign != sign)
			return softfloat_invalid(sf, SOFTFLOAT_ISI);
		return softfloat_signed_infinity(sign);
	}
	if (nb.kind == INFINITE)
		return softfloat_signed_infinity(nb.sign);
	return softfloat_round_sum(sf, precision, softfloat_multiply(&na, &nc), softfloat_widen(&nb));
}

uint64_t softfloat_muladd(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c, uint64_t b)
{
	return softfloat_multiply_add(sf, precision, a, c, b, false);
}

uint64_t softfloat_mulsub(struct softfloat *sf, enum softfloat_precision precision, uint64_t a, uint64_t c, uint64_t b)
{
	return softfloat_multiply_add(sf, precision, a, c, b, true);
}

uint64_t softfloat_reciprocal_estimate(struct softfloat *sf, uint64_t b)
{
	struct softfloat work = { .round = sf->round, .trap = sf->trap };
	uint64_t result = softfloat_div(&work, SOFTFLOAT_SINGLE, UINT64_C(1023) << 52, b);

	sf->flags |= work.flags & ~(SOFTFLOAT_INEXACT | SOFTFLOAT_ROUNDED_UP | SOFTFLOAT_GUARD | SOFTFLOAT_STICKY);
	return result;
}

/* floor(sqrt(value)), digit by digit. */
static uint64_t softfloat_integer_root(uint128 value)
{
	uint128 root = 0;

	for (int bit = 63; bit >= 0; bit--) {
		uint128 tried = root | (uint128)1 << bit;

		if (tried * tried <= value)
			root = tried;
	}
	return (uint64_t)root;
}

uint64_t softfloat_rsqrt_estimate(struct softfloat *sf, uint64_t b)
{
	struct softfloat nearest = { .round = SOFTFLOAT_NEAREST };
	struct number n = softfloat_unpack(b);
	struct wide result = { 0 };
	bool odd;

	if (n.kind == NAN_KIND)
		return softfloat_propagate(sf, SOFTFLOAT_DOUBLE, b, 0, 0);
	if (n.kind == ZERO) {
		sf->flags |= SOFTFLOAT_DIVIDE_BY_ZERO;
		return softfloat_signed_infinity(n.sign);
	}
	if (n.sign)
		return softfloat_invalid(sf, SOFTFLOAT_SQRT);
	if (n.kind == INFINITE)
		return 0;
	/* b = m * 2^(2k) with m in [1, 4); root = sqrt(m) * 2^62; 1 / sqrt(m) = 2^62 / root. */
	odd = n.exponent & 1;
	result.exponent = -((n.exponent - odd) / 2);
	result.significand = ((uint128)1 << 125) / softfloat_integer_root((uint128)n.significand << (61 + odd));
	result.significand <<= 63;
	return softfloat_round_wide(&nearest, SOFTFLOAT_DOUBLE, &result);
}

uint64_t softfloat_round_to_single(struct softfloat *sf, uint64_t b)
{
	struct number n = softfloat_unpack(b);

	switch (n.kind) {
	case NAN_KIND:
		return softfloat_propagate(sf, SOFTFLOAT_SINGLE, b, 0, 0);
	case FINITE:
		return softfloat_round_and_pack(sf, SOFTFLOAT_SINGLE, n.sign, n.exponent, n.significand);
	default:
		return b;
	}
}

enum softfloat_relation softfloat_compare(uint64_t a, uint64_t b)
{
	uint64_t sign_a = a & SOFTFLOAT_SIGN, sign_b = b & SOFTFLOAT_SIGN;

	if (softfloat_is_nan(a) || softfloat_is_nan(b))
		return SOFTFLOAT_UNORDERED;
	if (a == b || (softfloat_is_zero(a) && softfloat_is_zero(b)))
		return SOFTFLOAT_EQUAL;
	if (sign_a != sign_b)
		return sign_a ? SOFTFLOAT_LESS : SOFTFLOAT_GREATER;
	return (a < b) ^ (sign_a != 0) ? SOFTFLOAT_LESS : SOFTFLOAT_GREATER;
}

/* |n| * 2^scale rounded to an integer: false if it has more than 64 bits. FINITE numbers. */
static bool softfloat_round_to_integer(struct softfloat *sf, const struct number *n, int scale, uint64_t *integer)
{
	int exponent = n->exponent + scale;
	uint128 fixed; /* 64 bits behind the point */
	uint64_t fraction;

	if (exponent > 63)
		return false;
	if (exponent >= -1)
		fixed = (uint128)n->significand << (exponent + 1);
	else
		fixed = softfloat_shift_right_sticky_wide(n->significand, (unsigned)(-1 - exponent));
	*integer = (uint64_t)(fixed >> 64);
	fraction = (uint64_t)fixed;
	if (!fraction)
		return true;
	softfloat_note_inexact(sf, fraction, UINT64_C(1) << 63);
	if (softfloat_round_increments(sf, n->sign, *integer & 1, fraction, UINT64_C(1) << 63)) {
		sf->flags |= SOFTFLOAT_ROUNDED_UP;
		(*integer)++; /* has 53 bits at most where there is a fraction */
	}
	return true;
}

/* The magnitude as an integer of at most `limit`: false, with CVI and no other flag, if it is more. */
static bool softfloat_integer_within(struct softfloat *sf, const struct number *n, int scale, uint64_t limit,
				     uint64_t *integer)
{
	uint32_t flags = sf->flags;

	*integer = 0;
	if (n->kind == ZERO)
		return true;
	if (n->kind == FINITE && softfloat_round_to_integer(sf, n, scale, integer) && *integer <= limit)
		return true;
	sf->flags = flags | SOFTFLOAT_CVI;
	return false;
}

static void softfloat_convert_nan(struct softfloat *sf, uint64_t b)
{
	sf->flags |= SOFTFLOAT_CVI | (softfloat_is_snan(b) ? SOFTFLOAT_SNAN : 0);
}

uint64_t softfloat_to_signed(struct softfloat *sf, uint64_t b, unsigned width, int scale)
{
	struct number n = softfloat_unpack(b);
	uint64_t lowest = UINT64_C(1) << (width - 1); /* magnitude of the most negative */
	uint64_t limit = n.sign ? lowest : lowest - 1;
	uint64_t integer;

	if (n.kind == NAN_KIND) {
		softfloat_convert_nan(sf, b);
		return 0 - lowest;
	}
	if (!softfloat_integer_within(sf, &n, scale, limit, &integer))
		integer = limit;
	return n.sign ? 0 - integer : integer;
}

uint64_t softfloat_to_unsigned(struct softfloat *sf, uint64_t b, unsigned width, int scale)
{
	struct number n = softfloat_unpack(b);
	uint64_t limit = n.sign ? 0 : UINT64_MAX >> (64 - width);
	uint64_t integer;

	if (n.kind == NAN_KIND) {
		softfloat_convert_nan(sf, b);
		return 0;
	}
	return softfloat_integer_within(sf, &n, scale, limit, &integer) ? integer : limit;
}

static uint64_t softfloat_from_magnitude(struct softfloat *sf, enum softfloat_precision precision, bool sign,
					 uint64_t magnitude, int scale)
{
	int zeros;

	if (!magnitude)
		return 0;
	zeros = __builtin_clzll(magnitude);
	return softfloat_round_and_pack(sf, precision, sign, 63 - zeros + scale, magnitude << zeros);
}

uint64_t softfloat_from_signed(struct softfloat *sf, enum softfloat_precision precision, int64_t value, int scale)
{
	return softfloat_from_magnitude(sf, precision, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
					scale);
}

uint64_t softfloat_from_unsigned(struct softfloat *sf, enum softfloat_precision precision, uint64_t value, int scale)
{
	return softfloat_from_magnitude(sf, precision, false, value, scale);
}

uint64_t softfloat_from_single(uint32_t word)
{
	bool sign = word >> 31;
	unsigned exponent = word >> 23 & 0xff;
	uint64_t fraction = word & 0x7fffff;

	if (exponent == 0xff)
		return softfloat_signed_infinity(sign) | fraction << 29;
	if (exponent)
		return softfloat_signed_zero(sign) | (uint64_t)(exponent + 896) << 52 | fraction << 29;
	return fraction ? softfloat_pack(sign, fraction, -149) : softfloat_signed_zero(sign);
}

uint32_t softfloat_to_single(uint64_t a)
{
	unsigned exponent = a >> 52 & 0x7ff;
	uint32_t sign = (uint32_t)(a >> 32) & 0x80000000;

	if (exponent > 896 || softfloat_is_zero(a))
		return ((uint32_t)(a >> 32) & 0xc0000000) | ((uint32_t)(a >> 29) & 0x3fffffff);
	if (exponent < 874) /* undefined (4.6.3): too small for any single */
		return sign;
	return sign | (uint32_t)(((a & SOFTFLOAT_FRACTION) | SOFTFLOAT_HIDDEN) >> (926 - exponent));
}
