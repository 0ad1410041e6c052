/* m.warp: the warp ledger (sim/time/ledger.h). */
#include <math.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "sim/time/warp.h"

static struct machine *bind_warp_machine(lua_State *L)
{
	return bind_self(L, &bind_warp_class)->owner->machine;
}

static struct ledger_totals bind_warp_totals(lua_State *L)
{
	struct ledger_totals totals;

	ledger_totals(bind_warp_machine(L)->clock, &totals);
	return totals;
}

#define BIND_WARP_TOTAL(name, field)                                    \
	static int bind_warp_get_##name(lua_State *L)                   \
	{                                                               \
		lua_pushinteger(L, bind_warp_totals(L).field);          \
		return 1;                                               \
	}

BIND_WARP_TOTAL(count, count)
BIND_WARP_TOTAL(total, ns)
BIND_WARP_TOTAL(longest, longest)
BIND_WARP_TOTAL(partial, partial)
BIND_WARP_TOTAL(spurious, needless)
BIND_WARP_TOTAL(early, early)
BIND_WARP_TOTAL(rearmed, rearmed)
BIND_WARP_TOTAL(notifies, notifies)
BIND_WARP_TOTAL(slept, slept)
BIND_WARP_TOTAL(interventions, interventions)

static int bind_warp_get_ratio(lua_State *L)
{
	struct ledger_totals totals = bind_warp_totals(L);
	int64_t executed = machine_now(bind_warp_machine(L)) - totals.ns;

	if (executed > 0)
		lua_pushnumber(L, (double)totals.ns / (double)executed);
	else
		lua_pushnumber(L, totals.ns ? HUGE_VAL : 0.0);
	return 1;
}

static const char *const bind_warp_share_fields[] = { "count", "total", NULL };
static const struct bind_record bind_warp_share = BIND_RECORD("share of the warps", bind_warp_share_fields);

static void bind_warp_set_share(lua_State *L, const struct ledger_share *share)
{
	bind_push_record(L, &bind_warp_share);
	lua_pushinteger(L, share->count);
	lua_setfield(L, -2, "count");
	lua_pushinteger(L, share->ns);
	lua_setfield(L, -2, "total");
	lua_setfield(L, -2, share->name);
}

static int bind_warp_get_by_owner(lua_State *L)
{
	struct clock *clock = bind_warp_machine(L)->clock;
	size_t n = ledger_by_owner(clock, NULL, 0);
	struct ledger_share *shares = lua_newuserdatauv(L, (n + 1) * sizeof *shares, 0);

	n = ledger_by_owner(clock, shares, n);
	lua_newtable(L);
	for (size_t i = 0; i < n; i++)
		bind_warp_set_share(L, &shares[i]);
	return 1;
}

static int bind_warp_get_by_reason(lua_State *L)
{
	struct ledger_share shares[WARP_REASONS];

	ledger_by_reason(bind_warp_machine(L)->clock, shares);
	lua_newtable(L);
	for (enum warp_reason reason = WARP_PARKED; reason < WARP_REASONS; reason++)
		if (shares[reason].count)
			bind_warp_set_share(L, &shares[reason]);
	return 1;
}

/* ---- The last entries ---- */

static const char *const bind_warp_entry_fields[] = {
	"sequence", "from", "to", "ns", "ended", "owner", "name", "reasons", "open", "event", "action", NULL
};
static const struct bind_record bind_warp_entry = BIND_RECORD("entry of the ledger", bind_warp_entry_fields);

static void bind_warp_set_hook(lua_State *L, const struct ledger_entry *entry)
{
	lua_pushstring(L, timer_event_name(entry->event));
	lua_setfield(L, -2, "event");
	lua_pushstring(L, timer_action_name(entry->action));
	lua_setfield(L, -2, "action");
}

static void bind_warp_set_warp(lua_State *L, const struct ledger_entry *entry)
{
	lua_pushinteger(L, entry->to - entry->from);
	lua_setfield(L, -2, "ns");
	class_push_list(L);
	for (unsigned i = 0; i < entry->cores; i++) {
		lua_pushstring(L, ledger_reason_name(entry->reason[i]));
		lua_rawseti(L, -2, i);
	}
	lua_setfield(L, -2, "reasons");
}

static void bind_warp_push_entry(lua_State *L, const struct ledger_entry *entry)
{
	bind_push_record(L, &bind_warp_entry);
	lua_pushinteger(L, (lua_Integer)entry->sequence);
	lua_setfield(L, -2, "sequence");
	lua_pushinteger(L, entry->from);
	lua_setfield(L, -2, "from");
	lua_pushinteger(L, entry->to);
	lua_setfield(L, -2, "to");
	lua_pushstring(L, ledger_end_name(entry->end));
	lua_setfield(L, -2, "ended");
	lua_pushstring(L, entry->owner);
	lua_setfield(L, -2, "owner");
	lua_pushstring(L, entry->name);
	lua_setfield(L, -2, "name");
	if (entry->end == LEDGER_HOOK)
		bind_warp_set_hook(L, entry);
	else
		bind_warp_set_warp(L, entry);
}

static int bind_warp_log(lua_State *L)
{
	struct clock *clock = bind_warp_machine(L)->clock;
	uint64_t last = ledger_last(clock), closed = ledger_last_closed(clock);
	uint64_t n = lua_isnoneornil(L, 2) ? 10 : (uint64_t)arg_integer(L, 2, "m.warp:log: n", 0, INT64_C(1) << 24);
	struct ledger_entry entry;
	lua_Integer at = 0;

	lua_newtable(L);
	for (uint64_t sequence = last > n ? last - n + 1 : 1; sequence <= last; sequence++) {
		if (!ledger_read(clock, sequence, &entry))
			continue;
		bind_warp_push_entry(L, &entry);
		lua_pushboolean(L, sequence > closed);
		lua_setfield(L, -2, "open");
		lua_rawseti(L, -2, ++at);
	}
	return 1;
}

#define BIND_WARP_MAX_LENGTH (INT64_C(1) << 24)

static int bind_warp_get_length(lua_State *L)
{
	lua_pushinteger(L, ledger_length(bind_warp_machine(L)->clock));
	return 1;
}

static int bind_warp_set_length(lua_State *L)
{
	struct clock *clock = bind_warp_machine(L)->clock;
	struct err err;

	if (!ledger_set_length(clock, (unsigned)arg_integer(L, 2, "m.warp.length", 1, BIND_WARP_MAX_LENGTH), &err))
		class_input_error(L, &err);
	return 0;
}

static int bind_warp_stream(lua_State *L)
{
	struct clock *clock = bind_warp_machine(L)->clock;
	struct err err;

	if (!ledger_stream_stop(clock, &err))
		class_input_error(L, &err);
	if (!lua_isnoneornil(L, 2) && !ledger_stream(clock, arg_string(L, 2, "m.warp:stream: path"), lua_tostring(L, 3),
						     &err)) /* 3: from lib/trace.lua */
		class_input_error(L, &err);
	return 0;
}

static int bind_warp_text(lua_State *L)
{
	lua_pushliteral(L, "warps");
	return 1;
}

#define BIND_WARP_ERRORS .errors = "the machine is closed"
#define BIND_WARP_COUNT .returns = "integer", BIND_WARP_ERRORS

static const struct class_member bind_warp_members[] = {
	{
		.name = "count",
		.get = bind_warp_get_count,
		.synopsis = "m.warp.count -> integer",
		.text = "Warps: stretches of virtual time in which every core was idle, so that time jumped to the "
			"next timer.",
		BIND_WARP_COUNT,
		.example = "m:run{ [\"for\"] = \"1ms\" }\nassert(m.warp.count >= 0)",
	},
	{
		.name = "total",
		.get = bind_warp_get_total,
		.synopsis = "m.warp.total -> integer",
		.text = "Virtual time that passed in warps.",
		.returns = "integer, ns",
		BIND_WARP_ERRORS,
		.example = "assert(m.warp.total <= m.now)",
	},
	{
		.name = "longest",
		.get = bind_warp_get_longest,
		.synopsis = "m.warp.longest -> integer",
		.text = "The longest single warp.",
		.returns = "integer, ns",
		BIND_WARP_ERRORS,
		.example = "assert(m.warp.longest <= m.warp.total)",
	},
	{
		.name = "partial",
		.get = bind_warp_get_partial,
		.synopsis = "m.warp.partial -> integer",
		.text = "Warps that an external input (a key, a packet, a command) ended before their timer.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.partial == 0)",
	},
	{
		.name = "spurious",
		.get = bind_warp_get_spurious,
		.synopsis = "m.warp.spurious -> integer",
		.text = "Needless firings of the warp timer: its timer was cancelled meanwhile. Harmless.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.spurious == 0)",
	},
	{
		.name = "early",
		.get = bind_warp_get_early,
		.synopsis = "m.warp.early -> integer",
		.text = "Warps that ended before their deadline because the host woke early. Harmless.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.early == 0)",
	},
	{
		.name = "rearmed",
		.get = bind_warp_get_rearmed,
		.synopsis = "m.warp.rearmed -> integer",
		.text = "How often the warp timer moved to an earlier time because a timer was armed during a warp.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.rearmed >= 0)",
	},
	{
		.name = "notifies",
		.get = bind_warp_get_notifies,
		.synopsis = "m.warp.notifies -> integer",
		.text = "How often the driving thread was told that a timer is due.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.notifies >= 0)",
	},
	{
		.name = "slept",
		.get = bind_warp_get_slept,
		.synopsis = "m.warp.slept -> integer",
		.text = "Host time spent waiting: with idle = \"realtime\", or for somebody on the host's network.",
		.returns = "integer, host ns",
		BIND_WARP_ERRORS,
		.example = "assert(m.warp.slept == 0)",
	},
	{
		.name = "interventions",
		.get = bind_warp_get_interventions,
		.synopsis = "m.warp.interventions -> integer",
		.text = "What hooks on timers delayed or dropped.",
		BIND_WARP_COUNT,
		.example = "assert(m.warp.interventions == 0)",
	},
	{
		.name = "ratio",
		.get = bind_warp_get_ratio,
		.synopsis = "m.warp.ratio -> number",
		.text = "Warped virtual time divided by executed virtual time.",
		.returns = "float, from 0; infinite when nothing was executed",
		BIND_WARP_ERRORS,
		.example = "assert(m.warp.ratio >= 0)",
	},
	{
		.name = "by_owner",
		.get = bind_warp_get_by_owner,
		.synopsis = "m.warp.by_owner -> table",
		.text = "Warps by the owner of the timer, or the input, that ended them.",
		.returns = "table: a device-tree path or a name -> { count, total (ns) }",
		BIND_WARP_ERRORS,
		.example = "for owner, share in pairs(m.warp.by_owner) do assert(share.total <= m.warp.total) end",
	},
	{
		.name = "by_reason",
		.get = bind_warp_get_by_reason,
		.synopsis = "m.warp.by_reason -> table",
		.text = "Warped core time by why each core was idle: one warp of two cores counts twice.",
		.returns = "table: \"parked\", \"wait\", \"doze\", \"loop\", \"checkstop\" -> { count, total (ns) }",
		BIND_WARP_ERRORS,
		.example = "for reason, share in pairs(m.warp.by_reason) do assert(share.count > 0) end",
	},
	{
		.name = "log",
		.call = bind_warp_log,
		.synopsis = "m.warp:log([n]) -> list",
		.text = "The last entries of the ledger, oldest first.",
		.arguments = "n (integer): how many; 10",
		.returns =
			"list of { sequence, from, to, ns (virtual), ended (\"timer\", \"limit\", \"input\", "
			"\"early\", \"hook\"), "
			"owner, name (of the timer or input), reasons (by core), open (boolean: the run stands in the "
			"middle of this warp, which goes on as the same entry) }; of a hook: event and action "
			"instead of ns and reasons",
		.errors = "n out of range; the machine is closed",
		.example = "for _, entry in ipairs(m.warp:log(5)) do assert(entry.to >= entry.from) end",
	},
	{
		.name = "length",
		.get = bind_warp_get_length,
		.set = bind_warp_set_length,
		.synopsis = "m.warp.length -> integer",
		.text = "How many entries the ledger keeps for m.warp:log; 1024. Can be set: then it forgets those "
			"that are there. "
			"The totals stay.",
		.returns = "integer, 1 to 16777216",
		.errors = "a number out of range; the machine is closed",
		.example = "m.warp.length = 65536\nassert(m.warp.length == 65536)",
	},
	{
		.name = "stream",
		.call = bind_warp_stream,
		.synopsis = "m.warp:stream([path])",
		.text = "From now on each entry of the ledger also becomes a line of a file, comma separated, with a "
			"head line: sequence, "
			"end, from, to, owner, name, a letter for each core's reason, event, action. Its first line, "
			"a comment, is the manifest; "
			"its last says whether the run was deterministic. Without a path it ends the file.",
		.arguments = "path (string): the file, replaced",
		.returns = "nothing",
		.errors = "the file cannot be written; the machine is closed",
		.example =
			"local file = os.tmpname()\nm.warp:stream(file)\nm:run{ [\"for\"] = \"1ms\" }\n"
			"m.warp:stream()\n"
			"assert(io.open(file):read \"a\":find \"\\nsequence\")\nos.remove(file)",
	},
	{ .name = NULL },
};

const struct class bind_warp_class = {
	.name = "warp",
	.summary = "Where idle time went: totals, shares and the last entries of the warp ledger.",
	.members = bind_warp_members,
	.text = bind_warp_text,
	.now = bind_now,
};
