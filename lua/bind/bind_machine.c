#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/ctrl_c.h"
#include "lua/bind/machine_options.h"
#include "lua/kit/host.h"
#include "lua/kit/sandbox.h"
#include "soc/host/net_wire.h"
#include "lua/bind/uart_text.h"
#include "sim/trace/perfetto.h"
#include "sim/symbol/symbols.h"
#include "sim/machine/host_files.h"
#include "sim/machine/semihost.h"
#include "sim/input/input.h"

#define BIND_MACHINES "warpcore.machines"
#define BIND_MACHINES_MADE "warpcore.machines_made"

/* ---- Making and closing ---- */

static void bind_machine_close(struct bind_machine *owner)
{
	struct err err;

	machine_options_free(&owner->options);
	if (!owner->machine)
		return;
	uart_text_close(owner);
	net_wire_close(owner->wire);
	debug_destroy(owner->debug);
	owner->debug = NULL;
	symbols_destroy(owner->symbols);
	if (owner->perfetto)
		perfetto_close(owner->perfetto, &err); /* m:close and the script's end have reported it */
	timeline_destroy(owner->timeline);
	timer_list_destroy(owner->timers);
	machine_destroy(owner->machine);
	bind_device_forget(owner);
	free(owner->error);
	owner->machine = NULL;
	owner->soc = NULL;
	owner->wire = NULL;
	owner->perfetto = NULL;
	owner->error = NULL;
}

static int bind_machine_collect(lua_State *L)
{
	bind_machine_close(lua_touserdata(L, 1));
	return 0;
}

/* The object is on top: gives it its two tables. */
static void bind_machine_prepare(lua_State *L)
{
	lua_newtable(L);
	lua_setiuservalue(L, -2, 1);
	lua_newtable(L);
	lua_pushboolean(L, 0);
	lua_rawsetp(L, -2, lua_touserdata(L, -3)); /* bind_set_broken */
	lua_setiuservalue(L, -2, 2);
}

/* Remembers the machine on top, weakly, under a number that counts up. */
static void bind_machine_enlist(lua_State *L)
{
	if (!luaL_getsubtable(L, LUA_REGISTRYINDEX, BIND_MACHINES)) {
		lua_newtable(L);
		lua_pushliteral(L, "v");
		lua_setfield(L, -2, "__mode");
		lua_setmetatable(L, -2);
	}
	lua_getfield(L, LUA_REGISTRYINDEX, BIND_MACHINES_MADE);
	lua_pushinteger(L, lua_tointeger(L, -1) + 1);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, BIND_MACHINES_MADE);
	lua_pushvalue(L, -4);
	lua_rawset(L, -4);
	lua_pop(L, 2);
}

int bind_machine_list(lua_State *L)
{
	lua_Integer made, n = 0;

	luaL_getsubtable(L, LUA_REGISTRYINDEX, BIND_MACHINES);
	lua_getfield(L, LUA_REGISTRYINDEX, BIND_MACHINES_MADE);
	made = lua_tointeger(L, -1);
	lua_newtable(L);
	for (lua_Integer i = 1; i <= made; i++) {
		if (lua_rawgeti(L, -3, i) == LUA_TNIL || !((struct bind_machine *)lua_touserdata(L, -1))->machine)
			lua_pop(L, 1);
		else
			lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static bool bind_machine_open_net(struct bind_machine *owner, struct err *err)
{
	if (!owner->options.net)
		return true;
	if (!soc_nets(owner->soc)) /* a tree that names one, and disables it */
		return err_set(err, "%s: the network device is disabled", owner->options.soc.board);
	owner->wire =
		net_wire_open(owner->options.net, owner->machine, soc_net(owner->soc, 0), owner->options.replay, err);
	return owner->wire != NULL;
}

int bind_machine_new(lua_State *L)
{
	struct bind_machine *owner;
	struct err err;

	lua_settop(L, 1);
	owner = class_new(L, &bind_machine_class, sizeof *owner, 2);
	bind_machine_prepare(L);
	machine_options_take(L, 1, &owner->options);
	owner->machine = machine_create();
	owner->timeline = timeline_create(owner->machine, TIMELINE_LENGTH);
	owner->timers = timer_list_create_observing(owner->machine->clock, "script");
	owner->symbols = symbols_create();
	symbols_attach(owner->symbols, owner->machine);
	if (!machine_options_apply(&owner->options, owner->machine, &err)
	    || !(owner->soc = soc_build(owner->machine, &owner->options.soc, &err))
	    || !machine_options_start_semihost(&owner->options, owner->machine, &err)
	    || !uart_text_open(owner, host_stdin_is_free(L), &err)
	    || !bind_machine_open_net(owner, &err)
	    || !machine_options_start_input(&owner->options, owner->machine, &err)) {
		bind_machine_close(owner);
		class_input_error(L, &err);
	}
	bind_machine_enlist(L);
	owner->debug = debug_create(owner->machine);
	if (!threads_set_count(owner->machine, owner->options.threads)) {
		err_set(&err, "threads: this host has no room for %u of them", owner->options.threads);
		bind_machine_close(owner);
		class_input_error(L, &err);
	}
	/* A payload without symbols, or a uImage, is none the worse for it. */
	if (owner->options.soc.kernel)
		symbols_load(owner->symbols, owner->options.soc.kernel, 0, &err);
	if (owner->options.soc.firmware)
		symbols_load(owner->symbols, owner->options.soc.firmware, 0, &err);
	return 1;
}

static int bind_machine_call_close(lua_State *L)
{
	struct bind_machine *owner = class_check(L, 1, &bind_machine_class);

	bind_not_running(L, owner, "m:close");
	bind_machine_close(owner);
	return 0;
}

/* ---- Running ---- */

static const char *const bind_machine_event_fields[] = { "reason", "time", "core", "text", "handle", "status", NULL };
static const struct bind_record bind_machine_event = BIND_RECORD("event", bind_machine_event_fields);

/* The limits of the table at index 2. False: the end is already reached, with event->reason set. */
static bool bind_machine_limits(lua_State *L, struct machine *machine, struct machine_limits *limits,
				struct machine_event *event)
{
	static const char *const names[] = { "for", "until_time", "insns", "wall", NULL };
	int64_t now = machine_now(machine), until = -1, insns = -1;

	if (lua_isnoneornil(L, 2))
		return true;
	arg_keys(L, 2, "m:run", names);
	if (lua_getfield(L, 2, "for") != LUA_TNIL)
		until = arg_time(L, -1, "m:run: for");
	if (until > INT64_MAX - now)
		class_error(L, "m:run: for: too long");
	until = until < 0 ? until : until + now;
	if (lua_getfield(L, 2, "until_time") != LUA_TNIL) {
		int64_t end = arg_time(L, -1, "m:run: until_time");

		if (end < now)
			class_error(L, "m:run: until_time lies in the past; `for` counts from the present");
		until = until < 0 || end < until ? end : until;
	}
	if (lua_getfield(L, 2, "insns") != LUA_TNIL)
		insns = arg_integer(L, -1, "m:run: insns", 0, INT64_MAX / 2);
	if (lua_getfield(L, 2, "wall") != LUA_TNIL) {
		limits->wall = lua_tonumber(L, -1);
		if (lua_type(L, -1) != LUA_TNUMBER || !(limits->wall > 0))
			class_error(L, "m:run: wall: a number of host seconds above 0 is expected");
	}
	lua_settop(L, 2);
	limits->until = until < 0 ? 0 : until;
	limits->insns = insns < 0 ? 0 : insns;
	event->reason = until == now ? MACHINE_TIME : MACHINE_INSNS;
	return until != now && insns != 0;
}

static void bind_machine_push_event(lua_State *L, struct bind_machine *owner, const struct machine_event *event)
{
	bind_push_record(L, &bind_machine_event);
	lua_pushstring(L, machine_reason_name(event->reason));
	lua_setfield(L, -2, "reason");
	lua_pushinteger(L, event->time);
	lua_setfield(L, -2, "time");
	if (event->core >= 0) {
		lua_pushinteger(L, event->core);
		lua_setfield(L, -2, "core");
	}
	if (event->reason == MACHINE_ERROR && owner->error)
		lua_pushstring(L, owner->error);
	else
		lua_pushstring(L, event->text);
	lua_setfield(L, -2, "text");
	if (event->reason == MACHINE_EXIT) {
		lua_pushinteger(L, event->status);
		lua_setfield(L, -2, "status");
	}
	if (event->reason == MACHINE_BREAK && owner->broke) {
		bind_push_broken(L, owner);
		lua_setfield(L, -2, "handle");
	}
}

static void bind_machine_drive(lua_State *L, struct bind_machine *owner, const struct machine_limits *limits,
			       struct machine_event *event)
{
	struct machine_limits bounded = *limits;
	struct machine *outer = ctrl_c_enter(owner->machine);

	owner->broke = false;
	owner->stopped_at = -1;
	bind_enter(L, owner);
	bounded.wall = sandbox_bound_wall(L, limits->wall);
	machine_run(owner->machine, &bounded, event);
	bind_leave(L, owner);
	ctrl_c_leave(outer);
	if (owner->stopped_at >= 0 && (event->reason == MACHINE_STOP || event->reason == MACHINE_BREAK))
		event->time = owner->stopped_at;
}

static int bind_machine_run(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);
	struct machine_limits limits = { 0 };
	struct machine_event event = { .core = -1 };
	struct err err;

	bind_not_running(L, owner, "m:run");
	event.time = machine_now(owner->machine);
	if (bind_machine_limits(L, owner->machine, &limits, &event))
		bind_machine_drive(L, owner, &limits, &event);
	if (event.reason == MACHINE_WALL)
		host_mark(L);
	if ((event.reason == MACHINE_ERROR && !owner->error && !uart_text_finish(owner, &err)) ||
	    (owner->perfetto && !perfetto_flush(owner->perfetto, &err)) ||
	    (owner->wire && !net_wire_flush(owner->wire, &err)))
		class_input_error(L, &err);
	bind_machine_push_event(L, owner, &event);
	free(owner->error);
	owner->error = NULL;
	return 1;
}

/* ---- Looking ---- */

static const char *const bind_machine_file_fields[] = { "name", "size", "sha256", NULL };
static const struct bind_record bind_machine_file = BIND_RECORD("file of the guest", bind_machine_file_fields);

static void bind_machine_push_file(lua_State *L, const struct host_file *file)
{
	bind_push_record(L, &bind_machine_file);
	lua_pushstring(L, file->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, (lua_Integer)file->size);
	lua_setfield(L, -2, "size");
	lua_pushstring(L, file->sha256);
	lua_setfield(L, -2, "sha256");
}

static int bind_machine_get_guest_files(lua_State *L)
{
	const struct host_files *files = semihost_files(bind_self_machine(L)->machine);
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; files && i < host_files_count(files); i++) {
		if (host_files_at(files, i)->status)
			continue;
		bind_machine_push_file(L, host_files_at(files, i));
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static int bind_machine_digest(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);
	char digest[33];

	bind_lend(L, owner);
	machine_digest(owner->machine, digest);
	bind_take_back(L, owner);
	bind_raise(L, owner);
	lua_pushstring(L, digest);
	return 1;
}

static int bind_machine_get_now(lua_State *L)
{
	lua_pushinteger(L, bind_present(bind_self_machine(L)));
	return 1;
}

static int bind_machine_get_insns(lua_State *L)
{
	lua_pushinteger(L, machine_insns(bind_self_machine(L)->machine));
	return 1;
}

static int bind_machine_get_closed(lua_State *L)
{
	struct bind_machine *owner = class_check(L, 1, &bind_machine_class);

	lua_pushboolean(L, !owner->machine);
	return 1;
}

static int bind_machine_get_running(lua_State *L)
{
	lua_pushboolean(L, bind_self_machine(L)->L != NULL);
	return 1;
}

static int bind_machine_get_quantum(lua_State *L)
{
	lua_pushinteger(L, bind_self_machine(L)->machine->quantum);
	return 1;
}

static int bind_machine_set_quantum(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);
	int64_t quantum = arg_time(L, 2, "m.quantum");

	bind_not_running(L, owner, "m.quantum =");
	if (quantum < 1)
		class_error(L, "m.quantum: at least 1 ns is expected");
	owner->machine->quantum = quantum;
	owner->options.quantum = quantum; /* for manifests */
	return 0;
}

static int bind_machine_finish_input(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);
	struct err err;
	bool good;

	bind_lend(L, owner);
	good = input_finish(owner->machine->input, &err);
	bind_take_back(L, owner);
	bind_raise(L, owner);
	if (!good || !uart_text_finish(owner, &err))
		class_input_error(L, &err);
	return 0;
}

static int bind_machine_get_influences(lua_State *L)
{
	unsigned influences = clock_influences(bind_self_machine(L)->machine->clock);
	lua_Integer n = 0;

	lua_newtable(L);
	for (unsigned i = 0; i < CLOCK_INFLUENCES; i++) {
		if (influences & 1u << i) {
			lua_pushstring(L, clock_influence_name(1u << i));
			lua_rawseti(L, -2, ++n);
		}
	}
	return 1;
}

static int bind_machine_get_deterministic(lua_State *L)
{
	unsigned influences = clock_influences(bind_self_machine(L)->machine->clock);

	lua_pushboolean(L, !influences && host_is_unused(L));
	return 1;
}

static int bind_machine_get_options(lua_State *L)
{
	machine_options_push(L, &bind_self_machine(L)->options);
	return 1;
}

static int bind_machine_get_cores(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_cores_class, 0);
	return 1;
}

static int bind_machine_get_mem(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_memory_class, -1);
	return 1;
}

static int bind_machine_get_uart(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_uarts_class, 0);
	return 1;
}

static int bind_machine_get_dt(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_tree_class, 0);
	return 1;
}

static int bind_machine_get_stats(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_stats_class, 0);
	return 1;
}

static int bind_machine_get_warp(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_warp_class, 0);
	return 1;
}

static int bind_machine_get_trace(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_trace_class, 0);
	return 1;
}

static int bind_machine_get_symbols(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_symbols_class, 0);
	return 1;
}

static int bind_machine_get_device(lua_State *L)
{
	bind_self_machine(L);
	bind_push(L, &bind_devices_class, 0);
	return 1;
}

static int bind_machine_get_log(lua_State *L)
{
	struct log *log = &bind_self_machine(L)->machine->log;

	lua_newtable(L);
	for (enum log_class class = 0; class < LOG_CLASSES; class++) {
		lua_pushinteger(L, (lua_Integer)atomic_load(&log->count[class]));
		lua_setfield(L, -2, log_class_name(class));
	}
	return 1;
}

static int bind_machine_text(lua_State *L)
{
	struct bind_machine *owner = class_check(L, 1, &bind_machine_class);

	if (owner->machine)
		lua_pushfstring(L, "machine %s, %d cores", owner->options.soc.board, (int)owner->machine->ncores);
	else
		lua_pushliteral(L, "machine, closed");
	return 1;
}

static const struct class_member bind_machine_members[] = {
	{
		.name = "run",
		.call = bind_machine_run,
		.synopsis = "m:run{ [\"for\"]=, until_time=, insns=, wall= } -> event",
		.text = "Runs the machine until one of the limits is reached, the guest ends, or something stops it. "
			"Without limits it runs until something happens. `for` is a word of Lua: write [\"for\"]. "
			"A run in pieces is the run in one piece: where it stops in the middle of a round, the first "
			"core that gets there has reached the time, and those after it are up to a quantum behind.",
		.arguments =
			"for (time): this much virtual time from now on\n"
			"until_time (time): up to this point of virtual time\n"
			"insns (integer): this many instructions, summed over the cores\n"
			"wall (number, host seconds): a limit for runs that may hang; one that ends so is not "
			"deterministic",
		.returns =
			"a table: reason (\"time\", \"insns\", \"break\", \"stop\", \"poweroff\", \"exit\", \"reset\", "
			"\"deadlock\", \"nothing\", \"wall\", \"error\"), time (ns), core (integer, or nil), "
			"text (the diagnosis "
			"of a deadlock, what is missing, the "
			"traceback of a failed callback), handle (of a \"break\"), status (of an \"exit\": the "
			"guest's, 32 bits)",
		.errors = "an unknown limit, a time that lies in the past, a call from a callback of the same machine",
		.example =
			"local ev = m:run{ [\"for\"] = \"10us\" }\nassert(ev.reason == \"time\" and m.now == ev.time)",
	},
	{
		.name = "now",
		.get = bind_machine_get_now,
		.synopsis = "m.now -> integer",
		.text = "Virtual time since reset, as of the last end of a round.",
		.returns = "integer, ns",
		.errors = "the machine is closed",
		.example = "m:run{ [\"for\"] = \"1ms\" }\nassert(m.now == 1000000)",
	},
	{
		.name = "insns",
		.get = bind_machine_get_insns,
		.synopsis = "m.insns -> integer",
		.text = "Instructions retired, summed over the cores.",
		.returns = "integer, instructions",
		.errors = "the machine is closed",
		.example = "local before = m.insns\nm:run{ insns = 100 }\nassert(m.insns >= before + 100)",
	},
	{
		.name = "cores",
		.get = bind_machine_get_cores,
		.synopsis = "m.cores -> list of cores",
		.text = "The cores, numbered from 0. pairs and ipairs visit them all, # counts them.",
		.returns = "list; m.cores[0] is a core",
		.errors = "the machine is closed",
		.example = "for i, core in ipairs(m.cores) do assert(core.index == i) end",
	},
	{
		.name = "mem",
		.get = bind_machine_get_mem,
		.synopsis = "m.mem -> memory",
		.text = "The physical memory, big-endian, without side effects. m.cores[n].mem sees it through the "
			"MMU of a core.",
		.returns = "memory",
		.errors = "the machine is closed",
		.example = "m.mem:set_u32(0x1000, 0xcafe)\nassert(m.mem:u8(0x1003) == 0xfe)",
	},
	{
		.name = "uart",
		.get = bind_machine_get_uart,
		.synopsis = "m.uart -> list of UARTs",
		.text = "The serial ports, numbered as /aliases and the tree number them, from 0.",
		.returns = "list; m.uart[0] is a UART",
		.errors = "the machine is closed",
		.example = "assert(#m.uart >= 1)\nm.uart[0]:send(\"version\\n\")",
	},
	{
		.name = "dt",
		.get = bind_machine_get_dt,
		.synopsis = "m.dt -> device tree",
		.text = "The device tree that the guest got, and how the machine covers it.",
		.returns = "device tree; m.dt[\"/soc/serial@4500\"] is a node",
		.errors = "the machine is closed",
		.example = "assert(m.dt[\"/cpus\"][\"#size-cells\"] == 0)",
	},
	{
		.name = "stats",
		.get = bind_machine_get_stats,
		.synopsis = "m.stats -> statistics",
		.text = "Every counter of the machine by its name.",
		.returns = "statistics",
		.errors = "the machine is closed",
		.example = "assert(m.stats:get(\"core0.insns\") == m.cores[0].insns)",
	},
	{
		.name = "warp",
		.get = bind_machine_get_warp,
		.synopsis = "m.warp -> warps",
		.text = "Where idle time went: the totals and the last entries of the warp ledger.",
		.returns = "warps",
		.errors = "the machine is closed",
		.example = "assert(m.warp.count == 0)",
	},
	{
		.name = "trace",
		.get = bind_machine_get_trace,
		.synopsis = "m.trace -> trace",
		.text = "What each core did when, as a file: m.trace:perfetto(\"run.json\").",
		.returns = "trace",
		.errors = "the machine is closed",
		.example = "assert(tostring(m.trace) == \"trace\")",
	},
	{
		.name = "timers",
		.get = bind_timer_push_all,
		.synopsis = "m.timers -> list",
		.text = "All pending timers in the order in which they fire, as of now: those of the cores, of "
			"devices, of the script.",
		.returns =
			"list from 0 of { name, owner (a device-tree path, or \"script\"), deadline (virtual ns), "
			"core (integer or "
			"nil), armed, fired, cancelled (counts) }",
		.errors = "the machine is closed",
		.example = "m:timer{ after = \"1ms\", name = \"probe\", on = function() end }\n"
			   "for i, t in ipairs(m.timers) do assert(t.deadline >= m.now) end",
	},
	{
		.name = "timer",
		.call = bind_timer_new,
		.synopsis = "m:timer{ after=, every=, on=, name= } -> timer",
		.text = "Arms a timer that calls a function of the script at a virtual time: in the middle of a "
			"round, where the first core gets there. It changes nothing that the guest sees, no "
			"count and no warp.",
		.arguments =
			"after (time): when it fires first, from now on; `every` if it is left out\n"
			"every (time): how long between firings; once if it is left out\n"
			"on (function): called with { time (ns), timer, count }; \"stop\" as its result ends the run\n"
			"name (string): its name in m.timers and the warp ledger",
		.returns = "timer",
		.errors = "neither after nor every, not a time, not a function; the machine is closed",
		.example = "local times = {}\nm:timer{ after = \"1ms\", every = \"100us\", on = function(ev)\n"
			   "  times[#times + 1] = ev.time\n  if ev.count == 3 then return \"stop\" end\nend }\n"
			   "assert(m:run().reason == \"stop\" and times[3] == 1200000)",
	},
	{
		.name = "at",
		.call = bind_handle_new,
		.synopsis =
			"m:at{ pc= | write= | read= | irq= | time= | warp= | timer= | region= | console= ; on=, "
			"once=, ... } -> handle",
		.text = "Stops the run, or calls a function, at a place or a moment. A handle that never hits costs "
			"nothing. In the function the core's pc, insns, time and time base are those of the "
			"instruction that led to it; what it writes to the core holds from the next one on, core.pc "
			"too (the register of a load is written after the function).",
		.arguments =
			"pc (integer or symbol): before the instruction at this effective address\n"
			"write, read (integer or symbol): after a store or load that touches len bytes from this "
			"address on\n"
			"len (integer, bytes): 4; physical (boolean): the address is physical, else effective\n"
			"irq (integer): when a core takes this source of the interrupt controller, as the tree "
			"numbers it\n"
			"time (time): at this virtual time since reset; hits once\n"
			"warp (time): after a warp of at least this length\n"
			"timer (string): before a timer of this name fires (* and ? match); owner (string): of this "
			"owner\n"
			"region (string): when the guest marks this region of interest by semihosting (* and ? "
			"match); edge (string): "
			"only its \"begin\" or its \"end\"\n"
			"console (string): when this text has come out of a UART; uart (integer): which one; 0\n"
			"core (integer): only of this core (pc, write, read, irq, timer, region); any\n"
			"on (function): called with the event instead of ending the run; \"stop\" as its result ends "
			"it\n"
			"once (boolean): disabled after the first hit",
		.returns = "handle; help \"event\" tells what a function gets",
		.errors =
			"nothing or two things to wait for, an unknown symbol, a time that lies in the past; the "
			"machine is closed",
		.example = "local h = m:at{ console = \"U-Boot\" }\nlocal ev = m:run{ [\"for\"] = \"1s\" }\n"
			   "assert(ev.reason == \"break\" and ev.handle == h)",
	},
	{
		.name = "intercept",
		.call = bind_hook_new,
		.synopsis = "m:intercept{ name=, owner=, core=, events=, on= } -> hook",
		.text = "Asks a function whenever a timer of the guest (decrementer, fit, watchdog, those of "
			"devices) is armed, "
			"cancelled or fires. It may let it pass, delay it, or drop it; what it changed stands in "
			"the warp ledger.",
		.arguments =
			"name, owner (string): of which timers, * and ? match; all\n"
			"core (integer): those of this core\n"
			"events (list): of \"arm\", \"cancel\", \"fire\"; all\n"
			"on (function): called with { event, owner, name, time (ns, now), expiry (ns), core, hook }; "
			"returns nothing, "
			"\"drop\", \"delay\" and a time, or \"stop\", which ends the run",
		.returns = "hook",
		.errors =
			"a wrong type, an event that there is not; a result of the function that is none of these "
			"ends the run with "
			"\"error\"; the machine is closed",
		.example =
			"local late = 0\nm:intercept{ name = \"decrementer\", events = { \"fire\" }, on = "
			"function(ev)\n"
			"  if late < 3 then late = late + 1 return \"delay\", \"10us\" end\nend }\n"
			"m:run{ [\"for\"] = \"20ms\" }\nassert(m.warp.interventions == late)",
	},
	{
		.name = "device",
		.get = bind_machine_get_device,
		.synopsis = "m.device -> devices",
		.text = "Device models written in Lua: m.device:define.",
		.returns = "devices",
		.errors = "the machine is closed",
		.example = "assert(m.device.define)",
	},
	{
		.name = "symbols",
		.get = bind_machine_get_symbols,
		.synopsis = "m.symbols -> symbols",
		.text = "Names of guest addresses: those of kernel and firmware, and what is added.",
		.returns = "symbols",
		.errors = "the machine is closed",
		.example = "m.symbols:add(\"loop\", 0x1000)\nassert(m.symbols.loop == 0x1000)",
	},
	{
		.name = "log",
		.get = bind_machine_get_log,
		.synopsis = "m.log -> table",
		.text = "How many lines the log had of each class: guest_error (software did what the manual "
			"forbids), unimplemented "
			"(the manual defines it, the model has it not), info, host_error (the host refused what a "
			"device needed: a "
			"full disk).",
		.returns = "table of integers, lines",
		.errors = "the machine is closed",
		.example = "assert(m.log.guest_error >= 0)",
	},
	{
		.name = "quantum",
		.get = bind_machine_get_quantum,
		.set = bind_machine_set_quantum,
		.synopsis = "m.quantum -> integer",
		.text = "The longest round: how far cores may run ahead of each other. Can be set, to a time.",
		.returns = "integer, ns, from 1 on",
		.errors = "not a time, zero, set from a callback of the machine",
		.example = "m.quantum = \"2us\"\nassert(m.quantum == 2000)",
	},
	{
		.name = "deterministic",
		.get = bind_machine_get_deterministic,
		.synopsis = "m.deterministic -> boolean",
		.text = "Whether the run so far comes out the same again: nothing of the host had a say in it "
			"(m.influences), nor in the "
			"script (warpcore.deterministic).",
		.returns = "boolean",
		.errors = "the machine is closed",
		.example = "if not m.deterministic then print(table.concat(m.influences, \" \")) end",
	},
	{
		.name = "influences",
		.get = bind_machine_get_influences,
		.synopsis = "m.influences -> list of strings",
		.text = "What of the host had a say in the run: \"adaptive\" (the rate followed the host's speed), "
			"\"wall\" (a limit in "
			"host time was reached), \"threads\" (cores on threads of their own), \"input\" (keys or "
			"packets that were not replayed).",
		.returns = "list, empty for a run that comes out the same again",
		.errors = "the machine is closed",
		.example = "assert(#m.influences == 0)",
	},
	{
		.name = "finish_input",
		.call = bind_machine_finish_input,
		.synopsis = "m:finish_input()",
		.text = "Ends a recording (option record) with a digest of the state, or checks that a replay has "
			"come to the same end; waits until what the consoles have sent is out. "
			"m:close and the end of the script do so too.",
		.returns = "nothing",
		.errors =
			"the replay ended elsewhere or in another state, or the recording or the file of a console "
			"cannot be written; the machine is closed",
		.example = "m:finish_input()",
	},
	{
		.name = "guest_files",
		.get = bind_machine_get_guest_files,
		.synopsis = "m.guest_files -> list",
		.text = "The files of the host that the guest has read by semihosting (help \"semihost\"). Each "
			"stands as it was when it was "
			"first asked for; the manifest of each result file names them too.",
		.returns =
			"list of { name, size (bytes), sha256 (64 hexadecimal digits) }, in the order in which they "
			"were asked for",
		.errors = "the machine is closed",
		.example = "for _, file in ipairs(m.guest_files) do print(file.name, file.size, file.sha256) end",
	},
	{
		.name = "options",
		.get = bind_machine_get_options,
		.synopsis = "m.options -> table",
		.text = "What the machine was made from, defaults filled in: a copy, good for another "
			"warpcore.machine().",
		.returns = "table, as warpcore.machine takes it",
		.errors = "the machine is closed",
		.example =
			"local twin = warpcore.machine(m.options)\nassert(twin:digest() == m:digest())\ntwin:close()",
	},
	{
		.name = "digest",
		.call = bind_machine_digest,
		.synopsis = "m:digest() -> string",
		.text = "A hash of the whole guest-visible state: registers, memory, devices, time. Equal runs have "
			"equal digests.",
		.returns = "string, 32 hexadecimal digits",
		.errors = "the machine is closed",
		.example = "assert(#m:digest() == 32)",
	},
	{
		.name = "running",
		.get = bind_machine_get_running,
		.synopsis = "m.running -> boolean",
		.text = "True inside of a callback that the running machine calls.",
		.returns = "boolean",
		.errors = "the machine is closed",
		.example = "assert(m.running == false)",
	},
	{
		.name = "closed",
		.get = bind_machine_get_closed,
		.synopsis = "m.closed -> boolean",
		.text = "True after m:close().",
		.returns = "boolean",
		.errors = "none",
		.example = "assert(not m.closed)\nm:close()\nassert(m.closed)",
	},
	{
		.name = "close",
		.call = bind_machine_call_close,
		.synopsis = "m:close()",
		.text = "Frees the machine and its memory at once; else that happens when the script no longer "
			"refers to it. "
			"Everything that leads into it (cores, memory, timers) is dead afterwards. Closing twice "
			"does nothing.",
		.returns = "nothing",
		.errors = "a call from a callback of the same machine",
		.example = "m:close()\nassert(not pcall(function() return m.now end))",
	},
	{ .name = NULL },
};

const struct class bind_machine_class = {
	.name = "machine",
	.summary = "A machine: cores, memory and devices as a device tree names them.",
	.members = bind_machine_members,
	.text = bind_machine_text,
	.collect = bind_machine_collect,
	.now = bind_now,
};
