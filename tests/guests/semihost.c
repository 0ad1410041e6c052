/*
 * Calls to the simulator, from supervisor and user mode: statistics, regions, files, what is refused, the exit status.
 * Where nobody answers, it says so.
 * guest: semihost
 * guest: ends with exit 7
 */
#include "sim/guest/warpcore.h"
#include "tests/guests/runtime/guest.h"

/* The file numbers/lines, as test_guests.sh makes it: a line "00000" to "01999" each, 6 bytes with its end. */
#define FILE_NAME "numbers/lines"
#define FILE_SIZE 12000

static char buffer[3 * 4096] __attribute__((aligned(4096)));

/* Byte `at` of that file. */
static char file_byte(unsigned at)
{
	static const unsigned places[] = { 10000, 1000, 100, 10, 1 };
	unsigned column = at % 6;

	return column == 5 ? '\n' : (char)('0' + at / 6 / places[column] % 10);
}

static void check_file(unsigned offset, char *to, unsigned size, unsigned want)
{
	unsigned wrong = 0;

	to[want] = '#';
	CHECK_EQUAL(warpcore_read(FILE_NAME, offset, to, size), want);
	for (unsigned i = 0; i < want; i++)
		wrong += to[i] != file_byte(offset + i);
	CHECK_EQUAL(wrong, 0);
	CHECK_EQUAL(to[want], '#');
}

static void check_files(void)
{
	CHECK_EQUAL(warpcore_size(FILE_NAME), FILE_SIZE);
	check_file(0, buffer, 100, 100);
	check_file(17, buffer + 4090, 5000, 5000); /* over pages */
	check_file(FILE_SIZE - 3, buffer, 100, 3);
	check_file(FILE_SIZE, buffer, 100, 0);
	CHECK_EQUAL(warpcore_read(FILE_NAME, 1ull << 32, buffer, 1), 0);
	CHECK_EQUAL(warpcore_read(FILE_NAME, 0, buffer, 0), 0);
	CHECK_EQUAL(warpcore_size("empty"), 0);
	CHECK_EQUAL(warpcore_read("empty", 0, buffer, 1), 0);
	CHECK_EQUAL(warpcore_size("numbers/other"), WARPCORE_NOT_FOUND);
	CHECK_EQUAL(warpcore_size("numbers/lines/more"), WARPCORE_NOT_FOUND);
	CHECK_EQUAL(warpcore_size("numbers"), WARPCORE_DENIED);
	CHECK_EQUAL(warpcore_size("../files/empty"), WARPCORE_DENIED);
	CHECK_EQUAL(warpcore_size("/etc/passwd"), WARPCORE_DENIED);
	CHECK_EQUAL(warpcore_size(""), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_size("numbers//lines"), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_size("\x01"), WARPCORE_BAD_NAME);
}

static long long stat(const char *name)
{
	long long value;

	CHECK_EQUAL(warpcore_stat_get(name, &value), 0);
	return value;
}

static void check_stats(void)
{
	long long value = 1, insns = stat("core0.insns");

	CHECK(insns > 0);
	CHECK(stat("core0.insns") > insns);
	CHECK_EQUAL(warpcore_stat_get("guest.requests", &value), WARPCORE_NOT_FOUND);
	CHECK_EQUAL(value, 0);
	CHECK_EQUAL(warpcore_stat_set("guest.requests", -5000000000ll), 0);
	CHECK(stat("guest.requests") == -5000000000ll);
	CHECK_EQUAL(warpcore_stat_add("guest.requests", 5000000042ll), 0);
	CHECK(stat("guest.requests") == 42);
	CHECK_EQUAL(warpcore_stat_add("guest.other", 3), 0);
	CHECK(stat("guest.other") == 3);
	CHECK_EQUAL(warpcore_stat_set("core0.insns", 0), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_stat_set("guest.", 0), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_stat_set("guest.A", 0), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_stat_set("guest.0123456789012345678901234567890123456789012345678901234567", 0),
		    WARPCORE_BAD_NAME); /* 64 bytes */
	CHECK_EQUAL(warpcore_stat_get("no.such", &value), WARPCORE_NOT_FOUND);
}

static void check_regions(void)
{
	CHECK_EQUAL(warpcore_begin("outer"), 0);
	CHECK_EQUAL(warpcore_begin("inner part"), 0);
	CHECK_EQUAL(warpcore_begin("outer"), WARPCORE_NOT_NOW);
	CHECK_EQUAL(warpcore_end("inner part"), 0);
	CHECK_EQUAL(warpcore_end("outer"), 0);
	CHECK_EQUAL(warpcore_end("outer"), WARPCORE_NOT_NOW);
	CHECK_EQUAL(warpcore_end("never"), WARPCORE_NOT_NOW);
}

/* Bad pointers are an error of the call and never an interrupt. */
static void check_addresses(void)
{
	struct warpcore_arguments bad_name = { (const char *)0, 0, 0, 0 };
	struct warpcore_arguments nowhere = { FILE_NAME, (void *)0x70000123, 16, 0 };
	struct warpcore_arguments registers = { FILE_NAME, (void *)(UART0 + 7), 1, 0 };
	unsigned long long result;

	CHECK_EQUAL(warpcore_call_once(WARPCORE_FILE_READ, &nowhere, &result), WARPCORE_FAULT);
	CHECK_EQUAL(result >> 32, 1);
	CHECK_EQUAL(result, 0x70000123);
	CHECK_EQUAL(warpcore_call_once(WARPCORE_FILE_READ, &registers, &result), WARPCORE_ADDRESS);
	CHECK_EQUAL(warpcore_call_once(WARPCORE_FILE_SIZE, &bad_name, &result), WARPCORE_BAD_NAME);
	CHECK_EQUAL(warpcore_call_once((enum warpcore_call)99, &bad_name, &result), WARPCORE_NO_CALL);
	CHECK_EQUAL(trap_count, 0);
}

static void in_user_mode(void)
{
	check_file(6, buffer, 20, 20);
	warpcore_stat_add("guest.user", 1);
	asm volatile("sc");
}

static void check_all(void)
{
	check_stats();
	check_regions();
	check_files();
	check_addresses();
	user_run(in_user_mode, MSR_ME);
	CHECK(stat("guest.user") == 1);
}

int main(void)
{
	if (!warpcore_present()) {
		print("nobody answers\n");
		CHECK_EQUAL(warpcore_size(FILE_NAME), WARPCORE_ABSENT);
		CHECK_EQUAL(warpcore_exit(1), WARPCORE_ABSENT);
		return 0;
	}
	check_all();
	warpcore_exit(check_failures ? 100 + check_failures : 7);
	return 1; /* not reached */
}
