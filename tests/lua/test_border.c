/* The kernel's part of --sandbox, without the part in Lua: what a process may do behind the border. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lua/kit/border.h"

static int border_errno(int result)
{
	int why = result < 0 ? errno : 0;

	if (result > 2)
		close(result);
	return why;
}

/* A bit for each that is not as it should be. */
static int border_attempts(void)
{
	static char *const none[] = { NULL };
	int wrong = 0;

	wrong |= (border_errno(open("/etc/passwd", O_RDONLY)) != EACCES) << 0;
	wrong |= (border_errno(open("/tmp/warpcore-border", O_WRONLY | O_CREAT, 0600)) != EACCES) << 1;
	wrong |= (border_errno(socket(AF_INET, SOCK_STREAM, 0)) != EPERM) << 2;
	wrong |= (border_errno((int)ptrace(PTRACE_TRACEME, 0, 0, 0)) != EPERM) << 3;
	wrong |= (border_errno(execve("/bin/true", none, none)) != EACCES) << 4;
	wrong |= (border_errno(open("inside", O_RDWR | O_CREAT, 0600)) != 0) << 5;
	wrong |= (border_errno(symlink("/etc", "way-out")) != EPERM) << 6;
	return wrong;
}

static int border_child(const char *directory)
{
	struct err err;
	struct border *border;

	if (chdir(directory))
		return 255;
	border = border_open(&err);
	border_allow(border, ".", BORDER_MAKE);
	return border_close(border, false, &err) ? border_attempts() : 254;
}

static void test_border(void **state)
{
	char directory[] = "/tmp/border.XXXXXX", inside[64];
	struct border *border;
	struct err err;
	int status;
	pid_t pid;

	border = border_open(&err);
	if (!border)
		skip();
	free(border);
	assert_non_null(mkdtemp(directory));
	pid = fork();
	if (!pid)
		_exit(border_child(directory));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	snprintf(inside, sizeof inside, "%s/inside", directory);
	unlink(inside);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_border) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
