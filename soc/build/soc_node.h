/* How each node of a tree ended up in the machine. */
#ifndef WARPCORE_BUILD_SOC_NODE_H
#define WARPCORE_BUILD_SOC_NODE_H

#include <stdbool.h>
#include <stdint.h>

struct device;
struct tree_node;

enum soc_coverage {
	SOC_MODELLED,
	SOC_IGNORED, /* on purpose: `reason` says why */
	SOC_UNKNOWN, /* its registers read zero and drop writes */
};

struct soc_node {
	const struct tree_node *node;
	enum soc_coverage coverage;
	const char *reason;     /* one line: the model's summary, or why it has none */
	char *flaw;             /* what is wrong with a node that is left out: the reason then; or NULL */
	bool in_memory;         /* it describes a part of memory */
	struct device *device;  /* NULL: none of its own */
	uint64_t reads, writes; /* of registers that no model claims */
};

#endif
