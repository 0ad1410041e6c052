#include "sim/core/booke_timer.h"

#include <stddef.h>
#include <string.h>

#include "sim/core/core.h"
#include "sim/core/debug_event.h"

#define NEVER UINT64_MAX

/* The counter as if it had never been stopped. */
static uint64_t booke_raw_counter(const struct core *core, int64_t ticks)
{
	uint64_t tb_frequency = core->timers.tb_frequency;

	if (tb_frequency == core->time.frequency)
		return (uint64_t)ticks;
	return (uint64_t)((unsigned __int128)(uint64_t)ticks * tb_frequency / core->time.frequency);
}

static uint64_t booke_counter(const struct core *core, const struct op *op)
{
	const struct booke_timers *timers = &core->timers;

	if (timers->stopped)
		return timers->counter_offset;
	return booke_raw_counter(core, core_ticks(core, op)) + timers->counter_offset;
}

/* The first core tick at which the counter is `target` or more; INT64_MAX: beyond all time. */
static int64_t booke_tick_of_counter(const struct core *core, uint64_t target)
{
	const struct booke_timers *timers = &core->timers;
	unsigned __int128 ticks = (uint64_t)(target - timers->counter_offset);

	ticks = (ticks * core->time.frequency + timers->tb_frequency - 1) / timers->tb_frequency;
	return ticks > INT64_MAX ? INT64_MAX : (int64_t)ticks;
}

/*
 * The time of a tick as a timer's expiry: the least ns whose first tick is not
 * before it. It is the tick's own time (rounded down) unless several ticks
 * share that ns. INT64_MAX: beyond all time.
 */
static int64_t booke_expiry_of_tick(const struct core *core, int64_t tick)
{
	int64_t ns = core_ns_of_ticks(core, tick);

	return ns < INT64_MAX && core_ticks_of_ns(core, ns) < tick ? ns + 1 : ns;
}

static void booke_arm(struct core *core, struct timer *timer, uint64_t target)
{
	int64_t tick = target == NEVER || core->timers.stopped ? INT64_MAX : booke_tick_of_counter(core, target);
	int64_t expiry = tick == INT64_MAX ? INT64_MAX : booke_expiry_of_tick(core, tick);

	if (expiry == INT64_MAX)
		timer_cancel(timer);
	else if (!timer_pending(timer) || timer_expiry(timer) != expiry)
		timer_arm(timer, expiry);
}

/* The levels that TSR and TCR drive, as of time `when`. */
static void booke_update_causes(struct core *core, int64_t when)
{
	uint32_t tsr = core->timers.tsr, tcr = core->timers.tcr;

	interrupt_set_cause(core, CAUSE_DECREMENTER, tsr & TSR_DIS && tcr & TCR_DIE, when);
	interrupt_set_cause(core, CAUSE_FIT, tsr & TSR_FIS && tcr & TCR_FIE, when);
	interrupt_set_cause(core, CAUSE_WATCHDOG, tsr & TSR_WIS && tcr & TCR_WIE, when);
}

/* ---- Decrementer ---- */

static bool booke_dec_reloads(const struct core *core)
{
	return core->timers.tcr & TCR_ARE && core->timers.decar;
}

/*
 * With auto-reload DEC steps from 1 to DECAR and its period is DECAR ticks;
 * without, it steps to 0 and stops (Book III-E chapter 9). A reload that happened
 * while TSR[DIS] was set left no trace: the target is brought up to date here.
 */
static void booke_arm_dec(struct core *core, uint64_t counter)
{
	struct booke_timers *timers = &core->timers;

	if (timers->dec_running && timers->dec_target <= counter) {
		if (booke_dec_reloads(core))
			timers->dec_target += ((counter - timers->dec_target) / timers->decar + 1) * timers->decar;
		else
			timers->dec_running = false;
	}
	if (timers->dec_running && !(timers->tsr & TSR_DIS && booke_dec_reloads(core)))
		booke_arm(core, &timers->dec, timers->dec_target);
	else
		timer_cancel(&timers->dec);
}

static void booke_dec_expired(void *opaque, int64_t now)
{
	struct core *core = opaque;

	core->timers.tsr |= TSR_DIS;
	booke_arm_dec(core, core->timers.dec_target);
	booke_update_causes(core, now);
}

uint32_t booke_timers_dec(const struct core *core, const struct op *op)
{
	const struct booke_timers *timers = &core->timers;
	uint64_t counter = booke_counter(core, op);

	if (!timers->dec_running)
		return 0;
	if (counter < timers->dec_target)
		return (uint32_t)(timers->dec_target - counter);
	if (!booke_dec_reloads(core))
		return 0;
	return timers->decar - (uint32_t)((counter - timers->dec_target) % timers->decar);
}

void booke_timers_set_dec(struct core *core, const struct op *op, uint32_t value)
{
	struct booke_timers *timers = &core->timers;
	uint64_t counter = booke_counter(core, op);

	timers->dec_running = value != 0;
	timers->dec_target = counter + value;
	booke_arm_dec(core, counter);
}

void booke_timers_set_decar(struct core *core, const struct op *op, uint32_t value)
{
	struct booke_timers *timers = &core->timers;
	uint64_t counter = booke_counter(core, op);

	booke_arm_dec(core, counter);
	timers->decar = value;
	booke_arm_dec(core, counter);
}

/* ---- Fixed interval timer and watchdog: 0 to 1 steps of a TB bit ---- */

/* LSB-0 number of the bit that TCR[FPEXT,FP] select: 0b000000 is the most significant of TB. */
static unsigned booke_fit_bit(uint32_t tcr)
{
	return 63 - (tcr >> 24 & 3) - 4 * (tcr >> 13 & 15);
}

static unsigned booke_watchdog_bit(uint32_t tcr)
{
	return 63 - (tcr >> 30 & 3) - 4 * (tcr >> 17 & 15);
}

/* The counter value at which TB's `bit` next steps from 0 to 1, after `counter`. */
static uint64_t booke_next_step(const struct core *core, uint64_t counter, unsigned bit)
{
	uint64_t half = UINT64_C(1) << bit;
	uint64_t distance = ((half - 1 - (counter + core->timers.tb_offset)) & (2 * half - 1)) + 1;

	return distance && distance < NEVER - counter ? counter + distance : NEVER;
}

/* While TSR[FIS] is set a further event changes nothing. */
static void booke_arm_fit(struct core *core, uint64_t counter)
{
	struct booke_timers *timers = &core->timers;

	timers->fit_target = timers->tsr & TSR_FIS ? NEVER : booke_next_step(core, counter, booke_fit_bit(timers->tcr));
	booke_arm(core, &timers->fit, timers->fit_target);
}

static void booke_fit_expired(void *opaque, int64_t now)
{
	struct core *core = opaque;

	core->timers.tsr |= TSR_FIS;
	booke_arm_fit(core, core->timers.fit_target);
	booke_update_causes(core, now);
}

/* The third time-out with TCR[WRC] = 0 changes nothing. */
static void booke_arm_watchdog(struct core *core, uint64_t counter)
{
	struct booke_timers *timers = &core->timers;
	bool spent = timers->tsr & TSR_ENW && timers->tsr & TSR_WIS && !(timers->tcr & TCR_WRC_MASK);

	timers->watchdog_target = spent ? NEVER : booke_next_step(core, counter, booke_watchdog_bit(timers->tcr));
	booke_arm(core, &timers->watchdog, timers->watchdog_target);
}

/* Book III-E chapter 9, watchdog state machine: a reset copies WRC to TSR[WRS] and clears it. */
static void booke_watchdog_reset(struct core *core, int64_t now)
{
	struct booke_timers *timers = &core->timers;
	uint32_t wrc = timers->tcr & TCR_WRC_MASK;

	if (!wrc)
		return;
	timers->tsr = (timers->tsr & ~(uint32_t)TSR_WRS_MASK) | wrc;
	timers->tcr &= ~(uint32_t)TCR_WRC_MASK;
	if (core->platform.reset_request)
		core->platform.reset_request(core->platform.opaque, core, wrc >> 28, now);
}

static void booke_watchdog_step(struct core *core, int64_t now)
{
	struct booke_timers *timers = &core->timers;

	if (!(timers->tsr & TSR_ENW))
		timers->tsr |= TSR_ENW;
	else if (!(timers->tsr & TSR_WIS))
		timers->tsr |= TSR_WIS;
	else
		booke_watchdog_reset(core, now);
}

static void booke_watchdog_expired(void *opaque, int64_t now)
{
	struct core *core = opaque;
	uint64_t counter = core->timers.watchdog_target;

	booke_watchdog_step(core, now);
	booke_arm_watchdog(core, counter);
	booke_update_causes(core, now);
}

/* ---- Registers ---- */

static void booke_arm_all(struct core *core, uint64_t counter)
{
	booke_arm_dec(core, counter);
	booke_arm_fit(core, counter);
	booke_arm_watchdog(core, counter);
}

uint64_t booke_timers_tb(const struct core *core, const struct op *op)
{
	return booke_counter(core, op) + core->timers.tb_offset;
}

uint64_t booke_timers_atb(const struct core *core, const struct op *op)
{
	return (uint64_t)core_ticks(core, op) + core->timers.atb_offset;
}

uint32_t booke_timers_tsr(const struct core *core, const struct op *op)
{
	return core->timers.tsr;
}

/* A write that sets a selected bit which was 0 is an event too (Book III-E chapter 9). */
void booke_timers_set_tb(struct core *core, const struct op *op, uint64_t value)
{
	struct booke_timers *timers = &core->timers;
	uint64_t counter = booke_counter(core, op);
	uint64_t rising = value & ~(counter + timers->tb_offset);
	int64_t now = core_now(core, op);

	timers->tb_offset = value - counter;
	if (rising >> booke_fit_bit(timers->tcr) & 1)
		timers->tsr |= TSR_FIS;
	if (rising >> booke_watchdog_bit(timers->tcr) & 1)
		booke_watchdog_step(core, now);
	booke_arm_fit(core, counter);
	booke_arm_watchdog(core, counter);
	booke_update_causes(core, now);
}

/* TCR[WRC], once it is not 0, is changed by a reset only. */
void booke_timers_set_tcr(struct core *core, const struct op *op, uint32_t value)
{
	struct booke_timers *timers = &core->timers;
	uint64_t counter = booke_counter(core, op);

	if (timers->tcr & TCR_WRC_MASK)
		value = (value & ~(uint32_t)TCR_WRC_MASK) | (timers->tcr & TCR_WRC_MASK);
	booke_arm_dec(core, counter); /* reloads so far, by the old ARE */
	timers->tcr = value;
	booke_arm_all(core, counter);
	booke_update_causes(core, core_now(core, op));
}

void booke_timers_clear_tsr(struct core *core, const struct op *op, uint32_t bits)
{
	core->timers.tsr &= ~bits;
	booke_arm_all(core, booke_counter(core, op));
	booke_update_causes(core, core_now(core, op));
}

/* Stops or starts the counter as of this tick of the core. */
static void booke_update_enable(struct core *core, int64_t ticks)
{
	struct booke_timers *timers = &core->timers;
	bool stop = timers->input_off || (core->model->has_time_base_enable && !(core->hid0 & HID0_TBEN)) ||
		    debug_event_freezes_timers(core);
	uint64_t raw = booke_raw_counter(core, ticks);

	if (stop == timers->stopped)
		return;
	timers->stopped = stop;
	timers->counter_offset += stop ? raw : -raw;
	booke_arm_all(core, timers->counter_offset + (stop ? 0 : raw));
}

void booke_timers_update_enable(struct core *core, const struct op *op)
{
	booke_update_enable(core, core_ticks(core, op));
}

void booke_timers_set_input(struct core *core, bool on, int64_t when)
{
	core->timers.input_off = !on;
	booke_update_enable(core, core_ticks_of_ns(core, when));
}

/* ---- Life ---- */

void booke_timers_init(struct core *core, uint64_t tb_frequency)
{
	struct booke_timers *timers = &core->timers;

	timers->tb_frequency = tb_frequency;
	timer_init(&timers->dec, core->timer_list, "decrementer", booke_dec_expired, core);
	timer_init(&timers->fit, core->timer_list, "fit", booke_fit_expired, core);
	timer_init(&timers->watchdog, core->timer_list, "watchdog", booke_watchdog_expired, core);
}

void booke_timers_fini(struct core *core)
{
	timer_cancel(&core->timers.dec);
	timer_cancel(&core->timers.fit);
	timer_cancel(&core->timers.watchdog);
}

void booke_timers_reset(struct core *core)
{
	struct booke_timers *timers = &core->timers;

	timers->stopped = false;
	timers->counter_offset = -booke_raw_counter(core, core_ticks(core, NULL));
	timers->tb_offset = 0;
	timers->atb_offset = -(uint64_t)core_ticks(core, NULL);
	timers->tcr = 0;
	timers->tsr &= TSR_WRS_MASK;
	timers->decar = 0;
	timers->dec_running = false;
	booke_timers_update_enable(core, NULL);
	booke_arm_all(core, booke_counter(core, NULL));
	booke_update_causes(core, core_now(core, NULL));
}

void booke_timers_visit_state(struct core *core, struct state_visitor *visitor)
{
	struct booke_timers *timers = &core->timers;

	state_u64(visitor, "counter_offset", &timers->counter_offset);
	state_u64(visitor, "tb_offset", &timers->tb_offset);
	state_u64(visitor, "atb_offset", &timers->atb_offset);
	state_u32(visitor, "tcr", &timers->tcr);
	state_u32(visitor, "tsr", &timers->tsr);
	state_u32(visitor, "decar", &timers->decar);
	state_bool(visitor, "stopped", &timers->stopped);
	state_bool(visitor, "input_off", &timers->input_off);
	state_bool(visitor, "dec_running", &timers->dec_running);
	state_u64(visitor, "dec_target", &timers->dec_target);
	if (!visitor->whole)
		return;
	state_u64(visitor, "fit_target", &timers->fit_target);
	state_u64(visitor, "watchdog_target", &timers->watchdog_target);
	timer_visit_state(&timers->dec, visitor);
	timer_visit_state(&timers->fit, visitor);
	timer_visit_state(&timers->watchdog, visitor);
}
