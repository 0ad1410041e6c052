/* Branches that a shifting pattern decides, calls and returns: 14 or 15 instructions a pass. */
#include "tests/guests/runtime/guest.h"

#define PASSES 10000000

int main(void)
{
	uint32_t pattern = 0xace1ace1, taken = 0;

	asm volatile("mtctr %2\n"
		     "1:	rlwinm. 0, %0, 0, 31, 31\n"
		     "	srwi %0, %0, 1\n"
		     "	beq 2f\n"
		     "	xoris %0, %0, 0xb400\n"
		     "	addi %1, %1, 1\n"
		     "2:	bl 5f\n"
		     "	cmpwi %1, 100\n"
		     "	blt 3f\n"
		     "	li %1, 0\n"
		     "3:	bdnz 1b\n"
		     "	b 6f\n"
		     "5:	andi. 0, %0, 6\n"
		     "	bnelr\n"
		     "	addi %1, %1, 2\n"
		     "	blr\n"
		     "6:\n"
		     : "+r"(pattern), "+r"(taken) : "r"(PASSES) : "r0", "cr0", "ctr", "lr");
	print("branches: %u passes, %8x %u\n", PASSES, pattern, taken);
	return 0;
}
