#include "soc/soc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/machine/machine.h"
#include "soc/build/boot.h"
#include "soc/build/core_lines.h"
#include "soc/build/coverage.h"
#include "soc/build/fixup.h"
#include "soc/build/memory.h"
#include "soc/models.h"
#include "soc/build/soc_state.h"
#include "soc/build/virtio_nodes.h"

/* The SoC as a part of the machine: what is not a device. */

static void soc_reset(void *opaque)
{
	struct soc *soc = opaque;

	spin_table_reset(soc->spin_table);
	core_lines_reset(soc);
}

static void soc_visit_state(void *opaque, struct state_visitor *visitor)
{
	struct soc *soc = opaque;

	spin_table_visit_state(soc->spin_table, visitor);
	core_lines_visit_state(soc, visitor);
	for (size_t i = 0; i < soc->nlines; i++)
		wired_or_visit_state(&soc->lines[i]->gate, visitor);
}

static void soc_destroy(void *opaque)
{
	struct soc *soc = opaque;

	for (size_t i = 0; i < soc->nlines; i++)
		free(soc->lines[i]);
	free(soc->lines);
	free(soc->serials);
	free(soc->nets);
	for (size_t i = 0; i < soc->nnodes; i++)
		free(soc->nodes[i].flaw);
	free(soc->nodes);
	openbus_destroy(soc->openbus);
	spin_table_destroy(soc->spin_table);
	core_lines_destroy(soc);
	tree_destroy(soc->tree);
	free(soc);
}

static struct soc *soc_allocate(struct machine *machine, const struct soc_options *options)
{
	struct soc *soc = allocate_zeroed(1, sizeof *soc);

	soc->machine = machine;
	soc->options = options;
	soc->classes = &models_list;
	soc->strict = options->strict;
	soc->epoch = options->epoch ? options->epoch : SOC_DEFAULT_EPOCH;
	soc->openbus = openbus_create(&machine->log);
	soc->spin_table = spin_table_create(boot_release_core, soc);
	machine_add_part(machine, (struct machine_part){
		.path = "/",
		.opaque = soc,
		.reset = soc_reset,
		.visit_state = soc_visit_state,
		.destroy = soc_destroy,
	});
	return soc;
}

/* The controller that answers a core's question for the vector; without one EPR stays as it is. */
static uint32_t soc_acknowledge(void *opaque, struct core *core, bool critical, int64_t now)
{
	struct soc *soc = opaque;
	uint32_t vector = core->epr;

	bus_lock(soc->machine->bus); /* the controller is a register block */
	if (soc->acknowledge)
		soc->acknowledge(soc->acknowledger, (unsigned)core->index, critical, now, &vector);
	bus_unlock(soc->machine->bus);
	return vector;
}

static bool soc_add_cores(struct soc *soc, struct err *err)
{
	struct cpus cpus;

	if (!cpus_list(soc->tree, &cpus, err))
		return false;
	soc->svr = cpus_svr(soc->tree, &cpus);
	if (!cpus_add(soc->machine, &cpus, soc->model, soc->svr, err))
		return false;
	core_lines_create(soc);
	for (unsigned i = 0; i < soc->machine->ncores; i++)
		core_set_controller(soc->machine->cores[i], &(struct core_controller){ soc, soc_acknowledge });
	for (unsigned i = 0; i < cpus.count; i++) {
		const struct tree_node *cpu = cpus.node[i];
		const char *method = tree_string(cpu, "enable-method");

		if (i == soc->tree->boot_cpu)
			continue;
		if (!method || strcmp(method, "spin-table")) {
			tree_error(cpu, err, "enable-method: \"%s\" is not known (spin-table is)",
				   method ? method : "");
			if (soc->strict)
				return false;
			log_write(&soc->machine->log, LOG_WARNING, "%s; nothing starts this core", err->text);
		} else if (!spin_table_add(soc->spin_table, i, tree_u64(cpu, "cpu-release-addr", 0), err))
			return err_prefix(err, "%s: %s", soc->tree->file, cpu->path);
	}
	return true;
}

static bool soc_add_devices(struct soc *soc, struct err *err)
{
	for (size_t i = 0; i < soc->nnodes; i++)
		if (!builder_make(soc, &soc->nodes[i], err))
			return false;
	return true;
}

/* Numbers as /aliases gives them, then the others in the tree's order. */
static void soc_number_serials(struct soc *soc)
{
	unsigned placed = 0;

	for (unsigned n = 0; n < soc->nserials; n++) {
		char alias[32];
		const struct tree_node *node;

		snprintf(alias, sizeof alias, "serial%u", n);
		node = tree_find(soc->tree, alias);
		for (unsigned i = placed; i < soc->nserials && node; i++) {
			struct serial_port *port = soc->serials[i];

			if (strcmp(serial_port_path(port), node->path))
				continue;
			memmove(&soc->serials[placed + 1], &soc->serials[placed], (i - placed) * sizeof(*soc->serials));
			soc->serials[placed++] = port;
			break;
		}
	}
}

static int64_t soc_read_sent(const void *port)
{
	return (int64_t)serial_port_sent(port);
}

static int64_t soc_read_received(const void *port)
{
	return (int64_t)serial_port_received(port);
}

#define SOC_NET_READ(count) \
	static int64_t soc_read_##count(const void *port) { return (int64_t)net_port_counts(port)->count; }
SOC_NET_READ(frames_sent)
SOC_NET_READ(bytes_sent)
SOC_NET_READ(frames_received)
SOC_NET_READ(bytes_received)
SOC_NET_READ(dropped)

static void soc_add_net_stats(struct stats *stats, const struct net_port *port, unsigned n)
{
	stats_add(stats, "frames", "sent by the guest", soc_read_frames_sent, port, "net%u.frames_sent", n);
	stats_add(stats, "bytes", "of the frames sent by the guest", soc_read_bytes_sent, port, "net%u.bytes_sent", n);
	stats_add(stats, "frames", "received by the guest", soc_read_frames_received, port, "net%u.frames_received", n);
	stats_add(stats, "bytes", "of the frames received by the guest", soc_read_bytes_received, port,
		  "net%u.bytes_received", n);
	stats_add(stats, "frames", "for the guest, lost: it was not ready for so many", soc_read_dropped, port,
		  "net%u.dropped", n);
}

static void soc_add_stats(struct soc *soc)
{
	for (unsigned n = 0; n < soc->nserials; n++) {
		stats_add(soc->machine->stats, "bytes", "sent by the guest", soc_read_sent, soc->serials[n],
			  "uart%u.sent", n);
		stats_add(soc->machine->stats, "bytes", "received by the guest", soc_read_received, soc->serials[n],
			  "uart%u.received", n);
	}
	for (unsigned n = 0; n < soc->nnets; n++)
		soc_add_net_stats(soc->machine->stats, soc->nets[n], n);
	openbus_add_stats(soc->openbus, soc->machine->stats);
}

static void soc_reset_parts(struct machine *machine)
{
	for (unsigned i = 0; i < machine->nparts; i++)
		if (machine->parts[i].reset)
			machine->parts[i].reset(machine->parts[i].opaque);
}

struct soc *soc_build(struct machine *machine, const struct soc_options *options, struct err *err)
{
	struct soc *soc = soc_allocate(machine, options);

	soc->tree = tree_load(options->board, err);
	if (!soc->tree || !fixup_apply(soc->tree, options, &soc->model, err) ||
	    !virtio_nodes_add(soc->tree, options, err))
		return NULL;
	coverage_classify(soc);
	if (!coverage_check(soc, err) || !soc_add_cores(soc, err))
		return NULL;
	if (!memory_map(soc->tree, soc->spin_table, machine->bus, err) ||
	    !spin_table_map(soc->spin_table, machine->bus, err))
		return NULL;
	if (!soc_add_devices(soc, err) || !coverage_map_rest(soc, err))
		return NULL;
	soc_number_serials(soc);
	soc_add_stats(soc);
	soc_reset_parts(machine);
	soc->options = NULL;
	return boot_load(soc, options, err) ? soc : NULL;
}

const char *soc_coverage_name(enum soc_coverage coverage)
{
	static const char *const names[] = {
		[SOC_MODELLED] = "modelled",
		[SOC_IGNORED] = "ignored",
		[SOC_UNKNOWN] = "unknown",
	};

	return names[coverage];
}

const struct tree *soc_tree(const struct soc *soc)
{
	return soc->tree;
}

const struct soc_layout *soc_layout(const struct soc *soc)
{
	return &soc->layout;
}

size_t soc_nodes(const struct soc *soc)
{
	return soc->nnodes;
}

const struct soc_node *soc_node_at(const struct soc *soc, size_t index)
{
	return &soc->nodes[index];
}

const struct soc_node *soc_node(const struct soc *soc, const struct tree_node *node)
{
	return soc_state_node((struct soc *)soc, node);
}

struct device *soc_attach(struct soc *soc, const struct tree_node *node, const struct device_class *class,
			  struct err *err)
{
	struct soc_node *entry = soc_state_node(soc, node);

	if (entry->coverage == SOC_MODELLED) {
		tree_error(node, err, "has a model already: %s", entry->reason);
		return NULL;
	}
	if (!builder_make_as(soc, entry, class, err))
		return NULL;
	entry->coverage = SOC_MODELLED;
	entry->reason = class->summary;
	if (class->reset)
		class->reset(entry->device);
	return entry->device;
}

struct device *soc_device_compatible(const struct soc *soc, const char *compatible)
{
	for (size_t i = 0; i < soc->nnodes; i++)
		if (soc->nodes[i].device && tree_is_compatible(soc->nodes[i].node, compatible))
			return soc->nodes[i].device;
	return NULL;
}

struct device *soc_device(const struct soc *soc, const char *path)
{
	const struct tree_node *node = tree_find(soc->tree, path);
	const struct soc_node *entry = node ? soc_node(soc, node) : NULL;

	return entry ? entry->device : NULL;
}

unsigned soc_serials(const struct soc *soc)
{
	return soc->nserials;
}

struct serial_port *soc_serial(const struct soc *soc, unsigned number)
{
	return number < soc->nserials ? soc->serials[number] : NULL;
}

unsigned soc_nets(const struct soc *soc)
{
	return soc->nnets;
}

struct net_port *soc_net(const struct soc *soc, unsigned number)
{
	return number < soc->nnets ? soc->nets[number] : NULL;
}
