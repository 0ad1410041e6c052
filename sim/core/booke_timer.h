/*
 * The timers of one core: time base, alternate time base, decrementer, fixed
 * interval timer, watchdog (E500CORERM chapter "Timer facilities"; Power ISA
 * Book III-E chapter 9). All of them count virtual time: the core's own ticks.
 *
 * They share one free-running counter at the time-base frequency,
 *
 *     counter = floor(ticks * tb_frequency / frequency) + counter_offset
 *
 * which stands still while HID0[TBEN] is 0 (e500v2) or DBCR0[FT] freezes the
 * timers. TB = counter + tb_offset; the decrementer and the events of FIT and
 * watchdog are points on it. An event is armed as a virtual timer at the first
 * core tick at which the counter has reached it, so that software sees it
 * neither a tick early nor late.
 */
#ifndef WARPCORE_CORE_BOOKE_TIMER_H
#define WARPCORE_CORE_BOOKE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/state.h"
#include "sim/time/timer.h"

struct core;
struct op;

/*
 * TCR:  0  WP  1 | 2 WRC 3 | 4 WIE | 5 DIE | 6 FP 7 | 8 FIE | 9 ARE | - | 11 WPEXT 14 | 15 FPEXT 18 | -
 * TSR:  0 ENW | 1 WIS | 2 WRS 3 | 4 DIS | 5 FIS | -
 */
enum tcr_bit {
	TCR_WRC_MASK = 3 << 28,
	TCR_WIE = 1 << 27,
	TCR_DIE = 1 << 26,
	TCR_FIE = 1 << 23,
	TCR_ARE = 1 << 22,
};

enum tsr_bit {
	TSR_ENW = 1u << 31,
	TSR_WIS = 1 << 30,
	TSR_WRS_MASK = 3 << 28,
	TSR_DIS = 1 << 27,
	TSR_FIS = 1 << 26,
};

struct booke_timers {
	uint64_t tb_frequency; /* Hz */
	uint64_t counter_offset; /* while the counter stands: its value */
	uint64_t tb_offset;    /* TB = counter + offset, mod 2^64 */
	uint64_t atb_offset;
	uint32_t tcr, tsr, decar;
	bool stopped;           /* the counter stands */
	bool input_off;         /* the SoC holds the core's time base enable input low */
	bool dec_running;       /* false: DEC stands at 0 */
	uint64_t dec_target;    /* counter value at which DEC steps from 1 */
	uint64_t fit_target, watchdog_target; /* counter value of the next event armed; valid while pending */
	struct timer dec, fit, watchdog;
};

void booke_timers_init(struct core *core, uint64_t tb_frequency);
void booke_timers_fini(struct core *core);
/* TSR[WRS] stays: it tells the software which reset the watchdog made. */
void booke_timers_reset(struct core *core);

/* `op` gives the exact time of the access; NULL stands for a block boundary. */
uint64_t booke_timers_tb(const struct core *core, const struct op *op);
/* The alternate time base counts core clocks (E500CORERM 2.6). */
uint64_t booke_timers_atb(const struct core *core, const struct op *op);
uint32_t booke_timers_dec(const struct core *core, const struct op *op);
uint32_t booke_timers_tsr(const struct core *core, const struct op *op);
void booke_timers_set_tb(struct core *core, const struct op *op, uint64_t value);
void booke_timers_set_dec(struct core *core, const struct op *op, uint32_t value);
void booke_timers_set_decar(struct core *core, const struct op *op, uint32_t value);
void booke_timers_set_tcr(struct core *core, const struct op *op, uint32_t value);
/* Write one to clear. */
void booke_timers_clear_tsr(struct core *core, const struct op *op, uint32_t bits);
/* After a change of HID0[TBEN], DBCR0[FT] or DBSR: stops or starts the counter. */
void booke_timers_update_enable(struct core *core, const struct op *op);
/*
 * The core's time base enable input (tben), as of virtual time `when`, whatever the core's own time is: cores whose
 * inputs go off and on together count alike. Between rounds.
 */
void booke_timers_set_input(struct core *core, bool on, int64_t when);

void booke_timers_visit_state(struct core *core, struct state_visitor *visitor);

#endif
