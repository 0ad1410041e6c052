#include "lua/kit/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
	{ "min", INT64_C(60000000000) },
	{ "s", INT64_C(1000000000) },
	{ "ms", INT64_C(1000000) },
	{ "us", INT64_C(1000) },
	{ "ns", INT64_C(1) },
};

static const struct unit *quantity_unit(const char *name)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

/* Adds digits of `text` as multiples of `scale`, dividing it by ten at each digit when `fraction`. */
static bool quantity_digits(const char **text, int64_t scale, bool fraction, int64_t *value)
{
	for (; isdigit((unsigned char)**text); ++*text) {
		int64_t digit = **text - '0', part;

		if (fraction) {
			if ((scale % 10 || !scale) && digit)
				return false;
			scale /= 10;
		} else if (__builtin_mul_overflow(*value, 10, value)) {
			return false;
		}
		if (__builtin_mul_overflow(digit, scale, &part) || __builtin_add_overflow(*value, part, value))
			return false;
	}
	return true;
}

bool quantity_time(const char *text, int64_t *ns, struct err *err)
{
	size_t number = strspn(text, "0123456789.");
	const char *p = text;
	const char *rest = text + number;
	const struct unit *unit;
	int64_t value = 0;

	while (*rest == ' ')
		rest++;
	unit = quantity_unit(rest);
	if (!isdigit((unsigned char)*text) || !unit)
		return err_set(err, "'%s' is not a time: write a number and ns, us, ms, s or min, as in \"10us\"",
			       text);
	if (!quantity_digits(&p, unit->ns, false, &value))
		return err_set(err, "'%s' is longer than 292 years", text);
	if (*p == '.') {
		p++;
		if (!isdigit((unsigned char)*p))
			return err_set(err, "'%s' is not a time: a digit must follow the point", text);
		if (!quantity_digits(&p, unit->ns, true, &value))
			return err_set(err, "'%s' is finer than 1 ns, or longer than 292 years", text);
	}
	if (p != text + number)
		return err_set(err, "'%s' is not a time: one point at most", text);
	*ns = value;
	return true;
}

bool quantity_size(const char *text, uint64_t *bytes, struct err *err)
{
	static const char suffixes[] = "KMGT";
	const char *suffix;
	char *end;
	uint64_t value;
	unsigned shift = 0;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || errno)
		return err_set(err, "'%s' is not a size: write bytes, or a number and K, M or G, as in \"256M\"", text);
	suffix = *end ? strchr(suffixes, toupper((unsigned char)*end)) : NULL;
	if (suffix) {
		shift = 10 * (unsigned)(suffix - suffixes + 1);
		end++;
	}
	if (*end || value << shift >> shift != value)
		return err_set(err, "'%s' is not a size: write bytes, or a number and K, M or G, as in \"256M\"", text);
	*bytes = value << shift;
	return true;
}

const char *quantity_time_text(int64_t ns, char text[QUANTITY_TIME_TEXT])
{
	const struct unit *unit = &units[1];
	int64_t whole, part;
	int length, digits = 0;

	while (unit->ns > 1 && (ns > 0 ? ns : -ns) < unit->ns)
		unit++;
	whole = ns / unit->ns;
	part = ns % unit->ns < 0 ? -(ns % unit->ns) : ns % unit->ns;
	length = snprintf(text, QUANTITY_TIME_TEXT, "%s%" PRId64, ns < 0 && !whole ? "-" : "", whole);
	for (int64_t scale = unit->ns; scale > 1; scale /= 10)
		digits++;
	if (part) {
		length += snprintf(text + length, QUANTITY_TIME_TEXT - (size_t)length, ".%0*" PRId64, digits, part);
		while (text[length - 1] == '0')
			length--;
	}
	snprintf(text + length, QUANTITY_TIME_TEXT - (size_t)length, "%s", unit->name);
	return text;
}
