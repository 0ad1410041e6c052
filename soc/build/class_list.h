/*
 * The device models that a board is built from, and the nodes that need none.
 * The floor above hands the list to the builder, which therefore names no model.
 */
#ifndef WARPCORE_BUILD_CLASS_LIST_H
#define WARPCORE_BUILD_CLASS_LIST_H

#include "soc/port/device.h"

/* A node without a model on purpose: by compatible, or by device_type or name where it has none. */
struct class_list_ignored {
	const char *name;
	const char *reason; /* one line */
};

struct class_list {
	const struct device_class *const *classes; /* ends with NULL */
	const struct class_list_ignored *ignored;  /* ends with a name of NULL */
};

/* The class for a node, by the first of its compatible strings that any class has; NULL: none. */
const struct device_class *class_list_find(const struct class_list *list, const struct tree_node *node);
/* Why a node needs no model, or NULL. */
const char *class_list_ignored(const struct class_list *list, const struct tree_node *node);

#endif
