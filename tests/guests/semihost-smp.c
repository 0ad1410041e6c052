/*
 * Four cores that make calls at the same time: additions to one statistic are not lost, each core reads the file right.
 * guest: cores 4
 * guest: semihost
 * guest: ends with exit 0
 */
#include "sim/guest/warpcore.h"
#include "tests/guests/runtime/guest.h"

#define ROUNDS 300

static char line[MAX_CORES][8];
static volatile uint32_t done[MAX_CORES];

static void work(void)
{
	unsigned core = core_number();

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned number = (i * 37 + core * 11) % 2000;

		warpcore_stat_add("guest.additions", 1);
		CHECK_EQUAL(warpcore_read("numbers/lines", 6 * number + 1, line[core], 4), 4);
		CHECK_EQUAL(line[core][2], '0' + number / 10 % 10);
		CHECK_EQUAL(line[core][3], '0' + number % 10);
	}
	sync();
	done[core] = 1;
}

static void other_core(void)
{
	work();
	idle_forever();
}

int main(void)
{
	long long additions;

	for (unsigned core = 1; core < core_count(); core++)
		core_start(core, other_core);
	work();
	for (unsigned core = 1; core < core_count(); core++)
		while (!done[core])
			;
	CHECK_EQUAL(warpcore_stat_get("guest.additions", &additions), 0);
	CHECK_EQUAL(additions, ROUNDS * core_count());
	warpcore_exit(check_failures);
	return 1; /* not reached */
}
