#include "sim/time/timer_hook.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/clock_state.h"

struct timer_hook {
	char *owner, *name; /* patterns, or NULL */
	unsigned events;
	timer_hook_fn *fn;
	void *opaque;
};

const char *timer_event_name(enum timer_event event)
{
	static const char *const names[] = {
		[TIMER_ARM] = "arm", [TIMER_CANCEL] = "cancel", [TIMER_FIRE] = "fire",
	};

	return names[event];
}

const char *timer_action_name(enum timer_action action)
{
	static const char *const names[] = {
		[TIMER_PASS] = "pass", [TIMER_DELAY] = "delay", [TIMER_DROP] = "drop",
	};

	return names[action];
}

/* Lock held. */
static void timer_hook_update_events(struct clock *clock)
{
	unsigned events = 0;

	for (unsigned i = 0; i < clock->nhooks; i++)
		events |= clock->hooks[i]->events;
	atomic_store(&clock->hook_events, events);
}

struct timer_hook *timer_hook_add(struct clock *clock, const char *owner, const char *name, unsigned events,
				  timer_hook_fn *fn, void *opaque)
{
	struct timer_hook *hook = allocate_bytes(sizeof *hook);

	*hook = (struct timer_hook){
		owner ? allocate_text(owner) : NULL, name ? allocate_text(name) : NULL, events, fn, opaque,
	};
	clock_lock(clock);
	clock->hooks = allocate_again(clock->hooks, (clock->nhooks + 1) * sizeof(struct timer_hook *));
	clock->hooks[clock->nhooks++] = hook;
	timer_hook_update_events(clock);
	clock_unlock(clock);
	return hook;
}

void timer_hook_remove(struct clock *clock, struct timer_hook *hook)
{
	unsigned kept = 0;

	clock_lock(clock);
	for (unsigned i = 0; i < clock->nhooks; i++)
		if (clock->hooks[i] != hook)
			clock->hooks[kept++] = clock->hooks[i];
	clock->nhooks = kept;
	timer_hook_update_events(clock);
	clock_unlock(clock);
	free(hook->owner);
	free(hook->name);
	free(hook);
}

static bool timer_hook_matches(const struct timer_hook *hook, const struct timer_request *request)
{
	return hook->events >> request->event & 1 &&
	       (!hook->owner || !fnmatch(hook->owner, request->owner, 0)) &&
	       (!hook->name || !fnmatch(hook->name, request->name, 0));
}

/* The next hook from number *next on that wants the request, copied out: it may remove itself. */
static bool timer_hook_next(struct clock *clock, unsigned *next, const struct timer_request *request,
			    struct timer_hook *found)
{
	bool matches = false;

	clock_lock(clock);
	while (*next < clock->nhooks && !matches) {
		*found = *clock->hooks[(*next)++];
		matches = timer_hook_matches(found, request);
	}
	clock_unlock(clock);
	return matches;
}

/* What became of it: the ledger's `to`. */
static int64_t timer_hook_result(const struct timer_request *request, enum timer_action action)
{
	int64_t from = request->event == TIMER_CANCEL ? request->now : request->expiry;

	return action == TIMER_DROP ? -1 : timer_add(from, request->delay);
}

enum timer_action timer_hook_ask(struct clock *clock, struct timer_request *request)
{
	enum timer_action action = TIMER_PASS;
	struct timer_hook hook;

	request->owner = timer_list_owner(request->timer->list);
	request->name = request->timer->name;
	request->now = clock_now(clock);
	for (unsigned next = 0; action == TIMER_PASS && timer_hook_next(clock, &next, request, &hook);) {
		request->delay = 0;
		action = hook.fn(hook.opaque, request);
		if (action == TIMER_DELAY && request->delay <= 0)
			action = TIMER_PASS;
	}
	if (action != TIMER_PASS) {
		clock_lock(clock);
		ledger_add_hook(clock, request, action, timer_hook_result(request, action));
		clock_unlock(clock);
	}
	return action;
}
