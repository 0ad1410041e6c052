#include "lua/kit/sandbox.h"

#include <stdlib.h>
#include <time.h>

#include <lauxlib.h>

#include "lua/kit/watchdog.h"
#include "sim/base/allocate.h"

#define SANDBOX_STEP 10000 /* instructions between looks at the budget */

struct sandbox {
	lua_Alloc allocate; /* the state's own */
	void *opaque;
	uint64_t used;
	int64_t left; /* instructions of what runs now */
	bool callback;
	bool child;      /* of a sweep */
	time_t deadline; /* CLOCK_MONOTONIC, s */
};

/* Every thread of a state starts with a copy of the main thread's extra space. */
static struct sandbox **sandbox_place(lua_State *L)
{
	return lua_getextraspace(L);
}

struct sandbox *sandbox_of(lua_State *L)
{
	return *sandbox_place(L);
}

bool sandbox_is_on(lua_State *L)
{
	return sandbox_of(L) != NULL;
}

static void *sandbox_allocate(void *opaque, void *block, size_t before, size_t after)
{
	struct sandbox *sandbox = opaque;
	size_t had = block ? before : 0; /* without a block, `before` is the kind of object */
	void *got;

	if (after > had && sandbox->used + (after - had) > SANDBOX_MEMORY)
		return NULL;
	got = sandbox->allocate(sandbox->opaque, block, before, after);
	if (got || !after)
		sandbox->used += after - had;
	return got;
}

static void sandbox_hook(lua_State *L, lua_Debug *frame);

static void sandbox_spend(lua_State *L, int64_t instructions)
{
	struct sandbox *sandbox = sandbox_of(L);

	sandbox->left -= instructions;
	if (sandbox->left >= 0)
		return;
	/* From here on every instruction fails: pcall does not get the script any further. */
	lua_sethook(L, sandbox_hook, LUA_MASKCOUNT, 1);
	if (sandbox->callback)
		luaL_error(L, "sandbox: the budget of %d million Lua instructions of one callback is used up",
			   (int)(SANDBOX_CALLBACK / 1000000));
	luaL_error(L, "sandbox: the budget of %d million Lua instructions of the script is used up",
		   (int)(SANDBOX_SCRIPT / 1000000));
}

static time_t sandbox_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static double sandbox_wall(lua_State *L)
{
	return (double)(sandbox_of(L)->deadline - sandbox_now());
}

double sandbox_bound_wall(lua_State *L, double wall)
{
	double left;

	if (!sandbox_is_on(L))
		return wall;
	left = sandbox_wall(L);
	if (left < 1)
		left = 1;
	return wall > 0 && wall < left ? wall : left;
}

void sandbox_enter_child(lua_State *L)
{
	if (sandbox_is_on(L))
		sandbox_of(L)->child = true;
}

bool sandbox_is_child(lua_State *L)
{
	return sandbox_is_on(L) && sandbox_of(L)->child;
}

static void sandbox_hook(lua_State *L, lua_Debug *frame)
{
	watchdog_feed();
	if (sandbox_wall(L) < 0) {
		lua_sethook(L, sandbox_hook, LUA_MASKCOUNT, 1);
		luaL_error(L, "sandbox: the hour of host time that a script may take is over");
	}
	sandbox_spend(L, lua_gethookcount(L));
}

int sandbox_charge(lua_State *L)
{
	sandbox_spend(L, SANDBOX_STEP);
	return 0;
}

void sandbox_arm(lua_State *L)
{
	if (sandbox_is_on(L))
		lua_sethook(L, sandbox_hook, LUA_MASKCOUNT, SANDBOX_STEP);
}

void sandbox_begin(lua_State *L)
{
	struct sandbox *sandbox = allocate_zeroed(1, sizeof *sandbox);

	sandbox->left = SANDBOX_SCRIPT;
	sandbox->deadline = sandbox_now() + SANDBOX_WALL;
	sandbox->used = (uint64_t)lua_gc(L, LUA_GCCOUNT) * 1024;
	sandbox->allocate = lua_getallocf(L, &sandbox->opaque);
	*sandbox_place(L) = sandbox;
	lua_setallocf(L, sandbox_allocate, sandbox);
	sandbox_arm(L);
	watchdog_start();
}

void sandbox_end(struct sandbox *sandbox)
{
	free(sandbox);
}

int64_t sandbox_enter_callback(lua_State *L)
{
	struct sandbox *sandbox = sandbox_of(L);
	int64_t left;

	if (!sandbox || sandbox->callback) /* one inside of another shares its budget */
		return -1;
	left = sandbox->left;
	sandbox->left = SANDBOX_CALLBACK;
	sandbox->callback = true;
	return left;
}

void sandbox_leave_callback(lua_State *L, int64_t left)
{
	struct sandbox *sandbox = sandbox_of(L);

	if (left < 0)
		return;
	sandbox->callback = false;
	sandbox->left = left;
	sandbox_arm(L);
}

const char *sandbox_memory_text(lua_State *L)
{
	return sandbox_is_on(L) ? "sandbox: the budget of 256 MiB of Lua's memory is used up" : "not enough memory";
}
