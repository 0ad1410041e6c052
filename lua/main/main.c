/* The program: command line, script, prompt, exit status. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

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
	STATUS_INTERRUPTED = 130, /* Ctrl-C ended a run, and nothing else is the matter: 128 and the signal's number */
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

static int main_run(lua_State *L, const struct command_line *line)
{
	if (command_line_is_batch(line))
		return main_call(L, "batch");
	if (!main_run_code(L, line)) {
		main_call(L, "fail_script");
		return STATUS_FAILED;
	}
	if (command_line_is_prompt(line) && !repl_run(L))
		return STATUS_FAILED;
	return main_call(L, "finish");
}

int main(int argc, char **argv)
{
	struct command_line line;
	struct err err;
	lua_State *L;
	int status;

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
	if (!confine(&line, &err)) {
		fprintf(stderr, "warpcore: %s\n", err.text);
		return STATUS_FAILED;
	}
	L = script_open(&line);
	if (!L)
		return STATUS_FAILED;
	ctrl_c_install(L, command_line_is_prompt(&line));
	status = main_run(L, &line);
	if (ctrl_c_remove() && status == STATUS_DONE && !command_line_is_prompt(&line))
		status = STATUS_INTERRUPTED;
	script_close(L);
	return status;
}
