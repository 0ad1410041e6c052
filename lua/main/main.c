/* The program: command line, script, prompt, exit status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/ctrl_c.h"
#include "lua/kit/class.h"
#include "lua/main/command_line.h"
#include "lua/main/confine.h"
#include "lua/main/repl.h"
#include "lua/main/script.h"

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED =
		1, /* an error in the script, or the guest ended badly, or says so itself (`--run` with semihosting) */
	STATUS_USAGE = 2,
	STATUS_SIGNAL = 128, /* and its number: SIGTERM, SIGHUP; SIGINT when nothing else is the matter */
};

static bool main_run_code(lua_State *L, const struct command_line *line)
{
	for (int i = 0; i < line->ncode; i++)
		if (!script_run_text(L, line->code[i], "=(command line)"))
			return false;
	return !line->script || script_run_file(L, line);
}

/* Runs a function of the library (lua/lib/batch.lua): its result, or STATUS_DONE where it has none. */
static int main_call(lua_State *L, const char *name)
{
	int status;

	class_push_library_function(L, name);
	if (!script_call(L, 0, 1))
		return STATUS_FAILED;
	status = (int)lua_tointeger(L, -1);
	lua_pop(L, 1);
	return status;
}

/* What was being written is completed all the same. */
static int main_fail(lua_State *L)
{
	ctrl_c_let_finish();
	main_call(L, "fail_script");
	return STATUS_FAILED;
}

static int main_run(lua_State *L, const struct command_line *line)
{
	if (!main_run_code(L, line))
		return main_fail(L);
	if (command_line_is_prompt(line) && (!repl_run(L) || ctrl_c_is_ending()))
		return main_fail(L);
	return main_call(L, "finish");
}

/* The batch completes its files itself, but for one that is interrupted or fails in its middle. */
static int main_run_batch(lua_State *L)
{
	int status = main_call(L, "batch");

	return status == STATUS_FAILED ? main_fail(L) : status;
}

/* False: it did not take all that was printed. An error that has been told has told of it. */
static bool main_check_output(int status)
{
	int error = fflush(stdout) ? errno : 0;

	if ((!error && !ferror(stdout)) || status != STATUS_DONE)
		return true;
	fprintf(stderr, "warpcore: standard output: %s\n", strerror(error ? error : EIO));
	return false;
}

int main(int argc, char **argv)
{
	struct command_line line;
	struct err err;
	lua_State *L;
	int status, number;
	bool ending;

	if (!command_line_parse(&line, argc, argv, &err)) {
		fprintf(stderr, "warpcore: %s\n", err.text);
		return STATUS_USAGE;
	}
	if (line.values[OPTION_HELP]) {
		option_print_usage(stdout);
		return STATUS_DONE;
	}
	if (line.values[OPTION_VERSION])
		puts("warpcore " WARPCORE_VERSION);
	/* A file that may not grow any further (ulimit -f) is an error of the write, not the end of the program. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN); /* nor is a pipe that nobody reads */
	if (!confine(&line, &err)) {
		fprintf(stderr, "warpcore: %s\n", err.text);
		return STATUS_FAILED;
	}
	L = script_open(&line);
	if (!L)
		return STATUS_FAILED;
	ctrl_c_install(L, command_line_is_prompt(&line));
	status = command_line_is_batch(&line) ? main_run_batch(L) : main_run(L, &line);
	ending = ctrl_c_is_ending();
	number = ctrl_c_remove();
	if (number && (ending || (status == STATUS_DONE && !command_line_is_prompt(&line))))
		status = STATUS_SIGNAL + number;
	script_close(L);
	return main_check_output(status) ? status : STATUS_FAILED;
}
