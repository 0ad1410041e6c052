/* The I2C controller (MPC8544ERM chapter 12) with the clock on its bus; dates by the C library. */
#include "tests/soc/board.h"

#include <stdio.h>
#include <time.h>

#define I2C (CCSR + 0x3000)
#define ADR (I2C + 0x00)
#define FDR (I2C + 0x04)
#define CR (I2C + 0x08)
#define SR (I2C + 0x0c)
#define DR (I2C + 0x10)

enum { MEN = 0x80, MIEN = 0x40, MSTA = 0x20, MTX = 0x10, TXAK = 0x08, RSTA = 0x04 };
enum { MCF = 0x80, MBB = 0x20, MIF = 0x02, RXAK = 0x01 };

#define RTC 0x68

/* As drivers do it: each byte is followed by a look at SR and the clearing of MIF. True: acknowledged. */
static bool finish(struct board *board)
{
	uint8_t sr = board_read8(board, SR);

	assert_int_equal(sr & (MCF | MIF), MCF | MIF);
	board_write8(board, SR, 0);
	return !(sr & RXAK);
}

static bool send(struct board *board, uint8_t byte)
{
	board_write8(board, DR, byte);
	return finish(board);
}

static bool start(struct board *board, uint8_t address, bool read)
{
	board_write8(board, CR, MEN | MSTA | MTX);
	return send(board, (uint8_t)(address << 1 | read));
}

static void stop(struct board *board)
{
	board_write8(board, CR, MEN);
}

static void write_rtc(struct board *board, uint8_t reg, const uint8_t *bytes, unsigned count)
{
	assert_true(start(board, RTC, false));
	assert_true(send(board, reg));
	while (count--)
		assert_true(send(board, *bytes++));
	stop(board);
}

static void read_rtc(struct board *board, uint8_t reg, uint8_t *bytes, unsigned count)
{
	assert_true(start(board, RTC, false));
	assert_true(send(board, reg));
	board_write8(board, CR, MEN | MSTA | MTX | RSTA);
	assert_true(send(board, RTC << 1 | 1));
	board_write8(board, CR, MEN | MSTA | (count == 1 ? TXAK : 0));
	board_read8(board, DR); /* a dummy read starts the first byte */
	finish(board);
	for (unsigned i = 0; i < count; i++) {
		if (i == count - 2)
			board_write8(board, CR, MEN | MSTA | TXAK);
		if (i == count - 1)
			stop(board);
		bytes[i] = board_read8(board, DR);
		if (i < count - 1)
			finish(board);
	}
}

static unsigned bcd(uint8_t byte)
{
	assert_true((byte & 15) < 10 && byte >> 4 < 10);
	return (byte >> 4) * 10u + (byte & 15);
}

static void expect_time(struct board *board, time_t seconds)
{
	uint8_t got[7];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	read_rtc(board, 0, got, 7);
	assert_int_equal(bcd(got[0]), tm.tm_sec);
	assert_int_equal(bcd(got[1]), tm.tm_min);
	assert_int_equal(bcd(got[2]), tm.tm_hour);
	assert_int_equal(bcd(got[3]), tm.tm_wday + 1);
	assert_int_equal(bcd(got[4]), tm.tm_mday);
	assert_int_equal(bcd(got[5]), tm.tm_mon + 1);
	assert_int_equal(bcd(got[6]), tm.tm_year % 100);
}

static void test_registers(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	assert_int_equal(board_read8(&board, CR), 0);
	assert_int_equal(board_read8(&board, SR), 0x81);
	board_write8(&board, ADR, 0xff);
	assert_int_equal(board_read8(&board, ADR), 0xfe);
	board_write8(&board, FDR, 0xff);
	assert_int_equal(board_read8(&board, FDR), 0x3f);
	assert_false(start(&board, 0x33, false)); /* nobody there */
	assert_int_equal(board_read8(&board, SR) & MBB, MBB);
	stop(&board);
	assert_int_equal(board_read8(&board, SR) & MBB, 0);
	board_write8(&board, DR, 0xd0); /* not a master: no transfer */
	assert_int_equal(board_read8(&board, SR) & MIF, 0);
	board_close(&board);
}

static void test_interrupt(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CCSR + 0x40000 + 0x20080, 0);                   /* CTPR */
	board_write32(&board, CCSR + 0x40000 + 0x10000 + 43 * 0x20, 0x50043); /* source 43 */
	board_write8(&board, CR, MEN | MSTA | MTX);
	board_write8(&board, DR, RTC << 1);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write8(&board, CR, MEN | MIEN | MSTA | MTX);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write8(&board, SR, 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

static void test_clock_counts_virtual_time(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	expect_time(&board, SOC_DEFAULT_EPOCH);
	board_pass(&board, 999999999);
	expect_time(&board, SOC_DEFAULT_EPOCH);
	board_pass(&board, 1);
	expect_time(&board, SOC_DEFAULT_EPOCH + 1);
	/* Past the end of February in a leap year, and of the year. */
	for (unsigned days = 0; days < 400; days++) {
		board_pass(&board, INT64_C(86400000000000));
		expect_time(&board, SOC_DEFAULT_EPOCH + 1 + 86400 * (time_t)(days + 1));
	}
	board_close(&board);
}

static void test_epoch(void **state)
{
	struct board board;
	struct soc_options options = { .board = PPCE500, .epoch = 1709210096 }; /* 2024-02-29 12:34:56 */
	uint8_t got[7];

	board_open(&board, &options);
	read_rtc(&board, 0, got, 7);
	assert_int_equal(got[0], 0x56);
	assert_int_equal(got[1], 0x34);
	assert_int_equal(got[2], 0x12);
	assert_int_equal(got[3], 5); /* a Thursday, Sunday being 1 */
	assert_int_equal(got[4], 0x29);
	assert_int_equal(got[5], 0x02);
	assert_int_equal(got[6], 0x24);
	board_close(&board);
}

static void test_setting(void **state)
{
	static const uint8_t new_year[7] = { 0x58, 0x59, 0x23, 3, 0x31, 0x12, 0x30 }; /* 2030-12-31 23:59:58 */
	static const uint8_t pm[3] = { 0x00, 0x30, 0x40 | 0x20 | 0x11 };               /* 11:30 PM */
	static const uint8_t halt = 0x80 | 0x07, ram[3] = { 1, 2, 3 };
	struct board board;
	uint8_t got[8];

	board_open_ppce500(&board, 1);
	write_rtc(&board, 0, new_year, 7);
	read_rtc(&board, 0, got, 7);
	assert_memory_equal(got, new_year, 7);
	board_pass(&board, INT64_C(2000000000));
	read_rtc(&board, 0, got, 7);
	assert_int_equal(got[0], 0x00);
	assert_int_equal(got[2], 0x00);
	assert_int_equal(got[3], 4); /* the day of the week counts from what was set */
	assert_int_equal(got[4], 0x01);
	assert_int_equal(got[5], 0x01);
	assert_int_equal(got[6], 0x31);

	write_rtc(&board, 0, pm, 3);
	board_pass(&board, INT64_C(1800000000000));
	read_rtc(&board, 0, got, 5);
	assert_int_equal(got[2], 0x40 | 0x12); /* 12:00 AM */
	assert_int_equal(got[4], 0x02);

	write_rtc(&board, 0, &halt, 1);
	board_pass(&board, INT64_C(60000000000));
	read_rtc(&board, 0, got, 1);
	assert_int_equal(got[0], halt); /* it stands */

	write_rtc(&board, 0x3e, ram, 3); /* wraps around to the seconds */
	read_rtc(&board, 0x3e, got, 2);
	assert_memory_equal(got, ram, 2);
	read_rtc(&board, 0, got, 1);
	assert_int_equal(got[0], 3);
	board_close(&board);
}

/* The century bit, as Linux's drivers of these clocks read it; 2100 has no leap day. */
static void expect_next_day(const char *compatible, uint8_t month, uint8_t next_month)
{
	const uint8_t last[7] = { 0x59, 0x59, 0x23, 1, 0x28, month, 0x00 };
	char source[256];
	struct board board;
	uint8_t got[7];

	snprintf(source, sizeof source, "/ { soc@fe0000000 { i2c@3000 { rtc@68 { compatible = \"%s\"; }; }; }; };",
		 compatible);
	board_open_changed(&board, source);
	write_rtc(&board, 0, last, 7);
	board_pass(&board, INT64_C(1000000000));
	read_rtc(&board, 0, got, 7);
	assert_int_equal(got[5], next_month);
	assert_int_equal(got[6], 0x00);
	board_close(&board);
}

static void test_century(void **state)
{
	expect_next_day("dallas,ds1339", 0x02, 0x02);        /* 2000: the 29th */
	expect_next_day("dallas,ds1339", 0x82, 0x83);        /* 2100: March */
	expect_next_day("dallas,ds3232", 0x82, 0x82);        /* 2000 */
	expect_next_day("dallas,ds1338", 0x02, 0x02);        /* no such bit: 2000 */
}

/* A START in the middle of time latches it: the minute does not tear from the second. */
static void test_latch(void **state)
{
	static const uint8_t before[3] = { 0x59, 0x59, 0x09 };
	struct board board;
	uint8_t seconds, minutes;

	board_open_ppce500(&board, 1);
	write_rtc(&board, 0, before, 3);
	assert_true(start(&board, RTC, false));
	assert_true(send(&board, 0));
	board_write8(&board, CR, MEN | MSTA | MTX | RSTA);
	assert_true(send(&board, RTC << 1 | 1));
	board_write8(&board, CR, MEN | MSTA);
	board_read8(&board, DR);
	board_pass(&board, INT64_C(5000000000));
	seconds = board_read8(&board, DR);
	minutes = board_read8(&board, DR);
	assert_int_equal(seconds, 0x59);
	assert_int_equal(minutes, 0x59);
	stop(&board);
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_clock_counts_virtual_time),
		cmocka_unit_test(test_epoch),
		cmocka_unit_test(test_setting),
		cmocka_unit_test(test_century),
		cmocka_unit_test(test_latch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
