#include "sim/base/state.h"

#include <inttypes.h>
#include <stdio.h>

void state_refuse(struct state_visitor *v, const char *why)
{
	if (!v->failed && v->err)
		err_set(v->err, "%s", why);
	v->failed = true;
}

bool state_at_most(struct state_visitor *v, const char *name, uint64_t value, uint64_t most)
{
	char why[200];

	if (value > most) {
		snprintf(why, sizeof why, "the saved state's \"%s\" is %" PRIu64 ", at most %" PRIu64 " is possible",
			 name, value, most);
		state_refuse(v, why);
	}
	return value <= most;
}
