/* soc/build/kernel_core.c: the type of core that QEMU's tree leaves open, from the kernel's symbols. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/soc/board.h"
#include "soc/build/kernel_core.h"

/* An ELF file with these symbols, from the cross assembler: its path. */
static const char *kernel(const char *name, const char *symbols)
{
	static char path[128];
	char command[512];

	snprintf(path, sizeof path, "/tmp/warpcore-test-kernel-%ld-%s", (long)getpid(), name);
	snprintf(
		command, sizeof command,
		"printf '.globl _start\\n_start: b .\\n%s' | powerpc-linux-gnu-gcc -nostdlib -no-pie"
		" -static -Wl,-Ttext=0x10000,--build-id=none"
		" -x assembler - -o %s",
		symbols, path);
	assert_int_equal(system(command), 0);
	return path;
}

#define E500V2 "__setup_cpu_e500v2: nop\\n"
#define E500MC "__setup_cpu_e500mc: nop\\n"

static void expect_core(const char *name, const char *symbols, const char *board_file, const char *option,
			const char *wanted)
{
	struct soc_options options = {
		.board = board_file, .core = option, .kernel = kernel(name, symbols), .cores = 2
	};
	struct board board;

	board_open(&board, &options);
	unlink(options.kernel);
	assert_string_equal(board.machine->cores[0]->model->name, wanted);
	assert_string_equal(board.machine->cores[1]->model->name, wanted);
	board_close(&board);
}

static void test_name(void **state)
{
	assert_string_equal(kernel_core_name(kernel("v2", E500V2)), "e500v2");
	assert_string_equal(kernel_core_name(kernel("mc", E500MC)), "e500mc");
	assert_null(kernel_core_name(kernel("both", E500V2 E500MC)));
	assert_null(kernel_core_name(kernel("none", "")));
	assert_null(kernel_core_name("/dev/null"));
	assert_null(kernel_core_name("/nonexistent"));
	assert_int_equal(system("rm -f /tmp/warpcore-test-kernel-*"), 0);
}

static void test_board(void **state)
{
	expect_core("a", E500MC, PPCE500, NULL, "e500mc");
	expect_core("b", E500V2, PPCE500, NULL, "e500v2");
	expect_core("c", "", PPCE500, NULL, "e500v2");
	/* An option is stronger, and so is a tree that says what its cpus are. */
	expect_core("d", E500MC, PPCE500, "e500v2", "e500v2");
	expect_core("e", E500V2, "dts/ppce500mc.dts", NULL, "e500mc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
