/* The program: command line, script, prompt, exit status. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "lua/kit/ctrl_c.h"
#include "lua/kit/class.h"
#include "lua/main/options.h"
#include "lua/main/repl.h"
#include "lua/main/script.h"

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* an error in the script, or the guest ended badly, or says so itself (`--run` with semihosting) */
	STATUS_USAGE = 2,
};

static bool main_run_code(lua_State *L, const struct options *options)
{
	for (int i = 0; i < options->ncode; i++)
		if (!script_run_text(L, options->code[i], "=(command line)"))
			return false;
	return !options->script || script_run_file(L, options);
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

static int main_run(lua_State *L, const struct options *options)
{
	if (options_is_batch(options))
		return main_call(L, "batch");
	if (!main_run_code(L, options)) {
		main_call(L, "fail_script");
		return STATUS_FAILED;
	}
	if (options_is_prompt(options) && !repl_run(L))
		return STATUS_FAILED;
	return main_call(L, "finish");
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err;
	lua_State *L;
	int status;

	if (!options_parse(&options, argc, argv, &err)) {
		fprintf(stderr, "warpcore: %s\n", err.text);
		return STATUS_USAGE;
	}
	if (options.help) {
		fputs(options_usage(), stdout);
		return STATUS_DONE;
	}
	if (options.version)
		puts("warpcore " WARPCORE_VERSION);
	/* A file that may not grow any further (ulimit -f) is an error of the write, not the end of the program. */
	signal(SIGXFSZ, SIG_IGN);
	L = script_open(&options);
	if (!L)
		return STATUS_FAILED;
	ctrl_c_install(L, options_is_prompt(&options));
	status = main_run(L, &options);
	ctrl_c_remove();
	script_close(L);
	return status;
}
