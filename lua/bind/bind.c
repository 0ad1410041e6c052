#include "lua/bind/bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/core/core_pause.h"
#include "lua/kit/quantity.h"
#include "lua/kit/sandbox.h"
#include "lua/kit/watchdog.h"

/* User value 1: of a machine, the table of its objects; of any other object, the machine's object. */
#define BIND_USER_VALUE 1
/* User value 2 of a machine: address -> object that must not be collected. */
#define BIND_KEPT_VALUE 2

static struct bind_machine *bind_owner(lua_State *L, int index)
{
	struct bind_machine *machine = class_test(L, index, &bind_machine_class);

	return machine ? machine : ((struct bind_object *)lua_touserdata(L, index))->owner;
}

__attribute__((noreturn))
static void bind_closed(lua_State *L)
{
	class_error(L, "the machine is closed; nothing of it can be used any more");
}

struct bind_object *bind_self(lua_State *L, const struct class *class)
{
	struct bind_object *object = class_check(L, 1, class);

	if (!object->owner->machine)
		bind_closed(L);
	return object;
}

struct bind_machine *bind_self_machine(lua_State *L)
{
	struct bind_machine *machine = class_check(L, 1, &bind_machine_class);

	if (!machine->machine)
		bind_closed(L);
	return machine;
}

void bind_not_running(lua_State *L, struct bind_machine *owner, const char *what)
{
	if (owner->L)
		class_error(L, "%s cannot be called from a callback of the machine: it runs already; "
			    "return \"stop\" from the callback and call it after the run", what);
}

int64_t bind_now(lua_State *L, int index)
{
	struct bind_machine *owner = bind_owner(L, index);

	return owner->machine ? machine_now(owner->machine) : -1;
}

/* ---- Objects ---- */

void bind_push_machine(lua_State *L, int index)
{
	if (class_test(L, index, &bind_machine_class))
		lua_pushvalue(L, index);
	else
		lua_getiuservalue(L, index, BIND_USER_VALUE);
}

/* A new object below which the machine's object stands on the stack; it stays there. */
static void *bind_create(lua_State *L, const struct class *class, size_t size, int values)
{
	struct bind_object *object = class_new(L, class, size, 1 + values);

	object->owner = lua_touserdata(L, -2);
	lua_pushvalue(L, -2);
	lua_setiuservalue(L, -2, BIND_USER_VALUE);
	return object;
}

struct bind_object *bind_push(lua_State *L, const struct class *class, int index)
{
	struct bind_object *object;

	luaL_checkstack(L, 6, NULL);
	bind_push_machine(L, 1);
	lua_getiuservalue(L, -1, BIND_USER_VALUE);
	luaL_getsubtable(L, -1, class->name);
	if (lua_rawgeti(L, -1, index) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_pushvalue(L, -3);
		object = bind_create(L, class, sizeof *object, 0);
		object->index = index;
		lua_pushvalue(L, -1);
		lua_rawseti(L, -4, index);
		lua_remove(L, -2);
	}
	lua_insert(L, -4);
	lua_pop(L, 3);
	return lua_touserdata(L, -1);
}

void *bind_new(lua_State *L, const struct class *class, size_t size, int values)
{
	void *object;

	bind_push_machine(L, 1);
	object = bind_create(L, class, size, values);
	lua_remove(L, -2);
	return object;
}

/* ---- Callbacks ---- */

void bind_lend(lua_State *L, struct bind_machine *owner)
{
	lua_getiuservalue(L, 1, BIND_KEPT_VALUE);
	lua_rawsetp(L, LUA_REGISTRYINDEX, owner);
	owner->caller = L;
	watchdog_enter(1);
}

void bind_take_back(lua_State *L, struct bind_machine *owner)
{
	watchdog_leave();
	owner->caller = owner->L;
	if (owner->L)
		return;
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, owner);
}

void bind_raise(lua_State *L, struct bind_machine *owner)
{
	if (owner->L || !owner->error)
		return;
	lua_pushstring(L, owner->error);
	free(owner->error);
	owner->error = NULL;
	lua_error(L);
}

void bind_enter(lua_State *L, struct bind_machine *owner)
{
	bind_lend(L, owner);
	owner->L = L;
	owner->event_time = -1;
}

void bind_leave(lua_State *L, struct bind_machine *owner)
{
	owner->L = NULL;
	bind_take_back(L, owner);
}

int64_t bind_present(const struct bind_machine *owner)
{
	return owner->L && owner->event_time >= 0 ? owner->event_time : machine_now(owner->machine);
}

void bind_keep(lua_State *L, void *object)
{
	bind_push_machine(L, -1);
	lua_getiuservalue(L, -1, BIND_KEPT_VALUE);
	lua_pushvalue(L, -3);
	lua_rawsetp(L, -2, object);
	lua_pop(L, 3);
}

/* Pushes the table of kept objects: from a callback, or through the object at index 1. */
static void bind_push_kept_table(lua_State *L, struct bind_machine *owner)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, owner) != LUA_TNIL)
		return;
	lua_pop(L, 1);
	bind_push_machine(L, 1);
	lua_getiuservalue(L, -1, BIND_KEPT_VALUE);
	lua_remove(L, -2);
}

void bind_release(lua_State *L, struct bind_machine *owner, const void *object)
{
	bind_push_kept_table(L, owner);
	lua_pushnil(L);
	lua_rawsetp(L, -2, object);
	lua_pop(L, 1);
}

void bind_push_kept(lua_State *L, struct bind_machine *owner, const void *object)
{
	bind_push_kept_table(L, owner);
	lua_rawgetp(L, -1, object);
	lua_remove(L, -2);
}

void bind_set_broken(lua_State *L, struct bind_machine *owner, const void *object)
{
	/* The owner's own address is a key of the table since the machine was made: setting it allocates nothing. */
	bind_push_kept_table(L, owner);
	lua_rawgetp(L, -1, object);
	lua_rawsetp(L, -2, owner);
	lua_pop(L, 1);
	owner->broke = true;
}

void bind_push_broken(lua_State *L, struct bind_machine *owner)
{
	bind_push_kept(L, owner, owner);
}

static int bind_traceback(lua_State *L)
{
	luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
	return 1;
}

static int bind_run_callback(lua_State *L)
{
	const struct bind_callback *callback = lua_touserdata(L, 1);

	luaL_checkstack(L, 8, NULL);
	callback->push(L, callback->opaque);
	lua_call(L, 1, 2);
	if (callback->take)
		callback->take(L, callback->opaque);
	lua_pop(L, 1);
	return 1;
}

/* The text is on top: kept with the simulated time, when it is the first of this run. */
static void bind_keep_error(const struct bind_callback *callback, const char *text)
{
	struct bind_machine *owner = callback->owner;
	char when[QUANTITY_TIME_TEXT];

	quantity_time_text(machine_now(owner->machine), when);
	if (!owner->error)
		owner->error = allocate_print("in %s at %s: %s", callback->what, when, text);
	if (owner->L)
		machine_stop(owner->machine, MACHINE_ERROR, callback->core, owner->error);
}

void bind_stop(struct bind_machine *owner, enum machine_reason reason, int core, int64_t time)
{
	if (owner->stopped_at < 0)
		owner->stopped_at = time;
	machine_stop(owner->machine, reason, core, NULL);
}

/* The same with the lock held. */
static bool bind_call_locked(const struct bind_callback *callback)
{
	struct bind_machine *owner = callback->owner;
	int64_t outer_time = owner->event_time;
	lua_State *L = owner->caller;
	int base = lua_gettop(L);
	struct core *core = machine_calling_core(owner->machine, callback->core);
	struct core_pause pause;
	bool stop = false;
	int64_t budget;
	int status;

	if (owner->error)
		return true;
	if (!lua_checkstack(L, 4)) {
		bind_keep_error(callback, "Lua's stack is full");
		return true;
	}
	owner->event_time = callback->time;
	budget = sandbox_enter_callback(L);
	watchdog_enter(0);
	lua_pushcfunction(L, bind_traceback);
	lua_pushcfunction(L, bind_run_callback);
	lua_pushlightuserdata(L, (void *)callback);
	if (core)
		core_pause_begin(core, &pause);
	status = lua_pcall(L, 1, 1, base + 1);
	if (core)
		core_pause_end(core, &pause);
	watchdog_leave();
	sandbox_leave_callback(L, budget);
	if (status == LUA_ERRMEM)
		bind_keep_error(callback, sandbox_memory_text(L));
	else if (status != LUA_OK)
		bind_keep_error(callback,
				lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error without text");
	else if (lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -1), "stop"))
		stop = true;
	lua_settop(L, base);
	owner->event_time = outer_time;
	if (stop)
		bind_stop(owner, MACHINE_STOP, callback->core, callback->time);
	return stop || owner->error;
}

bool bind_call(const struct bind_callback *callback)
{
	bool stop;

	debug_enter(callback->owner->debug);
	stop = bind_call_locked(callback);
	debug_leave(callback->owner->debug);
	return stop;
}

/* ---- Records ---- */

static int bind_record_index(lua_State *L)
{
	const struct bind_record *record = lua_touserdata(L, lua_upvalueindex(1));
	const char *key = luaL_tolstring(L, 2, NULL);

	lua_newtable(L);
	for (const char *const *field = record->fields; *field; field++) {
		if (lua_type(L, 2) == LUA_TSTRING && !strcmp(*field, key))
			return lua_pushnil(L), 1;
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, *field);
	}
	class_unknown(L, record->name, key, -1);
}

/* The metatable on top gets the names in their order, for who shows such records. */
static void bind_record_set_fields(lua_State *L, const struct bind_record *record)
{
	lua_Integer n = 0;

	lua_newtable(L);
	for (const char *const *field = record->fields; *field; field++) {
		lua_pushstring(L, *field);
		lua_rawseti(L, -2, ++n);
	}
	lua_setfield(L, -2, "fields");
}

void bind_push_record(lua_State *L, const struct bind_record *record)
{
	luaL_checkstack(L, 6, NULL);
	lua_createtable(L, 0, record->room);
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, record) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushlightuserdata(L, (void *)record);
		lua_pushcclosure(L, bind_record_index, 1);
		lua_setfield(L, -2, "__index");
		bind_record_set_fields(L, record);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, record);
	}
	lua_setmetatable(L, -2);
}
