/*
 * What each serial port of a machine has sent, kept for scripts and passed on
 * to the host's end (soc/host/serial_host.h), and what is sent to it.
 */
#ifndef WARPCORE_BIND_UART_TEXT_H
#define WARPCORE_BIND_UART_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "sim/base/err.h"

struct bind_machine;
struct input_port;
struct serial_host;

/* As much of a port's text is kept at least: the oldest goes when there is twice as much. */
#define UART_TEXT_KEPT ((size_t)4 << 20)

struct uart_text {
	struct bind_machine *owner;
	unsigned number;
	char *text; /* the last `length` bytes since reset, and a NUL */
	size_t length, room;
	size_t forgotten; /* bytes that went before them: a guest that prints for ever must not eat the host's memory */
	size_t seen; /* up to here in text expect has read */
	struct input_port *input;  /* what is sent to the guest goes through here */
	struct serial_host *host;  /* NULL: none */
};

/* Bytes that the guest has sent since reset. */
static inline size_t uart_text_sent(const struct uart_text *uart)
{
	return uart->forgotten + uart->length;
}

/*
 * Makes owner->uarts and listens to the ports of owner->soc. `use_stdin`: serial
 * or console "stdio" may read standard input. False: what one of them names cannot be opened.
 */
bool uart_text_open(struct bind_machine *owner, bool use_stdin, struct err *err);
/* Sends bytes to the guest: they arrive at the end of the round. False: a replay is running, which has its own. */
bool uart_text_send(struct uart_text *uart, const char *bytes, size_t count);
/* False: what a console has sent is not all out, and nobody has been told yet; err has name and reason. */
bool uart_text_finish(struct bind_machine *owner, struct err *err);
void uart_text_close(struct bind_machine *owner);

#endif
