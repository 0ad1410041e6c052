/* What the files of soc/build and soc/soc.c share: the SoC from inside. Private to them. */
#ifndef WARPCORE_BUILD_SOC_STATE_H
#define WARPCORE_BUILD_SOC_STATE_H

#include "soc/build/builder.h"
#include "soc/build/class_list.h"
#include "soc/build/cpus.h"
#include "soc/build/openbus.h"
#include "soc/build/soc_layout.h"
#include "soc/build/soc_node.h"
#include "soc/build/soc_options.h"
#include "soc/build/spin_table.h"
#include "soc/port/wired_or.h"

/* A controller input that at least one device drives. */
struct soc_line {
	struct interrupt_spec spec;
	struct wired_or gate;
};

/*
 * The lines by which the SoC governs a core: reset, time base enable, nap. What
 * they ask for happens between rounds, when no core runs on any thread.
 */
struct soc_core {
	struct soc *soc;
	unsigned core;
	bool held;        /* in reset */
	bool stopped;     /* its time base */
	bool napping;
	bool asleep;      /* it was put to sleep by `napping` */
	struct timer reset, timebase, nap;
};

struct soc {
	struct machine *machine;
	struct tree *tree;
	const struct core_model *model; /* of all cores */
	uint32_t svr;
	const struct class_list *classes;
	int64_t epoch;
	bool strict;           /* refuse what would be left out */
	const struct soc_options *options; /* while it is being built */
	struct soc_node *nodes; /* one for each node of the tree, in its order */
	size_t nnodes;
	struct soc_line **lines;
	size_t nlines;
	struct serial_port **serials;
	unsigned nserials;
	unsigned ndisks; /* block devices made so far */
	struct net_port **nets;
	unsigned nnets;
	struct openbus *openbus;
	struct spin_table *spin_table;
	struct device *acknowledger; /* NULL: none */
	builder_acknowledge_fn *acknowledge;
	builder_core_was_reset_fn *core_was_reset;
	struct timer_list *timers;
	struct soc_core cores[MACHINE_MAX_CORES];
	struct soc_layout layout;
};

/* The entry of a node, or NULL. */
struct soc_node *soc_state_node(struct soc *soc, const struct tree_node *node);
/*
 * soc/build/builder.c: makes the device of a node that has a class, unless it is there already; or of `class`,
 * whatever the node says.
 */
bool builder_make(struct soc *soc, struct soc_node *entry, struct err *err);
bool builder_make_as(struct soc *soc, struct soc_node *entry, const struct device_class *class, struct err *err);

#endif
