/* What a callback of m:at gets: one object a hit, whose fields are read when asked for (a hit must be cheap). */
#include "lua/bind/bind.h"

/* User value 2 of an event: its handle. */
#define BIND_EVENT_HANDLE 2

struct bind_event {
	struct bind_object object;
	struct debug_hit hit;
	enum debug_kind kind; /* DEBUG_KINDS: console */
	int64_t hits;
};

void bind_event_push(lua_State *L, enum debug_kind kind, const struct debug_hit *hit, int64_t hits)
{
	struct bind_event *event = class_new(L, &bind_event_class, sizeof *event, 2);

	event->object.owner = ((struct bind_object *)lua_touserdata(L, -2))->owner;
	event->hit = *hit;
	event->kind = kind;
	event->hits = hits;
	lua_pushvalue(L, -2);
	lua_setiuservalue(L, -2, BIND_EVENT_HANDLE);
}

static const struct bind_event *bind_event_self(lua_State *L)
{
	return (const struct bind_event *)bind_self(L, &bind_event_class);
}

static bool bind_event_is_access(const struct bind_event *event)
{
	return event->kind == DEBUG_READ || event->kind == DEBUG_WRITE;
}

/* Pushes the value, or nil when events of this kind have none. */
static int bind_event_push_integer(lua_State *L, bool has, int64_t value)
{
	if (has)
		lua_pushinteger(L, value);
	else
		lua_pushnil(L);
	return 1;
}

static int bind_event_get_time(lua_State *L)
{
	return bind_event_push_integer(L, true, bind_event_self(L)->hit.time);
}

static int bind_event_get_core(lua_State *L)
{
	int core = bind_event_self(L)->hit.core;

	return bind_event_push_integer(L, core >= 0, core);
}

static int bind_event_get_handle(lua_State *L)
{
	bind_event_self(L);
	lua_getiuservalue(L, 1, BIND_EVENT_HANDLE);
	return 1;
}

static int bind_event_get_hits(lua_State *L)
{
	return bind_event_push_integer(L, true, bind_event_self(L)->hits);
}

static int bind_event_get_pc(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);
	bool has = event->kind == DEBUG_PC || (bind_event_is_access(event) && !event->hit.dma);

	return bind_event_push_integer(L, has, event->hit.pc);
}

static int bind_event_get_address(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, bind_event_is_access(event) && !event->hit.dma, event->hit.ea);
}

static int bind_event_get_physical(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, bind_event_is_access(event), (int64_t)event->hit.pa);
}

static int bind_event_get_size(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, bind_event_is_access(event), event->hit.size);
}

static int bind_event_get_value(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, bind_event_is_access(event) && !event->hit.dma, (int64_t)event->hit.value);
}

static int bind_event_get_dma(lua_State *L)
{
	lua_pushboolean(L, bind_event_self(L)->hit.dma);
	return 1;
}

static int bind_event_get_from(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, event->kind == DEBUG_WARP, event->hit.from);
}

static int bind_event_get_to(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, event->kind == DEBUG_WARP, event->hit.to);
}

static int bind_event_get_ns(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	return bind_event_push_integer(L, event->kind == DEBUG_WARP, event->hit.to - event->hit.from);
}

static int bind_event_get_owner(lua_State *L)
{
	lua_pushstring(L, bind_event_self(L)->hit.owner);
	return 1;
}

static int bind_event_get_name(lua_State *L)
{
	lua_pushstring(L, bind_event_self(L)->hit.name);
	return 1;
}

static int bind_event_get_edge(lua_State *L)
{
	const struct bind_event *event = bind_event_self(L);

	lua_pushstring(L, event->kind != DEBUG_REGION ? NULL : event->hit.begins ? "begin" : "end");
	return 1;
}

static int bind_event_text(lua_State *L)
{
	const struct bind_event *event = class_check(L, 1, &bind_event_class);

	lua_pushfstring(L, "event of m:at{ %s = }",
			event->kind == DEBUG_KINDS ? "console" : debug_kind_name(event->kind));
	return 1;
}

#define BIND_EVENT_CLOSED .errors = "the machine is closed"
/* Examples begin with an event at hand. */
#define BIND_EVENT_TIME "local ev = m:at{ time = \"1us\" }:wait()\n"
#define BIND_EVENT_CODE \
	"m.cores[1]:map{ ea = 0, pa = 0, size = \"16M\" }\n" \
	"m.cores[1]:assemble(0x1000, \"li r3,7; stw r3,0x100(0); here: b here\")\nm.cores[1]:release(0x1000)\n"
#define BIND_EVENT_WRITE BIND_EVENT_CODE "local ev = m:at{ write = 0x100, core = 1 }:wait()\n"
#define BIND_EVENT_REGION                                                                                       \
	"local guest = warpcore.machine{ board = m.options.board, cores = 1, semihost = true }\n"               \
	"local c = guest.cores[0]\n"                                                                            \
	"c:map{ ea = 0, pa = 0, size = \"16M\" }\nguest.mem:set_bytes(0x2000, \"sort\")\n"                      \
	"c:assemble(0x1000, \"xoris r31,r31,0; here: b here\") -- a call: docs/semihosting.md\n"                \
	"c.r[3], c.r[4], c.r[5] = 0x57430002, 0x2000, 4\nc:release(0x1000)\n"                                   \
	"local ev = guest:at{ region = \"*\" }:wait()\n"
#define BIND_EVENT_WARP                                                                                                \
	"local idle = warpcore.machine{ board = m.options.board }\n"                                                   \
	"idle:timer{ after = \"5ms\", name = \"tick\", on = function() end }\n"                                        \
	"local ev = idle:at{ warp = \"1ms\" }:wait()\n"

static const struct class_member bind_event_members[] = {
	{
		.name = "time", .get = bind_event_get_time,
		.synopsis = "ev.time -> integer",
		.text = "When it happened: the core's own time at that instruction, or the timer's.",
		.returns = "integer, virtual ns", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_TIME "assert(ev.time == 1000)",
	},
	{
		.name = "core", .get = bind_event_get_core,
		.synopsis = "ev.core -> integer or nil",
		.text = "The core that it happened to.",
		.returns = "integer; nil when no core has to do with it", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.core == 1)",
	},
	{
		.name = "handle", .get = bind_event_get_handle,
		.synopsis = "ev.handle -> handle",
		.text = "The handle that was hit.",
		.returns = "handle", BIND_EVENT_CLOSED,
		.example = "local h = m:at{ time = \"1us\" }\nassert(h:wait().handle == h)",
	},
	{
		.name = "hits", .get = bind_event_get_hits,
		.synopsis = "ev.hits -> integer",
		.text = "How often the handle had been hit then, this time counted.",
		.returns = "integer, from 1", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_TIME "assert(ev.hits == 1)",
	},
	{
		.name = "pc", .get = bind_event_get_pc,
		.synopsis = "ev.pc -> integer or nil",
		.text = "The instruction: of a pc the one that comes next, of a write or read the one that did it.",
		.returns = "integer, 32 bits; nil of other events, and of DMA", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.pc == 0x1004)",
	},
	{
		.name = "address", .get = bind_event_get_address,
		.synopsis = "ev.address -> integer or nil",
		.text = "The effective address of a write's or read's first byte.",
		.returns = "integer, 32 bits; nil of other events, and of DMA", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.address == 0x100)",
	},
	{
		.name = "physical", .get = bind_event_get_physical,
		.synopsis = "ev.physical -> integer or nil",
		.text = "The physical address of a write's or read's first byte.",
		.returns = "integer; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.physical == 0x100)",
	},
	{
		.name = "size", .get = bind_event_get_size,
		.synopsis = "ev.size -> integer or nil",
		.text = "How long the write or read was.",
		.returns = "integer, bytes; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.size == 4)",
	},
	{
		.name = "value", .get = bind_event_get_value,
		.synopsis = "ev.value -> integer or nil",
		.text = "What was written or read.",
		.returns = "integer; nil of other events, and of DMA", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(ev.value == 7)",
	},
	{
		.name = "dma", .get = bind_event_get_dma,
		.synopsis = "ev.dma -> boolean",
		.text = "True of a write into memory that no core did.",
		.returns = "boolean", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WRITE "assert(not ev.dma)",
	},
	{
		.name = "from", .get = bind_event_get_from,
		.synopsis = "ev.from -> integer or nil",
		.text = "Where a warp began.",
		.returns = "integer, virtual ns; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WARP "assert(ev.from == 0)",
	},
	{
		.name = "to", .get = bind_event_get_to,
		.synopsis = "ev.to -> integer or nil",
		.text = "Where a warp ended.",
		.returns = "integer, virtual ns; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WARP "assert(ev.to == 5000000)",
	},
	{
		.name = "ns", .get = bind_event_get_ns,
		.synopsis = "ev.ns -> integer or nil",
		.text = "How long a warp was.",
		.returns = "integer, virtual ns; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WARP "assert(ev.ns == 5000000)",
	},
	{
		.name = "owner", .get = bind_event_get_owner,
		.synopsis = "ev.owner -> string or nil",
		.text = "Whose timer it is (a device-tree path, or \"script\"), or who ended the warp.",
		.returns = "string; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WARP "assert(ev.owner == \"script\")",
	},
	{
		.name = "name", .get = bind_event_get_name,
		.synopsis = "ev.name -> string or nil",
		.text = "The timer's name, or that of what ended the warp, or the region's.",
		.returns = "string; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_WARP "assert(ev.name == \"tick\")",
	},
	{
		.name = "edge", .get = bind_event_get_edge,
		.synopsis = "ev.edge -> string or nil",
		.text = "Whether a region of interest begins or ends.",
		.returns = "string: \"begin\" or \"end\"; nil of other events", BIND_EVENT_CLOSED,
		.example = BIND_EVENT_REGION "assert(ev.edge == \"begin\" and ev.name == \"sort\")",
	},
	{ .name = NULL },
};

const struct class bind_event_class = {
	.name = "event",
	.summary = "What a function of m:at gets, and handle:wait returns: what happened, where and when.",
	.members = bind_event_members,
	.text = bind_event_text,
	.now = bind_now,
};
