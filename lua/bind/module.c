#include "lua/bind/module.h"

#include <time.h>

#include "lua/bind/bind.h"
#include "lua/kit/class.h"
#include "lua/kit/host.h"

#define MODULE_OPTIONS "warpcore.options"

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
	class_registry(L);
	return 1;
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
		.name = "machine", .call = bind_machine_new,
		.synopsis = "warpcore.machine{ board=, ... } -> machine",
		.text = "Builds a machine from a device tree and loads what it is to run. Files are looked for where they are named, "
			"then in Warpcore's own directory.",
		.arguments = "board (string, file): .dts or .dtb; needed\n"
			     "cores (integer), memory (size), core (\"e500v2\" or \"e500mc\"): override the tree\n"
			     "kernel (string, file): ELF or legacy uImage that starts\n"
			     "firmware (string, file): ELF or uImage that starts instead, with the kernel as data behind it\n"
			     "initrd (string, file), append (string): initial RAM disk, boot arguments\n"
			     "disks (list, at most 8): images behind virtio block devices, /dev/vda first: a file's name, or a table "
			     "of file, readonly (boolean), overlay (file that gets all writes; made if missing)\n"
			     "entropy (boolean): a virtio entropy device, /dev/hwrng; its bytes follow from the seed\n"
			     "console (boolean, or as serial): a virtio console, hvc0, the last of m.uart; a string is the host's end\n"
			     "engine (\"interp\"), timing (\"icount\"): how it runs\n"
			     "idle (\"warp\" or \"realtime\"): idle time is skipped, or waited for on the host\n"
			     "speed (number): with idle = \"realtime\", virtual seconds per second of the host; 1\n"
			     "pace (time): hold busy cores to the host's time too, within so much\n"
			     "adaptive (boolean): cycles an instruction follow the host's speed; not deterministic\n"
			     "threads (integer): cores on so many host threads; not deterministic where they race; 1\n"
			     "record, replay (string, file): write external input with its virtual time, or take it from there\n"
			     "quantum (time): the longest round; 10us\n"
			     "serial (\"stdio\", \"file:NAME\", \"pty\", \"tcp:PORT\"): the host's end of UART 0\n"
			     "net (string or table): a network device, whose other end is the host's network: \"user\", or a table of\n"
			     "  forward (list of \"tcp:PORT:GUESTPORT\", or udp: ports of the host that lead to the guest's),\n"
			     "  pcap (string, file: all that passes, in virtual time), restrict (boolean: forwards are all it reaches);\n"
			     "  while a connection is open, idle time passes at the host's pace\n"
			     "log (string): classes to print on stderr: guest_error, unimplemented, info or all, comma separated; "
			     "host_error is always printed\n"
			     "semihost (true, or string, directory): answer the guest's calls (help \"semihost\"); it may read that "
			     "directory's files\n"
			     "epoch (integer, s since 1970): what real-time clocks show at time 0\n"
			     "seed (integer): of the random seed that the guest finds in the tree and of the entropy device; 0\n"
			     "stats, trace (string, file): written when the machine is closed or the script ends: m.stats:write, m.trace:perfetto\n"
			     "run: as warpcore.options has it; passed over",
		.returns = "machine, at virtual time 0",
		.errors = "an unknown option; a file that is missing or bad; a tree that names no machine",
		.example = "local small = warpcore.machine{ board = \"dts/ppce500.dts\", cores = 1, memory = \"64M\" }\n"
			   "assert(#small.cores == 1)\nsmall:close()",
	},
	{
		.name = "version", .get = module_get_version,
		.synopsis = "warpcore.version -> string",
		.text = "The version of Warpcore that runs this script.",
		.returns = "string, as in \"0.1.0\"",
		.errors = "none",
		.example = "assert(warpcore.version:match('^%d+%.%d+%.%d+'))",
	},
	{
		.name = "options", .get = module_get_options,
		.synopsis = "warpcore.options -> table",
		.text = "The options of the command line that describe a machine and a run: board, kernel, initrd, append, cores, "
			"memory, engine, timing, quantum, idle, serial, net, disks, entropy, console, seed, run, stats, trace, log and the "
			"others of warpcore --help; only those that were given. "
			"Ready for warpcore.machine(warpcore.options); a script may change it first.",
		.returns = "table; cores, threads and seed are integers, entropy is true (and semihost without a directory), disks a list of tables, all else a string",
		.errors = "none",
		.example = "local memory = warpcore.options.memory or '256M'\nassert(type(memory) == 'string')",
	},
	{
		.name = "classes", .get = module_get_classes,
		.synopsis = "warpcore.classes -> table",
		.text = "Every class with its members and their help: the table that help(), the manual and the tests read.",
		.returns = "table: class name -> { name, summary, module, members = { name -> { name, synopsis, text, arguments, "
			   "returns, errors, example } } }",
		.errors = "none",
		.example = "assert(warpcore.classes.machine.members.run.synopsis:find(\"m:run\", 1, true))",
	},
	{
		.name = "deterministic", .get = module_get_deterministic,
		.synopsis = "warpcore.deterministic -> boolean",
		.text = "False from the moment at which something of the host (its time, its randomness, a wall-clock limit) was "
			"asked for. Result files carry it in their manifest.",
		.returns = "boolean",
		.errors = "none",
		.example = "if not warpcore.deterministic then print \"the host had a say\" end",
	},
	{
		.name = "host", .get = module_get_host,
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
		.name = "time", .call = module_host_time,
		.synopsis = "warpcore.host.time() -> integer",
		.text = "The host's monotonic clock, to measure how long something takes. Marks the run as not deterministic.",
		.returns = "integer, host ns since some point in the past",
		.errors = "none",
		.example = "local before = warpcore.host.time()\nassert(warpcore.host.time() >= before)",
	},
	{
		.name = "date", .call = module_host_date,
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
	&module_class, &module_host_class, &bind_machine_class, &bind_cores_class, &bind_core_class, &bind_registers_class,
	&bind_memory_class, &bind_uarts_class, &bind_uart_class, &bind_timer_class, &bind_handle_class, &bind_warp_class,
	&bind_trace_class, &bind_stats_class, &bind_tree_class, &bind_node_class, &bind_symbols_class, &bind_event_class,
	&bind_hook_class, &bind_devices_class, &bind_device_class,
};

void module_open(lua_State *L)
{
	lua_setfield(L, LUA_REGISTRYINDEX, MODULE_OPTIONS);
	for (size_t i = 0; i < sizeof module_classes / sizeof *module_classes; i++)
		class_register(L, module_classes[i]);
	class_new(L, &module_class, 1, 0);
	lua_setglobal(L, "warpcore");
}
