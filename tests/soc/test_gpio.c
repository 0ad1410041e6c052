/* GPIO (MPC8572ERM 22.2), the power-off that hangs on it, and the global utilities' reset. */
#include "tests/soc/board.h"

#include <string.h>

#define GPIO (CCSR + 0xff000)
#define GPDIR (GPIO + 0x00)
#define GPODR (GPIO + 0x04)
#define GPDAT (GPIO + 0x08)
#define GPIER (GPIO + 0x0c)
#define GPIMR (GPIO + 0x10)
#define GPICR (GPIO + 0x14)
#define GUTS (CCSR + 0xe0000)

#define PIN(n) (0x80000000u >> (n))

static void drive(struct board *board, unsigned pin, int level)
{
	struct device *gpio = soc_device_compatible(board->soc, "fsl,qoriq-gpio");
	const uint32_t cells[2] = { pin, 0 };
	struct irq line;

	assert_true(gpio->class->interrupt_input(gpio, cells, 2, &line, NULL));
	irq_set(&line, level, machine_now(board->machine));
}

static void test_registers(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	for (unsigned offset = 0; offset < 0x18; offset += 4)
		assert_int_equal(board_read32(&board, GPIO + offset), 0);
	board_write32(&board, GPDIR, 0x00ff0000);
	board_write32(&board, GPDAT, 0x0f0f0f0f);
	assert_int_equal(board_read32(&board, GPDAT), 0x000f0000); /* outputs only */
	drive(&board, 31, 1);
	drive(&board, 8, 1); /* an output: its pin shows what it drives */
	assert_int_equal(board_read32(&board, GPDAT), 0x000f0001);
	board_close(&board);
}

static void test_input_events(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, GPICR, PIN(5)); /* pin 5: falling edges only; pin 6: any */
	drive(&board, 5, 1);
	drive(&board, 6, 1);
	assert_int_equal(board_read32(&board, GPIER), PIN(6));
	drive(&board, 5, 0);
	assert_int_equal(board_read32(&board, GPIER), PIN(5) | PIN(6));
	board_write32(&board, GPIER, PIN(5)); /* write one to clear */
	assert_int_equal(board_read32(&board, GPIER), PIN(6));
	drive(&board, 6, 0);
	board_write32(&board, GPIER, ~0u);
	assert_int_equal(board_read32(&board, GPIER), 0);
	board_write32(&board, GPDIR, PIN(6));
	drive(&board, 6, 1); /* an output sees no events */
	assert_int_equal(board_read32(&board, GPIER), 0);
	board_close(&board);
}

static void test_interrupt(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CCSR + 0x40000 + 0x20080, 0);                   /* CTPR */
	board_write32(&board, CCSR + 0x40000 + 0x10000 + 47 * 0x20, 0x50047); /* source 47 */
	drive(&board, 9, 1);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write32(&board, GPIMR, PIN(9));
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write32(&board, GPIER, PIN(9));
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

static void test_poweroff(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, GPDAT, PIN(0));
	assert_int_not_equal(board_ends(&board), MACHINE_POWEROFF); /* still an input */
	board_write32(&board, GPDAT, 0);
	board_write32(&board, GPDIR, PIN(0));
	assert_int_not_equal(board_ends(&board), MACHINE_POWEROFF); /* low */
	board_write32(&board, GPDAT, PIN(0));
	assert_int_equal(board_ends(&board), MACHINE_POWEROFF);
	board_close(&board);
}

static void test_poweroff_active_low(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { soc@fe0000000 { power-off { gpios = <&gpio 3 1>; }; }; };");
	board_write32(&board, GPDAT, PIN(3));
	board_write32(&board, GPDIR, PIN(3));
	assert_int_not_equal(board_ends(&board), MACHINE_POWEROFF);
	board_write32(&board, GPDAT, 0);
	assert_int_equal(board_ends(&board), MACHINE_POWEROFF);
	board_close(&board);
}

static void test_guts(void **state)
{
	struct board board;
	struct soc_options options = { .board = "dts/ppce500mc.dts" };

	board_open_ppce500(&board, 1);
	assert_int_equal(board_read32(&board, GUTS + 0xa0), 0x80210030); /* PVR of e500v2 rev 3.0 */
	assert_int_equal(board_read32(&board, GUTS + 0xa4), 0);          /* SVR: none on this machine */
	assert_int_equal(board_read32(&board, GUTS + 0x00), 0);
	board_write32(&board, GUTS + 0xb0, 1);
	assert_int_not_equal(board_ends(&board), MACHINE_RESET);
	board_write32(&board, GUTS + 0xb0, 2); /* HRESET_REQ */
	assert_int_equal(board_ends(&board), MACHINE_RESET);
	board_close(&board);

	board_open(&board, &options);
	assert_int_equal(board_read32(&board, GUTS + 0xa0), 0x80230020); /* e500mc */
	board_close(&board);
}

static void test_guts_without_rstcr(void **state)
{
	struct board board;

	board_open_changed(&board,
			   "/ { soc@fe0000000 { global-utilities@e0000 { /delete-property/ fsl,has-rstcr; }; }; };");
	board_write32(&board, GUTS + 0xb0, 2);
	assert_int_not_equal(board_ends(&board), MACHINE_RESET);
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_input_events),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_poweroff),
		cmocka_unit_test(test_poweroff_active_low),
		cmocka_unit_test(test_guts),
		cmocka_unit_test(test_guts_without_rstcr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
