/*
 * NAME
 *   semihost - calls from a program on the simulated machine to the simulator
 *
 * USE
 *   warpcore --semihost[=DIR], or warpcore.machine{ semihost = true } or { semihost = "DIR" }
 *   #include "warpcore.h"        share/warpcore/include of an installation, sim/guest in the sources
 *
 * FUNCTIONS (bare metal or Linux, any privilege; each returns below 0 what enum warpcore_error says)
 *   warpcore_present()                        1 when somebody answers
 *   warpcore_exit(status)                     the run ends: ev.reason "exit", ev.status; --run leaves with it
 *   warpcore_begin(region), warpcore_end(region)            a region of interest: m.stats.regions, m:at{ region = }
 *   warpcore_stat_get(name, &value)                         any statistic, as in "core0.insns"
 *   warpcore_stat_set(name, value), warpcore_stat_add(...)  the guest's own, as in "guest.requests"
 *   warpcore_size(file), warpcore_read(file, offset, buffer, size)   a file of DIR and its directories
 *
 * LIMITS
 *   Without the option, on silicon and in QEMU each call does nothing and returns WARPCORE_ABSENT.
 *   64 regions and 64 statistics, names of 63 bytes; 256 files of 256 MiB together, paths of 255 bytes.
 *   No absolute path, no "." or "..", no link, nothing but regular files. A run sees each file as it was
 *   when it was first asked for (m.guest_files). What is refused stands in the log (guest_error).
 *   A call is one instruction. The counters of the core that makes it are exact; those of other cores
 *   are where the round has taken them.
 */
#include "sim/machine/semihost.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/engine/guest_call.h"
#include "sim/guest/warpcore.h"
#include "sim/machine/host_files.h"
#include "sim/machine/machine.h"
#include "sim/stat/guest_stats.h"
#include "sim/input/input.h"

#define SEMIHOST_VERSION 1
#define SEMIHOST_GUEST_PREFIX "guest."

struct semihost {
	struct machine *machine;
	struct guest_stats *stats;
	struct host_files *files; /* NULL: none are shared */
};

/* One call: what came with it, and what goes back. */
struct semihost_call {
	struct semihost *semihost;
	struct core *core;
	char name[WARPCORE_FILE_NAME_MAX + 1];
	uint32_t buffer, size;
	uint64_t number, result;
};

typedef int semihost_fn(struct semihost_call *call); /* 0, or enum warpcore_error */

/* The guest gets an error for something that it should not have asked for. */
__attribute__((format(printf, 3, 4)))
static int semihost_refuse(const struct semihost_call *call, enum warpcore_error status, const char *format, ...)
{
	char text[1400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_write(&call->semihost->machine->log, LOG_GUEST_ERROR, "core %d: semihosting at 0x%08" PRIx64 ": %s",
		  call->core->index, call->core->pc, text);
	return status;
}

/* ---- The end ---- */

static int semihost_hello(struct semihost_call *call)
{
	call->result = SEMIHOST_VERSION;
	return 0;
}

static int semihost_exit(struct semihost_call *call)
{
	machine_exit(call->semihost->machine, call->core->index, (uint32_t)call->number);
	return 0;
}

/* ---- Regions of interest ---- */

static int semihost_mark(struct semihost_call *call, bool begins)
{
	struct machine *machine = call->semihost->machine;
	int64_t now = core_now(call->core, NULL);

	if (begins && !region_find(machine->regions, call->name) &&
	    region_list_count(machine->regions) >= WARPCORE_REGIONS_MAX)
		return semihost_refuse(call, WARPCORE_LIMIT, "region \"%s\": there are %d already", call->name,
				       WARPCORE_REGIONS_MAX);
	if (begins ? !machine_begin_region(machine, call->name, now) : !machine_end_region(machine, call->name, now))
		return semihost_refuse(call, WARPCORE_NOT_NOW, "region \"%s\" %s", call->name,
				       begins ? "has begun already" : "has not begun");
	if (machine->debugger.region)
		machine->debugger.region(machine->debugger.opaque, call->core->index,
					 region_find(machine->regions, call->name)->name, begins, now);
	return 0;
}

static int semihost_begin(struct semihost_call *call)
{
	return semihost_mark(call, true);
}

static int semihost_end(struct semihost_call *call)
{
	return semihost_mark(call, false);
}

/* ---- Statistics ---- */

static int semihost_stat_get(struct semihost_call *call)
{
	const struct stats_entry *stat = stats_find(call->semihost->machine->stats, call->name);

	if (!stat)
		return semihost_refuse(call, WARPCORE_NOT_FOUND, "there is no statistic \"%s\"", call->name);
	call->result = (uint64_t)stat->read(stat->opaque);
	return 0;
}

/* "guest." and at least one more: lower-case letters, digits, '_' and dots, as all names of statistics. */
static bool semihost_is_guest_stat(const char *name)
{
	size_t prefix = strlen(SEMIHOST_GUEST_PREFIX);

	return !strncmp(name, SEMIHOST_GUEST_PREFIX, prefix) && name[prefix] &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.")];
}

static int semihost_stat_change(struct semihost_call *call, bool add)
{
	int64_t *value;

	if (!semihost_is_guest_stat(call->name))
		return semihost_refuse(call, WARPCORE_BAD_NAME,
				       "a guest cannot set \"%s\"; names as in \"guest.requests\" are its own",
				       call->name);
	value = guest_stats_value(call->semihost->stats, call->name);
	if (!value)
		return semihost_refuse(call, WARPCORE_LIMIT, "statistic \"%s\": there are %d of the guest already",
				       call->name, WARPCORE_STATS_MAX);
	*value = (int64_t)(call->number + (add ? (uint64_t)*value : 0));
	call->result = (uint64_t)*value;
	return 0;
}

static int semihost_stat_set(struct semihost_call *call)
{
	return semihost_stat_change(call, false);
}

static int semihost_stat_add(struct semihost_call *call)
{
	return semihost_stat_change(call, true);
}

/* ---- Files ---- */

/* A file that is asked for is an external input: a recording says what it was, a replay wants the same. */
static void semihost_note_file(struct semihost *semihost, const struct host_file *file)
{
	struct err err;

	if (!input_note_file(semihost->machine->input, file->name, file->sha256, &err))
		machine_stop(semihost->machine, MACHINE_ERROR, -1, err.text);
}

/* 0: *file is the one that the call names. */
static int semihost_file(struct semihost_call *call, const struct host_file **file)
{
	struct semihost *semihost = call->semihost;
	bool fresh;

	if (!semihost->files)
		return semihost_refuse(call, WARPCORE_DENIED, "file \"%s\": no directory is shared with the guest",
				       call->name);
	*file = host_files_get(semihost->files, call->name, &fresh);
	if (!*file)
		return semihost_refuse(call, WARPCORE_LIMIT, "file \"%s\": %d have been asked for already", call->name,
				       WARPCORE_FILES_MAX);
	if (fresh)
		semihost_note_file(semihost, *file);
	if ((*file)->status)
		return semihost_refuse(call, (*file)->status, "file \"%s\": %s", call->name, (*file)->why.text);
	return 0;
}

static int semihost_file_size(struct semihost_call *call)
{
	const struct host_file *file;
	int status = semihost_file(call, &file);

	if (!status)
		call->result = file->size;
	return status;
}

static int semihost_access(struct semihost_call *call, enum guest_call_access access, uint32_t ea, bool store)
{
	if (access == GUEST_CALL_OK)
		return 0;
	call->result = (uint64_t)store << 32 | ea;
	if (access == GUEST_CALL_FAULT)
		return WARPCORE_FAULT; /* an everyday matter, as a TLB miss is */
	return semihost_refuse(call, WARPCORE_ADDRESS, "0x%08x is no memory that can be %s", ea,
			       store ? "written" : "read");
}

/* What is mapped is filled, and counts; only when that is nothing the guest has to map a page first. */
static int semihost_file_read(struct semihost_call *call)
{
	const struct host_file *file;
	int status = semihost_file(call, &file);
	uint32_t size = call->size < WARPCORE_READ_MAX ? call->size : WARPCORE_READ_MAX, done;
	enum guest_call_access access;

	if (status || call->number >= file->size)
		return status;
	if (size > file->size - call->number)
		size = (uint32_t)(file->size - call->number);
	access = guest_call_store(call->core, call->buffer, file->data + call->number, size, &done);
	call->result = done;
	return done || !size ? 0 : semihost_access(call, access, call->buffer, true);
}

/* ---- Calls ---- */

static const struct semihost_row {
	semihost_fn *fn;
	unsigned name; /* bytes of its name at most; 0: it has none */
} semihost_rows[WARPCORE_CALLS] = {
	[WARPCORE_HELLO] = { semihost_hello, 0 },
	[WARPCORE_EXIT] = { semihost_exit, 0 },
	[WARPCORE_BEGIN] = { semihost_begin, WARPCORE_NAME_MAX },
	[WARPCORE_END] = { semihost_end, WARPCORE_NAME_MAX },
	[WARPCORE_STAT_GET] = { semihost_stat_get, WARPCORE_NAME_MAX },
	[WARPCORE_STAT_SET] = { semihost_stat_set, WARPCORE_NAME_MAX },
	[WARPCORE_STAT_ADD] = { semihost_stat_add, WARPCORE_NAME_MAX },
	[WARPCORE_FILE_SIZE] = { semihost_file_size, WARPCORE_FILE_NAME_MAX },
	[WARPCORE_FILE_READ] = { semihost_file_read, WARPCORE_FILE_NAME_MAX },
};

/* Copies the name at r4, r5 bytes, which must be printable ASCII. */
static int semihost_take_name(struct semihost_call *call, unsigned most)
{
	uint32_t ea = core_gpr(call->core, 4), length = core_gpr(call->core, 5), done;
	enum guest_call_access access;

	if (!length || length > most)
		return semihost_refuse(call, WARPCORE_BAD_NAME, "a name of %" PRIu32 " bytes; 1 to %u are allowed",
				       length, most);
	access = guest_call_load(call->core, ea, call->name, length, &done);
	if (access != GUEST_CALL_OK)
		return semihost_access(call, access, ea + done, false);
	for (uint32_t i = 0; i < length; i++)
		if (call->name[i] < 0x20 || call->name[i] > 0x7e)
			return semihost_refuse(call, WARPCORE_BAD_NAME,
					       "byte %" PRIu32 " of a name is not printable ASCII", i);
	return 0;
}

static int semihost_make(struct semihost_call *call, uint32_t number)
{
	const struct semihost_row *row;
	int status;

	if (number >= WARPCORE_CALLS)
		return semihost_refuse(call, WARPCORE_NO_CALL, "there is no call %" PRIu32, number);
	row = &semihost_rows[number];
	status = row->name ? semihost_take_name(call, row->name) : 0;
	return status ? status : row->fn(call);
}

/* core_guest_call_fn */
static bool semihost_answer(void *opaque, struct core *core)
{
	struct semihost *semihost = opaque;
	struct semihost_call call = {
		.semihost = semihost, .core = core, .buffer = core_gpr(core, 6), .size = core_gpr(core, 7),
		.number = (uint64_t)core_gpr(core, 8) << 32 | core_gpr(core, 9),
	};
	int status;

	if (threads_in_round(semihost->machine)) {
		core->held = true;
		core_request(core, ATTENTION_STOP);
		return false;
	}
	status = semihost_make(&call, core_gpr(core, 3) & 0xffff);
	core_set_gpr(core, 3, (uint32_t)status);
	core_set_gpr(core, 4, (uint32_t)(call.result >> 32));
	core_set_gpr(core, 5, (uint32_t)call.result);
	return true;
}

/* ---- As a part of the machine ---- */

static void semihost_visit_state(void *opaque, struct state_visitor *visitor)
{
	struct semihost *semihost = opaque;

	guest_stats_visit_state(semihost->stats, visitor);
}

static void semihost_destroy(void *opaque)
{
	struct semihost *semihost = opaque;

	guest_stats_destroy(semihost->stats);
	host_files_close(semihost->files);
	free(semihost);
}

bool semihost_start(struct machine *machine, const char *directory, struct err *err)
{
	struct host_files *files = directory ? host_files_open(directory, err) : NULL;
	struct semihost *semihost;

	if (directory && !files)
		return false;
	semihost = allocate_zeroed(1, sizeof *semihost);
	semihost->machine = machine;
	semihost->stats = guest_stats_create(machine->stats, WARPCORE_STATS_MAX);
	semihost->files = files;
	machine->semihost = semihost;
	machine_add_part(machine, (struct machine_part){ .path = "semihosting",
							 .opaque = semihost,
							 .visit_state = semihost_visit_state,
							 .destroy = semihost_destroy });
	for (unsigned i = 0; i < machine->ncores; i++)
		guest_call_set(machine->cores[i], semihost_answer, semihost);
	return true;
}

const struct host_files *semihost_files(const struct machine *machine)
{
	return machine->semihost ? machine->semihost->files : NULL;
}
