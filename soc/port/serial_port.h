/*
 * A serial line between a UART model and the host: what the guest sent goes to
 * listeners at once, with its virtual time; what the host sends waits in a queue
 * until the UART takes it, so that nothing typed is ever lost.
 *
 * Threads: the thread that drives the machine, between instructions (an input
 * from elsewhere reaches it as an external input).
 */
#ifndef WARPCORE_PORT_SERIAL_PORT_H
#define WARPCORE_PORT_SERIAL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/state.h"

struct serial_port;

/* The guest sent a byte at virtual time `when`. */
typedef void serial_port_listener_fn(void *opaque, struct serial_port *port, uint8_t byte, int64_t when);
/* The UART's side: the queue was empty and is not any more. */
typedef void serial_port_ready_fn(void *opaque, int64_t when);

/* `path`: of the UART's node, copied. */
struct serial_port *serial_port_create(const char *path, serial_port_ready_fn *ready, void *opaque);
void serial_port_destroy(struct serial_port *port);
const char *serial_port_path(const struct serial_port *port);

/* The host's side. */

/* Listeners are called in order of registration, which they may change while they are called. */
void serial_port_listen(struct serial_port *port, serial_port_listener_fn *fn, void *opaque);
void serial_port_unlisten(struct serial_port *port, serial_port_listener_fn *fn, void *opaque);
/* Sends `size` bytes to the guest; the first may arrive at `when` (virtual ns, not before the present). */
void serial_port_receive(struct serial_port *port, const void *bytes, size_t size, int64_t when);
/* Bytes that the UART has not taken yet. */
size_t serial_port_waiting(const struct serial_port *port);
/* Bytes that passed, for the statistics. */
uint64_t serial_port_sent(const struct serial_port *port);     /* guest to host */
uint64_t serial_port_received(const struct serial_port *port); /* host to guest, taken by the UART */

/* The UART's side. */

void serial_port_transmit(struct serial_port *port, uint8_t byte, int64_t when);
/* The oldest byte of the queue; false: it is empty. */
bool serial_port_take(struct serial_port *port, uint8_t *byte);
void serial_port_visit_state(struct serial_port *port, struct state_visitor *visitor);

#endif
