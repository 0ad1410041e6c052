/* Loads and stores, one after the other through 1 MiB: 6 instructions a word. */
#include "tests/guests/runtime/guest.h"

#define WORDS (1 << 18)
#define WALKS 100

int main(void)
{
	uint32_t sum = 0;

	for (unsigned walk = 0; walk < WALKS; walk++) {
		uint32_t at = FREE_MEMORY;

		asm volatile("mtctr %2\n"
			     "1:	lwzu 0, 4(%1)\n"
			     "	add %0, %0, 0\n"
			     "	stw %0, 0(%1)\n"
			     "	lwz 0, -4(%1)\n"
			     "	stb 0, 3(%1)\n"
			     "	bdnz 1b\n"
			     : "+r"(sum), "+b"(at) : "r"(WORDS) : "r0", "ctr", "memory");
	}
	print("memory: %u walks of %u words, %8x\n", WALKS, WORDS, sum);
	return 0;
}
