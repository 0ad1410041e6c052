/*
 * NAME
 *   net - virtio network device (virtio 1.1, 5.1): Ethernet, one queue each way
 *
 * BINDING (besides that of virtio.c)
 *   local-mac-address  six bytes; 02:57:61:72:70:00 when absent
 *
 * BEHAVIOUR
 *   The host's end is a net port (net_port.h). A frame leaves 20 us after the
 *   notification; one that comes is in the guest's buffer at most 20 us later. What finds
 *   1024 frames waiting for buffers, or no driver, is lost. The link is up.
 *
 * KNOWN LIMITS
 *   No offloads (checksums, segmentation, merged buffers), no control queue: all frames
 *   are received, whatever their address. Frames of 14 to 1518 bytes.
 */
#include <string.h>

#include "sim/base/endian.h"
#include "soc/port/net_port.h"
#include "soc/device/virtio_backends.h"

enum { NET_RECEIVE = 0, NET_TRANSMIT = 1, NET_HEADER = 12, NET_MAC_SIZE = 6, NET_CONFIG_SIZE = 8 };
enum { NET_HEADER_FLAGS = 0, NET_HEADER_GSO = 1, NET_HEADER_BUFFERS = 10 };
enum { NET_FLAG_NEEDS_CHECKSUM = 1 };
enum { NET_S_LINK_UP = 1 };

#define NET_F_MAC (UINT64_C(1) << 5)
#define NET_F_STATUS (UINT64_C(1) << 16)

struct virtio_net {
	struct net_port *port;
};

static void virtio_net_ready(void *opaque, int64_t when)
{
	virtio_wake(opaque, NET_RECEIVE, when);
}

static bool virtio_net_open(struct virtio *virtio, struct builder *builder, struct err *err)
{
	static const uint8_t local[NET_MAC_SIZE] = { 0x02, 'W', 'a', 'r', 'p', 0 };
	const struct tree_property *mac = tree_property(virtio->device.node, "local-mac-address");
	struct virtio_net *net = virtio->state;

	if (mac && (mac->size != NET_MAC_SIZE || mac->data[0] & 1))
		return err_set(err, "local-mac-address: six bytes are expected, the first of them even");
	net->port = net_port_create(virtio->device.path, virtio_net_ready, virtio);
	builder_add_net(builder, net->port);
	virtio->features = NET_F_MAC | NET_F_STATUS;
	memcpy(virtio->config, mac ? mac->data : local, NET_MAC_SIZE);
	le16_store(virtio->config + NET_MAC_SIZE, NET_S_LINK_UP);
	return true;
}

/* The request in virtio->chain. False: it breaks the queue. */
static bool virtio_net_send(struct virtio *virtio, int64_t now)
{
	struct virtio_net *net = virtio->state;
	uint8_t header[NET_HEADER], frame[NET_FRAME_MAX];
	uint64_t size = virtio->chain.readable_bytes - NET_HEADER;

	if (virtio->chain.readable_bytes < NET_HEADER) {
		virtio_break(virtio, "a packet without its header", now);
		return false;
	}
	virtio_chain_read(virtio->device.bus, &virtio->chain, 0, header, sizeof header);
	if (header[NET_HEADER_FLAGS] & NET_FLAG_NEEDS_CHECKSUM || header[NET_HEADER_GSO]) {
		virtio_break(virtio, "a packet that asks for an offload, which was not offered", now);
		return false;
	}
	if (size < NET_FRAME_MIN || size > NET_FRAME_MAX) {
		log_write(virtio->device.log, LOG_GUEST_ERROR, "%s: a frame of %llu bytes is lost: 14 to 1518 can pass",
			  virtio->device.path, (unsigned long long)size);
		return true;
	}
	virtio_chain_read(virtio->device.bus, &virtio->chain, NET_HEADER, frame, size);
	net_port_transmit(net->port, frame, size, now);
	return true;
}

static void virtio_net_transmit(struct virtio *virtio, int64_t now)
{
	while (virtio_take(virtio, NET_TRANSMIT, now)) {
		if (!virtio_net_send(virtio, now))
			return;
		virtio_give(virtio, NET_TRANSMIT, 0, now);
	}
}

static void virtio_net_receive(struct virtio *virtio, int64_t now)
{
	struct virtio_net *net = virtio->state;
	uint8_t header[NET_HEADER] = { [NET_HEADER_BUFFERS] = 1 };
	size_t size;

	if (!virtio->queues[NET_RECEIVE].ready) {
		net_port_clear(net->port);
		return;
	}
	while ((size = net_port_waiting(net->port)) && virtio_take(virtio, NET_RECEIVE, now)) {
		if (virtio->chain.writable_bytes < NET_HEADER + size) {
			virtio_break(virtio, "a receive buffer that is too small (1526 bytes are the least)", now);
			return;
		}
		virtio_chain_write(virtio->device.bus, &virtio->chain, 0, header, sizeof header);
		virtio_chain_write(virtio->device.bus, &virtio->chain, NET_HEADER, net_port_take(net->port), size);
		virtio_give(virtio, NET_RECEIVE, (uint32_t)(NET_HEADER + size), now);
	}
}

static void virtio_net_process(struct virtio *virtio, unsigned queue, int64_t now)
{
	if (queue == NET_TRANSMIT)
		virtio_net_transmit(virtio, now);
	else
		virtio_net_receive(virtio, now);
}

static void virtio_net_reset(struct virtio *virtio)
{
	net_port_clear(((struct virtio_net *)virtio->state)->port);
}

static void virtio_net_visit_state(struct virtio *virtio, struct state_visitor *visitor)
{
	net_port_visit_state(((struct virtio_net *)virtio->state)->port, visitor);
}

static void virtio_net_close(struct virtio *virtio)
{
	net_port_destroy(((struct virtio_net *)virtio->state)->port);
}

const struct virtio_backend virtio_net = {
	.name = "net",
	.id = 1,
	.nqueues = 2,
	.config_size = NET_CONFIG_SIZE,
	.size = sizeof(struct virtio_net),
	.latency = 20000,
	.open = virtio_net_open,
	.process = virtio_net_process,
	.reset = virtio_net_reset,
	.visit_state = virtio_net_visit_state,
	.close = virtio_net_close,
};
