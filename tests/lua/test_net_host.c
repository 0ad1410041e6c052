/* The host's end of a network device: libslirp, with a guest in the test that builds its frames by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "soc/host/net_host.h"
#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "sim/machine/machine.h"
#include "sim/time/timer.h"
#include "sim/time/warp.h"
#include "soc/port/net_port.h"

#define SECOND INT64_C(1000000000)
#define GUEST 0x0a00020fu   /* 10.0.2.15 */
#define GATEWAY 0x0a000202u /* 10.0.2.2 */
enum { ETHERNET = 14, IP = 20, UDP = 8, TCP = 20 };
enum { ARP_TYPE = 0x0806, IP_TYPE = 0x0800 };
enum { TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

static const uint8_t guest_mac[6] = { 0x02, 0x57, 0x61, 0x72, 0x70, 0x00 };
static const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

struct rig {
	struct machine *machine;
	struct net_host *host;
	struct timer_list *list;
	struct timer timer;
	/* The last frame that came. */
	uint8_t frame[NET_FRAME_MAX];
	size_t size;
	int64_t when;
	unsigned frames;
};

static void on_frame(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	struct rig *rig = opaque;

	assert_in_range(count, NET_FRAME_MIN, NET_FRAME_MAX);
	memcpy(rig->frame, bytes, count);
	rig->size = count;
	rig->when = now;
	rig->frames++;
	net_host_delivered(rig->host);
}

static void nothing(void *opaque, int64_t now)
{
}

static bool try_open(struct rig *rig, const char *text, struct err *err)
{
	struct net_spec spec;
	struct input_port *port;

	memset(rig, 0, sizeof *rig);
	rig->machine = machine_create();
	rig->list = timer_list_create(rig->machine->clock, "test");
	timer_init(&rig->timer, rig->list, "timer", nothing, NULL);
	port = input_add_port(rig->machine->input, "/net", on_frame, rig);
	if (!net_spec_parse(&spec, text, err))
		fail_msg("%s", err->text);
	rig->host = net_host_open(&spec, rig->machine, port, err);
	net_spec_free(&spec);
	return rig->host;
}

static void open_host(struct rig *rig, const char *text)
{
	struct err err;

	if (!try_open(rig, text, &err))
		fail_msg("%s", err.text);
}

static void close_host(struct rig *rig)
{
	net_host_close(rig->host);
	timer_list_destroy(rig->list);
	machine_destroy(rig->machine);
}

static int64_t host_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

static bool deliver(struct rig *rig)
{
	unsigned before = rig->frames;

	assert_true(input_deliver(rig->machine->input, NULL));
	return rig->frames > before;
}

/* Waits for the thread to post something. */
static void await(struct rig *rig)
{
	int64_t end = host_now() + 20 * SECOND;

	while (!deliver(rig)) {
		if (host_now() > end)
			fail_msg("no frame came");
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
}

/* ---- Frames ---- */

static uint16_t checksum(uint32_t sum, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		sum += i & 1 ? data[i] : (uint32_t)data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_ethernet(uint8_t *frame, const uint8_t *to, uint16_t type)
{
	memcpy(frame, to, 6);
	memcpy(frame + 6, guest_mac, 6);
	be16_store(frame + 12, type);
}

static void send_arp(struct rig *rig, uint16_t operation, uint32_t from, uint32_t to)
{
	uint8_t frame[ETHERNET + 28] = { [15] = 1, [16] = 8, [18] = 6, [19] = 4 };

	put_ethernet(frame, everybody, ARP_TYPE);
	be16_store(frame + 20, operation);
	memcpy(frame + 22, guest_mac, 6);
	be32_store(frame + 28, from);
	be32_store(frame + 38, to);
	net_host_send(rig->host, frame, sizeof frame);
}

/* An IP packet around what stands behind its header already. */
static void send_ip(struct rig *rig, uint8_t *frame, uint8_t protocol, uint32_t from, uint32_t to, size_t size)
{
	static const uint8_t gateway_mac[6] = { 0x52, 0x55, 10, 0, 2, 2 };
	uint8_t *ip = frame + ETHERNET;

	put_ethernet(frame, to == UINT32_MAX ? everybody : gateway_mac, IP_TYPE);
	memset(ip, 0, IP);
	ip[0] = 0x45;
	be16_store(ip + 2, (uint16_t)(IP + size));
	ip[8] = 64;
	ip[9] = protocol;
	be32_store(ip + 12, from);
	be32_store(ip + 16, to);
	be16_store(ip + 10, checksum(0, ip, IP));
	net_host_send(rig->host, frame, ETHERNET + IP + size);
}

static void send_udp(struct rig *rig, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port,
		     const void *data, size_t size)
{
	uint8_t frame[NET_FRAME_MAX], *udp = frame + ETHERNET + IP;

	be16_store(udp, from_port);
	be16_store(udp + 2, to_port);
	be16_store(udp + 4, (uint16_t)(UDP + size));
	be16_store(udp + 6, 0); /* no checksum */
	memcpy(udp + UDP, data, size);
	send_ip(rig, frame, IPPROTO_UDP, from, to, UDP + size);
}

/* Answers the TCP segment that came last. */
static void answer_tcp(struct rig *rig, uint8_t flags)
{
	const uint8_t *ip = rig->frame + ETHERNET, *in = ip + IP;
	uint8_t frame[ETHERNET + IP + TCP] = { 0 }, *tcp = frame + ETHERNET + IP;
	uint32_t to = be32_load(ip + 12),
		 pseudo = (GUEST >> 16) + (GUEST & 0xffff) + (to >> 16) + (to & 0xffff) + IPPROTO_TCP + TCP;

	be16_store(tcp, be16_load(in + 2));
	be16_store(tcp + 2, be16_load(in));
	be32_store(tcp + 8, be32_load(in + 4) + 1);
	tcp[12] = TCP / 4 << 4;
	tcp[13] = flags;
	be16_store(tcp + 16, checksum(pseudo, tcp, TCP));
	send_ip(rig, frame, IPPROTO_TCP, GUEST, to, TCP);
}

static void expect_arp_reply(struct rig *rig, uint32_t address)
{
	assert_int_equal(be16_load(rig->frame + 12), ARP_TYPE);
	assert_int_equal(be16_load(rig->frame + 20), 2);
	assert_int_equal(be32_load(rig->frame + 28), address);
	assert_memory_equal(rig->frame, guest_mac, 6);
}

/* ---- Sockets of the host ---- */

static int bound_socket(int type, uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

/* A port that was free a moment ago. */
static uint16_t free_port(int type)
{
	uint16_t port;

	close(bound_socket(type, &port));
	return port;
}

static int connected_socket(int type, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port),
	};
	int fd = socket(AF_INET, type, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static bool readable(int fd, int ms)
{
	struct pollfd poller = { fd, POLLIN, 0 };

	return poll(&poller, 1, ms) == 1;
}

/* ---- Tests ---- */

/* What libslirp answers by itself is there at the same virtual time, without its thread. */
static void its_own_answers_come_at_once(void **state)
{
	static const uint8_t magic[4] = { 0x63, 0x82, 0x53, 0x63 };
	uint8_t discover[300] = { 1, 1, 6 };
	struct rig rig;

	open_host(&rig, "user");
	clock_advance(rig.machine->clock, 1234567);
	send_arp(&rig, 1, GUEST, GATEWAY);
	assert_true(deliver(&rig));
	expect_arp_reply(&rig, GATEWAY);
	assert_int_equal(rig.when, 1234567);
	send_arp(&rig, 1, GUEST, GATEWAY + 1); /* the name server */
	assert_true(deliver(&rig));
	expect_arp_reply(&rig, GATEWAY + 1);
	memcpy(discover + 28, guest_mac, 6); /* RFC 2131 */
	memcpy(discover + 236, magic, 4);
	discover[240] = 53; /* message type: discover */
	discover[241] = 1;
	discover[242] = 1;
	discover[243] = 255;
	send_udp(&rig, 0, 68, UINT32_MAX, 67, discover, sizeof discover);
	assert_true(deliver(&rig));
	assert_int_equal(be32_load(rig.frame + ETHERNET + IP + UDP + 16), GUEST); /* yiaddr */
	close_host(&rig);
}

/* A question of the guest to a socket of the host, and its answer, during which idle time is not jumped over. */
static void ask(struct rig *rig, int fd, uint16_t port)
{
	const struct warp_wait wait = { .host_until = HOST_CLOCK_FOREVER };
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;
	char data[16] = "";

	send_udp(rig, GUEST, 5555, GATEWAY, port, "question", 8);
	assert_true(readable(fd, 10000));
	assert_int_equal(recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&peer, &length), 8);
	assert_string_equal(data, "question");
	sendto(fd, "answer", 6, 0, (struct sockaddr *)&peer, length);
	assert_int_equal(warp_wait(rig->machine->clock, &wait), WARP_INPUT);
	assert_true(deliver(rig));
	assert_int_equal(be32_load(rig->frame + ETHERNET + 12), GATEWAY);
	assert_int_equal(be16_load(rig->frame + ETHERNET + IP), port);
	assert_memory_equal(rig->frame + ETHERNET + IP + UDP, "answer", 6);
}

static void datagrams_pass_and_are_waited_for(void **state)
{
	const struct warp_wait wait = { .host_until = HOST_CLOCK_FOREVER };
	uint16_t port;
	int fd = bound_socket(SOCK_DGRAM, &port);
	struct rig rig;
	int64_t begin;

	open_host(&rig, "user");
	send_arp(&rig, 1, GUEST, GATEWAY);
	assert_true(deliver(&rig));
	assert_int_equal(warp_wait(rig.machine->clock, &wait), WARP_INPUT); /* of the ARP reply */
	timer_arm(&rig.timer, 3600 * SECOND);
	for (unsigned n = 0; n < 100; n++) /* the thread and this one race each other */
		ask(&rig, fd, port);
	assert_true(clock_now(rig.machine->clock) < 600 * SECOND);
	/* When nothing is due any more, it is jumped over. */
	begin = host_now();
	assert_int_equal(warp_wait(rig.machine->clock, &wait), WARP_TIMER);
	assert_true(host_now() - begin < 60 * SECOND);
	close(fd);
	close_host(&rig);
}

/* The patience, here at a hundred times the host's pace. */
static void who_never_answers_is_not_waited_for_for_ever(void **state)
{
	const struct warp_wait wait = { .host_until = HOST_CLOCK_FOREVER };
	uint16_t port;
	int fd = bound_socket(SOCK_DGRAM, &port);
	int64_t begin = host_now();
	struct rig rig;

	open_host(&rig, "user");
	assert_true(warp_set_speed(rig.machine->clock, 100, 1, NULL));
	send_udp(&rig, GUEST, 5555, GATEWAY, port, "question", 8);
	timer_arm(&rig.timer, 100000 * SECOND);
	assert_int_equal(warp_wait(rig.machine->clock, &wait), WARP_TIMER);
	assert_true(host_now() - begin >= NET_HOST_PATIENCE / 100);
	assert_true(host_now() - begin < 100 * SECOND); /* of the thousand that it would walk */
	close(fd);
	close_host(&rig);
}

static void a_forward_leads_to_the_guest(void **state)
{
	uint16_t tcp_port = free_port(SOCK_STREAM), udp_port = free_port(SOCK_DGRAM);
	char text[128], byte;
	const uint8_t *ip, *in;
	struct rig rig;
	int tcp, udp;

	snprintf(text, sizeof text, "user,restrict,forward=tcp:%u:80,forward=udp:%u:81", tcp_port, udp_port);
	open_host(&rig, text);
	assert_int_equal(atomic_load(&rig.machine->listeners), 2);
	ip = rig.frame + ETHERNET;
	in = ip + IP;
	tcp = connected_socket(SOCK_STREAM, tcp_port);
	await(&rig); /* it looks for the guest first */
	assert_int_equal(be16_load(rig.frame + 12), ARP_TYPE);
	assert_int_equal(be32_load(rig.frame + 38), GUEST);
	send_arp(&rig, 2, GUEST, GATEWAY);
	await(&rig);
	assert_int_equal(ip[9], IPPROTO_TCP);
	assert_int_equal(be32_load(ip + 16), GUEST);
	assert_int_equal(be16_load(in + 2), 80);
	assert_int_equal(in[13], TCP_SYN);
	answer_tcp(&rig, TCP_RST | TCP_ACK); /* nobody listens there */
	assert_true(readable(tcp, 10000));
	assert_true(read(tcp, &byte, 1) <= 0);
	close(tcp);
	udp = connected_socket(SOCK_DGRAM, udp_port);
	assert_int_equal(write(udp, "hello", 5), 5);
	await(&rig);
	assert_int_equal(ip[9], IPPROTO_UDP);
	assert_int_equal(be16_load(in + 2), 81);
	assert_memory_equal(in + UDP, "hello", 5);
	close(udp);
	close_host(&rig);
}

static void a_restricted_guest_reaches_nobody(void **state)
{
	uint16_t port;
	int fd = bound_socket(SOCK_DGRAM, &port);
	struct rig rig;

	open_host(&rig, "user,restrict");
	send_udp(&rig, GUEST, 5555, GATEWAY, port, "question", 8);
	assert_false(readable(fd, 300));
	close_host(&rig);
	open_host(&rig, "user");
	send_udp(&rig, GUEST, 5555, GATEWAY, port, "question", 8);
	assert_true(readable(fd, 10000));
	close(fd);
	close_host(&rig);
}

static unsigned open_files(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* What this process may open is not the guest's to use up. */
static void a_guest_has_a_bounded_number_of_sockets(void **state)
{
	unsigned before = open_files(), most;
	uint16_t port;
	int fd = bound_socket(SOCK_DGRAM, &port);
	struct rig rig;

	open_host(&rig, "user");
	for (unsigned n = 0; n < 2000; n++)
		send_udp(&rig, GUEST, (uint16_t)(10000 + n), GATEWAY, port, "question", 8);
	most = open_files();
	assert_in_range(most - before, 200, 300);
	clock_advance(rig.machine->clock, 3600 * SECOND); /* they time out, and others may be had */
	send_arp(&rig, 1, GUEST, GATEWAY);
	for (unsigned n = 0; n < 200 && open_files() > before + 50; n++)
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	assert_true(open_files() <= before + 50);
	close(fd);
	close_host(&rig);
}

static void a_port_in_use_is_an_error(void **state)
{
	char text[64], want[128];
	uint16_t port;
	int fd = bound_socket(SOCK_STREAM, &port);
	struct err err = { "" };
	struct rig rig;

	listen(fd, 1);
	snprintf(text, sizeof text, "user,forward=tcp:%u:80", port);
	snprintf(want, sizeof want, "net: forward=tcp:%u:80: port %u of the host cannot be had: Address already in use",
		 port, port);
	assert_false(try_open(&rig, text, &err));
	assert_string_equal(err.text, want);
	assert_int_equal(atomic_load(&rig.machine->listeners), 0);
	close(fd);
	close_host(&rig);
}

/* Makes a packet that is nearly right out of a frame of garbage: to a port where somebody is, with sums that agree. */
static void mend(uint8_t *frame, size_t size, uint16_t port, struct random *random)
{
	static const uint8_t protocols[] = { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP };
	uint8_t *ip = frame + ETHERNET, *segment = ip + IP;
	size_t bytes = size - ETHERNET - IP;
	uint32_t to = GATEWAY + (random_below(random, 4) ? 0 : random_below(random, 3));

	ip[0] = (uint8_t)(0x45 + (random_below(random, 8) ? 0 : random_below(random, 11)));
	be16_store(ip + 2, (uint16_t)(size - ETHERNET));
	be16_store(ip + 6, random_below(random, 8) ? 0 : (uint16_t)random_u64(random));
	ip[9] = protocols[random_below(random, 4)];
	be32_store(ip + 12, GUEST);
	be32_store(ip + 16, to);
	be16_store(ip + 10, 0);
	be16_store(ip + 10, checksum(0, ip, IP));
	if (bytes < TCP)
		return;
	be16_store(segment, (uint16_t)(1000 + random_below(random, 4)));
	if (random_below(random, 8))
		be16_store(segment + 2, port);
	if (ip[9] != IPPROTO_TCP)
		return;
	if (random_below(random, 2))
		segment[12] = (uint8_t)(TCP / 4 << 4);
	segment[13] &= random_below(random, 2) ? TCP_SYN : 0x3f;
	be16_store(segment + 16, 0);
	be16_store(segment + 16, checksum((GUEST >> 16) + (GUEST & 0xffff) + (to >> 16) + (to & 0xffff) + IPPROTO_TCP
					  + (uint32_t)bytes, segment, bytes));
}

/* The worst is a line in the log. */
static void throw_garbage(struct rig *rig, uint16_t port, uint64_t seed)
{
	struct random random;

	random_seed(&random, seed);
	for (unsigned n = 0; n < 20000; n++) {
		uint8_t frame[NET_FRAME_MAX];
		size_t size = NET_FRAME_MIN +
			      random_below(&random, random_below(&random, 2) ? 80 : NET_FRAME_MAX - NET_FRAME_MIN + 1);

		for (size_t i = 0; i < size; i++)
			frame[i] = (uint8_t)random_u64(&random);
		put_ethernet(frame, everybody, random_below(&random, 8) ? IP_TYPE : ARP_TYPE);
		if (size >= ETHERNET + IP && random_below(&random, 8))
			mend(frame, size, port, &random);
		net_host_send(rig->host, frame, size);
		deliver(rig);
		if (!random_below(&random, 64))
			clock_advance(rig->machine->clock,
				      clock_now(rig->machine->clock) + random_below(&random, 1000000000));
	}
}

static void nothing_that_a_guest_sends_breaks_it(void **state)
{
	uint16_t port;
	int server = bound_socket(SOCK_STREAM, &port);
	struct rig rig;

	listen(server, 8);
	for (uint64_t seed = 1; seed <= 4; seed++) {
		open_host(&rig, seed & 1 ? "user,restrict" : "user");
		throw_garbage(&rig, port, seed);
		for (int i = 0; i < 2000 && (!rig.size || be16_load(rig.frame + 12) != ARP_TYPE || rig.frame[21] != 2);
		     i++) {
			send_arp(&rig, 1, GUEST, GATEWAY);
			deliver(&rig);
		}
		expect_arp_reply(&rig, GATEWAY);
		close_host(&rig);
	}
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_answers_come_at_once),
		cmocka_unit_test(datagrams_pass_and_are_waited_for),
		cmocka_unit_test(who_never_answers_is_not_waited_for_for_ever),
		cmocka_unit_test(a_forward_leads_to_the_guest),
		cmocka_unit_test(a_restricted_guest_reaches_nobody),
		cmocka_unit_test(a_guest_has_a_bounded_number_of_sockets),
		cmocka_unit_test(a_port_in_use_is_an_error),
		cmocka_unit_test(nothing_that_a_guest_sends_breaks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
