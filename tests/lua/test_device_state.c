/* The state of devices in Lua, saved and restored with the machine's: what tests/lua/device_state.lua checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lua/bind/bind.h"
#include "lua/main/script.h"
#include "sim/machine/machine_save.h"

static struct state_memory device_state_memory;

/* save(machine), restore(machine): true, or nil and why it was refused. */
static int device_state_call(lua_State *L, bool (*call)(struct machine *, struct state_memory *, struct err *))
{
	struct bind_machine *owner = bind_self_machine(L);
	struct err err = { "" };
	bool good;

	bind_lend(L, owner);
	good = call(owner->machine, &device_state_memory, &err);
	bind_take_back(L, owner);
	assert_null(owner->error);
	if (good)
		return lua_pushboolean(L, 1), 1;
	lua_pushnil(L);
	lua_pushstring(L, err.text);
	return 2;
}

static int device_state_save(lua_State *L)
{
	state_memory_free(&device_state_memory);
	return device_state_call(L, machine_save);
}

static int device_state_restore(lua_State *L)
{
	return device_state_call(L, machine_restore);
}

static void test_device_state(void **state)
{
	char *none[] = { NULL };
	struct command_line line = { .script = "tests/lua/device_state.lua", .arguments = none };
	const char *seed = getenv("SEED");
	lua_State *L = script_open(&line);

	assert_non_null(L);
	lua_register(L, "save", device_state_save);
	lua_register(L, "restore", device_state_restore);
	lua_pushinteger(L, seed ? (lua_Integer)strtoull(seed, NULL, 0) : 1);
	lua_setglobal(L, "seed");
	assert_true(script_run_file(L, &line));
	script_close(L);
	state_memory_free(&device_state_memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_device_state) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
