/*
 * The state of a device in Lua. The digest is of the text of its table device.state. The whole state is that table,
 * what the model's own function save returns, and the device's pending timers; the model's restore makes the timers
 * again, each of which then gets the expiry and the place in the order that the saved one of its name had.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/bind/bind_device.h"
#include "sim/base/allocate.h"

/* A saved text that says it is longer is damaged. */
#define BIND_DEVICE_MOST_STATE (64u << 20)

struct bind_device_walk {
	struct bind_unit *unit;
	struct state_visitor *visitor;
	const char *function; /* "state", "save", "restore" */
	char *text;           /* to be restored; free() it */
	uint64_t size;
};

/* The function, and the device. */
static void bind_device_push_function(lua_State *L, const struct bind_device_walk *walk)
{
	bind_push_kept(L, walk->unit->owner, walk->unit);
	lua_getiuservalue(L, -1, BIND_DEVICE_FUNCTIONS);
	lua_getfield(L, -1, walk->function);
	lua_remove(L, -2);
	lua_insert(L, -2);
}

static void bind_device_push_read(lua_State *L, void *opaque)
{
	bind_device_push_function(L, opaque);
}

/* Its argument is the list { device, text }. */
static void bind_device_push_restore(lua_State *L, void *opaque)
{
	const struct bind_device_walk *walk = opaque;

	bind_device_push_function(L, walk);
	lua_createtable(L, 2, 0);
	lua_insert(L, -2);
	lua_rawseti(L, -2, 1);
	lua_pushlstring(L, walk->text, walk->size);
	lua_rawseti(L, -2, 2);
}

/* The text is not the string's own: a visitor may write to what it is shown. */
static void bind_device_take_text(lua_State *L, void *opaque)
{
	struct bind_device_walk *walk = opaque;
	const char *text = lua_tolstring(L, -2, &walk->size);

	walk->text = allocate_bytes(walk->size + 1);
	memcpy(walk->text, text, walk->size + 1);
}

/* False: the function failed, or there is nobody to call it; the reason is the visitor's when the state is whole. */
static bool bind_device_call_model(struct bind_device_walk *walk, void (*push)(lua_State *L, void *opaque),
				   void (*take)(lua_State *L, void *opaque))
{
	struct bind_machine *owner = walk->unit->owner;
	struct bind_callback callback = {
		.owner = owner, .what = walk->unit->device.path, .core = -1, .time = -1,
		.push = push, .take = take, .opaque = walk,
	};

	if (!owner->caller) {
		if (walk->visitor->whole)
			state_refuse(walk->visitor, "a device in Lua is saved and restored by its script only");
		return false;
	}
	if (!bind_call(&callback))
		return true;
	if (walk->visitor->whole) {
		state_refuse(walk->visitor, owner->error ? owner->error : "a device in Lua said stop");
		free(owner->error);
		owner->error = NULL;
	}
	return false;
}

static void bind_device_visit_text(struct bind_device_walk *walk)
{
	state_u64(walk->visitor, "size", &walk->size);
	walk->visitor->bytes(walk->visitor, "state", walk->text, walk->size);
}

static void bind_device_save(struct bind_device_walk *walk)
{
	walk->function = "save";
	if (!bind_device_call_model(walk, bind_device_push_read, bind_device_take_text))
		return;
	bind_device_visit_text(walk);
	bind_timer_save_all(walk->unit->device.timers, walk->unit->device.path, walk->visitor);
}

static void bind_device_restore_text(struct bind_device_walk *walk)
{
	state_u64(walk->visitor, "size", &walk->size);
	if (!state_at_most(walk->visitor, "size", walk->size, BIND_DEVICE_MOST_STATE) || walk->visitor->failed)
		return;
	walk->text = allocate_bytes(walk->size + 1);
	walk->visitor->bytes(walk->visitor, "state", walk->text, walk->size);
	walk->text[walk->size] = '\0';
}

static void bind_device_restore(struct bind_device_walk *walk)
{
	struct bind_timer_list made = { NULL };
	struct bind_unit *unit = walk->unit;

	bind_device_restore_text(walk);
	if (walk->visitor->failed)
		return;
	bind_timer_cancel_all(unit->device.timers);
	walk->function = "restore";
	unit->restored = &made;
	if (bind_device_call_model(walk, bind_device_push_restore, NULL))
		bind_timer_restore_all(&made, unit->device.path, walk->visitor);
	unit->restored = NULL;
	bind_timer_settle_all(&made);
}

void bind_device_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct bind_device_walk walk = { .unit = (struct bind_unit *)device, .visitor = visitor, .function = "state" };

	if (visitor->restores)
		bind_device_restore(&walk);
	else if (visitor->whole)
		bind_device_save(&walk);
	else if (bind_device_call_model(&walk, bind_device_push_read, bind_device_take_text))
		bind_device_visit_text(&walk);
	free(walk.text);
}
