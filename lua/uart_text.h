/*
 * What each serial port of a machine has sent, kept for scripts and passed on
 * to the host's end (lua/serial_host.h), and what is sent to it.
 */
#ifndef WARPCORE_LUA_UART_TEXT_H
#define WARPCORE_LUA_UART_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "sim/base/err.h"

struct bind_machine;
struct input_port;
struct serial_host;

struct uart_text {
	struct bind_machine *owner;
	unsigned number;
	char *text; /* `length` bytes since reset and a NUL */
	size_t length, room;
	size_t seen; /* up to here expect has read */
	struct input_port *input;  /* what is sent to the guest goes through here */
	struct serial_host *host;  /* NULL: none */
};

/*
 * Makes owner->uarts and listens to the ports of owner->soc. `use_stdin`: serial
 * or console "stdio" may read standard input. False: what one of them names cannot be opened.
 */
bool uart_text_open(struct bind_machine *owner, bool use_stdin, struct err *err);
/* Sends bytes to the guest: they arrive at the end of the round. False: a replay is running, which has its own. */
bool uart_text_send(struct uart_text *uart, const char *bytes, size_t count);
void uart_text_close(struct bind_machine *owner);

#endif
