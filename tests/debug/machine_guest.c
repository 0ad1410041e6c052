/* The small machine of tests/machine, for the tests of this folder. */
#include "tests/machine/guest.c"
