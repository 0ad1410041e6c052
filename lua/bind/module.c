#include "lua/bind/module.h"

#include <time.h>

#include "lua/bind/bind.h"
#include "lua/kit/class.h"
#include "lua/kit/host.h"
#include "lua/kit/option.h"

#define MODULE_OPTIONS "warpcore.options"
#define MODULE_CLASSES "warpcore.classes.shown" /* what scripts see, where it is not the registry itself */

/* ---- warpcore ---- */

static int module_get_version(lua_State *L)
{
	lua_pushliteral(L, WARPCORE_VERSION);
	return 1;
}

static int module_get_options(lua_State *L)
{
	lua_getfield(L, LUA_REGISTRYINDEX, MODULE_OPTIONS);
	return 1;
}

static int module_get_classes(lua_State *L)
{
	if (lua_getfield(L, LUA_REGISTRYINDEX, MODULE_CLASSES) != LUA_TNIL)
		return 1;
	class_registry(L);
	return 1;
}

int module_show_classes(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_setfield(L, LUA_REGISTRYINDEX, MODULE_CLASSES);
	return 0;
}

static int module_get_deterministic(lua_State *L)
{
	lua_pushboolean(L, host_is_unused(L));
	return 1;
}

static const struct class module_host_class;

static int module_get_host(lua_State *L)
{
	class_new(L, &module_host_class, 1, 0);
	return 1;
}

static const struct class_member module_members[] = {
	{
		.name = "machine",
		.call = bind_machine_new, /* .arguments are the rows of lua/kit/option.def */
		.synopsis = "warpcore.machine{ board=, ... } -> machine",
		.text = "Builds a machine from a device tree and loads what it is to run. Files are looked for where "
			"they are named, "
			"then in Warpcore's own directory.",
		.returns = "machine, at virtual time 0",
		.errors = "an unknown option; a file that is missing or bad; a tree that names no machine",
		.example =
			"local small = warpcore.machine{ board = \"dts/ppce500.dts\", cores = 1, memory = \"64M\" }\n"
			"assert(#small.cores == 1)\nsmall:close()",
	},
	{
		.name = "version",
		.get = module_get_version,
		.synopsis = "warpcore.version -> string",
		.text = "The version of Warpcore that runs this script.",
		.returns = "string, as in \"0.1.0\"",
		.errors = "none",
		.example = "assert(warpcore.version:match('^%d+%.%d+%.%d+'))",
	},
	{
		.name = "options",
		.get = module_get_options,
		.synopsis = "warpcore.options -> table",
		.text = "The options of the command line that describe a machine and a run, as board, cores and run, "
			"named as in "
			"warpcore --help, but for the list disks of what each --disk says; only those that were given. "
			"Ready for warpcore.machine(warpcore.options); a script may change it first.",
		.returns =
			"table; cores, threads and seed are integers, entropy is true (and semihost without a "
			"directory), "
			"disks a list of tables, all else a string",
		.errors = "none",
		.example = "local memory = warpcore.options.memory or '256M'\nassert(type(memory) == 'string')",
	},
	{
		.name = "classes",
		.get = module_get_classes,
		.synopsis = "warpcore.classes -> table",
		.text = "Every class with its members and their help: the table that help(), the manual and the "
			"tests read.",
		.returns =
			"table: class name -> { name, summary, module, members = { name -> { name, synopsis, text, "
			"arguments, "
			"returns, errors, example } } }; the member options has rows too: the options of the command "
			"line and of "
			"warpcore.machine",
		.errors = "none",
		.example = "assert(warpcore.classes.machine.members.run.synopsis:find(\"m:run\", 1, true))",
	},
	{
		.name = "deterministic",
		.get = module_get_deterministic,
		.synopsis = "warpcore.deterministic -> boolean",
		.text = "False from the moment at which something of the host (its time, its randomness, a "
			"wall-clock limit) was "
			"asked for. Result files carry it in their manifest.",
		.returns = "boolean",
		.errors = "none",
		.example = "if not warpcore.deterministic then print \"the host had a say\" end",
	},
	{
		.name = "host",
		.get = module_get_host,
		.synopsis = "warpcore.host -> host",
		.text = "The host's time, for scripts that ask for it. The first use marks the run: "
			"warpcore.deterministic becomes false.",
		.returns = "the object whose functions are time() and date()",
		.errors = "none",
		.example = "assert(warpcore.host.time() > 0)",
	},
	{ .name = NULL },
};

static const struct class module_class = {
	.name = "warpcore",
	.summary = "The module: makes machines, and holds what belongs to no machine.",
	.members = module_members,
	.module = true,
};

/* ---- warpcore.host ---- */

static int module_host_time(lua_State *L)
{
	struct timespec now;

	host_mark(L);
	clock_gettime(CLOCK_MONOTONIC, &now);
	lua_pushinteger(L, (lua_Integer)now.tv_sec * 1000000000 + now.tv_nsec);
	return 1;
}

static int module_host_date(lua_State *L)
{
	host_mark(L);
	lua_pushinteger(L, (lua_Integer)time(NULL));
	return 1;
}

static const struct class_member module_host_members[] = {
	{
		.name = "time",
		.call = module_host_time,
		.synopsis = "warpcore.host.time() -> integer",
		.text = "The host's monotonic clock, to measure how long something takes. Marks the run as not "
			"deterministic.",
		.returns = "integer, host ns since some point in the past",
		.errors = "none",
		.example = "local before = warpcore.host.time()\nassert(warpcore.host.time() >= before)",
	},
	{
		.name = "date",
		.call = module_host_date,
		.synopsis = "warpcore.host.date() -> integer",
		.text = "The host's calendar time, for os.date. Marks the run as not deterministic.",
		.returns = "integer, seconds since 1970 UTC",
		.errors = "none",
		.example = "assert(os.date('!%Y', warpcore.host.date()) >= '2024')",
	},
	{ .name = NULL },
};

static const struct class module_host_class = {
	.name = "host",
	.summary = "The host's time; asking for it marks the run.",
	.members = module_host_members,
	.module = true,
};

/* ---- Opening ---- */

static const struct class *const module_classes[] = {
	&module_class,         &module_host_class,  &bind_machine_class, &bind_cores_class, &bind_core_class,
	&bind_registers_class, &bind_memory_class,  &bind_uarts_class,   &bind_uart_class,  &bind_timer_class,
	&bind_handle_class,    &bind_warp_class,    &bind_trace_class,   &bind_stats_class, &bind_tree_class,
	&bind_node_class,      &bind_symbols_class, &bind_event_class,   &bind_hook_class,  &bind_devices_class,
	&bind_device_class,
};

/* What the rows of options say: the help of warpcore.machine about its fields; the rows themselves. */
static void module_add_options(lua_State *L)
{
	class_registry(L);
	lua_getfield(L, -1, module_class.name);
	lua_getfield(L, -1, "members");
	lua_getfield(L, -1, "machine");
	option_push_fields(L);
	lua_setfield(L, -2, "arguments");
	lua_getfield(L, -2, "options");
	option_push_rows(L);
	lua_setfield(L, -2, "rows");
	lua_pop(L, 5);
}

void module_open(lua_State *L)
{
	lua_setfield(L, LUA_REGISTRYINDEX, MODULE_OPTIONS);
	for (size_t i = 0; i < sizeof module_classes / sizeof *module_classes; i++)
		class_register(L, module_classes[i]);
	module_add_options(L);
	class_new(L, &module_class, 1, 0);
	lua_setglobal(L, "warpcore");
}
