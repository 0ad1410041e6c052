/*
 * Symbol tables: an ELF image written by hand, each of its prefixes and each of its
 * bytes damaged, and a linked program against powerpc-linux-gnu-nm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "sim/symbol/symbols.h"

/* Header, .symtab, .strtab, then the section headers: null, .text at 0x1000, .data at 0x8000, symtab, strtab. */
#define NSYMBOLS 10
#define SYMTAB 52
#define STRTAB (SYMTAB + 16 * NSYMBOLS)
#define STRINGS 64
#define SECTIONS (STRTAB + STRINGS)
#define IMAGE (SECTIONS + 5 * 40)

static const char strings[STRINGS] = "\0start\0loop\0table\0start_alias\0gone\0_etext\0magic\0file.c\0weakly";

static uint32_t string_at(const char *text)
{
	for (uint32_t i = 1; i < STRINGS; i++)
		if (!strings[i - 1] && !strcmp(strings + i, text))
			return i;
	fail();
	return 0;
}

static void put_section(uint8_t *image, unsigned n, uint32_t type, uint32_t address, uint32_t offset, uint32_t size,
			uint32_t link)
{
	uint8_t *header = image + SECTIONS + 40 * n;

	be32_store(header + 4, type);
	be32_store(header + 12, address);
	be32_store(header + 16, offset);
	be32_store(header + 20, size);
	be32_store(header + 24, link);
}

static void put_symbol(uint8_t *image, unsigned n, const char *name, uint32_t value, uint32_t size, unsigned info,
		       unsigned section)
{
	uint8_t *entry = image + SYMTAB + 16 * n;

	be32_store(entry, string_at(name));
	be32_store(entry + 4, value);
	be32_store(entry + 8, size);
	entry[12] = (uint8_t)info;
	be16_store(entry + 14, (uint16_t)section);
}

/* st_info: binding (0 local, 1 global, 2 weak) * 16 + type (0 none, 1 object, 2 function, 4 file). */
static void make_image(uint8_t image[IMAGE])
{
	memset(image, 0, IMAGE);
	memcpy(image, "\177ELF\1\2\1", 7);
	be16_store(image + 16, 2);
	be16_store(image + 18, 20);
	be32_store(image + 20, 1);
	be32_store(image + 32, SECTIONS);
	be16_store(image + 46, 40);
	be16_store(image + 48, 5);
	memcpy(image + STRTAB, strings, STRINGS);
	put_section(image, 1, 1, 0x1000, 0, 0x200, 0);
	put_section(image, 2, 8, 0x8000, 0, 0x100, 0);
	put_section(image, 3, 2, 0, SYMTAB, 16 * NSYMBOLS, 4);
	put_section(image, 4, 3, 0, STRTAB, STRINGS, 0);
	put_symbol(image, 1, "file.c", 0, 0, 0x04, 0xfff1);
	put_symbol(image, 2, "start_alias", 0x1000, 0, 0x00, 1);
	put_symbol(image, 3, "start", 0x1000, 0x40, 0x12, 1);
	put_symbol(image, 4, "loop", 0x1010, 0, 0x00, 1);
	put_symbol(image, 5, "table", 0x8000, 0x20, 0x11, 2);
	put_symbol(image, 6, "gone", 0, 0, 0x10, 0);
	put_symbol(image, 7, "_etext", 0x1200, 0, 0x10, 1);
	put_symbol(image, 8, "magic", 0x12345678, 0, 0x10, 0xfff1);
	put_symbol(image, 9, "weakly", 0x1100, 4, 0x22, 1);
}

static void assert_named(const struct symbols *symbols, uint64_t address, const char *expected)
{
	char text[64];

	assert_string_equal(symbols_format(symbols, address, text, sizeof text), expected);
}

static void test_names_of_addresses(void **state)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };
	uint8_t image[IMAGE];

	make_image(image);
	assert_true(symbols_load_image(symbols, "image", image, IMAGE, 0, &err));
	assert_int_equal(symbols_count(symbols), 7); /* without file.c and the undefined one */
	assert_named(symbols, 0x0fff, "0x00000fff");
	assert_named(symbols, 0x1000, "start"); /* the function, not the label */
	assert_named(symbols, 0x100c, "start+0xc");
	assert_named(symbols, 0x1010, "loop");
	assert_named(symbols, 0x10fc, "loop+0xec");
	assert_named(symbols, 0x1104, "weakly+0x4");
	assert_named(symbols, 0x11ff, "weakly+0xff");
	assert_named(symbols, 0x1200, "0x00001200"); /* the end of .text names nothing */
	assert_named(symbols, 0x8001, "table+0x1");
	assert_named(symbols, 0x8100, "0x00008100");
	assert_named(symbols, 0x12345678, "0x12345678"); /* a value, not a place */
	symbols_destroy(symbols);
}

static void test_addresses_of_names(void **state)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };
	uint8_t image[IMAGE];
	uint64_t address;

	make_image(image);
	assert_true(symbols_load_image(symbols, "image", image, IMAGE, 0, &err));
	assert_int_equal(symbols_find(symbols, "table")->address, 0x8000);
	assert_int_equal(symbols_find(symbols, "_etext")->address, 0x1200);
	assert_int_equal(symbols_find(symbols, "magic")->address, 0x12345678);
	assert_int_equal(symbols_find(symbols, "start")->size, 0x40);
	assert_null(symbols_find(symbols, "gone"));
	assert_null(symbols_find(symbols, "sta"));
	assert_true(symbols_parse(symbols, "start", &address, &err));
	assert_int_equal(address, 0x1000);
	assert_true(symbols_parse(symbols, "loop+0x10", &address, &err));
	assert_int_equal(address, 0x1020);
	assert_true(symbols_parse(symbols, "loop-16", &address, &err));
	assert_int_equal(address, 0x1000);
	assert_true(symbols_parse(symbols, "0xffffffff", &address, &err));
	assert_int_equal(address, 0xffffffff);
	symbols_destroy(symbols);
}

static void assert_parse_fails(const struct symbols *symbols, const char *text, const char *message)
{
	struct err err = { "" };
	uint64_t address;

	assert_false(symbols_parse(symbols, text, &address, &err));
	assert_string_equal(err.text, message);
}

static void test_bad_expressions(void **state)
{
	struct symbols *symbols = symbols_create();

	symbols_add(symbols, "here", 0x1000, 4);
	assert_parse_fails(symbols, "there", "no symbol \"there\"");
	assert_parse_fails(symbols, "there+4", "no symbol \"there\"");
	assert_parse_fails(symbols, "here+", "\"here+\": \"\" is no offset (a number below 2^32)");
	assert_parse_fails(symbols, "here+x", "\"here+x\": \"x\" is no offset (a number below 2^32)");
	assert_parse_fails(symbols, "here+0x100000000",
			   "\"here+0x100000000\": \"0x100000000\" is no offset (a number below 2^32)");
	assert_parse_fails(symbols, "0x100000000", "no symbol \"0x100000000\"");
	assert_parse_fails(symbols, "", "no symbol \"\"");
	assert_parse_fails(symbols, "12monkeys", "no symbol \"12monkeys\"");
	symbols_destroy(symbols);
}

/* A program that runs elsewhere (U-Boot relocated): places move, values do not; the file loaded last wins a place. */
static void test_several_files(void **state)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };
	uint8_t image[IMAGE];

	make_image(image);
	assert_true(symbols_load_image(symbols, "one", image, IMAGE, 0, &err));
	assert_true(symbols_load_image(symbols, "two", image, IMAGE, 0xf0000000, &err));
	assert_named(symbols, 0x1008, "start+0x8");
	assert_named(symbols, 0xf0001008, "start+0x8");
	assert_int_equal(symbols_find(symbols, "start")->address, 0x1000); /* the first file's */
	assert_int_equal(symbols_find(symbols, "magic")->address, 0x12345678);
	symbols_add(symbols, "mine", 0x1010, 8);
	assert_named(symbols, 0x1010, "mine"); /* global before local */
	assert_named(symbols, 0x1018, "0x00001018");
	symbols_destroy(symbols);
}

/* A kernel of 64 bits lies at the top: no name below 4 GiB, and none of those that end alike. */
static void test_high_addresses(void **state)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };
	uint64_t address;

	symbols_add(symbols, "kernel", UINT64_C(0xc000000000001000), UINT64_C(0x200000000));
	symbols_add(symbols, "low", 0x1000, 16);
	assert_named(symbols, 0x1004, "low+0x4");
	assert_named(symbols, UINT64_C(0x100001004), "0x100001004");
	assert_named(symbols, UINT64_C(0xc000000000001000), "kernel");
	assert_named(symbols, UINT64_C(0xc000000100001010), "kernel+0x100000010");
	assert_named(symbols, UINT64_C(0xc000000200001000), "0xc000000200001000");
	assert_true(symbols_parse(symbols, "kernel+0x10", &address, &err));
	assert_true(address == UINT64_C(0xc000000000001010));
	symbols_destroy(symbols);
}

static void test_prefix(void **state)
{
	struct symbols *symbols = symbols_create();
	const struct symbol *const *first;

	assert_int_equal(symbols_prefixed(symbols, "a", &first), 0);
	symbols_add(symbols, "beta", 2, 1);
	symbols_add(symbols, "alpha", 1, 1);
	symbols_add(symbols, "alps", 3, 1);
	assert_int_equal(symbols_prefixed(symbols, "al", &first), 2);
	assert_string_equal(first[0]->name, "alpha");
	assert_string_equal(first[1]->name, "alps");
	assert_int_equal(symbols_prefixed(symbols, "", &first), 3);
	assert_int_equal(symbols_prefixed(symbols, "z", &first), 0);
	symbols_destroy(symbols);
}

static void assert_refused(const uint8_t *image, size_t size, const char *message)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };

	assert_false(symbols_load_image(symbols, "x.elf", image, size, 0, &err));
	assert_int_equal(symbols_count(symbols), 0);
	if (message)
		assert_string_equal(err.text, message);
	assert_int_equal(strncmp(err.text, "x.elf: ", 7), 0);
	symbols_destroy(symbols);
}

static void test_bad_files(void **state)
{
	uint8_t good[IMAGE], image[IMAGE];

	make_image(good);
	for (size_t size = 0; size < IMAGE; size++)
		assert_refused(good, size, NULL);
	assert_refused((const uint8_t *)"hello", 5, "x.elf: not an ELF file");
	memcpy(image, good, IMAGE);
	image[4] = 2;
	assert_refused(image, IMAGE, "x.elf: not a 32-bit big-endian ELF file");
	memcpy(image, good, IMAGE);
	image[19] = 62;
	assert_refused(image, IMAGE, "x.elf: ELF file of another machine (e_machine 62, want 20: PowerPC)");
	memcpy(image, good, IMAGE);
	be32_store(image + 32, 0xffffff00);
	assert_refused(image, IMAGE, "x.elf: section headers at offset 0xffffff00 reach past the end of the file");
	memcpy(image, good, IMAGE);
	be32_store(image + SECTIONS + 3 * 40 + 20, 0xfffffff0);
	assert_refused(image, IMAGE, "x.elf: symbol table at offset 0x34 reaches past the end of the file");
	memcpy(image, good, IMAGE);
	be32_store(image + SYMTAB + 16 * 9, STRINGS);
	assert_refused(image, IMAGE, "x.elf: symbol 9: name at 0x40, outside of the string table");
	memcpy(image, good, IMAGE);
	be32_store(image + SECTIONS + 3 * 40 + 4, 1);
	assert_refused(image, IMAGE, "x.elf: no symbols (a stripped file)");
}

/* Whatever is in it, a file is read within its bounds: for the sanitizers. */
static void test_damaged_files(void **state)
{
	struct random random;
	uint8_t image[IMAGE];

	random_seed(&random, 1);
	for (unsigned n = 0; n < 20000; n++) {
		struct symbols *symbols = symbols_create();
		uint8_t *copy = malloc(IMAGE); /* its bounds are the sanitizer's */
		struct err err = { "" };
		uint64_t offset;

		make_image(image);
		for (unsigned change = random_below(&random, 4); change < 4; change++)
			image[random_below(&random, IMAGE)] = (uint8_t)random_u64(&random);
		memcpy(copy, image, IMAGE);
		if (symbols_load_image(symbols, "x", copy, IMAGE, 0, &err))
			symbols_at(symbols, (uint32_t)random_u64(&random), &offset);
		free(copy);
		symbols_destroy(symbols);
	}
}

static void test_missing_file(void **state)
{
	struct symbols *symbols = symbols_create();
	struct err err = { "" };

	assert_false(symbols_load(symbols, "/nonexistent/vmlinux", 0, &err));
	assert_string_equal(err.text, "/nonexistent/vmlinux: No such file or directory");
	assert_false(symbols_load(symbols, "/", 0, &err));
	assert_string_equal(err.text, "/: not an ELF file");
	assert_false(symbols_load(symbols, "/dev/null", 0, &err));
	assert_string_equal(err.text, "/dev/null: not an ELF file");
	symbols_destroy(symbols);
}

static const char program[] =
	"int counter; static int hidden[10] = { 1 }; int shared = 7;\n"
	"static __attribute__((noinline)) int twice(int x) { return 2 * x + hidden[x & 7]; }\n"
	"int __attribute__((weak)) soft(int x) { return twice(x) + counter; }\n"
	"void _start(void) { for (;;) counter += soft(shared); }\n";

/* nm prints what it read with another reader: "00010074 T _start". */
static unsigned compare_with_nm(const struct symbols *symbols, const char *path)
{
	char command[256], name[128], kind;
	unsigned address, compared = 0;
	FILE *pipe;

	snprintf(command, sizeof command, "powerpc-linux-gnu-nm %s", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fscanf(pipe, "%x %c %127s", &address, &kind, name) == 3) {
		const struct symbol *symbol = symbols_find(symbols, name);
		uint64_t offset;

		assert_non_null(symbol);
		assert_int_equal(symbol->address, address);
		if (kind == 'T' || kind == 't' || kind == 'W') {
			assert_string_equal(symbols_at(symbols, address + 4, &offset)->name, name);
			assert_int_equal(offset, 4);
		}
		compared++;
	}
	assert_int_equal(pclose(pipe), 0);
	return compared;
}

static void test_against_nm(void **state)
{
	char path[] = "/tmp/warpcore-symbols-XXXXXX", command[256];
	struct symbols *symbols = symbols_create();
	struct err err = { "" };
	int fd = mkstemp(path);
	FILE *pipe;

	assert_true(fd >= 0);
	close(fd);
	snprintf(command, sizeof command, "powerpc-linux-gnu-gcc -O1 -nostdlib -static -x c -o %s -", path);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	fputs(program, pipe);
	assert_int_equal(pclose(pipe), 0);
	assert_true(symbols_load(symbols, path, 0, &err));
	assert_true(compare_with_nm(symbols, path) >= 6);
	symbols_destroy(symbols);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_addresses),
		cmocka_unit_test(test_addresses_of_names),
		cmocka_unit_test(test_bad_expressions),
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_high_addresses),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_against_nm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
