/* What stops a core's time base or the core itself: DEVDISR of PQ3 (MPC8572ERM 20.4.1.15), RCPM of QorIQ. */
#include "tests/soc/board.h"

#include "sim/core/booke_timer.h"

#define DEVDISR (CCSR + 0xe0070)
#define RCPM (CCSR + 0xe2000)
#define CDOZCR (RCPM + 0x0c)
#define CNAPSR (RCPM + 0x14)
#define CNAPCR (RCPM + 0x1c)
#define CTBENR (RCPM + 0x84)

static const char with_rcpm[] =
	"/ { soc@fe0000000 { rcpm@e2000 { compatible = \"fsl,qoriq-rcpm-1.0\"; reg = <0xe2000 0x1000>; }; }; };";

/* The cores sleep in the spin table; their own time follows. */
static void pass(struct board *board, int64_t ns)
{
	board_pass(board, ns);
	for (unsigned i = 0; i < board->machine->ncores; i++)
		core_idle_until(board->machine->cores[i], machine_now(board->machine));
}

static uint64_t timebase(const struct board *board, unsigned core)
{
	return booke_timers_tb(board->machine->cores[core], NULL);
}

/* 400 MHz: 400 ticks a microsecond. */
static void test_devdisr(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 400);
	assert_int_equal(timebase(&board, 1), 400);
	board_write32(&board, DEVDISR, 0x5000);
	assert_int_equal(board_read32(&board, DEVDISR), 0x5000);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 400);
	assert_int_equal(timebase(&board, 1), 400);
	booke_timers_set_tb(board.machine->cores[1], NULL, timebase(&board, 0)); /* as a kernel sets them alike */
	pass(&board, 777);
	board_write32(&board, DEVDISR, 0);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 800);
	assert_int_equal(timebase(&board, 1), 800);
	board_write32(&board, DEVDISR, 0x1000);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 1200);
	assert_int_equal(timebase(&board, 1), 800);
	board_close(&board);
}

/* A core whose own time is elsewhere in the round stops at the same instant. */
static void test_same_instant(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	core_idle_until(board.machine->cores[0], 10000);
	board_pass(&board, 5000);
	board_write32(&board, DEVDISR, 0x5000);
	board_pass(&board, 0);
	assert_int_equal(timebase(&board, 0), 2000);
	assert_int_equal(timebase(&board, 1), 2000);
	board_pass(&board, 2000);
	core_idle_until(board.machine->cores[1], 9000);
	board_write32(&board, DEVDISR, 0);
	board_pass(&board, 0);
	core_idle_until(board.machine->cores[1], 10000);
	assert_int_equal(timebase(&board, 0), 2000 + 400 * 3);
	assert_int_equal(timebase(&board, 1), 2000 + 400 * 3);
	board_close(&board);
}

static void test_ctbenr(void **state)
{
	struct board board;

	board_open_changed(&board, with_rcpm);
	assert_int_equal(board_read32(&board, CTBENR), 3);
	board_write32(&board, CTBENR, 2);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 0);
	assert_int_equal(timebase(&board, 1), 400);
	board_write32(&board, CTBENR, 0xffffffff);
	assert_int_equal(board_read32(&board, CTBENR), 3);
	pass(&board, 1000);
	assert_int_equal(timebase(&board, 0), 400);
	assert_int_equal(timebase(&board, 1), 800);
	board_close(&board);
}

static void test_nap(void **state)
{
	struct board board;
	struct core *core;

	board_open_changed(&board, with_rcpm);
	core = board.machine->cores[1];
	board_write32(&board, CNAPCR, 2);
	pass(&board, 0);
	board_write32(&board, CNAPCR, 0);
	pass(&board, 0);
	assert_int_equal(core->state, CORE_PARKED); /* it waited in the spin table and still does */
	board_write32(&board, SPIN_TABLE + 0x24, 0x1000);
	assert_int_equal(core->state, CORE_RUNNING);
	core->pc = 0x1234;
	board_write32(&board, CNAPCR, 2);
	pass(&board, 0);
	assert_int_equal(core->state, CORE_PARKED);
	assert_int_equal(board_read32(&board, CNAPSR), 2);
	board_write32(&board, CDOZCR, 2);
	board_write32(&board, CNAPCR, 0);
	pass(&board, 0);
	assert_int_equal(core->state, CORE_PARKED); /* it dozes */
	board_write32(&board, CDOZCR, 0);
	pass(&board, 0);
	assert_int_equal(core->state, CORE_RUNNING);
	assert_int_equal(core->pc, 0x1234);
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devdisr),
		cmocka_unit_test(test_same_instant),
		cmocka_unit_test(test_ctbenr),
		cmocka_unit_test(test_nap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
