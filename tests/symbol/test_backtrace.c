/*
 * Backtraces of compiled code, at every instruction of it: the call chain must be the
 * one that the calls and returns executed so far have made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sim/symbol/backtrace.h"
#include "sim/debug/debug.h"
#include "sim/debug/peek.h"
#include "sim/symbol/symbols.h"
#include "sim/machine/load_elf.h"
#include "tests/fixture/guest.h"

#define STACK 0x00800000u
#define DEPTH 64

/* Leaves, early returns, a tail call, recursion, a frame too large for stwu's offset, calls through pointers. */
static const char program[] =
	"typedef int fn(int);\n"
	"volatile int sink;\n"
	"__attribute__((noipa)) int leaf(int x) { return x * 3 + 1; }\n"
	"__attribute__((noipa)) int early(int x) { if (x & 1) return x; sink = leaf(x); return leaf(sink) + x; }\n"
	"__attribute__((noipa)) int tail(int x) { sink = x; return early(x + 1); }\n"
	"__attribute__((noipa)) int deep(int x) { return x < 1 ? leaf(x) : deep(x - 1) + early(x); }\n"
	"__attribute__((noipa)) int large(int x) { volatile char a[100000]; a[x] = 1; return leaf(a[x]) + x; }\n"
	"__attribute__((noipa)) int many(int a, int b, int c, int d) { int e = leaf(a), f = leaf(b), g = leaf(c);\n"
	"	return leaf(e + f + g) + a * b * c * d + e + f + g; }\n"
	"int other(int);\n"
	"fn *const table[] = { leaf, early, tail, deep, large, other };\n"
	"int run(void) { int sum = 0; for (int i = 0; i < 6; i++) for (int x = 0; x < 4; x++) sum += table[i](x);\n"
	"	return sum + many(1, 2, 3, sum); }\n"
	"__asm__(\".type other, @function; other: stwu 1,-16(1); li 0,5; stw 0,8(1); mflr 0; stw 0,20(1); bl leaf;"
	" lwz 0,20(1); mtlr 0; addi 1,1,16; blr; .size other, . - other\");\n"
	"__asm__(\".globl _start; .type _start, @function; _start: bl run; .globl done; done: b done\");\n";

struct shadow {
	const struct core *core;
	const struct symbols *symbols;
	uint32_t returns[DEPTH]; /* return addresses, outermost first */
	unsigned depth, deepest;
	uint32_t after_call;     /* the last instruction was a call: its return address */
	uint64_t instructions, wrong;
	uint32_t first_wrong;
};

static void shadow_check(struct shadow *s)
{
	struct backtrace_frame frames[DEPTH];
	size_t n = backtrace_read(s->core, s->symbols, frames, DEPTH);
	bool good = n == s->depth + 1 && frames[0].pc == s->core->pc && frames[0].kind == BACKTRACE_HERE;

	for (unsigned i = 0; good && i < s->depth; i++)
		good = frames[i + 1].pc == s->returns[s->depth - 1 - i] && frames[i + 1].kind == BACKTRACE_CALL;
	if (!good && !s->wrong++)
		s->first_wrong = s->core->pc;
}

/*
 * -Os calls _savegpr_n before LR is saved: where its caller returns to is then in r0 alone.
 */
static bool shadow_excused(const struct shadow *s)
{
	uint64_t offset;
	const struct symbol *symbol = symbols_at(s->symbols, s->core->pc, &offset);

	return symbol && !strncmp(symbol->name, "_savegpr_", 9);
}

/* Before each instruction. Calls are what sets LK; a return is a blr. */
static enum debug_verdict shadow_step(void *opaque, struct core *core, const struct op *op)
{
	struct shadow *s = opaque;
	bool branch = op->word >> 26 == 18 || op->word >> 26 == 16 || op->word >> 26 == 19;

	s->instructions++;
	if (!shadow_excused(s))
		shadow_check(s);
	if (op->word == 0x4e800020)
		s->depth--;
	else if (branch && op->word & 1) {
		s->returns[s->depth++] = core->pc + 4;
		/* What lies in the place for LR from an earlier call must not help. */
		assert_true(peek_store(core, core_gpr(core, 1) + 4, "\0\1\2\4", 4));
	}
	if (s->depth > s->deepest)
		s->deepest = s->depth;
	return DEBUG_GO;
}

static void compile(const char *options, char path[])
{
	char command[512];
	FILE *pipe;

	snprintf(command, sizeof command,
		 "powerpc-linux-gnu-gcc %s -mcpu=8548 -msoft-float -fno-pic -nostdlib -static"
		 " -Wl,-Ttext-segment=0x10000 -x c -o %s - -x none -lgcc",
		 options, path);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	fputs(program, pipe);
	assert_int_equal(pclose(pipe), 0);
}

static void load(struct machine *machine, const char *path)
{
	struct load_image loaded;
	struct err err = { "" };
	uint8_t image[200000];
	FILE *file = fopen(path, "rb");
	size_t size = fread(image, 1, sizeof image, file);

	fclose(file);
	if (!load_elf_into(machine->bus, image, size, path, &loaded, &err))
		fail_msg("%s", err.text);
}

static void check_program(const char *options)
{
	char path[] = "/tmp/warpcore-backtrace-XXXXXX";
	struct machine *machine = guest_machine("e500v2", 1, 1000000000);
	struct debug *debug = debug_create(machine);
	struct symbols *symbols = symbols_create();
	struct shadow s = { .core = machine->cores[0], .symbols = symbols };
	struct debug_spec spec = { .kind = DEBUG_PC, .core = DEBUG_ANY_CORE };
	struct err err = { "" };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	compile(options, path);
	assert_true(symbols_load(symbols, path, 0, &err));
	load(machine, path);
	spec.address = symbols_find(symbols, "done")->address;
	assert_non_null(debug_break_create(debug, &spec, NULL, NULL, &err));
	core_set_gpr(machine->cores[0], 1, STACK); /* the back chain there is 0 */
	guest_start(machine, 0, symbols_find(symbols, "_start")->address);
	debug_trace(debug, machine->cores[0], shadow_step, &s);
	assert_int_equal(guest_run(machine, 1000000).reason, MACHINE_BREAK);
	if (s.wrong)
		fail_msg("%s: %llu of %llu backtraces are wrong, the first at 0x%08x", options,
			 (unsigned long long)s.wrong, (unsigned long long)s.instructions, s.first_wrong);
	assert_true(s.instructions > 300);
	assert_true(s.deepest >= 5);
	debug_destroy(debug);
	symbols_destroy(symbols);
	machine_destroy(machine);
	unlink(path);
}

static void test_every_instruction(void **state)
{
	check_program("-O0");
	check_program("-O1");
	check_program("-O2");
	check_program("-Os");
}

/* Without symbols the innermost frame is a guess, the others are not: where there is a call, the chain is right. */
static void test_without_symbols_in_the_middle(void **state)
{
	struct machine *m = guest_machine("e500v2", 1, 1000000000);
	struct core *core = m->cores[0];
	struct backtrace_frame frames[8];

	/* 0x1000: addi; mtlr r0; addi r1,r1,16; blr: in a body whose epilogue lies ahead. */
	GUEST_CODE(m, 0x1000, 0x38630001, 0x7c0803a6, 0x38210010, 0x4e800020);
	GUEST_CODE(m, 0x8000, 0x00008010);             /* back chain */
	GUEST_CODE(m, 0x8010, 0x00008040, 0x00002004); /* the caller's frame: back chain, return address */
	GUEST_CODE(m, 0x8040, 0x00000000, 0x00003008);
	core->pc = 0x1000;
	core->lr = 0x9999;
	core_set_gpr(core, 1, 0x8000);
	assert_int_equal(backtrace_read(core, NULL, frames, 8), 3);
	assert_int_equal(frames[1].pc, 0x2004);
	assert_int_equal(frames[2].pc, 0x3008);
	core->pc = 0x100c; /* at blr: all undone */
	core_set_gpr(core, 1, 0x8010);
	core->lr = 0x2004;
	assert_int_equal(backtrace_read(core, NULL, frames, 8), 3);
	assert_int_equal(frames[1].pc, 0x2004);
	assert_int_equal(frames[2].pc, 0x3008);
	assert_int_equal(backtrace_read(core, NULL, frames, 2), 2);
	assert_int_equal(backtrace_read(core, NULL, frames, 0), 0);
	machine_destroy(m);
}

/* Chains in a circle, to nowhere, unaligned: the walk ends. */
static void test_damaged_stacks(void **state)
{
	struct machine *m = guest_machine("e500v2", 1, 1000000000);
	struct core *core = m->cores[0];
	struct backtrace_frame frames[1000];

	GUEST_CODE(m, 0x1000, 0x4e800020);
	GUEST_CODE(m, 0x8000, 0x00008010, 0x1004);
	GUEST_CODE(m, 0x8010, 0x00008000, 0x1004);
	GUEST_CODE(m, 0x8020, 0xfffffff0, 0x1004);
	GUEST_CODE(m, 0x8030, 0x00008043, 0x1004);
	core->pc = 0x1000;
	core->lr = 0x1004;
	core_set_gpr(core, 1, 0x8000);
	assert_true(backtrace_read(core, NULL, frames, 1000) < 30);
	core_set_gpr(core, 1, 0x8020);
	assert_int_equal(backtrace_read(core, NULL, frames, 1000), 2);
	core_set_gpr(core, 1, 0x8030);
	assert_int_equal(backtrace_read(core, NULL, frames, 1000), 2);
	core_set_gpr(core, 1, 0xfffffffc);
	assert_int_equal(backtrace_read(core, NULL, frames, 1000), 2);
	machine_destroy(m);
}

/* Linux's frame of an interrupt: "REGS" at 8, the interrupted pc at 144, its LR at 160; its r1 is the back chain. */
static void test_interrupt_frame(void **state)
{
	struct machine *m = guest_machine("e500v2", 1, 1000000000);
	struct core *core = m->cores[0];
	struct backtrace_frame frames[8];
	struct symbols *symbols = symbols_create();
	char text[64];

	GUEST_CODE(m, 0x1000, 0x4e800020);
	GUEST_CODE(m, 0x5000, 0x38630001, 0x4e800020); /* interrupted: a leaf */
	GUEST_CODE(m, 0x8000, 0x00008200, 0x00001500, 0x52454753);
	GUEST_CODE(m, 0x8000 + 144, 0x00005000, 0, 0, 0, 0x00006008);
	GUEST_CODE(m, 0x8200, 0x00008300, 0x00007777);
	GUEST_CODE(m, 0x8300, 0x00000000, 0x0000600c);
	core->pc = 0x1000;
	core->lr = 0x00001400;
	core_set_gpr(core, 1, 0x8000);
	symbols_add(symbols, "victim", 0x5000, 8);
	symbols_add(symbols, "entry", 0x13f0, 16);
	assert_int_equal(backtrace_read(core, symbols, frames, 8), 5);
	assert_int_equal(frames[1].pc, 0x1400);
	assert_int_equal(frames[2].kind, BACKTRACE_INTERRUPT);
	assert_int_equal(frames[2].pc, 0x5000);
	assert_int_equal(frames[2].sp, 0x8200);
	assert_int_equal(frames[3].pc, 0x6008);
	assert_int_equal(frames[4].pc, 0x600c);
	assert_string_equal(backtrace_format(&frames[2], symbols, text, sizeof text), "victim");
	assert_string_equal(backtrace_format(&frames[1], symbols, text, sizeof text), "entry+0xc"); /* the call */
	symbols_destroy(symbols);
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_instruction),
		cmocka_unit_test(test_without_symbols_in_the_middle),
		cmocka_unit_test(test_damaged_stacks),
		cmocka_unit_test(test_interrupt_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
