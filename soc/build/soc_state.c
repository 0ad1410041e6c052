#include "soc/build/soc_state.h"

struct soc_node *soc_state_node(struct soc *soc, const struct tree_node *node)
{
	for (size_t i = 0; i < soc->nnodes; i++)
		if (soc->nodes[i].node == node)
			return &soc->nodes[i];
	return NULL;
}
