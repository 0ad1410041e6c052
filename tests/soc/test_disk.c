/* A disk in a copy of the process (warpcore.sweep): the copy writes to memory of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soc/host/disk.h"

#define SIZE 20480

static char image[64], overlay[80];

static void make_image(void)
{
	int file;

	snprintf(image, sizeof image, "/tmp/warpcore-test-disk-%ld", (long)getpid());
	snprintf(overlay, sizeof overlay, "%s.cow", image);
	file = open(image, O_CREAT | O_TRUNC | O_RDWR, 0666);
	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, SIZE), 0);
	close(file);
}

static bool has(struct disk_port *port, uint64_t offset, char value)
{
	char byte;

	return disk_port_read(port, offset, &byte, 1) && byte == value;
}

static bool put(struct disk_port *port, uint64_t offset, char value)
{
	return disk_port_write(port, offset, &value, 1);
}

/* In the copy: what was there stays, what it writes it reads. */
static bool copy_is_right(struct disk_port *port)
{
	bool good = has(port, 5000, 'p') && put(port, 5001, 'c') && put(port, 12288, 'c') && disk_port_flush(port);

	return good && has(port, 5000, 'p') && has(port, 5001, 'c') && has(port, 12288, 'c') && has(port, 12289, 0);
}

/* In a copy of that copy: the same again, and the first copy does not see it. */
static bool copy_of_copy_is_right(struct disk_port *port)
{
	int status = 1;
	pid_t pid = fork();

	if (!pid)
		_exit(has(port, 5001, 'c') && put(port, 5001, 'd') && has(port, 5001, 'd') && has(port, 5000, 'p') ? 0
														   : 1);
	return waitpid(pid, &status, 0) == pid && !status && has(port, 5001, 'c');
}

static void check(bool with_overlay)
{
	struct disk_image options = { .file = image, .overlay = with_overlay ? overlay : NULL };
	struct disk_port *port;
	struct err err;
	int status;
	pid_t pid;

	make_image();
	port = disk_open(&options, &err);
	assert_non_null(port);
	assert_true(put(port, 5000, 'p'));
	pid = fork();
	if (!pid)
		_exit(copy_is_right(port) && copy_of_copy_is_right(port) ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(has(port, 5000, 'p') && has(port, 5001, 0) && has(port, 12288, 0));
	disk_port_destroy(port);
	unlink(image);
	unlink(overlay);
}

static void test_in_place(void **state)
{
	check(false);
}

static void test_overlay(void **state)
{
	check(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_overlay),
	};

	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
