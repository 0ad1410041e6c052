/* Cores beyond the first: released through the spin table. */
#include "guest.h"

static void (*volatile core_function[MAX_CORES])(void);
static volatile uint32_t core_started[MAX_CORES];

unsigned core_number(void)
{
	return mfspr(SPR_PIR);
}

unsigned core_count(void)
{
	return (read32(MPIC + 0x1000) >> 8 & 31) + 1;
}

void core_main(unsigned n)
{
	core_started[n] = 1;
	core_function[n]();
}

void core_start(unsigned n, void (*fn)(void))
{
	extern char core_entry[];
	uint32_t entry = SPIN_TABLE + 0x20 * n;

	core_function[n] = fn;
	sync();
	write32(entry + 8, 0);
	write32(entry + 12, n);
	write32(entry + 0, 0);
	write32(entry + 4, (uint32_t)core_entry);
	while (!core_started[n])
		;
}
