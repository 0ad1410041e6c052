#include "sim/time/rate.h"

#include <inttypes.h>

static uint64_t rate_common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

bool rate_init(struct rate *rate, uint64_t frequency, struct err *err)
{
	uint64_t divisor;

	if (!frequency || frequency > UINT64_C(1) << 62)
		return err_set(err, "a clock frequency must be 1 Hz to 2^62 Hz, not %" PRIu64 " Hz", frequency);
	divisor = rate_common_divisor(frequency, (uint64_t)RATE_NS_PER_SECOND);
	rate->ns = (uint64_t)RATE_NS_PER_SECOND / divisor;
	rate->ticks = frequency / divisor;
	rate->fast_ticks = INT64_MAX / (int64_t)rate->ns;
	rate->fast_ns = (INT64_MAX - (int64_t)rate->ns) / (int64_t)rate->ticks;
	return true;
}

static int64_t rate_saturate(__int128 value)
{
	if (value > INT64_MAX)
		return INT64_MAX;
	return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

int64_t rate_ns_of_ticks_wide(const struct rate *rate, int64_t ticks)
{
	__int128 product = (__int128)ticks * rate->ns;
	__int128 quotient = product / rate->ticks;

	return rate_saturate(quotient - (product % rate->ticks < 0));
}

int64_t rate_ticks_of_ns_wide(const struct rate *rate, int64_t ns)
{
	__int128 product = (__int128)ns * rate->ticks;
	__int128 quotient = product / rate->ns;

	return rate_saturate(quotient + (product % rate->ns > 0));
}
