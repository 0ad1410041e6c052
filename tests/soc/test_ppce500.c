/* dts/ppce500.dts against the tree that QEMU's machine of that name makes for itself. */
#include "tests/soc/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soc/tree/interrupts.h"

/* Differences on purpose: what the head of dts/ppce500.dts lists. */
static bool is_deliberate(const char *node, const char *property)
{
	if (!strcmp(property, "linux,phandle"))
		return true; /* only kernels before 2.6.31 want it beside phandle */
	return !strcmp(node, "/chosen") && (!strcmp(property, "bootargs") || !strcmp(property, "rng-seed") ||
					    !strcmp(property, "qemu,boot-kernel")); /* the loader's work */
}

static struct tree *load(const char *file)
{
	struct err err = { "" };
	struct tree *tree = tree_load(file, &err);

	if (!tree)
		fail_msg("%s", err.text);
	return tree;
}

static struct tree *dump_qemu(const char *cpu)
{
	char path[128], command[512];
	struct tree *tree;

	snprintf(path, sizeof path, "/tmp/warpcore-test-ppce500-%ld.dtb", (long)getpid());
	snprintf(command, sizeof command,
		 "qemu-system-ppc -M ppce500,dumpdtb=%s -cpu %s -smp 2 -m 256 -nodefaults -display none -serial null"
		 " -kernel /usr/lib/u-boot/qemu-ppce500/uboot.elf >/dev/null 2>&1", path, cpu);
	if (system("command -v qemu-system-ppc >/dev/null 2>&1"))
		skip();
	assert_int_equal(system(command), 0);
	tree = load(path);
	unlink(path);
	return tree;
}

static const struct tree_property *property_of(const struct tree *tree, const char *path, const char *name)
{
	const struct tree_node *node = tree_find(tree, path);

	return node ? tree_property(node, name) : NULL;
}

/* Every node and property of `a` is in `b` with the same value and, among its siblings, in the same place. */
static void compare(const struct tree *a, const struct tree *b, const char *name)
{
	for (const struct tree_node *node = tree_next(a, NULL); node; node = tree_next(a, node)) {
		const struct tree_node *other = tree_find(b, node->path);

		if (!other)
			fail_msg("%s: only %s has it", node->path, name);
		if (node->next && (!other->next || strcmp(node->next->path, other->next->path)))
			fail_msg("%s: another node follows in the other tree", node->path);
		for (const struct tree_property *p = node->properties; p; p = p->next) {
			const struct tree_property *q = property_of(b, node->path, p->name);

			if (is_deliberate(node->path, p->name))
				continue;
			if (!q)
				fail_msg("%s: only %s has property %s", node->path, name, p->name);
			if (p->size != q->size || memcmp(p->data, q->data, p->size))
				fail_msg("%s: property %s differs", node->path, p->name);
		}
	}
}

static void test_same_as_qemu(void **state)
{
	struct tree *theirs = dump_qemu("e500v2_v30"), *ours = load(PPCE500);

	compare(ours, theirs, "ours");
	compare(theirs, ours, "QEMU's");
	tree_destroy(ours);
	tree_destroy(theirs);
}

/* dts/ppce500mc.dts: besides what makes them e500mc (compatible of the cpu nodes). */
static void test_same_as_qemu_e500mc(void **state)
{
	struct tree *theirs = dump_qemu("e500mc"), *ours = load("dts/ppce500mc.dts");

	compare(theirs, ours, "QEMU's");
	assert_int_equal(tree_u32(tree_find(ours, "/cpus/PowerPC,8544@1"), "d-cache-line-size", 0), 64);
	tree_destroy(ours);
	tree_destroy(theirs);
}

/* The interrupt map: slot and pin to source, ((slot + pin - 1) mod 4) + 1. */
static void test_interrupt_map(void **state)
{
	struct tree *tree = load(PPCE500);
	const struct tree_node *pci = tree_find(tree, "/pci");
	struct interrupt_spec spec;
	struct err err = { "" };

	for (uint32_t slot = 1; slot < 32; slot++)
		for (uint32_t pin = 1; pin <= 4; pin++) {
			const uint32_t address[3] = { slot << 11 | 0x700, 0, 0 }; /* any function */

			assert_true(interrupts_map(pci, address, &pin, &spec, &err));
			assert_string_equal(spec.controller->path, "/soc@fe0000000/pic@40000");
			assert_int_equal(spec.ncells, 2);
			assert_int_equal(spec.cells[0], (slot + pin - 1) % 4 + 1);
			assert_int_equal(spec.cells[1], 1);
		}
	tree_destroy(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_qemu),
		cmocka_unit_test(test_same_as_qemu_e500mc),
		cmocka_unit_test(test_interrupt_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
