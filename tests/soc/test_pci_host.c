/* PCI host: configuration cycles as MPC8544ERM 17.3.1 and reference page 3.2 have them. */
#include "tests/soc/board.h"

#define PCI (CCSR + 0x8000)
#define CFG_ADDR (PCI + 0)
#define CFG_DATA (PCI + 4)

static uint32_t swap(uint32_t value)
{
	return __builtin_bswap32(value);
}

static void point(struct board *board, unsigned device, unsigned reg)
{
	board_write32(board, CFG_ADDR, 0x80000000 | device << 11 | reg);
}

static void test_bridge(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	point(&board, 0, 0);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0x00301957);
	assert_int_equal(board_read(&board, 0, CFG_DATA, 2), 0x5719); /* little-endian */
	assert_int_equal(board_read(&board, 0, CFG_DATA + 2, 2), 0x3000);
	assert_int_equal(board_read8(&board, CFG_DATA), 0x57);
	assert_int_equal(board_read8(&board, CFG_DATA + 1), 0x19);
	point(&board, 0, 8);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0x0b200000); /* processor, revision 0 */
	point(&board, 0, 0x10);
	board_write32(&board, CFG_DATA, 0xffffffff);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0xfff00000); /* BAR0: 1 MiB of memory */
	board_write32(&board, CFG_DATA, swap(0xe0000000));
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0xe0000000);
	point(&board, 0, 0x14);
	board_write32(&board, CFG_DATA, 0xffffffff);
	assert_int_equal(board_read32(&board, CFG_DATA), 0); /* no BAR1 */
	point(&board, 0, 4);
	board_write(&board, 0, CFG_DATA, 2, 0x0600);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0x00000006); /* memory, bus master */
	board_close(&board);
}

static void test_empty_slots(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	point(&board, 1, 0);
	assert_int_equal(board_read32(&board, CFG_DATA), 0xffffffff);
	board_write32(&board, CFG_ADDR, 0x80010000); /* bus 1 */
	assert_int_equal(board_read32(&board, CFG_DATA), 0xffffffff);
	board_write32(&board, CFG_ADDR, 0x80000100); /* function 1 */
	assert_int_equal(board_read32(&board, CFG_DATA), 0xffffffff);
	board_write32(&board, CFG_ADDR, 0); /* not enabled */
	assert_int_equal(board_read32(&board, CFG_DATA), 0xffffffff);
	/* The windows of the tree's ranges. */
	assert_int_equal(board_read32(&board, 0xc00000000), 0xffffffff);
	assert_int_equal(board_read8(&board, 0xc1fffffff), 0xff);
	board_write32(&board, 0xc00001000, 1);
	assert_int_equal(board_read(&board, 0, 0xfe1000000, 2), 0xffff);
	board_close(&board);
}

static void test_windows(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, PCI + 0xc20, 0xe0000);
	board_write32(&board, PCI + 0xc30, 0x8004401c);
	board_write32(&board, PCI + 0xdf0, 0xa0f5501e);
	board_write32(&board, PCI + 0xe20, 0x1234);
	assert_int_equal(board_read32(&board, PCI + 0xc20), 0xe0000);
	assert_int_equal(board_read32(&board, PCI + 0xc30), 0x8004401c);
	assert_int_equal(board_read32(&board, PCI + 0xdf0), 0xa0f5501e);
	assert_int_equal(board_read32(&board, PCI + 0xe20), 0x1234);
	assert_int_equal(board_read32(&board, PCI + 0xe00), 0); /* no error */
	board_close(&board);
}

static void test_express(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { pci@fe0008000 { compatible = \"fsl,p4080-pcie\"; }; };");
	point(&board, 0, 0);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0x04001957);
	point(&board, 0, 8);
	assert_int_equal(swap(board_read32(&board, CFG_DATA)), 0x06040000); /* a PCI bridge */
	point(&board, 0, 0xc);
	assert_int_equal(board_read8(&board, CFG_DATA + 2), 1); /* header type 1 */
	board_write32(&board, CFG_ADDR, 0x84000004); /* LTSSM at 0x404: detect, no link */
	assert_int_equal(board_read32(&board, CFG_DATA), 0);
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bridge),
		cmocka_unit_test(test_empty_slots),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_express),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
