#include "sim/symbol/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/machine/machine_state.h"
#include "sim/symbol/elf_symbols.h"

struct symbols {
	struct symbol **all; /* in order of loading */
	size_t count, room;
	unsigned files;
	/* Both follow `all`; rebuilt when `sorted` lags behind `count`. */
	const struct symbol **by_name;
	const struct symbol **by_address; /* one for each address, without absolute values and ends of sections */
	size_t naddresses, sorted;
};

struct symbols *symbols_create(void)
{
	return allocate_zeroed(1, sizeof(struct symbols));
}

static void symbols_truncate(struct symbols *symbols, size_t count)
{
	while (symbols->count > count) {
		struct symbol *symbol = symbols->all[--symbols->count];

		free((char *)symbol->name);
		free(symbol);
	}
}

void symbols_destroy(struct symbols *symbols)
{
	if (!symbols)
		return;
	symbols_truncate(symbols, 0);
	free(symbols->all);
	free(symbols->by_name);
	free(symbols->by_address);
	free(symbols);
}

static void symbols_append(struct symbols *symbols, const struct symbol *symbol)
{
	struct symbol *copy = allocate_bytes(sizeof *copy);

	*copy = *symbol;
	copy->name = allocate_text(symbol->name);
	if (symbols->count == symbols->room) {
		symbols->room = symbols->room ? 2 * symbols->room : 256;
		symbols->all = allocate_again(symbols->all, symbols->room * sizeof *symbols->all);
	}
	symbols->all[symbols->count++] = copy;
}

static int symbols_compare_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int symbols_compare_name(const void *a, const void *b)
{
	const struct symbol *x = *(const struct symbol *const *)a, *y = *(const struct symbol *const *)b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = symbols_compare_number(y->scope, x->scope);
	if (!order)
		order = symbols_compare_number(x->file, y->file);
	return order ? order : symbols_compare_number(x->address, y->address);
}

/* At one address the best name comes first: kind, scope, file loaded last (it shadows), alphabet. */
static int symbols_compare_address(const void *a, const void *b)
{
	const struct symbol *x = *(const struct symbol *const *)a, *y = *(const struct symbol *const *)b;
	int order = symbols_compare_number(x->address, y->address);

	if (!order)
		order = symbols_compare_number(y->kind, x->kind);
	if (!order)
		order = symbols_compare_number(y->scope, x->scope);
	if (!order)
		order = symbols_compare_number(y->file, x->file);
	return order ? order : strcmp(x->name, y->name);
}

static void symbols_sort(struct symbols *symbols)
{
	size_t n = 0, kept = 0;

	symbols->by_name = allocate_again(symbols->by_name, symbols->count * sizeof *symbols->by_name);
	symbols->by_address = allocate_again(symbols->by_address, symbols->count * sizeof *symbols->by_address);
	for (size_t i = 0; i < symbols->count; i++) {
		symbols->by_name[i] = symbols->all[i];
		if (!symbols->all[i]->absolute && symbols->all[i]->end != symbols->all[i]->address)
			symbols->by_address[n++] = symbols->all[i];
	}
	qsort(symbols->by_name, symbols->count, sizeof *symbols->by_name, symbols_compare_name);
	qsort(symbols->by_address, n, sizeof *symbols->by_address, symbols_compare_address);
	for (size_t i = 0; i < n; i++)
		if (!kept || symbols->by_address[i]->address != symbols->by_address[kept - 1]->address)
			symbols->by_address[kept++] = symbols->by_address[i];
	symbols->naddresses = kept;
	symbols->sorted = symbols->count;
}

/* The indices are made when first asked for: loading several files sorts once. */
static void symbols_index(const struct symbols *symbols)
{
	if (symbols->sorted != symbols->count)
		symbols_sort((struct symbols *)symbols);
}

struct symbols_loading {
	struct symbols *symbols;
	uint32_t bias;
};

static void symbols_take(void *opaque, const struct symbol *symbol)
{
	struct symbols_loading *loading = opaque;
	struct symbol moved = *symbol;

	if (!symbol->absolute) {
		moved.address = (uint32_t)(symbol->address + loading->bias); /* the file's addresses have 32 bits */
		moved.end = moved.address + (symbol->end - symbol->address);
	}
	moved.file = loading->symbols->files;
	symbols_append(loading->symbols, &moved);
}

static bool symbols_finish(struct symbols *symbols, size_t before, bool read, const char *name, struct err *err)
{
	if (!read) {
		symbols_truncate(symbols, before);
		return err_prefix(err, "%s", name);
	}
	if (symbols->count == before)
		return err_set(err, "%s: no symbols (a stripped file)", name);
	symbols->files++;
	return true;
}

bool symbols_load(struct symbols *symbols, const char *path, uint32_t bias, struct err *err)
{
	struct symbols_loading loading = { symbols, bias };
	size_t before = symbols->count;
	bool read = elf_symbols_read_file(path, symbols_take, &loading, err);

	return symbols_finish(symbols, before, read, path, err);
}

bool symbols_load_image(struct symbols *symbols, const char *name, const void *image, size_t size, uint32_t bias,
			struct err *err)
{
	struct symbols_loading loading = { symbols, bias };
	size_t before = symbols->count;
	bool read = elf_symbols_read_image(image, size, symbols_take, &loading, err);

	return symbols_finish(symbols, before, read, name, err);
}

void symbols_add(struct symbols *symbols, const char *name, uint64_t address, uint64_t size)
{
	symbols_append(symbols, &(struct symbol){
		.name = name, .address = address, .size = size, .end = address + (size ? size : 4),
		.kind = SYMBOL_LABEL, .scope = SYMBOL_GLOBAL, .file = symbols->files++,
	});
}

size_t symbols_count(const struct symbols *symbols)
{
	return symbols->count;
}

/* The first index in by_name whose name is not below `name`. */
static size_t symbols_lower_name(const struct symbols *symbols, const char *name)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(symbols->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct symbol *symbols_find(const struct symbols *symbols, const char *name)
{
	size_t i;

	symbols_index(symbols);
	i = symbols_lower_name(symbols, name);
	return i < symbols->count && !strcmp(symbols->by_name[i]->name, name) ? symbols->by_name[i] : NULL;
}

const struct symbol *symbols_at(const struct symbols *symbols, uint64_t address, uint64_t *offset)
{
	const struct symbol *symbol;
	size_t low = 0, high;

	symbols_index(symbols);
	high = symbols->naddresses;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->by_address[middle]->address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	symbol = symbols->by_address[low - 1];
	*offset = address - symbol->address;
	return *offset < symbol->end - symbol->address ? symbol : NULL;
}

size_t symbols_prefixed(const struct symbols *symbols, const char *prefix, const struct symbol *const **first)
{
	size_t length = strlen(prefix), from, n = 0;

	symbols_index(symbols);
	from = symbols_lower_name(symbols, prefix);
	while (from + n < symbols->count && !strncmp(symbols->by_name[from + n]->name, prefix, length))
		n++;
	*first = n ? symbols->by_name + from : NULL;
	return n;
}

static bool symbols_parse_number(const char *text, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9') /* strtoull takes signs and blanks */
		return false;
	number = strtoull(text, &end, 0);
	*value = number;
	return !*end && number <= UINT32_MAX;
}

/* A name may hold '+' or '-' (".L+1" does not occur, "a-b" of a linker script may): the whole text first. */
bool symbols_parse(const struct symbols *symbols, const char *text, uint64_t *address, struct err *err)
{
	const struct symbol *symbol = symbols_find(symbols, text);
	const char *sign = strrchr(text, '+') ? strrchr(text, '+') : strrchr(text, '-');
	uint64_t offset = 0;
	char *name;

	if (symbol) {
		*address = symbol->address;
		return true;
	}
	if (symbols_parse_number(text, address))
		return true;
	if (!sign)
		return err_set(err, "no symbol \"%s\"", text);
	if (!symbols_parse_number(sign + 1, &offset))
		return err_set(err, "\"%s\": \"%s\" is no offset (a number below 2^32)", text, sign + 1);
	name = allocate_text_part(text, (size_t)(sign - text));
	symbol = symbols_find(symbols, name);
	if (symbol)
		*address = *sign == '+' ? symbol->address + offset : symbol->address - offset;
	else
		err_set(err, "no symbol \"%s\"", name);
	free(name);
	return symbol != NULL;
}

char *symbols_format(const struct symbols *symbols, uint64_t address, char *text, size_t size)
{
	uint64_t offset;
	const struct symbol *symbol = symbols ? symbols_at(symbols, address, &offset) : NULL;

	if (!symbol)
		snprintf(text, size, "0x%08" PRIx64, address);
	else if (offset)
		snprintf(text, size, "%s+0x%" PRIx64, symbol->name, offset);
	else
		snprintf(text, size, "%s", symbol->name);
	return text;
}

/* machine_namer.name */
static bool symbols_name(void *opaque, uint64_t ea, char *text, size_t size)
{
	uint64_t offset;

	if (!symbols_at(opaque, ea, &offset))
		return false;
	symbols_format(opaque, ea, text, size);
	return true;
}

void symbols_attach(struct symbols *symbols, struct machine *machine)
{
	machine->namer = (struct machine_namer){ symbols, symbols_name };
}
