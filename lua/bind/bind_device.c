/*
 * Device models written in Lua. A model is a struct device_class like any
 * other, whose functions call the script's; what the script wrote is checked
 * and put into one form by lua/lib/device.lua.
 */
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind_device.h"
#include "sim/base/allocate.h"
#include "soc/build/builder.h"

struct bind_model {
	struct device_class class; /* first */
	struct bind_machine *owner;
	struct bind_model *next;
	char **compatible;
	char *summary;
};

static struct bind_unit *bind_device_unit(lua_State *L)
{
	return ((struct bind_device *)bind_self(L, &bind_device_class))->unit;
}

/* ---- Accesses ---- */

static const char *const bind_device_access_fields[] = { "device", "offset", "size", "value",
							 "reg",    "core",   "time", NULL };
static const struct bind_record bind_device_access = BIND_RECORD("access", bind_device_access_fields);

struct bind_device_call {
	struct bind_unit_reg *reg;
	const struct bus_access *access;
	uint64_t offset, value;
	unsigned size;
	const char *function; /* "read", "write" */
};

static void bind_device_push_access(lua_State *L, const struct bind_device_call *call)
{
	bind_push_record(L, &bind_device_access);
	lua_pushinteger(L, (lua_Integer)call->offset);
	lua_setfield(L, -2, "offset");
	lua_pushinteger(L, call->size);
	lua_setfield(L, -2, "size");
	lua_pushinteger(L, call->reg->index);
	lua_setfield(L, -2, "reg");
	lua_pushinteger(L, call->access->now);
	lua_setfield(L, -2, "time");
	if (call->access->core != BUS_NO_CORE) {
		lua_pushinteger(L, call->access->core);
		lua_setfield(L, -2, "core");
	}
	if (call->function[0] == 'w') {
		lua_pushinteger(L, (lua_Integer)call->value);
		lua_setfield(L, -2, "value");
	}
}

static void bind_device_push_call(lua_State *L, void *opaque)
{
	const struct bind_device_call *call = opaque;

	bind_push_kept(L, call->reg->unit->owner, call->reg->unit);
	lua_getiuservalue(L, -1, BIND_DEVICE_FUNCTIONS);
	lua_getfield(L, -1, call->function);
	lua_remove(L, -2);
	bind_device_push_access(L, call);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "device");
	lua_remove(L, -3);
}

static void bind_device_take_value(lua_State *L, void *opaque)
{
	struct bind_device_call *call = opaque;

	if (lua_isinteger(L, -2))
		call->value = (uint64_t)lua_tointeger(L, -2);
	else if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "stop"))
		luaL_error(L, "%s: its read of offset %d returned %s; an integer is expected",
			   call->reg->unit->device.path, (int)call->offset, luaL_tolstring(L, -2, NULL));
}

static bool bind_device_call(struct bind_device_call *call, void (*take)(lua_State *L, void *opaque))
{
	struct bind_callback callback = {
		.owner = call->reg->unit->owner, .what = call->reg->unit->device.path, .core = call->access->core,
		.time = call->access->now, .push = bind_device_push_call, .take = take, .opaque = call,
	};

	return callback.owner->L && bind_call(&callback);
}

static uint64_t bind_device_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct bind_device_call call = {
		.reg = opaque, .access = access, .offset = offset, .size = size, .function = "read",
	};

	bind_device_call(&call, bind_device_take_value);
	return size == 8 ? call.value : call.value & ((UINT64_C(1) << 8 * size) - 1);
}

static void bind_device_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size,
			      uint64_t value)
{
	struct bind_device_call call = {
		.reg = opaque, .access = access, .offset = offset, .size = size, .value = value, .function = "write",
	};

	bind_device_call(&call, NULL);
}

/* ---- The class ---- */

static bool bind_device_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { bind_device_read, bind_device_write };
	struct bind_unit *unit = (struct bind_unit *)device;

	unit->owner = ((const struct bind_model *)device->class)->owner;
	if (builder_regs(builder) > BIND_DEVICE_MOST_REGS || builder_irqs(builder) > BIND_DEVICE_MOST_IRQS)
		return err_set(err, "a model in Lua has at most %d entries of reg and %d interrupts",
			       BIND_DEVICE_MOST_REGS, BIND_DEVICE_MOST_IRQS);
	for (unsigned i = 0; i < builder_irqs(builder); i++)
		if (!builder_irq(builder, i, &unit->irqs[i], err))
			return false;
	unit->nirqs = builder_irqs(builder);
	for (unsigned i = 0; i < builder_regs(builder); i++) {
		unit->regs[i] = (struct bind_unit_reg){ unit, i };
		if (!builder_map(builder, i, &ops, &unit->regs[i], err))
			return false;
	}
	return true;
}

static struct bind_model *bind_device_model(lua_State *L, struct bind_machine *owner)
{
	struct bind_model *model = allocate_zeroed(1, sizeof *model);
	lua_Integer n = luaL_len(L, 2);

	model->owner = owner;
	model->next = owner->models;
	owner->models = model;
	model->summary = allocate_text(luaL_checkstring(L, 3));
	model->compatible = allocate_zeroed((size_t)n + 1, sizeof *model->compatible);
	for (lua_Integer i = 0; i < n; i++) {
		lua_rawgeti(L, 2, i + 1);
		model->compatible[i] = allocate_text(lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	model->class = (struct device_class){
		.compatible = (const char *const *)model->compatible,
		.summary = model->summary,
		.size = sizeof(struct bind_unit),
		.create = bind_device_create,
		.visit_state = bind_device_visit_state,
	};
	return model;
}

void bind_device_forget(struct bind_machine *owner)
{
	while (owner->models) {
		struct bind_model *model = owner->models;

		owner->models = model->next;
		for (char **name = model->compatible; *name; name++)
			free(*name);
		free(model->compatible);
		free(model->summary);
		free(model);
	}
}

/* Makes the device of a node and pushes its object. */
static void bind_device_attach(lua_State *L, struct bind_model *model, const struct tree_node *node)
{
	struct bind_device *object;
	struct device *device;
	struct err err;

	device = soc_attach(model->owner->soc, node, &model->class, &err);
	if (!device)
		class_input_error(L, &err);
	object = bind_new(L, &bind_device_class, sizeof *object, 2);
	object->unit = (struct bind_unit *)device;
	lua_pushvalue(L, 4);
	lua_setiuservalue(L, -2, BIND_DEVICE_FUNCTIONS);
	lua_newtable(L);
	lua_setiuservalue(L, -2, BIND_DEVICE_STATE);
	lua_pushvalue(L, -1);
	bind_keep(L, device);
}

int bind_device_define(lua_State *L)
{
	struct bind_machine *owner = bind_self(L, &bind_devices_class)->owner;
	const struct tree *tree = soc_tree(owner->soc);
	struct bind_model *model;
	lua_Integer n = 0;

	bind_not_running(L, owner, "m.device:define");
	if (owner->options.threads > 1)
		class_error(
			L,
			"m.device:define: a model in Lua needs all cores on one thread; make the machine without "
			"threads");
	lua_settop(L, 4);
	model = bind_device_model(L, owner);
	lua_newtable(L);
	for (const struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node)) {
		bool wanted = false;

		for (char **name = model->compatible; *name; name++)
			wanted |= tree_is_compatible(node, *name);
		if (!wanted)
			continue;
		bind_device_attach(L, model, node);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* ---- m.device ---- */

static int bind_devices_text(lua_State *L)
{
	lua_pushliteral(L, "device models in Lua");
	return 1;
}

static const struct class_member bind_devices_members[] = { { .name = NULL } };

const struct class bind_devices_class = {
	.name = "devices",
	.summary = "Where device models written in Lua are made: m.device:define.",
	.members = bind_devices_members,
	.text = bind_devices_text,
	.now = bind_now,
};

/* ---- One device ---- */

static int bind_device_get_path(lua_State *L)
{
	lua_pushstring(L, bind_device_unit(L)->device.path);
	return 1;
}

static int bind_device_get_state(lua_State *L)
{
	bind_device_unit(L);
	lua_getiuservalue(L, 1, BIND_DEVICE_STATE);
	return 1;
}

static int bind_device_get_machine(lua_State *L)
{
	bind_device_unit(L);
	bind_push_machine(L, 1);
	return 1;
}

static int bind_device_irq(lua_State *L)
{
	struct bind_unit *unit = bind_device_unit(L);
	bool level = arg_boolean(L, 2, "device:irq: level");
	unsigned index = 0;

	if (unit->restored)
		class_error(L, "device:irq: not while a state is restored: the level of a line is put back without it");
	if (!unit->nirqs)
		class_error(L, "device:irq: %s has no property interrupts", unit->device.path);
	if (!lua_isnoneornil(L, 3))
		index = (unsigned)arg_integer(L, 3, "device:irq: n", 0, unit->nirqs - 1);
	irq_set(&unit->irqs[index], level, bind_present(unit->owner));
	return 0;
}

static int bind_device_timer(lua_State *L)
{
	struct bind_unit *unit = bind_device_unit(L);

	return bind_timer_make(L, unit->owner, unit->device.timers, "device:timer", unit->restored);
}

static int bind_device_log(lua_State *L)
{
	struct bind_unit *unit = bind_device_unit(L);

	log_write(unit->device.log, LOG_GUEST_ERROR, "%s: %s", unit->device.path, arg_string(L, 2, "device:log: text"));
	return 0;
}

static int bind_device_text(lua_State *L)
{
	const struct bind_device *device = class_check(L, 1, &bind_device_class);

	lua_pushfstring(L, "device %s",
			device->object.owner->machine ? device->unit->device.path : "of a closed machine");
	return 1;
}

/* Examples begin with a device at hand: boards/widget.dts has a node for it. */
#define BIND_DEVICE_EXAMPLE \
	"local m = warpcore.machine{ board = \"lua/examples/lua-device.dts\" }\n" \
	"local device = m.device:define{ compatible = \"acme,stopwatch\", read = function() return 0 end }[1]\n"
#define BIND_DEVICE_CLOSED .errors = "the machine is closed"

static const struct class_member bind_device_members[] = {
	{
		.name = "path",
		.get = bind_device_get_path,
		.synopsis = "device.path -> string",
		.text = "The device's node in the device tree.",
		.returns = "string, a path",
		BIND_DEVICE_CLOSED,
		.example = BIND_DEVICE_EXAMPLE "assert(m.dt[device.path].coverage == \"modelled\")",
	},
	{
		.name = "machine",
		.get = bind_device_get_machine,
		.synopsis = "device.machine -> machine",
		.text = "The machine that the device is in: its memory for DMA, its cores.",
		.returns = "machine",
		BIND_DEVICE_CLOSED,
		.example = BIND_DEVICE_EXAMPLE "assert(device.machine == m)",
	},
	{
		.name = "state",
		.get = bind_device_get_state,
		.synopsis = "device.state -> table",
		.text = "What the model remembers: a table of its own, of numbers, strings, booleans and tables of "
			"them. It is part of "
			"m:digest(). What a model keeps elsewhere is not.",
		.returns = "table",
		BIND_DEVICE_CLOSED,
		.example = BIND_DEVICE_EXAMPLE
		"device.state.count = 1\nlocal before = m:digest()\ndevice.state.count = 2\n"
		"assert(m:digest() ~= before)",
	},
	{
		.name = "irq",
		.call = bind_device_irq,
		.synopsis = "device:irq(level [, n])",
		.text = "Drives an interrupt line of the device, at the virtual time of the access or timer that is "
			"being served.",
		.arguments = "level (boolean): true raises it\nn (integer): which entry of the node's interrupts; 0",
		.returns = "nothing",
		.errors = "the node has no such interrupt; a state is being restored; the machine is closed",
		.example = BIND_DEVICE_EXAMPLE "device:irq(true)\ndevice:irq(false)",
	},
	{
		.name = "timer",
		.call = bind_device_timer,
		.synopsis = "device:timer{ after=, every=, on=, name= } -> timer",
		.text = "A timer of the device, as m:timer makes one of the script: its owner is the device's path. "
			"Counts from the "
			"access or timer that is being served.",
		.arguments = "after, every (time), on (function), name (string): as of m:timer",
		.returns = "timer",
		.errors = "as of m:timer",
		.example = BIND_DEVICE_EXAMPLE "device:timer{ after = \"1ms\", name = \"tick\", on = function() end }\n"
					       "assert(m.timers[0].owner == device.path)",
	},
	{
		.name = "log",
		.call = bind_device_log,
		.synopsis = "device:log(text)",
		.text = "A line for the log, class guest_error: the guest does what the device does not allow.",
		.arguments = "text (string): one line",
		.returns = "nothing",
		.errors = "not a string; the machine is closed",
		.example = BIND_DEVICE_EXAMPLE "device:log(\"started twice\")\nassert(m.log.guest_error == 1)",
	},
	{ .name = NULL },
};

const struct class bind_device_class = {
	.name = "device",
	.summary = "A device whose model is written in Lua.",
	.members = bind_device_members,
	.text = bind_device_text,
	.now = bind_now,
};
