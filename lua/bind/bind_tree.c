/* m.dt: the tree that the guest got, and how the machine covers it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/bind/bind.h"
#include "lua/kit/suggest.h"

/* ---- Nodes ---- */

/* A node is an object whose index is its place in soc_node_at(). */
static const struct soc_node *bind_node_self(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_node_class);

	return soc_node_at(object->owner->soc, (size_t)object->index);
}

/* Pushes the object of a node of the machine behind the object at index 1. */
static void bind_node_push(lua_State *L, const struct soc *soc, const struct tree_node *node)
{
	for (size_t i = 0; i < soc_nodes(soc); i++) {
		if (soc_node_at(soc, i)->node == node) {
			bind_push(L, &bind_node_class, (int)i);
			return;
		}
	}
	lua_pushnil(L);
}

static bool bind_node_is_text(const struct tree_property *property)
{
	size_t run = 0; /* characters since the last NUL */

	if (!property->size || property->data[property->size - 1])
		return false;
	for (size_t i = 0; i < property->size; i++) {
		if (!property->data[i] && !run)
			return false;
		if (property->data[i] && !isprint(property->data[i]))
			return false;
		run = property->data[i] ? run + 1 : 0;
	}
	return true;
}

static void bind_node_push_strings(lua_State *L, const struct tree_node *node, const char *name)
{
	const char *text;

	lua_newtable(L);
	for (size_t i = 0; (text = tree_string_at(node, name, i)); i++) {
		lua_pushstring(L, text);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void bind_node_push_cells(lua_State *L, const struct tree_node *node, const char *name)
{
	size_t n = tree_cells(node, name);

	lua_newtable(L);
	for (size_t i = 0; i < n; i++) {
		lua_pushinteger(L, tree_cell(node, name, i));
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* As what a property looks like: text, a list of texts, a cell, a list of cells, bytes; true when empty. */
static void bind_node_push_value(lua_State *L, const struct tree_node *node, const struct tree_property *property)
{
	if (!property->size)
		lua_pushboolean(L, 1);
	else if (bind_node_is_text(property) && tree_string_at(node, property->name, 1))
		bind_node_push_strings(L, node, property->name);
	else if (bind_node_is_text(property))
		lua_pushlstring(L, (const char *)property->data, property->size - 1);
	else if (property->size == 4)
		lua_pushinteger(L, tree_cell(node, property->name, 0));
	else if (property->size % 4 == 0)
		bind_node_push_cells(L, node, property->name);
	else
		lua_pushlstring(L, (const char *)property->data, property->size);
}

__attribute__((noreturn))
static void bind_node_unknown(lua_State *L, const struct tree_node *node, const char *name)
{
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (const struct tree_property *property = node->properties; property; property = property->next)
		suggest_offer(&suggest, property->name);
	for (const struct class_member *member = bind_node_class.members; member->name; member++)
		suggest_offer(&suggest, member->name);
	if (suggest_best(&suggest))
		class_error(L, "%s has no property '%s'; did you mean '%s'?", node->path, name, suggest_best(&suggest));
	class_error(L, "%s has no property '%s'; node:has(name) asks whether it has one", node->path, name);
}

static const struct tree_property *bind_node_property(lua_State *L, const struct tree_node *node)
{
	const char *name = arg_string(L, 2, "property");
	const struct tree_property *property = tree_property(node, name);

	if (!property)
		bind_node_unknown(L, node, name);
	return property;
}

static int bind_node_item(lua_State *L)
{
	const struct tree_node *node = bind_node_self(L)->node;

	bind_node_push_value(L, node, bind_node_property(L, node));
	return 1;
}

static int bind_node_has(lua_State *L)
{
	const struct tree_node *node = bind_node_self(L)->node;

	lua_pushboolean(L, tree_property(node, arg_string(L, 2, "node:has: name")) != NULL);
	return 1;
}

static int bind_node_strings(lua_State *L)
{
	const struct tree_node *node = bind_node_self(L)->node;

	bind_node_push_strings(L, node, bind_node_property(L, node)->name);
	return 1;
}

static int bind_node_cells(lua_State *L)
{
	const struct tree_node *node = bind_node_self(L)->node;

	bind_node_push_cells(L, node, bind_node_property(L, node)->name);
	return 1;
}

static int bind_node_bytes(lua_State *L)
{
	const struct tree_property *property = bind_node_property(L, bind_node_self(L)->node);

	lua_pushlstring(L, (const char *)property->data, property->size);
	return 1;
}

static int bind_node_get_path(lua_State *L)
{
	lua_pushstring(L, bind_node_self(L)->node->path);
	return 1;
}

static int bind_node_get_parent(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_node_class);

	bind_node_push(L, object->owner->soc, bind_node_self(L)->node->parent);
	return 1;
}

static int bind_node_get_children(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_node_class);
	lua_Integer n = 0;

	lua_newtable(L);
	for (const struct tree_node *child = bind_node_self(L)->node->children; child; child = child->next) {
		bind_node_push(L, object->owner->soc, child);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static int bind_node_get_properties(lua_State *L)
{
	lua_Integer n = 0;

	lua_newtable(L);
	for (const struct tree_property *property = bind_node_self(L)->node->properties; property;
	     property = property->next) {
		lua_pushstring(L, property->name);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static int bind_node_get_coverage(lua_State *L)
{
	lua_pushstring(L, soc_coverage_name(bind_node_self(L)->coverage));
	return 1;
}

static int bind_node_get_reason(lua_State *L)
{
	const char *reason = bind_node_self(L)->reason;

	lua_pushstring(L, reason ? reason : "");
	return 1;
}

static int bind_node_get_reads(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)bind_node_self(L)->reads);
	return 1;
}

static int bind_node_get_writes(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)bind_node_self(L)->writes);
	return 1;
}

static int bind_node_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_node_class);

	if (object->owner->machine)
		lua_pushfstring(L, "node %s", bind_node_self(L)->node->path);
	else
		lua_pushliteral(L, "node of a closed machine");
	return 1;
}

#define BIND_NODE_CLOSED .errors = "the machine is closed"
#define BIND_NODE_ERRORS .errors = "the node has no such property; the machine is closed"

static const struct class_member bind_node_members[] = {
	{
		.name = "path",
		.get = bind_node_get_path,
		.synopsis = "node.path -> string",
		.text = "The node's full path.",
		.returns = "string",
		BIND_NODE_CLOSED,
		.example = "assert(m.dt[\"/cpus\"].path == \"/cpus\")",
	},
	{
		.name = "parent",
		.get = bind_node_get_parent,
		.synopsis = "node.parent -> node or nil",
		.text = "The node above.",
		.returns = "node; nil above the root",
		BIND_NODE_CLOSED,
		.example = "assert(m.dt[\"/cpus\"].parent == m.dt[\"/\"])",
	},
	{
		.name = "children",
		.get = bind_node_get_children,
		.synopsis = "node.children -> list of nodes",
		.text = "The nodes below, in the order of the source.",
		.returns = "list",
		BIND_NODE_CLOSED,
		.example = "assert(#m.dt[\"/cpus\"].children >= #m.cores)",
	},
	{
		.name = "properties",
		.get = bind_node_get_properties,
		.synopsis = "node.properties -> list of strings",
		.text = "The names of the node's properties. node[name] is one's value.",
		.returns = "list",
		BIND_NODE_CLOSED,
		.example = "for _, name in ipairs(m.dt[\"/cpus\"].properties) do assert(m.dt[\"/cpus\"]:has(name)) end",
	},
	{
		.name = "has",
		.call = bind_node_has,
		.synopsis = "node:has(name) -> boolean",
		.text = "Whether the node has a property. Reading one that is not there is an error.",
		.arguments = "name (string): the property",
		.returns = "boolean",
		.errors = "not a string; the machine is closed",
		.example = "assert(not m.dt[\"/\"]:has(\"colour\"))",
	},
	{
		.name = "strings",
		.call = bind_node_strings,
		.synopsis = "node:strings(name) -> list of strings",
		.text = "A property as a list of strings, even when it is only one; node[name] gives a single one "
			"as a string.",
		.arguments = "name (string): the property",
		.returns = "list",
		BIND_NODE_ERRORS,
		.example = "assert(m.dt:find(\"fsl,mpic\"):strings(\"compatible\")[1])",
	},
	{
		.name = "cells",
		.call = bind_node_cells,
		.synopsis = "node:cells(name) -> list of integers",
		.text = "A property as cells, even when it is only one or looks like text.",
		.arguments = "name (string): the property",
		.returns = "list of integers of 32 bits",
		BIND_NODE_ERRORS,
		.example = "assert(#m.dt:find(\"fsl,mpic\"):cells(\"reg\") >= 2)",
	},
	{
		.name = "bytes",
		.call = bind_node_bytes,
		.synopsis = "node:bytes(name) -> string",
		.text = "A property as it lies in the blob.",
		.arguments = "name (string): the property",
		.returns = "string of bytes",
		BIND_NODE_ERRORS,
		.example = "assert(#m.dt[\"/cpus\"]:bytes(\"#size-cells\") == 4)",
	},
	{
		.name = "coverage",
		.get = bind_node_get_coverage,
		.synopsis = "node.coverage -> string",
		.text = "What the machine makes of the node: \"modelled\", \"ignored\" (on purpose) or \"unknown\" "
			"(its registers read zero and drop writes).",
		.returns = "string",
		BIND_NODE_CLOSED,
		.example = "assert(m.dt[\"serial0\"].coverage == \"modelled\")",
	},
	{
		.name = "reason",
		.get = bind_node_get_reason,
		.synopsis = "node.reason -> string",
		.text = "What models the node, or why nothing does.",
		.returns = "string, one line",
		BIND_NODE_CLOSED,
		.example = "assert(#m.dt:find(\"fsl,mpic\").reason > 0)",
	},
	{
		.name = "reads",
		.get = bind_node_get_reads,
		.synopsis = "node.reads -> integer",
		.text = "Reads of the node's registers that no model answered.",
		.returns = "integer, accesses",
		BIND_NODE_CLOSED,
		.example = "assert(m.dt:find(\"fsl,mpic\").reads >= 0)",
	},
	{
		.name = "writes",
		.get = bind_node_get_writes,
		.synopsis = "node.writes -> integer",
		.text = "Writes to the node's registers that no model took.",
		.returns = "integer, accesses",
		BIND_NODE_CLOSED,
		.example = "assert(m.dt:find(\"fsl,mpic\").writes >= 0)",
	},
	{ .name = NULL },
};

const struct class bind_node_class = {
	.name = "node",
	.summary = "A node of the device tree. node[name] is a property: text, a cell, or a list of them.",
	.members = bind_node_members,
	.item = bind_node_item,
	.text = bind_node_text,
	.now = bind_now,
};

/* ---- The tree ---- */

__attribute__((noreturn))
static void bind_tree_unknown(lua_State *L, const struct tree *tree, const char *path)
{
	struct suggest suggest;

	suggest_init(&suggest, path);
	for (const struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node))
		suggest_offer(&suggest, node->path);
	for (const struct class_member *member = bind_tree_class.members; member->name; member++)
		suggest_offer(&suggest, member->name);
	if (suggest_best(&suggest))
		class_error(L, "the device tree has no '%s'; did you mean '%s'?", path, suggest_best(&suggest));
	class_error(L, "the device tree has no '%s'; nodes are named by path (\"/soc/serial@4500\") or alias", path);
}

static int bind_tree_item(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_tree_class);
	const struct tree *tree = soc_tree(object->owner->soc);
	const char *path = arg_string(L, 2, "m.dt[path]");
	const struct tree_node *node = tree_find(tree, path);

	if (!node)
		bind_tree_unknown(L, tree, path);
	bind_node_push(L, object->owner->soc, node);
	return 1;
}

__attribute__((noreturn))
static void bind_tree_not_compatible(lua_State *L, const struct tree *tree, const char *compatible)
{
	struct suggest suggest;
	const char *text;

	suggest_init(&suggest, compatible);
	for (const struct tree_node *node = tree_next(tree, NULL); node; node = tree_next(tree, node))
		for (size_t i = 0; (text = tree_string_at(node, "compatible", i)); i++)
			suggest_offer(&suggest, text);
	if (suggest_best(&suggest))
		class_error(L, "no node is compatible with '%s'; did you mean '%s'?", compatible,
			    suggest_best(&suggest));
	class_error(L, "no node is compatible with '%s'; m.dt:all(compatible) gives an empty list then", compatible);
}

static int bind_tree_find(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_tree_class);
	const struct tree *tree = soc_tree(object->owner->soc);
	const char *compatible = arg_string(L, 2, "m.dt:find: compatible");
	const struct tree_node *node = tree_next_compatible(tree, NULL, compatible);

	if (!node)
		bind_tree_not_compatible(L, tree, compatible);
	bind_node_push(L, object->owner->soc, node);
	return 1;
}

static int bind_tree_all(lua_State *L)
{
	struct bind_object *object = bind_self(L, &bind_tree_class);
	const struct tree *tree = soc_tree(object->owner->soc);
	const struct tree_node *node = NULL;
	const char *compatible = NULL;
	lua_Integer n = 0;

	if (!lua_isnoneornil(L, 2))
		compatible = arg_string(L, 2, "m.dt:all: compatible");
	lua_newtable(L);
	while ((node = compatible ? tree_next_compatible(tree, node, compatible) : tree_next(tree, node))) {
		bind_node_push(L, object->owner->soc, node);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static const char *const bind_coverage_fields[] = { "path", "coverage", "reason", "reads", "writes", NULL };
static const struct bind_record bind_coverage_entry = BIND_RECORD("entry of the coverage", bind_coverage_fields);

static void bind_tree_push_coverage(lua_State *L, const struct soc_node *node)
{
	bind_push_record(L, &bind_coverage_entry);
	lua_pushstring(L, node->node->path);
	lua_setfield(L, -2, "path");
	lua_pushstring(L, soc_coverage_name(node->coverage));
	lua_setfield(L, -2, "coverage");
	lua_pushstring(L, node->reason ? node->reason : "");
	lua_setfield(L, -2, "reason");
	lua_pushinteger(L, (lua_Integer)node->reads);
	lua_setfield(L, -2, "reads");
	lua_pushinteger(L, (lua_Integer)node->writes);
	lua_setfield(L, -2, "writes");
}

static int bind_tree_coverage(lua_State *L)
{
	const struct soc *soc = bind_self(L, &bind_tree_class)->owner->soc;
	lua_Integer counts[3] = { 0 };

	lua_newtable(L);
	for (size_t i = 0; i < soc_nodes(soc); i++) {
		const struct soc_node *node = soc_node_at(soc, i);

		counts[node->coverage]++;
		bind_tree_push_coverage(L, node);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	for (enum soc_coverage coverage = SOC_MODELLED; coverage <= SOC_UNKNOWN; coverage++) {
		lua_pushinteger(L, counts[coverage]);
		lua_setfield(L, -2, soc_coverage_name(coverage));
	}
	return 1;
}

static int bind_tree_text(lua_State *L)
{
	const struct bind_object *object = class_check(L, 1, &bind_tree_class);

	lua_pushfstring(L, "device tree %s",
			object->owner->machine ? soc_tree(object->owner->soc)->file : "of a closed machine");
	return 1;
}

static const struct class_member bind_tree_members[] = {
	{
		.name = "find",
		.call = bind_tree_find,
		.synopsis = "m.dt:find(compatible) -> node",
		.text = "The first node that is compatible with something.",
		.arguments = "compatible (string): one of the strings of its property compatible",
		.returns = "node",
		.errors = "there is none; the machine is closed",
		.example = "assert(m.dt:find(\"fsl,mpic\").path)",
	},
	{
		.name = "all",
		.call = bind_tree_all,
		.synopsis = "m.dt:all([compatible]) -> list of nodes",
		.text = "All nodes, or all that are compatible with something, in the tree's order.",
		.arguments = "compatible (string): one of the strings of the property compatible",
		.returns = "list, empty when there is none",
		.errors = "not a string; the machine is closed",
		.example = "assert(#m.dt:all() > 5 and #m.dt:all(\"acme,widget\") == 0)",
	},
	{
		.name = "coverage",
		.call = bind_tree_coverage,
		.synopsis = "m.dt:coverage() -> table",
		.text = "How the machine covers the tree: for each node whether it is modelled, ignored on purpose "
			"or unknown, "
			"and how often its registers were touched without a model.",
		.returns =
			"list of { path, coverage, reason, reads, writes } in the tree's order; its fields modelled, "
			"ignored and "
			"unknown count the nodes of each kind",
		.errors = "the machine is closed",
		.example = "local c = m.dt:coverage()\nassert(c.modelled + c.ignored + c.unknown == #c)",
	},
	{ .name = NULL },
};

const struct class bind_tree_class = {
	.name = "dt",
	.summary = "The device tree. m.dt[path] is a node, by path or alias.",
	.members = bind_tree_members,
	.item = bind_tree_item,
	.text = bind_tree_text,
	.now = bind_now,
};
