/*
 * NAME
 *   ns16550 - 16550-compatible UART; two of them make the DUART of PQ3 and QorIQ SoCs
 *
 * BINDING
 *   compatible       "ns16550", "fsl,ns16550", "ns16550a"
 *   reg              8 registers of one byte, 1 << reg-shift bytes apart
 *   reg-shift        0 when absent
 *   reg-io-width     1 when absent; a register of 4 bytes has its byte in the low end
 *   clock-frequency  Hz, of the baud-rate generator (16 clocks a sample, divisor DLM:DLL)
 *   interrupts       one, active high
 *
 * REGISTERS (16550D data sheet; MPC8544ERM chapter 14)
 *   0  RBR read, THR write; DLL with LCR[DLAB]
 *   1  IER; DLM with LCR[DLAB]
 *   2  IIR read, FCR write
 *   3  LCR   4  MCR   5  LSR   6  MSR   7  SCR
 *
 * BEHAVIOUR
 *   A byte that the guest sends leaves at once: the transmitter is always empty,
 *   and its interrupt comes back with every byte written.
 *   A byte from the host takes the time of its bits at the programmed rate, and
 *   enters only where the FIFO (16 bytes, or 1) has room: typed input is never
 *   lost, whatever its speed. The host's end queues what waits (serial_port.h).
 *   The character time-out interrupt comes four character times after the last
 *   byte came or was read. Loopback (MCR[LOOP]) sends to the receiver at once, and
 *   there the FIFO can overrun: its newest byte is lost, without FIFO (FCR) the older one.
 *   Characters of 5 to 7 bits (LCR) have zeroes above them. Until LCR is written they
 *   have 8 bits, as a boot loader would have left the port.
 *   Modem inputs are CTS, DSR and DCD, always on.
 *
 * KNOWN LIMITS
 *   No parity, framing or break errors; no DMA signalling (FCR[DMS]).
 */
#include "soc/device/uart.h"

#include <string.h>

#include "soc/build/builder.h"
#include "soc/port/serial_port.h"

enum uart_register {
	UART_RBR = 0, /* THR */
	UART_IER = 1,
	UART_IIR = 2, /* FCR */
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_MSR = 6,
	UART_SCR = 7,
};

enum uart_ier { IER_ERBFI = 1, IER_ETBEI = 2, IER_ELSI = 4, IER_EDSSI = 8 };
enum uart_iir {
	IIR_NONE = 1,
	IIR_MODEM = 0,
	IIR_THRE = 2,
	IIR_DATA = 4,
	IIR_LINE = 6,
	IIR_TIMEOUT = 12,
	IIR_FIFO = 0xc0,
};
enum uart_fcr { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4 };
enum uart_lcr { LCR_WORD = 3, LCR_STOP = 4, LCR_PARITY = 8, LCR_DLAB = 0x80 };
enum uart_mcr { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10, MCR_BITS = 0x1f };
enum uart_lsr { LSR_DR = 1, LSR_OE = 2, LSR_THRE = 0x20, LSR_TEMT = 0x40 };
enum uart_msr { MSR_DELTAS = 0x0f, MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

#define UART_FIFO_SIZE 16
#define UART_DEFAULT_CLOCK 1843200u /* Hz: the PC's crystal */

struct uart {
	struct device device;
	struct irq irq;
	struct serial_port *port;
	uint32_t clock; /* Hz */
	unsigned shift, width;

	uint8_t ier, fcr, lcr, mcr, lsr_errors, msr, scr;
	bool framed; /* LCR was written: until then characters have 8 bits, as a boot loader leaves the port */
	uint16_t divisor;
	uint8_t fifo[UART_FIFO_SIZE]; /* the oldest first */
	uint8_t level;
	bool thre_pending;    /* the transmitter's interrupt, until IIR is read or THR written */
	bool timeout_pending;
	int64_t next_byte;    /* virtual ns: the line is busy with a byte until then */
	struct timer arrival; /* of the next byte from the host */
	struct timer timeout;
};

/* Times. */

/* One character at the programmed rate, in ns. A divisor of 0 counts as 1. */
static int64_t uart_character_ns(const struct uart *uart)
{
	unsigned bits = 1 + 5 + (uart->lcr & LCR_WORD) + 1; /* start, data, stop */
	uint64_t clocks;

	bits += (uart->lcr & LCR_STOP ? 1 : 0) + (uart->lcr & LCR_PARITY ? 1 : 0);
	clocks = (uint64_t)bits * 16 * (uart->divisor ? uart->divisor : 1);
	return (int64_t)(clocks * 1000000000u / uart->clock);
}

static unsigned uart_room(const struct uart *uart)
{
	unsigned size = uart->fcr & FCR_ENABLE ? UART_FIFO_SIZE : 1;

	return size > uart->level ? size - uart->level : 0;
}

static unsigned uart_trigger(const struct uart *uart)
{
	static const uint8_t levels[4] = { 1, 4, 8, 14 };

	return uart->fcr & FCR_ENABLE ? levels[uart->fcr >> 6] : 1;
}

/* Interrupts. */

static uint8_t uart_interrupt(const struct uart *uart)
{
	if (uart->ier & IER_ELSI && uart->lsr_errors)
		return IIR_LINE;
	if (uart->ier & IER_ERBFI && uart->level >= uart_trigger(uart))
		return IIR_DATA;
	if (uart->ier & IER_ERBFI && uart->timeout_pending)
		return IIR_TIMEOUT;
	if (uart->ier & IER_ETBEI && uart->thre_pending)
		return IIR_THRE;
	if (uart->ier & IER_EDSSI && uart->msr & MSR_DELTAS)
		return IIR_MODEM;
	return IIR_NONE;
}

static void uart_update(struct uart *uart, int64_t now)
{
	irq_set(&uart->irq, uart_interrupt(uart) != IIR_NONE, now);
}

/* The receiver. */

static void uart_restart_timeout(struct uart *uart, int64_t now)
{
	uart->timeout_pending = false;
	if (uart->level && uart->fcr & FCR_ENABLE)
		timer_arm(&uart->timeout, now + 4 * uart_character_ns(uart));
	else
		timer_cancel(&uart->timeout);
}

static void uart_timed_out(void *opaque, int64_t now)
{
	struct uart *uart = opaque;

	uart->timeout_pending = uart->level != 0;
	uart_update(uart, now);
}

/* Characters of 5 to 8 bits. */
static uint8_t uart_word_mask(const struct uart *uart)
{
	return !uart->framed ? 0xff : (uint8_t)(0xff >> (3 - (uart->lcr & LCR_WORD)));
}

static void uart_put(struct uart *uart, uint8_t byte, int64_t now)
{
	byte &= uart_word_mask(uart);
	if (uart_room(uart)) {
		uart->fifo[uart->level++] = byte;
	} else {
		uart->lsr_errors |= LSR_OE;
		if (!(uart->fcr & FCR_ENABLE))
			uart->fifo[0] = byte; /* the holding register has the newer one */
	}
	uart_restart_timeout(uart, now);
	uart_update(uart, now);
}

/* Lets the next byte from the host come when the line is free, if there is one and room for it. */
static void uart_expect_byte(struct uart *uart, int64_t now)
{
	if (timer_pending(&uart->arrival) || !serial_port_waiting(uart->port) || !uart_room(uart))
		return;
	if (uart->next_byte < now)
		uart->next_byte = now;
	uart->next_byte += uart_character_ns(uart);
	timer_arm(&uart->arrival, uart->next_byte);
}

static void uart_byte_arrived(void *opaque, int64_t now)
{
	struct uart *uart = opaque;
	uint8_t byte;

	/* In loopback the line is cut off, and what comes waits. */
	if (!uart_room(uart) || uart->mcr & MCR_LOOP || !serial_port_take(uart->port, &byte))
		return;
	uart_put(uart, byte, now);
	uart_expect_byte(uart, now);
}

static void uart_input_ready(void *opaque, int64_t when)
{
	uart_expect_byte(opaque, when);
}

static uint8_t uart_get(struct uart *uart, int64_t now)
{
	uint8_t byte = uart->fifo[0];

	if (!uart->level)
		return byte; /* the last one again, as the hardware's holding register */
	uart->level--;
	if (uart->level)
		memmove(uart->fifo, uart->fifo + 1, uart->level);
	uart_restart_timeout(uart, now);
	uart_expect_byte(uart, now);
	uart_update(uart, now);
	return byte;
}

/* Registers. */

static uint8_t uart_modem(const struct uart *uart)
{
	uint8_t lines = MSR_CTS | MSR_DSR | MSR_DCD;

	if (uart->mcr & MCR_LOOP)
		lines = (uart->mcr & MCR_RTS ? MSR_CTS : 0) | (uart->mcr & MCR_DTR ? MSR_DSR : 0) |
			(uart->mcr & MCR_OUT1 ? MSR_RI : 0) | (uart->mcr & MCR_OUT2 ? MSR_DCD : 0);
	return lines;
}

/* New modem lines set their delta bits; RI only when it goes off (TERI). */
static void uart_update_modem(struct uart *uart)
{
	uint8_t lines = uart_modem(uart), changed = lines ^ (uart->msr & (uint8_t)~MSR_DELTAS);

	if (lines & MSR_RI)
		changed &= (uint8_t)~MSR_RI;
	uart->msr = (uint8_t)(lines | (uart->msr & MSR_DELTAS) | changed >> 4);
}

static uint8_t uart_read_iir(struct uart *uart, int64_t now)
{
	uint8_t interrupt = uart_interrupt(uart);

	if (interrupt == IIR_THRE) {
		uart->thre_pending = false;
		uart_update(uart, now);
	}
	return interrupt | (uart->fcr & FCR_ENABLE ? IIR_FIFO : 0);
}

static uint8_t uart_read_lsr(struct uart *uart, int64_t now)
{
	uint8_t lsr = (uint8_t)(LSR_THRE | LSR_TEMT | uart->lsr_errors | (uart->level ? LSR_DR : 0));

	uart->lsr_errors = 0;
	uart_update(uart, now);
	return lsr;
}

static uint8_t uart_read_msr(struct uart *uart, int64_t now)
{
	uint8_t msr = uart->msr;

	uart->msr &= (uint8_t)~MSR_DELTAS;
	uart_update(uart, now);
	return msr;
}

static uint8_t uart_read_register(struct uart *uart, unsigned reg, int64_t now)
{
	bool divisor = uart->lcr & LCR_DLAB;

	switch (reg) {
	case UART_RBR: return divisor ? (uint8_t)uart->divisor : uart_get(uart, now);
	case UART_IER: return divisor ? (uint8_t)(uart->divisor >> 8) : uart->ier;
	case UART_IIR: return uart_read_iir(uart, now);
	case UART_LCR: return uart->lcr;
	case UART_MCR: return uart->mcr;
	case UART_LSR: return uart_read_lsr(uart, now);
	case UART_MSR: return uart_read_msr(uart, now);
	default: return uart->scr;
	}
}

static void uart_send(struct uart *uart, uint8_t byte, int64_t now)
{
	uart->thre_pending = true;
	if (uart->mcr & MCR_LOOP)
		uart_put(uart, byte, now);
	else
		serial_port_transmit(uart->port, byte & uart_word_mask(uart), now);
	uart_update(uart, now);
}

static void uart_set_ier(struct uart *uart, uint8_t value, int64_t now)
{
	/* Enabling the transmitter's interrupt while it is empty raises it. */
	if (value & ~uart->ier & IER_ETBEI)
		uart->thre_pending = true;
	uart->ier = value & 0x0f;
	uart_update(uart, now);
}

static void uart_set_fcr(struct uart *uart, uint8_t value, int64_t now)
{
	bool toggled = (value ^ uart->fcr) & FCR_ENABLE;

	uart->fcr = value & (FCR_ENABLE | 0xc0);
	if (!(value & FCR_ENABLE))
		uart->fcr = 0; /* the other bits need the enable bit */
	if (toggled || value & FCR_CLEAR_RX)
		uart->level = 0;
	if (toggled || value & FCR_CLEAR_TX)
		uart->thre_pending = true;
	uart_restart_timeout(uart, now);
	uart_expect_byte(uart, now);
	uart_update(uart, now);
}

static void uart_set_mcr(struct uart *uart, uint8_t value, int64_t now)
{
	uart->mcr = value & MCR_BITS;
	uart_update_modem(uart);
	uart_expect_byte(uart, now);
	uart_update(uart, now);
}

static void uart_write_register(struct uart *uart, unsigned reg, uint8_t value, int64_t now)
{
	bool divisor = uart->lcr & LCR_DLAB;

	switch (reg) {
	case UART_RBR:
		if (divisor)
			uart->divisor = (uint16_t)((uart->divisor & 0xff00) | value);
		else
			uart_send(uart, value, now);
		break;
	case UART_IER:
		if (divisor)
			uart->divisor = (uint16_t)((uart->divisor & 0x00ff) | value << 8);
		else
			uart_set_ier(uart, value, now);
		break;
	case UART_IIR: uart_set_fcr(uart, value, now); break;
	case UART_LCR:
		uart->lcr = value;
		uart->framed = true;
		break;
	case UART_MCR: uart_set_mcr(uart, value, now); break;
	case UART_SCR: uart->scr = value; break;
	default: break; /* LSR and MSR are for factory tests */
	}
}

/* Where the byte of register n is: at n << shift, or at the low end of its reg-io-width bytes. */
static bool uart_decode(const struct uart *uart, uint64_t offset, unsigned size, unsigned *reg)
{
	uint64_t at = uart->width == size ? offset : offset - (uart->width - 1);

	*reg = (unsigned)(at >> uart->shift) & 7;
	return (size == 1 || size == uart->width) && at >> uart->shift <= 7 && !(at & ((1u << uart->shift) - 1));
}

static uint64_t uart_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct uart *uart = opaque;
	unsigned reg;

	if (!uart_decode(uart, offset, size, &reg))
		return device_bad_access(&uart->device, "no register to read", offset, size);
	return uart_read_register(uart, reg, access->now);
}

static void uart_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct uart *uart = opaque;
	unsigned reg;

	if (!uart_decode(uart, offset, size, &reg))
		device_bad_access(&uart->device, "no register to write", offset, size);
	else
		uart_write_register(uart, reg, (uint8_t)value, access->now);
}

/* The device. */

static bool uart_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { uart_read, uart_write };
	struct uart *uart = (struct uart *)device;

	uart->shift = tree_u32(device->node, "reg-shift", 0);
	uart->width = tree_u32(device->node, "reg-io-width", 1);
	uart->clock = tree_u32(device->node, "clock-frequency", UART_DEFAULT_CLOCK);
	if (uart->shift > 4)
		return err_set(err, "reg-shift: %u, at most 4", uart->shift);
	if (uart->width != 1 && uart->width != 2 && uart->width != 4)
		return err_set(err, "reg-io-width: %u is not 1, 2 or 4", uart->width);
	if (uart->clock < 16)
		return err_set(err, "clock-frequency: %u Hz", uart->clock);
	uart->port = serial_port_create(device->path, uart_input_ready, uart);
	timer_init(&uart->arrival, device->timers, "receive", uart_byte_arrived, uart);
	timer_init(&uart->timeout, device->timers, "character time-out", uart_timed_out, uart);
	if (builder_irqs(builder) && !builder_irq(builder, 0, &uart->irq, err))
		return false;
	if (!builder_map(builder, 0, &ops, uart, err))
		return false;
	builder_add_serial(builder, uart->port);
	return true;
}

static void uart_reset(struct device *device)
{
	struct uart *uart = (struct uart *)device;

	uart->framed = false;
	uart->ier = uart->fcr = uart->lcr = uart->mcr = uart->lsr_errors = uart->scr = 0;
	uart->msr = MSR_CTS | MSR_DSR | MSR_DCD;
	uart->divisor = 0;
	uart->level = 0;
	uart->thre_pending = uart->timeout_pending = false;
	uart->next_byte = 0;
	memset(uart->fifo, 0, sizeof uart->fifo);
	timer_cancel(&uart->arrival);
	timer_cancel(&uart->timeout);
	irq_set(&uart->irq, 0, 0);
}

static void uart_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct uart *uart = (struct uart *)device;
	uint8_t level = uart->level;

	state_u8(visitor, "ier", &uart->ier);
	state_u8(visitor, "fcr", &uart->fcr);
	state_u8(visitor, "lcr", &uart->lcr);
	state_u8(visitor, "mcr", &uart->mcr);
	state_u8(visitor, "lsr", &uart->lsr_errors);
	state_u8(visitor, "msr", &uart->msr);
	state_u8(visitor, "scr", &uart->scr);
	state_u16(visitor, "divisor", &uart->divisor);
	state_bool(visitor, "framed", &uart->framed);
	visitor->bytes(visitor, "fifo", uart->fifo, sizeof uart->fifo);
	state_u8(visitor, "level", &level);
	if (state_at_most(visitor, "level of the FIFO", level, sizeof uart->fifo))
		uart->level = level;
	state_bool(visitor, "thre", &uart->thre_pending);
	state_bool(visitor, "timeout", &uart->timeout_pending);
	state_i64(visitor, "next_byte", &uart->next_byte);
	timer_visit_state(&uart->arrival, visitor);
	timer_visit_state(&uart->timeout, visitor);
	serial_port_visit_state(uart->port, visitor);
}

static void uart_destroy(struct device *device)
{
	serial_port_destroy(((struct uart *)device)->port);
}

static const char *const uart_compatible[] = { "ns16550", "fsl,ns16550", "ns16550a", NULL };

const struct device_class uart_class = {
	.compatible = uart_compatible,
	.summary = "16550 UART (serial port)",
	.size = sizeof(struct uart),
	.has_registers = true,
	.create = uart_create,
	.reset = uart_reset,
	.visit_state = uart_visit_state,
	.destroy = uart_destroy,
};
