/* Memory of the host: what is asked for is there, or the process ends with one sentence and status 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "sim/base/allocate.h"

#define TOO_MUCH (SIZE_MAX / 4) /* of bytes: more than an address space has */

static void test_what_is_there(void **state)
{
	static const char zero[64];
	char *bytes = allocate_zeroed(8, 8);
	char *text = allocate_text("warp"), *part = allocate_text_part("warpcore", 4);

	assert_memory_equal(bytes, zero, 64);
	bytes[63] = 7;
	bytes = allocate_again(bytes, 4096);
	assert_int_equal(bytes[63], 7);
	assert_string_equal(text, "warp");
	assert_string_equal(part, "warp");
	free(part);
	part = allocate_print("%s%03d", text, 7);
	assert_string_equal(part, "warp007");
	free(bytes);
	free(text);
	free(part);
}

static void test_nothing_is_memory_too(void **state)
{
	void *memory = allocate_again(allocate_bytes(0), 0);
	void *zeroed = allocate_zeroed(0, 8);

	assert_non_null(memory);
	assert_non_null(zeroed);
	free(memory);
	free(zeroed);
}

static void test_a_try_may_fail(void **state)
{
	char *bytes = allocate_bytes(1);

	assert_null(allocate_try_bytes(TOO_MUCH));
	assert_null(allocate_try_zeroed(SIZE_MAX / 2, 4)); /* the product does not fit */
	assert_null(allocate_try_again(bytes, TOO_MUCH));
	free(bytes);
}

static void ask_for_bytes(void)
{
	free(allocate_bytes(TOO_MUCH));
}

static void ask_for_zeroed(void)
{
	free(allocate_zeroed(SIZE_MAX / 2, 4));
}

static void ask_for_more(void)
{
	free(allocate_again(allocate_bytes(1), TOO_MUCH));
}

/* The process that calls it ends with status 1 and says so in one line. */
static void expect_end(void (*ask)(void))
{
	static const char sentence[] = "warpcore: this host has no memory left\n";
	char text[8192] = "";
	int pipe_ends[2], status;
	size_t have = 0;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(pipe_ends), 0);
	child = fork();
	if (!child) {
		dup2(pipe_ends[1], STDERR_FILENO);
		ask();
		_exit(0);
	}
	close(pipe_ends[1]);
	while ((got = read(pipe_ends[0], text + have, sizeof text - 1 - have)) > 0)
		have += (size_t)got;
	close(pipe_ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	/* A sanitizer has something to say of its own, before it and after it. */
	assert_non_null(strstr(text, sentence));
}

static void test_the_end(void **state)
{
	expect_end(ask_for_bytes);
	expect_end(ask_for_zeroed);
	expect_end(ask_for_more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_there),
		cmocka_unit_test(test_nothing_is_memory_too),
		cmocka_unit_test(test_a_try_may_fail),
		cmocka_unit_test(test_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
