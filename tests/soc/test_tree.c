/* soc/tree/tree.c: blobs in and out, what is wrong with bad ones, look-ups, changes. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/endian.h"
#include "sim/base/file.h"
#include "sim/base/random.h"
#include "soc/tree/dtc.h"
#include "soc/tree/tree.h"

static const char good[] =
	"/dts-v1/;\n"
	"/memreserve/ 0x1000 0x2000;\n"
	"/ {\n"
	"	compatible = \"acme,board\", \"acme,family\";\n"
	"	#address-cells = <2>;\n"
	"	#size-cells = <2>;\n"
	"	interrupt-parent = <&pic>;\n"
	"	aliases { serial0 = \"/soc@fe000000/serial@4500\"; bus = \"/soc@fe000000\"; rtc = \"bus/rtc@68\"; };\n"
	"	soc@fe000000 {\n"
	"		#address-cells = <1>;\n"
	"		#size-cells = <1>;\n"
	"		ranges = <0 0xf 0xfe000000 0x100000>;\n"
	"		serial@4500 { compatible = \"ns16550\"; reg = <0x4500 0x100>; status = \"okay\"; };\n"
	"		serial@4600 { compatible = \"ns16550\"; reg = <0x4600 0x100>; status = \"disabled\"; };\n"
	"		rtc@68 { u64 = /bits/ 64 <0x123456789abcdef0>; bytes = [01 02 03]; };\n"
	"		pic: pic@40000 { #interrupt-cells = <2>; interrupt-controller; };\n"
	"	};\n"
	"};\n";

static const char *temporary(const char *name, const void *data, size_t size)
{
	static char path[128];
	FILE *file;

	snprintf(path, sizeof path, "/tmp/warpcore-test-tree-%ld-%s", (long)getpid(), name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
	return path;
}

static uint8_t *compile(const char *source, size_t *size)
{
	struct err err = { "" };
	const char *path = temporary("good.dts", source, strlen(source));
	uint8_t *blob = dtc_compile(path, source, strlen(source), size, &err);

	unlink(path);
	if (!blob)
		fail_msg("%s", err.text);
	return blob;
}

static struct tree *load_good(void)
{
	size_t size;
	uint8_t *blob = compile(good, &size);
	struct err err = { "" };
	struct tree *tree = tree_from_blob(blob, size, "good.dtb", &err);

	free(blob);
	if (!tree)
		fail_msg("%s", err.text);
	return tree;
}

/* As Linux, U-Boot and Zephyr write them: for the C preprocessor, too. */
static void test_sources_with_directives(void **state)
{
	static const char source[] = "/dts-v1/;\n#define LINE 42\n#ifdef NOT\nnot a tree\n#endif\n"
				     "/ { #size-cells = <1>;\n#address-cells = <1>;\n value = <LINE>; };\n";
	static const char missing[] = "/dts-v1/;\n#include \"warpcore-is-not-there.h\"\n/ { };\n";
	struct err err;
	struct tree *tree = tree_load(temporary("cpp.dts", source, sizeof source - 1), &err);

	if (!tree)
		fail_msg("%s", err.text);
	assert_int_equal(tree_u32(tree->root, "value", 0), 42);
	assert_int_equal(tree_u32(tree->root, "#address-cells", 0), 1);
	tree_destroy(tree);
	unlink(temporary("cpp.dts", "", 0));
	assert_null(tree_load(temporary("cpp.dts", missing, sizeof missing - 1), &err));
	assert_non_null(strstr(err.text, "cpp.dts: cpp: "));
	assert_non_null(strstr(err.text, "warpcore-is-not-there.h"));
	assert_null(strchr(err.text, '\n'));
	unlink(temporary("cpp.dts", "", 0));
}

static void test_look_ups(void **state)
{
	struct tree *tree = load_good();
	struct tree_node *serial = tree_find(tree, "/soc@fe000000/serial@4500");
	struct tree_node *pic = tree_find(tree, "/soc/pic");
	struct tree_node *rtc;

	assert_non_null(serial);
	assert_string_equal(serial->path, "/soc@fe000000/serial@4500");
	assert_ptr_equal(tree_find(tree, "serial0"), serial);
	assert_null(tree_find(tree, "/soc/serial")); /* two of them */
	assert_null(tree_find(tree, "serial1"));
	assert_null(tree_find(tree, "/nothing"));
	assert_ptr_equal(tree_find(tree, "/"), tree->root);
	rtc = tree_find(tree, "rtc"); /* an alias that starts with an alias */
	assert_non_null(rtc);
	assert_string_equal(rtc->path, "/soc@fe000000/rtc@68");

	assert_non_null(pic);
	assert_true(pic->phandle != 0);
	assert_ptr_equal(tree_by_phandle(tree, tree_u32(tree->root, "interrupt-parent", 0)), pic);
	assert_null(tree_by_phandle(tree, 0));

	assert_true(tree_is_compatible(tree->root, "acme,family"));
	assert_false(tree_is_compatible(tree->root, "acme"));
	assert_string_equal(tree_string_at(tree->root, "compatible", 1), "acme,family");
	assert_null(tree_string_at(tree->root, "compatible", 2));
	assert_int_equal(tree_cells(tree_find(tree, "/soc"), "ranges"), 4);
	assert_int_equal(tree_cell(tree_find(tree, "/soc"), "ranges", 2), 0xfe000000);
	assert_int_equal(tree_u64(rtc, "u64", 0), 0x123456789abcdef0);
	assert_int_equal(tree_u32(rtc, "u64", 7), 7);
	assert_null(tree_string(rtc, "bytes"));
	assert_true(tree_is_enabled(serial));
	assert_false(tree_is_enabled(serial->next));
	assert_ptr_equal(tree_next_compatible(tree, serial, "ns16550"), serial->next);
	assert_null(tree_next_compatible(tree, serial->next, "ns16550"));
	assert_int_equal(tree->nreserved, 1);
	assert_int_equal(tree->reserved[0].size, 0x2000);
	tree_destroy(tree);
}

/* dtc reads what we write as it reads what it wrote itself. */
static void test_round_trip_by_dtc(void **state)
{
	struct tree *tree = load_good();
	struct err err = { "" };
	uint8_t *blob = tree_to_blob(tree, 65536, &err);
	char command[1024], ours[128], theirs[128];
	size_t size;
	uint8_t *reference = compile(good, &size);

	assert_non_null(blob);
	assert_int_equal(be32_load(blob + 4), 65536); /* totalsize: room to edit in place */
	snprintf(ours, sizeof ours, "%s", temporary("ours.dtb", blob, 65536));
	snprintf(theirs, sizeof theirs, "%s", temporary("theirs.dtb", reference, size));
	snprintf(command, sizeof command,
		 "dtc -q -I dtb -O dts %s >%s.dts && dtc -q -I dtb -O dts %s >%s.dts && cmp %s.dts %s.dts",
		 ours, ours, theirs, theirs, ours, theirs);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof command, "rm -f %s %s %s.dts %s.dts", ours, theirs, ours, theirs);
	assert_int_equal(system(command), 0);
	assert_null(tree_to_blob(tree, 100, &err));
	assert_non_null(strstr(err.text, "does not fit"));
	free(blob);
	free(reference);
	tree_destroy(tree);
}

static void test_changes(void **state)
{
	struct tree *tree = load_good();
	struct tree_node *serial = tree_find(tree, "serial0"), *copy, *added;
	const uint32_t cells[2] = { 0x9900, 0x10 };

	tree_set_u64(serial, "clock", 0x100000002);
	assert_int_equal(tree_u64(serial, "clock", 0), 0x100000002);
	tree_set_cells(serial, "reg", cells, 2);
	assert_int_equal(tree_cell(serial, "reg", 0), 0x9900);
	tree_set_string(serial, "status", "disabled");
	assert_false(tree_is_enabled(serial));
	copy = tree_copy(serial, "serial@9900");
	assert_ptr_equal(serial->next, copy);
	assert_string_equal(copy->path, "/soc@fe000000/serial@9900");
	assert_int_equal(tree_cell(copy, "reg", 1), 0x10);
	copy = tree_copy(tree_find(tree, "/soc/pic"), "pic@50000");
	assert_int_equal(copy->phandle, 0);
	assert_null(tree_property(copy, "phandle"));
	added = tree_add_child(tree->root, "chosen");
	assert_ptr_equal(tree_find(tree, "/chosen"), added);
	tree_remove(serial);
	assert_null(tree_find(tree, "serial0"));
	tree_destroy(tree);
}

/* Every prefix of a good blob says that it is cut short. */
static void test_prefixes(void **state)
{
	size_t size;
	uint8_t *blob = compile(good, &size);

	for (size_t length = 0; length < size; length++) {
		uint8_t *prefix = malloc(length + !length); /* its own allocation, so that a read behind it shows */
		struct err err = { "" };

		memcpy(prefix, blob, length);
		if (tree_from_blob(prefix, length, "cut.dtb", &err))
			fail_msg("a prefix of %zu bytes was taken", length);
		if (strncmp(err.text, "cut.dtb: truncated", 18))
			fail_msg("%zu bytes: %s", length, err.text);
		free(prefix);
	}
	free(blob);
}

/* A blob that is cut short but says so itself (totalsize) is caught by its structure. */
static void test_prefixes_with_matching_size(void **state)
{
	size_t size;
	uint8_t *blob = compile(good, &size);

	for (size_t length = 40; length < size; length++) {
		uint8_t *prefix = malloc(length);
		struct err err = { "" };

		memcpy(prefix, blob, length);
		be32_store(prefix + 4, (uint32_t)length);
		assert_null(tree_from_blob(prefix, length, "cut.dtb", &err));
		if (strncmp(err.text, "cut.dtb: ", 9) || strchr(err.text, '\n'))
			fail_msg("%zu bytes: %s", length, err.text);
		free(prefix);
	}
	free(blob);
}

/* Mutations: an error with the file's name, or a tree that can be walked and written. */
static void test_mutations(void **state)
{
	size_t size;
	uint8_t *blob = compile(good, &size), *mutant = malloc(size);
	struct random random;

	random_seed(&random, 1);
	for (unsigned i = 0; i < 20000; i++) {
		struct err err = { "" };
		struct tree *tree;

		memcpy(mutant, blob, size);
		for (unsigned n = 1 + random_below(&random, 4); n; n--)
			mutant[random_below(&random, (uint32_t)size)] = (uint8_t)random_u64(&random);
		tree = tree_from_blob(mutant, size, "mutant.dtb", &err);
		if (tree) {
			void *again = tree_to_blob(tree, 65536, &err);

			assert_non_null(again);
			free(again);
			tree_destroy(tree);
		} else if (strncmp(err.text, "mutant.dtb: ", 12) || strchr(err.text, '\n')) {
			fail_msg("%u: %s", i, err.text);
		}
	}
	free(mutant);
	free(blob);
}

/* By dtc, forced (-f) to write what it finds wrong itself. */
static void expect_bad(const char *source, const char *message)
{
	struct err err = { "" };
	char path[128], command[512];
	uint8_t *blob;
	size_t size;

	snprintf(path, sizeof path, "%s", temporary("bad.dts", source, strlen(source)));
	snprintf(command, sizeof command, "dtc -f -q -I dts -O dtb -o %s.dtb %s 2>%s.log", path, path, path);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof command, "%s.dtb", path);
	blob = file_load(command, &size, &err);
	assert_non_null(blob);
	assert_null(tree_from_blob(blob, size, "bad.dtb", &err));
	assert_string_equal(err.text, message);
	free(blob);
	snprintf(command, sizeof command, "rm -f %s %s.dtb %s.log", path, path, path);
	assert_int_equal(system(command), 0);
}

static void test_phandles(void **state)
{
	expect_bad("/dts-v1/; / { a { linux,phandle = <0xffffffff>; }; };",
		   "bad.dtb: /a: linux,phandle is not one cell with a number from 1 to 0xfffffffe");
	expect_bad("/dts-v1/; / { a { phandle = <5>; }; b { linux,phandle = <5>; }; };",
		   "bad.dtb: /b: phandle 0x5 is taken by /a too");
}

/* What dtc itself refuses to write: made by patching the blob. */
static void test_names(void **state)
{
	size_t size;
	uint8_t *blob = compile("/dts-v1/; / { prop1 = <1>; prop2 = <2>; twin1 { }; twin2 { }; };", &size);
	struct err err = { "" };
	uint8_t *at = memmem(blob, size, "twin2", 5);

	at[4] = '1';
	assert_null(tree_from_blob(blob, size, "bad.dtb", &err));
	assert_string_equal(err.text, "bad.dtb: /: two children or two properties are named \"twin1\"");
	at[4] = '/';
	assert_null(tree_from_blob(blob, size, "bad.dtb", &err));
	assert_non_null(strstr(err.text, "unprintable node name at offset"));
	at[4] = '2';
	at = memmem(blob, size, "prop2", 5);
	at[4] = '1';
	assert_null(tree_from_blob(blob, size, "bad.dtb", &err));
	assert_string_equal(err.text, "bad.dtb: /: two children or two properties are named \"prop1\"");
	free(blob);
}

static void test_files(void **state)
{
	static const char syntax[] = "/dts-v1/;\n/ { broken\n};\n";
	struct err err = { "" };
	const char *path;
	struct tree *tree;

	assert_null(tree_load("/nonexistent/board.dts", &err));
	assert_string_equal(err.text, "/nonexistent/board.dts: No such file or directory");
	assert_null(tree_load("/tmp", &err));
	assert_string_equal(err.text, "/tmp: Is a directory");
	path = temporary("bad.dts", syntax, sizeof syntax - 1);
	assert_null(tree_load(path, &err));
	assert_non_null(strstr(err.text, ":3.1-2 syntax error")); /* dtc's own words */
	assert_null(strchr(err.text, '\n'));
	unlink(path);
	path = temporary("good.dts", good, sizeof good - 1);
	tree = tree_load(path, &err);
	assert_non_null(tree);
	tree_destroy(tree);
	unlink(path);
	path = temporary("text.txt", good, sizeof good - 1);
	assert_null(tree_load(path, &err));
	assert_non_null(strstr(err.text, "not a device tree blob"));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_ups),
		cmocka_unit_test(test_sources_with_directives),
		cmocka_unit_test(test_round_trip_by_dtc),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_prefixes_with_matching_size),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_phandles),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
