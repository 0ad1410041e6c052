/* What each core did when, for lua/lib/report.lua. */
#include "lua/bind/bind.h"
#include "sim/trace/timeline.h"

struct bind_timeline {
	lua_State *L;
	lua_Integer count;
};

/* { kind, core, state, from, to } at the end of the list on top of the stack. */
static void bind_timeline_add(void *opaque, const struct timeline_event *event)
{
	struct bind_timeline *list = opaque;
	lua_State *L = list->L;

	if (event->kind != TIMELINE_STATE && event->kind != TIMELINE_WARP)
		return;
	lua_createtable(L, 0, 5);
	lua_pushstring(L, event->kind == TIMELINE_STATE ? "state" : "warp");
	lua_setfield(L, -2, "kind");
	lua_pushinteger(L, event->core);
	lua_setfield(L, -2, "core");
	lua_pushstring(L, core_state_name((enum core_state)event->state));
	lua_setfield(L, -2, "state");
	lua_pushinteger(L, event->from);
	lua_setfield(L, -2, "from");
	lua_pushinteger(L, event->to);
	lua_setfield(L, -2, "to");
	lua_rawseti(L, -2, ++list->count);
}

int bind_timeline_list(lua_State *L)
{
	struct bind_machine *owner = bind_self_machine(L);
	struct bind_timeline list = { L, 0 };

	lua_newtable(L);
	timeline_visit(owner->timeline, bind_timeline_add, &list);
	return 1;
}
