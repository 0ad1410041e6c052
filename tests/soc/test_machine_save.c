/*
 * A machine's state, saved at a random moment of a guest's run and restored into the same machine and into a fresh one:
 * what comes after is the same to the bit, by digest, instructions, time, console and ledger. SEED in the environment
 * chooses other moments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/random.h"
#include "sim/input/input.h"
#include "sim/machine/machine_save.h"
#include "sim/machine/semihost.h"
#include "sim/time/ledger.h"
#include "tests/soc/board.h"

#define MS INT64_C(1000000)
#define CONSOLE "/soc@fe0000000/serial@4500"

struct guest {
	const char *name;
	const char *kernel; /* a file, %s is the type of the cores; NULL: tests/guests/NAME.elf */
	unsigned cores, moments;
	int64_t limit; /* virtual ns, from reset: most have ended by then */
};

static const struct guest guests[] = {
	{ "debug", NULL, 2, 8, 10 * MS },
	{ "exceptions", NULL, 2, 8, 10 * MS },
	{ "exit", NULL, 2, 8, 10 * MS },
	{ "hello", NULL, 2, 8, 10 * MS },
	{ "mmu", NULL, 2, 8, 10 * MS },
	{ "modify", NULL, 2, 8, 10 * MS },
	{ "mpic", NULL, 2, 8, 10 * MS },
	{ "semihost", NULL, 2, 8, 10 * MS },
	{ "semihost-smp", NULL, 2, 8, 10 * MS },
	{ "smp", NULL, 2, 8, 10 * MS },
	{ "timers", NULL, 2, 8, 10 * MS },
	{ "watchdog", NULL, 2, 8, 10 * MS },
	{ "U-Boot", "/usr/lib/u-boot/qemu-ppce500/uboot.elf", 1, 8, 20 * MS },
	{ "Linux", "../shared/guests/vmlinux-%s", 4, 2, 120 * MS },
};

static const char *const models[] = { "e500v2", "e500mc" };
static struct random random_state;

struct outcome {
	char digest[33];
	int64_t insns, time;
	enum machine_reason reason;
	uint32_t status;
	struct ledger_totals totals;
	size_t nsent; /* to the console after the moment */
	char sent[4096];
};

static void guest_open(struct board *board, const struct guest *guest, const char *model)
{
	const char *build = getenv("BUILD");
	struct soc_options options = { .board = PPCE500, .cores = guest->cores, .core = model };
	char path[256];

	if (guest->kernel)
		snprintf(path, sizeof path, guest->kernel, model);
	else
		snprintf(path, sizeof path, "%s/tests/guests/%s.elf", build ? build : "build", guest->name);
	options.kernel = path;
	board_open(board, &options);
	assert_true(semihost_start(board->machine, NULL, NULL));
}

/* Up to the limit, or for so many instructions, if not 0. */
static struct machine_event go_on(struct machine *machine, const struct guest *guest, int64_t insns)
{
	struct machine_limits limits = { .until = guest->limit, .insns = insns };
	struct machine_event event;

	machine_run(machine, &limits, &event);
	return event;
}

static void finish(struct board *board, const struct guest *guest, struct outcome *outcome)
{
	struct machine_event event;

	board->nsent = 0;
	event = go_on(board->machine, guest, 0);
	memset(outcome, 0, sizeof *outcome);
	machine_digest(board->machine, outcome->digest);
	outcome->insns = machine_insns(board->machine);
	outcome->time = event.time;
	outcome->reason = event.reason;
	outcome->status = event.status;
	outcome->nsent = board->nsent;
	memcpy(outcome->sent, board->sent, outcome->nsent);
	ledger_totals(board->machine->clock, &outcome->totals);
	outcome->totals.slept = 0; /* the host's */
}

static void expect(const struct outcome *got, const struct outcome *want, const struct guest *guest, const char *model,
		   int64_t moment, const char *where)
{
	if (strcmp(got->digest, want->digest) || got->insns != want->insns || got->time != want->time ||
	    got->reason != want->reason || got->status != want->status ||
	    memcmp(&got->totals, &want->totals, sizeof want->totals) || got->nsent != want->nsent ||
	    memcmp(got->sent, want->sent, want->nsent))
		fail_msg(
			"%s on %s, saved after %lld instructions, restored into %s: insns %lld, wanted %lld; "
			"time %lld, %lld; warps %lld of %lld ns, %lld of %lld; console \"%.*s\", \"%.*s\"",
			guest->name, model, (long long)moment, where, (long long)got->insns, (long long)want->insns,
			(long long)got->time, (long long)want->time, (long long)got->totals.count,
			(long long)got->totals.ns, (long long)want->totals.count, (long long)want->totals.ns,
			(int)got->nsent, got->sent, (int)want->nsent, want->sent);
}

/* Restored, and saved again: the same to the byte. */
static void restore(struct board *board, struct state_memory *memory, const struct guest *guest, const char *where)
{
	struct state_memory again = { 0 };
	struct err err = { "" };
	size_t at = 0;

	if (!machine_restore(board->machine, memory, &err) || !machine_save(board->machine, &again, &err))
		fail_msg("%s: %s", guest->name, err.text);
	while (at < memory->size && at < again.size && memory->data[at] == again.data[at])
		at++;
	if (at < memory->size || at < again.size)
		fail_msg("%s, restored into %s: saved again, it differs at byte %zu of %zu and %zu", guest->name, where,
			 at, memory->size, again.size);
	state_memory_free(&again);
}

/* `typed` waits to be delivered when the machine is saved. */
static void save_and_restore(const struct guest *guest, const char *model, int64_t moment, const char *typed)
{
	struct state_memory memory = { 0 };
	struct board board, fresh;
	struct outcome want, got;
	struct err err = { "" };

	guest_open(&board, guest, model);
	go_on(board.machine, guest, moment);
	if (typed)
		input_post_scripted(input_find_port(board.machine->input, CONSOLE), typed, strlen(typed));
	if (!machine_save(board.machine, &memory, &err))
		fail_msg("%s: %s", guest->name, err.text);
	finish(&board, guest, &want);
	restore(&board, &memory, guest, "the same machine");
	finish(&board, guest, &got);
	expect(&got, &want, guest, model, moment, "the same machine");
	board_close(&board);

	guest_open(&fresh, guest, model);
	restore(&fresh, &memory, guest, "a fresh machine");
	finish(&fresh, guest, &got);
	expect(&got, &want, guest, model, moment, "a fresh machine");
	board_close(&fresh);
	state_memory_free(&memory);
}

static void check_moment(const struct guest *guest, const char *model, int64_t moment)
{
	save_and_restore(guest, model, moment, NULL);
}

/* A kernel that is not there is not looked at: those of Linux are made by a target of their own. */
static bool has_kernel(const struct guest *guest, const char *model)
{
	char path[256];

	if (!guest->kernel)
		return true;
	snprintf(path, sizeof path, guest->kernel, model);
	return access(path, R_OK) == 0;
}

static void check_guest(const struct guest *guest, const char *model)
{
	struct board board;
	int64_t end;

	if (!has_kernel(guest, model))
		return;
	guest_open(&board, guest, model);
	go_on(board.machine, guest, 0);
	end = machine_insns(board.machine);
	board_close(&board);
	for (unsigned i = 0; i < guest->moments; i++)
		check_moment(guest, model, 1 + (int64_t)random_below(&random_state, (uint32_t)end));
}

static void test_moments(void **state)
{
	uint64_t seed = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 0) : 1;

	print_message("seed %llu\n", (unsigned long long)seed);
	random_seed(&random_state, seed);
	for (unsigned g = 0; g < sizeof guests / sizeof *guests; g++)
		for (unsigned m = 0; m < 2; m++)
			check_guest(&guests[g], models[m]);
}

/* Keys that wait are delivered after a restore as after the save. */
static void test_pending_input(void **state)
{
	static const struct guest uboot = { "U-Boot", "/usr/lib/u-boot/qemu-ppce500/uboot.elf", 1, 0, 1500 * MS };

	save_and_restore(&uboot, "e500v2", 100000000, "\nversion\n");
}

/* A restore that fails leaves the machine as it was. */
static void test_failed_restore(void **state)
{
	const struct guest *timers = &(struct guest){ "timers", NULL, 2, 0, 10 * MS };
	struct state_memory memory = { 0 };
	char before[33], after[33];
	struct board board, other;
	struct err err;

	guest_open(&board, timers, "e500mc");
	go_on(board.machine, timers, 40000);
	machine_digest(board.machine, before);
	guest_open(&other, timers, "e500v2");
	go_on(other.machine, timers, 20000);
	assert_true(machine_save(other.machine, &memory, &err));
	memory.size -= memory.size / 100; /* most of it is good */
	assert_false(machine_restore(board.machine, &memory, &err));
	machine_digest(board.machine, after);
	assert_string_equal(after, before);
	board_close(&other);
	board_close(&board);
	state_memory_free(&memory);
}

static void expect_refused(struct board *board, const char *why)
{
	struct state_memory memory = { 0 };
	struct err err;

	assert_false(machine_save(board->machine, &memory, &err));
	assert_string_equal(err.text, why);
	state_memory_free(&memory);
}

/* What cannot be saved yet says so. */
static void test_refused(void **state)
{
	struct soc_options options = { .board = PPCE500, .cores = 2, .core = "e500mc" };
	static const struct input_manifest manifest = { "1", "0", "none" };
	struct board board;
	struct err err;

	guest_open(&board, &guests[0], "e500mc");
	threads_set_count(board.machine, 2);
	expect_refused(&board,
		       "a machine with cores on threads cannot be saved or restored: make it without threads");
	board_close(&board);

	guest_open(&board, &guests[0], "e500mc");
	assert_true(input_record(board.machine->input, "/dev/null", &manifest, 0, &err));
	expect_refused(&board, "a machine cannot be saved or restored while its input is recorded or replayed");
	board_close(&board);

	board_open(&board, &options);
	assert_true(semihost_start(board.machine, ".", &err));
	expect_refused(&board, "a machine with a directory for semihosting cannot be saved or restored yet");
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_pending_input),
		cmocka_unit_test(test_failed_restore),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
