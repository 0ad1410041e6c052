#include "soc/build/builder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/input/input.h"
#include "sim/machine/machine.h"
#include "soc/build/core_lines.h"
#include "soc/build/coverage.h"
#include "soc/build/soc_state.h"
#include "soc/port/net_port.h"

/* One device being made. */
struct builder {
	struct soc *soc;
	struct device *device;
	unsigned nregs, nirqs;
};

/* Devices as parts of the machine. */

static void builder_reset_device(void *opaque)
{
	struct device *device = opaque;

	if (device->class->reset)
		device->class->reset(device);
}

static void builder_visit_device(void *opaque, struct state_visitor *visitor)
{
	struct device *device = opaque;

	if (device->class->visit_state)
		device->class->visit_state(device, visitor);
}

static void builder_destroy_device(void *opaque)
{
	struct device *device = opaque;

	if (device->class->destroy)
		device->class->destroy(device);
	timer_list_destroy(device->timers);
	free(device);
}

static void builder_end_run(void *opaque, enum device_end end, int core)
{
	machine_stop(opaque, end == DEVICE_POWEROFF ? MACHINE_POWEROFF : MACHINE_RESET, core, NULL);
}

static struct device *builder_allocate(struct soc *soc, const struct tree_node *node, const struct device_class *class)
{
	struct device *device = allocate_zeroed(1, class->size);

	assert(class->size >= sizeof *device);
	device->class = class;
	device->node = node;
	device->path = node->path;
	device->log = &soc->machine->log;
	device->bus = soc->machine->bus;
	device->timers = timer_list_create(soc->machine->clock, node->path);
	device->board = (struct device_board){ builder_end_run, soc->machine };
	machine_add_part(soc->machine, (struct machine_part){
		.path = device->path,
		.opaque = device,
		.reset = builder_reset_device,
		.visit_state = builder_visit_device,
		.destroy = builder_destroy_device,
	});
	return device;
}

static bool builder_count(struct builder *builder, struct err *err)
{
	const struct tree_node *node = builder->device->node;
	int regs = address_is_mapped(node) ? address_count(node, err) : 0;
	int irqs = interrupts_count(node, err);

	if (regs < 0 || irqs < 0)
		return false;
	builder->nregs = (unsigned)regs;
	builder->nirqs = (unsigned)irqs;
	return true;
}

static bool builder_begins_with(const struct err *err, const char *name)
{
	size_t length = strlen(name);

	return err && !strncmp(err->text, name, length) && err->text[length] == ':';
}

/* Puts "FILE: /path" before a model's message, as far as it is not there yet. */
static bool builder_fail(const struct tree_node *node, struct err *err)
{
	if (builder_begins_with(err, node->tree->file))
		return false;
	if (!builder_begins_with(err, node->path))
		err_prefix(err, "%s", node->path);
	return err_prefix(err, "%s", node->tree->file);
}

/* What a device that could not be made has left behind; soc/build/builder.h says what comes last in create. */
static void builder_undo(struct soc *soc, struct soc_node *entry)
{
	bus_remove(soc->machine->bus, entry->node->path);
	for (size_t i = 0; i < soc->nlines; i++)
		if (soc->lines[i]->spec.controller == entry->node)
			soc->lines[i]->gate.sink = (struct irq){ 0 };
	machine_remove_part(soc->machine, entry->device);
	entry->device = NULL;
}

bool builder_make_as(struct soc *soc, struct soc_node *entry, const struct device_class *class, struct err *err)
{
	struct builder builder = { .soc = soc };

	builder.device = builder_allocate(soc, entry->node, class);
	entry->device = builder.device;
	if (builder_count(&builder, err) && class->create(builder.device, &builder, err))
		return true;
	return builder_fail(entry->node, err);
}

bool builder_make(struct soc *soc, struct soc_node *entry, struct err *err)
{
	const struct device_class *class =
		entry->coverage == SOC_MODELLED ? class_list_find(soc->classes, entry->node) : NULL;

	if (entry->device || !class || !class->create || builder_make_as(soc, entry, class, err))
		return true;
	if (!coverage_leave_out(soc, entry, err))
		return false;
	builder_undo(soc, entry);
	return true;
}

/* Registers. */

unsigned builder_regs(const struct builder *builder)
{
	return builder->nregs;
}

bool builder_map(struct builder *builder, unsigned reg, const struct bus_ops *ops, void *opaque, struct err *err)
{
	const struct tree_node *node = builder->device->node;
	struct address_range range;

	if (reg >= builder->nregs)
		return err_set(err, "reg: entry %u is missing, or not an address on the bus", reg);
	if (!address_get(node, reg, &range, err))
		return false;
	if (!range.size)
		return err_set(err, "reg: entry %u is empty", reg);
	return bus_add_registers(builder->soc->machine->bus, node->path, range.base, range.size, ops, opaque, err);
}

bool builder_map_window(struct builder *builder, const struct address_range *range,
			const struct bus_ops *ops, void *opaque, struct err *err)
{
	return bus_add_background(builder->soc->machine->bus, builder->device->path, range->base, range->size,
				  ops, opaque, err);
}

/* Interrupts. */

unsigned builder_irqs(const struct builder *builder)
{
	return builder->nirqs;
}

/* The device of a node that others depend on, made now if it is not there yet; *device NULL: it has no model. */
static bool builder_need(struct soc *soc, const struct tree_node *node, struct device **device, struct err *err)
{
	struct soc_node *entry = soc_state_node(soc, node);
	bool made = builder_make(soc, entry, err);

	*device = entry->device;
	return made;
}

static struct soc_line *builder_find_line(struct soc *soc, const struct interrupt_spec *spec)
{
	for (size_t i = 0; i < soc->nlines; i++) {
		struct soc_line *line = soc->lines[i];

		if (line->spec.controller == spec->controller && line->spec.ncells == spec->ncells &&
		    !memcmp(line->spec.cells, spec->cells, spec->ncells * sizeof *spec->cells))
			return line;
	}
	return NULL;
}

static struct soc_line *builder_add_line(struct soc *soc, const struct interrupt_spec *spec, struct irq sink)
{
	struct soc_line *line = allocate_zeroed(1, sizeof *line);

	line->spec = *spec;
	line->gate.sink = sink;
	soc->lines = allocate_again(soc->lines, (soc->nlines + 1) * sizeof(*soc->lines));
	soc->lines[soc->nlines++] = line;
	return line;
}

bool builder_irq_spec(struct builder *builder, const struct interrupt_spec *spec, struct irq *irq, struct err *err)
{
	struct soc *soc = builder->soc;
	struct soc_line *line = builder_find_line(soc, spec);
	struct device *controller;
	struct irq sink = { 0 };

	*irq = (struct irq){ 0 };
	if (!line) {
		if (!builder_need(soc, spec->controller, &controller, err))
			return false;
		if (!controller || !controller->class->interrupt_input)
			return true; /* a controller without a model: the line goes nowhere */
		if (!controller->class->interrupt_input(controller, spec->cells, spec->ncells, &sink, err))
			return err_prefix(err, "interrupts");
		line = builder_add_line(soc, spec, sink);
	}
	if (line->gate.inputs == WIRED_OR_INPUTS)
		return err_set(err, "interrupts: more than %d devices on one input", WIRED_OR_INPUTS);
	*irq = wired_or_input(&line->gate);
	return true;
}

bool builder_irq(struct builder *builder, unsigned index, struct irq *irq, struct err *err)
{
	struct interrupt_spec spec;

	if (index >= builder->nirqs)
		return err_set(err, "interrupts: entry %u is missing", index);
	return interrupts_get(builder->device->node, index, &spec, err) && builder_irq_spec(builder, &spec, irq, err);
}

/* GPIOs: <phandle cells...> each. */

static bool builder_gpio_spec(const struct tree_node *node, const char *name, unsigned index,
			      const struct tree_node **controller, uint32_t cells[4], unsigned *ncells, struct err *err)
{
	size_t count = tree_cells(node, name), at = 0;

	for (unsigned n = 0; at < count; n++) {
		*controller = tree_by_phandle(node->tree, tree_cell(node, name, at));
		*ncells = *controller ? tree_u32(*controller, "#gpio-cells", 0) : 0;
		if (*ncells < 1 || *ncells > 4 || at + 1 + *ncells > count)
			return err_set(err, "%s: entry %u names no GPIO controller, or is cut short", name, n);
		for (unsigned i = 0; i < *ncells; i++)
			cells[i] = tree_cell(node, name, at + 1 + i);
		if (n == index)
			return true;
		at += 1 + *ncells;
	}
	return err_set(err, "%s: entry %u is missing", name, index);
}

bool builder_gpio(struct builder *builder, const char *name, unsigned index, struct irq sink, struct err *err)
{
	const struct tree_node *node = NULL;
	uint32_t cells[4];
	unsigned ncells = 0;
	struct device *controller;

	if (!builder_gpio_spec(builder->device->node, name, index, &node, cells, &ncells, err))
		return false;
	if (!builder_need(builder->soc, node, &controller, err))
		return false;
	if (!controller || !controller->class->gpio_output)
		return err_set(err, "%s: %s has no model of a GPIO controller", name, node->path);
	return controller->class->gpio_output(controller, cells, ncells, sink, err);
}

/* Cores. */

unsigned builder_cores(const struct builder *builder)
{
	return builder->soc->machine->ncores;
}

struct irq builder_core_input(struct builder *builder, unsigned core, enum builder_core_input input)
{
	static const enum core_cause causes[] = {
		[BUILDER_INT] = CAUSE_EXTERNAL,
		[BUILDER_CINT] = CAUSE_CRITICAL,
		[BUILDER_MCP] = CAUSE_MACHINE_CHECK,
	};

	assert(core < builder->soc->machine->ncores);
	if (input >= BUILDER_RESET)
		return core_lines_input(builder->soc, core, input);
	return machine_core_input(builder->soc->machine, core, causes[input]);
}

bool builder_has_corenet(const struct builder *builder)
{
	return builder->soc->model->has_corenet;
}

uint32_t builder_pvr(const struct builder *builder)
{
	return builder->soc->model->pvr;
}

uint32_t builder_svr(const struct builder *builder)
{
	return builder->soc->svr;
}

void builder_set_controller(struct builder *builder, struct device *device, builder_acknowledge_fn *acknowledge,
			    builder_core_was_reset_fn *core_was_reset)
{
	builder->soc->acknowledger = device;
	builder->soc->acknowledge = acknowledge;
	builder->soc->core_was_reset = core_was_reset;
}

static void builder_tell_irq_taken(void *opaque, unsigned core, unsigned source, int64_t when)
{
	struct machine *machine = opaque;

	if (machine->debugger.irq)
		machine->debugger.irq(machine->debugger.opaque, core, source, when);
}

struct builder_irq_taken builder_irq_taken(const struct builder *builder)
{
	return (struct builder_irq_taken){ builder_tell_irq_taken, builder->soc->machine };
}

/* The rest. */

struct device *builder_parent(struct builder *builder)
{
	const struct tree_node *parent = builder->device->node->parent;

	struct device *device = NULL;

	return parent && builder_need(builder->soc, parent, &device, NULL) ? device : NULL;
}

/* input_fn: bytes from outside, at the moment at which they count. */
static void builder_serial_input(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	serial_port_receive(opaque, bytes, count, now);
}

void builder_add_serial(struct builder *builder, struct serial_port *port)
{
	struct soc *soc = builder->soc;

	soc->serials = allocate_again(soc->serials, (soc->nserials + 1) * sizeof(*soc->serials));
	soc->serials[soc->nserials++] = port;
	input_add_port(soc->machine->input, serial_port_path(port), builder_serial_input, port);
}

static void builder_net_input(void *opaque, const uint8_t *bytes, size_t count, int64_t now)
{
	net_port_receive(opaque, bytes, count, now);
}

void builder_add_net(struct builder *builder, struct net_port *port)
{
	struct soc *soc = builder->soc;

	soc->nets = allocate_again(soc->nets, (soc->nnets + 1) * sizeof(*soc->nets));
	soc->nets[soc->nnets++] = port;
	input_add_port(soc->machine->input, net_port_path(port), builder_net_input, port);
}

unsigned builder_number_disk(struct builder *builder)
{
	return builder->soc->ndisks++;
}

struct stats *builder_stats(const struct builder *builder)
{
	return builder->soc->machine->stats;
}

bool builder_may_open(const struct builder *builder, const char *file, struct err *err)
{
	const struct soc_options *options = builder->soc->options;

	return !options->may_open || options->may_open(file)
	       || err_set(err, "%s: the tree may not name this file: only those below the directory of the run", file);
}

const struct disk_image *builder_disk(const struct builder *builder, uint32_t number)
{
	const struct soc_options *options = builder->soc->options;

	return number < options->ndisks ? &options->disks[number] : NULL;
}

struct disk_port *builder_open_disk(const struct builder *builder, const struct disk_image *image, struct err *err)
{
	const struct soc_options *options = builder->soc->options;

	if (options->open_disk)
		return options->open_disk(image, err);
	err_set(err, "%s: disks cannot be opened here", image->file);
	return NULL;
}

int64_t builder_epoch(const struct builder *builder)
{
	return builder->soc->epoch;
}
