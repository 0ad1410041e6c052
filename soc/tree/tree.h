/*
 * A device tree in memory: nodes, properties, look-ups, changes, and the way
 * from and to a flattened blob. The only file that includes libfdt is tree.c.
 *
 * A blob is validated once and completely while it is loaded; what is here
 * afterwards is sound: names are printable, siblings have different names,
 * phandles are unique, depth is bounded (TREE_MAX_DEPTH).
 *
 * Cells are big-endian 32-bit words; accessors return host numbers. Look-ups
 * return pointers owned by the tree; a change of a property frees its old data.
 * Threads: none of its own; the tree of a running machine is only read.
 */
#ifndef WARPCORE_TREE_TREE_H
#define WARPCORE_TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

#define TREE_MAX_DEPTH 64
#define TREE_MAX_BLOB (UINT32_C(64) << 20) /* bytes: far above any real tree */

struct tree_property {
	struct tree_property *next; /* in the order of the source */
	char *name;
	uint8_t *data; /* `size` bytes and a NUL after them */
	size_t size;
};

struct tree_node {
	struct tree *tree;
	struct tree_node *parent;   /* NULL: the root */
	struct tree_node *children; /* the first */
	struct tree_node *next;     /* sibling, in the order of the source */
	struct tree_property *properties;
	char *name;       /* with its unit address; "" for the root */
	char *path;       /* "/soc@e0000000/serial@4500"; "/" for the root */
	uint32_t phandle; /* 0: none */
};

struct tree_reserved {
	uint64_t address, size;
};

struct tree {
	char *file; /* where it came from, for messages */
	struct tree_node *root;
	struct tree_reserved *reserved; /* the memory reservation block */
	size_t nreserved;
	uint32_t boot_cpu;
};

/* A .dtb (by its magic number) or a .dts (by its name; dtc compiles it). NULL: err names the file and what is wrong. */
struct tree *tree_load(const char *file, struct err *err);
/* A blob of `size` bytes; `file` is its name in messages. */
struct tree *tree_from_blob(const void *blob, size_t size, const char *file, struct err *err);
/*
 * A blob (version 17) of exactly `size` bytes, free() it. The rest after the
 * strings is free space for who edits it in place. NULL: it does not fit.
 */
void *tree_to_blob(const struct tree *tree, size_t size, struct err *err);
void tree_destroy(struct tree *tree);

/* "FILE: /path: ..." before a message about a node; returns false. */
__attribute__((format(printf, 3, 4)))
bool tree_error(const struct tree_node *node, struct err *err, const char *format, ...);

/* Look-ups: NULL when there is none. */

/* By absolute path or alias ("serial0", "serial0/child"); a unit address may be left out where that is unambiguous. */
struct tree_node *tree_find(const struct tree *tree, const char *path);
struct tree_node *tree_by_phandle(const struct tree *tree, uint32_t phandle);
/* The next node after `from` (NULL: the first) in depth-first order. */
struct tree_node *tree_next(const struct tree *tree, const struct tree_node *from);
/* The next after `from` whose compatible list has `compatible`. */
struct tree_node *tree_next_compatible(const struct tree *tree, const struct tree_node *from, const char *compatible);
/* A child by full name, or by its name without the unit address. */
struct tree_node *tree_child(const struct tree_node *node, const char *name);

struct tree_property *tree_property(const struct tree_node *node, const char *name);
/* A property's text if it is a string (NUL-terminated), else NULL. The first one of a list. */
const char *tree_string(const struct tree_node *node, const char *name);
/* String number `index` of a string list, or NULL. */
const char *tree_string_at(const struct tree_node *node, const char *name, size_t index);
bool tree_is_compatible(const struct tree_node *node, const char *compatible);
/* Number of whole cells of a property; 0 when it is absent. */
size_t tree_cells(const struct tree_node *node, const char *name);
/* Cell number `index` < tree_cells(). */
uint32_t tree_cell(const struct tree_node *node, const char *name, size_t index);
/* One cell, or `otherwise` when absent or not exactly one cell. */
uint32_t tree_u32(const struct tree_node *node, const char *name, uint32_t otherwise);
/* One or two cells as a number, or `otherwise`. */
uint64_t tree_u64(const struct tree_node *node, const char *name, uint64_t otherwise);
/* status is absent, "okay" or "ok". */
bool tree_is_enabled(const struct tree_node *node);
/* #address-cells and #size-cells that hold for the children of `node` (defaults 2 and 1 of the specification). */
uint32_t tree_address_cells(const struct tree_node *node);
uint32_t tree_size_cells(const struct tree_node *node);

/* Changes. A property that exists is replaced in its place, a new one goes to the end. */

void tree_set(struct tree_node *node, const char *name, const void *data, size_t size);
void tree_set_u32(struct tree_node *node, const char *name, uint32_t value);
void tree_set_u64(struct tree_node *node, const char *name, uint64_t value);
void tree_set_string(struct tree_node *node, const char *name, const char *text);
/* `count` cells. */
void tree_set_cells(struct tree_node *node, const char *name, const uint32_t *cells, size_t count);
/* A new last child; the name must not be taken. */
struct tree_node *tree_add_child(struct tree_node *parent, const char *name);
/* A copy of `node` and what is below it as its next sibling, without phandles. */
struct tree_node *tree_copy(struct tree_node *node, const char *name);
void tree_remove(struct tree_node *node);
void tree_reserve(struct tree *tree, uint64_t address, uint64_t size);

#endif
