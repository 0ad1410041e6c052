/* The 16550: registers and interrupts as the 16550D data sheet has them, and the host's side. */
#include "tests/soc/board.h"

#include <stdlib.h>
#include <string.h>

#include "sim/input/input.h"

#define UART (CCSR + 0x4500)
#define RBR (UART + 0)
#define THR (UART + 0)
#define DLL (UART + 0)
#define IER (UART + 1)
#define DLM (UART + 1)
#define IIR (UART + 2)
#define FCR (UART + 2)
#define LCR (UART + 3)
#define MCR (UART + 4)
#define LSR (UART + 5)
#define MSR (UART + 6)
#define SCR (UART + 7)

/* 400 MHz / 16 / 217 is 115207 baud: a character of 10 bits takes 86800 ns. */
#define CHARACTER 86800

static void open_115200(struct board *board)
{
	board_open_ppce500(board, 1);
	board_write8(board, LCR, 0x83);
	board_write8(board, DLL, 217);
	board_write8(board, DLM, 0);
	board_write8(board, LCR, 0x03);
}

static void type(struct board *board, const char *text)
{
	serial_port_receive(soc_serial(board->soc, 0), text, strlen(text), machine_now(board->machine));
}

static bool irq(struct board *board)
{
	return !(board_read8(board, IIR) & 1);
}

static void test_reset_values(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	assert_int_equal(board_read8(&board, IER), 0x00);
	assert_int_equal(board_read8(&board, IIR), 0x01);
	assert_int_equal(board_read8(&board, LCR), 0x00);
	assert_int_equal(board_read8(&board, MCR), 0x00);
	assert_int_equal(board_read8(&board, LSR), 0x60);
	assert_int_equal(board_read8(&board, MSR), 0xb0);
	board_write8(&board, SCR, 0xa5);
	assert_int_equal(board_read8(&board, SCR), 0xa5);
	board_write8(&board, IER, 0xff);
	assert_int_equal(board_read8(&board, IER), 0x0f);
	board_write8(&board, MCR, 0xef);
	assert_int_equal(board_read8(&board, MCR), 0x0f);
	board_close(&board);
}

static void test_divisor_latch(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write8(&board, IER, 0x05);
	board_write8(&board, LCR, 0x80);
	board_write8(&board, DLL, 0x12);
	board_write8(&board, DLM, 0x34);
	assert_int_equal(board_read8(&board, DLL), 0x12);
	assert_int_equal(board_read8(&board, DLM), 0x34);
	board_write8(&board, LCR, 0x03);
	assert_int_equal(board_read8(&board, IER), 0x05);
	assert_int_equal(board.nsent, 0);
	board_close(&board);
}

static void test_transmit(void **state)
{
	struct board board;

	open_115200(&board);
	board_pass(&board, 12345);
	board_write8(&board, THR, 'o');
	board_write8(&board, THR, 'k');
	assert_string_equal(board.sent, "ok");
	assert_int_equal(board.sent_at, 12345);
	assert_int_equal(board_read8(&board, LSR), 0x60);
	/* The interrupt: when enabled while empty, gone with IIR's reading, back with each byte. */
	board_write8(&board, IER, 2);
	assert_int_equal(board_read8(&board, IIR), 0x02);
	assert_int_equal(board_read8(&board, IIR), 0x01);
	board_write8(&board, THR, 'x');
	assert_int_equal(board_read8(&board, IIR), 0x02);
	assert_int_equal(board_read8(&board, IIR), 0x01);
	board_write8(&board, IER, 0);
	board_write8(&board, IER, 2);
	assert_int_equal(board_read8(&board, IIR), 0x02);
	board_close(&board);
}

static void test_receive_takes_time(void **state)
{
	struct board board;

	open_115200(&board);
	board_write8(&board, IER, 1);
	type(&board, "ab");
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_pass(&board, CHARACTER - 1);
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_pass(&board, 1);
	assert_int_equal(board_read8(&board, LSR), 0x61);
	assert_int_equal(board_read8(&board, IIR), 0x04);
	board_pass(&board, 10 * CHARACTER); /* one byte of room: the second one waits, nothing is lost */
	assert_int_equal(board_read8(&board, RBR), 'a');
	assert_false(irq(&board));
	board_pass(&board, CHARACTER);
	assert_true(irq(&board));
	assert_int_equal(board_read8(&board, RBR), 'b');
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_close(&board);
}

static void test_fifo_trigger_and_timeout(void **state)
{
	struct board board;

	open_115200(&board);
	board_write8(&board, FCR, 0x41); /* trigger at 4 */
	board_write8(&board, IER, 1);
	type(&board, "123456");
	board_pass(&board, 3 * CHARACTER);
	assert_int_equal(board_read8(&board, IIR), 0xc1);
	board_pass(&board, CHARACTER);
	assert_int_equal(board_read8(&board, IIR), 0xc4);
	board_pass(&board, 2 * CHARACTER);
	assert_int_equal(board_read8(&board, RBR), '1');
	assert_int_equal(board_read8(&board, RBR), '2');
	assert_int_equal(board_read8(&board, IIR), 0xc4);
	assert_int_equal(board_read8(&board, RBR), '3');
	assert_int_equal(board_read8(&board, IIR), 0xc1); /* three left, below the trigger */
	board_pass(&board, 4 * CHARACTER - 1);
	assert_int_equal(board_read8(&board, IIR), 0xc1);
	board_pass(&board, 1);
	assert_int_equal(board_read8(&board, IIR), 0xcc); /* character time-out */
	assert_int_equal(board_read8(&board, RBR), '4');
	assert_int_equal(board_read8(&board, IIR), 0xc1);
	board_write8(&board, FCR, 0x43); /* clear the receiver */
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_pass(&board, 100 * CHARACTER);
	assert_int_equal(board_read8(&board, IIR), 0xc1);
	board_close(&board);
}

/* A guest that sleeps long while much is typed, and reads it all later. */
static void test_nothing_is_lost(void **state)
{
	struct board board;
	char text[1001] = "", got[1001] = "";

	open_115200(&board);
	for (unsigned i = 0; i < 1000; i++)
		text[i] = (char)('!' + i % 90);
	board_write8(&board, FCR, 0xc1);
	type(&board, text);
	board_pass(&board, 5000 * CHARACTER);
	assert_int_equal(serial_port_waiting(soc_serial(board.soc, 0)), 1000 - 16);
	for (unsigned i = 0; i < 1000; i++) {
		while (!(board_read8(&board, LSR) & 1))
			board_pass(&board, CHARACTER);
		got[i] = (char)board_read8(&board, RBR);
	}
	assert_string_equal(got, text);
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_close(&board);
}

static void test_loopback(void **state)
{
	struct board board;

	open_115200(&board);
	/* RTS -> CTS, DTR -> DSR, OUT1 -> RI, OUT2 -> DCD. */
	board_write8(&board, MCR, 0x10 | 0x02 | 0x08);
	assert_int_equal(board_read8(&board, MSR) & 0xf0, 0x90);
	board_write8(&board, MCR, 0x10 | 0x01 | 0x04);
	assert_int_equal(board_read8(&board, MSR), 0x60 | 0x0b); /* CTS, DSR, DCD changed; RI went on only */
	board_write8(&board, MCR, 0x10);
	assert_int_equal(board_read8(&board, MSR), 0x06); /* DSR changed, RI's trailing edge */
	assert_int_equal(board_read8(&board, MSR), 0x00);
	board_write8(&board, THR, 'q');
	assert_int_equal(board.nsent, 0);
	assert_int_equal(board_read8(&board, LSR), 0x61);
	board_write8(&board, THR, 'r'); /* no FIFO: an overrun */
	board_write8(&board, IER, 4);
	assert_int_equal(board_read8(&board, IIR), 0x06);
	assert_int_equal(board_read8(&board, LSR), 0x63);
	assert_int_equal(board_read8(&board, LSR), 0x61);
	assert_int_equal(board_read8(&board, RBR), 'r'); /* the older one is lost (PC16550D, LSR bit 1) */
	/* What the host sends waits until the loop is open again. */
	type(&board, "z");
	board_pass(&board, 10 * CHARACTER);
	assert_int_equal(board_read8(&board, LSR), 0x60);
	board_write8(&board, MCR, 0);
	board_pass(&board, CHARACTER);
	assert_int_equal(board_read8(&board, RBR), 'z');
	board_close(&board);
}

/* LCR: characters of 5 to 8 bits, the bits above them are 0. */
static void test_word_length(void **state)
{
	static const uint8_t mask[4] = { 0x1f, 0x3f, 0x7f, 0xff };
	struct board board;

	open_115200(&board);
	for (unsigned length = 0; length < 4; length++) {
		board_write8(&board, LCR, (uint8_t)length);
		board_write8(&board, MCR, 0x10);
		board_write8(&board, THR, 0xf5);
		assert_int_equal(board_read8(&board, RBR), 0xf5 & mask[length]);
		board_write8(&board, MCR, 0);
		board_write8(&board, THR, 0xf5);
		assert_int_equal((uint8_t)board.sent[length], 0xf5 & mask[length]);
	}
	board_close(&board);
}

/* Line status over data over transmitter over modem. */
static void test_interrupt_order(void **state)
{
	struct board board;

	open_115200(&board);
	board_write8(&board, MCR, 0x10); /* modem lines drop: deltas */
	board_write8(&board, THR, 'a');
	board_write8(&board, THR, 'b'); /* overrun */
	board_write8(&board, IER, 0x0f);
	assert_int_equal(board_read8(&board, IIR), 0x06);
	board_read8(&board, LSR);
	assert_int_equal(board_read8(&board, IIR), 0x04);
	board_read8(&board, RBR);
	assert_int_equal(board_read8(&board, IIR), 0x02);
	assert_int_equal(board_read8(&board, IIR), 0x00);
	board_read8(&board, MSR);
	assert_int_equal(board_read8(&board, IIR), 0x01);
	board_close(&board);
}

static void test_register_spacing(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { soc@fe0000000 { serial@4500 { reg-shift = <2>; reg-io-width = <4>; }; }; };");
	board_write(&board, 0, UART + 0x1c, 4, 0x5a); /* SCR as a word */
	assert_int_equal(board_read(&board, 0, UART + 0x1c, 4), 0x5a);
	assert_int_equal(board_read8(&board, UART + 0x1f), 0x5a); /* its byte is the last of the word */
	assert_int_equal(board_read8(&board, UART + 0x1c), 0);
	board_write8(&board, UART + 3, 'x');
	assert_string_equal(board.sent, "x");
	board_close(&board);
}

static void count(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	++*(unsigned *)opaque;
}

struct leaver {
	unsigned calls;
};

static void leave(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	struct leaver *leaver = opaque;

	leaver->calls++;
	serial_port_unlisten(port, leave, leaver);
}

static void test_listeners(void **state)
{
	struct board board;
	struct serial_port *port;
	struct leaver leaver = { 0 };
	unsigned calls = 0;

	board_open_ppce500(&board, 1);
	port = soc_serial(board.soc, 0);
	serial_port_listen(port, leave, &leaver);
	serial_port_listen(port, count, &calls);
	board_write8(&board, THR, '1');
	board_write8(&board, THR, '2');
	assert_int_equal(leaver.calls, 1);
	assert_int_equal(calls, 2);
	serial_port_unlisten(port, count, &calls);
	board_write8(&board, THR, '3');
	assert_int_equal(calls, 2);
	assert_string_equal(board.sent, "123");
	assert_int_equal(serial_port_sent(port), 3);
	board_close(&board);
}

/* Bytes that come from outside go through the machine's external inputs, under the node's path. */
static void test_external_input(void **state)
{
	struct board board;
	struct input_port *port;

	open_115200(&board);
	port = input_find_port(board.machine->input, "/soc@fe0000000/serial@4500");
	assert_non_null(port);
	assert_true(input_post(port, "k", 1));
	board_ends(&board);
	board_pass(&board, CHARACTER);
	assert_int_equal(board_read8(&board, RBR), 'k');
	board_close(&board);
}

static void test_numbers(void **state)
{
	struct board board;

	/* serial0 is the alias's, whatever the order of nodes is. */
	board_open_changed(&board,
		"/ { aliases { serial0 = \"/soc@fe0000000/serial@4600\"; serial1 = \"/soc@fe0000000/serial@4500\"; };"
		" soc@fe0000000 { serial@4600 { compatible = \"ns16550\"; reg = <0x4600 0x100>; };"
		" serial@4700 { compatible = \"fsl,ns16550\", \"ns16550\"; reg = <0x4700 0x100>; }; }; };");
	assert_int_equal(soc_serials(board.soc), 3);
	assert_string_equal(serial_port_path(soc_serial(board.soc, 0)), "/soc@fe0000000/serial@4600");
	assert_string_equal(serial_port_path(soc_serial(board.soc, 1)), "/soc@fe0000000/serial@4500");
	assert_string_equal(serial_port_path(soc_serial(board.soc, 2)), "/soc@fe0000000/serial@4700");
	assert_null(soc_serial(board.soc, 3));
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_values),
		cmocka_unit_test(test_divisor_latch),
		cmocka_unit_test(test_transmit),
		cmocka_unit_test(test_receive_takes_time),
		cmocka_unit_test(test_fifo_trigger_and_timeout),
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_word_length),
		cmocka_unit_test(test_interrupt_order),
		cmocka_unit_test(test_register_spacing),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_external_input),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
