#include "sim/time/pacing.h"

#include <inttypes.h>

#define PACING_MAX_FACTOR INT64_C(1000000)

bool pacing_set_speed(struct pacing *pacing, int64_t numerator, int64_t denominator, struct err *err)
{
	if (numerator < 1 || denominator < 1 || numerator > PACING_MAX_FACTOR || denominator > PACING_MAX_FACTOR)
		return err_set(err, "a speed must be a fraction of numbers from 1 to 1000000, not %" PRId64 "/%" PRId64,
			       numerator, denominator);
	pacing->numerator = numerator;
	pacing->denominator = denominator;
	pacing->anchored = false;
	return true;
}

static int64_t pacing_saturate(__int128 value)
{
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

int64_t pacing_virtual_ns(const struct pacing *pacing, int64_t host)
{
	return pacing_saturate((__int128)host * pacing->numerator / pacing->denominator);
}

int64_t pacing_host_ns(const struct pacing *pacing, int64_t now)
{
	return pacing_saturate(((__int128)now * pacing->denominator + pacing->numerator - 1) / pacing->numerator);
}

static void pacing_anchor(struct pacing *pacing, int64_t host, int64_t now)
{
	pacing->anchored = true;
	pacing->anchor_host = host;
	pacing->anchor_now = now;
}

int64_t pacing_host_at(struct pacing *pacing, int64_t host, int64_t now)
{
	int64_t at;

	if (!pacing->anchored)
		pacing_anchor(pacing, host, now);
	at = pacing_saturate((__int128)pacing->anchor_host + pacing_host_ns(pacing, now - pacing->anchor_now));
	pacing->behind = at < host ? host - at : 0;
	if (pacing->behind > pacing->worst)
		pacing->worst = pacing->behind;
	if (pacing->behind > PACING_MAX_LAG) {
		pacing->slips++;
		at = host - PACING_MAX_LAG;
		pacing_anchor(pacing, at, now);
	}
	return at;
}

uint32_t pacing_adapt(const struct pacing *pacing, uint32_t cpi, int64_t executed, int64_t host)
{
	__int128 asked, wanted;

	if (executed <= 0 || host <= 0)
		return cpi;
	asked = pacing_virtual_ns(pacing, host);
	if (32 * asked <= 33 * (__int128)executed && 8 * asked >= 7 * (__int128)executed)
		return cpi;
	wanted = (cpi * asked + executed - 1) / executed;
	if (wanted < 1)
		return 1;
	return wanted > PACING_MAX_CPI ? PACING_MAX_CPI : (uint32_t)wanted;
}
