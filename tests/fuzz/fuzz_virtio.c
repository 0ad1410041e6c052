/*
 * Hostile drivers of virtio devices: block with an overlay, entropy, console, net. Queues are set up as they should be,
 * or no chain would come to a device; then descriptors, rings and registers hold what the input says. A machine that is
 * saved and put back is the same.
 *
 *   1 byte for each step: low 4 bits what, high bits which device; then what the step takes
 */
#include <string.h>

#include "sim/base/endian.h"
#include "sim/machine/machine_save.h"
#include "tests/fuzz/fuzz.h"

#define STEPS            256
#define SECTORS          64
#define DEVICES          4
#define DEVICE(n)        (UINT64_C(0xe00000000) + UINT64_C(0x1000) * (n))
#define MEMORY           (16u << 20)
#define QUEUE_SIZE       16
/* Where queue q of a device lies in memory: descriptors, what is available, what is used. */
#define QUEUE(device, q) (0x10000u + 0x6000u * (device) + 0x3000u * (q))
#define DATA             0x40000u

enum fuzz_register {
	FEATURES = 0x020,
	FEATURES_SEL = 0x024,
	QUEUE_SEL = 0x030,
	QUEUE_NUM = 0x038,
	QUEUE_READY = 0x044,
	QUEUE_NOTIFY = 0x050,
	STATUS = 0x070,
	QUEUE_DESC = 0x080,
	QUEUE_DRIVER = 0x090,
	QUEUE_DEVICE = 0x0a0,
};

struct fuzz_drivers {
	struct machine *machine;
	struct soc *soc;
	uint16_t available[DEVICES][2];
};

static void fuzz_put(struct fuzz_drivers *drivers, unsigned device, uint32_t offset, uint32_t value)
{
	struct bus_access access = { .core = 0, .now = machine_now(drivers->machine) };

	bus_write(drivers->machine->bus, &access, DEVICE(device) + offset, 4, __builtin_bswap32(value));
}

static void fuzz_start(struct fuzz_drivers *drivers, unsigned device, uint32_t features)
{
	static const uint8_t zeroes[0x6000];

	bus_poke(drivers->machine->bus, QUEUE(device, 0), zeroes, sizeof zeroes);
	fuzz_put(drivers, device, STATUS, 0);
	fuzz_put(drivers, device, STATUS, 3);
	fuzz_put(drivers, device, FEATURES_SEL, 1);
	fuzz_put(drivers, device, FEATURES, 1);
	fuzz_put(drivers, device, FEATURES_SEL, 0);
	fuzz_put(drivers, device, FEATURES, features);
	fuzz_put(drivers, device, STATUS, 11);
	for (unsigned queue = 0; queue < 2; queue++) {
		fuzz_put(drivers, device, QUEUE_SEL, queue);
		fuzz_put(drivers, device, QUEUE_NUM, QUEUE_SIZE);
		fuzz_put(drivers, device, QUEUE_DESC, QUEUE(device, queue));
		fuzz_put(drivers, device, QUEUE_DRIVER, QUEUE(device, queue) + 0x1000);
		fuzz_put(drivers, device, QUEUE_DEVICE, QUEUE(device, queue) + 0x2000);
		fuzz_put(drivers, device, QUEUE_READY, 1);
		drivers->available[device][queue] = 0;
	}
	fuzz_put(drivers, device, STATUS, 15);
}

/* Mostly where data may lie; also the queues themselves, the end of memory, registers, nothing. */
static uint64_t fuzz_address(struct fuzz_input *input, unsigned device)
{
	uint32_t kind = fuzz_take(input, 1), offset = fuzz_take(input, 2);

	switch (kind % 16) {
	case 0: return QUEUE(device, kind >> 4 & 1) + offset % 0x3000;
	case 1: return MEMORY - offset % 0x1000;
	case 2: return DEVICE(device) + offset % 0x200;
	case 3: return UINT64_MAX - offset;
	case 4: return (uint64_t)offset << 48;
	default: return DATA + offset;
	}
}

/* A descriptor of a queue, or of an indirect table in the data. */
static void fuzz_describe(struct fuzz_drivers *drivers, unsigned device, struct fuzz_input *input)
{
	uint32_t place = fuzz_take(input, 1), flags = fuzz_take(input, 1), size = fuzz_take(input, 2);
	uint64_t table = place & 0x80 ? DATA : QUEUE(device, place >> 4 & 1);
	uint8_t bytes[16];

	le64_store(bytes, fuzz_address(input, device));
	le32_store(bytes + 8, flags & 0x80 ? ~size : size);
	le16_store(bytes + 12, (uint16_t)(flags & 7));
	le16_store(bytes + 14, (uint16_t)(flags >> 3 & 15));
	bus_poke(drivers->machine->bus, table + 16 * (place & 15), bytes, sizeof bytes);
}

static void fuzz_publish(struct fuzz_drivers *drivers, unsigned device, struct fuzz_input *input)
{
	uint32_t head = fuzz_take(input, 1);
	unsigned queue = head >> 7;
	uint16_t *available = &drivers->available[device][queue];
	uint32_t ring = QUEUE(device, queue) + 0x1000;
	uint8_t bytes[2];

	le16_store(bytes, (uint16_t)(head & 0x1f));
	bus_poke(drivers->machine->bus, ring + 4 + 2 * (*available % QUEUE_SIZE), bytes, 2);
	le16_store(bytes, ++*available);
	bus_poke(drivers->machine->bus, ring + 2, bytes, 2);
	fuzz_put(drivers, device, QUEUE_NOTIFY, queue);
}

static void fuzz_arrive(struct fuzz_drivers *drivers, uint32_t size)
{
	static const uint8_t bytes[NET_FRAME_MAX + 2] = "fuzz";
	int64_t now = machine_now(drivers->machine);

	if (size & 1)
		net_port_receive(soc_net(drivers->soc, 0), bytes, size % sizeof bytes, now);
	else
		serial_port_receive(soc_serial(drivers->soc, soc_serials(drivers->soc) - 1), bytes, size % 64, now);
}

static void fuzz_save(struct machine *machine, uint32_t ns)
{
	char before[33], after[33];
	struct state_memory memory = { 0 };
	struct err err;

	machine_digest(machine, before);
	FUZZ_MUST(machine_save(machine, &memory, &err));
	fuzz_pass(machine, 1 + ns);
	FUZZ_MUST(machine_restore(machine, &memory, &err));
	machine_digest(machine, after);
	FUZZ_MUST(!strcmp(before, after));
	state_memory_free(&memory);
}

static void fuzz_step(struct fuzz_drivers *drivers, struct fuzz_input *input)
{
	uint32_t what = fuzz_take(input, 1), offset;
	unsigned device = what >> 4 & 3;

	switch (what & 15) {
	case 0: fuzz_start(drivers, device, fuzz_take(input, 4)); break;
	case 1:
		offset = fuzz_take(input, 1) << 1 & ~3u;
		fuzz_put(drivers, device, offset, fuzz_take(input, 4));
		break;
	case 2: fuzz_arrive(drivers, fuzz_take(input, 2)); break;
	case 3: fuzz_save(drivers->machine, fuzz_take(input, 2)); break;
	case 4: { /* rings, and the head of a request */
		uint8_t bytes[2];

		offset = fuzz_take(input, 2) % 0x3000;
		le16_store(bytes, (uint16_t)fuzz_take(input, 2));
		bus_poke(drivers->machine->bus, what & 0x80 ? DATA + offset : QUEUE(device, what >> 6 & 1) + offset,
			 bytes, 2);
		break;
	}
	case 5:
	case 6:
	case 7: fuzz_pass(drivers->machine, 1 + (int64_t)fuzz_take(input, 2)); break;
	case 8:
	case 9:
	case 10: fuzz_publish(drivers, device, input); break;
	default: fuzz_describe(drivers, device, input); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t sectors[512 * SECTORS];
	const struct disk_image disk = {
		.file = fuzz_file(0, sectors, sizeof sectors),
		.overlay = fuzz_file(1, "", 0),
	};
	const struct soc_options options = {
		.board = fuzz_board(""),
		.memory = MEMORY,
		.cores = 1,
		.disks = &disk,
		.ndisks = 1,
		.entropy = true,
		.console = true,
		.net = true,
	};
	struct fuzz_drivers drivers = { 0 };
	struct fuzz_input input = { data, size };

	drivers.machine = fuzz_machine(&options, &drivers.soc);
	FUZZ_MUST(drivers.machine);
	for (unsigned device = 0; device < DEVICES; device++)
		fuzz_start(&drivers, device, 0);
	for (unsigned i = 0; i < STEPS && input.left; i++)
		fuzz_step(&drivers, &input);
	fuzz_pass(drivers.machine, 1000000);
	machine_destroy(drivers.machine);
	return 0;
}
