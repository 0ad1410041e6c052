#include "soc/build/fixup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "soc/build/cpus.h"
#include "soc/build/kernel_core.h"
#include "soc/build/memory.h"
#include "soc/build/spin_table.h"

/* Clocks where the tree leaves them to the boot loader: those of the evaluation boards, P2020RDB and P4080DS. */
static const struct fixup_clocks {
	uint32_t cpu, bus;         /* Hz; bus: the platform (CCB) clock */
	uint32_t timebase_divisor; /* of the bus clock: 8 on PQ3, 32 on QorIQ with CoreNet */
	uint32_t device_divisor;   /* of the bus clock, for UARTs, MPIC and eSDHC */
} fixup_clocks[] = {
	[false] = { 1200000000, 600000000, 8, 1 },
	[true] = { 1500000000, 800000000, 32, 2 }, /* with CoreNet */
};

/* Memory. */

static void fixup_set_memory(struct tree *tree, uint64_t bytes)
{
	struct tree_node *node = memory_next(tree, NULL), *next;
	uint32_t na = tree_address_cells(tree->root), ns = tree_size_cells(tree->root);
	uint32_t cells[4] = { 0 };

	if (ns == 2)
		cells[na] = (uint32_t)(bytes >> 32);
	cells[na + ns - 1] = (uint32_t)bytes;
	tree_set_cells(node, "reg", cells, na + ns);
	while ((next = memory_next(tree, node)))
		tree_remove(next);
}

static bool fixup_memory(struct tree *tree, uint64_t bytes, struct err *err)
{
	uint32_t na = tree_address_cells(tree->root), ns = tree_size_cells(tree->root);
	uint64_t total;

	if (!memory_next(tree, NULL))
		return tree_error(tree->root, err, "there is no memory (no node with device_type \"memory\")");
	if (na < 1 || na > 2 || ns < 1 || ns > 2)
		return tree_error(tree->root, err, "#address-cells and #size-cells must be 1 or 2");
	if (bytes & (BUS_PAGE_SIZE - 1))
		return err_set(err, "memory: 0x%" PRIx64 " bytes are not whole 4 KiB pages", bytes);
	if (ns == 1 && bytes > UINT32_MAX)
		return tree_error(tree->root, err, "#size-cells is 1: no room for 0x%" PRIx64 " bytes of memory",
				  bytes);
	if (!memory_total(tree, &total, err))
		return false;
	if (bytes || !total)
		fixup_set_memory(tree, bytes ? bytes : FIXUP_DEFAULT_MEMORY);
	return true;
}

/* Cores. */

static uint64_t fixup_release_address(const struct tree_node *cpu)
{
	return tree_u64(cpu, "cpu-release-addr", 0);
}

/* One more core like the last one. The entry in the spin table follows that of the last one. */
static bool fixup_add_core(struct cpus *cpus, struct err *err)
{
	unsigned number = cpus->count;
	struct tree_node *last = cpus->node[number - 1], *copy;
	uint64_t address = fixup_release_address(last);
	char name[64];

	/* A node's name has up to 31 characters; a longer one would be cut, and cut the same way for each number. */
	snprintf(name, sizeof name, "%.40s", last->name);
	snprintf(name + strcspn(name, "@"), 16, "@%x", number);
	if (tree_child(last->parent, name))
		return tree_error(last->parent, err, "no room for core %u: the name %s is taken", number, name);
	copy = tree_copy(last, name);
	tree_set_u32(copy, "reg", number);
	if (number == 1 && !address && tree_string(copy, "status"))
		tree_set_string(copy, "status", "disabled"); /* the first core's status is no model for the others */
	if (address)
		tree_set_u64(copy, "cpu-release-addr", address + SPIN_TABLE_ENTRY_SIZE);
	cpus->node[cpus->count++] = copy;
	return true;
}

static bool fixup_core_count(struct cpus *cpus, unsigned count, struct err *err)
{
	if (count > MACHINE_MAX_CORES)
		return err_set(err, "cores: %u, there are at most %d", count, MACHINE_MAX_CORES);
	while (count && cpus->count > count)
		tree_remove(cpus->node[--cpus->count]);
	while (cpus->count < count)
		if (!fixup_add_core(cpus, err))
			return false;
	return true;
}

/* Another core type than the tree's: what the tree says about its cache lines must follow. */
static void fixup_core_type(struct tree_node *cpu, const struct core_model *model)
{
	char compatible[32];

	snprintf(compatible, sizeof compatible, "fsl,%s", model->name);
	tree_set_string(cpu, "compatible", compatible);
	if (tree_property(cpu, "d-cache-line-size"))
		tree_set_u32(cpu, "d-cache-line-size", model->cache_line);
	if (tree_property(cpu, "i-cache-line-size"))
		tree_set_u32(cpu, "i-cache-line-size", model->cache_line);
}

static const struct core_model *fixup_model(struct cpus *cpus, const char *name, struct err *err)
{
	const struct core_model *model = name ? model_find(name) : cpus_model(cpus->node[0], err);
	char names[64];

	if (!model && name)
		err_set(err, "core: \"%s\" is not a core type (%s)", name, model_names(0, ", ", names, sizeof names));
	if (!model || !name || cpus_model(cpus->node[0], NULL) == model)
		return model;
	for (unsigned i = 0; i < cpus->count; i++)
		fixup_core_type(cpus->node[i], model);
	return model;
}

/*
 * The option, or in QEMU's tree, which names its cpus without saying what they are, what the kernel is for. NULL: the
 * tree's.
 */
static const char *fixup_core_name(const struct tree *tree, const struct cpus *cpus, const struct soc_options *options)
{
	if (options->core || !options->kernel || !tree_is_compatible(tree->root, "fsl,qemu-e500")
	    || tree_property(cpus->node[0], "compatible"))
		return options->core;
	return kernel_core_name(options->kernel);
}

/* What all cpus have in common may stand in /cpus (Devicetree specification 3.7): the cpu's own counts first. */
static void fixup_cpu_common(struct tree_node *cpu, const char *name)
{
	const struct tree_property *common = tree_property(cpu->parent, name);

	if (common && !tree_property(cpu, name))
		tree_set(cpu, name, common->data, common->size);
}

static void fixup_cpu_clocks(struct tree_node *cpu, const struct fixup_clocks *clocks)
{
	uint64_t frequency;
	uint32_t bus;

	fixup_cpu_common(cpu, "clock-frequency");
	fixup_cpu_common(cpu, "bus-frequency");
	fixup_cpu_common(cpu, "timebase-frequency");
	frequency = tree_u64(cpu, "clock-frequency", 0);
	bus = tree_u32(cpu, "bus-frequency", 0);
	if (!frequency)
		tree_set_u32(cpu, "clock-frequency", clocks->cpu);
	if (!bus) {
		bus = frequency && frequency < clocks->bus ? (uint32_t)frequency : clocks->bus;
		tree_set_u32(cpu, "bus-frequency", bus);
	}
	if (!tree_u64(cpu, "timebase-frequency", 0))
		tree_set_u32(cpu, "timebase-frequency", bus / clocks->timebase_divisor);
}

/* Where secondaries wait when the tree does not say: the last page of the first memory, as U-Boot has it. */
static bool fixup_spin_page(struct tree *tree, uint64_t *page, struct err *err)
{
	struct address_range memory;
	uint64_t end;

	if (!memory_first(tree, &memory) || memory.size < SPIN_TABLE_PAGE_SIZE)
		return tree_error(tree->root, err, "no memory for the spin table");
	end = memory.base + memory.size;
	if (end > UINT64_C(0x80000000)) /* within reach of a 32-bit boot loader */
		end = UINT64_C(0x80000000);
	*page = (end - SPIN_TABLE_PAGE_SIZE) & ~(uint64_t)(SPIN_TABLE_PAGE_SIZE - 1);
	tree_reserve(tree, *page, SPIN_TABLE_PAGE_SIZE);
	return true;
}

static bool fixup_release_addresses(struct tree *tree, struct cpus *cpus, struct err *err)
{
	uint64_t page = 0;

	for (unsigned i = 0; i < cpus->count; i++) {
		struct tree_node *cpu = cpus->node[i];

		if (!tree_string(cpu, "status"))
			tree_set_string(cpu, "status", i == tree->boot_cpu ? "okay" : "disabled");
		if (i == tree->boot_cpu)
			continue;
		if (!tree_string(cpu, "enable-method"))
			tree_set_string(cpu, "enable-method", "spin-table");
		if (fixup_release_address(cpu))
			continue;
		if (!page && !fixup_spin_page(tree, &page, err))
			return false;
		tree_set_u64(cpu, "cpu-release-addr", page + (uint64_t)i * SPIN_TABLE_ENTRY_SIZE);
	}
	return true;
}

/* Clocks of the devices: a property that is there and zero was left to the boot loader. */
static void fixup_device_clocks(struct tree *tree, const struct cpus *cpus, const struct fixup_clocks *clocks)
{
	uint32_t bus = tree_u32(cpus->node[0], "bus-frequency", clocks->bus);

	for (struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node)) {
		if (tree_property(node, "bus-frequency") && !tree_u64(node, "bus-frequency", 1))
			tree_set_u32(node, "bus-frequency", bus);
		if (tree_property(node, "clock-frequency") && !tree_u64(node, "clock-frequency", 1))
			tree_set_u32(node, "clock-frequency", bus / clocks->device_divisor);
	}
}

/* /chosen. */

static void fixup_stdout(struct tree *tree, struct tree_node *chosen)
{
	const struct tree_node *serial = tree_find(tree, "serial0");

	if (tree_property(chosen, "stdout-path") || tree_property(chosen, "linux,stdout-path"))
		return;
	for (struct tree_node *node = tree_next(tree, NULL); node && !serial; node = tree_next(tree, node)) {
		const char *type = tree_string(node, "device_type");

		if (type && !strcmp(type, "serial"))
			serial = node;
	}
	if (serial) {
		tree_set_string(chosen, "stdout-path", serial->path);
		tree_set_string(chosen, "linux,stdout-path", serial->path);
	}
}

static void fixup_rng_seed(struct tree_node *chosen, uint64_t seed)
{
	struct random random;
	uint8_t bytes[32];

	if (tree_property(chosen, "rng-seed"))
		return;
	random_seed(&random, seed);
	for (unsigned i = 0; i < sizeof bytes; i += 8)
		be64_store(bytes + i, random_u64(&random));
	tree_set(chosen, "rng-seed", bytes, sizeof bytes);
}

static void fixup_chosen(struct tree *tree, const struct soc_options *options)
{
	struct tree_node *chosen = tree_child(tree->root, "chosen");

	if (!chosen)
		chosen = tree_add_child(tree->root, "chosen");
	if (options->append)
		tree_set_string(chosen, "bootargs", options->append);
	fixup_stdout(tree, chosen);
	fixup_rng_seed(chosen, options->seed);
}

bool fixup_apply(struct tree *tree, const struct soc_options *options, const struct core_model **model, struct err *err)
{
	const struct fixup_clocks *clocks;
	const struct tree_node *first = cpus_first(tree);
	struct cpus cpus;

	/* What it is comes before what is wrong with it. */
	if (first && !options->core && !cpus_model(first, err))
		return false;
	if (!cpus_list(tree, &cpus, err) || !fixup_memory(tree, options->memory, err))
		return false;
	*model = fixup_model(&cpus, fixup_core_name(tree, &cpus, options), err);
	if (!*model || !fixup_core_count(&cpus, options->cores, err))
		return false;
	if (tree->boot_cpu >= cpus.count)
		return err_set(err, "%s: the boot core is number %u, of %u cores", tree->file,
			       (unsigned)tree->boot_cpu, cpus.count);
	clocks = &fixup_clocks[(*model)->has_corenet];
	for (unsigned i = 0; i < cpus.count; i++)
		fixup_cpu_clocks(cpus.node[i], clocks);
	if (!fixup_release_addresses(tree, &cpus, err))
		return false;
	fixup_device_clocks(tree, &cpus, clocks);
	fixup_chosen(tree, options);
	return true;
}
