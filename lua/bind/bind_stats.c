/* m.stats: every counter by name. What writes files is in lua/lib/stats.lua. */
#include <fnmatch.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/suggest.h"

static const struct stats *bind_stats_self(lua_State *L)
{
	return bind_self(L, &bind_stats_class)->owner->machine->stats;
}

static const struct stats_entry *bind_stats_find(lua_State *L, const struct stats *stats, const char *what)
{
	const char *name = arg_string(L, 2, what);
	const struct stats_entry *stat = stats_find(stats, name);
	struct suggest suggest;

	if (stat)
		return stat;
	suggest_init(&suggest, name);
	for (size_t i = 0; i < stats_count(stats); i++)
		suggest_offer(&suggest, stats_at(stats, i)->name);
	if (suggest_best(&suggest))
		class_error(L, "there is no statistic '%s'; did you mean '%s'?", name, suggest_best(&suggest));
	class_error(L, "there is no statistic '%s'; m.stats:all() lists them", name);
}

static int bind_stats_get(lua_State *L)
{
	const struct stats_entry *stat = bind_stats_find(L, bind_stats_self(L), "m.stats:get: name");

	lua_pushinteger(L, stat->read(stat->opaque));
	return 1;
}

static int bind_stats_all(lua_State *L)
{
	const struct stats *stats = bind_stats_self(L);
	const char *pattern = lua_isnoneornil(L, 2) ? "*" : arg_string(L, 2, "m.stats:all: pattern");

	lua_newtable(L);
	for (size_t i = 0; i < stats_count(stats); i++) {
		const struct stats_entry *stat = stats_at(stats, i);

		if (fnmatch(pattern, stat->name, 0))
			continue;
		lua_pushinteger(L, stat->read(stat->opaque));
		lua_setfield(L, -2, stat->name);
	}
	return 1;
}

static const char *const bind_stats_fields[] = { "name", "value", "unit", "description", NULL };
static const struct bind_record bind_stats_entry = BIND_RECORD("statistic", bind_stats_fields);

static void bind_stats_push(lua_State *L, const struct stats_entry *stat)
{
	bind_push_record(L, &bind_stats_entry);
	lua_pushstring(L, stat->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, stat->read(stat->opaque));
	lua_setfield(L, -2, "value");
	lua_pushstring(L, stat->unit);
	lua_setfield(L, -2, "unit");
	lua_pushstring(L, stat->description);
	lua_setfield(L, -2, "description");
}

static int bind_stats_describe(lua_State *L)
{
	bind_stats_push(L, bind_stats_find(L, bind_stats_self(L), "m.stats:describe: name"));
	return 1;
}

static int bind_stats_list(lua_State *L)
{
	const struct stats *stats = bind_stats_self(L);
	const char *pattern = lua_isnoneornil(L, 2) ? "*" : arg_string(L, 2, "m.stats:list: pattern");
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; i < stats_count(stats); i++) {
		if (fnmatch(pattern, stats_at(stats, i)->name, 0))
			continue;
		bind_stats_push(L, stats_at(stats, i));
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* ---- Regions ---- */

static int bind_stats_begin(lua_State *L)
{
	struct bind_machine *owner = bind_self(L, &bind_stats_class)->owner;
	const char *name = arg_string(L, 2, "m.stats:begin: name");

	if (!machine_begin_region(owner->machine, name, bind_present(owner)))
		class_error(L, "m.stats:begin: the region '%s' has begun already", name);
	return 0;
}

static int bind_stats_finish(lua_State *L)
{
	struct bind_machine *owner = bind_self(L, &bind_stats_class)->owner;
	const char *name = arg_string(L, 2, "m.stats:finish: name");

	if (!machine_end_region(owner->machine, name, bind_present(owner)))
		class_error(L, "m.stats:finish: the region '%s' has not begun", name);
	return 0;
}

static const char *const bind_stats_region_fields[] = {
	"name", "count", "time", "first", "last", "open", "values", NULL
};
static const struct bind_record bind_stats_region = BIND_RECORD("region", bind_stats_region_fields);

static void bind_stats_push_region(lua_State *L, const struct stats *stats, const struct region *region)
{
	bind_push_record(L, &bind_stats_region);
	lua_pushstring(L, region->name);
	lua_setfield(L, -2, "name");
	lua_pushinteger(L, (lua_Integer)region->count);
	lua_setfield(L, -2, "count");
	lua_pushinteger(L, region->time);
	lua_setfield(L, -2, "time");
	lua_pushinteger(L, region->first);
	lua_setfield(L, -2, "first");
	lua_pushinteger(L, region->last);
	lua_setfield(L, -2, "last");
	lua_pushboolean(L, region->open);
	lua_setfield(L, -2, "open");
	lua_newtable(L);
	for (size_t i = 0; i < stats_count(stats); i++) {
		lua_pushinteger(L, region_value(region, i));
		lua_setfield(L, -2, stats_at(stats, i)->name);
	}
	lua_setfield(L, -2, "values");
}

static int bind_stats_get_regions(lua_State *L)
{
	const struct machine *machine = bind_self(L, &bind_stats_class)->owner->machine;

	lua_newtable(L);
	for (size_t i = 0; i < region_list_count(machine->regions); i++) {
		bind_stats_push_region(L, machine->stats, region_at(machine->regions, i));
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int bind_stats_text(lua_State *L)
{
	lua_pushliteral(L, "statistics");
	return 1;
}

static const struct class_member bind_stats_members[] = {
	{
		.name = "get",
		.call = bind_stats_get,
		.synopsis = "m.stats:get(name) -> integer",
		.text = "The value of one counter now.",
		.arguments = "name (string): as in \"core0.insns\"",
		.returns = "integer, in the counter's unit (m.stats:describe)",
		.errors = "there is no such counter; the machine is closed",
		.example = "m:run{ insns = 50 }\nassert(m.stats:get(\"core0.insns\") >= 50)",
	},
	{
		.name = "all",
		.call = bind_stats_all,
		.synopsis = "m.stats:all([pattern]) -> table",
		.text = "The values of all counters, or of those whose name matches.",
		.arguments = "pattern (string): with * and ?, as in \"core*.insns\"",
		.returns = "table: name -> integer",
		.errors = "not a string; the machine is closed",
		.example = "for name, value in pairs(m.stats:all(\"core?.insns\")) do assert(value >= 0) end",
	},
	{
		.name = "describe",
		.call = bind_stats_describe,
		.synopsis = "m.stats:describe(name) -> table",
		.text = "What a counter counts.",
		.arguments = "name (string): as in \"core0.insns\"",
		.returns = "{ name, value, unit, description }",
		.errors = "there is no such counter; the machine is closed",
		.example = "assert(m.stats:describe(\"core0.insns\").unit == \"insns\")",
	},
	{
		.name = "list",
		.call = bind_stats_list,
		.synopsis = "m.stats:list([pattern]) -> list",
		.text = "All counters, or those whose name matches, in the order of the machine.",
		.arguments = "pattern (string): with * and ?, as in \"core*.insns\"",
		.returns = "list of { name, value, unit, description }",
		.errors = "not a string; the machine is closed",
		.example = "assert(#m.stats:list(\"core*.insns\") == #m.cores)",
	},
	{
		.name = "begin",
		.call = bind_stats_begin,
		.synopsis = "m.stats:begin(name)",
		.text = "A region of interest begins: what counters count from here to m.stats:finish(name) is added "
			"up under its "
			"name. m.stats.regions has the sums, and so has each file that m.stats:write makes. Call it "
			"from a function of "
			"m:at where the guest enters the region.",
		.arguments = "name (string): the region",
		.returns = "nothing",
		.errors = "the region has begun already; the machine is closed",
		.example = "m.stats:begin(\"boot\")\nm:run{ insns = 1000 }\nm.stats:finish(\"boot\")\n"
			   "assert(m.stats.regions[1].values[\"core0.insns\"] == 1000)",
	},
	{
		.name = "finish",
		.call = bind_stats_finish,
		.synopsis = "m.stats:finish(name)",
		.text = "A region of interest ends: see m.stats:begin.",
		.arguments = "name (string): the region",
		.returns = "nothing",
		.errors = "the region has not begun; the machine is closed",
		.example = "m.stats:begin(\"boot\")\nm.stats:finish(\"boot\")\nassert(m.stats.regions[1].count == 1)",
	},
	{
		.name = "regions",
		.get = bind_stats_get_regions,
		.synopsis = "m.stats.regions -> list",
		.text = "The regions of interest, in the order in which they began first: those of m.stats:begin.",
		.returns =
			"list of { name, count (passages that have ended), time (virtual ns, their sum), first "
			"(virtual ns: the first "
			"beginning), last (virtual ns: the last end, or the beginning of an open passage), open "
			"(boolean), "
			"values = { counter = integer } }",
		.errors = "the machine is closed",
		.example = "assert(#m.stats.regions == 0)",
	},
	{ .name = NULL },
};

const struct class bind_stats_class = {
	.name = "stats",
	.summary = "Every counter of the machine by name, with unit and description.",
	.members = bind_stats_members,
	.text = bind_stats_text,
	.now = bind_now,
};
