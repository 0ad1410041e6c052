/* Interrupts in C. */
#include "guest.h"

trap_fn *volatile trap_handlers[48];
volatile struct frame trap_last;
volatile unsigned trap_count;

void trap(struct frame *frame)
{
	trap_fn *handler = frame->ivor < 48 ? trap_handlers[frame->ivor] : 0;

	if (handler) {
		handler(frame);
		return;
	}
	print("unexpected interrupt %u at %8x: MSR %8x ESR %8x DEAR %8x LR %8x core %u\n", frame->ivor, frame->pc,
	      frame->msr, frame->esr, frame->dear, frame->lr, core_number());
	guest_exit(255);
}

static void record(const struct frame *frame)
{
	const uint32_t *from = (const uint32_t *)frame;
	volatile uint32_t *to = (volatile uint32_t *)&trap_last;

	for (unsigned i = 0; i < sizeof *frame / 4; i++)
		to[i] = from[i];
	trap_count++;
}

void trap_skip(struct frame *frame)
{
	record(frame);
	frame->pc += 4;
}

static uint32_t user_msr;

static void user_return(struct frame *frame)
{
	frame->msr = user_msr;
}

void run_user(void (*fn)(void), uint32_t msr);

void user_run(void (*fn)(void), uint32_t msr)
{
	trap_fn *before = trap_handlers[8];

	user_msr = mfmsr();
	trap_handlers[8] = user_return;
	run_user(fn, msr | MSR_PR);
	trap_handlers[8] = before;
}

uint64_t timebase(void)
{
	uint32_t high, low, again;

	do {
		high = mfspr(SPR_TBU_READ);
		low = mfspr(SPR_TBL_READ);
		again = mfspr(SPR_TBU_READ);
	} while (high != again);
	return (uint64_t)high << 32 | low;
}
