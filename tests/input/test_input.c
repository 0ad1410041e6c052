/*
 * sim/time/input: record and replay. The guest here is a few numbers that mix
 * time, instructions and input, driven in rounds as a machine is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/time/clock.h"
#include "sim/input/input.h"
#include "sim/time/timer.h"
#include "sim/time/warp.h"
#include "tests/fixture/fake_host.h"

#define MS INT64_C(1000000)
#define QUANTUM 10000
#define HOST_ORIGIN INT64_C(1000000000)

static const struct input_manifest manifest = { "1.2.3", "b0a2d", "quantum=10000" };

struct guest {
	struct fake_host host;
	struct clock *clock;
	struct input *input;
	struct input_port *port;
	struct timer tick, soon;
	int64_t insns, busy_until;
	uint64_t state;
	bool broken; /* runs one instruction too many */
	bool ahead;  /* a core has run on past the present */
	int received;
	char text[64];
};

static void mix(struct guest *guest, uint64_t value)
{
	guest->state = (guest->state ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	guest->state ^= guest->state >> 29;
}

static void guest_wake(struct guest *guest, int64_t now, int64_t work)
{
	warp_core_wake(guest->clock, 0, now);
	guest->busy_until = now + work;
}

static void on_tick(void *opaque, int64_t now)
{
	struct guest *guest = opaque;

	mix(guest, (uint64_t)now);
	timer_arm(&guest->tick, now + 2 * MS);
	guest_wake(guest, now, 12345);
}

static void on_soon(void *opaque, int64_t now)
{
	mix(opaque, (uint64_t)now + 1);
}

static void receive(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	struct guest *guest = opaque;

	guest->received++;
	for (size_t i = 0; i < count; i++)
		mix(guest, bytes[i] + (uint64_t)now);
	mix(guest, (uint64_t)guest->insns);
	snprintf(guest->text, sizeof guest->text, "%.*s", (int)count, (const char *)bytes);
	timer_arm(&guest->soon, now); /* due at once: goes before a second input */
	guest_wake(guest, now, 23456);
}

static int64_t guest_insns(void *opaque)
{
	return ((struct guest *)opaque)->insns;
}

static void guest_digest(void *opaque, char digest[33])
{
	struct guest *guest = opaque;

	snprintf(digest, 33, "%016llx%016llx", (unsigned long long)guest->state, (unsigned long long)guest->insns);
}

static bool guest_level(void *opaque)
{
	return !((struct guest *)opaque)->ahead;
}

static void guest_init(struct guest *guest)
{
	struct timer_list *list;

	memset(guest, 0, sizeof *guest);
	fake_host_init(&guest->host);
	guest->clock = clock_create();
	clock_set_host(guest->clock, &guest->host.clock);
	list = timer_list_create(guest->clock, "/cpus/cpu@0");
	timer_init(&guest->tick, list, "tick", on_tick, guest);
	timer_init(&guest->soon, list, "soon", on_soon, guest);
	guest->input = input_create(guest->clock, (struct input_machine){
		.insns = guest_insns, .digest = guest_digest, .level = guest_level, .opaque = guest,
	});
	guest->port = input_add_port(guest->input, "/soc/serial@4500", receive, guest);
	warp_add_core(guest->clock);
	timer_arm(&guest->tick, 2 * MS);
}

static void guest_fini(struct guest *guest)
{
	input_destroy(guest->input);
	clock_destroy(guest->clock);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* One round of the only core: an instruction a ns. */
static void guest_round(struct guest *guest, int64_t until)
{
	int64_t now = clock_now(guest->clock);
	int64_t horizon = earlier(earlier(now + QUANTUM, clock_deadline(guest->clock)), until);
	int64_t end = earlier(horizon, guest->busy_until);

	guest->insns += end - now + (guest->broken && now > 5 * MS);
	guest->broken = guest->broken && now <= 5 * MS;
	mix(guest, (uint64_t)horizon);
	if (guest->busy_until <= end)
		warp_core_idle(guest->clock, 0, WARP_WAITING, end);
	clock_advance(guest->clock, end);
}

/* The main loop. False: input_deliver said so. */
static bool guest_run(struct guest *guest, int64_t until, struct err *err)
{
	const struct warp_wait how = { false, HOST_CLOCK_FOREVER };

	warp_set_limit(guest->clock, until);
	while (clock_now(guest->clock) < until) {
		if (!input_deliver(guest->input, err))
			return false;
		clock_observe(guest->clock, clock_now(guest->clock));
		switch (warp_wait(guest->clock, &how)) {
		case WARP_TIMER: clock_advance(guest->clock, clock_now(guest->clock)); break;
		case WARP_RUN: guest_round(guest, until); break;
		default: break;
		}
	}
	clock_advance(guest->clock, until);
	return input_deliver(guest->input, err);
}

static void post_text(void *opaque)
{
	struct guest *guest = opaque;

	assert_true(input_post(guest->port, "ls\n", 3));
}

static void post_two(void *opaque)
{
	struct guest *guest = opaque;

	assert_true(input_post(guest->port, "\"a\\\x80\"", 5));
	assert_true(input_post(guest->port, "", 0));
}

static char path[] = "/tmp/warpcore-input-XXXXXX";

static int make_path(void **state)
{
	strcpy(path + strlen(path) - 6, "XXXXXX");
	close(mkstemp(path));
	return 0;
}

static int remove_path(void **state)
{
	return unlink(path);
}

/* A realtime run with three moments of live input; returns its final state. */
static uint64_t record(int64_t interval)
{
	struct guest guest;
	uint64_t state;

	guest_init(&guest);
	warp_set_policy(guest.clock, WARP_REALTIME);
	assert_true(input_record(guest.input, path, &manifest, interval, NULL));
	fake_host_plan(&guest.host, HOST_ORIGIN + 3 * MS + 141, post_text, &guest);
	fake_host_plan(&guest.host, HOST_ORIGIN + 7 * MS + 59, post_two, &guest);
	fake_host_plan(&guest.host, HOST_ORIGIN + 11 * MS + 3, post_text, &guest);
	assert_true(guest_run(&guest, 20 * MS, NULL));
	assert_int_equal(guest.received, 4);
	assert_true(input_finish(guest.input, NULL));
	assert_int_equal(clock_influences(guest.clock), 0);
	state = guest.state;
	guest_fini(&guest);
	return state;
}

static void a_replay_is_the_recorded_run(void **state)
{
	uint64_t recorded = record(3 * MS);
	struct guest guest;

	for (int policy = WARP_JUMP; policy <= WARP_REALTIME; policy++) {
		guest_init(&guest);
		warp_set_policy(guest.clock, policy);
		assert_true(input_replay(guest.input, path, &manifest, NULL));
		assert_true(guest_run(&guest, 20 * MS, NULL));
		assert_true(input_finish(guest.input, NULL));
		assert_int_equal(guest.state, recorded);
		assert_int_equal(guest.received, 4);
		assert_int_equal(clock_influences(guest.clock), 0);
		guest_fini(&guest);
	}
}

static void the_file_reads_as_documented(void **state)
{
	struct input_log log;

	record(0);
	assert_true(input_log_read(&log, path, NULL));
	assert_string_equal(log.version, "1.2.3");
	assert_int_equal(log.count, 5);
	assert_int_equal(log.entries[0].now, 3 * MS + 141);
	assert_int_equal(log.entries[0].insns, 12345);
	assert_string_equal(log.entries[0].port, "/soc/serial@4500");
	assert_memory_equal(log.entries[0].bytes, "ls\n", 3);
	assert_int_equal(log.entries[1].count, 5);
	assert_memory_equal(log.entries[1].bytes, "\"a\\\x80\"", 5);
	assert_int_equal(log.entries[2].count, 0);
	assert_int_equal(log.entries[2].now, 7 * MS + 59);
	assert_int_equal(log.entries[4].kind, INPUT_END);
	assert_int_equal(log.entries[4].now, 20 * MS);
	input_log_free(&log);
}

static void the_world_waits_until_a_replay_is_over(void **state)
{
	struct guest guest;

	record(0);
	guest_init(&guest);
	assert_true(input_replay(guest.input, path, &manifest, NULL));
	assert_true(guest_run(&guest, 12 * MS, NULL));
	assert_true(input_replaying(guest.input));
	assert_false(input_post(guest.port, "x", 1));
	assert_true(guest_run(&guest, 20 * MS, NULL));
	assert_false(input_replaying(guest.input));
	assert_true(input_post(guest.port, "x", 1));
	assert_true(guest_run(&guest, 22 * MS, NULL));
	assert_string_equal(guest.text, "x");
	assert_int_equal(clock_influences(guest.clock), CLOCK_INPUT);
	guest_fini(&guest);
}

/* Replays with something changed in the guest; the error. */
static struct err diverge(int64_t until, void (*change)(struct guest *guest))
{
	struct guest guest;
	struct err err = { "" };

	guest_init(&guest);
	change(&guest);
	assert_true(input_replay(guest.input, path, &manifest, NULL));
	if (guest_run(&guest, until, &err))
		assert_false(input_finish(guest.input, &err));
	guest_fini(&guest);
	return err;
}

static void run_too_many(struct guest *guest)
{
	guest->broken = true;
}

static void change_state(struct guest *guest)
{
	guest->state = 1;
}

static void change_nothing(struct guest *guest)
{
}

static void a_divergence_says_where(void **state)
{
	struct err err;

	record(0);
	err = diverge(20 * MS, run_too_many);
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, ":6: the replay diverges: recorded at 7000059 ns after 60491 instructions"));
	assert_non_null(strstr(err.text, "after 60492"));
	err = diverge(20 * MS, change_state);
	assert_non_null(strstr(err.text, ":9:"));
	assert_non_null(strstr(err.text, "digest"));
	err = diverge(8 * MS, change_nothing);
	assert_non_null(strstr(err.text, ":8:"));
	assert_non_null(strstr(err.text, "where the run ends"));
	record(3 * MS);
	err = diverge(20 * MS, change_state);
	assert_non_null(strstr(err.text, ":6:")); /* the first digest, behind the first input */
}

static void live_input_makes_a_run_its_own(void **state)
{
	struct guest guest;

	guest_init(&guest);
	assert_true(input_post(guest.port, "x", 1));
	assert_true(guest_run(&guest, MS, NULL));
	assert_int_equal(guest.received, 1);
	assert_int_equal(clock_influences(guest.clock), CLOCK_INPUT);
	assert_true(input_finish(guest.input, NULL));
	guest_fini(&guest);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void replay_fails(const char *text, const char *complaint)
{
	struct guest guest;
	struct err err = { "" };

	if (text)
		write_file(text);
	guest_init(&guest);
	assert_false(input_replay(guest.input, path, &manifest, &err));
	if (!strstr(err.text, complaint) || !strstr(err.text, path))
		fail_msg("\"%s\" does not say \"%s\"", err.text, complaint);
	guest_fini(&guest);
}

#define HEAD "warpcore-input-log 1\nversion 1.2.3\nboard b0a2d\noptions quantum=10000\n"

/* There is no moment at which a replay could end a round for it: it waits until there is one. */
static void an_input_waits_for_a_core_that_is_ahead(void **state)
{
	struct guest guest;
	struct err err;

	guest_init(&guest);
	guest.ahead = true;
	post_text(&guest);
	assert_true(input_deliver(guest.input, &err));
	assert_int_equal(guest.received, 0);
	guest.ahead = false;
	assert_true(input_deliver(guest.input, &err));
	assert_int_equal(guest.received, 1);
	guest_fini(&guest);
}

static void bad_files_are_errors(void **state)
{
	replay_fails("", ":0: the file ends within its head");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	replay_fails(NULL, ":0: Is a directory");
	assert_int_equal(rmdir(path), 0);
	replay_fails("hello\n", ":1: not an input log");
	replay_fails("warpcore-input-log 1\nboard 1\n", ":2: no \"version\"");
	replay_fails("warpcore-input-log 1\nversion 9\nboard b0a2d\noptions quantum=10000\n", "another version");
	replay_fails("warpcore-input-log 1\nversion 1.2.3\nboard x\noptions quantum=10000\n",
		     "another board: x, here it is b0a2d");
	replay_fails("warpcore-input-log 1\nversion 1.2.3\nboard b0a2d\noptions none\n", "another set of options");
	replay_fails(HEAD "1 1 input \"/soc/serial@4500\" \"a", ":5: the file is cut off here");
	replay_fails(HEAD "1 1 input \"/soc/serial@4600\" \"a\"\n",
		     ":5: this machine has no input \"/soc/serial@4600\"");
	replay_fails(HEAD "2 2 input \"/soc/serial@4500\" \"a\"\n1 3 input \"/soc/serial@4500\" \"a\"\n",
		     ":6: earlier");
	replay_fails(HEAD "1 1 end 00000000000000000000000000000000\n1 1 end 00000000000000000000000000000000\n",
		     ":6: nothing may follow");
	static const char *const lines[] = {
		"x",
		"",
		"1",
		"1 ",
		"1 2",
		"1 2 ",
		"1 2 input",
		"1 2 input ",
		"1 2 input \"",
		"1 2 input \"a\"",
		"1 2 input \"a\" ",
		"1 2 input \"a\" \"",
		"1 2 input \"a\" \"\\\"",
		"1 2 input \"a\" \"\\x1\"",
		"1 2 input \"a\" \"\\x1g\"",
		"1 2 input \"a\" \"b\" ",
		"1 2 input \"a\\x00b\" \"b\"",
		"-1 2 input \"a\" \"b\"",
		"1 99999999999999999999 end 0",
		"1 2 digest",
		"1 2 digest 0",
		"1 2 end 0000000000000000000000000000000g",
		"1 2 other 1",
		"1 2 input \"\t\" \"\"",
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char text[256];

		snprintf(text, sizeof text, HEAD "%s\n", lines[i]);
		replay_fails(text, ":5: not an entry");
	}
}

static void a_recording_cut_off_at_a_line_replays(void **state)
{
	struct guest guest;

	write_file(HEAD "5 0 input \"/soc/serial@4500\" \"a\"\n");
	guest_init(&guest);
	assert_true(input_replay(guest.input, path, &manifest, NULL));
	assert_true(guest_run(&guest, MS, NULL));
	assert_int_equal(guest.received, 1);
	assert_true(input_finish(guest.input, NULL));
	guest_fini(&guest);
}

static void one_file_a_run(void **state)
{
	struct guest guest;
	struct err err;

	guest_init(&guest);
	assert_false(input_record(guest.input, "/nonexistent/log", &manifest, 0, &err));
	assert_non_null(strstr(err.text, "/nonexistent/log"));
	assert_false(input_replay(guest.input, "/nonexistent/log", &manifest, &err));
	assert_true(input_record(guest.input, path, &manifest, 0, &err));
	assert_false(input_record(guest.input, path, &manifest, 0, &err));
	assert_false(input_replay(guest.input, path, &manifest, &err));
	assert_null(input_find_port(guest.input, "/soc/serial@4600"));
	guest_fini(&guest);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make_path, remove_path)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_replay_is_the_recorded_run),
		TEST(the_file_reads_as_documented),
		TEST(the_world_waits_until_a_replay_is_over),
		TEST(a_divergence_says_where),
		TEST(live_input_makes_a_run_its_own),
		TEST(an_input_waits_for_a_core_that_is_ahead),
		TEST(bad_files_are_errors),
		TEST(a_recording_cut_off_at_a_line_replays),
		TEST(one_file_a_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
