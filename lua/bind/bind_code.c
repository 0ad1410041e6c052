/* The words of guest code as text and back, for lua/lib/code.lua. */
#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "sim/symbol/backtrace.h"
#include "sim/isa/isa.h"

static const struct core *bind_code_core(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);

	return object->owner->machine->cores[object->index];
}

int bind_code_address(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);

	lua_pushinteger(L, bind_symbols_address(L, object->owner, 2, luaL_checkstring(L, 3)));
	return 1;
}

int bind_code_name(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);

	bind_symbols_push_name(L, object->owner, (uint32_t)luaL_checkinteger(L, 2));
	return 1;
}

int bind_code_disassemble(lua_State *L)
{
	const struct core *core = bind_code_core(L);
	char text[64];

	isa_disassemble((uint32_t)luaL_checkinteger(L, 2), (uint32_t)luaL_checkinteger(L, 3), core->model->categories,
			text, sizeof text);
	lua_pushstring(L, text);
	return 1;
}

int bind_code_assemble(lua_State *L)
{
	const struct core *core = bind_code_core(L);
	struct err err;
	uint32_t word;

	if (isa_assemble_text(luaL_checkstring(L, 2), core->model->categories, (uint32_t)luaL_checkinteger(L, 3), &word,
			      &err)) {
		lua_pushinteger(L, word);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, err.text);
	return 2;
}

static const char *const bind_code_frame_fields[] = { "pc", "sp", "kind", "name", NULL };
static const struct bind_record bind_code_frame = BIND_RECORD("frame", bind_code_frame_fields);

static void bind_code_push_frame(lua_State *L, const struct bind_machine *owner, const struct backtrace_frame *frame)
{
	static const char *const kinds[] = {
		[BACKTRACE_HERE] = "here", [BACKTRACE_CALL] = "call", [BACKTRACE_INTERRUPT] = "interrupt",
	};
	char name[256];

	bind_push_record(L, &bind_code_frame);
	lua_pushinteger(L, frame->pc);
	lua_setfield(L, -2, "pc");
	lua_pushinteger(L, frame->sp);
	lua_setfield(L, -2, "sp");
	lua_pushstring(L, kinds[frame->kind]);
	lua_setfield(L, -2, "kind");
	lua_pushstring(L, backtrace_format(frame, owner->symbols, name, sizeof name));
	lua_setfield(L, -2, "name");
}

#define BIND_CODE_FRAMES 1024

int bind_code_backtrace(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_core_class);
	size_t room = (size_t)arg_integer(L, 2, "core:backtrace: n", 1, BIND_CODE_FRAMES);
	struct backtrace_frame *frames = lua_newuserdatauv(L, room * sizeof *frames, 0);
	size_t n = backtrace_read(object->owner->machine->cores[object->index], object->owner->symbols, frames, room);

	lua_newtable(L);
	for (size_t i = 0; i < n; i++) {
		bind_code_push_frame(L, object->owner, &frames[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}
