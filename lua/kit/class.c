#include "lua/kit/class.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lua/kit/quantity.h"
#include "lua/kit/suggest.h"

#define CLASS_REGISTRY "warpcore.classes"
#define CLASS_LIBRARY "warpcore.library"
#define CLASS_INPUT_ERROR "warpcore.input_error"
#define CLASS_FIELD "class" /* in a metatable: the struct class, as light userdata */

/* ---- Errors ---- */

/* Pushes "script.lua:12: ", or "" and returns false when no script is running. */
static bool class_push_where(lua_State *L)
{
	lua_Debug frame;

	for (int level = 0; lua_getstack(L, level, &frame); level++) {
		lua_getinfo(L, "Sl", &frame);
		if (frame.currentline > 0 && strncmp(frame.source, CLASS_LIBRARY_CHUNK, strlen(CLASS_LIBRARY_CHUNK))) {
			lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
			return true;
		}
	}
	lua_pushliteral(L, "");
	return false;
}

static const struct class *class_of(lua_State *L, int index)
{
	const struct class *class = NULL;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return NULL;
	if (lua_getfield(L, -1, CLASS_FIELD) == LUA_TLIGHTUSERDATA)
		class = lua_touserdata(L, -1);
	lua_pop(L, 2);
	return class;
}

/* Pushes " (at 1.5ms)" when the value at index 1 is an object that has a time, else "". */
static void class_push_when(lua_State *L)
{
	const struct class *class = lua_gettop(L) ? class_of(L, 1) : NULL;
	int64_t now = class && class->now ? class->now(L, 1) : -1;
	char text[QUANTITY_TIME_TEXT];

	if (now < 0)
		lua_pushliteral(L, "");
	else
		lua_pushfstring(L, " (at %s)", quantity_time_text(now, text));
}

/* Raises the text behind what is on top, remembered as one that says all in a line. */
__attribute__((noreturn))
static void class_raise_input_error(lua_State *L, const char *text)
{
	lua_pushstring(L, text);
	lua_concat(L, 2);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, CLASS_INPUT_ERROR);
	lua_error(L);
	__builtin_unreachable();
}

void class_error(lua_State *L, const char *format, ...)
{
	char text[sizeof((struct err *)0)->text];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	luaL_checkstack(L, 6, NULL);
	class_push_when(L);
	if (!class_push_where(L))
		class_raise_input_error(L, text);
	lua_pushstring(L, text);
	lua_pushvalue(L, -3);
	lua_concat(L, 3);
	lua_error(L);
	__builtin_unreachable();
}

void class_input_error(lua_State *L, const struct err *err)
{
	class_push_where(L);
	class_raise_input_error(L, err->text);
}

bool class_is_input_error(lua_State *L, int index)
{
	bool is;

	index = lua_absindex(L, index);
	lua_getfield(L, LUA_REGISTRYINDEX, CLASS_INPUT_ERROR);
	is = lua_type(L, -1) == LUA_TSTRING && lua_rawequal(L, -1, index);
	lua_pop(L, 1);
	return is;
}

/*
 * The string key of `names` that is nearest to `wanted`; ties go to the first in the alphabet, whatever the hash
 * order.
 */
static const char *class_nearest(lua_State *L, int names, struct suggest *suggest)
{
	const char *best = NULL;
	struct suggest one;

	names = lua_absindex(L, names);
	for (lua_pushnil(L); lua_next(L, names); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		suggest_init(&one, suggest->wanted);
		suggest_offer(&one, lua_tostring(L, -2));
		if (!one.best[0])
			continue;
		if (!suggest->best[0] || one.distance < suggest->distance
		    || (one.distance == suggest->distance && strcmp(one.best, suggest->best) < 0))
			*suggest = one;
	}
	best = suggest_best(suggest);
	return best;
}

void class_unknown(lua_State *L, const char *what, const char *key, int names)
{
	struct suggest suggest;
	const char *nearest;

	suggest_init(&suggest, key);
	nearest = class_nearest(L, names, &suggest);
	if (nearest)
		class_error(L, "%s has no '%s'; did you mean '%s'?", what, key, nearest);
	class_error(L, "%s has no '%s'; help() lists what there is", what, key);
}

/* ---- Access ---- */

/* Pushes the record of a class in the registry. */
static void class_push_record(lua_State *L, const char *name)
{
	lua_getfield(L, LUA_REGISTRYINDEX, CLASS_REGISTRY);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
}

/* Upvalues of the two below: methods or setters, getters, the class. */
static int class_index(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(3));

	if (lua_type(L, 2) == LUA_TSTRING) {
		lua_pushvalue(L, 2);
		if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
			return 1;
		lua_pushvalue(L, 2);
		if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
			lua_pushvalue(L, 1);
			lua_call(L, 1, 1);
			return 1;
		}
		lua_settop(L, 2);
	}
	if (class->item)
		return class->item(L);
	class_push_record(L, class->name);
	lua_getfield(L, -1, "members");
	class_unknown(L, class->name, luaL_tolstring(L, 2, NULL), -2);
}

static int class_newindex(lua_State *L)
{
	const struct class *class = lua_touserdata(L, lua_upvalueindex(3));

	if (lua_type(L, 2) == LUA_TSTRING) {
		lua_pushvalue(L, 2);
		if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
			lua_pushvalue(L, 1);
			lua_pushvalue(L, 3);
			lua_call(L, 2, 0);
			return 0;
		}
		lua_pop(L, 1);
		lua_pushvalue(L, 2);
		if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
			class_error(L, "%s.%s can only be read", class->name, lua_tostring(L, 2));
		lua_settop(L, 3);
	}
	if (class->set_item)
		return class->set_item(L);
	class_push_record(L, class->name);
	lua_getfield(L, -1, "members");
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		class_error(L, "%s.%s is called, it can only be read", class->name, lua_tostring(L, 2));
	lua_pop(L, 1);
	if (class->item)
		class_error(L, "an item of %s can only be read", class->name);
	class_unknown(L, class->name, luaL_tolstring(L, 2, NULL), -2);
}

static int class_list_next(lua_State *L)
{
	lua_Integer next = lua_isnil(L, 2) ? 0 : lua_tointeger(L, 2) + 1;

	if (next >= luaL_len(L, 1))
		return lua_pushnil(L), 1;
	lua_pushinteger(L, next);
	lua_geti(L, 1, next);
	return 2;
}

int class_list_pairs(lua_State *L)
{
	lua_pushcfunction(L, class_list_next);
	lua_pushvalue(L, 1);
	return 2;
}

static int class_list_length(lua_State *L)
{
	lua_Integer n = 0;

	while (lua_rawgeti(L, 1, n) != LUA_TNIL) {
		lua_pop(L, 1);
		n++;
	}
	lua_pushinteger(L, n);
	return 1;
}

void class_push_list(lua_State *L)
{
	lua_newtable(L);
	if (luaL_newmetatable(L, "warpcore list")) {
		lua_pushcfunction(L, class_list_length);
		lua_setfield(L, -2, "__len");
		lua_pushcfunction(L, class_list_pairs);
		lua_setfield(L, -2, "__pairs");
	}
	lua_setmetatable(L, -2);
}

/* ---- Declaration ---- */

static void class_set_text(lua_State *L, const char *key, const char *text)
{
	if (!text)
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, key);
}

/* Puts a function into the record's table `kind` (methods, getters, setters); the record is below the top. */
static void class_set_function(lua_State *L, const char *kind, const char *name, lua_CFunction function)
{
	lua_getfield(L, -2, kind);
	lua_pushcfunction(L, function);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, name);
	lua_remove(L, -2);
	lua_setfield(L, -2, kind[0] == 'm' ? "call" : kind[0] == 'g' ? "get" : "set");
}

/* The record of the class is on top. */
static void class_add_member(lua_State *L, const struct class_member *member)
{
	lua_newtable(L);
	class_set_text(L, "name", member->name);
	class_set_text(L, "synopsis", member->synopsis);
	class_set_text(L, "text", member->text);
	class_set_text(L, "arguments", member->arguments);
	class_set_text(L, "returns", member->returns);
	class_set_text(L, "errors", member->errors);
	class_set_text(L, "example", member->example);
	if (member->call)
		class_set_function(L, "methods", member->name, member->call);
	if (member->get)
		class_set_function(L, "getters", member->name, member->get);
	if (member->set)
		class_set_function(L, "setters", member->name, member->set);
	lua_getfield(L, -2, "members");
	lua_insert(L, -2);
	lua_setfield(L, -2, member->name);
	lua_pop(L, 1);
}

/* Pushes the record of a class, made new. */
static void class_new_record(lua_State *L, const struct class *class)
{
	static const char *const tables[] = { "members", "methods", "getters", "setters" };

	lua_newtable(L);
	class_set_text(L, "name", class->name);
	class_set_text(L, "summary", class->summary);
	lua_pushboolean(L, class->module);
	lua_setfield(L, -2, "module");
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		lua_newtable(L);
		lua_setfield(L, -2, tables[i]);
	}
	for (const struct class_member *member = class->members; member->name; member++)
		class_add_member(L, member);
}

/* Sets __index or __newindex of the metatable on top; the record of the class is below it. */
static void class_set_access(lua_State *L, const struct class *class, const char *event, const char *first,
			     lua_CFunction function)
{
	lua_getfield(L, -2, first);
	lua_getfield(L, -3, "getters");
	lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, function, 3);
	lua_setfield(L, -2, event);
}

/* tostring() of a class that says nothing else: its name, never an address. */
static int class_text(lua_State *L)
{
	lua_pushstring(L, class_of(L, 1)->name);
	return 1;
}

static void class_set_event(lua_State *L, const char *event, lua_CFunction function)
{
	if (!function)
		return;
	lua_pushcfunction(L, function);
	lua_setfield(L, -2, event);
}

void class_register(lua_State *L, const struct class *class)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, CLASS_REGISTRY);
	class_new_record(L, class);
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, class);
	class_set_text(L, "__name", class->name);
	lua_pushlightuserdata(L, (void *)class);
	lua_setfield(L, -2, CLASS_FIELD);
	lua_pushliteral(L, "objects of Warpcore have no metatable to change");
	lua_setfield(L, -2, "__metatable");
	class_set_access(L, class, "__index", "methods", class_index);
	class_set_access(L, class, "__newindex", "setters", class_newindex);
	class_set_event(L, "__len", class->length);
	class_set_event(L, "__pairs", class->pairs || !class->length ? class->pairs : class_list_pairs);
	class_set_event(L, "__call", class->call);
	class_set_event(L, "__tostring", class->text ? class->text : class_text);
	class_set_event(L, "__gc", class->collect);
	lua_pop(L, 1);
	lua_setfield(L, -2, class->name);
	lua_pop(L, 1);
}

void *class_new(lua_State *L, const struct class *class, size_t size, int values)
{
	void *object = lua_newuserdatauv(L, size, values);

	memset(object, 0, size);
	lua_rawgetp(L, LUA_REGISTRYINDEX, class);
	lua_setmetatable(L, -2);
	return object;
}

void *class_test(lua_State *L, int index, const struct class *class)
{
	return class_of(L, index) == class ? lua_touserdata(L, index) : NULL;
}

void *class_check(lua_State *L, int index, const struct class *class)
{
	void *object = class_test(L, index, class);

	if (!object && index == 1)
		class_error(L, "a %s is expected in front, got %s; methods are called with a colon, as in %s:name(...)",
			    class->name, luaL_typename(L, index), class->name);
	if (!object)
		class_error(L, "argument %d: a %s is expected, got %s", index - 1, class->name,
			    luaL_typename(L, index));
	return object;
}

void class_registry(lua_State *L)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, CLASS_REGISTRY);
}

/* ---- For the library in Lua ---- */

/* define(class, record): adds a member written in Lua, with the fields of struct class_member. */
static int class_define(lua_State *L)
{
	static const char *const kinds[][2] = { { "call", "methods" }, { "get", "getters" }, { "set", "setters" } };
	const char *class = luaL_checkstring(L, 1);

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	class_push_record(L, class);
	luaL_argcheck(L, lua_istable(L, 3), 1, "no such class");
	luaL_argcheck(L, lua_getfield(L, 2, "name") == LUA_TSTRING, 2, "a name is expected");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		lua_getfield(L, 3, kinds[i][1]);
		lua_pushvalue(L, 4);
		lua_getfield(L, 2, kinds[i][0]);
		lua_rawset(L, -3);
		lua_pop(L, 1);
	}
	lua_getfield(L, 3, "members");
	lua_pushvalue(L, 4);
	lua_pushvalue(L, 2);
	lua_rawset(L, -3);
	return 0;
}

static const struct class_member class_no_members[] = { { .name = NULL } };

/* declare(name, summary): a class whose members are all written in Lua (class_define). */
static int class_declare(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1), *summary = luaL_checkstring(L, 2);
	struct class *class = lua_newuserdatauv(L, sizeof *class, 0);

	*class = (struct class){ .name = name, .summary = summary, .members = class_no_members };
	class_register(L, class);
	class_push_record(L, name);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, "class"); /* keeps the struct; the registry keeps the texts */
	return 0;
}

/* new(class name, table) -> an object of a declared class that holds the table */
static int class_library_new(lua_State *L)
{
	luaL_checktype(L, 2, LUA_TTABLE);
	class_push_record(L, luaL_checkstring(L, 1));
	luaL_argcheck(L, lua_istable(L, -1) && lua_getfield(L, -1, "class") == LUA_TUSERDATA, 1,
		      "not a declared class");
	class_new(L, lua_touserdata(L, -1), 1, 1);
	lua_pushvalue(L, 2);
	lua_setiuservalue(L, -2, 1);
	return 1;
}

/* expect_class(object, class name): an error when the object is not of that class */
static int class_library_expect(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	const struct class *class = class_of(L, 1);

	if (!class || strcmp(class->name, name))
		class_error(L, "a %s is expected in front, got %s; methods are called with a colon, as in %s:name(...)",
			    name, luaL_typename(L, 1), name);
	return 0;
}

/* data(object, class name) -> its table; an error when the object is not of that class */
static int class_library_data(lua_State *L)
{
	class_library_expect(L);
	lua_getiuservalue(L, 1, 1);
	return 1;
}

/* fail(object or nil, text): class_error with the time of the object. */
static int class_fail(lua_State *L)
{
	class_error(L, "%s", luaL_checkstring(L, 2));
}

/* input_error(text): class_input_error */
static int class_library_input_error(lua_State *L)
{
	struct err err;

	err_set(&err, "%s", luaL_checkstring(L, 1));
	class_input_error(L, &err);
}

/* unknown(object or nil, what, key, names) */
static int class_library_unknown(lua_State *L)
{
	luaL_checktype(L, 4, LUA_TTABLE);
	class_unknown(L, luaL_checkstring(L, 2), luaL_tolstring(L, 3, NULL), 4);
}

/* nearest(word, names) -> string or nil; the names are the string keys of a table */
static int class_library_nearest(lua_State *L)
{
	struct suggest suggest;

	luaL_checktype(L, 2, LUA_TTABLE);
	suggest_init(&suggest, luaL_checkstring(L, 1));
	lua_pushstring(L, class_nearest(L, 2, &suggest));
	return 1;
}

/* class_of(value) -> name or nil */
static int class_library_class_of(lua_State *L)
{
	const struct class *class = class_of(L, 1);

	lua_pushstring(L, class ? class->name : NULL);
	return 1;
}

static int class_library_registry(lua_State *L)
{
	class_registry(L);
	return 1;
}

static void class_library_make(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "declare", class_declare },
		{ "define", class_define },
		{ "new", class_library_new },
		{ "data", class_library_data },
		{ "expect_class", class_library_expect },
		{ "fail", class_fail },
		{ "input_error", class_library_input_error },
		{ "unknown", class_library_unknown },
		{ "nearest", class_library_nearest },
		{ "class_of", class_library_class_of },
		{ "classes", class_library_registry },
		{ NULL, NULL },
	};

	luaL_newlib(L, functions);
	class_push_list(L);
	lua_getmetatable(L, -1);
	lua_setfield(L, -3, "list_meta");
	lua_pop(L, 1);
}

void class_push_library(lua_State *L)
{
	if (lua_getfield(L, LUA_REGISTRYINDEX, CLASS_LIBRARY) == LUA_TTABLE)
		return;
	lua_pop(L, 1);
	class_library_make(L);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, CLASS_LIBRARY);
}

void class_push_library_function(lua_State *L, const char *name)
{
	class_push_library(L);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
}
