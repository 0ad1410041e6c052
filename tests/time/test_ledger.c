/* sim/time/ledger: ring, totals, shares, the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/time/clock.h"
#include "sim/time/ledger.h"
#include "sim/time/timer.h"
#include "sim/time/warp.h"

static const struct warp_wait batch = { false, HOST_CLOCK_FOREVER };

static void nothing(void *opaque, int64_t now)
{
}

struct bench {
	struct clock *clock;
	struct timer_list *cpu, *uart;
	struct timer dec, rx;
};

static int setup(void **state)
{
	struct bench *bench = malloc(sizeof *bench);

	bench->clock = clock_create();
	bench->cpu = timer_list_create(bench->clock, "/cpus/cpu@0");
	bench->uart = timer_list_create(bench->clock, "/soc/serial@4500");
	timer_init(&bench->dec, bench->cpu, "decrementer", nothing, NULL);
	timer_init(&bench->rx, bench->uart, "receive", nothing, NULL);
	for (int i = 0; i < 3; i++)
		warp_add_core(bench->clock);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	clock_destroy(bench->clock);
	free(bench);
	return 0;
}

/* A warp of `ns` ended by the timer. */
static void warp(struct bench *bench, struct timer *timer, int64_t ns)
{
	timer_arm(timer, clock_now(bench->clock) + ns);
	assert_int_equal(warp_wait(bench->clock, &batch), WARP_TIMER);
	assert_true(clock_advance(bench->clock, clock_now(bench->clock)));
}

static void the_ring_keeps_the_last_entries(void **state)
{
	struct bench *bench = *state;
	struct ledger_entry entry;

	assert_int_equal(ledger_last(bench->clock), 0);
	assert_false(ledger_read(bench->clock, 0, &entry));
	assert_false(ledger_read(bench->clock, 1, &entry));
	warp(bench, &bench->dec, 5);
	assert_true(ledger_set_length(bench->clock, 4, NULL));
	assert_false(ledger_read(bench->clock, 1, &entry)); /* forgotten with the old ring */
	for (int i = 2; i <= 10; i++)
		warp(bench, &bench->dec, i);
	assert_int_equal(ledger_last(bench->clock), 10);
	assert_false(ledger_read(bench->clock, 6, &entry));
	for (uint64_t i = 7; i <= 10; i++) {
		assert_true(ledger_read(bench->clock, i, &entry));
		assert_int_equal(entry.sequence, i);
		assert_int_equal(entry.to - entry.from, i);
	}
	assert_false(ledger_read(bench->clock, 11, &entry));
}

static void bad_lengths_are_errors(void **state)
{
	struct bench *bench = *state;
	struct err err;

	assert_false(ledger_set_length(bench->clock, 0, &err));
	assert_non_null(strstr(err.text, "not 0"));
	assert_false(ledger_set_length(bench->clock, (1 << 24) + 1, &err));
}

static void totals_outlive_the_ring(void **state)
{
	struct bench *bench = *state;
	struct ledger_totals totals;

	assert_true(ledger_set_length(bench->clock, 2, NULL));
	for (int i = 1; i <= 100; i++)
		warp(bench, &bench->dec, i == 50 ? 12345 : i);
	ledger_totals(bench->clock, &totals);
	assert_int_equal(totals.count, 100);
	assert_int_equal(totals.ns, 5050 - 50 + 12345);
	assert_int_equal(totals.longest, 12345);
	assert_int_equal(totals.partial, 0);
	assert_int_equal(totals.early, 0);
	assert_int_equal(totals.needless, 0);
}

static void shares_are_by_owner_and_by_reason(void **state)
{
	struct bench *bench = *state;
	struct ledger_share owners[4], reasons[WARP_REASONS];

	warp_core_wake(bench->clock, 0, 0);
	warp_core_idle(bench->clock, 0, WARP_WAITING, 0);
	warp(bench, &bench->dec, 10);
	warp(bench, &bench->rx, 100);
	warp_core_idle(bench->clock, 1, WARP_LOOPING, 0);
	warp(bench, &bench->dec, 1000);
	assert_int_equal(ledger_by_owner(bench->clock, owners, 4), 2);
	assert_string_equal(owners[0].name, "/cpus/cpu@0");
	assert_int_equal(owners[0].count, 2);
	assert_int_equal(owners[0].ns, 1010);
	assert_string_equal(owners[1].name, "/soc/serial@4500");
	assert_int_equal(owners[1].count, 1);
	assert_int_equal(owners[1].ns, 100);
	assert_int_equal(ledger_by_owner(bench->clock, owners, 1), 2);
	ledger_by_reason(bench->clock, reasons);
	assert_string_equal(reasons[WARP_WAITING].name, "wait");
	assert_int_equal(reasons[WARP_WAITING].ns, 1110);
	assert_int_equal(reasons[WARP_WAITING].count, 3);
	assert_int_equal(reasons[WARP_PARKED].ns, 110 * 2 + 1000);
	assert_int_equal(reasons[WARP_LOOPING].ns, 1000);
	assert_int_equal(reasons[WARP_RUNNING].ns, 0);
}

static void an_entry_outlives_its_timer(void **state)
{
	struct bench *bench = *state;
	struct timer_list *list = timer_list_create(bench->clock, "script");
	struct timer *timer = malloc(sizeof *timer);
	struct ledger_entry entry;
	char name[] = "gone";

	timer_init(timer, list, name, nothing, NULL);
	warp(bench, timer, 7);
	timer_list_destroy(list);
	free(timer);
	memset(name, 'x', 4);
	assert_true(ledger_read(bench->clock, 1, &entry));
	assert_string_equal(entry.owner, "script");
	assert_string_equal(entry.name, "gone");
}

static void the_file_has_a_line_for_each(void **state)
{
	struct bench *bench = *state;
	char path[] = "/tmp/warpcore-ledger-XXXXXX", text[512];
	FILE *file;
	size_t length;

	close(mkstemp(path));
	assert_true(ledger_stream(bench->clock, path, NULL, NULL));
	warp(bench, &bench->dec, 10);
	warp_core_idle(bench->clock, 1, WARP_LOOPING, 0);
	warp(bench, &bench->rx, 5);
	assert_true(ledger_stream_stop(bench->clock, NULL));
	warp(bench, &bench->rx, 5); /* no longer written */
	file = fopen(path, "r");
	length = fread(text, 1, sizeof text - 1, file);
	text[length] = 0;
	fclose(file);
	unlink(path);
	assert_string_equal(text,
			    "sequence,end,from_ns,to_ns,owner,name,reasons,event,action\n"
			    "1,timer,0,10,\"/cpus/cpu@0\",\"decrementer\",ppp,,\n"
			    "2,timer,10,15,\"/soc/serial@4500\",\"receive\",plp,,\n"
			    "# deterministic\n");
}

/* Its first line is the caller's; its last tells of what the host had a say in. */
static void the_file_is_marked(void **state)
{
	struct bench *bench = *state;
	char path[] = "/tmp/warpcore-ledger-XXXXXX", text[512];
	FILE *file;
	size_t length;

	close(mkstemp(path));
	assert_true(ledger_stream(bench->clock, path, "board x", NULL));
	clock_note_influence(bench->clock, CLOCK_THREADS);
	clock_note_influence(bench->clock, CLOCK_ADAPTIVE);
	assert_true(ledger_stream_stop(bench->clock, NULL));
	file = fopen(path, "r");
	length = fread(text, 1, sizeof text - 1, file);
	text[length] = 0;
	fclose(file);
	unlink(path);
	assert_string_equal(text,
			    "# board x\n"
			    "sequence,end,from_ns,to_ns,owner,name,reasons,event,action\n"
			    "# not deterministic: adaptive threads\n");
}

static void what_cannot_be_written_is_an_error(void **state)
{
	struct bench *bench = *state;
	struct err err;

	assert_false(ledger_stream(bench->clock, "/nonexistent/ledger.csv", NULL, &err));
	assert_non_null(strstr(err.text, "/nonexistent/ledger.csv"));
	if (access("/dev/full", W_OK))
		return;
	assert_true(ledger_stream(bench->clock, "/dev/full", NULL, &err));
	warp(bench, &bench->dec, 10);
	assert_false(ledger_stream_stop(bench->clock, &err));
}

static void count_entry(void *opaque, const struct ledger_entry *entry)
{
	*(int64_t *)opaque += entry->to - entry->from;
}

static void a_listener_hears_each(void **state)
{
	struct bench *bench = *state;
	int64_t sum = 0;

	ledger_set_listener(bench->clock, count_entry, &sum);
	warp(bench, &bench->dec, 10);
	warp(bench, &bench->dec, 20);
	assert_int_equal(sum, 30);
}

static void the_counters_are_registered(void **state)
{
	struct bench *bench = *state;
	struct stats *stats = stats_create();
	const struct stats_entry *stat;

	clock_add_stats(bench->clock, stats);
	warp(bench, &bench->dec, 10);
	clock_advance(bench->clock, 40);
	stat = stats_find(stats, "warp.total");
	assert_int_equal(stat->read(stat->opaque), 10);
	stat = stats_find(stats, "warp.share");
	assert_int_equal(stat->read(stat->opaque), 250000);
	stat = stats_find(stats, "timers.fired");
	assert_int_equal(stat->read(stat->opaque), 1);
	stat = stats_find(stats, "pace.worst");
	assert_int_equal(stat->read(stat->opaque), 0);
	stats_destroy(stats);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_ring_keeps_the_last_entries),
		TEST(bad_lengths_are_errors),
		TEST(totals_outlive_the_ring),
		TEST(shares_are_by_owner_and_by_reason),
		TEST(an_entry_outlives_its_timer),
		TEST(the_file_has_a_line_for_each),
		TEST(the_file_is_marked),
		TEST(what_cannot_be_written_is_an_error),
		TEST(a_listener_hears_each),
		TEST(the_counters_are_registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
