/* A register read in a loop: 4 instructions a pass, each ends what was translated or decoded. */
#include "tests/guests/runtime/guest.h"

#define PASSES 1000000

int main(void)
{
	uint32_t sum = 0;

	for (unsigned pass = 0; pass < PASSES; pass++)
		sum += read32(MPIC + 0x1000);
	print("mmio: %u reads, %8x\n", PASSES, sum);
	return 0;
}
