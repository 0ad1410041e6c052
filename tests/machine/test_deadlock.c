/* The diagnosis of a machine in which nothing can happen any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/core/core.h"
#include "sim/core/interrupt.h"
#include "sim/machine/machine_state.h"
#include "tests/fixture/guest.h"

#define GHZ UINT64_C(1000000000)

static bool name_place(void *opaque, uint64_t ea, char *text, size_t size)
{
	if (ea < 0x1000)
		return false;
	snprintf(text, size, "%s+0x%x", (const char *)opaque, (unsigned)ea - 0x1000);
	return true;
}

/*
 * Core 0 waits with its decrementer's interrupt pending, but MSR[EE] clear: who masks what it waits for. Core 1 spins
 * with interrupts on, core 2 waits where no symbol is, core 3 was never let go.
 */
static void it_says_what_each_core_waits_for(void **state)
{
	struct machine *m = guest_machine("e500mc", 4, GHZ);
	struct machine_event event;

	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x0400), W_MTSPR(SPR_TCR, 3), W_LI(4, 100), W_MTSPR(SPR_DEC, 4), W_WAIT);
	GUEST_CODE(m, 0x1100, W_WRTEEI(1), W_B(0));
	GUEST_CODE(m, 0x0100, W_WAIT);
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x1100);
	guest_start(m, 2, 0x0100);
	m->namer = (struct machine_namer){ (void *)"main", name_place };
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	assert_int_equal(event.time, 103); /* the decrementer fired, but that changed nothing */
	assert_string_equal(event.text,
			    "core 0 is idle in wait at 0x00001014 (main+0x14), pending but masked: decrementer; "
			    "core 1 is idle in a branch to itself at 0x00001104 (main+0x104); "
			    "core 2 is idle in wait at 0x00000104; core 3 is parked");
	machine_destroy(m);
}

/*
 * How a bare test ends that has failed: a branch to itself that no interrupt can end. Core 1 is one that had enabled
 * them, core 2 lets critical ones through.
 */
static void a_test_that_failed_is_no_idle_kernel(void **state)
{
	struct machine *m = guest_machine("e500v2", 4, GHZ);
	struct machine_event event;

	GUEST_CODE(m, 0x1000, W_LI(3, 1), W_B(0));
	GUEST_CODE(m, 0x1100, W_WRTEEI(1), W_B(0));
	GUEST_CODE(m, 0x1200, W_ADDIS(3, 0, MSR_CE >> 16), W_MTMSR(3), W_B(0));
	guest_start(m, 0, 0x1000);
	guest_start(m, 1, 0x1100);
	guest_start(m, 2, 0x1200);
	m->namer = (struct machine_namer){ (void *)"main", name_place };
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	assert_string_equal(event.text,
			    "core 0 hangs at 0x00001004 (main+0x4), a branch to itself with interrupts disabled; "
			    "core 1 is idle in a branch to itself at 0x00001104 (main+0x104); "
			    "core 2 hangs at 0x00001208 (main+0x208), a branch to itself with MSR[EE] = 0; "
			    "core 3 is parked");
	machine_destroy(m);
}

/* It executes, and a run for a time goes on to its end; so does one in which something else is still to come. */
static void a_core_that_hangs_executes(void **state)
{
	struct machine *m = guest_machine("e500v2", 2, GHZ);
	struct machine_event event;

	/* Core 1's decrementer is still to come: the run goes on until then. */
	GUEST_CODE(m, 0x1000, W_B(0));
	GUEST_CODE(m, 0x1100, W_ADDIS(3, 0, 0x0400), W_MTSPR(SPR_TCR, 3), W_LI(4, 20000), W_MTSPR(SPR_DEC, 4), W_B(0));
	guest_start(m, 0, 0x1000);
	event = guest_run(m, 10000);
	assert_int_equal(event.reason, MACHINE_TIME);
	assert_int_equal(m->cores[0]->insns, 10000);
	guest_start(m, 1, 0x1100);
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	assert_true(event.time > 20000);
	assert_string_equal(event.text,
			    "core 0 hangs at 0x00001000, a branch to itself with interrupts disabled; "
			    "core 1 hangs at 0x00001110, a branch to itself with interrupts disabled, "
			    "pending but masked: decrementer");
	machine_destroy(m);
}

/* 32 cores with long names are more than the text holds: it says that it was cut. */
static void a_text_that_is_too_long_says_so(void **state)
{
	char name[200];
	struct machine *m = guest_machine("e500mc", MACHINE_MAX_CORES, GHZ);
	struct machine_event event;

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	m->namer = (struct machine_namer){ name, name_place };
	GUEST_CODE(m, 0x1000, W_ADDIS(3, 0, 0x0400), W_MTSPR(SPR_TCR, 3), W_LI(4, 100), W_MTSPR(SPR_DEC, 4), W_WAIT);
	for (unsigned i = 0; i < MACHINE_MAX_CORES; i++)
		guest_start(m, i, 0x1000);
	event = guest_run(m, 0);
	assert_int_equal(event.reason, MACHINE_DEADLOCK);
	if (strlen(event.text) == sizeof event.text - 1)
		assert_string_equal(event.text + sizeof event.text - 6, "; ...");
	else
		assert_non_null(strstr(event.text, "core 31 is idle in wait"));
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_each_core_waits_for),
		cmocka_unit_test(a_test_that_failed_is_no_idle_kernel),
		cmocka_unit_test(a_core_that_hangs_executes),
		cmocka_unit_test(a_text_that_is_too_long_says_so),
	};

	return cmocka_run_group_tests_name("deadlock", tests, NULL, NULL);
}
