/*
 * The wire between a network device and the host: Ethernet frames, without
 * preamble and check sequence. What the guest sends goes to whom is connected
 * at once, with its virtual time; what comes for the guest waits in a queue
 * until the device takes it. A frame that finds the queue full is lost, as
 * in any network card.
 *
 * Threads: the thread that drives the machine, between instructions (a frame
 * from elsewhere reaches it as an external input).
 */
#ifndef WARPCORE_PORT_NET_PORT_H
#define WARPCORE_PORT_NET_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/state.h"

#define NET_FRAME_MIN 14   /* bytes: a header */
#define NET_FRAME_MAX 1518 /* with 1500 bytes after it, and a VLAN's tag */
#define NET_PORT_FRAMES 1024 /* that wait for the guest, at most */

struct net_port;

enum net_direction { NET_FROM_GUEST, NET_TO_GUEST };

/* A frame passed at virtual time `when`; those to the guest before they are queued. */
typedef void net_port_wire_fn(void *opaque, enum net_direction direction, const uint8_t *frame, size_t size,
			      int64_t when);
/* The device's side: the queue was empty and is not any more. */
typedef void net_port_ready_fn(void *opaque, int64_t when);

/* `path`: of the device's node, copied. */
struct net_port *net_port_create(const char *path, net_port_ready_fn *ready, void *opaque);
void net_port_destroy(struct net_port *port);
const char *net_port_path(const struct net_port *port);

/* The host's side. */

/* One at a time; NULL: nobody, what the guest sends is lost. */
void net_port_connect(struct net_port *port, net_port_wire_fn *fn, void *opaque);
/* Sends a frame to the guest (NET_FRAME_MIN..MAX bytes; others are lost); `when`: virtual ns, the present. */
void net_port_receive(struct net_port *port, const void *frame, size_t size, int64_t when);

/* Since reset, for the statistics. */
struct net_port_counts {
	uint64_t frames_sent, bytes_sent;         /* guest to host */
	uint64_t frames_received, bytes_received; /* host to guest, taken by the device */
	uint64_t dropped;                         /* host to guest, lost */
};
const struct net_port_counts *net_port_counts(const struct net_port *port);

/* The device's side. */

void net_port_transmit(struct net_port *port, const void *frame, size_t size, int64_t when);
/* Bytes of the oldest frame of the queue; 0: it is empty. */
size_t net_port_waiting(const struct net_port *port);
/* The oldest frame, net_port_waiting() bytes, valid until the next call for the port. */
const uint8_t *net_port_take(struct net_port *port);
/* Forgets what waits. */
void net_port_clear(struct net_port *port);
void net_port_visit_state(struct net_port *port, struct state_visitor *visitor);

#endif
