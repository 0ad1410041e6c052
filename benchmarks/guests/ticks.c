/*
 * Eight cores that sleep but for the tick of their decrementers, each 1 ms
 * (auto-reload), for a virtual minute. The time base runs at 400 MHz.
 */
#include "tests/guests/runtime/guest.h"

#define CORES 8
#define TICK 400000u /* time-base ticks */
#define TICKS 60000u

static volatile uint32_t ticks[CORES];

/* As short as a handler can be: the tick is what is measured. IVOR holds a multiple of 16. */
asm("	.balign 16\n"
    "on_tick:\n"
    "	mtspr	272, 3\n"
    "	lis	3, 0x0800\n" /* TSR[DIS] */
    "	mtspr	336, 3\n"
    "	mfspr	3, 27\n"
    "	rlwinm	3, 3, 0, 14, 12\n" /* SRR1 without WE: awake */
    "	mtspr	27, 3\n"
    "	mfspr	3, 272\n"
    "	rfi\n");
extern const char on_tick[];

static void sleep_until(uint32_t count)
{
	unsigned me = core_number();
	uint32_t msr = mfmsr();

	mtspr(63, (uint32_t)on_tick & 0xffff0000);  /* IVPR */
	mtspr(410, (uint32_t)on_tick & 0x0000fff0); /* IVOR10 */
	mtspr(SPR_HID0, mfspr(SPR_HID0) | 0x00800000); /* DOZE */
	isync();
	mtspr(SPR_DECAR, TICK);
	mtspr(SPR_TCR, TCR_DIE | TCR_ARE);
	mtspr(SPR_DEC, TICK);
	while (ticks[me] < count) {
		asm volatile("msync\n\tmtmsr %0\n\tisync" : : "r"(msr | MSR_EE | MSR_WE) : "memory");
		ticks[me] = ticks[me] + 1;
	}
	mtmsr(msr);
}

static void other_core(void)
{
	sleep_until(0xffffffff);
}

int main(void)
{
	for (unsigned core = 1; core < CORES; core++)
		core_start(core, other_core);
	sleep_until(TICKS);
	for (unsigned core = 0; core < CORES; core++)
		CHECK(ticks[core] + 2 >= TICKS && ticks[core] <= TICKS + 2);
	print("ticks: %u\n", ticks[0]);
	return 0;
}
