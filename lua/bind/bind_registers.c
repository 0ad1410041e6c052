#include <stdio.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/suggest.h"
#include "sim/core/spr.h"

struct bind_register {
	struct core *core;
	enum bind_registers file;
	unsigned number;       /* of r, ev, f */
	const struct spr *spr; /* else */
};

static const char *const bind_registers_names[BIND_REGISTER_FILES] = { "r", "ev", "f", "fbits", "spr" };

__attribute__((noreturn))
static void bind_registers_no_spr(lua_State *L, const struct core *core, const char *name)
{
	struct suggest suggest;
	const struct spr *spr;

	suggest_init(&suggest, name);
	for (size_t i = 0; (spr = spr_at(i)); i++)
		if (model_has(core->model, spr->categories))
			suggest_offer(&suggest, spr->name);
	if (suggest_best(&suggest))
		class_error(L, "the %s has no special purpose register '%s'; did you mean '%s'?", core->model->name,
			    name, suggest_best(&suggest));
	class_error(L, "the %s has no special purpose register '%s'", core->model->name, name);
}

static const struct spr *bind_registers_spr(lua_State *L, const struct core *core)
{
	const struct spr *spr;

	if (lua_type(L, 2) == LUA_TNUMBER)
		spr = spr_find(core->model, (unsigned)arg_integer(L, 2, "core.spr[n]", 0, SPR_COUNT - 1));
	else
		spr = spr_find_name(core->model, arg_string(L, 2, "core.spr"));
	if (!spr)
		bind_registers_no_spr(L, core, luaL_tolstring(L, 2, NULL));
	return spr;
}

/* The register that the object at 1 and the key at 2 name. */
static struct bind_register bind_registers_find(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_registers_class);
	struct bind_register found = {
		.core = object->owner->machine->cores[object->index / BIND_REGISTER_FILES],
		.file = (enum bind_registers)(object->index % BIND_REGISTER_FILES),
	};
	char what[16];

	if (found.file == BIND_REGISTERS_SPR) {
		found.spr = bind_registers_spr(L, found.core);
		return found;
	}
	if ((found.file == BIND_REGISTERS_F || found.file == BIND_REGISTERS_FBITS) &&
	    !model_has(found.core->model, ISA_CATEGORY_FP))
		class_error(L, "the %s has no floating-point registers; its floating point works in core.r and core.ev",
			    found.core->model->name);
	snprintf(what, sizeof what, "core.%s[n]", bind_registers_names[found.file]);
	found.number = (unsigned)arg_integer(L, 2, what, 0, 31);
	return found;
}

static int bind_registers_item(lua_State *L)
{
	struct bind_register found = bind_registers_find(L);
	const struct core *core = found.core;
	double number;

	switch (found.file) {
	case BIND_REGISTERS_R:
		lua_pushinteger(L, core_gpr(core, found.number));
		break;
	case BIND_REGISTERS_EV:
		lua_pushinteger(L, (lua_Integer)core->r[found.number]);
		break;
	case BIND_REGISTERS_F:
		memcpy(&number, &core->f[found.number], sizeof number);
		lua_pushnumber(L, number);
		break;
	case BIND_REGISTERS_FBITS:
		lua_pushinteger(L, (lua_Integer)core->f[found.number]);
		break;
	default:
		if (!(found.spr->access & SPR_R))
			class_error(L, "%s can only be written", found.spr->name);
		lua_pushinteger(L, spr_debug_read(core, found.spr));
		break;
	}
	return 1;
}

static void bind_registers_write_spr(lua_State *L, const struct bind_register *found)
{
	uint32_t value = (uint32_t)arg_integer(L, 3, found->spr->name, INT32_MIN, UINT32_MAX);

	if (!spr_debug_write(found->core, found->spr, value))
		class_error(L, "%s can only be read", found->spr->name);
}

static int bind_registers_set_item(lua_State *L)
{
	struct bind_register found = bind_registers_find(L);
	struct core *core = found.core;
	double number;

	switch (found.file) {
	case BIND_REGISTERS_R:
		core_set_gpr(core, found.number, (uint32_t)arg_integer(L, 3, "core.r[n]", INT32_MIN, UINT32_MAX));
		break;
	case BIND_REGISTERS_EV:
		core->r[found.number] = arg_u64(L, 3, "core.ev[n]");
		break;
	case BIND_REGISTERS_F:
		if (lua_type(L, 3) != LUA_TNUMBER)
			class_error(L, "core.f[n]: a number is expected, got %s", luaL_typename(L, 3));
		number = lua_tonumber(L, 3);
		memcpy(&core->f[found.number], &number, sizeof number);
		break;
	case BIND_REGISTERS_FBITS:
		core->f[found.number] = arg_u64(L, 3, "core.fbits[n]");
		break;
	default:
		bind_registers_write_spr(L, &found);
		break;
	}
	return 0;
}

/* Pairs of the special purpose registers by name; of the others, from 0. */
static int bind_registers_next_spr(lua_State *L)
{
	size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(1));
	struct bind_object *object = bind_self(L, &bind_registers_class);
	const struct core *core = object->owner->machine->cores[object->index / BIND_REGISTER_FILES];
	const struct spr *spr;

	while ((spr = spr_at(at++)))
		if (model_has(core->model, spr->categories) && spr->access & SPR_R)
			break;
	lua_pushinteger(L, (lua_Integer)at);
	lua_replace(L, lua_upvalueindex(1));
	if (!spr)
		return lua_pushnil(L), 1;
	lua_pushstring(L, spr->name);
	lua_pushinteger(L, spr_debug_read(core, spr));
	return 2;
}

static int bind_registers_pairs(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_registers_class);

	if (object->index % BIND_REGISTER_FILES != BIND_REGISTERS_SPR)
		return class_list_pairs(L);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, bind_registers_next_spr, 1);
	lua_pushvalue(L, 1);
	return 2;
}

static int bind_registers_length(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_registers_class);

	if (object->index % BIND_REGISTER_FILES == BIND_REGISTERS_SPR)
		class_error(L, "core.spr has names, not a length; pairs(core.spr) visits them all");
	lua_pushinteger(L, 32);
	return 1;
}

static int bind_registers_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_registers_class);

	lua_pushfstring(L, "registers %s of core %d", bind_registers_names[object->index % BIND_REGISTER_FILES],
			object->index / BIND_REGISTER_FILES);
	return 1;
}

static const struct class_member bind_registers_members[] = { { .name = NULL } };

const struct class bind_registers_class = {
	.name = "registers",
	.summary = "Registers of a core, read and written by number or name: core.r[3], core.spr.DEC.",
	.members = bind_registers_members,
	.item = bind_registers_item,
	.set_item = bind_registers_set_item,
	.length = bind_registers_length,
	.pairs = bind_registers_pairs,
	.text = bind_registers_text,
	.now = bind_now,
};
