/* m:at{...}: places to stop or to call a function at; one handle each. Most kinds are breakpoints of sim/debug. */
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/class.h"
#include "lua/bind/uart_text.h"
#include "sim/base/allocate.h"

/* User values: the function of h:on, and the coroutines that wait (lua/lib/wait.lua). */
#define BIND_HANDLE_FUNCTION 2
#define BIND_HANDLE_WAITERS 3

struct bind_handle_kind;

struct bind_handle {
	struct bind_object object;
	const struct bind_handle_kind *kind;
	bool armed, cancelled, once;
	bool has_function, has_waiters; /* the user values are set */
	bool hitting; /* its callback runs: the object must stay */
	int64_t hits;
	const struct debug_hit *hit; /* while hitting */
	struct debug_spec spec;
	struct debug_break *breakpoint; /* NULL: console, or cancelled */
	/* console */
	struct uart_text *uart;
	char *needle;
	size_t needle_length, from;
};

struct bind_handle_kind {
	const char *key; /* of m:at that asks for it */
	enum debug_kind kind; /* DEBUG_KINDS: not of the breakpoint engine */
	/* Reads the arguments from the table at index 2; the value of `key` is on top. Raises an error. */
	void (*take)(lua_State *L, struct bind_handle *handle);
};

static struct bind_handle *bind_handle_self(lua_State *L)
{
	return (struct bind_handle *)bind_self(L, &bind_handle_class);
}

/* ---- Hits ---- */

/* Pushes the function to call, the script's own or the library's when coroutines wait, and the event. */
static void bind_handle_push(lua_State *L, void *opaque)
{
	const struct bind_handle *handle = opaque;

	bind_push_kept(L, handle->object.owner, handle);
	if (handle->has_waiters)
		class_push_library_function(L, "hit");
	else
		lua_getiuservalue(L, -1, BIND_HANDLE_FUNCTION);
	lua_insert(L, -2);
	bind_event_push(L, handle->kind->kind, handle->hit, handle->hits);
	lua_remove(L, -2);
}

static void bind_handle_switch(struct bind_handle *handle, bool on);

/* For good, or until it is enabled again. */
static void bind_handle_disarm(lua_State *L, struct bind_handle *handle)
{
	if (handle->armed)
		bind_handle_switch(handle, false);
	handle->armed = false;
	if (handle->cancelled && handle->breakpoint) {
		debug_break_remove(handle->breakpoint);
		handle->breakpoint = NULL;
	}
	if (!handle->hitting)
		bind_release(L, handle->object.owner, handle);
}

/* The condition is met: a callback decides, or the run ends with "break". True: the run ends here. */
static bool bind_handle_meet(struct bind_handle *handle, const struct debug_hit *hit)
{
	struct bind_machine *owner = handle->object.owner;
	struct bind_callback callback = {
		.owner = owner, .what = "a handle of m:at", .core = hit->core, .time = hit->time,
		.push = bind_handle_push, .opaque = handle,
	};
	lua_State *L = owner->L;
	bool stop = true;

	handle->hits++;
	handle->hit = hit;
	handle->hitting = true;
	if (handle->has_function || handle->has_waiters) {
		stop = bind_call(&callback);
	} else {
		bind_set_broken(L, owner, handle);
		bind_stop(owner, MACHINE_BREAK, hit->core, hit->time);
	}
	handle->hitting = false;
	handle->hit = NULL;
	if (handle->once || handle->cancelled)
		bind_handle_disarm(L, handle);
	return stop;
}

static enum debug_verdict bind_handle_hit(void *opaque, const struct debug_hit *hit)
{
	return bind_handle_meet(opaque, hit) ? DEBUG_STOP : DEBUG_GO;
}

/* ---- Arguments that several kinds have ---- */

static void bind_handle_take_core(lua_State *L, struct bind_handle *handle)
{
	unsigned n = handle->object.owner->machine->ncores;

	if (lua_getfield(L, 2, "core") != LUA_TNIL)
		handle->spec.core = (int)arg_integer(L, -1, "m:at: core", 0, n - 1);
	lua_pop(L, 1);
}

/* ---- pc = ---- */

static void bind_handle_take_pc(lua_State *L, struct bind_handle *handle)
{
	handle->spec.address = bind_symbols_address(L, handle->object.owner, -1, "m:at: pc");
	if (handle->spec.address % 4)
		class_error(L, "m:at: pc: 0x%llx is no multiple of 4", (unsigned long long)handle->spec.address);
	bind_handle_take_core(L, handle);
}

/* ---- read = , write = ---- */

static void bind_handle_take_access(lua_State *L, struct bind_handle *handle)
{
	struct debug_spec *spec = &handle->spec;

	if (lua_getfield(L, 2, "physical") != LUA_TNIL)
		spec->physical = arg_boolean(L, -1, "m:at: physical");
	lua_pop(L, 1);
	if (spec->physical)
		spec->address = arg_u64(L, -1, "m:at: the physical address");
	else
		spec->address = bind_symbols_address(L, handle->object.owner, -1, "m:at: the address");
	spec->length = 4;
	if (lua_getfield(L, 2, "len") != LUA_TNIL)
		spec->length = (uint64_t)arg_integer(L, -1, "m:at: len", 1, INT64_C(1) << 36);
	lua_pop(L, 1);
	bind_handle_take_core(L, handle);
}

/* ---- irq = ---- */

#define BIND_HANDLE_SOURCES 512 /* 256 of the tree, then an MPIC's own (struct debug_spec) */

static void bind_handle_take_irq(lua_State *L, struct bind_handle *handle)
{
	handle->spec.irq = (unsigned)arg_integer(L, -1, "m:at: irq", 0, BIND_HANDLE_SOURCES - 1);
	bind_handle_take_core(L, handle);
}

/* ---- time = , warp = ---- */

static void bind_handle_take_time(lua_State *L, struct bind_handle *handle)
{
	handle->spec.time = arg_time(L, -1, "m:at: time");
	if (handle->spec.time < machine_now(handle->object.owner->machine))
		class_error(L, "m:at: time lies in the past; m:timer{ after= } counts from the present");
	handle->once = true;
}

static void bind_handle_take_warp(lua_State *L, struct bind_handle *handle)
{
	handle->spec.time = arg_time(L, -1, "m:at: warp");
}

/* ---- timer = ---- */

static void bind_handle_take_timer(lua_State *L, struct bind_handle *handle)
{
	handle->spec.name = arg_string(L, -1, "m:at: timer"); /* stays in the table at index 2 */
	if (lua_getfield(L, 2, "owner") != LUA_TNIL)
		handle->spec.owner = arg_string(L, -1, "m:at: owner");
	lua_pop(L, 1);
	bind_handle_take_core(L, handle);
}

/* ---- region = ---- */

static void bind_handle_take_region(lua_State *L, struct bind_handle *handle)
{
	static const char *const edges[] = {
		[DEBUG_EITHER] = "either", [DEBUG_BEGINS] = "begin", [DEBUG_ENDS] = "end"
	};
	enum debug_edge edge = DEBUG_EITHER;
	const char *word;

	handle->spec.name = arg_string(L, -1, "m:at: region"); /* stays in the table at index 2 */
	if (lua_getfield(L, 2, "edge") != LUA_TNIL) {
		word = arg_string(L, -1, "m:at: edge");
		while (edge <= DEBUG_ENDS && strcmp(edges[edge], word))
			edge++;
		if (edge > DEBUG_ENDS)
			class_error(L, "m:at: edge: \"begin\", \"end\" or \"either\" is expected, got \"%s\"", word);
	}
	lua_pop(L, 1);
	handle->spec.edge = edge;
	bind_handle_take_core(L, handle);
}

/* ---- console = ---- */

static void bind_handle_listen(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	struct bind_handle *handle = opaque;
	const struct uart_text *uart = handle->uart;
	struct debug_hit hit = { .core = -1, .time = when };
	size_t n = handle->needle_length;

	if (byte != (uint8_t)handle->needle[n - 1] || uart_text_sent(uart) < handle->from + n || uart->length < n
	    || memcmp(uart->text + uart->length - n, handle->needle, n))
		return;
	handle->from = uart_text_sent(uart);
	debug_enter(handle->object.owner->debug);
	bind_handle_meet(handle, &hit);
	debug_leave(handle->object.owner->debug);
}

static void bind_handle_take_console(lua_State *L, struct bind_handle *handle)
{
	struct bind_machine *owner = handle->object.owner;
	lua_Integer uart = 0;

	arg_string(L, -1, "m:at: console");
	handle->needle_length = lua_rawlen(L, -1);
	if (!handle->needle_length)
		class_error(L, "m:at: console: a text of at least one character is expected");
	if (lua_getfield(L, 2, "uart") != LUA_TNIL)
		uart = arg_integer(L, -1, "m:at: uart", 0, (lua_Integer)soc_serials(owner->soc) - 1);
	else if (!soc_serials(owner->soc))
		class_error(L, "m:at: console: the machine has no UART");
	handle->uart = &owner->uarts[uart];
	handle->from = uart_text_sent(handle->uart);
	handle->needle = allocate_bytes(handle->needle_length);
	memcpy(handle->needle, lua_tostring(L, -2), handle->needle_length);
	lua_pop(L, 1);
}

/* ---- m:at ---- */

static const struct bind_handle_kind bind_handle_kinds[] = {
	{ "pc", DEBUG_PC, bind_handle_take_pc },
	{ "write", DEBUG_WRITE, bind_handle_take_access },
	{ "read", DEBUG_READ, bind_handle_take_access },
	{ "irq", DEBUG_IRQ, bind_handle_take_irq },
	{ "time", DEBUG_TIME, bind_handle_take_time },
	{ "warp", DEBUG_WARP, bind_handle_take_warp },
	{ "timer", DEBUG_TIMER, bind_handle_take_timer },
	{ "region", DEBUG_REGION, bind_handle_take_region },
	{ "console", DEBUG_KINDS, bind_handle_take_console },
	{ NULL, DEBUG_KINDS, NULL },
};

/* The one kind that the table at index 2 asks for; its value is pushed. */
static const struct bind_handle_kind *bind_handle_find_kind(lua_State *L)
{
	const struct bind_handle_kind *found = NULL;

	for (const struct bind_handle_kind *kind = bind_handle_kinds; kind->key; kind++) {
		lua_getfield(L, 2, kind->key);
		if (!lua_isnil(L, -1) && found)
			class_error(L, "m:at: %s and %s cannot be asked for together", found->key, kind->key);
		if (!lua_isnil(L, -1))
			found = kind;
		lua_pop(L, 1);
	}
	if (!found)
		class_error(
			L,
			"m:at: what to wait for is missing, as in m:at{ pc = \"start_kernel\" } or m:at{ time = "
			"\"1s\" }");
	lua_getfield(L, 2, found->key);
	return found;
}

/* Lets it hit, or not. */
static void bind_handle_switch(struct bind_handle *handle, bool on)
{
	struct serial_port *port;

	if (handle->breakpoint) {
		debug_break_enable(handle->breakpoint, on);
		return;
	}
	port = soc_serial(handle->object.owner->soc, handle->uart->number);
	if (on)
		serial_port_listen(port, bind_handle_listen, handle);
	else
		serial_port_unlisten(port, bind_handle_listen, handle);
}

/* Arms it; the object is on top. */
static void bind_handle_arm(lua_State *L, struct bind_handle *handle)
{
	lua_pushvalue(L, -1);
	bind_keep(L, handle);
	bind_handle_switch(handle, true);
	handle->armed = true;
}

static void bind_handle_make_breakpoint(lua_State *L, struct bind_handle *handle)
{
	struct debug *debug = handle->object.owner->debug;
	struct err err;

	handle->spec.kind = handle->kind->kind;
	handle->breakpoint = debug_break_create(debug, &handle->spec, bind_handle_hit, handle, &err);
	if (!handle->breakpoint)
		class_error(L, "m:at: %s", err.text);
}

int bind_handle_new(lua_State *L)
{
	static const char *const names[] = { "pc",   "write",   "read",  "len",   "physical", "irq",
					     "time", "warp",    "timer", "owner", "core",     "region",
					     "edge", "console", "uart",  "on",    "once",     NULL };
	const struct bind_handle_kind *kind;
	struct bind_handle *handle;

	bind_self_machine(L);
	arg_keys(L, 2, "m:at", names);
	lua_settop(L, 2);
	if (lua_getfield(L, 2, "on") != LUA_TNIL)
		arg_function(L, -1, "m:at: on");
	handle = bind_new(L, &bind_handle_class, sizeof *handle, 2);
	lua_pushvalue(L, -2);
	handle->has_function = !lua_isnil(L, -1);
	lua_setiuservalue(L, -2, BIND_HANDLE_FUNCTION);
	kind = bind_handle_find_kind(L);
	handle->kind = kind;
	handle->spec.core = DEBUG_ANY_CORE;
	kind->take(L, handle);
	lua_pop(L, 1);
	if (lua_getfield(L, 2, "once") != LUA_TNIL)
		handle->once |= arg_boolean(L, -1, "m:at: once");
	lua_pop(L, 1);
	if (kind->kind != DEBUG_KINDS)
		bind_handle_make_breakpoint(L, handle);
	bind_handle_arm(L, handle);
	return 1;
}

static int bind_handle_on(lua_State *L)
{
	struct bind_handle *handle = bind_handle_self(L);

	if (!lua_isnil(L, 2))
		arg_function(L, 2, "handle:on: function");
	lua_settop(L, 2);
	handle->has_function = !lua_isnil(L, 2);
	lua_setiuservalue(L, 1, BIND_HANDLE_FUNCTION);
	return 1;
}

static int bind_handle_cancel(lua_State *L)
{
	struct bind_handle *handle = bind_handle_self(L);

	handle->cancelled = true;
	bind_handle_disarm(L, handle);
	return 0;
}

static int bind_handle_get_hits(lua_State *L)
{
	lua_pushinteger(L, bind_handle_self(L)->hits);
	return 1;
}

static int bind_handle_get_enabled(lua_State *L)
{
	lua_pushboolean(L, bind_handle_self(L)->armed);
	return 1;
}

static int bind_handle_set_enabled(lua_State *L)
{
	struct bind_handle *handle = bind_handle_self(L);
	bool on = arg_boolean(L, 2, "handle.enabled");

	if (on && handle->cancelled)
		class_error(L, "the handle was cancelled; make a new one with m:at");
	if (on && !handle->armed) {
		lua_settop(L, 1);
		bind_handle_arm(L, handle);
	} else if (!on) {
		bind_handle_disarm(L, handle);
	}
	return 0;
}

static int bind_handle_get_kind(lua_State *L)
{
	lua_pushstring(L, bind_handle_self(L)->kind->key);
	return 1;
}

static int bind_handle_text(lua_State *L)
{
	const struct bind_handle *handle = class_check(L, 1, &bind_handle_class);

	lua_pushfstring(L, "handle of m:at{ %s = }, %s", handle->kind->key,
			!handle->object.owner->machine ? "of a closed machine"
			: handle->armed                ? "enabled"
						       : "disabled");
	return 1;
}

static int bind_handle_collect(lua_State *L)
{
	free(((struct bind_handle *)lua_touserdata(L, 1))->needle);
	return 0;
}

/* For the library: handle_waiters(handle [, table or nil]) -> table or nil */
int bind_handle_waiters(lua_State *L)
{
	struct bind_handle *handle = bind_handle_self(L);

	if (lua_gettop(L) > 1) {
		lua_settop(L, 2);
		handle->has_waiters = !lua_isnil(L, 2);
		lua_setiuservalue(L, 1, BIND_HANDLE_WAITERS);
	}
	lua_getiuservalue(L, 1, BIND_HANDLE_WAITERS);
	return 1;
}

/* For the library: handle_function(handle) -> the function of h:on, or nil */
int bind_handle_function(lua_State *L)
{
	bind_handle_self(L);
	lua_getiuservalue(L, 1, BIND_HANDLE_FUNCTION);
	return 1;
}

static const struct class_member bind_handle_members[] = {
	{
		.name = "on",
		.call = bind_handle_on,
		.synopsis = "handle:on(function) -> handle",
		.text = "Calls the function at each hit, instead of ending the run with \"break\". The function gets "
			"one event; "
			"if it returns \"stop\", the run ends. nil takes the function away.",
		.arguments = "function (function or nil): function(ev), with ev.time (ns), ev.core, ev.handle, ev.hits",
		.returns = "the handle",
		.errors = "not a function; the machine is closed",
		.example =
			"local seen\nm:at{ console = \"U-Boot\" }:on(function(ev) seen = ev.time return \"stop\" end)\n"
			"local ev = m:run{ [\"for\"] = \"1s\" }\nassert(ev.reason == \"stop\" and seen == ev.time)",
	},
	{
		.name = "cancel",
		.call = bind_handle_cancel,
		.synopsis = "handle:cancel()",
		.text = "The handle never hits again. Cancelling twice does nothing.",
		.returns = "nothing",
		.errors = "the machine is closed",
		.example =
			"local h = m:at{ time = \"1us\" }\nh:cancel()\n"
			"assert(m:run{ [\"for\"] = \"2us\" }.reason == \"time\")",
	},
	{
		.name = "hits",
		.get = bind_handle_get_hits,
		.synopsis = "handle.hits -> integer",
		.text = "How often it was hit.",
		.returns = "integer",
		.errors = "the machine is closed",
		.example = "local h = m:at{ time = \"1us\" }\nm:run()\nassert(h.hits == 1)",
	},
	{
		.name = "enabled",
		.get = bind_handle_get_enabled,
		.set = bind_handle_set_enabled,
		.synopsis = "handle.enabled -> boolean",
		.text = "Whether it can hit. Can be written; a disabled handle costs nothing.",
		.returns = "boolean",
		.errors = "written: not a boolean, or the handle was cancelled; the machine is closed",
		.example = "local h = m:at{ console = \"=>\" }\nh.enabled = false\nassert(not h.enabled)",
	},
	{
		.name = "kind",
		.get = bind_handle_get_kind,
		.synopsis = "handle.kind -> string",
		.text = "What it waits for, as m:at was asked: \"pc\", \"write\", \"time\", ....",
		.returns = "string",
		.errors = "the machine is closed",
		.example = "assert(m:at{ time = \"1s\" }.kind == \"time\")",
	},
	{ .name = NULL },
};

const struct class bind_handle_class = {
	.name = "handle",
	.summary = "What m:at{...} returns: a place or a moment to stop or to call a function at.",
	.members = bind_handle_members,
	.text = bind_handle_text,
	.collect = bind_handle_collect,
	.now = bind_now,
};
