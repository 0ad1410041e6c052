#include "lua/bind/uart_text.h"

#include <stdlib.h>
#include <string.h>

#include "lua/bind/bind.h"
#include "sim/base/allocate.h"
#include "soc/host/serial_host.h"

static void uart_text_forget(struct uart_text *uart, size_t count)
{
	memmove(uart->text, uart->text + count, uart->length - count);
	uart->length -= count;
	uart->forgotten += count;
	uart->seen -= uart->seen < count ? uart->seen : count;
}

static void uart_text_keep(struct uart_text *uart, uint8_t byte)
{
	if (uart->length == 2 * UART_TEXT_KEPT)
		uart_text_forget(uart, UART_TEXT_KEPT);
	if (uart->length + 1 >= uart->room) {
		uart->room = uart->room ? 2 * uart->room : 4096;
		uart->text = allocate_again(uart->text, uart->room);
	}
	uart->text[uart->length++] = (char)byte;
	uart->text[uart->length] = 0;
}

static void uart_text_listen(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	struct uart_text *uart = opaque;

	uart_text_keep(uart, byte);
	if (uart->host)
		serial_host_write(uart->host, byte);
}

static struct serial_port *uart_text_port(const struct uart_text *uart)
{
	return soc_serial(uart->owner->soc, uart->number);
}

static void uart_text_receive(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	serial_port_receive(uart_text_port(opaque), bytes, count, now);
}

bool uart_text_send(struct uart_text *uart, const char *bytes, size_t count)
{
	return input_post_scripted(uart->input, bytes, count);
}

static void uart_text_open_one(struct uart_text *uart, struct bind_machine *owner, unsigned number)
{
	struct serial_port *port;

	uart->owner = owner;
	uart->number = number;
	uart->text = allocate_zeroed(1, uart->room = 4096);
	port = uart_text_port(uart);
	uart->input = input_add_port(owner->machine->input, serial_port_path(port), uart_text_receive, uart);
	serial_port_listen(port, uart_text_listen, uart);
}

static bool uart_text_connect(struct uart_text *uart, const char *spec, bool use_stdin, struct err *err)
{
	uart->host = serial_host_open(spec, use_stdin, uart->owner->machine, uart->input, err);
	return uart->host != NULL;
}

/* The host's end of UART 0, or NULL. */
static const char *uart_text_serial(const struct machine_options *options, unsigned uarts)
{
	if (options->serial && !strcmp(options->serial, "auto"))
		return uarts ? "stdio" : NULL;
	return options->serial;
}

bool uart_text_open(struct bind_machine *owner, bool use_stdin, struct err *err)
{
	unsigned n = soc_serials(owner->soc);
	const struct machine_options *options = &owner->options;
	const char *serial = uart_text_serial(options, n - options->soc.console);

	owner->uarts = allocate_zeroed(n ? n : 1, sizeof *owner->uarts);
	for (unsigned i = 0; i < n; i++)
		uart_text_open_one(&owner->uarts[i], owner, i);
	if (serial && n == options->soc.console)
		return err_set(err, "%s: the tree has no serial port for serial \"%s\"", options->soc.board, serial);
	if (serial && options->console && !strcmp(serial, "stdio") && !strcmp(options->console, "stdio"))
		return err_set(err, "warpcore.machine: serial and console cannot both be \"stdio\"");
	if (serial && !uart_text_connect(&owner->uarts[0], serial, use_stdin, err))
		return false;
	/* The virtio console of the options is behind all others. */
	return !options->console || uart_text_connect(&owner->uarts[n - 1], options->console, use_stdin, err) ||
	       err_prefix(err, "console");
}

bool uart_text_finish(struct bind_machine *owner, struct err *err)
{
	for (unsigned i = 0; owner->uarts && i < soc_serials(owner->soc); i++)
		if (owner->uarts[i].host && !serial_host_finish(owner->uarts[i].host, err))
			return false;
	return true;
}

void uart_text_close(struct bind_machine *owner)
{
	if (!owner->uarts)
		return;
	for (unsigned i = 0; i < soc_serials(owner->soc); i++) {
		struct uart_text *uart = &owner->uarts[i];

		serial_port_unlisten(uart_text_port(uart), uart_text_listen, uart);
		serial_host_close(uart->host);
		free(uart->text);
	}
	free(owner->uarts);
	owner->uarts = NULL;
}
