/*
 * The host's end of a network device (option net): libslirp, a network in user space. The guest is 10.0.2.15, by DHCP;
 * its gateway 10.0.2.2 is the host, 10.0.2.3 answers for the host's name server; what the guest sends elsewhere goes
 * through sockets of this process. IPv4 only, and no fragments from the guest.
 *
 * What the guest sends is given to libslirp at once, on the driving thread; what libslirp answers by itself (ARP, DHCP,
 * echoes of the gateway) is thus posted at the same virtual time. A thread of its own waits for the sockets. Both post
 * external inputs (sim/input/input.h): that, and nothing else, is how the network reaches the guest. libslirp's time is
 * the virtual one: its connections time out by it.
 *
 * With idle=warp, idle time is jumped over unless the outside may speak: while a TCP connection can bring something,
 * from a datagram of the guest until its answer, but at most NET_HOST_PATIENCE, and until what came has arrived, it
 * passes at the host's pace (warp_expect_begin).
 */
#ifndef WARPCORE_HOST_NET_HOST_H
#define WARPCORE_HOST_NET_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "soc/host/net_spec.h"
#include "sim/base/err.h"
#include "sim/machine/machine_state.h"
#include "sim/input/input.h"

#define NET_HOST_PATIENCE INT64_C(5000000000) /* virtual ns */

struct net_host;

/* NULL: a port cannot be had; err says which. `port` must outlive the host. */
struct net_host *net_host_open(const struct net_spec *spec, struct machine *machine, struct input_port *port,
			       struct err *err);
void net_host_close(struct net_host *host);
/* A frame that the guest sent. Driving thread. */
void net_host_send(struct net_host *host, const uint8_t *frame, size_t size);
/* A frame that was posted has reached the guest. Driving thread. */
void net_host_delivered(struct net_host *host);

#endif
