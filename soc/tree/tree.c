#include "soc/tree/tree.h"

#include <assert.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"
#include "soc/tree/dtc.h"
#include "sim/base/file.h"

/* Nodes and properties. */

static char *tree_make_path(const struct tree_node *parent, const char *name)
{
	size_t room;
	char *path;

	if (!parent)
		return allocate_text("/");
	room = strlen(parent->path) + strlen(name) + 2;
	path = allocate_bytes(room);
	snprintf(path, room, "%s/%s", parent->parent ? parent->path : "", name);
	return path;
}

static struct tree_node *tree_make_node(struct tree *tree, struct tree_node *parent, const char *name)
{
	struct tree_node *node = allocate_zeroed(1, sizeof *node);

	node->tree = tree;
	node->parent = parent;
	node->name = allocate_text(name);
	node->path = tree_make_path(parent, name);
	return node;
}

static void tree_free_node(struct tree_node *node)
{
	struct tree_property *property, *next_property;
	struct tree_node *child, *next;

	if (!node)
		return;
	for (child = node->children; child; child = next) {
		next = child->next;
		tree_free_node(child);
	}
	for (property = node->properties; property; property = next_property) {
		next_property = property->next;
		free(property->name);
		free(property->data);
		free(property);
	}
	free(node->name);
	free(node->path);
	free(node);
}

void tree_destroy(struct tree *tree)
{
	if (!tree)
		return;
	tree_free_node(tree->root);
	free(tree->reserved);
	free(tree->file);
	free(tree);
}

bool tree_error(const struct tree_node *node, struct err *err, const char *format, ...)
{
	char text[sizeof err->text];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?'; /* from a string of the tree; a message is one line */
	return err_set(err, "%s: %s: %s", node->tree->file, node->path, text);
}

/* From a blob. */

/* Printable, without blanks; a node's name has no '/' either. */
static bool tree_name_ok(const char *name, bool is_node)
{
	if (!*name)
		return false;
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || (is_node && *name == '/'))
			return false;
	return true;
}

static bool tree_bad_blob(const struct tree *tree, int offset, const char *what, struct err *err)
{
	return err_set(err, "%s: corrupt device tree blob: %s at offset 0x%x", tree->file, what, (unsigned)offset);
}

static bool tree_check_header(const struct tree *tree, const void *blob, size_t size, struct err *err)
{
	size_t total;
	int error;

	if (size < sizeof(struct fdt_header))
		return err_set(err, "%s: truncated device tree blob: %zu bytes, the header alone takes %zu",
			       tree->file, size, sizeof(struct fdt_header));
	if (fdt_magic(blob) != FDT_MAGIC)
		return err_set(err, "%s: not a device tree blob: magic number 0x%08x, not 0x%08x",
			       tree->file, (unsigned)fdt_magic(blob), (unsigned)FDT_MAGIC);
	total = fdt_totalsize(blob);
	if (total > TREE_MAX_BLOB)
		return err_set(err, "%s: corrupt device tree blob: its header announces %zu bytes", tree->file, total);
	if (total > size)
		return err_set(err, "%s: truncated device tree blob: %zu bytes of the %zu that its header announces",
			       tree->file, size, total);
	if (fdt_version(blob) < 16 || fdt_last_comp_version(blob) > 17)
		return err_set(err, "%s: device tree blob of version %u (compatible with %u): only 16 and 17 are known",
			       tree->file, (unsigned)fdt_version(blob), (unsigned)fdt_last_comp_version(blob));
	error = fdt_check_header(blob);
	if (error)
		return err_set(err, "%s: corrupt device tree blob: header: %s", tree->file, fdt_strerror(error));
	if (fdt_off_dt_struct(blob) % 4 || fdt_off_mem_rsvmap(blob) % 8)
		return err_set(err, "%s: corrupt device tree blob: a block is not aligned", tree->file);
	return true;
}

static bool tree_load_reserved(struct tree *tree, const void *blob, struct err *err)
{
	int count = fdt_num_mem_rsv(blob);

	if (count < 0)
		return tree_bad_blob(tree, (int)fdt_off_mem_rsvmap(blob), "the memory reservation block has no end",
				     err);
	for (int i = 0; i < count; i++) {
		uint64_t address, size;

		if (fdt_get_mem_rsv(blob, i, &address, &size))
			return tree_bad_blob(tree, (int)fdt_off_mem_rsvmap(blob), "bad memory reservation", err);
		tree_reserve(tree, address, size);
	}
	return true;
}

static void tree_append_property(struct tree_node *node, struct tree_property ***tail, const char *name,
				 const void *data, size_t size)
{
	struct tree_property *property = allocate_zeroed(1, sizeof *property);

	property->name = allocate_text(name);
	property->data = allocate_bytes(size + 1);
	if (size)
		memcpy(property->data, data, size);
	property->data[size] = 0;
	property->size = size;
	**tail = property;
	*tail = &property->next;
}

/* Where the walk over a blob has come to: one level for each open node. */
struct tree_walk {
	struct tree_node *node[TREE_MAX_DEPTH];
	struct tree_node **child_tail[TREE_MAX_DEPTH];
	struct tree_property **property_tail[TREE_MAX_DEPTH];
	int depth; /* of the innermost open node; -1: none */
};

static bool tree_open_node(struct tree *tree, struct tree_walk *walk, const void *blob, int offset, struct err *err)
{
	struct tree_node *parent = walk->depth >= 0 ? walk->node[walk->depth] : NULL;
	const char *name = fdt_get_name(blob, offset, NULL);
	struct tree_node *node;

	if (!name)
		return tree_bad_blob(tree, offset, "node without a name", err);
	if (!parent && tree->root)
		return tree_bad_blob(tree, offset, "second root node", err);
	if (parent && !tree_name_ok(name, true))
		return tree_bad_blob(tree, offset, "unprintable node name", err);
	if (walk->depth + 1 == TREE_MAX_DEPTH)
		return tree_bad_blob(tree, offset, "nodes nested too deep", err);
	node = tree_make_node(tree, parent, parent ? name : "");
	if (parent) {
		*walk->child_tail[walk->depth] = node;
		walk->child_tail[walk->depth] = &node->next;
	} else {
		tree->root = node;
	}
	walk->depth++;
	walk->node[walk->depth] = node;
	walk->child_tail[walk->depth] = &node->children;
	walk->property_tail[walk->depth] = &node->properties;
	return true;
}

static bool tree_load_property(struct tree *tree, struct tree_walk *walk, const void *blob, int offset, struct err *err)
{
	const char *name = NULL;
	int size = 0;
	const void *data = fdt_getprop_by_offset(blob, offset, &name, &size);

	if (!data || size < 0)
		return tree_bad_blob(tree, offset, "bad property", err);
	if (walk->depth < 0)
		return tree_bad_blob(tree, offset, "property outside of a node", err);
	if (!tree_name_ok(name, false))
		return tree_bad_blob(tree, offset, "unprintable property name", err);
	tree_append_property(walk->node[walk->depth], &walk->property_tail[walk->depth], name, data, (size_t)size);
	return true;
}

static bool tree_load_structure(struct tree *tree, const void *blob, struct err *err)
{
	struct tree_walk walk = { .depth = -1 };
	int offset = 0, next = 0;

	for (;; offset = next) {
		uint32_t tag = fdt_next_tag(blob, offset, &next);

		if (next < 0)
			return tree_bad_blob(tree, offset, fdt_strerror(next), err);
		if (tag == FDT_BEGIN_NODE && !tree_open_node(tree, &walk, blob, offset, err))
			return false;
		if (tag == FDT_PROP && !tree_load_property(tree, &walk, blob, offset, err))
			return false;
		if (tag == FDT_END_NODE && walk.depth-- < 0)
			return tree_bad_blob(tree, offset, "node closed that was not opened", err);
		if (tag == FDT_END)
			break;
	}
	if (walk.depth >= 0)
		return tree_bad_blob(tree, offset, "the structure ends inside a node", err);
	if (!tree->root)
		return tree_bad_blob(tree, offset, "no root node", err);
	return true;
}

static int tree_compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A name that occurs twice, or NULL. */
static const char *tree_twin(const char **names, size_t count)
{
	qsort(names, count, sizeof *names, tree_compare_names);
	for (size_t i = 1; i < count; i++)
		if (!strcmp(names[i - 1], names[i]))
			return names[i];
	return NULL;
}

/* Siblings and properties of one node have different names, or paths would be ambiguous. */
static bool tree_check_names(const struct tree_node *node, struct err *err)
{
	size_t nchildren = 0, nproperties = 0, n = 0;
	const char **names, *twin;

	for (struct tree_node *child = node->children; child; child = child->next)
		nchildren++;
	for (struct tree_property *property = node->properties; property; property = property->next)
		nproperties++;
	names = allocate_zeroed(nchildren + nproperties + 1, sizeof *names);
	for (struct tree_node *child = node->children; child; child = child->next)
		names[n++] = child->name;
	for (struct tree_property *property = node->properties; property; property = property->next)
		names[n++] = property->name;
	twin = tree_twin(names, nchildren);
	if (!twin)
		twin = tree_twin(names + nchildren, nproperties);
	if (twin)
		tree_error(node, err, "two children or two properties are named \"%s\"", twin);
	free(names);
	return !twin;
}

static bool tree_read_phandle(struct tree_node *node, struct err *err)
{
	const char *name = tree_property(node, "phandle") ? "phandle" : "linux,phandle";
	const struct tree_property *property = tree_property(node, name);

	if (!property)
		return true;
	node->phandle = tree_u32(node, name, 0);
	if (!node->phandle || node->phandle == UINT32_MAX)
		return tree_error(node, err, "%s is not one cell with a number from 1 to 0xfffffffe", name);
	return true;
}

static int tree_compare_phandles(const void *a, const void *b)
{
	const struct tree_node *x = *(struct tree_node *const *)a, *y = *(struct tree_node *const *)b;

	return x->phandle < y->phandle ? -1 : x->phandle > y->phandle;
}

static bool tree_check_phandles(struct tree *tree, struct err *err)
{
	size_t count = 0, room = 0, at;
	struct tree_node **nodes = NULL;

	for (struct tree_node *node = tree->root; node; node = tree_next(tree, node)) {
		if (!tree_read_phandle(node, err)) {
			free(nodes);
			return false;
		}
		if (!node->phandle)
			continue;
		if (count == room) {
			room = 2 * room + 16;
			nodes = allocate_again(nodes, room * sizeof(*nodes));
		}
		nodes[count++] = node;
	}
	if (count)
		qsort(nodes, count, sizeof *nodes, tree_compare_phandles);
	for (at = 1; at < count && nodes[at - 1]->phandle != nodes[at]->phandle; at++)
		;
	if (at < count)
		tree_error(nodes[at], err, "phandle 0x%x is taken by %s too",
			   (unsigned)nodes[at]->phandle, nodes[at - 1]->path);
	free(nodes);
	return at >= count;
}

static bool tree_load_blob(struct tree *tree, const void *blob, size_t size, struct err *err)
{
	int error;

	if (!tree_check_header(tree, blob, size, err) || !tree_load_reserved(tree, blob, err) ||
	    !tree_load_structure(tree, blob, err))
		return false;
	error = fdt_check_full(blob, size);
	if (error)
		return err_set(err, "%s: corrupt device tree blob: %s", tree->file, fdt_strerror(error));
	tree->boot_cpu = fdt_boot_cpuid_phys(blob);
	for (struct tree_node *node = tree->root; node; node = tree_next(tree, node))
		if (!tree_check_names(node, err))
			return false;
	return tree_check_phandles(tree, err);
}

struct tree *tree_from_blob(const void *blob, size_t size, const char *file, struct err *err)
{
	struct tree *tree = allocate_zeroed(1, sizeof *tree);

	tree->file = allocate_text(file);
	if (tree_load_blob(tree, blob, size, err))
		return tree;
	tree_destroy(tree);
	return NULL;
}

static bool tree_is_source(const char *file, const uint8_t *data, size_t size)
{
	size_t length = strlen(file);

	if (size >= 4 && be32_load(data) == FDT_MAGIC)
		return false;
	return length >= 4 && !strcmp(file + length - 4, ".dts");
}

struct tree *tree_load(const char *file, struct err *err)
{
	struct tree *tree;
	size_t size = 0;
	uint8_t *data = file_load(file, &size, err), *source;

	if (data && tree_is_source(file, data, size)) {
		source = data;
		data = dtc_compile(file, source, size, &size, err);
		free(source);
	}
	if (!data)
		return NULL;
	tree = tree_from_blob(data, size, file, err);
	free(data);
	return tree;
}

/* To a blob. */

static int tree_write_node(void *blob, const struct tree_node *node)
{
	int error = fdt_begin_node(blob, node->name);

	for (struct tree_property *property = node->properties; property && !error; property = property->next)
		error = fdt_property(blob, property->name, property->data, (int)property->size);
	for (struct tree_node *child = node->children; child && !error; child = child->next)
		error = tree_write_node(blob, child);
	return error ? error : fdt_end_node(blob);
}

static int tree_write(void *blob, const struct tree *tree, int size)
{
	int error = fdt_create(blob, size);

	for (size_t i = 0; i < tree->nreserved && !error; i++)
		error = fdt_add_reservemap_entry(blob, tree->reserved[i].address, tree->reserved[i].size);
	if (!error)
		error = fdt_finish_reservemap(blob);
	if (!error)
		error = tree_write_node(blob, tree->root);
	if (!error)
		error = fdt_finish(blob);
	return error ? error : fdt_open_into(blob, blob, size);
}

void *tree_to_blob(const struct tree *tree, size_t size, struct err *err)
{
	void *blob;
	int error;

	assert(size <= TREE_MAX_BLOB);
	blob = allocate_zeroed(1, size ? size : 1);
	error = tree_write(blob, tree, (int)size);
	if (!error) {
		fdt_set_boot_cpuid_phys(blob, tree->boot_cpu);
		return blob;
	}
	err_set(err, "%s: the tree does not fit a blob of %zu bytes: %s", tree->file, size, fdt_strerror(error));
	free(blob);
	return NULL;
}

/* Look-ups. */

struct tree_node *tree_next(const struct tree *tree, const struct tree_node *from)
{
	if (!from)
		return tree->root;
	if (from->children)
		return from->children;
	while (from && !from->next)
		from = from->parent;
	return from ? from->next : NULL;
}

struct tree_node *tree_next_compatible(const struct tree *tree, const struct tree_node *from, const char *compatible)
{
	struct tree_node *node = tree_next(tree, from);

	while (node && !tree_is_compatible(node, compatible))
		node = tree_next(tree, node);
	return node;
}

struct tree_node *tree_by_phandle(const struct tree *tree, uint32_t phandle)
{
	struct tree_node *node = phandle ? tree->root : NULL;

	while (node && node->phandle != phandle)
		node = tree_next(tree, node);
	return node;
}

static struct tree_node *tree_child_by_part(const struct tree_node *node, const char *name, size_t length)
{
	struct tree_node *found = NULL;

	for (struct tree_node *child = node->children; child; child = child->next)
		if (!strncmp(child->name, name, length) && !child->name[length])
			return child;
	if (memchr(name, '@', length))
		return NULL;
	for (struct tree_node *child = node->children; child; child = child->next)
		if (!strncmp(child->name, name, length) && child->name[length] == '@') {
			if (found)
				return NULL; /* ambiguous */
			found = child;
		}
	return found;
}

struct tree_node *tree_child(const struct tree_node *node, const char *name)
{
	return tree_child_by_part(node, name, strlen(name));
}

static struct tree_node *tree_find_below(struct tree_node *node, const char *path)
{
	while (node && *path) {
		size_t length = strcspn(path, "/");

		if (length)
			node = tree_child_by_part(node, path, length);
		path += length;
		path += *path == '/';
	}
	return node;
}

/* The node that the alias at the start of `path` stands for. An alias of an alias is allowed once (QEMU's "rtc"). */
static struct tree_node *tree_find_alias(const struct tree *tree, const char *path, unsigned depth)
{
	struct tree_node *aliases = tree_child(tree->root, "aliases");
	size_t length = strcspn(path, "/");
	char name[64];
	const char *value;

	if (!aliases || length >= sizeof name)
		return NULL;
	memcpy(name, path, length);
	name[length] = 0;
	value = tree_string(aliases, name);
	if (!value)
		return NULL;
	if (*value == '/')
		return tree_find_below(tree_find_below(tree->root, value), path + length);
	return depth ? NULL : tree_find_below(tree_find_alias(tree, value, 1), path + length);
}

struct tree_node *tree_find(const struct tree *tree, const char *path)
{
	return *path == '/' ? tree_find_below(tree->root, path) : tree_find_alias(tree, path, 0);
}

struct tree_property *tree_property(const struct tree_node *node, const char *name)
{
	struct tree_property *property = node->properties;

	while (property && strcmp(property->name, name))
		property = property->next;
	return property;
}

const char *tree_string_at(const struct tree_node *node, const char *name, size_t index)
{
	const struct tree_property *property = tree_property(node, name);
	const char *text, *end;

	if (!property || !property->size || property->data[property->size - 1])
		return NULL;
	text = (const char *)property->data;
	end = text + property->size;
	while (text < end && index--)
		text += strlen(text) + 1;
	return text < end ? text : NULL;
}

const char *tree_string(const struct tree_node *node, const char *name)
{
	return tree_string_at(node, name, 0);
}

bool tree_is_compatible(const struct tree_node *node, const char *compatible)
{
	const char *text;

	for (size_t i = 0; (text = tree_string_at(node, "compatible", i)); i++)
		if (!strcmp(text, compatible))
			return true;
	return false;
}

size_t tree_cells(const struct tree_node *node, const char *name)
{
	const struct tree_property *property = tree_property(node, name);

	return property ? property->size / 4 : 0;
}

uint32_t tree_cell(const struct tree_node *node, const char *name, size_t index)
{
	const struct tree_property *property = tree_property(node, name);

	assert(property && index < property->size / 4);
	return be32_load(property->data + 4 * index);
}

uint32_t tree_u32(const struct tree_node *node, const char *name, uint32_t otherwise)
{
	const struct tree_property *property = tree_property(node, name);

	return property && property->size == 4 ? be32_load(property->data) : otherwise;
}

uint64_t tree_u64(const struct tree_node *node, const char *name, uint64_t otherwise)
{
	const struct tree_property *property = tree_property(node, name);

	if (property && property->size == 8)
		return be64_load(property->data);
	return property && property->size == 4 ? be32_load(property->data) : otherwise;
}

bool tree_is_enabled(const struct tree_node *node)
{
	const char *status = tree_string(node, "status");
	bool own = !tree_property(node, "status") || (status && (!strcmp(status, "okay") || !strcmp(status, "ok")));

	return own && (!node->parent || tree_is_enabled(node->parent));
}

uint32_t tree_address_cells(const struct tree_node *node)
{
	return tree_u32(node, "#address-cells", 2);
}

uint32_t tree_size_cells(const struct tree_node *node)
{
	return tree_u32(node, "#size-cells", 1);
}

/* Changes. */

void tree_set(struct tree_node *node, const char *name, const void *data, size_t size)
{
	struct tree_property *property = tree_property(node, name);
	struct tree_property **tail = &node->properties;
	uint8_t *copy;

	if (!property) {
		while (*tail)
			tail = &(*tail)->next;
		tree_append_property(node, &tail, name, data, size);
		return;
	}
	copy = allocate_bytes(size + 1);
	if (size)
		memcpy(copy, data, size);
	copy[size] = 0;
	free(property->data);
	property->data = copy;
	property->size = size;
}

void tree_set_u32(struct tree_node *node, const char *name, uint32_t value)
{
	tree_set_cells(node, name, &value, 1);
}

void tree_set_u64(struct tree_node *node, const char *name, uint64_t value)
{
	uint8_t data[8];

	be64_store(data, value);
	tree_set(node, name, data, sizeof data);
}

void tree_set_string(struct tree_node *node, const char *name, const char *text)
{
	tree_set(node, name, text, strlen(text) + 1);
}

void tree_set_cells(struct tree_node *node, const char *name, const uint32_t *cells, size_t count)
{
	uint8_t *data = allocate_bytes(4 * count + 1);

	for (size_t i = 0; i < count; i++)
		be32_store(data + 4 * i, cells[i]);
	tree_set(node, name, data, 4 * count);
	free(data);
}

struct tree_node *tree_add_child(struct tree_node *parent, const char *name)
{
	struct tree_node **tail = &parent->children;

	for (; *tail; tail = &(*tail)->next)
		assert(strcmp((*tail)->name, name));
	*tail = tree_make_node(parent->tree, parent, name);
	return *tail;
}

static struct tree_node *tree_copy_below(struct tree_node *parent, const struct tree_node *node, const char *name)
{
	struct tree_node *copy = tree_make_node(parent->tree, parent, name);
	struct tree_property **properties = &copy->properties;
	struct tree_node **children = &copy->children;

	for (struct tree_property *p = node->properties; p; p = p->next)
		if (strcmp(p->name, "phandle") && strcmp(p->name, "linux,phandle"))
			tree_append_property(copy, &properties, p->name, p->data, p->size);
	for (struct tree_node *child = node->children; child; child = child->next) {
		*children = tree_copy_below(copy, child, child->name);
		children = &(*children)->next;
	}
	return copy;
}

struct tree_node *tree_copy(struct tree_node *node, const char *name)
{
	struct tree_node *copy;

	assert(node->parent && !tree_child(node->parent, name));
	copy = tree_copy_below(node->parent, node, name);
	copy->next = node->next;
	node->next = copy;
	return copy;
}

void tree_remove(struct tree_node *node)
{
	struct tree_node **link;

	assert(node->parent);
	for (link = &node->parent->children; *link != node; link = &(*link)->next)
		;
	*link = node->next;
	tree_free_node(node);
}

void tree_reserve(struct tree *tree, uint64_t address, uint64_t size)
{
	tree->reserved = allocate_again(tree->reserved, (tree->nreserved + 1) * sizeof *tree->reserved);
	tree->reserved[tree->nreserved++] = (struct tree_reserved){ address, size };
}
