#include "sim/machine/deadlock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_state.h"

__attribute__((format(printf, 3, 4)))
static void deadlock_append(char **text, size_t *left, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(*text, *left, format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length >= *left)
		length = (int)*left - 1;
	*text += length;
	*left -= (size_t)length;
}

static void deadlock_append_place(const struct machine *machine, char **text, size_t *left, uint64_t ea)
{
	char name[64];

	deadlock_append(text, left, " at 0x%08" PRIx64, ea);
	if (machine->namer.name && machine->namer.name(machine->namer.opaque, ea, name, sizeof name))
		deadlock_append(text, left, " (%s)", name);
}

static void deadlock_append_masked(char **text, size_t *left, uint32_t pending)
{
	static const char *const names[] = {
#define CORE_CAUSE(id, name) name,
#include "sim/core/causes.def"
#undef CORE_CAUSE
	};
	const char *separator = ", pending but masked: ";

	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		if (!(pending >> i & 1))
			continue;
		deadlock_append(text, left, "%s%s", separator, names[i]);
		separator = ", ";
	}
}

static void deadlock_append_core(const struct machine *machine, char **text, size_t *left, const struct core *core)
{
	deadlock_append(text, left, "core %d %s", core->index, core_state_name(core->state));
	if (core->state == CORE_PARKED)
		return;
	deadlock_append_place(machine, text, left, core->pc);
	deadlock_append_masked(text, left, atomic_load(&core->pending));
}

void deadlock_describe(const struct machine *machine, char *text, size_t size)
{
	static const char more[] = "; ...";
	size_t left = size;
	char *start = text;

	text[0] = 0;
	for (unsigned i = 0; i < machine->ncores; i++) {
		if (i)
			deadlock_append(&text, &left, "; ");
		deadlock_append_core(machine, &text, &left, machine->cores[i]);
	}
	if (left <= 1 && size > sizeof more)
		memcpy(start + size - sizeof more, more, sizeof more);
}
