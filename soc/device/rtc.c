/*
 * NAME
 *   rtc - real-time clocks of the DS1307 family on an I2C bus
 *
 * BINDING
 *   compatible  "pericom,pt7c4338", "dallas,ds1307", "dallas,ds1338" (56 bytes of RAM);
 *               "dallas,ds1337", "dallas,ds1339", "dallas,ds3232" (alarms, control at 0x0e)
 *   reg         I2C address
 *
 * REGISTERS (BCD; the first byte written sets the address, which counts up and wraps)
 *   0 seconds (bit 7: the clock stands, DS1307 and DS1338)   1 minutes
 *   2 hours (bit 6: 12-hour form, bit 5 then PM)   3 day of the week, 1 to 7
 *   4 date   5 month (bit 7: century on those with alarms, as Linux reads it: the 22nd
 *   on DS1337 and DS1339, the 21st on DS3232)   6 year   7...: memory
 *
 * BEHAVIOUR
 *   It shows the fixed date of the option `epoch` at virtual time 0 and counts virtual
 *   seconds: never the host's clock. A START latches the time, so that it does not
 *   change in the middle of a read. Writing any time register sets the clock.
 *
 * KNOWN LIMITS
 *   Alarms, the square wave and calibration are memory without an effect.
 */
#include "soc/device/rtc.h"

#include <string.h>

#include "soc/build/builder.h"
#include "soc/device/i2c.h"

enum rtc_register { RTC_SECONDS, RTC_MINUTES, RTC_HOURS, RTC_DAY, RTC_DATE, RTC_MONTH, RTC_YEAR, RTC_TIME_END };

#define RTC_SIZE 0x40
#define RTC_CLOCK_HALT 0x80
#define RTC_12_HOURS 0x40
#define RTC_PM 0x20
#define RTC_CENTURY 0x80
#define RTC_SECOND INT64_C(1000000000)
#define RTC_DAY_SECONDS 86400

struct rtc {
	struct device device;
	struct i2c_slave slave;
	int64_t epoch;     /* seconds since 1970 at virtual time 0, as built */
	int64_t century;   /* year 00 with the century bit clear; 0: no such bit, bit 7 of seconds halts the clock */

	int64_t offset;    /* ns since 1970 at virtual time 0 */
	int64_t halted_at; /* ns since 1970 at which it was stopped; -1: it runs */
	uint8_t weekday;   /* added to the true day of the week, 0..6 */
	uint8_t memory[RTC_SIZE];
	uint8_t address;
	bool has_address;  /* in this transfer */
	bool twelve_hours;
};

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. Years begin in March. */
static int64_t rtc_days(int64_t year, unsigned month, unsigned date)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400;
	unsigned year_of_era = (unsigned)(y - era * 400);
	unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void rtc_date(int64_t days, int64_t *year, unsigned *month, unsigned *date)
{
	int64_t shifted = days + 719468, era = shifted / 146097;
	unsigned day_of_era = (unsigned)(shifted - era * 146097);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned m = (5 * day_of_year + 2) / 153;

	*date = day_of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

static uint8_t rtc_bcd(unsigned number)
{
	return (uint8_t)(number / 10 << 4 | number % 10);
}

static unsigned rtc_from_bcd(uint8_t bcd)
{
	return (bcd >> 4) * 10u + (bcd & 15);
}

static uint8_t rtc_encode_hours(const struct rtc *rtc, unsigned hours)
{
	if (!rtc->twelve_hours)
		return rtc_bcd(hours);
	return (uint8_t)(RTC_12_HOURS | (hours >= 12 ? RTC_PM : 0) | rtc_bcd(hours % 12 ? hours % 12 : 12));
}

static unsigned rtc_decode_hours(uint8_t byte)
{
	if (!(byte & RTC_12_HOURS))
		return rtc_from_bcd(byte & 0x3f) % 24;
	return rtc_from_bcd(byte & 0x1f) % 12 + (byte & RTC_PM ? 12 : 0);
}

/* The time registers show the present. */
static void rtc_latch(struct rtc *rtc, int64_t now)
{
	int64_t ns, seconds, days, year;
	uint8_t *time = rtc->memory;
	unsigned of_day, month, date;

	if (rtc->halted_at >= 0)
		ns = rtc->halted_at;
	else if (__builtin_add_overflow(rtc->offset, now, &ns))
		ns = INT64_MAX;
	seconds = ns / RTC_SECOND;
	days = seconds / RTC_DAY_SECONDS;
	of_day = (unsigned)(seconds % RTC_DAY_SECONDS);
	rtc_date(days, &year, &month, &date);
	time[RTC_SECONDS] = (uint8_t)(rtc_bcd(of_day % 60) | (rtc->halted_at >= 0 ? RTC_CLOCK_HALT : 0));
	time[RTC_MINUTES] = rtc_bcd(of_day / 60 % 60);
	time[RTC_HOURS] = rtc_encode_hours(rtc, of_day / 3600);
	time[RTC_DAY] = (uint8_t)((days + 4 + rtc->weekday) % 7 + 1); /* 1970-01-01 was a Thursday: 5 of 1..7 */
	time[RTC_DATE] = rtc_bcd(date);
	time[RTC_MONTH] = (uint8_t)(rtc_bcd(month) | (rtc->century && year >= rtc->century + 100 ? RTC_CENTURY : 0));
	time[RTC_YEAR] = rtc_bcd((unsigned)(year % 100));
}

/* Takes the time registers as the present. Numbers that are no date roll over into the next one. */
static void rtc_set(struct rtc *rtc, int64_t now)
{
	const uint8_t *time = rtc->memory;
	int64_t year = (rtc->century ? rtc->century : 2000) + rtc_from_bcd(time[RTC_YEAR]) % 100;
	unsigned month = rtc_from_bcd(time[RTC_MONTH] & 0x1f), date = rtc_from_bcd(time[RTC_DATE] & 0x3f);
	int64_t days, ns;

	if (rtc->century && time[RTC_MONTH] & RTC_CENTURY)
		year += 100;
	month = month < 1 ? 1 : month > 12 ? 12 : month;
	days = rtc_days(year, month, date < 1 ? 1 : date);
	rtc->twelve_hours = time[RTC_HOURS] & RTC_12_HOURS;
	ns = (days * RTC_DAY_SECONDS + (int64_t)rtc_decode_hours(time[RTC_HOURS]) * 3600 +
	      rtc_from_bcd(time[RTC_MINUTES] & 0x7f) * 60 + rtc_from_bcd(time[RTC_SECONDS] & 0x7f)) * RTC_SECOND;
	if (ns < 0)
		ns = 0; /* a DS3232 set to before 1970 */
	rtc->halted_at = !rtc->century && time[RTC_SECONDS] & RTC_CLOCK_HALT ? ns : -1;
	rtc->offset = ns - now;
	rtc->weekday = (uint8_t)(((time[RTC_DAY] & 7) + 6 - (unsigned)((days + 4) % 7) + 7) % 7);
}

static void rtc_start(void *opaque, bool read, int64_t now)
{
	struct rtc *rtc = opaque;

	rtc_latch(rtc, now);
	if (!read)
		rtc->has_address = false;
}

static void rtc_advance(struct rtc *rtc)
{
	rtc->address = (rtc->address + 1) % RTC_SIZE;
}

static void rtc_write(void *opaque, uint8_t byte, int64_t now)
{
	struct rtc *rtc = opaque;

	if (!rtc->has_address) {
		rtc->address = byte % RTC_SIZE;
		rtc->has_address = true;
		return;
	}
	rtc->memory[rtc->address] = byte;
	if (rtc->address < RTC_TIME_END)
		rtc_set(rtc, now);
	rtc_advance(rtc);
}

static uint8_t rtc_read(void *opaque, int64_t now)
{
	struct rtc *rtc = opaque;
	uint8_t byte = rtc->memory[rtc->address];

	rtc_advance(rtc);
	return byte;
}

static bool rtc_create(struct device *device, struct builder *builder, struct err *err)
{
	struct rtc *rtc = (struct rtc *)device;
	uint32_t address = tree_u32(device->node, "reg", UINT32_MAX);

	if (address > 0x7f)
		return err_set(err, "reg: is not one cell with a 7-bit I2C address");
	rtc->slave = (struct i2c_slave){ .address = (uint8_t)address, .opaque = rtc, .start = rtc_start,
					 .write = rtc_write, .read = rtc_read };
	rtc->epoch = builder_epoch(builder);
	if (tree_is_compatible(device->node, "dallas,ds3232"))
		rtc->century = 1900;
	else if (tree_is_compatible(device->node, "dallas,ds1337") || tree_is_compatible(device->node, "dallas,ds1339"))
		rtc->century = 2000;
	if (rtc->epoch < 0 || rtc->epoch > INT64_C(4102444800)) /* 1970 to 2100 */
		return err_set(err, "epoch: %lld is not between 1970 and 2100", (long long)rtc->epoch);
	return i2c_attach(builder_parent(builder), &rtc->slave, err);
}

static void rtc_reset(struct device *device)
{
	struct rtc *rtc = (struct rtc *)device;

	rtc->offset = rtc->epoch * RTC_SECOND;
	rtc->halted_at = -1;
	rtc->weekday = rtc->address = 0;
	rtc->has_address = rtc->twelve_hours = false;
	memset(rtc->memory, 0, sizeof rtc->memory);
}

static void rtc_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct rtc *rtc = (struct rtc *)device;

	state_i64(visitor, "offset", &rtc->offset);
	state_i64(visitor, "halted_at", &rtc->halted_at);
	state_u8(visitor, "weekday", &rtc->weekday);
	state_u8(visitor, "address", &rtc->address);
	state_bool(visitor, "has_address", &rtc->has_address);
	state_bool(visitor, "twelve_hours", &rtc->twelve_hours);
	visitor->bytes(visitor, "memory", rtc->memory, sizeof rtc->memory);
}

static const char *const rtc_compatible[] = {
	"pericom,pt7c4338", "dallas,ds1307", "dallas,ds1337", "dallas,ds1338", "dallas,ds1339", "dallas,ds3232", NULL
};

const struct device_class rtc_class = {
	.compatible = rtc_compatible,
	.summary = "real-time clock (DS1307 family), in virtual time",
	.size = sizeof(struct rtc),
	.create = rtc_create,
	.reset = rtc_reset,
	.visit_state = rtc_visit_state,
};
