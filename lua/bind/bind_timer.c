/* Timers of a script, and the list of all that are pending. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind_timer.h"
#include "sim/base/allocate.h"

struct bind_timer {
	struct bind_object object;
	struct timer timer;
	int64_t every; /* ns; 0: fires once */
	int64_t count;
	int64_t fired_at;
	bool firing; /* its callback runs: the object must stay */
	struct bind_timer *next; /* in a struct bind_timer_list */
};

#define BIND_TIMER_FUNCTION 2 /* user value */

static const char *const bind_timer_event_fields[] = { "time", "timer", "count", NULL };
static const struct bind_record bind_timer_event = BIND_RECORD("timer event", bind_timer_event_fields);

static struct bind_timer *bind_timer_self(lua_State *L)
{
	return (struct bind_timer *)bind_self(L, &bind_timer_class);
}

static void bind_timer_push(lua_State *L, void *opaque)
{
	struct bind_timer *self = opaque;

	bind_push_kept(L, self->object.owner, self);
	lua_getiuservalue(L, -1, BIND_TIMER_FUNCTION);
	bind_push_record(L, &bind_timer_event);
	lua_pushinteger(L, self->fired_at);
	lua_setfield(L, -2, "time");
	lua_pushinteger(L, self->count);
	lua_setfield(L, -2, "count");
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "timer");
	lua_remove(L, -3);
}

/* Lets the object go once it cannot fire any more. */
static void bind_timer_settle(lua_State *L, struct bind_timer *self)
{
	if (!timer_pending(&self->timer) && !self->firing)
		bind_release(L, self->object.owner, self);
}

static void bind_timer_fire(void *opaque, int64_t now)
{
	struct bind_timer *self = opaque;
	struct bind_callback callback = {
		.owner = self->object.owner, .what = "a timer", .core = -1, .time = now,
		.push = bind_timer_push, .opaque = self,
	};

	self->count++;
	self->fired_at = now;
	if (self->every)
		timer_arm(&self->timer, timer_add(now, self->every));
	self->firing = true;
	bind_call(&callback);
	self->firing = false;
	bind_timer_settle(self->object.owner->L, self);
}

/* The time at `field` of the table at index 2; -1: it is not there. */
static int64_t bind_timer_time(lua_State *L, const char *what, const char *field)
{
	int64_t time = -1;
	char name[64];

	snprintf(name, sizeof name, "%s: %s", what, field);
	if (lua_getfield(L, 2, field) != LUA_TNIL)
		time = arg_time(L, -1, name);
	lua_pop(L, 1);
	return time;
}

int bind_timer_make(lua_State *L, struct bind_machine *owner, struct timer_list *list, const char *what,
		    struct bind_timer_list *made)
{
	static const char *const names[] = { "after", "every", "on", "name", NULL };
	const char *name = "timer";
	struct bind_timer *self;
	int64_t after, every;

	arg_keys(L, 2, what, names);
	lua_settop(L, 2);
	after = bind_timer_time(L, what, "after");
	every = bind_timer_time(L, what, "every");
	if (!every)
		class_error(L, "%s: every: a time above 0 is expected", what);
	if (after < 0 && every < 0)
		class_error(L, "%s: after or every is needed, as in m:timer{ every = \"1ms\", on = function(ev) end }",
			    what);
	if (lua_getfield(L, 2, "name") != LUA_TNIL)
		name = arg_string(L, -1, "timer: name");
	lua_getfield(L, 2, "on");
	arg_function(L, -1, "timer: on");
	self = bind_new(L, &bind_timer_class, sizeof *self, 1);
	lua_pushvalue(L, -2);
	lua_setiuservalue(L, -2, BIND_TIMER_FUNCTION);
	self->every = every < 0 ? 0 : every;
	timer_init(&self->timer, list, name, bind_timer_fire, self);
	lua_pushvalue(L, -1);
	bind_keep(L, self);
	if (made) {
		self->next = made->first;
		made->first = self;
	} else {
		timer_arm(&self->timer, timer_add(bind_present(owner), after < 0 ? every : after));
	}
	return 1;
}

int bind_timer_new(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);

	return bind_timer_make(L, owner, owner->timers, "m:timer", NULL);
}

static int bind_timer_cancel(lua_State *L)
{
	struct bind_timer *self = bind_timer_self(L);

	timer_cancel(&self->timer);
	self->every = 0;
	bind_timer_settle(L, self);
	return 0;
}

static int bind_timer_get_pending(lua_State *L)
{
	lua_pushboolean(L, timer_pending(&bind_timer_self(L)->timer));
	return 1;
}

static int bind_timer_get_count(lua_State *L)
{
	lua_pushinteger(L, bind_timer_self(L)->count);
	return 1;
}

static int bind_timer_get_deadline(lua_State *L)
{
	const struct bind_timer *self = bind_timer_self(L);

	if (timer_pending(&self->timer))
		lua_pushinteger(L, timer_expiry(&self->timer));
	else
		lua_pushnil(L);
	return 1;
}

static int bind_timer_get_name(lua_State *L)
{
	lua_pushstring(L, bind_timer_self(L)->timer.name);
	return 1;
}

static const struct class_member bind_timer_members[] = {
	{
		.name = "cancel",
		.call = bind_timer_cancel,
		.synopsis = "timer:cancel()",
		.text = "The timer does not fire any more. Cancelling one that is not pending does nothing.",
		.returns = "nothing",
		.errors = "the machine is closed",
		.example = "local t = m:timer{ after = \"1ms\", on = function() error \"never\" end }\nt:cancel()\n"
			   "m:run{ [\"for\"] = \"2ms\" }\nassert(t.count == 0 and not t.pending)",
	},
	{
		.name = "pending",
		.get = bind_timer_get_pending,
		.synopsis = "timer.pending -> boolean",
		.text = "True while the timer is going to fire.",
		.returns = "boolean",
		.errors = "the machine is closed",
		.example = "local t = m:timer{ after = \"1ms\", on = function() end }\nassert(t.pending)",
	},
	{
		.name = "count",
		.get = bind_timer_get_count,
		.synopsis = "timer.count -> integer",
		.text = "How often it has fired.",
		.returns = "integer",
		.errors = "the machine is closed",
		.example = "local t = m:timer{ every = \"100us\", on = function() end }\nm:run{ [\"for\"] = \"1ms\" }\n"
			   "assert(t.count == 10)",
	},
	{
		.name = "deadline",
		.get = bind_timer_get_deadline,
		.synopsis = "timer.deadline -> integer or nil",
		.text = "When it fires next.",
		.returns = "integer, virtual ns since reset; nil when it is not pending",
		.errors = "the machine is closed",
		.example =
			"local t = m:timer{ after = \"1ms\", on = function() end }\n"
			"assert(t.deadline == m.now + 1000000)",
	},
	{
		.name = "name",
		.get = bind_timer_get_name,
		.synopsis = "timer.name -> string",
		.text = "Its name in m.timers and in the warp ledger.",
		.returns = "string",
		.errors = "the machine is closed",
		.example =
			"local t = m:timer{ after = 1, name = \"probe\", on = function() end }\n"
			"assert(t.name == \"probe\")",
	},
	{ .name = NULL },
};

const struct class bind_timer_class = {
	.name = "timer",
	.summary = "A timer of the script, in virtual time.",
	.members = bind_timer_members,
	.now = bind_now,
};

/* ---- Those of a device, saved and restored ---- */

/* The pending timers of a list; free() it. */
static struct timer **bind_timer_pending_of(struct timer_list *list, size_t *count)
{
	struct timer **timers;

	*count = timer_list_pending(list, NULL, 0);
	timers = allocate_zeroed(*count + 1, sizeof *timers);
	timer_list_pending(list, timers, *count);
	return timers;
}

static bool bind_timer_names_differ(struct timer *const *timers, size_t count, const char *path,
				    struct state_visitor *visitor)
{
	char why[256];

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (strcmp(timers[i]->name, timers[j]->name))
				continue;
			snprintf(why, sizeof why,
				 "%s: two of its timers are pending under the name \"%s\"; to be saved, they need "
				 "names of their own",
				 path, timers[i]->name);
			state_refuse(visitor, why);
			return false;
		}
	}
	return true;
}

/* All that makes it fire again as it would have. */
static void bind_timer_visit(struct bind_timer *self, struct state_visitor *visitor)
{
	state_i64(visitor, "every", &self->every);
	state_i64(visitor, "count", &self->count);
	timer_visit_state(&self->timer, visitor);
}

void bind_timer_save_all(struct timer_list *list, const char *path, struct state_visitor *visitor)
{
	size_t count;
	struct timer **timers = bind_timer_pending_of(list, &count);
	uint64_t number = count;

	if (bind_timer_names_differ(timers, count, path, visitor)) {
		state_u64(visitor, "timers", &number);
		for (size_t i = 0; i < count; i++) {
			uint64_t length = strlen(timers[i]->name);

			state_u64(visitor, "length", &length);
			visitor->bytes(visitor, "name", (void *)timers[i]->name, length);
			bind_timer_visit(timers[i]->opaque, visitor);
		}
	}
	free(timers);
}

void bind_timer_cancel_all(struct timer_list *list)
{
	size_t count;
	struct timer **timers = bind_timer_pending_of(list, &count);

	for (size_t i = 0; i < count; i++) {
		struct bind_timer *self = timers[i]->opaque;

		timer_cancel(&self->timer);
		bind_timer_settle(self->object.owner->caller, self);
	}
	free(timers);
}

/* The name that was saved next; false: refused. */
static bool bind_timer_restore_name(char *name, size_t room, struct state_visitor *visitor)
{
	uint64_t length = 0;

	state_u64(visitor, "length", &length);
	if (!state_at_most(visitor, "length", length, room - 1))
		return false;
	visitor->bytes(visitor, "name", name, length);
	name[length] = '\0';
	return !visitor->failed;
}

static struct bind_timer *bind_timer_named(const struct bind_timer_list *made, const char *name)
{
	struct bind_timer *self = made->first;

	while (self && (strcmp(self->timer.name, name) || timer_pending(&self->timer)))
		self = self->next;
	return self;
}

void bind_timer_restore_all(struct bind_timer_list *made, const char *path, struct state_visitor *visitor)
{
	uint64_t count = 0;
	char name[256], why[640];

	state_u64(visitor, "timers", &count);
	for (uint64_t i = 0; i < count && bind_timer_restore_name(name, sizeof name, visitor); i++) {
		struct bind_timer *self = bind_timer_named(made, name);

		if (self) {
			bind_timer_visit(self, visitor);
			continue;
		}
		snprintf(why, sizeof why,
			 "%s: its timer \"%s\" was pending; the model's function restore has to make it again", path,
			 name);
		state_refuse(visitor, why);
		return;
	}
}

void bind_timer_settle_all(struct bind_timer_list *made)
{
	for (struct bind_timer *self = made->first, *next; self; self = next) {
		next = self->next;
		self->next = NULL;
		bind_timer_settle(self->object.owner->caller, self);
	}
}

/* ---- All pending timers ---- */

static const char *const bind_timer_view_fields[] = { "name",  "owner", "deadline",  "core",
						      "armed", "fired", "cancelled", NULL };
static const struct bind_record bind_timer_view = BIND_RECORD("pending timer", bind_timer_view_fields);

/* Sets field core when the timer is one of a core's own. */
static void bind_timer_set_core(lua_State *L, const struct machine *machine, const char *owner)
{
	for (unsigned i = 0; i < machine->ncores; i++) {
		if (machine->cores[i]->timer_list && !strcmp(timer_list_owner(machine->cores[i]->timer_list), owner)) {
			lua_pushinteger(L, i);
			lua_setfield(L, -2, "core");
		}
	}
}

static void bind_timer_push_view(lua_State *L, const struct machine *machine, const struct timer_view *view)
{
	bind_push_record(L, &bind_timer_view);
	lua_pushstring(L, view->name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, view->owner);
	lua_setfield(L, -2, "owner");
	lua_pushinteger(L, view->expiry);
	lua_setfield(L, -2, "deadline");
	lua_pushinteger(L, (lua_Integer)view->armed);
	lua_setfield(L, -2, "armed");
	lua_pushinteger(L, (lua_Integer)view->fired);
	lua_setfield(L, -2, "fired");
	lua_pushinteger(L, (lua_Integer)view->cancelled);
	lua_setfield(L, -2, "cancelled");
	bind_timer_set_core(L, machine, view->owner);
}

int bind_timer_push_all(lua_State *L)
{
	struct machine *machine = bind_self_machine(L)->machine;
	size_t n = timer_views(machine->clock, NULL, 0);
	struct timer_view *views = lua_newuserdatauv(L, (n + 1) * sizeof *views, 0);

	n = timer_views(machine->clock, views, n);
	class_push_list(L);
	for (size_t i = 0; i < n; i++) {
		bind_timer_push_view(L, machine, &views[i]);
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	return 1;
}
