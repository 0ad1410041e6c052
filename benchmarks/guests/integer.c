/* Arithmetic in registers: 8 instructions a pass, no memory. */
#include "tests/guests/runtime/guest.h"

#define PASSES 50000000

int main(void)
{
	uint32_t a = 1, b = 2, c = 3;

	asm volatile("mtctr %3\n"
		     "1:	add %0, %0, %1\n"
		     "	xor %1, %1, %2\n"
		     "	rlwinm %2, %0, 7, 0, 31\n"
		     "	addi %0, %0, 13\n"
		     "	subf %1, %2, %1\n"
		     "	and %2, %2, %0\n"
		     "	or %0, %0, %1\n"
		     "	bdnz 1b\n"
		     : "+r"(a), "+r"(b), "+r"(c) : "r"(PASSES) : "ctr");
	print("integer: %u passes of 8, %8x\n", PASSES, a + b + c);
	return 0;
}
