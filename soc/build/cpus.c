#include "soc/build/cpus.h"
#include "sim/machine/machine.h"

#include <string.h>

/* What U-Boot's and the kernel's trees call a cpu node. SVR: the SoC reference manuals, with security engine (E). */
static const struct cpus_soc {
	const char *name;
	const char *core;
	uint32_t svr;
} cpus_socs[] = {
	{ "PowerPC,e500v2", "e500v2", 0 },
	{ "PowerPC,e500mc", "e500mc", 0 },
	{ "PowerPC,8544", "e500v2", 0x803c0111 },
	{ "PowerPC,8548", "e500v2", 0x80390021 },
	{ "PowerPC,8572", "e500v2", 0x80e80010 },
	{ "PowerPC,8536", "e500v2", 0x803f0091 },
	{ "PowerPC,8568", "e500v2", 0x807d0011 },
	{ "PowerPC,8569", "e500v2", 0x80880010 },
	{ "PowerPC,P1010", "e500v2", 0x80f90010 },
	{ "PowerPC,P1020", "e500v2", 0x80ec0011 },
	{ "PowerPC,P1021", "e500v2", 0x80ec0111 },
	{ "PowerPC,P1022", "e500v2", 0x80ee0011 },
	{ "PowerPC,P1023", "e500v2", 0x80fe0011 },
	{ "PowerPC,P2020", "e500v2", 0x80ea0010 },
};

/* Cores that have no model, by what U-Boot's and the kernel's trees call them or their SoC. */
static const struct cpus_other {
	const char *name; /* a beginning of "8540", "e5500"... */
	const char *core;
} cpus_others[] = {
	{ "e5500", "an e5500" }, { "e6500", "an e6500" }, { "e300", "an e300" }, { "e600", "an e600" },
	{ "e500v1", "an e500v1" }, { "854", "an e500v1" }, { "8555", "an e500v1" }, { "8560", "an e500v1" },
	{ "8641", "an e600" }, { "8610", "an e600" }, { "7448", "an e600" }, { "7410", "a 7410" },
	{ "5121", "an e300" }, { "5125", "an e300" }, { "5200", "an e300" }, { "83", "an e300" },
	{ "824", "a 603e" }, { "827", "a 603e" }, { "603", "a 603e" }, { "750", "a 750" }, { "gekko", "a 750" },
	{ "broadway", "a 750" }, { "86", "an MPC8xx core" }, { "87", "an MPC8xx core" }, { "88", "an MPC8xx core" },
	{ "40", "a 4xx core" }, { "44", "a 4xx core" }, { "46", "a 4xx core" }, { "47", "a 4xx core" },
	{ "4xx", "a 4xx core" }, { "apm", "a 4xx core" }, { "Microwatt", "a Microwatt" }, { "970", "a 970" },
	{ "POWER", "a POWER core" },
};

/* SoCs whose cpu nodes name the core only. */
static const struct cpus_board {
	const char *compatible; /* of the root */
	uint32_t svr;
} cpus_boards[] = {
	{ "fsl,P4080DS", 0x82080020 },
	{ "fsl,P3041DS", 0x82190310 },
	{ "fsl,P2041RDB", 0x82180110 },
};

static bool cpus_is_cpu(const struct tree_node *node)
{
	const char *type = tree_string(node, "device_type");

	return type && !strcmp(type, "cpu");
}

static bool cpus_place(struct cpus *cpus, struct tree_node *node, struct err *err)
{
	uint32_t number = tree_u32(node, "reg", UINT32_MAX);

	if (number == UINT32_MAX)
		return tree_error(node, err, "reg: is not one cell with the core's number");
	if (number >= MACHINE_MAX_CORES)
		return tree_error(node, err, "reg: core number %u, there are at most %d cores", (unsigned)number,
				  MACHINE_MAX_CORES);
	if (cpus->node[number])
		return tree_error(node, err, "reg: core number %u is taken by %s", (unsigned)number,
				  cpus->node[number]->path);
	cpus->node[number] = node;
	cpus->count++;
	return true;
}

const struct tree_node *cpus_first(const struct tree *tree)
{
	const struct tree_node *parent = tree_child(tree->root, "cpus");
	const struct tree_node *node = parent ? parent->children : NULL;

	while (node && !cpus_is_cpu(node))
		node = node->next;
	return node;
}

bool cpus_list(const struct tree *tree, struct cpus *cpus, struct err *err)
{
	struct tree_node *parent = tree_child(tree->root, "cpus");

	*cpus = (struct cpus){ .count = 0 };
	if (!parent)
		return tree_error(tree->root, err, "there is no node /cpus");
	for (struct tree_node *node = parent->children; node; node = node->next)
		if (cpus_is_cpu(node) && !cpus_place(cpus, node, err))
			return false;
	if (!cpus->count)
		return tree_error(parent, err, "there is no cpu (no child with device_type \"cpu\")");
	for (unsigned i = 0; i < cpus->count; i++)
		if (!cpus->node[i])
			return tree_error(parent, err, "core numbers (reg) must be 0 to %u, %u is missing",
					  cpus->count - 1, i);
	return true;
}

static const struct cpus_soc *cpus_soc(const struct tree_node *cpu)
{
	size_t length = strcspn(cpu->name, "@");

	for (size_t i = 0; i < sizeof cpus_socs / sizeof *cpus_socs; i++)
		if (strlen(cpus_socs[i].name) == length && !strncmp(cpus_socs[i].name, cpu->name, length))
			return &cpus_socs[i];
	return NULL;
}

/* "fsl,e500mc" and "PowerPC,e500mc" name a core model. */
static const struct core_model *cpus_model_of_name(const char *name)
{
	const char *comma = strchr(name, ',');

	return model_find(comma ? comma + 1 : name);
}

/* "PowerPC,8540@0", "PowerPC,405EX", "fsl,e6500": what comes after the comma and its blanks. NULL: not in the list. */
static const char *cpus_other_of_name(const char *name)
{
	const char *comma = name ? strchr(name, ',') : NULL;

	if (!comma)
		return NULL;
	comma += 1 + strspn(comma + 1, " ");
	for (size_t i = 0; i < sizeof cpus_others / sizeof *cpus_others; i++)
		if (!strncmp(comma, cpus_others[i].name, strlen(cpus_others[i].name)))
			return cpus_others[i].core;
	return NULL;
}

static const char *cpus_other(const struct tree_node *cpu)
{
	const char *core = cpus_other_of_name(cpu->name), *name;

	for (size_t i = 0; !core && (name = tree_string_at(cpu, "compatible", i)); i++)
		core = cpus_other_of_name(name);
	return core ? core : cpus_other_of_name(tree_string(cpu, "model"));
}

const struct core_model *cpus_model(const struct tree_node *cpu, struct err *err)
{
	const struct cpus_soc *soc = cpus_soc(cpu);
	const char *name;
	char names[64];

	for (size_t i = 0; (name = tree_string_at(cpu, "compatible", i)); i++)
		if (cpus_model_of_name(name))
			return cpus_model_of_name(name);
	if (soc)
		return model_find(soc->core);
	model_names(0, " or ", names, sizeof names);
	if (cpus_other(cpu)) {
		tree_error(cpu, err, "its core is %s, which has no model (the option core= puts an %s in its place)",
			   cpus_other(cpu), names);
		return NULL;
	}
	tree_error(cpu, err,
		   "unknown core type: neither compatible nor the name says %s (the option core= overrides it)",
		   names);
	return NULL;
}

uint32_t cpus_svr(const struct tree *tree, const struct cpus *cpus)
{
	const struct cpus_soc *soc = cpus_soc(cpus->node[0]);

	/* QEMU names its cpu nodes 8544, whatever they are, and has no SVR. */
	if (tree_is_compatible(tree->root, "fsl,qemu-e500"))
		return 0;
	for (size_t i = 0; i < sizeof cpus_boards / sizeof *cpus_boards; i++)
		if (tree_is_compatible(tree->root, cpus_boards[i].compatible))
			return cpus_boards[i].svr;
	return soc ? soc->svr : 0;
}

bool cpus_add(struct machine *machine, const struct cpus *cpus, const struct core_model *model, uint32_t svr,
	      struct err *err)
{
	for (unsigned i = 0; i < cpus->count; i++) {
		const struct tree_node *node = cpus->node[i];
		struct core_config config = {
			.model = model,
			.frequency = tree_u64(node, "clock-frequency", 0),
			.timebase_frequency = tree_u64(node, "timebase-frequency", 0),
			.svr = svr,
			.path = node->path,
		};

		if (!config.frequency || config.frequency > INT64_MAX / 4)
			return tree_error(node, err, "clock-frequency: is not a number of Hz");
		if (!config.timebase_frequency || config.timebase_frequency > config.frequency)
			return tree_error(node, err, "timebase-frequency: is not a number of Hz up to clock-frequency");
		machine_add_core(machine, config);
	}
	return true;
}
