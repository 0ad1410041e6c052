#include "soc/build/class_list.h"

#include <string.h>

static const struct device_class *class_list_of(const struct class_list *list, const char *compatible)
{
	for (const struct device_class *const *class = list->classes; *class; class++)
		for (const char *const *name = (*class)->compatible; *name; name++)
			if (!strcmp(*name, compatible))
				return *class;
	return NULL;
}

const struct device_class *class_list_find(const struct class_list *list, const struct tree_node *node)
{
	const char *compatible;

	for (size_t i = 0; (compatible = tree_string_at(node, "compatible", i)); i++) {
		const struct device_class *class = class_list_of(list, compatible);

		if (class)
			return class;
	}
	return NULL;
}

const char *class_list_ignored(const struct class_list *list, const struct tree_node *node)
{
	for (const struct class_list_ignored *ignored = list->ignored; ignored->name; ignored++)
		if (tree_is_compatible(node, ignored->name))
			return ignored->reason;
	return NULL;
}
