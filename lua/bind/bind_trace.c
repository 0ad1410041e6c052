/* m.trace: what each core did when, as a file (sim/trace/perfetto.h). */
#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/host.h"
#include "sim/trace/perfetto.h"

static struct bind_machine *bind_trace_owner(lua_State *L, const char *what)
{
	struct bind_machine *owner = bind_self(L, &bind_trace_class)->owner;

	bind_not_running(L, owner, what);
	return owner;
}

/* The table at index 3, if there is one. */
static void bind_trace_options(lua_State *L, struct perfetto_options *options)
{
	static const char *const names[] = { "from", "to", "host", NULL };

	if (lua_isnoneornil(L, 3))
		return;
	arg_keys(L, 3, "m.trace:perfetto", names);
	if (lua_getfield(L, 3, "from") != LUA_TNIL)
		options->from = arg_time(L, -1, "m.trace:perfetto: from");
	if (lua_getfield(L, 3, "to") != LUA_TNIL)
		options->to = arg_time(L, -1, "m.trace:perfetto: to");
	if (lua_getfield(L, 3, "host") != LUA_TNIL)
		options->host = arg_boolean(L, -1, "m.trace:perfetto: host");
	if (options->to <= options->from)
		class_error(L, "m.trace:perfetto: to: a time behind from is expected");
	if (options->host)
		host_mark(L);
	lua_settop(L, 4);
}

static void bind_trace_end(struct bind_machine *owner, lua_State *L)
{
	struct perfetto *perfetto = owner->perfetto;
	struct err err;

	owner->perfetto = NULL;
	if (perfetto && !perfetto_close(perfetto, &err))
		class_input_error(L, &err);
}

static int bind_trace_perfetto(lua_State *L)
{
	struct bind_machine *owner = bind_trace_owner(L, "m.trace:perfetto");
	const char *path = arg_string(L, 2, "m.trace:perfetto: path");
	struct perfetto_options options = { .to = CLOCK_NO_DEADLINE };
	struct err err;

	options.manifest = lua_tostring(L, 4); /* from the library, lib/trace.lua */
	bind_trace_options(L, &options);
	bind_trace_end(owner, L);
	owner->perfetto = perfetto_open(owner->timeline, path, &options, &err);
	if (!owner->perfetto || !perfetto_flush(owner->perfetto, &err))
		class_input_error(L, &err);
	/* All that was wanted has been. */
	if (options.to <= machine_now(owner->machine))
		bind_trace_end(owner, L);
	return 0;
}

static int bind_trace_stop(lua_State *L)
{
	bind_trace_end(bind_trace_owner(L, "m.trace:stop"), L);
	return 0;
}

static int bind_trace_text(lua_State *L)
{
	lua_pushliteral(L, "trace");
	return 1;
}

static const struct class_member bind_trace_members[] = {
	{
		.name = "perfetto",
		.call = bind_trace_perfetto,
		.synopsis = "m.trace:perfetto(path [, { from=, to=, host= }])",
		.text = "Writes a timeline that ui.perfetto.dev opens (JSON of Chrome's trace viewer): for each core "
			"when it was "
			"running, idle or warped, and for what reason; each warp with what ended it; for each owner "
			"of timers "
			"when they fired. Begins with what the machine remembers, the last 65536 changes, and goes "
			"on with all that "
			"comes, until m.trace:stop(), the next m.trace:perfetto or the machine's end; the file is "
			"whole after each "
			"m:run. Its otherData holds the manifest: version, options, SHA-256 of board, kernel, "
			"initrd and disks.",
		.arguments =
			"path (string): the file, replaced\n"
			"from (time): nothing before this point of virtual time\n"
			"to (time): nothing behind it; if it is not in the future, the file is done at once\n"
			"host (boolean): a counter of guest ns per host ns too; marks the run as not deterministic",
		.returns = "nothing",
		.errors =
			"a file that cannot be written, `to` that is not behind `from`, a call from a callback; the "
			"machine is closed",
		.example =
			"local file = os.tmpname()\nm.trace:perfetto(file)\nm:run{ [\"for\"] = \"1ms\" }\n"
			"m.trace:stop()\nassert(io.open(file):read(\"a\"):find(\"traceEvents\", 1, true))\n"
			"os.remove(file)",
	},
	{
		.name = "stop",
		.call = bind_trace_stop,
		.synopsis = "m.trace:stop()",
		.text = "Ends the file of m.trace:perfetto; without one it does nothing.",
		.returns = "nothing",
		.errors = "the file could not be written, a call from a callback; the machine is closed",
		.example = "m.trace:stop()",
	},
	{ .name = NULL },
};

const struct class bind_trace_class = {
	.name = "trace",
	.summary = "What each core did when, as a file for Perfetto.",
	.members = bind_trace_members,
	.text = bind_trace_text,
	.now = bind_now,
};
