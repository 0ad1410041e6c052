/*
 * An exit status of more than the host's programs have.
 * guest: semihost
 * guest: ends with exit 4294967295
 */
#include "sim/guest/warpcore.h"
#include "tests/guests/runtime/guest.h"

int main(void)
{
	warpcore_exit(0xffffffff);
	return 1; /* not reached */
}
