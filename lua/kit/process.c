#define _GNU_SOURCE /* pipe2, dup3 */
#include "lua/kit/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>

#include "lua/kit/ctrl_c.h"
#include "lua/kit/sandbox.h"
#include "lua/kit/watchdog.h"

#define PROCESS_MAX 256
#define PROCESS_FILES 4096 /* descriptors are below that */

static void process_write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		size -= (size_t)n;
	}
}

/*
 * What a copy would write into its parent's result files (recordings, timelines, captures, a console's file) goes
 * nowhere. Those are the regular files that are open for writing only: disks are open for reading, too, and look after
 * themselves; files that are appended to are shared on purpose.
 */
static void process_let_go_of_files(int keep)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct stat status;

	for (int fd = STDERR_FILENO + 1; fd < PROCESS_FILES; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags >= 0 && fd != keep && fd != null && (flags & O_ACCMODE) == O_WRONLY && !(flags & O_APPEND) &&
		    !fstat(fd, &status) && S_ISREG(status.st_mode))
			dup3(null, fd, O_CLOEXEC);
	}
	close(null);
}

/* The copy: nothing but the function; no buffer of the parent's is written twice. */
__attribute__((noreturn))
static void process_child(lua_State *L, pid_t parent, int fd)
{
	int null = open("/dev/null", O_RDONLY);
	const char *text;
	size_t size;
	int status;

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	ctrl_c_drop();
	process_let_go_of_files(fd);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would take what it finds */
	if (getppid() != parent)
		_exit(1);
	if (sandbox_is_on(L))
		watchdog_start();
	sandbox_enter_child(L);
	lua_settop(L, 1);
	status = lua_pcall(L, 0, 1, 0);
	text = lua_tolstring(L, -1, &size);
	if (status != LUA_OK)
		process_write_all(fd, text ? text : "an error without text", text ? size : 21);
	else if (text)
		process_write_all(fd, text, size);
	fflush(NULL);
	_exit(status == LUA_OK ? 0 : 1);
}

int process_start(lua_State *L)
{
	int ends[2];
	pid_t parent = getpid(), pid;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	if (sandbox_is_child(L))
		return luaL_error(L, "sandbox: a sweep in a job of a sweep is not allowed");
	if (pipe2(ends, O_CLOEXEC))
		return luaL_error(L, "no pipe for another process: %s", strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		int why = errno;

		close(ends[0]);
		close(ends[1]);
		return luaL_error(L, "no other process: %s", strerror(why));
	}
	if (!pid) {
		close(ends[0]);
		process_child(L, parent, ends[1]);
	}
	close(ends[1]);
	lua_pushinteger(L, pid);
	lua_pushinteger(L, ends[0]);
	return 2;
}

static int process_take(lua_State *L, int index, int fd)
{
	char buffer[65536];
	ssize_t n = read(fd, buffer, sizeof buffer);

	lua_pushinteger(L, index);
	if (n > 0) {
		lua_pushlstring(L, buffer, (size_t)n);
	} else {
		close(fd);
		lua_pushnil(L);
	}
	return 2;
}

int process_read(lua_State *L)
{
	struct pollfd fds[PROCESS_MAX];
	lua_Integer count = luaL_len(L, 1);

	if (count > PROCESS_MAX)
		return luaL_error(L, "more than %d processes at once", PROCESS_MAX);
	for (int i = 0; i < count; i++) {
		lua_rawgeti(L, 1, i + 1);
		fds[i] = (struct pollfd){ .fd = (int)luaL_checkinteger(L, -1), .events = POLLIN };
		lua_pop(L, 1);
	}
	if (poll(fds, (nfds_t)count, (int)(luaL_checknumber(L, 2) * 1000)) <= 0)
		return 0;
	for (int i = 0; i < count; i++)
		if (fds[i].revents)
			return process_take(L, i + 1, fds[i].fd);
	return 0;
}

int process_end(lua_State *L)
{
	pid_t pid = (pid_t)luaL_checkinteger(L, 1);
	int status = 0;

	if (lua_toboolean(L, 2))
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	lua_pushstring(L, WIFSIGNALED(status) ? "signal" : "exit");
	lua_pushinteger(L, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return 2;
}

int process_tty(lua_State *L)
{
	lua_pushboolean(L, isatty(STDERR_FILENO));
	return 1;
}

int process_cores(lua_State *L)
{
	lua_pushinteger(L, sysconf(_SC_NPROCESSORS_ONLN));
	return 1;
}

int process_seconds(lua_State *L)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
	return 1;
}

int process_rename(lua_State *L)
{
	lua_pushboolean(L, !rename(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
	return 1;
}
