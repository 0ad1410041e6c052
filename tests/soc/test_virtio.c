/*
 * virtio-mmio (virtio 1.1: 4.2 transport, 2.6 split queues, 5.2 block, 5.4
 * entropy) driven by hand: a driver in the test lays out queues in guest memory.
 */
#include "sim/machine/machine_save.h"
#include "tests/soc/board.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/endian.h"
#include "sim/base/file.h"
#include "sim/base/random.h"

#define DEVICE UINT64_C(0xe00000000)
#define MAGIC 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define FEATURES 0x010
#define FEATURES_SEL 0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SEL 0x024
#define QUEUE_SEL 0x030
#define QUEUE_NUM_MAX 0x034
#define QUEUE_NUM 0x038
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define INTERRUPT_STATUS 0x060
#define INTERRUPT_ACK 0x064
#define STATUS 0x070
#define QUEUE_DESC 0x080
#define QUEUE_DRIVER 0x090
#define QUEUE_DEVICE 0x0a0
#define CONFIG 0x100

#define DESC 0x10000  /* where the test's queue lies */
#define AVAIL 0x11000
#define USED 0x12000
#define DATA 0x20000
#define QUEUE_SIZE 16

enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };

#define SECTORS 64
#define LATENCY 50000

struct rig {
	struct board board;
	char image[128], overlay[128];
	struct disk_image disk;
	uint16_t available;
	char logged[256]; /* the last guest error */
};

static uint32_t get(struct rig *rig, uint32_t offset)
{
	return __builtin_bswap32(board_read32(&rig->board, DEVICE + offset));
}

/* In place of the host's: counts, and fails when told to. */
static unsigned syncs;
static int sync_errno;

int fsync(int file)
{
	syncs++;
	errno = sync_errno;
	return sync_errno ? -1 : 0;
}

static void put(struct rig *rig, uint32_t offset, uint32_t value)
{
	board_write32(&rig->board, DEVICE + offset, __builtin_bswap32(value));
}

static void make_image(const char *name, size_t sectors)
{
	FILE *file = fopen(name, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < sectors * 512; i++)
		fputc((int)(i / 512 + i % 7) & 255, file);
	fclose(file);
}

static uint8_t image_byte(uint64_t at)
{
	return (uint8_t)(at / 512 + at % 7);
}

static void names(struct rig *rig)
{
	memset(rig, 0, sizeof *rig);
	snprintf(rig->image, sizeof rig->image, "/tmp/warpcore-test-virtio-%ld.img", (long)getpid());
	snprintf(rig->overlay, sizeof rig->overlay, "/tmp/warpcore-test-virtio-%ld.cow", (long)getpid());
	unlink(rig->overlay);
	make_image(rig->image, SECTORS);
	rig->disk.file = rig->image;
}

static void keep_error(void *opaque, enum log_class class, const char *text)
{
	struct rig *rig = opaque;

	snprintf(rig->logged, sizeof rig->logged, "%s", text);
}

static void start(struct rig *rig)
{
	struct soc_options options = { .board = PPCE500, .disks = &rig->disk, .ndisks = 1, .entropy = true, .seed = 5 };

	board_open(&rig->board, &options);
	rig->board.machine->log.sink = keep_error;
	rig->board.machine->log.opaque = rig;
	rig->board.machine->log.mask = 1u << LOG_GUEST_ERROR | 1u << LOG_HOST_ERROR;
	rig->available = 0;
}

static void stop(struct rig *rig)
{
	board_close(&rig->board);
}

static void forget(struct rig *rig)
{
	unlink(rig->image);
	unlink(rig->overlay);
}

/* Status, features, one queue: what a driver does first (3.1.1). */
static void set_up(struct rig *rig)
{
	put(rig, STATUS, 0);
	put(rig, STATUS, 1 | 2);
	put(rig, DRIVER_FEATURES_SEL, 1);
	put(rig, DRIVER_FEATURES, 1);
	put(rig, DRIVER_FEATURES_SEL, 0);
	put(rig, DRIVER_FEATURES, 1 << 9);
	put(rig, STATUS, 1 | 2 | 8);
	assert_int_equal(get(rig, STATUS), 11);
	put(rig, QUEUE_SEL, 0);
	put(rig, QUEUE_NUM, QUEUE_SIZE);
	put(rig, QUEUE_DESC, DESC);
	put(rig, QUEUE_DRIVER, AVAIL);
	put(rig, QUEUE_DEVICE, USED);
	put(rig, QUEUE_READY, 1);
	put(rig, STATUS, 15);
	rig->available = 0;
	for (unsigned at = DESC; at < USED + 0x1000; at += 4)
		board_write32(&rig->board, at, 0);
}

static void poke(struct rig *rig, uint64_t pa, const void *data, size_t size)
{
	assert_true(bus_poke(rig->board.machine->bus, pa, data, size));
}

static void peek(struct rig *rig, uint64_t pa, void *data, size_t size)
{
	assert_true(bus_peek(rig->board.machine->bus, pa, data, size));
}

static void describe(struct rig *rig, unsigned index, uint64_t address, uint32_t size, uint16_t flags, uint16_t next)
{
	uint8_t bytes[16];

	le64_store(bytes, address);
	le32_store(bytes + 8, size);
	le16_store(bytes + 12, flags);
	le16_store(bytes + 14, next);
	poke(rig, DESC + 16 * index, bytes, sizeof bytes);
}

static void publish(struct rig *rig, uint16_t head)
{
	uint8_t bytes[2];

	le16_store(bytes, head);
	poke(rig, AVAIL + 4 + 2 * (rig->available % QUEUE_SIZE), bytes, 2);
	le16_store(bytes, ++rig->available);
	poke(rig, AVAIL + 2, bytes, 2);
}

static unsigned used(struct rig *rig)
{
	uint8_t bytes[2];

	peek(rig, USED + 2, bytes, 2);
	return le16_load(bytes);
}

/* A block request in three descriptors; returns its status byte. */
static uint8_t request(struct rig *rig, uint32_t type, uint64_t sector, uint32_t bytes)
{
	uint8_t header[16] = { 0 }, status = 0xee;
	unsigned before = used(rig);

	le32_store(header, type);
	le64_store(header + 8, sector);
	poke(rig, DATA - 16, header, sizeof header);
	poke(rig, DATA + 0x10000, &status, 1);
	describe(rig, 0, DATA - 16, 16, NEXT, bytes ? 1 : 2);
	describe(rig, 1, DATA, bytes, (type == OUT ? 0 : WRITE) | NEXT, 2);
	describe(rig, 2, DATA + 0x10000, 1, WRITE, 0);
	publish(rig, 0);
	put(rig, QUEUE_NOTIFY, 0);
	board_pass(&rig->board, LATENCY - 1);
	assert_int_equal(used(rig), before);
	board_pass(&rig->board, 1);
	assert_int_equal(used(rig), before + 1);
	assert_int_equal(get(rig, INTERRUPT_STATUS), 1);
	put(rig, INTERRUPT_ACK, 1);
	assert_int_equal(get(rig, INTERRUPT_STATUS), 0);
	peek(rig, DATA + 0x10000, &status, 1);
	return status;
}

/* 2.1.2, 3.1.1: before DRIVER_OK no buffer is used, and no one is told; a notification until then is not lost. */
static void test_nothing_before_driver_ok(void **state)
{
	uint8_t status = 0x77;
	struct rig rig;

	names(&rig);
	start(&rig);
	set_up(&rig);
	put(&rig, STATUS, 11);
	poke(&rig, DATA + 0x10000, &status, 1);
	describe(&rig, 0, DATA - 16, 16, NEXT, 1);
	describe(&rig, 1, DATA, 512, WRITE | NEXT, 2);
	describe(&rig, 2, DATA + 0x10000, 1, WRITE, 0);
	publish(&rig, 0);
	put(&rig, QUEUE_NOTIFY, 0);
	board_pass(&rig.board, 3 * LATENCY);
	peek(&rig, DATA + 0x10000, &status, 1);
	assert_int_equal(status, 0x77);
	assert_int_equal(used(&rig), 0);
	assert_int_equal(get(&rig, INTERRUPT_STATUS), 0);
	put(&rig, STATUS, 15);
	board_pass(&rig.board, LATENCY);
	peek(&rig, DATA + 0x10000, &status, 1);
	assert_int_equal(status, 0);
	assert_int_equal(used(&rig), 1);
	stop(&rig);
	forget(&rig);
}

static void test_registers(void **state)
{
	struct rig rig;

	names(&rig);
	start(&rig);
	assert_int_equal(get(&rig, MAGIC), 0x74726976);
	assert_int_equal(get(&rig, VERSION), 2);
	assert_int_equal(get(&rig, DEVICE_ID), 2);
	assert_int_equal(get(&rig, QUEUE_NUM_MAX), 256);
	put(&rig, QUEUE_SEL, 1);
	assert_int_equal(get(&rig, QUEUE_NUM_MAX), 0);
	put(&rig, FEATURES_SEL, 1);
	assert_int_equal(get(&rig, FEATURES), 1); /* VERSION_1 */
	put(&rig, FEATURES_SEL, 0);
	assert_int_equal(get(&rig, FEATURES), 1 << 2 | 1 << 6 | 1 << 9);
	assert_int_equal(get(&rig, CONFIG), SECTORS);
	assert_int_equal(board_read8(&rig.board, DEVICE + CONFIG), SECTORS);
	assert_int_equal(get(&rig, CONFIG + 12), 254); /* seg_max */
	assert_int_equal(get(&rig, CONFIG + 20), 512);
	/* A driver that does not take VERSION_1, or takes what was not offered. */
	put(&rig, STATUS, 3);
	put(&rig, STATUS, 11);
	assert_int_equal(get(&rig, STATUS), 3);
	put(&rig, DRIVER_FEATURES_SEL, 1);
	put(&rig, DRIVER_FEATURES, 3);
	put(&rig, STATUS, 11);
	assert_int_equal(get(&rig, STATUS), 3);
	put(&rig, DRIVER_FEATURES, 1);
	put(&rig, STATUS, 11);
	assert_int_equal(get(&rig, STATUS), 11);
	/* The next one on the bus: entropy. */
	assert_int_equal(__builtin_bswap32(board_read32(&rig.board, DEVICE + 0x1000 + DEVICE_ID)), 4);
	stop(&rig);
	forget(&rig);
}

static void test_read_and_write(void **state)
{
	struct rig rig;
	uint8_t data[1024], *file;
	size_t size;

	names(&rig);
	start(&rig);
	set_up(&rig);
	assert_int_equal(request(&rig, IN, 3, 1024), 0);
	peek(&rig, DATA, data, sizeof data);
	for (unsigned i = 0; i < sizeof data; i++)
		assert_int_equal(data[i], image_byte(3 * 512 + i));
	memset(data, 0x5a, sizeof data);
	poke(&rig, DATA, data, sizeof data);
	assert_int_equal(request(&rig, OUT, SECTORS - 2, 1024), 0);
	syncs = 0;
	assert_int_equal(request(&rig, FLUSH, 0, 0), 0);
	assert_int_equal(syncs, 1);
	file = file_load(rig.image, &size, NULL);
	assert_int_equal(size, SECTORS * 512);
	assert_memory_equal(file + size - 1024, data, 1024);
	assert_int_equal(file[size - 1025], image_byte(size - 1025));
	free(file);
	assert_int_equal(request(&rig, GET_ID, 0, 20), 0);
	peek(&rig, DATA, data, 20);
	assert_string_equal((char *)data, "warpcore");
	stop(&rig);
	forget(&rig);
}

static void test_errors_to_the_guest(void **state)
{
	struct rig rig;

	names(&rig);
	start(&rig);
	set_up(&rig);
	assert_int_equal(request(&rig, IN, SECTORS - 1, 1024), 1);          /* past the end */
	assert_int_equal(request(&rig, IN, UINT64_MAX, 512), 1);            /* wraps */
	assert_int_equal(request(&rig, OUT, UINT64_MAX / 512 + 1, 512), 1); /* wraps in bytes */
	assert_int_equal(request(&rig, IN, 0, 100), 1);                     /* no whole sector */
	assert_int_equal(request(&rig, 77, 0, 512), 2);                     /* no such request */
	assert_int_equal(request(&rig, IN, SECTORS - 1, 512), 0);
	stop(&rig);
	rig.disk.read_only = true;
	start(&rig);
	put(&rig, FEATURES_SEL, 0);
	assert_int_equal(get(&rig, FEATURES) & 1 << 5, 1 << 5); /* RO */
	set_up(&rig);
	assert_int_equal(request(&rig, OUT, 0, 512), 1);
	assert_int_equal(request(&rig, IN, 0, 512), 0);
	stop(&rig);
	forget(&rig);
}

static void expect_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" has no \"%s\"", text, part);
}

/* What the host refuses is an I/O error to the guest, and the run goes on. */
static void test_host_errors(void **state)
{
	struct rlimit before, limit = { .rlim_cur = 16 * 512, .rlim_max = RLIM_INFINITY };
	struct rig rig;

	names(&rig);
	start(&rig);
	set_up(&rig);
	/* A full disk, by a limit to the size of files. */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(request(&rig, OUT, 40, 512), 1);
	expect_in(rig.logged, "/virtio@e00000000/virtio@0: /tmp/warpcore-test-virtio-");
	expect_in(rig.logged, ".img: write: File too large; the guest gets an I/O error");
	assert_int_equal(rig.board.machine->log.count[LOG_HOST_ERROR], 1);
	assert_int_equal(request(&rig, OUT, 41, 512), 1); /* the same again is not told */
	assert_int_equal(rig.board.machine->log.count[LOG_HOST_ERROR], 1);
	assert_int_equal(request(&rig, OUT, 15, 512), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(request(&rig, OUT, 40, 512), 0);
	sync_errno = ENOSPC; /* what a file system may find out late */
	assert_int_equal(request(&rig, FLUSH, 0, 0), 1);
	expect_in(rig.logged, ".img: flush: No space left on device");
	sync_errno = 0;
	assert_int_equal(request(&rig, FLUSH, 0, 0), 0);
	assert_int_equal(truncate(rig.image, 512), 0); /* an image that somebody cut */
	assert_int_equal(request(&rig, IN, 4, 512), 1);
	assert_int_equal(request(&rig, IN, 0, 512), 0);
	stop(&rig);
	forget(&rig);
}

static void test_overlay(void **state)
{
	struct rig rig;
	uint8_t data[512], *file;
	size_t size;

	names(&rig);
	rig.disk.overlay = rig.overlay;
	start(&rig);
	set_up(&rig);
	memset(data, 0x77, sizeof data);
	poke(&rig, DATA, data, sizeof data);
	assert_int_equal(request(&rig, OUT, 9, 512), 0); /* one sector of a block of eight */
	assert_int_equal(request(&rig, OUT, 12, 512), 0); /* another one of it */
	assert_int_equal(request(&rig, IN, 9, 512), 0);
	peek(&rig, DATA, data, 512);
	assert_int_equal(data[0], 0x77);
	assert_int_equal(request(&rig, FLUSH, 0, 0), 0);
	stop(&rig);
	file = file_load(rig.image, &size, NULL); /* the image is as it was */
	for (size_t i = 0; i < size; i++)
		assert_int_equal(file[i], image_byte(i));
	free(file);
	start(&rig); /* and the overlay is found again */
	set_up(&rig);
	assert_int_equal(request(&rig, IN, 8, 2048), 0);
	peek(&rig, DATA, data, 512);
	assert_int_equal(data[0], image_byte(8 * 512));
	peek(&rig, DATA + 512, data, 512);
	assert_int_equal(data[0], 0x77);
	assert_int_equal(data[511], 0x77);
	peek(&rig, DATA + 1024, data, 512);
	assert_int_equal(data[0], image_byte(10 * 512));
	stop(&rig);
	forget(&rig);
}

/* A machine's whole state has what was written to its disk: later writes are undone, in the file of the overlay too. */
static void test_overlay_state(void **state)
{
	struct state_memory memory = { 0 };
	struct err err = { "" };
	uint8_t data[512];
	struct rig rig;

	names(&rig);
	rig.disk.overlay = rig.overlay;
	start(&rig);
	set_up(&rig);
	memset(data, 0x77, sizeof data);
	poke(&rig, DATA, data, sizeof data);
	assert_int_equal(request(&rig, OUT, 9, 512), 0);
	if (!machine_save(rig.board.machine, &memory, &err))
		fail_msg("%s", err.text);
	memset(data, 0x11, sizeof data);
	poke(&rig, DATA, data, sizeof data);
	assert_int_equal(request(&rig, OUT, 9, 512), 0);
	assert_int_equal(request(&rig, OUT, 20, 512), 0); /* of another block */
	rig.available--; /* the driver's own count goes back with the machine */
	rig.available--;
	if (!machine_restore(rig.board.machine, &memory, &err))
		fail_msg("%s", err.text);
	for (unsigned pass = 0; pass < 2; pass++) { /* the second time as the file has it */
		assert_int_equal(request(&rig, IN, 9, 512), 0);
		peek(&rig, DATA, data, 512);
		assert_int_equal(data[0], 0x77);
		assert_int_equal(request(&rig, IN, 20, 512), 0);
		peek(&rig, DATA, data, 512);
		assert_int_equal(data[0], image_byte(20 * 512));
		stop(&rig);
		if (pass == 0) {
			start(&rig);
			set_up(&rig);
		}
	}
	state_memory_free(&memory);
	rig.disk.overlay = NULL;
	start(&rig);
	assert_false(machine_save(rig.board.machine, &memory, &err));
	assert_string_equal(err.text, "a disk is written in place: a machine can be saved with disks that have an "
				      "overlay, or are read only");
	stop(&rig);
	state_memory_free(&memory);
	forget(&rig);
}

static const char *refuse(struct rig *rig)
{
	struct soc_options options = { .board = PPCE500, .disks = &rig->disk, .ndisks = 1 };

	return board_refuses_options(&options);
}

/* Whoever builds a board says how disks are opened. */
static void test_nothing_to_open_disks_with(void **state)
{
	struct disk_image disk = { .file = "disk.img" };
	struct soc_options options = { .board = PPCE500, .disks = &disk, .ndisks = 1 };
	struct machine *machine = machine_create();
	struct err err = { "" };

	assert_null(soc_build(machine, &options, &err));
	expect_in(err.text, "disk.img: disks cannot be opened here");
	machine_destroy(machine);
}

static void test_refusals(void **state)
{
	struct disk_image many[SOC_MAX_DISKS + 1] = { { .file = "x" } };
	struct soc_options options = { .board = PPCE500, .disks = many, .ndisks = SOC_MAX_DISKS + 1 };
	struct rig rig;
	int other;

	names(&rig);
	assert_string_equal(board_refuses_options(&options), "disks: 9, there are at most 8");
	rig.disk.file = "/nonexistent/disk.img";
	expect_in(refuse(&rig), "/nonexistent/disk.img: No such file or directory");
	rig.disk.file = "/tmp";
	expect_in(refuse(&rig), "/tmp: Is a directory");
	rig.disk.file = rig.image;
	other = open(rig.image, O_RDONLY);
	assert_int_equal(flock(other, LOCK_SH), 0);
	expect_in(refuse(&rig), ".img: is in use by another run, or by another machine of this one");
	rig.disk.read_only = true; /* two readers are no harm */
	start(&rig);
	stop(&rig);
	rig.disk.read_only = false;
	close(other);
	assert_int_equal(truncate(rig.image, 1000), 0);
	expect_in(refuse(&rig), ".img: 1000 bytes are not a whole number of 512-byte sectors");
	assert_int_equal(truncate(rig.image, 0), 0);
	expect_in(refuse(&rig), ".img: 0 bytes are not a whole number of 512-byte sectors");
	make_image(rig.image, SECTORS);
	if (geteuid()) { /* root may write anything */
		chmod(rig.image, 0444);
		expect_in(refuse(&rig), "it can be opened read only");
	}
	rig.disk.overlay = rig.overlay;
	make_image(rig.overlay, 4);
	expect_in(refuse(&rig), ".cow: is not an overlay");
	unlink(rig.overlay);
	start(&rig);
	stop(&rig);
	make_image(rig.image, SECTORS + 8);
	expect_in(refuse(&rig), ".cow: is the overlay of another image: of 32768 bytes, this one has 36864");
	make_image(rig.image, SECTORS);
	assert_int_equal(truncate(rig.overlay, 8192), 0);
	expect_in(refuse(&rig), ".cow: truncated overlay");
	forget(&rig);
}

/* Named in the tree rather than in the options. */
static void test_named_in_the_tree(void **state)
{
	struct rig rig;
	char source[512];

	names(&rig);
	snprintf(
		source, sizeof source,
		"/ { platform@f00000000 { virtio@0 { compatible = \"virtio,mmio\"; reg = <0 0x200>;"
		" interrupts = <200 2>;"
		" warpcore,device = \"block\"; warpcore,file = \"%s\"; warpcore,read-only; };"
		" virtio@1000 { compatible = \"virtio,mmio\"; reg = <0x1000 0x200>; interrupts = <201 2>; }; }; };",
		rig.image);
	board_open_changed(&rig.board, source);
	assert_int_equal(__builtin_bswap32(board_read32(&rig.board, 0xf00000000 + DEVICE_ID)), 2);
	assert_int_equal(__builtin_bswap32(board_read32(&rig.board, 0xf00001000 + DEVICE_ID)), 0); /* an empty place */
	stop(&rig);
	expect_in(board_refuses("/ { platform@f00000000 { virtio@0 { compatible = \"virtio,mmio\"; reg = <0 0x200>;"
				" warpcore,device = \"teapot\"; }; }; };"),
		  "/platform@f00000000/virtio@0: warpcore,device: no such virtio device");
	expect_in(board_refuses("/ { platform@f00000000 { virtio@0 { compatible = \"virtio,mmio\"; reg = <0 0x200>;"
				" warpcore,device = \"block\"; }; }; };"),
		  "/platform@f00000000/virtio@0: warpcore,file: the image is missing");
	forget(&rig);
}

/* Queues that make no sense: the device asks for a reset, and works again after one. */

static void expect_broken(struct rig *rig, const char *why)
{
	uint8_t header[16] = { 0 };

	rig->logged[0] = 0;
	publish(rig, 0);
	put(rig, QUEUE_NOTIFY, 0);
	board_pass(&rig->board, LATENCY);
	assert_int_equal(get(rig, STATUS) & 64, 64);
	assert_int_equal(get(rig, INTERRUPT_STATUS) & 2, 2);
	assert_int_equal(used(rig), 0);
	expect_in(rig->logged, why);
	poke(rig, DATA - 16, header, sizeof header);
	set_up(rig);
	assert_int_equal(request(rig, IN, 0, 512), 0);
	set_up(rig);
}

static void test_malformed(void **state)
{
	struct rig rig;

	names(&rig);
	start(&rig);
	set_up(&rig);
	describe(&rig, 0, DATA, 16, NEXT, 1); /* a loop */
	describe(&rig, 1, DATA, 16, NEXT, 0);
	expect_broken(&rig, "a chain of descriptors without an end");
	describe(&rig, 0, DATA, 16, NEXT, QUEUE_SIZE); /* a number beyond the queue */
	expect_broken(&rig, "number beyond the queue");
	describe(&rig, 0, UINT64_C(0x10000000) - 8, 16, 0, 0); /* across the end of memory */
	expect_broken(&rig, "outside of memory");
	describe(&rig, 0, UINT64_MAX - 3, 16, 0, 0); /* wraps */
	expect_broken(&rig, "outside of memory");
	describe(&rig, 0, CCSR + 0x4500, 16, 0, 0); /* registers */
	expect_broken(&rig, "outside of memory");
	describe(&rig, 0, 0, 0xffffffff, WRITE, 0); /* absurd */
	expect_broken(&rig, "outside of memory");
	describe(&rig, 0, 0, 0x0f000000, WRITE, 0); /* in memory, and still absurd */
	expect_broken(&rig, "more than 16 MiB");
	describe(&rig, 0, DATA, 16, INDIRECT, 0); /* was not offered */
	expect_broken(&rig, "indirect");
	describe(&rig, 0, DATA, 16, WRITE | NEXT, 1); /* readable behind writable */
	describe(&rig, 1, DATA, 16, 0, 0);
	expect_broken(&rig, "readable descriptor behind");
	describe(&rig, 0, DATA, 15, NEXT, 1); /* a short header */
	describe(&rig, 1, DATA, 1, WRITE, 0);
	expect_broken(&rig, "without header or status");
	describe(&rig, 0, DATA, 16, 0, 0); /* no status */
	expect_broken(&rig, "without header or status");
	rig.available = QUEUE_SIZE; /* with the next one, the index is further ahead than the queue is long */
	expect_broken(&rig, "more requests than the queue holds");
	stop(&rig);
	forget(&rig);
}

static void test_bad_queues(void **state)
{
	static const struct {
		uint32_t reg, value;
	} cases[] = {
		{ QUEUE_NUM, 0 },
		{ QUEUE_NUM, 15 },
		{ QUEUE_NUM, 512 },
		{ QUEUE_NUM, 0xffffffff },
		{ QUEUE_DESC, DESC + 8 },
		{ QUEUE_DRIVER, AVAIL + 1 },
		{ QUEUE_DEVICE, USED + 2 },
		{ QUEUE_DESC, 0x0ffffff0 },
		{ QUEUE_DRIVER, 0x10000000 - 4 },
		{ QUEUE_DEVICE + 4, 1 },
		{ QUEUE_DESC + 4, 0xffffffff },
	};
	struct rig rig;

	names(&rig);
	start(&rig);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		set_up(&rig);
		put(&rig, QUEUE_READY, 0);
		put(&rig, cases[i].reg, cases[i].value);
		put(&rig, QUEUE_READY, 1);
		assert_int_equal(get(&rig, QUEUE_READY), 0);
		assert_int_equal(get(&rig, STATUS) & 64, 64);
	}
	stop(&rig);
	forget(&rig);
}

/* Random descriptors and rings, most of them near to sense. */
static void test_fuzz(void **state)
{
	struct rig rig;
	struct random random;
	unsigned good = 0;

	names(&rig);
	rig.disk.overlay = rig.overlay;
	start(&rig);
	random_seed(&random, 1);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t header[16] = { 0 };

		if (round % 8 == 0 || get(&rig, STATUS) & 64)
			set_up(&rig);
		header[0] = (uint8_t)random_below(&random, 10);
		header[8] = (uint8_t)random_below(&random, SECTORS + 4);
		poke(&rig, DATA, header, sizeof header);
		for (unsigned i = 0; i < 4; i++) {
			uint64_t address =
				random_below(&random, 8) ? DATA + 512 * random_below(&random, 4) : random_u64(&random);
			uint32_t size = random_below(&random, 8) ? 512 * random_below(&random, 4)
								 : (uint32_t)random_u64(&random);

			if (!i && random_below(&random, 8)) {
				address = DATA;
				size = 16;
			}
			describe(&rig, i, address, i == 3 ? 1 : size,
				 (uint16_t)((i < 3 && random_below(&random, 4) ? NEXT : 0) | (i > 1 ? WRITE : 0) |
					    (random_below(&random, 30) ? 0 : random_below(&random, 8))),
				 (uint16_t)(random_below(&random, 16) ? i + 1 : random_below(&random, 20)));
		}
		if (!random_below(&random, 50))
			rig.available = (uint16_t)random_u64(&random);
		publish(&rig, (uint16_t)(random_below(&random, 30) ? 0 : random_u64(&random)));
		if (!random_below(&random, 40))
			put(&rig, random_below(&random, 0x100) & ~3u, (uint32_t)random_u64(&random));
		put(&rig, QUEUE_NOTIFY, 0);
		board_pass(&rig.board, LATENCY);
		good += !(get(&rig, STATUS) & 64);
	}
	assert_true(good > 1000 && good < 19000);
	stop(&rig);
	forget(&rig);
}

/* One queue of a device without features of its own. */
static void set_up_queue(struct rig *rig, unsigned queue)
{
	put(rig, STATUS, 0);
	put(rig, STATUS, 3);
	put(rig, DRIVER_FEATURES_SEL, 1);
	put(rig, DRIVER_FEATURES, 1);
	put(rig, STATUS, 11);
	put(rig, QUEUE_SEL, queue);
	put(rig, QUEUE_NUM, QUEUE_SIZE);
	put(rig, QUEUE_DESC, DESC);
	put(rig, QUEUE_DRIVER, AVAIL);
	put(rig, QUEUE_DEVICE, USED);
	put(rig, QUEUE_READY, 1);
	put(rig, STATUS, 15);
}

static void keep(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	char *text = opaque;

	text[strlen(text)] = (char)byte;
}

static void test_console(void **state)
{
	struct soc_options options = { .board = PPCE500, .console = true };
	struct rig rig = { .available = 0 };
	struct serial_port *port;
	char text[64] = "", got[8] = "";

	board_open(&rig.board, &options);
	assert_int_equal(get(&rig, DEVICE_ID), 3);
	assert_int_equal(soc_serials(rig.board.soc), 2);
	port = soc_serial(rig.board.soc, 1);
	serial_port_listen(port, keep, text);
	set_up_queue(&rig, 1); /* transmit, in two pieces */
	poke(&rig, DATA, "hello, world", 12);
	describe(&rig, 0, DATA, 7, NEXT, 1);
	describe(&rig, 1, DATA + 7, 5, 0, 0);
	publish(&rig, 0);
	put(&rig, QUEUE_NOTIFY, 1);
	board_pass(&rig.board, 1000);
	assert_string_equal(text, "hello, world");
	assert_int_equal(used(&rig), 1);
	board_close(&rig.board);

	board_open(&rig.board, &options);
	rig.available = 0;
	port = soc_serial(rig.board.soc, 1);
	set_up_queue(&rig, 0); /* receive: what comes before there is a buffer waits */
	serial_port_receive(port, "typed", 5, machine_now(rig.board.machine));
	board_pass(&rig.board, 1000);
	assert_int_equal(used(&rig), 0);
	describe(&rig, 0, DATA, 3, WRITE, 0);
	publish(&rig, 0);
	put(&rig, QUEUE_NOTIFY, 0);
	board_pass(&rig.board, 1000);
	assert_int_equal(used(&rig), 1);
	describe(&rig, 1, DATA + 3, 3, WRITE, 0);
	publish(&rig, 1);
	put(&rig, QUEUE_NOTIFY, 0);
	board_pass(&rig.board, 1000);
	assert_int_equal(used(&rig), 2);
	describe(&rig, 2, DATA + 6, 3, WRITE, 0); /* nothing more to give */
	publish(&rig, 2);
	put(&rig, QUEUE_NOTIFY, 0);
	board_pass(&rig.board, 1000);
	assert_int_equal(used(&rig), 2);
	peek(&rig, DATA, got, 5);
	assert_string_equal(got, "typed");
	assert_int_equal(get(&rig, INTERRUPT_STATUS), 1);
	board_close(&rig.board);
}

static void draw(uint64_t seed, uint8_t bytes[100])
{
	struct soc_options options = { .board = PPCE500, .entropy = true, .seed = seed };
	struct rig rig = { .available = 0 };

	board_open(&rig.board, &options);
	set_up_queue(&rig, 0);
	describe(&rig, 0, DATA, 100, WRITE, 0);
	publish(&rig, 0);
	put(&rig, QUEUE_NOTIFY, 0);
	board_pass(&rig.board, LATENCY);
	assert_int_equal(used(&rig), 1);
	peek(&rig, DATA, bytes, 100);
	board_close(&rig.board);
}

static void test_entropy(void **state)
{
	uint8_t one[100], again[100], other[100];

	draw(1, one);
	draw(1, again);
	draw(2, other);
	assert_memory_equal(one, again, 100);
	assert_memory_not_equal(one, other, 100);
	assert_memory_not_equal(one, one + 50, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_nothing_before_driver_ok),
		cmocka_unit_test(test_read_and_write),
		cmocka_unit_test(test_errors_to_the_guest),
		cmocka_unit_test(test_host_errors),
		cmocka_unit_test(test_overlay),
		cmocka_unit_test(test_overlay_state),
		cmocka_unit_test(test_nothing_to_open_disks_with),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_named_in_the_tree),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_bad_queues),
		cmocka_unit_test(test_fuzz),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_entropy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
