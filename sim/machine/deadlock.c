#include "sim/machine/deadlock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/core.h"
#include "sim/core/fault.h"
#include "sim/core/interrupt.h"
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

/* An idle kernel lets interrupts in where it loops; what failed, and hangs, does not. */
static bool deadlock_is_hang(const struct core *core)
{
	return core->state == CORE_RUNNING || (core->state == CORE_LOOPING && !(core->msr & MSR_EE));
}

static void deadlock_append_core(const struct machine *machine, char **text, size_t *left, const struct core *core)
{
	bool faults = fault_is_hopeless(core), hangs = faults || deadlock_is_hang(core);

	deadlock_append(text, left, "core %d ", core->index);
	if (core->state == CORE_PARKED) {
		deadlock_append(text, left, "is parked");
		return;
	}
	if (hangs)
		deadlock_append(text, left, "hangs");
	else if (core->state == CORE_CHECKSTOPPED)
		deadlock_append(text, left, "is stopped by a checkstop");
	else
		deadlock_append(text, left, "is idle in %s", core->state == CORE_LOOPING ? "a branch to itself" :
				core_state_name(core->state));
	deadlock_append_place(machine, text, left, core->pc);
	if (faults)
		deadlock_append(text, left, ", its interrupt vectors fault themselves");
	else if (hangs)
		deadlock_append(text, left, ", a branch to itself with %s",
				core->msr & MSR_CE ? "MSR[EE] = 0" : "interrupts disabled");
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
