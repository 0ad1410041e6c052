/*
 * Classes: what scripts see. One table per class says each property, method
 * and function once: the C function behind it and its help. Access is strict:
 * an unknown name is an error that suggests the nearest one.
 *
 * The tables are also kept in Lua (class_registry), where help(), completion,
 * the manual pages and the tests read them, and where the library in lua/lib
 * adds members written in Lua.
 *
 * Conventions of the functions: a getter finds the object at index 1 and
 * pushes one value; a setter finds the object at 1 and the value at 2; a
 * method finds the object at 1 and its arguments from 2 on; a function of a
 * module finds its arguments from 1 on.
 */
#ifndef WARPCORE_KIT_CLASS_H
#define WARPCORE_KIT_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include "sim/base/err.h"

/*
 * Either `get` (and `set` when it can be written) or `call`. The texts are never empty, but for `arguments` of a
 * property.
 */
struct class_member {
	const char *name;
	lua_CFunction get, set;
	lua_CFunction call;
	const char *synopsis;  /* "m:digest() -> string" */
	const char *text;      /* what it does or is, in sentences */
	const char *arguments; /* one line each: "name (type, unit): meaning"; NULL: none */
	const char *returns;   /* type, unit, range; "nothing" */
	const char *errors;    /* when it fails; "none" */
	const char *example;   /* a chunk that runs as a test, with `m` a machine */
};

struct class {
	const char *name;    /* "core" */
	const char *summary; /* one line */
	const struct class_member *members; /* ended by a NULL name */
	bool module;         /* its calls are functions, without an object */
	/* For keys that are not members, as m.cores[0]: object at 1, key at 2; pushes a value. NULL: none. */
	lua_CFunction item;
	lua_CFunction set_item; /* object 1, key 2, value 3 */
	lua_CFunction length;   /* # */
	lua_CFunction pairs;    /* pairs(object); NULL for what has a length: class_list_pairs */
	lua_CFunction call;     /* object(...) */
	lua_CFunction text;     /* tostring(object) */
	lua_CFunction collect;  /* at garbage collection */
	/* The simulated time of the object at `index`, in ns, for error texts; -1: none. NULL: never any. */
	int64_t (*now)(lua_State *L, int index);
};

/* Makes the class known to this Lua state. */
void class_register(lua_State *L, const struct class *class);
/* A new object of `size` zeroed bytes with `values` user values, pushed. */
void *class_new(lua_State *L, const struct class *class, size_t size, int values);
/* The object at `index`, or an error that says which class was expected. */
void *class_check(lua_State *L, int index, const struct class *class);
/* NULL when the value is not of the class. */
void *class_test(lua_State *L, int index, const struct class *class);
/* Pushes the table of all classes: name -> { name, summary, module, members = { name -> record } }. */
void class_registry(lua_State *L);

/*
 * Raises an error with the script's line in front and the simulated time
 * behind. Frames of C and of the library are passed over. Does not return.
 */
__attribute__((format(printf, 2, 3), noreturn))
void class_error(lua_State *L, const char *format, ...);
/* The same for bad input (a file, a tree): the top floor prints such an error in one line, as it does
 * those of class_error when no script is running. */
__attribute__((noreturn))
void class_input_error(lua_State *L, const struct err *err);
/* True when the text at `index` is that of the last class_input_error. */
bool class_is_input_error(lua_State *L, int index);
/* Raises "<what> has no <key>; did you mean <nearest>?"; the candidates are the keys of the table at `names`. */
__attribute__((noreturn))
void class_unknown(lua_State *L, const char *what, const char *key, int names);

/* pairs() and ipairs() of an object that is a list: from 0 to # - 1, in order. */
int class_list_pairs(lua_State *L);

/* Pushes a new table for items from 0 on: #, pairs and ipairs count from there. Filled with lua_rawseti. */
void class_push_list(lua_State *L);

/*
 * Pushes the table of private functions, the same one each time: those in C that only the library in lua/lib gets
 * (declare and define for classes and members written in Lua, fail, nearest, ...), and those of lua/lib that only C
 * gets.
 */
void class_push_library(lua_State *L);
/* Pushes a function that lua/lib keeps for C in that table, as `show` for the prompt. */
void class_push_library_function(lua_State *L, const char *name);

/* How the chunk name of a library file begins, so that class_error passes over it. */
#define CLASS_LIBRARY_CHUNK "=[warpcore "

#endif
