#include "tests/diff/spe_oracle.h"

#include <string.h>

#define SPEFSCR_SOVH 0x80000000u
#define SPEFSCR_OVH 0x40000000u
#define SPEFSCR_SOV 0x00008000u
#define SPEFSCR_OV 0x00004000u

__extension__ typedef __int128 wide;

/* evm <elements> <sign> <overflow> <kind> <tail> */
struct naming {
	bool halves, odd, guarded; /* he, ho; heg, hog */
	bool words_low, words_high, whole; /* wl, wh, w */
	bool is_signed, saturate, fraction;
	const char *tail; /* "", a, aa, an, aaw, anw */
};

static bool parse(const char *name, struct naming *n)
{
	memset(n, 0, sizeof *n);
	if (strncmp(name, "evm", 3) || !strcmp(name, "evmra") || !strncmp(name, "evmerge", 7))
		return false;
	name += 3;
	if (*name == 'h') {
		n->halves = true;
		n->odd = name[1] == 'o';
		name += 2;
		if (*name == 'g') {
			n->guarded = true;
			name++;
		}
	} else {
		name++;
		n->words_low = *name == 'l';
		n->words_high = *name == 'h';
		n->whole = !n->words_low && !n->words_high;
		name += !n->whole;
	}
	n->is_signed = name[0] == 's';
	n->saturate = name[1] == 's';
	n->fraction = name[2] == 'f';
	n->tail = name + 3;
	return true;
}

static wide element(uint64_t value, unsigned low_bit, unsigned width, bool is_signed)
{
	uint64_t bits = value >> low_bit & (((uint64_t)1 << width) - 1);

	if (is_signed && bits >> (width - 1))
		return (wide)bits - ((wide)1 << width);
	return (wide)bits;
}

/* The product of a pair of elements; a saturating fraction knows one overflow: -1 times -1. */
static wide product(const struct naming *n, const struct spe_state *s, unsigned low_bit, unsigned width, bool *overflow)
{
	wide a = element(s->a, low_bit, width, n->is_signed), b = element(s->b, low_bit, width, n->is_signed);
	wide least = -((wide)1 << (width - 1));

	*overflow = false;
	if (!n->fraction)
		return a * b;
	if (n->saturate && a == least && b == least) {
		*overflow = true;
		return ((wide)1 << (2 * width - 1)) - 1;
	}
	return 2 * a * b;
}

/* `value` in 32 bits: cut, or held at the end of its range. */
static uint32_t fit(const struct naming *n, wide value, bool *overflow)
{
	wide least = n->is_signed ? -((wide)1 << 31) : 0;
	wide greatest = n->is_signed ? ((wide)1 << 31) - 1 : ((wide)1 << 32) - 1;

	if (!n->saturate || (value >= least && value <= greatest))
		return (uint32_t)value;
	*overflow = true;
	return (uint32_t)(value < least ? least : greatest);
}

static void set_overflow(struct spe_state *s, bool high, bool low)
{
	s->spefscr &= ~(SPEFSCR_OVH | SPEFSCR_OV);
	if (high)
		s->spefscr |= SPEFSCR_OVH | SPEFSCR_SOVH;
	if (low)
		s->spefscr |= SPEFSCR_OV | SPEFSCR_SOV;
}

/* One word of the result of the forms that work on both words. */
static uint32_t word_of(const struct naming *n, const struct spe_state *s, unsigned low_bit, bool *overflow)
{
	unsigned element_bit = low_bit + (n->halves && !n->odd ? 16 : 0);
	wide p = product(n, s, element_bit, n->halves ? 16 : 32, overflow);
	wide acc = element(s->acc, low_bit, 32, n->is_signed);

	if (n->words_high)
		return (uint32_t)(p >> 32);
	if (strncmp(n->tail, "aa", 2) && strncmp(n->tail, "an", 2))
		return (uint32_t)p;
	if (n->words_low) /* the low word of the product is what is accumulated */
		p = element((uint64_t)p, 0, 32, n->is_signed);
	return fit(n, n->tail[1] == 'a' ? acc + p : acc - p, overflow);
}

/* The 64-bit forms: evmw..., and the guarded half words. */
static void step_whole(const struct naming *n, struct spe_state *s)
{
	bool overflow;
	wide p = product(n, s, n->guarded && !n->odd ? 16 : 0, n->guarded ? 16 : 32, &overflow);
	wide acc = element(s->acc, 0, 63, false) - ((wide)(s->acc >> 63) << 63);
	wide sum = p;

	if (n->tail[0] == 'a' && n->tail[1])
		sum = n->tail[1] == 'a' ? acc + p : acc - p;
	s->result = (uint64_t)sum;
	if (n->saturate)
		set_overflow(s, false, overflow || sum != (int64_t)(uint64_t)sum);
	if (n->tail[0])
		s->acc = s->result;
}

static void step_words(const struct naming *n, struct spe_state *s)
{
	bool high, low;
	uint64_t upper = word_of(n, s, 32, &high);

	s->result = upper << 32 | word_of(n, s, 0, &low);
	if (n->saturate)
		set_overflow(s, high, low);
	if (n->tail[0])
		s->acc = s->result;
}

/* evaddusiaaw and its seven like: the elements are added themselves. */
static bool step_add(const char *name, struct spe_state *s)
{
	struct naming n = { 0 };
	bool high = false, low = false, minus;
	uint64_t upper;

	if ((strncmp(name, "evadd", 5) && strncmp(name, "evsubf", 6)) || !strstr(name, "iaaw"))
		return false;
	minus = name[2] == 's';
	name += minus ? 6 : 5;
	n.is_signed = name[0] == 's';
	n.saturate = name[1] == 's';
	upper = fit(&n, element(s->acc, 32, 32, n.is_signed) +
		    (minus ? -1 : 1) * element(s->a, 32, 32, n.is_signed), &high);
	s->result = upper << 32 | fit(&n, element(s->acc, 0, 32, n.is_signed) +
				      (minus ? -1 : 1) * element(s->a, 0, 32, n.is_signed), &low);
	s->acc = s->result;
	if (n.saturate)
		set_overflow(s, high, low);
	return true;
}

/* evdivws, evdivwu: what cannot be represented is held at the end of the range. */
static uint32_t divide(bool is_signed, uint64_t a, uint64_t b, unsigned low_bit, bool *overflow)
{
	wide x = element(a, low_bit, 32, is_signed), y = element(b, low_bit, 32, is_signed);

	*overflow = true;
	if (!y)
		return !is_signed ? 0xffffffffu : x < 0 ? 0x80000000u : 0x7fffffffu;
	if (is_signed && y == -1 && x == -((wide)1 << 31))
		return 0x7fffffffu;
	*overflow = false;
	return (uint32_t)(x / y);
}

static bool step_divide(const char *name, struct spe_state *s)
{
	bool is_signed = !strcmp(name, "evdivws"), high, low;
	uint64_t upper;

	if (!is_signed && strcmp(name, "evdivwu"))
		return false;
	upper = divide(is_signed, s->a, s->b, 32, &high);
	s->result = upper << 32 | divide(is_signed, s->a, s->b, 0, &low);
	set_overflow(s, high, low);
	return true;
}

bool spe_oracle(const char *name, struct spe_state *state)
{
	struct naming n;

	if (step_add(name, state) || step_divide(name, state))
		return true;
	if (!parse(name, &n))
		return false;
	if (n.whole || n.guarded)
		step_whole(&n, state);
	else
		step_words(&n, state);
	return true;
}
