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

#include "lua/kit/sandbox.h"
#include "sim/machine/machine.h"

#define INTERRUPT_PATIENCE 4 /* Ctrl-C in one chunk; one more ends the program */

static struct ctrl_c {
	lua_State *L;
	bool prompt;
	int pipe[2];
	pthread_t thread;
	pthread_mutex_t lock; /* guards `machine` */
	struct machine *machine;
	_Atomic bool running; /* there is one */
	_Atomic int count;    /* Ctrl-C in this chunk */
} interrupt = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void ctrl_c_hook(lua_State *L, lua_Debug *frame)
{
	lua_sethook(L, NULL, 0, 0);
	luaL_error(L, "interrupted");
}

static void ctrl_c_signal(int number)
{
	int before = atomic_fetch_add(&interrupt.count, 1);
	bool first = before == 0;
	char byte = 0;

	if (before >= INTERRUPT_PATIENCE) { /* a function in C that does not come back: nothing else helps */
		signal(number, SIG_DFL);
		raise(number);
		return;
	}

	if (atomic_load(&interrupt.running))
		(void)!write(interrupt.pipe[1], &byte, 1);
	if (!interrupt.prompt || !first || !atomic_load(&interrupt.running))
		lua_sethook(interrupt.L, ctrl_c_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void *ctrl_c_main(void *opaque)
{
	char byte;

	while (read(interrupt.pipe[0], &byte, 1) == 1) {
		pthread_mutex_lock(&interrupt.lock);
		if (interrupt.machine)
			machine_stop(interrupt.machine, MACHINE_STOP, -1, "interrupted");
		pthread_mutex_unlock(&interrupt.lock);
	}
	return NULL;
}

static void interrupt_start_thread(void)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_create(&interrupt.thread, NULL, ctrl_c_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void ctrl_c_install(lua_State *L, bool prompt)
{
	struct sigaction action;

	interrupt.L = L;
	interrupt.prompt = prompt;
	if (pipe2(interrupt.pipe, O_CLOEXEC))
		return;
	interrupt_start_thread();
	memset(&action, 0, sizeof action);
	action.sa_handler = ctrl_c_signal; /* without SA_RESTART: reading a line ends too */
	sigaction(SIGINT, &action, NULL);
}

void ctrl_c_remove(void)
{
	if (!interrupt.L)
		return;
	signal(SIGINT, SIG_DFL);
	close(interrupt.pipe[1]);
	pthread_join(interrupt.thread, NULL);
	close(interrupt.pipe[0]);
	interrupt.L = NULL;
}

void interrupt_begin_chunk(void)
{
	atomic_store(&interrupt.count, 0);
	if (interrupt.L)
		lua_sethook(interrupt.L, NULL, 0, 0);
	if (interrupt.L)
		sandbox_arm(interrupt.L);
}

struct machine *ctrl_c_enter(struct machine *machine)
{
	struct machine *outer;

	pthread_mutex_lock(&interrupt.lock);
	outer = interrupt.machine;
	interrupt.machine = machine;
	pthread_mutex_unlock(&interrupt.lock);
	atomic_store(&interrupt.running, machine != NULL);
	return outer;
}

void ctrl_c_leave(struct machine *outer)
{
	ctrl_c_enter(outer);
}
