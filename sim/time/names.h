/*
 * Names that outlive their bearers: the ledger may speak of a timer that is
 * gone. A name gets a number, counted from 0, and keeps both for ever.
 */
#ifndef WARPCORE_TIME_NAMES_H
#define WARPCORE_TIME_NAMES_H

struct names {
	char **text;
	unsigned count, room;
};

void names_fini(struct names *names);
/* The number of a name, which is copied if it is new. */
unsigned names_intern(struct names *names, const char *text);

/* Valid until names_fini. */
static inline const char *names_text(const struct names *names, unsigned number)
{
	return names->text[number];
}

#endif
