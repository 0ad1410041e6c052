/*
 * Payloads into memory, the entry state of ePAPR, secondary cores. Figures:
 * reference page 3.4 to 3.6 (measured on QEMU's ppce500).
 */
#include "tests/soc/board.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "sim/machine/load_elf.h"
#include "sim/machine/load_uimage.h"

#define UBOOT "/usr/lib/u-boot/qemu-ppce500/uboot.elf"
#define MIB UINT64_C(0x100000)

/* Files. */

static const char *temporary(const char *name, const void *data, size_t size)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];
	FILE *file;

	snprintf(path, sizeof paths[0], "/tmp/warpcore-test-boot-%ld-%s", (long)getpid(), name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
	return path;
}

#define ELF_SIZE 0x200
#define ELF_HEADERS 52

/* Two segments: 0x40 bytes at 0x100000 (run at 0xc0000000), 0x20 of 0x1000 bytes at 0x200000. */
static void make_elf(uint8_t elf[ELF_SIZE])
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2MSB, EV_CURRENT };

	memset(elf, 0xa5, ELF_SIZE);
	memset(elf, 0, 16);
	memcpy(elf, ident, sizeof ident);
	be16_store(elf + 16, ET_EXEC);
	be16_store(elf + 18, EM_PPC);
	be32_store(elf + 20, EV_CURRENT);
	be32_store(elf + 24, 0xc0000010); /* entry */
	be32_store(elf + 28, ELF_HEADERS);
	be16_store(elf + 40, 52);
	be16_store(elf + 42, 32);
	be16_store(elf + 44, 2);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *p = elf + ELF_HEADERS + 32 * i;

		be32_store(p + 0, PT_LOAD);
		be32_store(p + 4, 0x100 + 0x40 * i);
		be32_store(p + 8, i ? 0xc0200000 : 0xc0000000);
		be32_store(p + 12, i ? 0x200000 : 0x100000);
		be32_store(p + 16, i ? 0x20 : 0x40);
		be32_store(p + 20, i ? 0x1000 : 0x40);
	}
	for (unsigned i = 0; i < 0x60; i++)
		elf[0x100 + i] = (uint8_t)(i + 1);
}

struct memory {
	struct bus *bus;
	struct load_image image;
	struct err err;
};

static void open_memory(struct memory *memory)
{
	memset(memory, 0, sizeof *memory);
	memory->bus = bus_create();
	assert_true(bus_add_memory(memory->bus, "memory", 0, 4 * MIB, false, NULL));
}

static bool load(struct memory *memory, const uint8_t *elf, size_t size)
{
	uint8_t *copy = malloc(size + !size); /* an allocation of its own: a read behind it shows */
	bool ok;

	memcpy(copy, elf, size);
	ok = load_elf_into(memory->bus, copy, size, "a.elf", &memory->image, &memory->err);
	free(copy);
	return ok;
}

static void test_elf(void **state)
{
	uint8_t elf[ELF_SIZE], byte;
	struct memory memory;

	make_elf(elf);
	open_memory(&memory);
	byte = 0xff;
	assert_true(bus_poke(memory.bus, 0x200fff, &byte, 1));
	assert_true(load(&memory, elf, ELF_SIZE));
	assert_int_equal(memory.image.entry, 0x100010); /* physical */
	assert_int_equal(memory.image.base, 0x100000);
	assert_int_equal(memory.image.end, 0x201000);
	assert_true(bus_peek(memory.bus, 0x10003f, &byte, 1));
	assert_int_equal(byte, 0x40);
	assert_true(bus_peek(memory.bus, 0x20001f, &byte, 1));
	assert_int_equal(byte, 0x60);
	assert_true(bus_peek(memory.bus, 0x200fff, &byte, 1)); /* the rest is zero, whatever was there */
	assert_int_equal(byte, 0);
	bus_destroy(memory.bus);
}

/* A relocatable kernel (CONFIG_RELOCATABLE): loaded where its segments say, it does the rest. */
static void test_relocatable_elf(void **state)
{
	uint8_t elf[ELF_SIZE];
	struct memory memory;

	make_elf(elf);
	be16_store(elf + 16, ET_DYN);
	open_memory(&memory);
	assert_true(load(&memory, elf, ELF_SIZE));
	assert_int_equal(memory.image.entry, 0x100010);
	bus_destroy(memory.bus);
}

static void expect_bad_elf(const uint8_t *elf, const char *message)
{
	struct memory memory;

	open_memory(&memory);
	assert_false(load(&memory, elf, ELF_SIZE));
	assert_string_equal(memory.err.text, message);
	bus_destroy(memory.bus);
}

static void test_bad_elf(void **state)
{
	uint8_t elf[ELF_SIZE];

	make_elf(elf);
	elf[4] = ELFCLASS64;
	expect_bad_elf(elf, "a.elf: 64-bit ELF file, the cores are 32-bit");
	make_elf(elf);
	elf[5] = ELFDATA2LSB;
	expect_bad_elf(elf, "a.elf: little-endian ELF file, the cores are big-endian");
	make_elf(elf);
	be16_store(elf + 18, EM_ARM);
	expect_bad_elf(elf, "a.elf: ELF file for machine 40, not for PowerPC (20)");
	make_elf(elf);
	be16_store(elf + 16, ET_REL);
	expect_bad_elf(elf, "a.elf: ELF file of type 1, not an executable (2, 3)");
	make_elf(elf);
	be32_store(elf + ELF_HEADERS + 12, 0x3fffe0);
	expect_bad_elf(elf, "a.elf: ELF segment 0 lies outside of memory: 0x40 bytes at 0x3fffe0");
	make_elf(elf);
	be32_store(elf + ELF_HEADERS + 32 + 20, 0xffffffff);
	expect_bad_elf(elf, "a.elf: ELF segment 1 lies outside of memory: 0xffffffff bytes at 0x200000");
	make_elf(elf);
	be32_store(elf + ELF_HEADERS + 12, 0xffffffe0); /* wraps at 4 GiB */
	expect_bad_elf(elf, "a.elf: ELF segment 0 lies outside of memory: 0x40 bytes at 0xffffffe0");
	make_elf(elf);
	be32_store(elf + ELF_HEADERS + 16, 0x41);
	expect_bad_elf(elf, "a.elf: ELF segment 0 has more bytes in the file (0x41) than in memory (0x40)");
	make_elf(elf);
	be32_store(elf + ELF_HEADERS + 4, 0x1c1);
	expect_bad_elf(elf, "a.elf: truncated ELF file: segment 0 lies outside of it (offset 0x1c1, 0x40 bytes)");
	make_elf(elf);
	be32_store(elf + 28, 0xfffffff0);
	expect_bad_elf(elf, "a.elf: truncated ELF file: the program headers at 0xfffffff0 lie outside of it");
	make_elf(elf);
	be16_store(elf + 42, 31);
	expect_bad_elf(elf, "a.elf: ELF program headers of 31 bytes each, they take 32");
	make_elf(elf);
	be16_store(elf + 44, 0);
	expect_bad_elf(elf, "a.elf: ELF file without a segment to load");
	make_elf(elf);
	be32_store(elf + 24, 0xd0000000);
	expect_bad_elf(elf, "a.elf: the entry point 0xd0000000 lies in none of the ELF file's segments");
}

/* Every prefix, and mutations: refused or loaded, never more than that. */
static void test_elf_fuzz(void **state)
{
	uint8_t elf[ELF_SIZE];
	struct memory memory;
	struct random random;

	open_memory(&memory);
	make_elf(elf);
	for (size_t size = 0; size < 0x160; size++) {
		memory.err.text[0] = 0;
		assert_false(load(&memory, elf, size));
		assert_int_equal(strncmp(memory.err.text, "a.elf: truncated ELF file", 25), 0);
	}
	random_seed(&random, 1);
	for (unsigned i = 0; i < 20000; i++) {
		make_elf(elf);
		for (unsigned n = 1 + random_below(&random, 4); n; n--)
			elf[4 + random_below(&random, ELF_HEADERS + 64 - 4)] = (uint8_t)random_u64(&random);
		if (!load(&memory, elf, ELF_SIZE))
			assert_int_equal(strncmp(memory.err.text, "a.elf: ", 7), 0);
	}
	bus_destroy(memory.bus);
}

/* uImages. */

#define UIMAGE_SIZE 256

static void seal(uint8_t *image, size_t size)
{
	be32_store(image + 0, 0x27051956);
	be32_store(image + 12, (uint32_t)(size - 64));
	be32_store(image + 24, (uint32_t)crc32(0, image + 64, (uInt)(size - 64)));
	be32_store(image + 4, 0);
	be32_store(image + 4, (uint32_t)crc32(0, image, 64));
}

static void make_uimage(uint8_t *image, size_t size)
{
	memset(image, 0, 64);
	for (size_t i = 64; i < size; i++)
		image[i] = (uint8_t)i;
	be32_store(image + 16, 0x100000);
	be32_store(image + 20, 0x100004);
	image[28] = 5; /* Linux */
	image[29] = 7; /* PowerPC */
	image[30] = 2; /* a kernel */
	seal(image, size);
}

static bool load_u(struct memory *memory, const uint8_t *image, size_t size)
{
	uint8_t *copy = malloc(size + !size);
	bool ok;

	memcpy(copy, image, size);
	ok = load_uimage_into(memory->bus, copy, size, "uImage", &memory->image, &memory->err);
	free(copy);
	return ok;
}

static void test_uimage(void **state)
{
	uint8_t image[UIMAGE_SIZE], byte;
	struct memory memory;

	make_uimage(image, UIMAGE_SIZE);
	open_memory(&memory);
	assert_true(load_uimage_is(image, UIMAGE_SIZE));
	assert_true(load_u(&memory, image, UIMAGE_SIZE));
	assert_int_equal(memory.image.entry, 0x100004);
	assert_int_equal(memory.image.base, 0x100000);
	assert_int_equal(memory.image.end, 0x100000 + UIMAGE_SIZE - 64);
	assert_true(bus_peek(memory.bus, 0x100001, &byte, 1));
	assert_int_equal(byte, 65);
	bus_destroy(memory.bus);
}

static void test_uimage_gzip(void **state)
{
	static uint8_t plain[300000], got[300000];
	uint8_t image[UIMAGE_SIZE + 16384];
	z_stream stream = { .next_in = plain, .avail_in = sizeof plain, .next_out = image + 64,
			    .avail_out = sizeof image - 64 };
	struct memory memory;
	size_t size;

	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i / 1000 + i % 7);
	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size = 64 + stream.total_out;
	deflateEnd(&stream);
	memset(image, 0, 64);
	be32_store(image + 16, 0x10000);
	be32_store(image + 20, 0x10000);
	image[29] = 7;
	image[30] = 2;
	image[31] = 1;
	seal(image, size);
	open_memory(&memory);
	if (!load_u(&memory, image, size))
		fail_msg("%s", memory.err.text);
	assert_int_equal(memory.image.end, 0x10000 + sizeof plain);
	assert_true(bus_peek(memory.bus, 0x10000, got, sizeof got));
	assert_memory_equal(got, plain, sizeof plain);
	seal(image, size - 100); /* a stream that ends early, with good checksums */
	assert_false(load_u(&memory, image, size - 100));
	assert_string_equal(memory.err.text, "uImage: corrupt uImage: gzip: the data ends early");
	bus_destroy(memory.bus);
}

static void expect_bad_uimage(const uint8_t *image, const char *message)
{
	struct memory memory;

	open_memory(&memory);
	assert_false(load_u(&memory, image, UIMAGE_SIZE));
	assert_string_equal(memory.err.text, message);
	bus_destroy(memory.bus);
}

static void test_bad_uimage(void **state)
{
	uint8_t image[UIMAGE_SIZE];
	struct memory memory;

	make_uimage(image, UIMAGE_SIZE);
	image[40] ^= 1;
	expect_bad_uimage(image, "uImage: corrupt uImage: the header's checksum is wrong");
	make_uimage(image, UIMAGE_SIZE);
	image[100] ^= 1;
	expect_bad_uimage(image, "uImage: corrupt uImage: the data's checksum is wrong");
	make_uimage(image, UIMAGE_SIZE);
	image[29] = 2;
	seal(image, UIMAGE_SIZE);
	expect_bad_uimage(image, "uImage: uImage for architecture 2, not for PowerPC (7)");
	make_uimage(image, UIMAGE_SIZE);
	image[30] = 3;
	seal(image, UIMAGE_SIZE);
	expect_bad_uimage(image, "uImage: uImage of type 3, not a kernel (2)");
	make_uimage(image, UIMAGE_SIZE);
	image[31] = 3;
	seal(image, UIMAGE_SIZE);
	expect_bad_uimage(image, "uImage: uImage with compression 3, none (0) and gzip (1) are known");
	make_uimage(image, UIMAGE_SIZE);
	be32_store(image + 16, 0x3fffff);
	seal(image, UIMAGE_SIZE);
	expect_bad_uimage(image, "uImage: the uImage lies outside of memory: 0xc0 bytes at 0x3fffff");
	make_uimage(image, UIMAGE_SIZE);
	seal(image, 64); /* nothing behind the header */
	expect_bad_uimage(image, "uImage: uImage without anything to load");
	make_uimage(image, UIMAGE_SIZE);
	open_memory(&memory);
	for (size_t size = 4; size < UIMAGE_SIZE; size++) {
		assert_false(load_u(&memory, image, size));
		assert_int_equal(strncmp(memory.err.text, "uImage: truncated uImage", 24), 0);
	}
	bus_destroy(memory.bus);
}

/* The boot core. */

static void test_entry_state(void **state)
{
	uint8_t elf[ELF_SIZE];
	struct soc_options options = { .board = PPCE500 };
	const struct mmu_entry *map;
	struct board board;
	struct core *core;

	make_elf(elf);
	options.kernel = temporary("kernel", elf, ELF_SIZE);
	board_open(&board, &options);
	unlink(options.kernel);
	core = board.machine->cores[0];
	/* Payload 0x100000-0x201000: the tree 24 MiB behind its end, 1 MiB aligned. */
	assert_int_equal(soc_layout(board.soc)->dtb, 0x01a00000);
	assert_int_equal(core->state, CORE_RUNNING);
	assert_int_equal(core->pc, 0x100010);
	assert_int_equal(core->msr, 0);
	assert_int_equal(core->r[1], 0x00fffff8);
	assert_int_equal(core->r[3], 0x01a00000);
	assert_int_equal(core->r[4], 0);
	assert_int_equal(core->r[5], 0);
	assert_int_equal(core->r[6], 0x45504150);
	assert_int_equal(core->r[7], 0x04000000); /* its end is 0x1b00000: 64 MiB */
	assert_int_equal(core->r[8], 0);
	assert_int_equal(core->r[9], 0);
	map = &core->mmu_tables.tlb1[0];
	assert_true(map->valid);
	assert_false(map->iprot);
	assert_false(map->ts);
	assert_int_equal(map->tid, 0);
	assert_int_equal(map->epn, 0);
	assert_int_equal(map->rpn, 0);
	assert_int_equal(map->size, 8); /* 4^8 KiB */
	assert_int_equal(map->wimge, 0);
	assert_int_equal(map->permissions, 0x3f);
	assert_int_equal(board.machine->cores[1]->state, CORE_PARKED);
	board_close(&board);
}

/* U-Boot at 0xf00000-0xf65e74: QEMU puts the tree at 0x2700000. */
static void test_uboot_layout(void **state)
{
	struct soc_options options = { .board = PPCE500, .kernel = UBOOT };
	struct board board;
	uint32_t magic;

	if (access(UBOOT, R_OK))
		skip();
	board_open(&board, &options);
	assert_int_equal(soc_layout(board.soc)->payload, 0xf00000);
	assert_int_equal(soc_layout(board.soc)->payload_end, 0xf65e74);
	assert_int_equal(soc_layout(board.soc)->entry, 0xf00000);
	assert_int_equal(soc_layout(board.soc)->dtb, 0x2700000);
	assert_int_equal(soc_layout(board.soc)->dtb_size, MIB);
	magic = board_read32(&board, 0x2700000);
	assert_int_equal(magic, 0xd00dfeed);
	assert_int_equal(board_read32(&board, 0x2700004), MIB);
	board_close(&board);
}

/* The map covers the tree's end: 4^n KiB, the next one above it. */
static void test_map_sizes(void **state)
{
	static const struct {
		uint32_t payload, map;
	} cases[] = {
		{ 0x00100000, 0x04000000 }, /* the tree ends at 25 MiB */
		{ 0x02700000, 0x04000000 }, /* at 63 MiB */
		{ 0x02800000, 0x10000000 }, /* at 64 MiB: log2 is 16, one more is 17, rounded up to even 18 */
		{ 0x0e000000, 0x10000000 }, /* at 248 MiB */
		{ 0x0e800000, 0x40000000 }, /* at 256 MiB */
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct soc_options options = { .board = PPCE500, .memory = 512 * MIB };
		uint8_t elf[ELF_SIZE];
		struct board board;

		make_elf(elf);
		be16_store(elf + 44, 1);
		be32_store(elf + ELF_HEADERS + 12, cases[i].payload - 0x1000);
		options.kernel = temporary("kernel", elf, ELF_SIZE);
		board_open(&board, &options);
		unlink(options.kernel);
		assert_int_equal(board.machine->cores[0]->r[7], cases[i].map);
		assert_int_equal(~board.machine->cores[0]->mmu_tables.tlb1[0].mask + 1, cases[i].map);
		board_close(&board);
	}
}

static const struct tree_node *guest_chosen(struct board *board, struct tree **tree)
{
	const struct soc_layout *layout = soc_layout(board->soc);
	uint8_t *blob = malloc(layout->dtb_size);
	struct err err = { "" };

	assert_true(bus_peek(board->machine->bus, layout->dtb, blob, layout->dtb_size));
	*tree = tree_from_blob(blob, layout->dtb_size, "guest", &err);
	free(blob);
	if (!*tree)
		fail_msg("%s", err.text);
	return tree_find(*tree, "/chosen");
}

/* What the guest finds in memory. */
static void test_initrd_and_firmware(void **state)
{
	uint8_t elf[ELF_SIZE], uimage[UIMAGE_SIZE];
	static uint8_t initrd[100000];
	struct soc_options options = { .board = PPCE500, .append = "run=nproc" };
	const struct tree_node *chosen;
	struct board board;
	struct tree *tree;

	memset(initrd, 0x77, sizeof initrd);
	make_elf(elf);
	make_uimage(uimage, UIMAGE_SIZE);
	options.firmware = temporary("firmware", elf, ELF_SIZE);
	options.kernel = temporary("uimage", uimage, UIMAGE_SIZE);
	options.initrd = temporary("initrd", initrd, sizeof initrd);
	board_open(&board, &options);
	assert_int_equal(board.machine->cores[0]->pc, 0x100010); /* the firmware starts */
	assert_int_equal(soc_layout(board.soc)->kernel, 32 * MIB);
	assert_int_equal(board_read32(&board, 32 * MIB), 0x27051956); /* as data: with its header */
	assert_int_equal(soc_layout(board.soc)->initrd, 64 * MIB); /* 32 MiB behind, 16 MiB aligned */
	assert_int_equal(board_read8(&board, 64 * MIB + sizeof initrd - 1), 0x77);
	assert_int_equal(board_read8(&board, 64 * MIB + sizeof initrd), 0);
	chosen = guest_chosen(&board, &tree);
	assert_string_equal(tree_string(chosen, "bootargs"), "run=nproc");
	assert_int_equal(tree_u64(chosen, "linux,initrd-start", 0), 64 * MIB);
	assert_int_equal(tree_u64(chosen, "linux,initrd-end", 0), 64 * MIB + sizeof initrd);
	assert_int_equal(tree_cell(chosen, "qemu,boot-kernel", 1), 32 * MIB);
	assert_int_equal(tree_cell(chosen, "qemu,boot-kernel", 3), UIMAGE_SIZE);
	tree_destroy(tree);
	board_close(&board);
	/* Without firmware the kernel starts, and is loaded as what it is. */
	options.firmware = NULL;
	board_open(&board, &options);
	assert_int_equal(board.machine->cores[0]->pc, 0x100004);
	assert_int_equal(soc_layout(board.soc)->kernel_size, 0);
	board_close(&board);
	unlink(options.kernel);
	unlink(options.initrd);
}

/* A payload so large that initrd and tree would meet. */
static void test_no_overlap(void **state)
{
	static const uint8_t initrd[] = { 1, 2, 3 };

	for (uint32_t end = 0x1000000; end < 0x6000000; end += 0x300000) {
		uint8_t elf[ELF_SIZE];
		struct soc_options options = { .board = PPCE500 };
		const struct soc_layout *layout;
		struct board board;

		make_elf(elf);
		be32_store(elf + ELF_HEADERS + 32 + 12, end - 0x1000);
		options.kernel = temporary("kernel", elf, ELF_SIZE);
		options.initrd = temporary("initrd", initrd, sizeof initrd);
		board_open(&board, &options);
		unlink(options.kernel);
		unlink(options.initrd);
		layout = soc_layout(board.soc);
		assert_true(layout->dtb >= end);
		assert_true(layout->initrd >= layout->dtb + layout->dtb_size ||
			    layout->initrd + layout->initrd_size <= layout->dtb);
		assert_true(layout->initrd >= end);
		board_close(&board);
	}
}

/* Where there is less memory than the usual places need, and where the tree reserves some of it. */
static void test_places(void **state)
{
	static const struct {
		const char *reserved; /* in the tree */
		uint64_t memory, dtb, initrd;
	} cases[] = {
		/* The kernel ends at 0x201000: the tree goes 24 MiB above it, the initrd to 64 MiB. */
		{ "", 256 * MIB, 26 * MIB, 64 * MIB },
		{ "", 64 * MIB, 26 * MIB, 3 * MIB },
		{ "", 16 * MIB, 3 * MIB, 4 * MIB },
		{ "a@1a00000 { reg = <0 0x1a00000 0 0x100000>; };", 256 * MIB, 27 * MIB, 64 * MIB },
		{ "a@1a80000 { no-map; reg = <0 0x1a80000 0 0x1000>; };", 256 * MIB, 27 * MIB, 64 * MIB },
		{ "a@4000000 { no-map; reg = <0 0x4000000 0 0x1000000>; };", 256 * MIB, 26 * MIB, 80 * MIB },
		{ "a@200000 { reg = <0 0x200000 0 0x1000>, <0 0x380000 0 0x1000>; };", 16 * MIB, 4 * MIB, 3 * MIB },
		/* To the end of all addresses. */
		{ "a@4000000 { reg = <0 0x4000000 0xffffffff 0xfbffffff>; };", 256 * MIB, 26 * MIB, 3 * MIB },
		{ "a@4000000 { reg = <0 0x4000000 0xffffffff 0xfc000000>; };", 256 * MIB, 26 * MIB, 3 * MIB },
	};
	uint8_t elf[ELF_SIZE];

	make_elf(elf);
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct soc_options options = { .memory = cases[i].memory };
		char change[512];
		struct board board;

		options.kernel = temporary("kernel", elf, ELF_SIZE);
		options.initrd = temporary("initrd", elf, ELF_SIZE);
		snprintf(change, sizeof change,
			 "/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; %s }; };",
			 cases[i].reserved);
		board_open_changed_with(&board, change, options);
		assert_int_equal(soc_layout(board.soc)->dtb, cases[i].dtb);
		assert_int_equal(soc_layout(board.soc)->initrd, cases[i].initrd);
		board_close(&board);
		unlink(options.kernel);
		unlink(options.initrd);
	}
}

static void test_refusals(void **state)
{
	uint8_t elf[ELF_SIZE];
	struct soc_options options = { .board = PPCE500 };
	const char *text, *kernel;

	make_elf(elf);
	kernel = temporary("kernel", elf, ELF_SIZE);
	options.kernel = "/nonexistent/vmlinux";
	assert_string_equal(board_refuses_options(&options), "/nonexistent/vmlinux: No such file or directory");
	options.kernel = "/";
	assert_string_equal(board_refuses_options(&options), "/: Is a directory");
	options.kernel = "/dev/zero";
	assert_string_equal(board_refuses_options(&options), "/dev/zero: a device, a file is expected");
	options.kernel = PPCE500;
	assert_string_equal(board_refuses_options(&options), PPCE500 ": neither an ELF file nor a legacy uImage");
	options.kernel = kernel;
	options.memory = 2 * MIB + 0x80000;
	text = board_refuses_options(&options);
	assert_string_equal(text, PPCE500 ": the device tree does not fit into memory: there are no 1048576 free bytes"
		" above 0x201000; the option memory makes it larger");
	options.memory = 3 * MIB + 0x1000; /* just for the tree */
	options.initrd = kernel;
	text = board_refuses_options(&options);
	assert_non_null(strstr(text, ": the initrd does not fit into memory: there are no 512 free bytes above"));
	options.kernel = NULL;
	text = board_refuses_options(&options);
	assert_non_null(strstr(text, ": an initrd without a kernel"));
	unlink(kernel);
}

/* Secondary cores. */

#define SPIN (SPIN_TABLE + 0x20)

static void test_spin_table(void **state)
{
	struct board board;
	struct core *core;
	const struct mmu_entry *map;
	static const uint32_t parked[8] = { 0, 1, 0, 1, 0, 1, 0, 0 };

	board_open_ppce500(&board, 3);
	core = board.machine->cores[1];
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(board_read32(&board, SPIN + 4 * i), parked[i]);
	board_write32(&board, SPIN + 0x0c, 0xcafe); /* r3 */
	board_write32(&board, SPIN + 0x00, 1);      /* the upper half: still parked */
	assert_int_equal(core->state, CORE_PARKED);
	board_pass(&board, 1234);
	board_write32(&board, SPIN + 0x04, 0x84001000);
	assert_int_equal(core->state, CORE_RUNNING);
	assert_int_equal(board.machine->cores[2]->state, CORE_PARKED);
	assert_int_equal(core_now(core, NULL), 1235); /* the waker's time, up to the next tick of 2.5 ns */
	assert_int_equal(core->pc, 0x1000); /* in the 64 MiB page that is mapped at 0 */
	assert_int_equal(core->r[3], 0xcafe);
	assert_int_equal(core->r[4], 0);
	assert_int_equal(core->r[6], 0);
	assert_int_equal(core->r[7], 0x04000000);
	assert_int_equal(core->msr, 0);
	map = &core->mmu_tables.tlb1[1];
	assert_true(map->valid);
	assert_int_equal(map->epn, 0);
	assert_int_equal(map->rpn, 0x184000000);
	assert_int_equal(map->size, 8);
	assert_int_equal(map->wimge, 4); /* M */
	assert_int_equal(map->permissions, 0x3f);
	/* From now on it is memory. */
	core->pc = 0x1234;
	board_write32(&board, SPIN + 0x04, 0x2000);
	assert_int_equal(core->pc, 0x1234);
	assert_int_equal(board_read32(&board, SPIN + 0x04), 0x2000);
	board_close(&board);
}

/* A tlbivax that another thread's core sent before the release does not hit the mapping that comes with it. */
static void test_spin_table_and_posted_tlbivax(void **state)
{
	struct board board;
	struct core *core;

	board_open_ppce500(&board, 2);
	core = board.machine->cores[1];
	core_post_tlbivax(core, 0xc); /* all of TLB1 */
	board_write32(&board, SPIN + 0x04, 0x1000);
	core_do_posted(core); /* what it does first when it runs */
	assert_true(core->mmu_tables.tlb1[1].valid);
	board_close(&board);
}

/* Any size of store works; a low word with bit 0 set does not release. */
static void test_spin_table_sizes(void **state)
{
	struct board board;

	board_open_ppce500(&board, 4);
	board_write(&board, 0, SPIN, 8, 0x00000000c0000001);
	assert_int_equal(board.machine->cores[1]->state, CORE_PARKED);
	board_write(&board, 0, SPIN, 8, 0x0000000000003000);
	assert_int_equal(board.machine->cores[1]->pc, 0x3000);
	board_write8(&board, SPIN + 0x20 + 7, 0x40);
	assert_int_equal(board.machine->cores[2]->pc, 0x40);
	board_write(&board, 0, SPIN + 0x40 + 6, 2, 0x500);
	assert_int_equal(board.machine->cores[3]->pc, 0x500);
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elf),
		cmocka_unit_test(test_relocatable_elf),
		cmocka_unit_test(test_bad_elf),
		cmocka_unit_test(test_elf_fuzz),
		cmocka_unit_test(test_uimage),
		cmocka_unit_test(test_uimage_gzip),
		cmocka_unit_test(test_bad_uimage),
		cmocka_unit_test(test_entry_state),
		cmocka_unit_test(test_uboot_layout),
		cmocka_unit_test(test_map_sizes),
		cmocka_unit_test(test_initrd_and_firmware),
		cmocka_unit_test(test_no_overlap),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_spin_table),
		cmocka_unit_test(test_spin_table_and_posted_tlbivax),
		cmocka_unit_test(test_spin_table_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
