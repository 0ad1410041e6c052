/* m:intercept{...}: hooks on the guest's own timers, which may observe, delay or drop (sim/time/timer_hook.h). */
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "sim/time/timer_hook.h"

#define BIND_HOOK_FUNCTION 2 /* user value */

struct bind_hook {
	struct bind_object object;
	struct timer_hook *hook; /* NULL: cancelled */
	int64_t count;
	bool asking; /* its function runs: the object must stay, and the hook too */
	bool cancelled;
	struct timer_request *request; /* while asking */
	enum timer_action action;
};

static const char *const bind_hook_event_fields[] = {
	"event", "owner", "name", "time", "expiry", "core", "hook", NULL
};
static const struct bind_record bind_hook_event = BIND_RECORD("event of a timer", bind_hook_event_fields);

static struct bind_hook *bind_hook_self(lua_State *L)
{
	return (struct bind_hook *)bind_self(L, &bind_hook_class);
}

/* The core that arms its own timer, or NULL. */
static struct core *bind_hook_core(const struct machine *machine, const char *owner)
{
	for (unsigned i = 0; i < machine->ncores; i++)
		if (!strcmp(machine->cores[i]->path, owner))
			return machine->cores[i];
	return NULL;
}

static void bind_hook_push(lua_State *L, void *opaque)
{
	struct bind_hook *self = opaque;
	const struct timer_request *request = self->request;
	const struct core *core;

	bind_push_kept(L, self->object.owner, self);
	lua_getiuservalue(L, -1, BIND_HOOK_FUNCTION);
	bind_push_record(L, &bind_hook_event);
	lua_pushstring(L, timer_event_name(request->event));
	lua_setfield(L, -2, "event");
	lua_pushstring(L, request->owner);
	lua_setfield(L, -2, "owner");
	lua_pushstring(L, request->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, self->object.owner->event_time);
	lua_setfield(L, -2, "time");
	lua_pushinteger(L, request->expiry);
	lua_setfield(L, -2, "expiry");
	core = bind_hook_core(self->object.owner->machine, request->owner);
	if (core) {
		lua_pushinteger(L, core->index);
		lua_setfield(L, -2, "core");
	}
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "hook");
	lua_remove(L, -3);
}

/* The function's two results are on top: what is to become of the request. */
static void bind_hook_take(lua_State *L, void *opaque)
{
	struct bind_hook *self = opaque;
	const char *word = lua_isnil(L, -2) ? "pass" : arg_string(L, -2, "m:intercept: the function's result");

	if (!strcmp(word, "drop")) {
		self->action = TIMER_DROP;
	} else if (!strcmp(word, "delay")) {
		self->request->delay = arg_time(L, -1, "m:intercept: the delay");
		if (!self->request->delay)
			class_error(L, "m:intercept: a delay above 0 is expected");
		self->action = TIMER_DELAY;
	} else if (strcmp(word, "pass") && strcmp(word, "stop")) {
		class_error(
			L,
			"m:intercept: the function's result is \"%s\"; \"pass\", \"drop\", \"delay\" and a time, or "
			"\"stop\" is "
			"expected",
			word);
	}
}

static void bind_hook_settle(lua_State *L, struct bind_hook *self)
{
	if (self->asking || !self->cancelled || !self->hook)
		return;
	timer_hook_remove(self->object.owner->machine->clock, self->hook);
	self->hook = NULL;
	bind_release(L, self->object.owner, self);
}

/* A core that arms its own timer does so at its own time, which the clock is behind. */
static int64_t bind_hook_time(const struct bind_machine *owner, const struct timer_request *request, int number)
{
	const struct core *core = machine_calling_core(owner->machine, number);

	return core ? core_now(core, core->calling) : request->now;
}

static enum timer_action bind_hook_ask_locked(struct bind_hook *self, struct timer_request *request)
{
	struct bind_machine *owner = self->object.owner;
	const struct core *core = bind_hook_core(owner->machine, request->owner);
	int number = core ? core->index : -1;
	struct bind_callback callback = {
		.owner = owner,
		.what = "a function of m:intercept",
		.core = number,
		.time = bind_hook_time(owner, request, number),
		.push = bind_hook_push,
		.take = bind_hook_take,
		.opaque = self,
	};

	if (self->asking || self->cancelled)
		return TIMER_PASS;
	self->count++;
	self->request = request;
	self->action = TIMER_PASS;
	self->asking = true;
	bind_call(&callback);
	self->asking = false;
	self->request = NULL;
	return self->action;
}

/* Cores on threads of their own ask one after the other: none is passed over as another one asks. */
static enum timer_action bind_hook_ask(void *opaque, struct timer_request *request)
{
	struct bind_hook *self = opaque;
	struct bind_machine *owner = self->object.owner;
	enum timer_action action;

	/* Outside of a run the script itself arms something, as by core.spr.DEC = n: nobody is asked. */
	if (!owner->L)
		return TIMER_PASS;
	debug_enter(owner->debug);
	action = bind_hook_ask_locked(self, request);
	debug_leave(owner->debug);
	return action;
}

/* A set of event names, or one, at the top of the stack, as a mask. */
static unsigned bind_hook_events(lua_State *L)
{
	unsigned events = 0;

	if (lua_isnil(L, -1))
		return (1u << TIMER_EVENTS) - 1;
	arg_table(L, -1, "m:intercept: events");
	for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
		const char *name = arg_string(L, -1, "m:intercept: events");
		enum timer_event event = 0;

		while (event < TIMER_EVENTS && strcmp(timer_event_name(event), name))
			event++;
		if (event == TIMER_EVENTS)
			class_error(L, "m:intercept: events: there is no \"%s\"; there are arm, cancel and fire", name);
		events |= 1u << event;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return events;
}

int bind_hook_new(lua_State *L)
{
	static const char *const names[] = { "name", "owner", "core", "events", "on", NULL };
	struct bind_machine *owner = bind_self_machine(L);
	const char *name = NULL, *of = NULL;
	struct bind_hook *self;
	unsigned events;

	arg_keys(L, 2, "m:intercept", names);
	lua_settop(L, 2);
	if (lua_getfield(L, 2, "name") != LUA_TNIL)
		name = arg_string(L, -1, "m:intercept: name");
	if (lua_getfield(L, 2, "owner") != LUA_TNIL)
		of = arg_string(L, -1, "m:intercept: owner");
	if (lua_getfield(L, 2, "core") != LUA_TNIL)
		of = owner->machine->cores[arg_integer(L, -1, "m:intercept: core", 0, owner->machine->ncores - 1)]
			     ->path;
	lua_getfield(L, 2, "events");
	events = bind_hook_events(L);
	lua_getfield(L, 2, "on");
	arg_function(L, -1, "m:intercept: on");
	self = bind_new(L, &bind_hook_class, sizeof *self, 1);
	lua_pushvalue(L, -2);
	lua_setiuservalue(L, -2, BIND_HOOK_FUNCTION);
	lua_pushvalue(L, -1);
	bind_keep(L, self);
	self->hook = timer_hook_add(owner->machine->clock, of, name, events, bind_hook_ask, self);
	return 1;
}

static int bind_hook_cancel(lua_State *L)
{
	struct bind_hook *self = bind_hook_self(L);

	self->cancelled = true;
	bind_hook_settle(L, self);
	return 0;
}

static int bind_hook_get_count(lua_State *L)
{
	lua_pushinteger(L, bind_hook_self(L)->count);
	return 1;
}

static const struct class_member bind_hook_members[] = {
	{
		.name = "cancel",
		.call = bind_hook_cancel,
		.synopsis = "hook:cancel()",
		.text = "The hook is asked no more. Cancelling twice does nothing.",
		.returns = "nothing",
		.errors = "the machine is closed",
		.example = "local h = m:intercept{ on = function() error \"never\" end }\nh:cancel()\n"
			   "m:run{ [\"for\"] = \"20ms\" }\n"
			   "assert(h.count == 0)",
	},
	{
		.name = "count",
		.get = bind_hook_get_count,
		.synopsis = "hook.count -> integer",
		.text = "How often its function was asked.",
		.returns = "integer",
		.errors = "the machine is closed",
		.example = "local h = m:intercept{ name = \"decrementer\", on = function() end }\n"
			   "m:run{ [\"for\"] = \"20ms\" }\n"
			   "assert(h.count > 0)",
	},
	{ .name = NULL },
};

const struct class bind_hook_class = {
	.name = "hook",
	.summary = "What m:intercept{...} returns: a function that has a say in the guest's own timers.",
	.members = bind_hook_members,
	.now = bind_now,
};
