#include "tests/diff/efp_oracle.h"

#include <fenv.h>
#include <math.h>
#include <string.h>

#define FRMC 0x3u
#define FINXS 0x00200000u
/* Status of the low element; 16 bits up: of the high one. */
#define FG 0x2000u
#define FX 0x1000u
#define FINV 0x0800u
#define FDBZ 0x0400u
#define FUNF 0x0200u
#define FOVF 0x0100u

enum kind { NOTHING, NUMBER, SPECIAL }; /* zero or denormal; normal; infinity or NaN */

struct format {
	unsigned fraction, exponent; /* bits */
};

static const struct format single = { 23, 8 }, dbl = { 52, 11 };

struct number {
	enum kind kind;
	bool negative, nan, faulty; /* faulty: denormal, infinity, NaN */
	long double value;
	uint64_t bits;
};

struct answer {
	uint64_t bits;
	uint32_t status;
	bool yes; /* compare */
};

static struct number decode(uint64_t bits, const struct format *f)
{
	uint64_t fraction = bits & ((UINT64_C(1) << f->fraction) - 1);
	unsigned top = (1u << f->exponent) - 1, exponent = bits >> f->fraction & top;
	struct number n = { .negative = bits >> (f->fraction + f->exponent) & 1, .bits = bits, .kind = NUMBER };

	if (!exponent)
		n.kind = NOTHING;
	if (exponent == top)
		n.kind = SPECIAL;
	n.nan = n.kind == SPECIAL && fraction;
	n.faulty = n.kind == SPECIAL || (!exponent && fraction);
	if (n.kind == NUMBER)
		n.value = ldexpl((long double)(fraction | UINT64_C(1) << f->fraction),
				 (int)exponent - (int)(top >> 1) - (int)f->fraction);
	if (n.negative)
		n.value = -n.value;
	return n;
}

static uint64_t sign_bit(const struct format *f, bool negative)
{
	return (uint64_t)negative << (f->fraction + f->exponent);
}

static uint64_t greatest(const struct format *f, bool negative)
{
	return sign_bit(f, negative) | ((((UINT64_C(1) << f->exponent) - 1) << f->fraction) - 1);
}

/* One operation in long double, toward zero, with the last bit sticky: 64 bits of which at least 11 are to spare. */
static long double operate(char op, long double a, long double b)
{
	volatile long double x = a, y = b, r;
	int mode = fegetround();

	fesetround(FE_TOWARDZERO);
	feclearexcept(FE_ALL_EXCEPT);
	r = op == '+' ? x + y : op == '*' ? x * y : x / y;
	if (fetestexcept(FE_INEXACT)) {
		int exponent;
		uint64_t mantissa = (uint64_t)ldexpl(fabsl(frexpl(r, &exponent)), 64) | 1;

		r = copysignl(ldexpl((long double)mantissa, exponent - 64), r);
	}
	fesetround(mode);
	return r;
}

static uint32_t guard_sticky(bool guard, bool sticky)
{
	return (guard ? FG : 0) | (sticky ? FX : 0);
}

/* A non-zero value in a format; `nearest` or truncated. `tiny`: the magnitude of an underflow's result. */
static struct answer encode(long double value, const struct format *f, bool nearest, uint64_t tiny)
{
	int exponent, bias = (1 << (f->exponent - 1)) - 1;
	uint64_t mantissa = (uint64_t)ldexpl(fabsl(frexpl(value, &exponent)), 64);
	unsigned drop = 63 - f->fraction;
	uint64_t kept = mantissa >> drop, lost = mantissa & ((UINT64_C(1) << drop) - 1),
		 half = UINT64_C(1) << (drop - 1);
	bool guard = lost & half, sticky = lost & (half - 1), negative = value < 0;

	exponent--; /* of 1.fraction */
	if (exponent < 1 - bias)
		return (struct answer){ sign_bit(f, negative) | tiny, FUNF, false };
	if (nearest && guard && (sticky || kept & 1) && ++kept >> (f->fraction + 1)) {
		kept >>= 1;
		exponent++;
	}
	if (exponent > bias)
		return (struct answer){ greatest(f, negative), FOVF, false };
	return (struct answer){ sign_bit(f, negative) | (uint64_t)(exponent + bias) << f->fraction |
				(kept & ((UINT64_C(1) << f->fraction) - 1)), guard_sticky(guard, sticky), false };
}

static struct answer add(struct number a, struct number b, const struct format *f, unsigned mode)
{
	uint32_t fault = a.faulty || b.faulty ? FINV : 0;
	bool zero_sign = a.kind == NOTHING && b.kind == NOTHING && a.negative == b.negative ? a.negative : mode == 3;
	struct answer r;
	long double sum;

	if (a.kind == SPECIAL || b.kind == SPECIAL)
		return (struct answer){ greatest(f, a.kind == SPECIAL ? a.negative : b.negative), fault, false };
	sum = operate('+', a.value, b.value);
	if (sum == 0)
		return (struct answer){ sign_bit(f, zero_sign), fault, false };
	r = encode(sum, f, mode == 0, 0);
	if (r.status & FUNF)
		r.bits = sign_bit(f, zero_sign);
	r.status |= fault;
	return r;
}

static struct answer multiply(struct number a, struct number b, const struct format *f, unsigned mode)
{
	uint32_t fault = a.faulty || b.faulty ? FINV : 0;
	bool negative = a.negative != b.negative;

	if (a.kind == NOTHING || b.kind == NOTHING)
		return (struct answer){ sign_bit(f, negative), fault, false };
	if (fault)
		return (struct answer){ greatest(f, negative), fault, false };
	return encode(operate('*', a.value, b.value), f, mode == 0, 0);
}

static struct answer divide(struct number a, struct number b, const struct format *f, unsigned mode)
{
	uint32_t fault = a.faulty || b.faulty ? FINV : 0;
	bool negative = a.negative != b.negative;

	if (!fault && b.kind == NOTHING)
		fault = a.kind == NOTHING ? FINV : FDBZ;
	if (a.kind == SPECIAL || b.kind == NOTHING)
		return (struct answer){ greatest(f, negative), fault, false };
	if (b.kind == SPECIAL || a.kind == NOTHING)
		return (struct answer){ sign_bit(f, negative), fault, false };
	return encode(operate('/', a.value, b.value), f, mode == 0, 0);
}

/* To an integer or fraction of 32 bits. */
static struct answer to_integer(struct number b, bool is_signed, int scale, bool nearest)
{
	long double x = ldexpl(b.value, scale), whole = truncl(x), rest = fabsl(x - whole);
	long double low = is_signed ? -0x1p31L : 0, high = is_signed ? 0x1p31L - 1 : 0x1p32L - 1;
	bool out_of_range;

	if (b.nan || (b.faulty && b.kind == NOTHING))
		return (struct answer){ 0, FINV, false };
	if (b.kind == SPECIAL)
		whole = b.negative ? -0x1p40L : 0x1p40L;
	if (nearest && (rest > 0.5L || (rest == 0.5L && fmodl(whole, 2) != 0)))
		whole += x < 0 ? -1 : 1;
	out_of_range = whole < low || whole > high || (!is_signed && b.value < 0);
	if (out_of_range)
		return (struct answer){ (uint32_t)(int64_t)(whole < low || b.value < 0 ? low : high), FINV, false };
	return (struct answer){ (uint32_t)(int64_t)whole, guard_sticky(rest >= 0.5L, rest != 0 && rest != 0.5L),
				false };
}

static struct answer from_integer(uint32_t b, bool is_signed, int scale, const struct format *f, bool nearest)
{
	long double x = is_signed ? (long double)(int32_t)b : (long double)b;

	if (!b)
		return (struct answer){ 0, 0, false };
	return encode(ldexpl(x, -scale), f, nearest, 0);
}

/* By sign, exponent and fraction, whatever they stand for; the zeros are equal. */
static int order(struct number a, struct number b, const struct format *f)
{
	uint64_t magnitude = sign_bit(f, true) - 1;
	__extension__ __int128 x = a.bits & magnitude, y = b.bits & magnitude;

	x = a.negative ? -x : x;
	y = b.negative ? -y : y;
	return x < y ? -1 : x > y;
}

/* One element. `what` is the name behind efs, efd, evfs. False: not an operation of this oracle. */
static bool element(const char *what, uint64_t abits, uint64_t bbits, const struct format *f, unsigned mode,
		    struct answer *out, bool *rounds)
{
	struct number a = decode(abits, f), b = decode(bbits, f);
	bool z = what[strlen(what) - 1] == 'z';

	*rounds = true;
	if (!strcmp(what, "add")) {
		*out = add(a, b, f, mode);
	} else if (!strcmp(what, "sub")) {
		b.negative = !b.negative;
		b.value = -b.value;
		*out = add(a, b, f, mode);
	} else if (!strcmp(what, "mul")) {
		*out = multiply(a, b, f, mode);
	} else if (!strcmp(what, "div")) {
		*out = divide(a, b, f, mode);
	} else if (!strncmp(what, "ct", 2)) {
		*rounds = !z;
		*out = to_integer(b, what[2] == 's', what[3] == 'i' ? 0 : what[2] == 's' ? 31 : 32, mode == 0 && !z);
	} else if (!strncmp(what, "cf", 2) && strlen(what) == 4) {
		*rounds = f == &single;
		*out = from_integer((uint32_t)bbits, what[2] == 's', what[3] == 'i' ? 0 : what[2] == 's' ? 31 : 32, f,
				    mode == 0);
	} else if (!strncmp(what, "cmp", 3) || !strncmp(what, "tst", 3)) {
		int sign = order(a, b, f);

		*rounds = false;
		out->yes = what[3] == 'e' ? !sign : what[3] == 'g' ? sign > 0 : sign < 0;
		out->status = *what == 'c' && (a.faulty || b.faulty) ? FINV : 0;
	} else {
		return false;
	}
	return true;
}

/* efscfd: underflow gives the smallest normal number (E500CORERM, efscfd). */
static struct answer narrow(uint64_t bits, unsigned mode)
{
	struct number b = decode(bits, &dbl);

	if (b.kind == SPECIAL)
		return (struct answer){ greatest(&single, b.negative), FINV, false };
	if (b.kind == NOTHING)
		return (struct answer){ sign_bit(&single, b.negative), b.faulty ? FINV : 0, false };
	return encode(b.value, &single, mode == 0, UINT64_C(1) << 23);
}

static struct answer widen(uint64_t bits)
{
	struct number b = decode(bits, &single);

	if (b.kind == SPECIAL)
		return (struct answer){ greatest(&dbl, b.negative), FINV, false };
	if (b.kind == NOTHING)
		return (struct answer){ sign_bit(&dbl, b.negative), b.faulty ? FINV : 0, false };
	return encode(b.value, &dbl, false, 0);
}

/* New status in the places of `mask`, and what is sticky. */
static void take(struct efp_state *s, uint32_t status, uint32_t mask, bool rounds)
{
	uint32_t both = status | status >> 16;

	if (status & FINV)
		status &= ~(FG | FX);
	if (status & FINV << 16)
		status &= ~((FG | FX) << 16);
	s->spefscr = (s->spefscr & ~mask) | status;
	s->spefscr |= (both & (FOVF | FUNF | FDBZ | FINV)) << 9; /* FOVFS FUNFS FDBZS FINVS */
	if ((status | status >> 16) & (FG | FX | FOVF | FUNF))
		s->spefscr |= FINXS;
	s->round_interrupt = rounds && (s->spefscr & FRMC) >= 2;
}

static bool step_vector(const char *what, struct efp_state *s)
{
	unsigned mode = s->spefscr & FRMC;
	struct answer high = { 0 }, low = { 0 };
	bool rounds;

	if (!element(what, s->a >> 32, s->b >> 32, &single, mode, &high, &rounds) ||
	    !element(what, (uint32_t)s->a, (uint32_t)s->b, &single, mode, &low, &rounds))
		return false;
	s->compares = *what == 'c' ? what[1] == 'm' : *what == 't';
	s->field = high.yes << 3 | low.yes << 2 | (high.yes | low.yes) << 1 | (high.yes & low.yes);
	if (!s->compares)
		s->result = high.bits << 32 | (uint32_t)low.bits;
	if (*what != 't')
		take(s, high.status << 16 | low.status, (FG | FX | FINV | FDBZ | FUNF | FOVF) * 0x10001u, rounds);
	return true;
}

static bool step_scalar(const char *name, struct efp_state *s)
{
	const struct format *f = name[2] == 'd' ? &dbl : &single;
	const char *what = name + 3;
	unsigned mode = s->spefscr & FRMC;
	struct answer r = { 0 };
	bool rounds, whole = name[2] == 'd' && strncmp(what, "ct", 2);

	if (!strcmp(name, "efscfd")) {
		r = narrow(s->b, mode);
		rounds = true;
	} else if (!strcmp(name, "efdcfs")) {
		r = widen((uint32_t)s->b);
		rounds = false;
	} else if (!element(what, s->a, s->b, f, mode, &r, &rounds)) {
		return false;
	}
	s->compares = *what == 'c' ? what[1] == 'm' : *what == 't';
	s->field = (unsigned)r.yes << 2;
	if (!s->compares)
		s->result = whole ? r.bits : (s->result & UINT64_C(0xffffffff00000000)) | (uint32_t)r.bits;
	if (*what != 't')
		take(s, r.status, FG | FX | FINV | FDBZ | FUNF | FOVF, rounds);
	return true;
}

bool efp_oracle(const char *name, struct efp_state *state)
{
	state->compares = state->round_interrupt = false;
	if (!strncmp(name, "evfs", 4))
		return step_vector(name + 4, state);
	if (strncmp(name, "efs", 3) && strncmp(name, "efd", 3))
		return false;
	return step_scalar(name, state);
}
