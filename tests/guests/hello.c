/* The runtime itself: prints, checks, interrupts, user mode. */
#include "tests/guests/runtime/guest.h"

static volatile uint32_t bss_word;
static volatile uint32_t data_word = 0x12345678;

static void in_user_mode(void)
{
	asm volatile("mfmsr 3" : : : "r3"); /* privileged */
}

int main(void)
{
	print("hello from core %u of %u, PVR %8x\n", core_number(), core_count(), mfspr(SPR_PVR));
	CHECK_EQUAL(bss_word, 0);
	CHECK_EQUAL(data_word, 0x12345678);

	trap_handlers[6] = trap_skip;
	asm volatile("trap");
	CHECK_EQUAL(trap_count, 1);
	CHECK_EQUAL(trap_last.esr, ESR_PTR);
	user_run(in_user_mode, MSR_ME);
	CHECK_EQUAL(trap_count, 2);
	CHECK_EQUAL(trap_last.esr, ESR_PPR);
	CHECK_EQUAL(trap_last.msr & MSR_PR, MSR_PR);
	return 0;
}
