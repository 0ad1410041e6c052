/* From tree to machine: what each node becomes, what the loader fixes up, and what is refused. */
#include "tests/soc/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/file.h"

static const struct soc_node *entry(const struct board *board, const char *path)
{
	const struct tree_node *node = tree_find(soc_tree(board->soc), path);

	if (!node)
		fail_msg("no node %s", path);
	return soc_node(board->soc, node);
}

static void test_coverage(void **state)
{
	struct board board;

	board_open_changed(
		&board,
		"/ { soc@fe0000000 { dma@21300 { compatible = \"fsl,eloplus-dma\"; reg = <0x21300 4>;"
		" ranges = <0 0x21100 0x200>;"
		" #address-cells = <1>; #size-cells = <1>; channel@80 { reg = <0x80 0x80>; }; };"
		" law@0 { compatible = \"fsl,ecm-law\"; reg = <0 0x1000>; };"
		" off@5000 { status = \"disabled\"; compatible = \"ns16550\"; reg = <0x5000 0x100>; };"
		" gpio-controller@f000 { compatible = \"fsl,mpc8572-gpio\"; }; }; };");
	assert_int_equal(entry(&board, "/soc/serial@4500")->coverage, SOC_MODELLED);
	assert_string_equal(entry(&board, "/soc/serial@4500")->reason, "16550 UART (serial port)");
	assert_non_null(entry(&board, "/soc/serial@4500")->device);
	assert_int_equal(entry(&board, "/soc/msi@41600")->coverage, SOC_MODELLED);
	assert_null(entry(&board, "/soc/msi@41600")->device); /* part of the MPIC */
	assert_int_equal(entry(&board, "/soc")->coverage, SOC_MODELLED);
	assert_int_equal(entry(&board, "/cpus/PowerPC,8544@1")->coverage, SOC_MODELLED);
	assert_int_equal(entry(&board, "/chosen")->coverage, SOC_IGNORED);
	assert_int_equal(entry(&board, "/soc/law@0")->coverage, SOC_IGNORED);
	assert_int_equal(entry(&board, "/soc/off@5000")->coverage, SOC_IGNORED);
	assert_int_equal(entry(&board, "/soc/dma@21300")->coverage, SOC_UNKNOWN);
	assert_int_equal(entry(&board, "/soc/gpio-controller@f000")->coverage, SOC_UNKNOWN);
	for (size_t i = 0; i < soc_nodes(board.soc); i++)
		assert_true(*soc_node_at(board.soc, i)->reason);
	board_close(&board);
}

static void expect_left_out(const struct board *board, const char *path, const char *reason)
{
	assert_int_not_equal(entry(board, path)->coverage, SOC_MODELLED);
	assert_string_equal(entry(board, path)->reason, reason);
	assert_null(entry(board, path)->device);
}

/* What is wrong with a node that has no model, or is disabled, is a note. */
static void test_flaws_that_do_not_matter(void **state)
{
	struct board board;

	board_open_changed(
		&board,
		"/ { soc@fe0000000 { acme@4580 { compatible = \"acme,uart\"; reg = <0x4580 0x100>; };"
		" far@100000 { compatible = \"acme,far\"; reg = <0x100000 0x100>; };"
		" cut@5000 { compatible = \"acme,cut\"; reg = <0x5000>; };"
		" lost@6000 { compatible = \"acme,lost\"; reg = <0x6000 4>; interrupt-parent = <&mpic>;"
		" interrupts = <1>; };"
		" off@7000 { compatible = \"ns16550\"; status = \"disabled\"; reg = <0x7000>; };"
		" bus@8000 { compatible = \"simple-bus\"; status = \"disabled\"; #address-cells = <1>;"
		" #size-cells = <1>; ranges = <0 0x8000 0x1000>; serial@0 { compatible = \"ns16550\";"
		" reg = <0 0x100>; }; }; };"
		" framebuffer@1000000 { compatible = \"simple-framebuffer\"; reg = <0 0x1000000 0 0x300000>; }; };");
	expect_left_out(&board, "/soc/acme@4580",
			"left out: reg: 0xfe0004580-0xfe000467f overlaps /soc@fe0000000/serial@4500 at"
			" 0xfe0004500-0xfe00045ff");
	expect_left_out(&board, "/soc/far@100000",
			"left out: reg: 0x100000 of 0x100 bytes lies outside of the ranges of /soc@fe0000000");
	expect_left_out(&board, "/soc/cut@5000",
			"left out: reg: 4 bytes are no multiple of 8, as #address-cells and #size-cells of"
			" /soc@fe0000000 ask for");
	expect_left_out(&board, "/soc/lost@6000",
			"left out: interrupts: 4 bytes are no multiple of the 2 cells that #interrupt-cells of"
			" /soc@fe0000000/pic@40000 asks for");
	assert_null(entry(&board, "/soc/off@7000")->device);
	assert_null(entry(&board, "/soc/bus@8000/serial@0")->device);
	expect_left_out(&board, "/framebuffer@1000000", "a part of memory");
	board_write32(&board, 0x1000010, 0x12345678);
	assert_int_equal(board_read32(&board, 0x1000010), 0x12345678);
	board_close(&board);
}

#define SECOND_SERIAL(change) \
	"/ { soc@fe0000000 { serial@4600 { compatible = \"ns16550\"; reg = <0x4600 0x100>; interrupts = <43 2>;" \
	" interrupt-parent = <&mpic>; }; }; };" \
	"/ { soc@fe0000000 { serial@4600 { " change " }; }; };"

/* A device that has a model and cannot be placed is left out, with a warning; what it had done by then is undone. */
static void test_devices_that_cannot_be_placed(void **state)
{
	static const char *const trees[] = {
		SECOND_SERIAL("reg-shift = <9>;"),
		SECOND_SERIAL("reg = <0x4580 0x100>;"),
		SECOND_SERIAL("reg = <0x4600>;"),
		SECOND_SERIAL("reg = <0x4600 0>;"),
		SECOND_SERIAL("interrupts = <1>;"),
		SECOND_SERIAL("interrupts = <4000 2>;"),
		SECOND_SERIAL("reg = <0x200000 0x100>;"),
	};
	struct board board;

	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		board_open_changed(&board, trees[i]);
		assert_int_equal(board.machine->log.count[LOG_WARNING], 1);
		assert_int_equal(entry(&board, "/soc/serial@4600")->coverage, SOC_UNKNOWN);
		assert_null(entry(&board, "/soc/serial@4600")->device);
		assert_memory_equal(entry(&board, "/soc/serial@4600")->reason, "left out: ", 10);
		assert_int_equal(soc_serials(board.soc), 1);
		assert_non_null(entry(&board, "/soc/serial@4500")->device);
		assert_int_equal(board_read32(&board, 0xfe0004600), 0);
		board_close(&board);
		board_refuses(trees[i]);
	}
}

/* Without its interrupt controller the board is a poor one, but it is there. */
static void test_a_controller_that_cannot_be_placed(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { soc@fe0000000 { pic@40000 { reg = <0x40000 0>; }; }; };");
	assert_null(entry(&board, "/soc/pic@40000")->device);
	assert_non_null(entry(&board, "/soc/serial@4500")->device);
	board_close(&board);
}

/* What the core is comes before what is wrong with its node. */
static void test_cores_without_a_model(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "PowerPC,e6500", "its core is an e6500, which has no model (the option core= puts an e500v2 or e500mc"
				   " in its place)" },
		{ "PowerPC,8540", "its core is an e500v1," }, { "PowerPC,8641", "its core is an e600," },
		{ "PowerPC,8379", "its core is an e300," },   { "PowerPC,e5500", "its core is an e5500," },
		{ "PowerPC,440", "its core is a 4xx core," },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *source = allocate_print("/ { cpus { /delete-node/ PowerPC,8544@0; /delete-node/ PowerPC,8544@1;"
					      " %s@0 { device_type = \"cpu\"; reg = <0 1>; }; }; };", rows[i].name);

		assert_non_null(strstr(board_refuses(source), rows[i].text));
		free(source);
	}
}

/* Devicetree specification 3.7: what all cpus have in common may stand in /cpus; a cpu's own counts first. */
static void test_common_cpu_properties(void **state)
{
	struct board board;

	board_open_changed(&board, "/ { cpus { clock-frequency = <320000000>; timebase-frequency = <40000000>;"
				   " PowerPC,8544@0 { /delete-property/ clock-frequency;"
				   " /delete-property/ timebase-frequency; };"
				   " PowerPC,8544@1 { clock-frequency = <800000000>;"
				   " /delete-property/ timebase-frequency; }; }; };");
	assert_int_equal(board.machine->cores[0]->time.frequency, 320000000);
	assert_int_equal(board.machine->cores[1]->time.frequency, 800000000);
	board_close(&board);
}

/* Registers without a model read zero, drop writes, and count for the innermost node that names them. */
static void test_open_bus(void **state)
{
	struct board board;

	board_open_changed(
		&board,
		"/ { soc@fe0000000 { dma@21300 { compatible = \"fsl,eloplus-dma\"; reg = <0x21300 4>;"
		" ranges = <0 0x21100 0x200>;"
		" #address-cells = <1>; #size-cells = <1>; channel@80 { reg = <0x80 0x80>; }; }; }; };");
	board_write32(&board, CCSR + 0x21300, 0x12345678);
	assert_int_equal(board_read32(&board, CCSR + 0x21300), 0);
	assert_int_equal(board_read(&board, 0, CCSR + 0x21180, 8), 0);
	assert_int_equal(board_read8(&board, CCSR + 0x211ff), 0);
	assert_int_equal(board_read32(&board, CCSR + 0x5008), 0); /* nobody's: the bus's own */
	assert_int_equal(entry(&board, "/soc/dma@21300")->reads, 1);
	assert_int_equal(entry(&board, "/soc/dma@21300")->writes, 1);
	assert_int_equal(entry(&board, "/soc/dma@21300/channel@80")->reads, 2);
	assert_int_equal(entry(&board, "/soc")->reads, 1);
	assert_int_equal(stats_find(board.machine->stats, "openbus.reads")->read(
		stats_find(board.machine->stats, "openbus.reads")->opaque), 4);
	board_close(&board);
}

static void test_unmapped(void **state)
{
	struct board board;
	struct bus_access access = { 0, 0 };
	uint64_t value;

	board_open_ppce500(&board, 1);
	assert_int_equal(bus_read(board.machine->bus, &access, 0xe00000000, 4, &value), BUS_UNMAPPED);
	board_close(&board);
}

/* Cores. */

static void test_cores(void **state)
{
	struct board board;
	struct soc_options options = { .board = PPCE500, .cores = 8, .core = "e500mc" };
	const struct tree_node *cpu;

	board_open_ppce500(&board, 0);
	assert_int_equal(board.machine->ncores, 2);
	assert_string_equal(board.machine->cores[0]->model->name, "e500v2");
	assert_int_equal(board.machine->cores[0]->time.frequency, 400000000);
	board_close(&board);

	board_open_ppce500(&board, 1);
	assert_int_equal(board.machine->ncores, 1);
	assert_null(tree_find(soc_tree(board.soc), "/cpus/PowerPC,8544@1"));
	board_close(&board);

	board_open(&board, &options);
	assert_int_equal(board.machine->ncores, 8);
	assert_string_equal(board.machine->cores[7]->model->name, "e500mc");
	cpu = tree_find(soc_tree(board.soc), "/cpus/PowerPC,8544@7");
	assert_non_null(cpu);
	assert_int_equal(tree_u32(cpu, "reg", 0), 7);
	assert_int_equal(tree_u64(cpu, "cpu-release-addr", 0), 0xfef000000 + 7 * 0x20);
	assert_int_equal(tree_u32(cpu, "d-cache-line-size", 0), 64);
	assert_string_equal(tree_string(cpu, "status"), "disabled");
	board_close(&board);
}

/* The kernel's own trees, as they are: what U-Boot would have filled in. */
static void open_board(struct board *board, const char *name)
{
	char path[256];
	struct soc_options options = { .board = path };
	size_t size;
	uint8_t *data;

	snprintf(path, sizeof path, "../shared/guests/boards/%s.dtb", name);
	data = file_load(path, &size, NULL);
	if (!data)
		skip();
	free(data);
	board_open(board, &options);
}

static void test_p4080ds(void **state)
{
	struct board board;
	const struct tree *tree;
	const struct tree_node *cpu;
	uint64_t release;

	open_board(&board, "p4080ds");
	tree = soc_tree(board.soc);
	assert_int_equal(board.machine->ncores, 8);
	assert_string_equal(board.machine->cores[3]->model->name, "e500mc");
	assert_int_equal(board.machine->cores[0]->svr, 0x82080020);
	cpu = tree_find(tree, "/cpus/PowerPC,e500mc@5");
	assert_int_equal(tree_u32(cpu, "clock-frequency", 0), 1500000000);
	assert_int_equal(tree_u32(cpu, "timebase-frequency", 0), 25000000); /* 800 MHz / 32 */
	assert_string_equal(tree_string(cpu, "enable-method"), "spin-table");
	assert_int_equal(tree_u32(tree_find(tree, "serial0"), "clock-frequency", 0), 400000000);
	assert_string_equal(tree_string(tree_find(tree, "/chosen"), "stdout-path"), "/soc@ffe000000/serial@11c500");
	assert_int_equal(tree_u64(tree_find(tree, "/memory"), "reg", 0), 0); /* two cells each: address, size */
	assert_int_equal(tree_cell(tree_find(tree, "/memory"), "reg", 3), 256 << 20);
	/* The spin table: the last page of memory, reserved, with the cores' words in it. */
	release = tree_u64(cpu, "cpu-release-addr", 0);
	assert_int_equal(release & ~UINT64_C(0xfff), (256 << 20) - 0x1000);
	assert_int_equal(tree->nreserved, 1);
	assert_int_equal(tree->reserved[0].address, (256 << 20) - 0x1000);
	assert_int_equal(board_read32(&board, release + 4), 1);
	assert_int_equal(board_read32(&board, release + 0x14), 5);
	assert_int_equal(soc_serials(board.soc), 4);
	board_close(&board);
}

static void test_other_boards(void **state)
{
	static const struct {
		const char *name, *core;
		unsigned cores;
		uint64_t mpic; /* where its BRR1 is */
		uint32_t brr1; /* FSL 4.2 with CoreNet, else 2.0 */
	} boards[] = {
		{ "p2020rdb", "e500v2", 2, 0xffe40000, 0x00400200 },
		{ "p1020rdb-pc_32b", "e500v2", 2, 0xffe40000, 0x00400200 },
		{ "mpc8572ds", "e500v2", 2, 0xffe40000, 0x00400200 },
		{ "mpc8544ds", "e500v2", 1, 0xe0040000, 0x00400200 },
		{ "p2041rdb", "e500mc", 4, 0xffe040000, 0x00400402 },
		{ "p3041ds", "e500mc", 4, 0xffe040000, 0x00400402 },
	};

	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		struct board board;

		open_board(&board, boards[i].name);
		assert_int_equal(board.machine->ncores, boards[i].cores);
		assert_string_equal(board.machine->cores[0]->model->name, boards[i].core);
		assert_true(soc_serials(board.soc) >= 2);
		assert_non_null(soc_device_compatible(board.soc, "fsl,mpic"));
		assert_int_equal(board_read32(&board, boards[i].mpic), boards[i].brr1);
		board_close(&board);
	}
}

static void test_memory_override(void **state)
{
	struct board board;
	struct soc_options options = { .board = PPCE500, .memory = UINT64_C(5) << 30 };

	board_open(&board, &options);
	assert_int_equal(tree_cell(tree_find(soc_tree(board.soc), "/memory"), "reg", 2), 1);
	assert_int_equal(tree_cell(tree_find(soc_tree(board.soc), "/memory"), "reg", 3), 1 << 30);
	board_write32(&board, (UINT64_C(5) << 30) - 4, 0x12345678);
	assert_int_equal(board_read32(&board, (UINT64_C(5) << 30) - 4), 0x12345678);
	board_close(&board);
}

/* chosen: what the user says replaces, what is missing is added. */
static void test_chosen(void **state)
{
	struct board board;
	struct soc_options options = { .board = PPCE500, .append = "console=ttyS0", .seed = 7 };
	uint8_t seed[32];
	const struct tree_node *chosen;

	board_open(&board, &options);
	chosen = tree_find(soc_tree(board.soc), "/chosen");
	assert_string_equal(tree_string(chosen, "bootargs"), "console=ttyS0");
	assert_int_equal(tree_property(chosen, "rng-seed")->size, 32);
	memcpy(seed, tree_property(chosen, "rng-seed")->data, 32);
	board_close(&board);
	options.seed = 8;
	board_open(&board, &options);
	chosen = tree_find(soc_tree(board.soc), "/chosen");
	assert_memory_not_equal(seed, tree_property(chosen, "rng-seed")->data, 32);
	board_close(&board);
}

/* What is refused, word by word. */

static void refuse(const char *source, const char *message)
{
	assert_string_equal(board_refuses(source), message);
}

static void test_refuses_cpus(void **state)
{
	refuse("/ { /delete-node/ cpus; };", "/: there is no node /cpus");
	refuse("/ { cpus { /delete-node/ PowerPC,8544@0; /delete-node/ PowerPC,8544@1; }; };",
	       "/cpus: there is no cpu (no child with device_type \"cpu\")");
	refuse("/ { cpus { PowerPC,8544@1 { reg = <0>; }; }; };",
	       "/cpus/PowerPC,8544@1: reg: core number 0 is taken by /cpus/PowerPC,8544@0");
	refuse("/ { cpus { PowerPC,8544@1 { reg = <2>; }; }; };",
	       "/cpus: core numbers (reg) must be 0 to 1, 1 is missing");
	refuse("/ { cpus { PowerPC,8544@1 { reg = <32>; }; }; };",
	       "/cpus/PowerPC,8544@1: reg: core number 32, there are at most 32 cores");
	refuse("/ { cpus { PowerPC,8544@1 { /delete-property/ reg; }; }; };",
	       "/cpus/PowerPC,8544@1: reg: is not one cell with the core's number");
	refuse("/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;"
	       " memory { device_type = \"memory\"; reg = <0 0x1000>; };"
	       " cpus { ARM,cortex-a9@0 { device_type = \"cpu\"; reg = <0>; }; }; };",
	       "/cpus/ARM,cortex-a9@0: unknown core type: neither compatible nor the name says e500v2 or e500mc"
	       " (the option core= overrides it)");
	refuse("/ { cpus { PowerPC,8544@1 { enable-method = \"psci\"; }; }; };",
	       "/cpus/PowerPC,8544@1: enable-method: \"psci\" is not known (spin-table is)");
	refuse("/ { cpus { PowerPC,8544@1 { cpu-release-addr = <0xf 0xef000024>; }; }; };",
	       "/cpus/PowerPC,8544@1: cpu-release-addr: 0xfef000024 is not a multiple of 8");
	refuse("/ { cpus { PowerPC,8544@1 { cpu-release-addr = <0xf 0xef000fe8>; }; }; };",
	       "/cpus/PowerPC,8544@1: cpu-release-addr: the entry at 0xfef000fe8 crosses a 4 KiB page");
	refuse("/ { cpus { PowerPC,8544@1 { timebase-frequency = <400000001>; }; }; };",
	       "/cpus/PowerPC,8544@1: timebase-frequency: is not a number of Hz up to clock-frequency");
	refuse("/ { cpus { PowerPC,8544@2 { device_type = \"cpu\"; reg = <2>;"
	       " cpu-release-addr = <0xf 0xef000030>; }; }; };",
	       "/cpus/PowerPC,8544@2: cpu-release-addr: 0xfef000030 overlaps the entry of core 1");
}

static void test_refuses_memory(void **state)
{
	refuse("/ { /delete-node/ memory; };", "/: there is no memory (no node with device_type \"memory\")");
	refuse("/ { memory { reg = <0 0 0 0x10000800>; }; };",
	       "/memory: reg: 0x10000800 bytes at 0x0 are not whole 4 KiB pages");
	refuse("/ { memory { reg = <0 0 0x10000000>; }; };",
	       "/memory: reg: 12 bytes are no multiple of 16, as #address-cells and #size-cells of / ask for");
	refuse("/ { memory { reg = <0xffffffff 0xfffff000 0 0x2000>; }; };",
	       "/memory: reg: 0xfffffffffffff000 of 0x2000 bytes goes beyond the last address");
	refuse("/ { memory { reg = <0 0 0x10 0x1000>; }; };",
	       "/memory: reg: 0x0 of 0x1000001000 bytes goes beyond the 36 bits of a physical address");
	refuse("/ { memory@1000 { device_type = \"memory\"; reg = <0 0x1000 0 0x1000>; }; };",
	       "/memory@1000: reg: 0x1000-0x1fff overlaps /memory at 0x0-0xfffffff");
	refuse("/ { memory { reg = <0 0 0xf 0xe0100000>; }; };",
	       "/soc@fe0000000/i2c@3000: reg: 0xfe0003000-0xfe0003013 overlaps /memory at 0x0-0xfe00fffff");
}

static void test_refuses_registers(void **state)
{
	refuse("/ { soc@fe0000000 { serial@4500a { compatible = \"ns16550\"; reg = <0x4500 0x100>; }; }; };",
	       "/soc@fe0000000/serial@4500a: reg: 0xfe0004500-0xfe00045ff overlaps"
	       " /soc@fe0000000/serial@4500 at 0xfe0004500-0xfe00045ff");
	/* Inside each other is allowed, but only one of them can have a model of its own. */
	refuse("/ { soc@fe0000000 { serial@4540 { compatible = \"ns16550\"; reg = <0x4540 8>; }; }; };",
	       "/soc@fe0000000/serial@4540: 0xfe0004540-0xfe0004547 overlaps"
	       " /soc@fe0000000/serial@4500 at 0xfe0004500-0xfe00045ff");
	refuse("/ { soc@fe0000000 { serial@4500 { reg = <0x4500>; }; }; };",
	       "/soc@fe0000000/serial@4500: reg: 4 bytes are no multiple of 8, as #address-cells and #size-cells of"
	       " /soc@fe0000000 ask for");
	refuse("/ { soc@fe0000000 { serial@4500 { reg = <0x4500 0>; }; }; };",
	       "/soc@fe0000000/serial@4500: reg: entry 0 is empty");
	refuse("/ { soc@fe0000000 { ranges = <0 0xf 0xe0000000>; }; };",
	       "/soc@fe0000000: ranges: not a whole number of entries");
	refuse("/ { soc@fe0000000 { serial@4500 { reg-shift = <5>; }; }; };",
	       "/soc@fe0000000/serial@4500: reg-shift: 5, at most 4");
}

static void test_refuses_interrupts(void **state)
{
	refuse("/ { soc@fe0000000 { serial@4500 { interrupts = <42>; }; }; };",
	       "/soc@fe0000000/serial@4500: interrupts: 4 bytes are no multiple of the 2 cells that #interrupt-cells of"
	       " /soc@fe0000000/pic@40000 asks for");
	refuse("/ { soc@fe0000000 { serial@4500 { interrupt-parent = <0x77>; }; }; };",
	       "/soc@fe0000000/serial@4500: interrupt-parent: no node has phandle 0x77");
	refuse("/ { soc@fe0000000 { serial@4500 { /delete-property/ interrupt-parent; }; }; };",
	       "/soc@fe0000000/serial@4500: interrupts: no interrupt-parent here or above");
	refuse("/ { soc@fe0000000 { serial@4500 { interrupts = <256 2>; }; }; };",
	       "/soc@fe0000000/serial@4500: interrupts: source 256, the MPIC has 256");
	refuse("/ { soc@fe0000000 { pic@40000 { #interrupt-cells = <9>; }; }; };",
	       "/pci@fe0008000: interrupts: #interrupt-cells of /soc@fe0000000/pic@40000 is not a number from 1 to 8");
	refuse("/ { pci@fe0008000 { interrupt-map = <0x800 0 0 1 0x8003 2>; }; };",
	       "/pci@fe0008000: interrupt-map: ends in the middle of an entry");
	refuse("/ { pci@fe0008000 { interrupt-map = <0x800 0 0 1 0x77 2 1>; }; };",
	       "/pci@fe0008000: interrupt-map: the entry at cell 0 names no interrupt controller");
	refuse("/ { soc@fe0000000 { serial@4500 { interrupts-extended = <&mpic 1>; }; }; };",
	       "/soc@fe0000000/serial@4500: interrupts-extended: ends in the middle of a specifier");
}

static void test_refuses_devices(void **state)
{
	refuse("/ { soc@fe0000000 { power-off { gpios = <&mpic 0 0>; }; }; };",
	       "/soc@fe0000000/power-off: gpios: entry 0 names no GPIO controller, or is cut short");
	refuse("/ { soc@fe0000000 { power-off { gpios = <&gpio 32 0>; }; }; };",
	       "/soc@fe0000000/power-off: gpios: pin 32 with 2 cells; there are 32 pins, with 2");
	refuse("/ { soc@fe0000000 { power-off { /delete-property/ gpios; }; }; };",
	       "/soc@fe0000000/power-off: gpios: entry 0 is missing");
	refuse("/ { soc@fe0000000 { i2c@3000 { rtc@69 { compatible = \"dallas,ds1338\"; reg = <0x68>; }; }; }; };",
	       "/soc@fe0000000/i2c@3000/rtc@69: reg: I2C address 0x68 is taken");
	refuse("/ { soc@fe0000000 { rtc@68 { compatible = \"dallas,ds1338\"; reg = <0x68 1>; }; }; };",
	       "/soc@fe0000000/rtc@68: reg: is not one cell with a 7-bit I2C address");
	refuse("/ { rtc@68 { compatible = \"dallas,ds1338\"; reg = <0x68>; }; };",
	       "/rtc@68: reg: 4 bytes are no multiple of 16, as #address-cells and #size-cells of / ask for");
	refuse("/ { soc@fe0000000 { pic@40000 { warpcore,mpic-version = <0x0300>; }; }; };",
	       "/soc@fe0000000/pic@40000: warpcore,mpic-version: 0x300 is not 0x0200 or 0x0402");
}

static void test_refuses_options(void **state)
{
	struct soc_options options = { .board = PPCE500, .cores = 33 };

	assert_string_equal(board_refuses_options(&options), "cores: 33, there are at most 32");
	options = (struct soc_options){ .board = PPCE500, .memory = 4097 };
	assert_string_equal(board_refuses_options(&options), "memory: 0x1001 bytes are not whole 4 KiB pages");
	options = (struct soc_options){ .board = PPCE500, .core = "e600" };
	assert_string_equal(board_refuses_options(&options), "core: \"e600\" is not a core type (e500v2, e500mc)");
	options = (struct soc_options){ .board = "nothing.dts" };
	assert_string_equal(board_refuses_options(&options), "nothing.dts: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_flaws_that_do_not_matter),
		cmocka_unit_test(test_devices_that_cannot_be_placed),
		cmocka_unit_test(test_a_controller_that_cannot_be_placed),
		cmocka_unit_test(test_cores_without_a_model),
		cmocka_unit_test(test_common_cpu_properties),
		cmocka_unit_test(test_open_bus),
		cmocka_unit_test(test_unmapped),
		cmocka_unit_test(test_cores),
		cmocka_unit_test(test_p4080ds),
		cmocka_unit_test(test_other_boards),
		cmocka_unit_test(test_memory_override),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_refuses_cpus),
		cmocka_unit_test(test_refuses_memory),
		cmocka_unit_test(test_refuses_registers),
		cmocka_unit_test(test_refuses_interrupts),
		cmocka_unit_test(test_refuses_devices),
		cmocka_unit_test(test_refuses_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
