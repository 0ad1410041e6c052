/* Starts and ends: what a run costs before and behind the work. */
#include "tests/guests/runtime/guest.h"

int main(void)
{
	print("nothing\n");
	return 0;
}
