#include "sim/base/state.h"

void state_refuse(struct state_visitor *v, const char *why)
{
	if (!v->failed && v->err)
		err_set(v->err, "%s", why);
	v->failed = true;
}
