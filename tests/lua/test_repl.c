/* The prompt on a terminal: completion, history, chunks of several lines, Ctrl-C, errors. Driven through a pty. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000

struct session {
	pid_t pid;
	int fd;
	char text[1 << 16]; /* what came and was not yet expected */
	size_t length;
	char history[64];
};

static void start(struct session *session)
{
	const char *binary = getenv("WARPCORE") ? getenv("WARPCORE") : "build/warpcore";

	session->length = 0;
	session->pid = forkpty(&session->fd, NULL, NULL, &(struct winsize){ .ws_row = 40, .ws_col = 120 });
	assert_true(session->pid >= 0);
	if (session->pid)
		return;
	setenv("TERM", "xterm", 1);
	setenv("WARPCORE_HISTORY", session->history, 1);
	execl(binary, binary, (char *)NULL);
	_exit(127);
}

static void type(struct session *session, const char *keys)
{
	assert_int_equal(write(session->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* False: nothing came in time, or the other end is closed. */
static bool read_some(struct session *session)
{
	struct pollfd fd = { session->fd, POLLIN, 0 };
	ssize_t n;

	if (session->length == sizeof session->text || poll(&fd, 1, PATIENCE_MS) != 1)
		return false;
	n = read(session->fd, session->text + session->length, sizeof session->text - session->length);
	if (n > 0)
		session->length += (size_t)n;
	return n > 0;
}

/* Waits until the text has come, and forgets all up to its end. */
static void expect(struct session *session, const char *text)
{
	char *at;

	while (!(at = memmem(session->text, session->length, text, strlen(text)))) {
		if (read_some(session))
			continue;
		print_error("'%s' did not come; there is: %.*s\n", text, (int)session->length, session->text);
		fail();
	}
	at += strlen(text);
	session->length -= (size_t)(at - session->text);
	memmove(session->text, at, session->length);
}

static int leave(struct session *session)
{
	int status;

	type(session, "\x04");
	while (read_some(session))
		session->length = 0;
	close(session->fd);
	waitpid(session->pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int begin(void **state)
{
	struct session *session = calloc(1, sizeof *session);
	int fd;

	strcpy(session->history, "/tmp/warpcore-history-XXXXXX");
	fd = mkstemp(session->history);
	close(fd);
	unlink(session->history);
	start(session);
	expect(session, "help() is the manual");
	*state = session;
	return 0;
}

static int end(void **state)
{
	struct session *session = *state;

	kill(session->pid, SIGKILL);
	waitpid(session->pid, NULL, WNOHANG);
	unlink(session->history);
	free(session);
	return 0;
}

static void an_expression_prints_itself(void **state)
{
	struct session *session = *state;

	type(session, "6 * 7\r");
	expect(session, "\n42\r\n");
	type(session, "{ 1, b = 'c' }\r");
	expect(session, "{ 1, b = \"c\" }\r\n");
	type(session, "= 'bare'\r");
	expect(session, "\nbare\r\n");
	assert_int_equal(leave(session), 0);
}

static void a_chunk_may_have_several_lines(void **state)
{
	struct session *session = *state;

	type(session, "for i = 1, 3 do\r");
	expect(session, ">> ");
	type(session, "io.write('<', i, '>')\r");
	expect(session, ">> ");
	type(session, "end\r");
	expect(session, "<1><2><3>");
	assert_int_equal(leave(session), 0);
}

/* The terminal's own mode stands while a chunk runs. */
static void an_end_typed_ahead_is_taken(void **state)
{
	struct session *session = *state;

	type(session, "io.write('be', 'gun') io.flush() for i = 1, 3e7 do end\r");
	expect(session, "begun");
	assert_int_equal(leave(session), 0);
}

static void an_error_is_red_unless_told_otherwise(void **state)
{
	struct session *session = *state;

	type(session, "error 'boom'\r");
	expect(session, "\033[31mwarpcore: stdin:1: boom");
	expect(session, "\033[0m\r\n");
	assert_int_equal(leave(session), 0);
	setenv("NO_COLOR", "1", 1);
	start(session);
	unsetenv("NO_COLOR");
	type(session, "error 'boom'\r");
	expect(session, "\nwarpcore: stdin:1: boom");
	assert_int_equal(leave(session), 0);
}

static void an_error_is_told_and_the_prompt_goes_on(void **state)
{
	struct session *session = *state;

	type(session, "error 'boom'\r");
	expect(session, "stdin:1: boom");
	type(session, "x = = 3\r");
	expect(session, "unexpected symbol");
	type(session, "nothere\r");
	expect(session, "undefined global 'nothere'");
	type(session, "'still ' .. 'here'\r");
	expect(session, "still here\r\n");
	assert_int_equal(leave(session), 0);
}

static void tab_completes(void **state)
{
	struct session *session = *state;

	type(session, "#warpcore.ver\t > 4\r"); /* a property */
	expect(session, "\ntrue\r\n");
	type(session, "m = warpcore.machine{ board = 'dts/ppce500.\t' }\r"); /* a file */
	type(session, "m.cores[0].timeb\t\r");
	expect(session, "\n400000000\r\n");
	type(session, "m.cores[0].spr.PV\t == 0x80210030\r"); /* a register */
	expect(session, "\ntrue\r\n");
	type(session, "#m:dig\t)\r"); /* a method */
	expect(session, "\n32\r\n");
	type(session, "m.dt['/soc@fe0000000/ser\t'].path\r");
	expect(session, "\n/soc@fe0000000/serial@4500\r\n");
	type(session, "m.stats:get 'core0.ins\t'\r");
	expect(session, "\n0\r\n");
	assert_int_equal(leave(session), 0);
}

static void two_tabs_list(void **state)
{
	struct session *session = *state;

	type(session, "m = warpcore.machine{ board = 'dts/ppce500.dts' }\r");
	type(session, "m.c\t\t");
	expect(session, "closed");
	expect(session, "cores");
	type(session, "\x15"); /* Ctrl-U: the line is gone */
	type(session, "m.symbols:add('a_long_name', 0x1230)\r");
	type(session, "m.symbols.a_l\t\r");
	expect(session, "\n4656\r\n");
	assert_int_equal(leave(session), 0);
}

static void history_lasts(void **state)
{
	struct session *session = *state;

	type(session, "'first ' .. 'line'\r");
	expect(session, "first line\r\n");
	type(session, "'second ' .. 'line'\r");
	expect(session, "second line\r\n");
	type(session, "\x1b[A\x1b[A\r");
	expect(session, "first line\r\n");
	assert_int_equal(leave(session), 0);
	start(session);
	expect(session, "help() is the manual");
	type(session, "\x1b[A\x1b[A\r"); /* the last is "first" again; before it comes "second" */
	expect(session, "second line\r\n");
	assert_int_equal(leave(session), 0);
}

static void ctrl_c_stops_the_run_first(void **state)
{
	struct session *session = *state;

	type(session, "m = warpcore.machine{ board = 'dts/ppce500.dts' }\r");
	type(session, "m.mem:set_u32(0x1000, 0x38630001) m.mem:set_u32(0x1004, 0x4bfffffc)\r");
	type(session, "m.cores[0]:map{ ea = 0, pa = 0, size = '16M' } m.cores[0]:release(0x1000) print 'ready'\r");
	expect(session, "\nready\r\n");
	type(session, "ev = m:run() print('over', ev.reason, ev.text)\r");
	usleep(300000);
	type(session, "\x03");
	expect(session, "over\tstop\tinterrupted\r\n"); /* the chunk went on */
	type(session, "m:run{ insns = 10 }.reason\r");
	expect(session, "\ninsns\r\n");
	assert_int_equal(leave(session), 0);
}

static void ctrl_c_stops_the_chunk_second(void **state)
{
	struct session *session = *state;

	type(session, "m = warpcore.machine{ board = 'dts/ppce500.dts' }\r");
	type(session, "m.mem:set_u32(0x1000, 0x38630001) m.mem:set_u32(0x1004, 0x4bfffffc)\r");
	type(session, "m.cores[0]:map{ ea = 0, pa = 0, size = '16M' } m.cores[0]:release(0x1000) print 'ready'\r");
	expect(session, "\nready\r\n");
	type(session, "while true do m:run() io.write('ag', 'ain') io.flush() end\r");
	usleep(300000);
	type(session, "\x03");
	expect(session, "again");
	type(session, "\x03");
	expect(session, "interrupted");
	type(session, "while true do end\r");
	usleep(200000);
	type(session, "\x03");
	expect(session, "interrupted");
	type(session, "'usable ' .. m.cores[0].state\r");
	expect(session, "usable running\r\n");
	assert_int_equal(leave(session), 0);
}

static void ctrl_c_at_the_prompt_drops_the_line(void **state)
{
	struct session *session = *state;

	type(session, "for i = 1, 3 do\r");
	expect(session, ">> ");
	type(session, "half a line");
	expect(session, "half a line");
	usleep(100000);
	type(session, "\x03");
	expect(session, "^C");
	type(session, "'on ' .. 'again'\r");
	expect(session, "on again\r\n");
	assert_int_equal(leave(session), 0);
}

#define SESSION_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(an_expression_prints_itself),
		SESSION_TEST(a_chunk_may_have_several_lines),
		SESSION_TEST(an_end_typed_ahead_is_taken),
		SESSION_TEST(an_error_is_red_unless_told_otherwise),
		SESSION_TEST(an_error_is_told_and_the_prompt_goes_on),
		SESSION_TEST(tab_completes),
		SESSION_TEST(two_tabs_list),
		SESSION_TEST(history_lasts),
		SESSION_TEST(ctrl_c_stops_the_run_first),
		SESSION_TEST(ctrl_c_stops_the_chunk_second),
		SESSION_TEST(ctrl_c_at_the_prompt_drops_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
