/* The virtio network device (virtio 1.1, 5.1) with a driver in the test at one end and a wire at the other. */
#include <stdio.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/input/input.h"
#include "tests/soc/virtio_driver.h"

#define DEVICE UINT64_C(0xe00000000)
#define DATA 0x20000
#define LATENCY 20000
#define HEADER 12
enum { RECEIVE = 0, TRANSMIT = 1 };

struct rig {
	struct board board;
	struct virtio_driver driver;
	struct net_port *port;
	/* The last frame that passed the wire. */
	uint8_t frame[NET_FRAME_MAX];
	size_t size;
	enum net_direction direction;
	int64_t when;
	unsigned passed;
	char logged[256]; /* the last guest error */
};

static void on_wire(void *opaque, enum net_direction direction, const uint8_t *frame, size_t size, int64_t when)
{
	struct rig *rig = opaque;

	memcpy(rig->frame, frame, size < sizeof rig->frame ? size : sizeof rig->frame);
	rig->size = size;
	rig->direction = direction;
	rig->when = when;
	rig->passed++;
}

static void keep_error(void *opaque, enum log_class class, const char *text)
{
	struct rig *rig = opaque;

	snprintf(rig->logged, sizeof rig->logged, "%s", text);
}

static void start(struct rig *rig)
{
	struct soc_options options = { .board = PPCE500, .net = true };

	memset(rig, 0, sizeof *rig);
	board_open(&rig->board, &options);
	rig->board.machine->log.sink = keep_error;
	rig->board.machine->log.opaque = rig;
	rig->board.machine->log.mask = 1u << LOG_GUEST_ERROR;
	rig->driver = (struct virtio_driver){ .board = &rig->board, .device = DEVICE };
	assert_int_equal(soc_nets(rig->board.soc), 1);
	rig->port = soc_net(rig->board.soc, 0);
	net_port_connect(rig->port, on_wire, rig);
}

static void set_up(struct rig *rig)
{
	virtio_driver_start(&rig->driver, 1 << 5 | 1 << 16, 2);
}

static void stop(struct rig *rig)
{
	board_close(&rig->board);
}

static void poke(struct rig *rig, uint64_t pa, const void *data, size_t size)
{
	assert_true(bus_poke(rig->board.machine->bus, pa, data, size));
}

static void peek(struct rig *rig, uint64_t pa, void *data, size_t size)
{
	assert_true(bus_peek(rig->board.machine->bus, pa, data, size));
}

/* A frame whose bytes tell its size. */
static void make_frame(uint8_t *frame, size_t size)
{
	for (size_t i = 0; i < size; i++)
		frame[i] = (uint8_t)(i * 7 + size);
}

/* Offers a packet of header and frame, the frame in two pieces; time passes. */
static void transmit(struct rig *rig, size_t size)
{
	uint8_t packet[HEADER + NET_FRAME_MAX + 8] = { 0 };

	make_frame(packet + HEADER, size);
	poke(rig, DATA, packet, HEADER + size);
	virtio_driver_describe(&rig->driver, TRANSMIT, 0, DATA, HEADER, VIRTIO_NEXT, 1);
	virtio_driver_describe(&rig->driver, TRANSMIT, 1, DATA + HEADER, 10, VIRTIO_NEXT, 2);
	virtio_driver_describe(&rig->driver, TRANSMIT, 2, DATA + HEADER + 10, (uint32_t)size - 10, 0, 0);
	virtio_driver_publish(&rig->driver, TRANSMIT, 0);
	board_pass(&rig->board, LATENCY);
}

static void test_registers(void **state)
{
	static const uint8_t mac[6] = { 0x02, 0x57, 0x61, 0x72, 0x70, 0x00 };
	struct rig rig;

	start(&rig);
	assert_int_equal(virtio_driver_get(&rig.driver, VIRTIO_DEVICE_ID), 1);
	assert_int_equal(virtio_driver_get(&rig.driver, VIRTIO_FEATURES), 1 << 5 | 1 << 16); /* MAC, STATUS */
	for (unsigned i = 0; i < sizeof mac; i++)
		assert_int_equal(board_read8(&rig.board, DEVICE + VIRTIO_CONFIG + i), mac[i]);
	assert_int_equal(board_read(&rig.board, 0, DEVICE + VIRTIO_CONFIG + 6, 2), 0x0100); /* link up, little-endian */
	stop(&rig);
	board_open_changed(&rig.board,
			   "/ { soc@fe0000000 { virtio@d0000 { compatible = \"virtio,mmio\"; reg = <0xd0000 0x200>;"
			   " warpcore,device = \"net\"; local-mac-address = [ 52 54 00 12 34 56 ]; }; }; };");
	assert_int_equal(board_read(&rig.board, 0, CCSR + 0xd0000 + VIRTIO_CONFIG, 4), 0x52540012);
	assert_int_equal(soc_nets(rig.board.soc), 1);
	board_close(&rig.board);
}

static void test_bad_addresses(void **state)
{
	static const char *const bad[] = { "[ 52 54 00 12 34 ]", "[ 53 54 00 12 34 56 ]", "\"eth0\"" };
	char source[256];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(source, sizeof source,
			 "/ { soc@fe0000000 { virtio@d0000 { compatible = \"virtio,mmio\"; reg = <0xd0000"
			 " 0x200>; warpcore,device = \"net\"; local-mac-address = %s; }; }; };",
			 bad[i]);
		assert_string_equal(board_refuses(source),
				    "/soc@fe0000000/virtio@d0000: local-mac-address: six bytes are "
				    "expected, the first of them even");
	}
}

static void test_transmit(void **state)
{
	static const size_t sizes[] = { 14, 60, 61, 1514, 1518 };
	uint8_t frame[NET_FRAME_MAX];
	struct rig rig;

	start(&rig);
	set_up(&rig);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		int64_t at = machine_now(rig.board.machine);

		transmit(&rig, sizes[i]);
		make_frame(frame, sizes[i]);
		assert_int_equal(rig.passed, i + 1);
		assert_int_equal(rig.direction, NET_FROM_GUEST);
		assert_int_equal(rig.when, at + LATENCY);
		assert_int_equal(rig.size, sizes[i]);
		assert_memory_equal(rig.frame, frame, sizes[i]);
		assert_int_equal(virtio_driver_used(&rig.driver, TRANSMIT), i + 1);
		assert_int_equal(virtio_driver_get(&rig.driver, VIRTIO_INTERRUPT_STATUS), 1);
		virtio_driver_put(&rig.driver, VIRTIO_INTERRUPT_ACK, 1);
	}
	assert_int_equal(net_port_counts(rig.port)->frames_sent, 5);
	assert_int_equal(net_port_counts(rig.port)->bytes_sent, 14 + 60 + 61 + 1514 + 1518);
	/* What no network carries is lost, and told. */
	transmit(&rig, 13);
	transmit(&rig, 1519);
	assert_int_equal(rig.passed, 5);
	assert_int_equal(virtio_driver_used(&rig.driver, TRANSMIT), 7);
	assert_non_null(strstr(rig.logged, "a frame of 1519 bytes is lost"));
	net_port_connect(rig.port, NULL, NULL); /* nobody is there */
	transmit(&rig, 60);
	assert_int_equal(virtio_driver_used(&rig.driver, TRANSMIT), 8);
	stop(&rig);
}

static void offer_buffer(struct rig *rig, unsigned index, uint32_t size)
{
	virtio_driver_describe(&rig->driver, RECEIVE, index, DATA + 0x1000 * index, size, VIRTIO_WRITE, 0);
	virtio_driver_publish(&rig->driver, RECEIVE, (uint16_t)index);
}

/* The frame of this size has come into buffer `index`. */
static void expect_received(struct rig *rig, unsigned index, size_t size)
{
	static const uint8_t header[HEADER] = { [10] = 1 }; /* num_buffers */
	uint8_t got[HEADER + NET_FRAME_MAX], frame[NET_FRAME_MAX];

	assert_int_equal(virtio_driver_used(&rig->driver, RECEIVE), index + 1);
	assert_int_equal(virtio_driver_written(&rig->driver, RECEIVE), HEADER + size);
	peek(rig, DATA + 0x1000 * index, got, HEADER + size);
	make_frame(frame, size);
	assert_memory_equal(got, header, HEADER);
	assert_memory_equal(got + HEADER, frame, size);
}

static void receive(struct rig *rig, size_t size)
{
	uint8_t frame[NET_FRAME_MAX + 1];

	make_frame(frame, size);
	net_port_receive(rig->port, frame, size, machine_now(rig->board.machine));
}

static void test_receive(void **state)
{
	struct rig rig;

	start(&rig);
	receive(&rig, 60); /* no driver */
	board_pass(&rig.board, LATENCY);
	set_up(&rig);
	offer_buffer(&rig, 0, 1526);
	board_pass(&rig.board, LATENCY);
	assert_int_equal(virtio_driver_used(&rig.driver, RECEIVE), 0);
	receive(&rig, 61);
	assert_int_equal(rig.direction, NET_TO_GUEST);
	assert_int_equal(rig.size, 61);
	board_pass(&rig.board, LATENCY - 1);
	assert_int_equal(virtio_driver_used(&rig.driver, RECEIVE), 0);
	board_pass(&rig.board, 1);
	expect_received(&rig, 0, 61);
	assert_int_equal(virtio_driver_get(&rig.driver, VIRTIO_INTERRUPT_STATUS), 1);
	receive(&rig, 1514); /* waits for buffers, which come in their order */
	receive(&rig, 1518);
	receive(&rig, 13);
	receive(&rig, 1519);
	board_pass(&rig.board, LATENCY);
	assert_int_equal(virtio_driver_used(&rig.driver, RECEIVE), 1);
	offer_buffer(&rig, 1, 1530);
	board_pass(&rig.board, LATENCY);
	expect_received(&rig, 1, 1514);
	offer_buffer(&rig, 2, 1530);
	offer_buffer(&rig, 3, 1530);
	board_pass(&rig.board, LATENCY);
	expect_received(&rig, 2, 1518);
	assert_int_equal(net_port_counts(rig.port)->frames_received, 3);
	assert_int_equal(net_port_counts(rig.port)->bytes_received, 61 + 1514 + 1518);
	assert_int_equal(net_port_counts(rig.port)->dropped, 2);
	stop(&rig);
}

/* A frame from elsewhere is an external input of the node's path. */
static void test_input(void **state)
{
	struct rig rig;
	struct input_port *input;
	uint8_t frame[60];

	start(&rig);
	set_up(&rig);
	offer_buffer(&rig, 0, 1526);
	input = input_find_port(rig.board.machine->input, "/virtio@e00000000/virtio@0");
	assert_non_null(input);
	make_frame(frame, sizeof frame);
	assert_true(input_post(input, frame, sizeof frame));
	board_pass(&rig.board, LATENCY);
	assert_true(input_deliver(rig.board.machine->input, NULL));
	board_pass(&rig.board, LATENCY);
	expect_received(&rig, 0, 60);
	stop(&rig);
}

static void test_a_full_queue(void **state)
{
	struct rig rig;

	start(&rig);
	set_up(&rig);
	for (unsigned i = 0; i < NET_PORT_FRAMES; i++)
		receive(&rig, 60);
	assert_int_equal(net_port_counts(rig.port)->dropped, 0);
	receive(&rig, 60);
	assert_int_equal(net_port_counts(rig.port)->dropped, 1);
	virtio_driver_put(&rig.driver, VIRTIO_STATUS, 0); /* forgets them */
	assert_int_equal(net_port_waiting(rig.port), 0);
	stop(&rig);
}

static void digest_with_waiting(size_t size, char digest[33])
{
	struct rig rig;

	start(&rig);
	set_up(&rig);
	receive(&rig, size);
	machine_digest(rig.board.machine, digest);
	stop(&rig);
}

static void test_what_waits_is_state(void **state)
{
	char one[33], again[33], other[33];

	digest_with_waiting(60, one);
	digest_with_waiting(60, again);
	digest_with_waiting(61, other);
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
}

static void expect_broken(struct rig *rig, unsigned queue, const char *why)
{
	virtio_driver_publish(&rig->driver, queue, 0);
	board_pass(&rig->board, LATENCY);
	if (!strstr(rig->logged, why))
		fail_msg("\"%s\" has no \"%s\"", rig->logged, why);
	assert_int_equal(virtio_driver_get(&rig->driver, VIRTIO_STATUS) & 64, 64);
	assert_int_equal(virtio_driver_used(&rig->driver, queue), 0);
	set_up(rig); /* works again */
	rig->passed = 0;
	transmit(rig, 60);
	assert_int_equal(rig->passed, 1);
	set_up(rig);
}

static void test_malformed(void **state)
{
	static const uint8_t checksum[HEADER] = { 1 }, segments[HEADER] = { 0, 1 };
	struct rig rig;

	start(&rig);
	set_up(&rig);
	virtio_driver_describe(&rig.driver, TRANSMIT, 0, DATA, HEADER - 1, 0, 0);
	expect_broken(&rig, TRANSMIT, "a packet without its header");
	virtio_driver_describe(&rig.driver, TRANSMIT, 0, DATA, 100, VIRTIO_WRITE, 0);
	expect_broken(&rig, TRANSMIT, "a packet without its header");
	virtio_driver_describe(&rig.driver, TRANSMIT, 0, DATA, 100, 0, 0);
	poke(&rig, DATA, checksum, HEADER);
	expect_broken(&rig, TRANSMIT, "an offload, which was not offered");
	virtio_driver_describe(&rig.driver, TRANSMIT, 0, DATA, 100, 0, 0);
	poke(&rig, DATA, segments, HEADER);
	expect_broken(&rig, TRANSMIT, "an offload, which was not offered");
	virtio_driver_describe(&rig.driver, TRANSMIT, 0, DATA, 100, VIRTIO_NEXT, 0);
	expect_broken(&rig, TRANSMIT, "a chain of descriptors without an end");
	receive(&rig, 60);
	virtio_driver_describe(&rig.driver, RECEIVE, 0, DATA, HEADER + 59, VIRTIO_WRITE, 0);
	expect_broken(&rig, RECEIVE, "a receive buffer that is too small");
	receive(&rig, 60);
	virtio_driver_describe(&rig.driver, RECEIVE, 0, DATA, 1526, 0, 0);
	expect_broken(&rig, RECEIVE, "a receive buffer that is too small");
	stop(&rig);
}

/* Mostly near to sense. */
static void describe_anything(struct rig *rig, unsigned queue, unsigned index, struct random *random)
{
	uint64_t address = random_below(random, 16) ? DATA + random_below(random, 0x4000) : random_u64(random);
	uint32_t size = random_below(random, 16) ? random_below(random, 2000) : (uint32_t)random_u64(random);
	uint16_t flags = queue == RECEIVE ? VIRTIO_WRITE : 0;

	if (!random_below(random, 8))
		flags ^= (uint16_t)random_below(random, 8);
	virtio_driver_describe(&rig->driver, queue, index, address, size, flags, (uint16_t)random_below(random, 4));
}

/* Random chains in both queues while frames come: nothing breaks but what the driver broke. */
static void test_fuzz(void **state)
{
	struct random random;
	unsigned good = 0;
	struct rig rig;

	start(&rig);
	random_seed(&random, 1);
	for (unsigned round = 0; round < 20000; round++) {
		if (round % 8 == 0 || virtio_driver_get(&rig.driver, VIRTIO_STATUS) & 64)
			set_up(&rig);
		for (unsigned i = 0; i < 4; i++)
			describe_anything(&rig, i & 1, i / 2, &random);
		virtio_driver_publish(&rig.driver, random_below(&random, 2), (uint16_t)random_below(&random, 3));
		receive(&rig, random_below(&random, NET_FRAME_MAX + 2));
		board_pass(&rig.board, LATENCY);
		good += !(virtio_driver_get(&rig.driver, VIRTIO_STATUS) & 64);
	}
	assert_true(good > 1000 && good < 19000);
	assert_true(rig.passed > 20000);
	stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_bad_addresses),
		cmocka_unit_test(test_transmit),
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_a_full_queue),
		cmocka_unit_test(test_what_waits_is_state),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
