/*
 * The MPIC's registers and delivery. Expected values: reference page part 4
 * (measured on QEMU, read from the manuals).
 */
#include "tests/soc/board.h"

#define MPIC (CCSR + 0x40000)
#define IPIVPR(n) (MPIC + 0x10a0 + 0x10 * (n))
#define GCR (MPIC + 0x1020)
#define PIR (MPIC + 0x1090)
#define SPVE (MPIC + 0x10e0)
#define GTCCR(n) (MPIC + 0x1100 + 0x40 * (n))
#define GTBCR(n) (GTCCR(n) + 0x10)
#define GTVPR(n) (GTCCR(n) + 0x20)
#define GTDR(n) (GTCCR(n) + 0x30)
#define EIVPR(n) (MPIC + 0x10000 + 0x20 * (n))
#define EIDR(n) (EIVPR(n) + 0x10)
#define EILR(n) (EIVPR(n) + 0x18)
#define CPU(n) (MPIC + 0x20000 + 0x1000 * (n))
#define IPIDR(cpu, n) (CPU(cpu) + 0x40 + 0x10 * (n))
#define CTPR(cpu) (CPU(cpu) + 0x80)
#define WHOAMI(cpu) (CPU(cpu) + 0x90)
#define IACK(cpu) (CPU(cpu) + 0xa0)
#define EOI(cpu) (CPU(cpu) + 0xb0)

#define UART_SOURCE 42
/* The I2C controller's interrupt is a convenient level: MIF with MIEN. */
#define I2C_SOURCE 43

static const char version_2[] = "/ { soc@fe0000000 { pic@40000 { warpcore,mpic-version = <0x0200>; }; }; };";

/* Raises or lowers source 42: THRE interrupt of the UART. */
static void set_uart_irq(struct board *board, bool on)
{
	board_write8(board, CCSR + 0x4501, on ? 2 : 0);
}

static void set_i2c_irq(struct board *board, bool on)
{
	if (on) {
		board_write8(board, CCSR + 0x3008, 0xf0); /* MEN MIEN MSTA MTX */
		board_write8(board, CCSR + 0x3010, 0xd0); /* an address */
	} else {
		board_write8(board, CCSR + 0x300c, 0);
	}
}

/* An edge-triggered or level pin: GPIO pins feed external inputs here. */
static void enable(struct board *board, unsigned source, unsigned priority, unsigned vector)
{
	board_write32(board, EIVPR(source), (uint32_t)priority << 16 | vector);
}

static void test_reset_values(void **state)
{
	struct board board;

	board_open_ppce500(&board, 4);
	assert_int_equal(board_read32(&board, MPIC + 0x0000), 0x00400402);
	assert_int_equal(board_read32(&board, MPIC + 0x1000), 0x00c30302); /* FRR: 196 sources, 4 CPUs */
	assert_int_equal(board_read32(&board, GCR), 0);
	assert_int_equal(board_read32(&board, MPIC + 0x1080), 0); /* VIR */
	assert_int_equal(board_read32(&board, PIR), 0);
	assert_int_equal(board_read32(&board, SPVE), 0xffff);
	assert_int_equal(board_read32(&board, IPIVPR(0)), 0x80000000);
	assert_int_equal(board_read32(&board, MPIC + 0x10f0), 0); /* TFRR */
	assert_int_equal(board_read32(&board, GTBCR(0)), 0x80000000);
	assert_int_equal(board_read32(&board, GTVPR(3)), 0x80000000);
	assert_int_equal(board_read32(&board, EIVPR(0)), 0x80000000);
	assert_int_equal(board_read32(&board, EIVPR(11)), 0x80000000);
	assert_int_equal(board_read32(&board, EIVPR(16)), 0x80800000);
	assert_int_equal(board_read32(&board, EIVPR(255)), 0x80800000);
	assert_int_equal(board_read32(&board, EIDR(16)), 1);
	assert_int_equal(board_read32(&board, EILR(16)), 0);
	assert_int_equal(board_read32(&board, CTPR(3)), 15);
	assert_int_equal(board_read32(&board, WHOAMI(3)), 3);
	/* The alias is that of the CPU that asks. */
	assert_int_equal(board_read(&board, 2, MPIC + 0x90, 4), 2);
	assert_int_equal(board_read(&board, 0, MPIC + 0x90, 4), 0);
	/* No register. */
	assert_int_equal(board_read32(&board, MPIC + 0x1004), 0xffffffff);
	assert_int_equal(board_read32(&board, EIVPR(0) + 4), 0xffffffff);
	assert_int_equal(board_read32(&board, WHOAMI(4)), 0xffffffff);
	board_close(&board);
}

static void test_version_2(void **state)
{
	struct board board;

	board_open_changed(&board, version_2);
	assert_int_equal(board_read32(&board, MPIC), 0x00400200);
	assert_int_equal(board_read32(&board, MPIC + 0x1000), 0x004f0102); /* 80 sources, 2 CPUs */
	assert_int_equal(board_read32(&board, EILR(16)), 0xffffffff);
	board_write32(&board, GCR, 0x60000000);
	assert_int_equal(board_read32(&board, GCR), 0x20000000); /* no proxy mode */
	/* EP, CI0, CI1, P0, P1 are there. */
	board_write32(&board, EIDR(20), 0xffffffff);
	assert_int_equal(board_read32(&board, EIDR(20)), 0xe0000003);
	board_close(&board);
}

static void test_writable_bits(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	board_write32(&board, EIVPR(0), 0xffffffff);
	assert_int_equal(board_read32(&board, EIVPR(0)), 0x80cfffff); /* MSK P S PRIORITY VECTOR */
	board_write32(&board, EIVPR(16), 0xffffffff);
	assert_int_equal(board_read32(&board, EIVPR(16)), 0x808fffff); /* no SENSE inside the chip */
	board_write32(&board, IPIVPR(1), 0xffffffff);
	assert_int_equal(board_read32(&board, IPIVPR(1)), 0x800fffff);
	board_write32(&board, EIDR(16), 0xffffffff);
	assert_int_equal(board_read32(&board, EIDR(16)), 3);
	board_write32(&board, CTPR(1), 0xffffffff);
	assert_int_equal(board_read32(&board, CTPR(1)), 15);
	board_write32(&board, GCR, 0x60000000);
	assert_int_equal(board_read32(&board, GCR), 0x60000000);
	board_write32(&board, SPVE, 0x1234abcd);
	assert_int_equal(board_read32(&board, SPVE), 0xabcd);
	board_close(&board);
}

static void test_level_source(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	enable(&board, UART_SOURCE, 5, 0x99);
	board_write32(&board, CTPR(0), 0);
	set_uart_irq(&board, true);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_false(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, EIVPR(UART_SOURCE)), 0x40050099); /* ACTIVITY */
	assert_int_equal(board_read32(&board, IACK(0)), 0x99);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, IACK(0)), 0xffff); /* nothing above what is in service */
	board_write32(&board, EOI(0), 0);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL)); /* the level is still there */
	assert_int_equal(board_read32(&board, IACK(0)), 0x99);
	set_uart_irq(&board, false);
	board_write32(&board, EOI(0), 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, EIVPR(UART_SOURCE)), 0x00050099);
	board_close(&board);
}

static void test_mask_and_priority(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	set_uart_irq(&board, true);
	enable(&board, UART_SOURCE, 5, 1);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* CTPR is 15 */
	board_write32(&board, CTPR(0), 5);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* not above */
	board_write32(&board, CTPR(0), 4);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write32(&board, EIVPR(UART_SOURCE), 0x80050001);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* masked */
	board_write32(&board, CTPR(0), 0);
	board_write32(&board, EIVPR(UART_SOURCE), 0x00000001);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* priority 0 never interrupts */
	board_close(&board);
}

static void test_nesting(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CTPR(0), 0);
	enable(&board, UART_SOURCE, 5, 0x55);
	enable(&board, I2C_SOURCE, 5, 0x66);
	set_i2c_irq(&board, true);
	set_uart_irq(&board, true);
	assert_int_equal(board_read32(&board, IACK(0)), 0x55); /* equal priority: the lower number */
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	enable(&board, I2C_SOURCE, 6, 0x66);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, IACK(0)), 0x66);
	set_i2c_irq(&board, false);
	board_write32(&board, EOI(0), 0); /* ends 0x66 */
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write32(&board, EOI(0), 0); /* ends 0x55, which is still there */
	assert_int_equal(board_read32(&board, IACK(0)), 0x55);
	board_close(&board);
}

static void test_several_destinations(void **state)
{
	struct board board;

	board_open_ppce500(&board, 3);
	for (unsigned n = 0; n < 3; n++)
		board_write32(&board, CTPR(n), 0);
	enable(&board, UART_SOURCE, 5, 7);
	board_write32(&board, EIDR(UART_SOURCE), 6);
	set_uart_irq(&board, true);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_true(board_pending(&board, 2, CAUSE_EXTERNAL));
	assert_int_equal(board_read(&board, 2, MPIC + 0xa0, 4), 7); /* through its own alias */
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_false(board_pending(&board, 2, CAUSE_EXTERNAL));
	board_close(&board);
}

static void test_ipi(void **state)
{
	struct board board;

	board_open_ppce500(&board, 4);
	for (unsigned n = 0; n < 4; n++)
		board_write32(&board, CTPR(n), 0);
	board_write32(&board, IPIVPR(2), 0x000a00fa);
	board_write32(&board, IPIDR(0, 2), 0xc); /* CPUs 2 and 3 */
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_true(board_pending(&board, 2, CAUSE_EXTERNAL));
	assert_true(board_pending(&board, 3, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, IACK(2)), 0xfa);
	assert_false(board_pending(&board, 2, CAUSE_EXTERNAL));
	assert_true(board_pending(&board, 3, CAUSE_EXTERNAL)); /* until it has acknowledged its own */
	assert_int_equal(board_read32(&board, IPIVPR(2)), 0x400a00fa);
	board_write32(&board, EOI(2), 0);
	assert_int_equal(board_read32(&board, IACK(3)), 0xfa);
	board_write32(&board, EOI(3), 0);
	assert_int_equal(board_read32(&board, IACK(3)), 0xffff);
	assert_int_equal(board_read32(&board, IPIVPR(2)), 0x000a00fa);
	board_close(&board);
}

static const char gpio_to_external[] =
	"/ { soc@fe0000000 { gpio@ff000 { interrupts = <3 0>; }; }; };"; /* external input 3 */

static void set_gpio_irq(struct board *board, bool on)
{
	/* IMR lets the event through; the event comes from a pin that the test drives below. */
	board_write32(board, CCSR + 0xff010, on ? 0x80000000 : 0);
}

static void make_gpio_event(struct board *board)
{
	struct device *gpio = soc_device(board->soc, "/soc/gpio");
	const uint32_t cells[2] = { 0, 0 };
	struct irq pin;

	assert_true(gpio->class->interrupt_input(gpio, cells, 2, &pin, NULL));
	irq_set(&pin, 1, 0);
}

static void test_edge_source(void **state)
{
	struct board board;

	board_open_changed(&board, gpio_to_external);
	board_write32(&board, CTPR(0), 0);
	make_gpio_event(&board);
	enable(&board, 3, 5, 0x33); /* SENSE 0: edge */
	set_gpio_irq(&board, true);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	set_gpio_irq(&board, false);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL)); /* the edge is remembered */
	assert_int_equal(board_read32(&board, IACK(0)), 0x33);
	board_write32(&board, EOI(0), 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* and taken away by IACK */
	set_gpio_irq(&board, true);
	assert_int_equal(board_read32(&board, IACK(0)), 0x33);
	board_write32(&board, EOI(0), 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* the line is high, but there was no new edge */
	board_write32(&board, EIVPR(3), 0x00450033); /* level */
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

static void test_critical_by_ilr(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	board_write32(&board, EILR(UART_SOURCE), 1);
	board_write32(&board, EIVPR(UART_SOURCE), 0x00000007); /* priority 0: it does not matter here */
	board_write32(&board, EIDR(UART_SOURCE), 2);
	set_uart_irq(&board, true);
	assert_true(board_pending(&board, 1, CAUSE_CRITICAL));
	assert_false(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, IACK(1)), 0xffff);
	assert_true(board_pending(&board, 1, CAUSE_CRITICAL));
	board_write32(&board, EIVPR(UART_SOURCE), 0x80000007);
	assert_false(board_pending(&board, 1, CAUSE_CRITICAL)); /* 4.2 looks at the mask */
	board_write32(&board, EIVPR(UART_SOURCE), 0x00000007);
	board_write32(&board, EILR(UART_SOURCE), 2);
	assert_false(board_pending(&board, 1, CAUSE_CRITICAL));
	assert_true(board_pending(&board, 1, CAUSE_MACHINE_CHECK));
	set_uart_irq(&board, false);
	assert_false(board_pending(&board, 1, CAUSE_MACHINE_CHECK));
	board_close(&board);
}

static void test_critical_by_idr(void **state)
{
	struct board board;

	board_open_changed(&board, version_2);
	board_write32(&board, EIDR(UART_SOURCE), 0x20000000); /* CI1: bit 30 - 1 */
	set_uart_irq(&board, true); /* masked, and 2.0 does not look at that */
	assert_true(board_pending(&board, 1, CAUSE_CRITICAL));
	assert_false(board_pending(&board, 0, CAUSE_CRITICAL));
	set_uart_irq(&board, false);
	assert_false(board_pending(&board, 1, CAUSE_CRITICAL));
	board_close(&board);
}

/* 25 MHz: one tick is 40 ns. */
static void test_timer(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	board_write32(&board, CTPR(1), 0);
	board_write32(&board, GTVPR(1), 0x00050077);
	board_write32(&board, GTDR(1), 2);
	board_write32(&board, GTBCR(1), 0x80000000 | 1000);
	board_write32(&board, GTBCR(1), 1000);
	assert_int_equal(board_read32(&board, GTCCR(1)), 1000);
	board_pass(&board, 400);
	assert_int_equal(board_read32(&board, GTCCR(1)), 990);
	board_pass(&board, 39600 - 1);
	assert_int_equal(board_read32(&board, GTCCR(1)), 1);
	assert_false(board_pending(&board, 1, CAUSE_EXTERNAL));
	board_pass(&board, 1); /* 1000 ticks */
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, GTCCR(1)), 0x80000000 | 1000); /* TOG, loaded again */
	assert_int_equal(board_read32(&board, IACK(1)), 0x77);
	board_write32(&board, EOI(1), 0);
	assert_false(board_pending(&board, 1, CAUSE_EXTERNAL));
	board_pass(&board, 40000);
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, GTCCR(1)), 1000);
	board_pass(&board, 400);
	board_write32(&board, GTBCR(1), 0x80000000 | 500); /* inhibited: the count stands */
	board_pass(&board, 1000000);
	assert_int_equal(board_read32(&board, GTCCR(1)), 990);
	board_write32(&board, GTBCR(1), 500);
	assert_int_equal(board_read32(&board, GTCCR(1)), 500);
	board_write32(&board, GTBCR(0), 0); /* a count of 0 never fires */
	assert_int_equal(board_read32(&board, GTCCR(0)), 0);
	board_close(&board);
}

/* A clock that is no whole number of ns: no drift over a million periods. */
static void test_timer_clock(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { soc@fe0000000 { pic@40000 { clock-frequency = <240000000>; }; }; };");
	board_write32(&board, GTBCR(0), 30); /* 30 MHz: 1 us */
	board_write32(&board, GTBCR(2), 7);  /* 233.3 ns */
	board_pass(&board, 999999);
	assert_int_equal(board_read32(&board, GTCCR(0)), 0x80000000 | 1); /* 999 periods: TOG */
	board_pass(&board, 1);
	assert_int_equal(board_read32(&board, GTCCR(0)), 30);
	/* 30000 ticks are 4285 periods and 5 ticks. */
	assert_int_equal(board_read32(&board, GTCCR(2)), 0x80000000 | 2);
	board_write32(&board, MPIC + 0x1300, 0x100); /* TCR[CLKR]: 16 platform clocks, 15 MHz */
	assert_int_equal(board_read32(&board, GTCCR(0)), 30);
	board_pass(&board, 1000);
	assert_int_equal(board_read32(&board, GTCCR(0)), 15);
	board_close(&board);
}

static void test_msi(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CTPR(0), 0);
	enable(&board, 224 + 5, 3, 0xe5);
	board_write32(&board, MPIC + 0x1740, 5u << 29 | 17u << 24); /* MSIIR: register 5, bit 17 */
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, MPIC + 0x1720), 1 << 5); /* MSISR */
	assert_int_equal(board_read32(&board, IACK(0)), 0xe5);
	assert_int_equal(board_read32(&board, MPIC + 0x1600 + 0x50), 1 << 17);
	assert_int_equal(board_read32(&board, MPIC + 0x1600 + 0x50), 0); /* cleared by reading */
	board_write32(&board, EOI(0), 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	/* The second bank's MSIIR in a page of its own: source 224 + 8. */
	board_write32(&board, MPIC + 0x5140, 0);
	assert_int_equal(board_read32(&board, EIVPR(232)), 0xc0800000);
	board_close(&board);
}

static void test_messages(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CTPR(0), 0);
	enable(&board, 176 + 1, 3, 0xb1);
	board_write32(&board, MPIC + 0x1410, 0x1234);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL)); /* MER */
	board_write32(&board, MPIC + 0x1500, 2);
	board_write32(&board, MPIC + 0x1410, 0x5678);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, MPIC + 0x1510), 2);
	assert_int_equal(board_read32(&board, MPIC + 0x1410), 0x5678);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

/* Proxy mode: the core asks when it takes the interrupt. */
static void test_proxy(void **state)
{
	struct board board;
	struct core *core;

	board_open_ppce500(&board, 2);
	core = board.machine->cores[1];
	board_write32(&board, CTPR(1), 0);
	enable(&board, UART_SOURCE, 5, 0x99);
	board_write32(&board, EIDR(UART_SOURCE), 2);
	set_uart_irq(&board, true);
	core->epr = 0x11;
	assert_int_equal(core->controller.acknowledge(core->controller.opaque, core, false, 0), 0x11);
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL)); /* not in proxy mode: nothing happened */
	board_write32(&board, GCR, 0x60000000);
	assert_int_equal(core->controller.acknowledge(core->controller.opaque, core, true, 0), 0x11);
	assert_int_equal(core->controller.acknowledge(core->controller.opaque, core, false, 0), 0x99);
	assert_false(board_pending(&board, 1, CAUSE_EXTERNAL));
	assert_int_equal(core->controller.acknowledge(core->controller.opaque, core, false, 0), 0xffff);
	board_write32(&board, EOI(1), 0);
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	board_close(&board);
}

static void test_reset(void **state)
{
	struct board board;

	board_open_ppce500(&board, 1);
	board_write32(&board, CTPR(0), 0);
	enable(&board, UART_SOURCE, 5, 0x99);
	set_uart_irq(&board, true);
	board_write32(&board, GTBCR(0), 1000);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write32(&board, GCR, 0xe0000000);
	assert_int_equal(board_read32(&board, GCR), 0); /* the reset bit clears itself */
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	assert_int_equal(board_read32(&board, CTPR(0)), 15);
	assert_int_equal(board_read32(&board, GTBCR(0)), 0x80000000);
	/* The line from the UART is still high. */
	assert_int_equal(board_read32(&board, EIVPR(UART_SOURCE)), 0xc0800000);
	board_write32(&board, CTPR(0), 0);
	enable(&board, UART_SOURCE, 5, 0x99);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

/* Two UARTs on one input. */
static void test_shared_input(void **state)
{
	struct board board;

	board_open_changed(
		&board,
		"/ { soc@fe0000000 { serial@4600 { compatible = \"ns16550\"; reg = <0x4600 0x100>;"
		" clock-frequency = <400000000>;"
		" interrupts = <42 2>; interrupt-parent = <&mpic>; device_type = \"serial\"; }; }; };");
	board_write32(&board, CTPR(0), 0);
	enable(&board, UART_SOURCE, 5, 0x99);
	board_write8(&board, CCSR + 0x4501, 2);
	board_write8(&board, CCSR + 0x4601, 2);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write8(&board, CCSR + 0x4501, 0);
	assert_true(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_write8(&board, CCSR + 0x4601, 0);
	assert_false(board_pending(&board, 0, CAUSE_EXTERNAL));
	board_close(&board);
}

/* PIR holds a core in reset and lets it go into the spin table. */
static void test_core_reset(void **state)
{
	struct board board;

	board_open_ppce500(&board, 2);
	board_write32(&board, SPIN_TABLE + 0x20 + 4, 0x100); /* released */
	assert_int_equal(board.machine->cores[1]->state, CORE_RUNNING);
	assert_int_equal(board.machine->cores[1]->pc, 0x100);
	board_write32(&board, PIR, 2);
	assert_int_equal(board_read32(&board, PIR), 2);
	board_pass(&board, 0); /* between rounds, when no core runs */
	assert_int_equal(board.machine->cores[1]->state, CORE_PARKED);
	board_write32(&board, SPIN_TABLE + 0x20 + 4, 0x200);
	assert_int_equal(board.machine->cores[1]->state, CORE_PARKED); /* held */
	board_write32(&board, PIR, 0);
	board_pass(&board, 0);
	assert_int_equal(board_read32(&board, SPIN_TABLE + 0x20 + 4), 1); /* it waits again */
	board_write32(&board, SPIN_TABLE + 0x20 + 4, 0x200);
	assert_int_equal(board.machine->cores[1]->pc, 0x200);
	/* Both edges at once, with an interrupt on the way: the core gets it afterwards. */
	board_write32(&board, CTPR(1), 0);
	board_write32(&board, IPIVPR(0), 0x00050001);
	board_write32(&board, IPIDR(0, 0), 2);
	board_write32(&board, PIR, 2);
	board_write32(&board, PIR, 0);
	board_pass(&board, 0);
	assert_int_equal(board.machine->cores[1]->state, CORE_PARKED);
	assert_int_equal(board_read32(&board, SPIN_TABLE + 0x20 + 4), 1);
	assert_true(board_pending(&board, 1, CAUSE_EXTERNAL));
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_values),
		cmocka_unit_test(test_version_2),
		cmocka_unit_test(test_writable_bits),
		cmocka_unit_test(test_level_source),
		cmocka_unit_test(test_mask_and_priority),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_several_destinations),
		cmocka_unit_test(test_ipi),
		cmocka_unit_test(test_edge_source),
		cmocka_unit_test(test_critical_by_ilr),
		cmocka_unit_test(test_critical_by_idr),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_timer_clock),
		cmocka_unit_test(test_msi),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_shared_input),
		cmocka_unit_test(test_core_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
