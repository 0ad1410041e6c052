/* The nearest of some names to one that does not exist: for "did you mean". */
#ifndef WARPCORE_KIT_SUGGEST_H
#define WARPCORE_KIT_SUGGEST_H

struct suggest {
	const char *wanted;
	char best[128];
	unsigned distance;
};

void suggest_init(struct suggest *suggest, const char *wanted);
void suggest_offer(struct suggest *suggest, const char *name);
/* The nearest name offered, the first among equals; NULL when none is near enough to be a slip of the pen. */
const char *suggest_best(const struct suggest *suggest);

#endif
