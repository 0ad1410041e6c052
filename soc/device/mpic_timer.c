/* The global timers of the MPIC; registers and behaviour stand in mpic.c's manual page. */
#include <string.h>

#include "soc/device/mpic.h"

enum mpic_timer_offset {
	MPIC_TFRR = 0x0f0,
	MPIC_TIMERS = 0x100, /* 0x40 each */
	MPIC_TIMERS_END = 0x200,
	MPIC_TCR = 0x300,
};

enum mpic_timer_register { GTCCR = 0x00, GTBCR = 0x10, GTVPR = 0x20, GTDR = 0x30 };

#define GTCCR_TOG 0x80000000u
#define GTBCR_CI 0x80000000u
#define GTBCR_COUNT 0x7fffffffu
#define TCR_CLKR_SHIFT 8 /* TCR[22:23]: 8, 16, 32 or 64 platform clocks a tick */

static void mpic_timer_arm(struct mpic_timer_group *group, struct mpic_timer *timer)
{
	timer_arm(&timer->timer, timer->origin + rate_ns_of_ticks(&group->rate, timer->loaded + timer->period));
}

static struct mpic_timer_group *mpic_timer_group_of(struct mpic_timer *timer)
{
	return &timer->mpic->group[(timer->source - MPIC_TIMER) / 4];
}

/* The count reached zero: it is loaded again, TOG turns over, and the interrupt goes out. */
static void mpic_timer_expired(void *opaque, int64_t now)
{
	struct mpic_timer *timer = opaque;
	struct mpic *mpic = timer->mpic;

	timer->loaded += timer->period;
	timer->period = timer->base & GTBCR_COUNT;
	timer->toggle = !timer->toggle;
	if (timer->period)
		mpic_timer_arm(mpic_timer_group_of(timer), timer);
	mpic_pulse(mpic, timer->source, mpic->source[timer->source].idr, now);
}

/* Whole ticks since the timer was started. */
static int64_t mpic_timer_ticks(const struct mpic_timer_group *group, const struct mpic_timer *timer, int64_t now)
{
	int64_t passed = now - timer->origin;

	return passed < 0 ? 0 : rate_ticks_of_ns(&group->rate, passed + 1) - 1;
}

static uint32_t mpic_timer_count(const struct mpic_timer_group *group, const struct mpic_timer *timer, int64_t now)
{
	int64_t into;
	bool toggle = timer->toggle;

	if (!timer->period)
		return timer->count | (toggle ? GTCCR_TOG : 0);
	into = mpic_timer_ticks(group, timer, now) - timer->loaded;
	if (into < 0)
		into = 0;
	/* The expiry of a core that is ahead of the round has not been delivered yet, but the count goes on. */
	if (into / timer->period & 1)
		toggle = !toggle;
	return (timer->period - (uint32_t)(into % timer->period)) | (toggle ? GTCCR_TOG : 0);
}

static void mpic_timer_stop(struct mpic_timer_group *group, struct mpic_timer *timer, int64_t now)
{
	timer->count = mpic_timer_count(group, timer, now) & GTBCR_COUNT;
	timer->period = 0;
	timer_cancel(&timer->timer);
}

static void mpic_timer_start(struct mpic_timer_group *group, struct mpic_timer *timer, int64_t now)
{
	timer->origin = now;
	timer->loaded = 0;
	timer->toggle = false;
	timer->count = 0;
	timer->period = timer->base & GTBCR_COUNT;
	if (timer->period)
		mpic_timer_arm(group, timer);
}

static void mpic_timer_set_base(struct mpic_timer_group *group, struct mpic_timer *timer, uint32_t value, int64_t now)
{
	bool was_inhibited = timer->base & GTBCR_CI;

	timer->base = value;
	if (value & GTBCR_CI && !was_inhibited)
		mpic_timer_stop(group, timer, now);
	else if (!(value & GTBCR_CI) && (was_inhibited || !timer->period))
		mpic_timer_start(group, timer, now);
}

/* TCR[CLKR] sets the tick: the running periods begin anew with it. */
static void mpic_timer_set_tcr(struct mpic *mpic, struct mpic_timer_group *group, uint32_t value, int64_t now)
{
	uint32_t changed = group->tcr ^ value;

	group->tcr = value & 0x07010307;
	if (!mpic->timer_divides || !(changed & 3u << TCR_CLKR_SHIFT))
		return;
	rate_init(&group->rate, mpic->timer_clock >> (value >> TCR_CLKR_SHIFT & 3), NULL);
	for (unsigned i = 0; i < 4; i++)
		if (group->timer[i].period)
			mpic_timer_start(group, &group->timer[i], now);
}

uint32_t mpic_timer_read(struct mpic *mpic, unsigned g, uint32_t offset, int64_t now)
{
	struct mpic_timer_group *group = &mpic->group[g];
	struct mpic_timer *timer;

	if (offset == MPIC_TFRR)
		return group->tfrr;
	if (offset == MPIC_TCR)
		return group->tcr;
	if (offset < MPIC_TIMERS || offset >= MPIC_TIMERS_END)
		return 0;
	timer = &group->timer[(offset - MPIC_TIMERS) / 0x40];
	switch (offset & 0x30) {
	case GTCCR: return mpic_timer_count(group, timer, now);
	case GTBCR: return timer->base;
	case GTVPR: return mpic->source[timer->source].ivpr;
	default: return mpic->source[timer->source].idr;
	}
}

void mpic_timer_write(struct mpic *mpic, unsigned g, uint32_t offset, uint32_t value, int64_t now)
{
	struct mpic_timer_group *group = &mpic->group[g];
	struct mpic_timer *timer;

	if (offset == MPIC_TFRR)
		group->tfrr = value;
	if (offset == MPIC_TCR)
		mpic_timer_set_tcr(mpic, group, value, now);
	if (offset < MPIC_TIMERS || offset >= MPIC_TIMERS_END)
		return;
	timer = &group->timer[(offset - MPIC_TIMERS) / 0x40];
	switch (offset & 0x30) {
	case GTBCR: mpic_timer_set_base(group, timer, value, now); break;
	case GTVPR: mpic_set_ivpr(mpic, timer->source, value, now); break;
	case GTDR: mpic_set_idr(mpic, timer->source, value, now); break;
	default: break; /* GTCCR is read only */
	}
}

bool mpic_timer_create(struct mpic *mpic, struct err *err)
{
	static const char *const names[2][4] = {
		{ "MPIC timer A0", "MPIC timer A1", "MPIC timer A2", "MPIC timer A3" },
		{ "MPIC timer B0", "MPIC timer B1", "MPIC timer B2", "MPIC timer B3" },
	};

	for (unsigned g = 0; g < MPIC_TIMER_GROUPS; g++) {
		if (!rate_init(&mpic->group[g].rate, mpic->timer_clock, err))
			return err_prefix(err, "clock-frequency");
		for (unsigned i = 0; i < 4; i++) {
			struct mpic_timer *timer = &mpic->group[g].timer[i];

			timer->mpic = mpic;
			timer->source = MPIC_TIMER + 4 * g + i;
			timer_init(&timer->timer, mpic->device.timers, names[g][i], mpic_timer_expired, timer);
		}
	}
	return true;
}

void mpic_timer_reset(struct mpic *mpic)
{
	for (unsigned g = 0; g < MPIC_TIMER_GROUPS; g++) {
		struct mpic_timer_group *group = &mpic->group[g];

		group->tfrr = group->tcr = 0;
		rate_init(&group->rate, mpic->timer_clock, NULL);
		for (unsigned i = 0; i < 4; i++) {
			struct mpic_timer *timer = &group->timer[i];

			timer_cancel(&timer->timer);
			timer->base = GTBCR_CI;
			timer->period = timer->count = 0;
			timer->toggle = false;
			timer->origin = timer->loaded = 0;
		}
	}
}

void mpic_timer_visit_state(struct mpic *mpic, struct state_visitor *visitor)
{
	for (unsigned g = 0; g < MPIC_TIMER_GROUPS; g++) {
		struct mpic_timer_group *group = &mpic->group[g];

		state_u32(visitor, "tfrr", &group->tfrr);
		state_u32(visitor, "tcr", &group->tcr);
		for (unsigned i = 0; i < 4; i++) {
			struct mpic_timer *timer = &group->timer[i];

			state_u32(visitor, "gtbcr", &timer->base);
			state_u32(visitor, "period", &timer->period);
			state_u32(visitor, "count", &timer->count);
			state_bool(visitor, "toggle", &timer->toggle);
			state_i64(visitor, "origin", &timer->origin);
			state_i64(visitor, "loaded", &timer->loaded);
			timer_visit_state(&timer->timer, visitor);
		}
	}
}
