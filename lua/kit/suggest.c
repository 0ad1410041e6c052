#include "lua/kit/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SUGGEST_LONGEST 127

static unsigned suggest_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap of neighbours) between two words, letter case aside. */
static unsigned suggest_distance(const char *a, const char *b)
{
	unsigned rows[3][SUGGEST_LONGEST + 1];
	unsigned *before = rows[0], *previous = rows[1], *current = rows[2];
	size_t na = strlen(a), nb = strlen(b);

	for (size_t j = 0; j <= nb; j++)
		previous[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *spare = before;

		current[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);

			current[j] =
				suggest_min(suggest_min(previous[j], current[j - 1]) + 1, previous[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    tolower((unsigned char)a[i - 2]) == cb)
				current[j] = suggest_min(current[j], before[j - 2] + 1);
		}
		before = previous;
		previous = current;
		current = spare;
	}
	return previous[nb];
}

void suggest_init(struct suggest *suggest, const char *wanted)
{
	suggest->wanted = wanted;
	suggest->best[0] = 0;
	suggest->distance = (unsigned)strlen(wanted);
}

void suggest_offer(struct suggest *suggest, const char *name)
{
	unsigned distance;

	if (strlen(suggest->wanted) > SUGGEST_LONGEST || strlen(name) > SUGGEST_LONGEST)
		return;
	distance = suggest_distance(suggest->wanted, name);
	if (distance >= suggest->distance)
		return;
	suggest->distance = distance;
	snprintf(suggest->best, sizeof suggest->best, "%s", name);
}

const char *suggest_best(const struct suggest *suggest)
{
	size_t length = strlen(suggest->wanted);

	return suggest->best[0] && suggest->distance <= (length + 2) / 3 ? suggest->best : NULL;
}
