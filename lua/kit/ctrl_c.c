/*
 * A signal belongs to the process and its handler gets no argument: what it
 * needs is the one static object of the program. The handler itself only sets
 * Lua's hook (as the lua program does) and writes a byte; a thread that reads
 * it stops the machine, for machine_stop takes a lock.
 */
#define _GNU_SOURCE /* pipe2 */
#include "lua/kit/ctrl_c.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "lua/kit/class.h"
#include "lua/kit/sandbox.h"
#include "sim/machine/machine.h"

#define CTRL_C_PATIENCE 2 /* Ctrl-C in one chunk; one more ends the program */

static const int ctrl_c_signals[] = { SIGINT, SIGTERM, SIGHUP, 0 };

static struct ctrl_c {
	lua_State *L;
	bool prompt;
	int pipe[2];
	pthread_t thread;
	pthread_mutex_t lock; /* guards `machine` */
	struct machine *machine;
	_Atomic bool running; /* there is one */
	_Atomic int count;    /* signals in this chunk */
	_Atomic int ending;   /* SIGTERM or SIGHUP: the program is to end; or 0 */
	_Atomic int last;     /* the last signal; or 0 */
	bool told;            /* `ending` has been an error once; the hook's */
} ctrl_c = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Or a function of C: who called it comes next. */
static bool ctrl_c_is_library(lua_State *L, lua_Debug *frame)
{
	return lua_getinfo(L, "S", frame) &&
	       (*frame->what == 'C' || !strncmp(frame->source, CLASS_LIBRARY_CHUNK, strlen(CLASS_LIBRARY_CHUNK)));
}

/*
 * The second error comes again and again: a pcall may catch it, but not all that is around it. So does that of a
 * signal that ends the program, but for the library, which has something to put away when the first has come.
 */
static void ctrl_c_hook(lua_State *L, lua_Debug *frame)
{
	int ending = atomic_load(&ctrl_c.ending);

	if (atomic_load(&ctrl_c.count) < CTRL_C_PATIENCE) {
		if (ending && ctrl_c.told && ctrl_c_is_library(L, frame))
			return;
		if (!ending)
			lua_sethook(L, NULL, 0, 0);
	}
	ctrl_c.told = ending != 0;
	luaL_error(L, ending == SIGTERM ? "ended by SIGTERM" : ending ? "ended by SIGHUP" : "interrupted");
}

static void ctrl_c_signal(int number)
{
	int before = atomic_fetch_add(&ctrl_c.count, 1);
	bool first = before == 0;
	char byte = 0;

	atomic_store(&ctrl_c.last, number);
	if (number != SIGINT)
		atomic_store(&ctrl_c.ending, number);
	if (before >= CTRL_C_PATIENCE) { /* a function in C that does not come back: nothing else helps */
		signal(number, SIG_DFL);
		raise(number);
		return;
	}

	if (atomic_load(&ctrl_c.running))
		(void)!write(ctrl_c.pipe[1], &byte, 1);
	if (number != SIGINT || !ctrl_c.prompt || !first || !atomic_load(&ctrl_c.running))
		lua_sethook(ctrl_c.L, ctrl_c_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void *ctrl_c_main(void *opaque)
{
	char byte;

	while (read(ctrl_c.pipe[0], &byte, 1) == 1) {
		pthread_mutex_lock(&ctrl_c.lock);
		if (ctrl_c.machine)
			machine_stop(ctrl_c.machine, MACHINE_STOP, -1, "interrupted");
		pthread_mutex_unlock(&ctrl_c.lock);
	}
	return NULL;
}

static void ctrl_c_start_thread(void)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_create(&ctrl_c.thread, NULL, ctrl_c_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void ctrl_c_install(lua_State *L, bool prompt)
{
	struct sigaction action;

	ctrl_c.L = L;
	ctrl_c.prompt = prompt;
	if (pipe2(ctrl_c.pipe, O_CLOEXEC))
		return;
	ctrl_c_start_thread();
	memset(&action, 0, sizeof action);
	action.sa_handler = ctrl_c_signal; /* without SA_RESTART: reading a line ends too */
	for (const int *number = ctrl_c_signals; *number; number++)
		sigaction(*number, &action, NULL);
}

void ctrl_c_drop(void)
{
	for (const int *number = ctrl_c_signals; *number; number++)
		signal(*number, SIG_DFL);
	if (!ctrl_c.L)
		return;
	close(ctrl_c.pipe[0]);
	close(ctrl_c.pipe[1]);
	ctrl_c.L = NULL;
}

int ctrl_c_remove(void)
{
	if (!ctrl_c.L)
		return 0;
	for (const int *number = ctrl_c_signals; *number; number++)
		signal(*number, SIG_DFL);
	close(ctrl_c.pipe[1]);
	pthread_join(ctrl_c.thread, NULL);
	close(ctrl_c.pipe[0]);
	ctrl_c.L = NULL;
	return atomic_load(&ctrl_c.last);
}

void ctrl_c_let_finish(void)
{
	atomic_store(&ctrl_c.count, 0);
	if (ctrl_c.L)
		lua_sethook(ctrl_c.L, NULL, 0, 0);
}

bool ctrl_c_is_ending(void)
{
	return atomic_load(&ctrl_c.ending) != 0;
}

void ctrl_c_begin_chunk(void)
{
	if (ctrl_c_is_ending())
		return;
	atomic_store(&ctrl_c.count, 0);
	atomic_store(&ctrl_c.last, 0);
	if (ctrl_c.L)
		lua_sethook(ctrl_c.L, NULL, 0, 0);
	if (ctrl_c.L)
		sandbox_arm(ctrl_c.L);
}

struct machine *ctrl_c_enter(struct machine *machine)
{
	struct machine *outer;

	pthread_mutex_lock(&ctrl_c.lock);
	outer = ctrl_c.machine;
	ctrl_c.machine = machine;
	pthread_mutex_unlock(&ctrl_c.lock);
	atomic_store(&ctrl_c.running, machine != NULL);
	return outer;
}

void ctrl_c_leave(struct machine *outer)
{
	ctrl_c_enter(outer);
}
