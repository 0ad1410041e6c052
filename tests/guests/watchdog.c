/*
 * The watchdog's third stage: nobody clears ENW and WIS, TCR[WRC] says system
 * reset, and WRC cannot be taken back.
 * guest: ends with reset
 */
#include "tests/guests/runtime/guest.h"

int main(void)
{
	mtspr(SPR_TSR, TSR_ENW | TSR_WIS);
	mtspr(SPR_TCR, TCR_WP(63 - 12) | TCR_WPEXT((63 - 12) >> 2) | TCR_WRC(3));
	mtspr(SPR_TCR, TCR_WP(63 - 12) | TCR_WPEXT((63 - 12) >> 2)); /* WRC stays */
	CHECK_EQUAL(mfspr(SPR_TCR) >> 28 & 3, 3);
	print("TSR %8x TCR %8x\n", mfspr(SPR_TSR), mfspr(SPR_TCR));
	for (;;)
		;
}
