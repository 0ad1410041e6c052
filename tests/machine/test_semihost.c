/* Guest calls: random arguments, and what a machine without Lua sees of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/random.h"
#include "sim/guest/warpcore.h"
#include "sim/machine/host_files.h"
#include "sim/machine/semihost.h"
#include "tests/fixture/guest.h"

#define CODE 0x1000u
#define NAMES 0x2000u /* a page of names, one every 64 bytes */
#define CALLS 40000

static char directory[] = "/tmp/warpcore-semihost-XXXXXX";

static void make_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int make_directory(void **state)
{
	char path[128];

	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/pipe", directory);
	make_file("file", "0123456789");
	return mkfifo(path, 0600);
}

static int remove_directory(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", directory);
	return system(command);
}

static struct machine *machine_with_calls(void)
{
	struct machine *machine = guest_machine("e500mc", 1, 400000000);
	struct err err;

	assert_true(semihost_start(machine, directory, &err));
	GUEST_CODE(machine, CODE, WARPCORE_CALL_WORD, W_B(0));
	guest_start(machine, 0, CODE);
	return machine;
}

static const char *const names[] = {
	"file",   "pipe",        "other",      "../x",       "/etc/passwd", "guest.a",          "guest.b",
	"guest.", "core0.insns", "core0.time", "warp.total", "region",      "another",          "a//b",
	".",      "..",          "file/x",     "",           "\x80\xff",    "guest.0123456789",
};

static void put_names(struct machine *machine)
{
	for (unsigned i = 0; i < 64; i++)
		bus_poke(machine->bus, NAMES + 64 * i, names[i % (sizeof names / sizeof *names)],
			 strlen(names[i % (sizeof names / sizeof *names)]));
}

/* Any 32 bits, with a bias to where something may break: small, the edges of pages, memory and the address space. */
static uint32_t random_word(struct random *random)
{
	static const uint32_t edges[] = { 0, 0x1000, NAMES, GUEST_MEMORY, 0x10000000, 0x80000000, 0xfffff000 };
	uint32_t edge = edges[random_below(random, sizeof edges / sizeof *edges)];

	switch (random_below(random, 4)) {
	case 0: return (uint32_t)random_u64(random);
	case 1: return random_below(random, 80);
	case 2: return edge + random_below(random, 32) - 16;
	default: return NAMES + 64 * random_below(random, 64);
	}
}

static void check_outcome(const struct core *core, const uint64_t before[32])
{
	int status = (int)core_gpr(core, 3);

	if (((uint32_t)before[3] & 0xffff0000) != WARPCORE_CALL) {
		assert_int_equal(core->r[3], before[3]);
		assert_int_equal(core->r[4], before[4]);
		assert_int_equal(core->r[5], before[5]);
	} else {
		assert_true(status <= 0 && status >= WARPCORE_NOT_NOW && status != WARPCORE_ABSENT);
	}
	for (unsigned i = 0; i < 32; i++)
		if (i < 3 || i > 5)
			assert_int_equal(core->r[i], before[i]);
}

/* Whatever the arguments, a call is one instruction with an answer: no interrupt, no other register, no crash. */
static void test_random_arguments(void **state)
{
	struct machine *machine = machine_with_calls();
	struct machine_limits one = { .insns = 1 };
	struct core *core = machine->cores[0];
	struct random random = { 20261125 };
	struct machine_event event;

	put_names(machine);
	memset(machine->cores[0]->r, 0, sizeof machine->cores[0]->r);
	for (int64_t i = 1; i <= CALLS; i++) {
		uint64_t before[32];

		GUEST_CODE(machine, CODE, WARPCORE_CALL_WORD, W_B(0)); /* the last one may have read over it */
		if (i % 16 == 0)
			put_names(machine);
		for (unsigned n = 3; n < 10; n++)
			core->r[n] = random_word(&random);
		if (random_below(&random, 50))
			core->r[3] = WARPCORE_CALL + random_below(&random, WARPCORE_CALLS + 2);
		core->pc = CODE;
		memcpy(before, core->r, sizeof before);
		machine_run(machine, &one, &event);
		check_outcome(core, before);
		assert_int_equal(core->insns, i);
		assert_int_equal(core->pc, CODE + 4);
	}
	assert_false(core->fault.any);
	machine_destroy(machine);
}

/* Page by page the guest maps what is asked for, as the header's functions do: nothing is done twice. */
static void test_restart(void **state)
{
	struct machine *machine = machine_with_calls();
	struct machine_limits one = { .insns = 1 };
	struct core *core = machine->cores[0];
	const int64_t *value = NULL;
	struct machine_event event;

	put_names(machine);
	for (unsigned i = 0; i < 3; i++) {
		core->r[3] = WARPCORE_CALL + WARPCORE_STAT_ADD;
		core->r[4] = i ? NAMES + 64 * 5 : 0x20000000; /* first where nothing is mapped */
		core->r[5] = 7;
		core->r[8] = 0;
		core->r[9] = 5;
		core->pc = CODE;
		machine_run(machine, &one, &event);
		assert_int_equal((int)core_gpr(core, 3), i ? 0 : WARPCORE_FAULT);
		assert_int_equal(core_gpr(core, 5), i ? 5 * i : 0x20000000);
	}
	value = stats_find(machine->stats, "guest.a")->opaque;
	assert_int_equal(*value, 10);
	machine_destroy(machine);
}

static int call(struct machine *machine, enum warpcore_call number, uint32_t name, uint32_t length, uint32_t buffer)
{
	struct machine_limits one = { .insns = 1 };
	struct core *core = machine->cores[0];
	struct machine_event event;

	core->r[3] = WARPCORE_CALL + number;
	core->r[4] = name;
	core->r[5] = length;
	core->r[6] = buffer;
	core->r[7] = 4;
	core->r[8] = core->r[9] = 0;
	core->pc = CODE;
	machine_run(machine, &one, &event);
	assert_int_equal(core->pc, CODE + 4);
	return (int)core_gpr(core, 3);
}

/* A call reaches what the calling program could: here a program in user mode, and pages that are not all its own. */
static void test_rights(void **state)
{
	struct machine *machine = machine_with_calls();
	struct core *core = machine->cores[0];
	struct mmu_entry page = { .epn = 0x10000000, .rpn = 0, .mask = 0xfffff000, .size = 1, .valid = true };

	put_names(machine);
	page.permissions = MMU_SR | MMU_SW | MMU_UR;
	page.rpn = NAMES;
	mmu_set_tlb1(&core->mmu, 1, &page);
	page.epn += 0x1000;
	page.permissions = MMU_SR | MMU_SW;
	mmu_set_tlb1(&core->mmu, 2, &page);
	for (int user = 0; user < 2; user++) {
		core_set_msr(core, user ? MSR_PR : 0);
		assert_int_equal(call(machine, WARPCORE_FILE_SIZE, 0x10000000, 4, 0), 0);
		assert_int_equal(call(machine, WARPCORE_FILE_SIZE, 0x10001000, 4, 0), user ? WARPCORE_FAULT : 0);
		assert_int_equal(core_gpr(core, 4), 0);
		assert_int_equal(core_gpr(core, 5), user ? 0x10001000 : 10);
		assert_int_equal(call(machine, WARPCORE_FILE_READ, NAMES, 4, 0x10000800), user ? WARPCORE_FAULT : 0);
		assert_int_equal(core_gpr(core, 4), user);
		assert_int_equal(core_gpr(core, 5), user ? 0x10000800 : 4);
	}
	machine_destroy(machine);
}

static void test_read_only_memory(void **state)
{
	struct machine *machine = guest_machine("e500v2", 1, 400000000);
	char byte = 'x';

	assert_true(bus_add_memory(machine->bus, "rom", 0x8000000, 0x1000, true, NULL));
	assert_true(semihost_start(machine, directory, NULL));
	GUEST_CODE(machine, CODE, WARPCORE_CALL_WORD, W_B(0));
	guest_start(machine, 0, CODE);
	put_names(machine);
	bus_poke(machine->bus, 0x8000000, &byte, 1);
	assert_int_equal(call(machine, WARPCORE_FILE_READ, NAMES, 4, 0x8000000), WARPCORE_ADDRESS);
	assert_int_equal(call(machine, WARPCORE_FILE_READ, NAMES, 4, 0x4000000), WARPCORE_ADDRESS); /* nothing there */
	bus_peek(machine->bus, 0x8000000, &byte, 1);
	assert_int_equal(byte, 'x');
	assert_int_equal(call(machine, WARPCORE_STAT_GET, 0x8000000, 1, 0),
			 WARPCORE_NOT_FOUND); /* a name may stand there */
	machine_destroy(machine);
}

struct marks {
	struct machine *machine;
	pthread_t driver;
	unsigned count[4];
};

/* Nobody else runs, and it is the thread that runs the machine. */
static void check_mark(void *opaque, int core, const char *name, bool begins, int64_t when)
{
	struct marks *marks = opaque;

	assert_false(threads_in_round(marks->machine));
	assert_true(pthread_equal(marks->driver, pthread_self()));
	assert_int_equal(when, core_now(marks->machine->cores[core], NULL));
	marks->count[core]++;
}

/* Four cores that each mark a region of their own 100 times, on threads: the calls are made one after the other. */
static void test_threads(void **state)
{
	struct machine *machine = guest_machine("e500mc", 4, 400000000);
	struct marks marks = { machine, pthread_self(), { 0 } };

	machine_set_debugger(machine, &(struct machine_debugger){ .opaque = &marks, .region = check_mark }, NULL);
	assert_true(semihost_start(machine, NULL, NULL));
	for (unsigned i = 0; i < 4; i++) {
		uint32_t code = CODE + 0x1000 + 0x100 * i, name = NAMES + 0x4000 + 16 * i;
		char text[] = { 'r', (char)('0' + i) };

		bus_poke(machine->bus, name, text, sizeof text);
		GUEST_CODE(machine, code, W_LI(10, 100), W_MTSPR(SPR_CTR, 10), W_ADDIS(3, 0, 0x5743),
			   W_ORI(3, 3, WARPCORE_BEGIN), W_LI(4, name), W_LI(5, 2), WARPCORE_CALL_WORD,
			   W_ADDIS(3, 0, 0x5743), W_ORI(3, 3, WARPCORE_END), W_LI(4, name), W_LI(5, 2),
			   WARPCORE_CALL_WORD, W_BDNZ(-40), W_B(0));
		guest_start(machine, i, code);
	}
	threads_set_count(machine, 4);
	guest_run(machine, 100000);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(marks.count[i], 200);
		assert_int_equal(region_at(machine->regions, i)->count, 100);
	}
	assert_int_equal(machine_insns(machine), 4 * 40000); /* 100 us at 400 MHz: none is lost, none counted twice */
	machine_destroy(machine);
}

static void test_no_directory(void **state)
{
	struct machine *machine = guest_machine("e500v2", 1, 400000000);
	struct err err;

	assert_false(semihost_start(machine, "/nonexistent", &err));
	assert_non_null(strstr(err.text, "/nonexistent: No such file or directory"));
	assert_null(semihost_files(machine));
	machine_destroy(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_arguments),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_read_only_memory),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_directory),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
