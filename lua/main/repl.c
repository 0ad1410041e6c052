#include "lua/main/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "lua/kit/ctrl_c.h"
#include "lua/kit/class.h"
#include "lua/main/line_editor.h"
#include "lua/main/script.h"

struct repl {
	lua_State *L;
	struct line_editor *editor; /* NULL: standard input is no terminal */
	bool color;
	bool failed;
};

enum repl_input { REPL_LINE, REPL_END, REPL_INTERRUPTED };

static enum repl_input repl_read_plain(struct repl *repl)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length = getline(&line, &room, stdin);

	if (length > 0 && line[length - 1] == '\n')
		length--;
	if (length >= 0)
		lua_pushlstring(repl->L, line, (size_t)length);
	free(line);
	return length >= 0 ? REPL_LINE : REPL_END;
}

static const char *repl_prompt(const struct repl *repl, bool more)
{
	if (!repl->color)
		return more ? ">> " : "> ";
	/* What stands between two \1 takes no room on the screen. */
	return more ? "\1\033[32m\1>> \1\033[0m\1" : "\1\033[32m\1> \1\033[0m\1";
}

/* Pushes the next line without its newline, if there is one. */
static enum repl_input repl_read_line(struct repl *repl, bool more)
{
	const char *line;

	if (!repl->editor)
		return repl_read_plain(repl);
	switch (line_editor_read(repl->editor, repl_prompt(repl, more), &line)) {
	case LINE_EDITOR_LINE:
		lua_pushstring(repl->L, line);
		return REPL_LINE;
	case LINE_EDITOR_INTERRUPTED:
		puts("^C");
		return REPL_INTERRUPTED;
	default:
		return REPL_END;
	}
}

/* The compiler's message is on top: true when more text could still make the chunk whole. */
static bool repl_is_incomplete(lua_State *L)
{
	static const char mark[] = "<eof>";
	size_t length;
	const char *text = lua_tolstring(L, -1, &length);

	return text && length >= sizeof mark - 1 && !strcmp(text + length - (sizeof mark - 1), mark);
}

/* The text is on top: pushes its function, or the error message. An expression is compiled as `return` of it. */
static int repl_compile(lua_State *L)
{
	const char *text = lua_tostring(L, -1);
	size_t length;
	int status;

	if (*text == '=')
		text++;
	lua_pushfstring(L, "return %s", text);
	status = luaL_loadbufferx(L, lua_tostring(L, -1), strlen(lua_tostring(L, -1)), "=stdin", "t");
	lua_remove(L, -2);
	if (status != LUA_OK) {
		lua_pop(L, 1);
		text = lua_tolstring(L, -1, &length);
		status = luaL_loadbufferx(L, text, length, "=stdin", "t");
	}
	return status;
}

/*
 * Reads one chunk of one or more lines. REPL_LINE: its text and its function
 * are pushed, or its text and the compiler's message, as *compiled says.
 */
static enum repl_input repl_read_chunk(struct repl *repl, bool *compiled)
{
	lua_State *L = repl->L;
	enum repl_input input = repl_read_line(repl, false);
	int status;

	if (input != REPL_LINE)
		return input;
	while ((status = repl_compile(L)) == LUA_ERRSYNTAX && repl_is_incomplete(L)) {
		input = repl_read_line(repl, true);
		if (input == REPL_INTERRUPTED)
			return input;
		if (input == REPL_END)
			break;
		lua_remove(L, -2); /* the message */
		lua_pushliteral(L, "\n");
		lua_insert(L, -2);
		lua_concat(L, 3);
	}
	*compiled = status == LUA_OK;
	return REPL_LINE;
}

/* Prints the values above `base` through the library's `show`. */
static bool repl_show(lua_State *L, int base)
{
	int n = lua_gettop(L) - base;

	if (!n)
		return true;
	class_push_library_function(L, "show");
	lua_insert(L, base + 1);
	return script_call(L, n, 0);
}

/* A run in the chunk has failed, and nothing of the chunk has said so: that is its error. */
static bool repl_check_runs(lua_State *L)
{
	class_push_library_function(L, "raise_unseen");
	return script_call(L, 0, 0);
}

/* The text of a chunk and what was compiled of it are above `base`. */
static bool repl_do(struct repl *repl, int base, bool compiled)
{
	lua_State *L = repl->L;
	bool done = false;

	if (repl->editor)
		line_editor_remember(repl->editor, lua_tostring(L, base + 1));
	lua_remove(L, base + 1);
	ctrl_c_begin_chunk();
	if (compiled)
		done = script_call(L, 0, LUA_MULTRET) && repl_show(L, base);
	else
		script_print_error(L);
	return repl_check_runs(L) && done;
}

/* Offers what the library says may stand at the cursor. */
static void repl_complete(void *opaque, const char *line, size_t size)
{
	struct repl *repl = opaque;
	lua_State *L = repl->L;
	int base = lua_gettop(L);

	class_push_library_function(L, "complete");
	lua_pushlstring(L, line, size);
	if (lua_pcall(L, 1, 2, 0) == LUA_OK && lua_istable(L, -2)) {
		size_t tail = (size_t)lua_tointeger(L, -1);

		for (lua_Integer i = 1; lua_rawgeti(L, base + 1, i) == LUA_TTABLE; i++) {
			lua_rawgeti(L, -1, 1);
			lua_rawgeti(L, -2, 2);
			line_editor_offer(repl->editor, lua_tostring(L, -2), tail, lua_tostring(L, -1));
			lua_pop(L, 3);
		}
	}
	lua_settop(L, base);
}

/* Pushes the file that keeps the history: $WARPCORE_HISTORY, or one in the home directory; NULL: none. */
static const char *repl_push_history(lua_State *L)
{
	const char *path = getenv("WARPCORE_HISTORY"), *home = getenv("HOME");

	if (path || !home)
		return lua_pushstring(L, path);
	return lua_pushfstring(L, "%s/.warpcore_history", home);
}

static void repl_loop(struct repl *repl)
{
	lua_State *L = repl->L;
	int base = lua_gettop(L);
	enum repl_input input;
	bool compiled = false;

	while (!ctrl_c_is_ending() && (input = repl_read_chunk(repl, &compiled)) != REPL_END) {
		if (input == REPL_LINE && !repl_do(repl, base, compiled))
			repl->failed = true;
		lua_settop(L, base);
		fflush(stdout);
	}
	lua_settop(L, base);
}

bool repl_run(lua_State *L)
{
	struct repl repl = { .L = L };

	if (!isatty(STDIN_FILENO)) {
		repl_loop(&repl);
		return !repl.failed;
	}
	repl.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	puts("Warpcore " WARPCORE_VERSION "; help() is the manual, Ctrl-D leaves");
	repl.editor = line_editor_create(repl_push_history(L), repl_complete, &repl);
	repl_loop(&repl);
	putchar('\n');
	line_editor_destroy(repl.editor);
	lua_pop(L, 1);
	return true;
}
