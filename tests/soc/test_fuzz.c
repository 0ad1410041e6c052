/*
 * A guest that writes garbage to any register, at any size, from any core, at
 * any time: nothing of the simulator breaks (the sanitizers look on), and the
 * same garbage leads to the same state.
 */
#include "tests/soc/board.h"
#include "tests/fixture/more_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "soc/tree/address.h"
#include "soc/tree/dtc.h"
#include "soc/models.h"

#define ACCESSES 500000
#define TREES 3000
#define MAX_RANGES 256

static uint8_t *pristine; /* dts/ppce500.dts, compiled */
static size_t pristine_size;

struct ranges {
	struct address_range range[MAX_RANGES];
	unsigned count;
};

static void add_range(struct ranges *ranges, uint64_t base, uint64_t size)
{
	if (size && ranges->count < MAX_RANGES)
		ranges->range[ranges->count++] = (struct address_range){ base, size };
}

/* All that is on the bus: registers of each node, windows of buses, the spin table. */
static void collect(const struct soc *soc, struct ranges *ranges)
{
	struct address_range range;

	for (size_t i = 0; i < soc_nodes(soc); i++) {
		const struct soc_node *entry = soc_node_at(soc, i);
		const struct tree_node *node = entry->node;

		if (!entry->device || !address_is_mapped(node))
			continue;
		for (int n = 0; n < address_count(node, NULL); n++)
			if (address_get(node, (unsigned)n, &range, NULL))
				add_range(ranges, range.base, range.size);
	}
	for (const struct tree_node *node = tree_next(soc_tree(soc), NULL); node;
	     node = tree_next(soc_tree(soc), node)) {
		if (tree_property(node, "cpu-release-addr"))
			add_range(ranges, tree_u64(node, "cpu-release-addr", 0) & ~UINT64_C(0xfff), 0x1000);
		if (node->parent && !node->parent->parent)
			for (int n = 0; n < address_window_count(node, NULL); n++)
				if (address_window(node, (unsigned)n, &range, NULL))
					add_range(ranges, range.base, range.size);
	}
}

static uint64_t random_value(struct random *random)
{
	switch (random_below(random, 5)) {
	case 0: return 0;
	case 1: return UINT64_MAX;
	case 2: return UINT64_C(1) << random_below(random, 64);
	case 3: return random_below(random, 256);
	default: return random_u64(random);
	}
}

/* Low offsets of a block more often than the rest: that is where registers are. */
static uint64_t random_offset(struct random *random, uint64_t size)
{
	uint64_t bound = random_below(random, 2) && size > 0x100 ? 0x100 : size;

	return bound > UINT32_MAX ? random_u64(random) % bound : random_below(random, (uint32_t)bound);
}

static void access_once(struct board *board, const struct ranges *ranges, struct random *random)
{
	const struct address_range *range = &ranges->range[random_below(random, ranges->count)];
	unsigned size = 1u << (random_below(random, 2) ? 2 : random_below(random, 4));
	uint64_t pa = (range->base + random_offset(random, range->size)) & ~(uint64_t)(size - 1);
	struct bus_access access = {
		.core = (int)random_below(random, board->machine->ncores + 1) - 1,
		.now = machine_now(board->machine),
	};
	uint64_t value = random_value(random);

	if (pa < range->base)
		return;
	if (random_below(random, 2))
		bus_write(board->machine->bus, &access, pa, size, value);
	else
		bus_read(board->machine->bus, &access, pa, size, &value);
}

/* dts/ppce500.dts with what it has not: the other models, in holes of its map. */
static const char more[] = MORE_MODELS
	"/ { soc@fe0000000 { virtio@d1000 { compatible = \"virtio,mmio\"; reg = <0xd1000 0x200>; };"
	" dma@21300 { compatible = \"fsl,eloplus-dma\"; reg = <0x21300 4>; }; };"
	" cpus { PowerPC,8544@2 { device_type = \"cpu\"; reg = <2>; cpu-release-addr = <0 0x1000>; }; }; };";

static void fuzz(const char *file, uint64_t seed, char digest[33])
{
	struct soc_options options = { .board = file, .memory = 16 << 20 };
	static const uint8_t frame[NET_FRAME_MAX + 2] = "fuzz";
	struct ranges ranges = { .count = 0 };
	struct board board;
	struct random random;

	if (file)
		board_open(&board, &options);
	else
		board_open_changed(&board, more);
	collect(board.soc, &ranges);
	assert_true(ranges.count > 5);
	random_seed(&random, seed);
	for (unsigned i = 0; i < ACCESSES; i++) {
		access_once(&board, &ranges, &random);
		if (!random_below(&random, 64))
			board_pass(&board, random_below(&random, 100000));
		if (!random_below(&random, 256))
			serial_port_receive(soc_serial(board.soc, random_below(&random, soc_serials(board.soc))),
					    "fuzz", 4, machine_now(board.machine));
		if (soc_nets(board.soc) && !random_below(&random, 256))
			net_port_receive(soc_net(board.soc, 0), frame, random_below(&random, sizeof frame),
					 machine_now(board.machine));
	}
	machine_digest(board.machine, digest);
	board_close(&board);
}

static void fuzz_twice(const char *file)
{
	char first[33], again[33], other[33];

	fuzz(file, 1, first);
	fuzz(file, 1, again);
	assert_string_equal(first, again);
	fuzz(file, 2, other);
	assert_string_not_equal(first, other);
}

static void test_ppce500(void **state)
{
	fuzz_twice("dts/ppce500.dts");
}

static void test_ppce500mc(void **state)
{
	fuzz_twice("dts/ppce500mc.dts");
}

static void test_other_models(void **state)
{
	fuzz_twice(NULL);
}

/* Trees with garbage in them: a machine, or one line that says what is wrong. */

static struct tree_property *random_property(const struct tree *tree, struct random *random)
{
	struct tree_property *chosen = NULL;
	uint32_t seen = 0;

	for (const struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node))
		for (struct tree_property *p = node->properties; p; p = p->next)
			if (!random_below(random, ++seen))
				chosen = p;
	return chosen;
}

static void damage(const struct tree *tree, struct random *random)
{
	struct tree_property *property = random_property(tree, random);

	switch (random_below(random, 4)) {
	case 0: /* shorter */
		property->size = property->size ? random_below(random, (uint32_t)property->size) : 0;
		break;
	case 1: /* another cell */
		if (property->size >= 4)
			be32_store(property->data + 4 * random_below(random, (uint32_t)property->size / 4),
				   (uint32_t)random_value(random));
		break;
	case 2: /* another name */
		property->name[random_below(random, (uint32_t)strlen(property->name))] = 'x';
		break;
	default: /* another byte */
		if (property->size)
			property->data[random_below(random, (uint32_t)property->size)] = (uint8_t)random_value(random);
		break;
	}
}

static void test_trees(void **state)
{
	struct soc_options options = { 0 };
	struct random random;
	unsigned built = 0;
	char path[128];

	random_seed(&random, 3);
	snprintf(path, sizeof path, "/tmp/warpcore-test-fuzz-%ld.dtb", (long)getpid());
	options.board = path;
	for (unsigned i = 0; i < TREES; i++) {
		struct tree *tree = tree_from_blob(pristine, pristine_size, "pristine", NULL);
		struct machine *machine = machine_create();
		struct err err = { "" };
		void *blob;
		FILE *file;

		for (unsigned n = 1 + random_below(&random, 3); n; n--)
			damage(tree, &random);
		blob = tree_to_blob(tree, 65536, &err);
		assert_non_null(blob);
		file = fopen(path, "wb");
		assert_int_equal(fwrite(blob, 1, 65536, file), 65536);
		fclose(file);
		if (soc_build(machine, &options, &err))
			built++;
		else if (strncmp(err.text, path, strlen(path)) || strchr(err.text, '\n'))
			fail_msg("%s", err.text);
		machine_destroy(machine);
		free(blob);
		tree_destroy(tree);
	}
	unlink(path);
	assert_true(built > TREES / 10 && built < TREES * 9 / 10);
}

static int load_pristine(void **state)
{
	pristine = dtc_compile(PPCE500, "", 0, &pristine_size, NULL);
	return pristine ? 0 : -1;
}

static int free_pristine(void **state)
{
	free(pristine);
	return 0;
}

/* Every device model is on the board of test_other_models. */
static void test_all_models_are_fuzzed(void **state)
{
	struct board board;

	board_open_changed(&board, more);
	for (unsigned i = 0; models_at(i); i++) {
		const struct device_class *class = models_at(i);
		bool found = !class->create;

		for (const char *const *name = class->compatible; *name && !found; name++)
			found = soc_device_compatible(board.soc, *name) != NULL;
		if (!found)
			fail_msg("no board of this test has a device \"%s\"", class->compatible[0]);
	}
	board_close(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ppce500),
		cmocka_unit_test(test_ppce500mc),
		cmocka_unit_test(test_other_models),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_all_models_are_fuzzed),
	};

	return cmocka_run_group_tests(tests, load_pristine, free_pristine);
}
