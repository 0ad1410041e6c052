#include "lua/bind/machine_options.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/kit/class.h"
#include "lua/kit/locate.h"
#include "lua/bind/net_options.h"
#include "lua/kit/sandbox.h"
#include "sim/base/allocate.h"
#include "sim/machine/semihost.h"
#include "sim/input/input.h"
#include "sim/time/warp.h"
#include "soc/host/disk.h"

/* Virtual ns between the digests of a recording, by which a replay sees early where it diverges. */
#define MACHINE_OPTIONS_DIGEST_INTERVAL INT64_C(1000000000)

enum option_type {
	TYPE_FILE, TYPE_STRING, TYPE_COUNT, TYPE_SIZE, TYPE_TIME, TYPE_INTEGER, TYPE_NUMBER, TYPE_BOOLEAN, TYPE_DISKS, TYPE_CONSOLE,
	TYPE_DIRECTORY, TYPE_NET, TYPE_RUN
};

/*
 * Every option and where it is kept. TYPE_DIRECTORY: true, or the name of one. TYPE_RUN: one of the command line that is
 * not the machine's; passed over.
 */
static const struct option_field {
	const char *name;
	enum option_type type;
	size_t offset;
} option_fields[] = {
	{ "board", TYPE_FILE, offsetof(struct machine_options, soc.board) },
	{ "cores", TYPE_COUNT, offsetof(struct machine_options, soc.cores) },
	{ "core", TYPE_STRING, offsetof(struct machine_options, soc.core) },
	{ "memory", TYPE_SIZE, offsetof(struct machine_options, soc.memory) },
	{ "kernel", TYPE_FILE, offsetof(struct machine_options, soc.kernel) },
	{ "firmware", TYPE_FILE, offsetof(struct machine_options, soc.firmware) },
	{ "initrd", TYPE_FILE, offsetof(struct machine_options, soc.initrd) },
	{ "append", TYPE_STRING, offsetof(struct machine_options, soc.append) },
	{ "disks", TYPE_DISKS, offsetof(struct machine_options, disks) },
	{ "entropy", TYPE_BOOLEAN, offsetof(struct machine_options, soc.entropy) },
	{ "console", TYPE_CONSOLE, offsetof(struct machine_options, console) },
	{ "epoch", TYPE_INTEGER, offsetof(struct machine_options, soc.epoch) },
	{ "seed", TYPE_INTEGER, offsetof(struct machine_options, soc.seed) },
	{ "engine", TYPE_STRING, offsetof(struct machine_options, engine) },
	{ "timing", TYPE_STRING, offsetof(struct machine_options, timing) },
	{ "quantum", TYPE_TIME, offsetof(struct machine_options, quantum) },
	{ "idle", TYPE_STRING, offsetof(struct machine_options, idle) },
	{ "speed", TYPE_NUMBER, offsetof(struct machine_options, speed) },
	{ "pace", TYPE_TIME, offsetof(struct machine_options, pace) },
	{ "adaptive", TYPE_BOOLEAN, offsetof(struct machine_options, adaptive) },
	{ "threads", TYPE_COUNT, offsetof(struct machine_options, threads) },
	{ "record", TYPE_STRING, offsetof(struct machine_options, record) },
	{ "replay", TYPE_STRING, offsetof(struct machine_options, replay) },
	{ "serial", TYPE_STRING, offsetof(struct machine_options, serial) },
	{ "net", TYPE_NET, offsetof(struct machine_options, net) },
	{ "log", TYPE_STRING, offsetof(struct machine_options, log) },
	{ "semihost", TYPE_DIRECTORY, offsetof(struct machine_options, semihost) },
	{ "run", TYPE_RUN, 0 },
	{ "on", TYPE_RUN, 0 },
	{ "stats", TYPE_STRING, offsetof(struct machine_options, stats) },
	{ "trace", TYPE_STRING, offsetof(struct machine_options, trace) },
};
#define OPTION_FIELDS (sizeof option_fields / sizeof *option_fields)

static void machine_options_set_string(struct machine_options *options, const struct option_field *field, const char *text)
{
	char **place = (char **)((char *)options + field->offset);

	free(*place);
	*place = allocate_text(text);
}

/* A number above 0, or its text from the command line, on top of the stack. */
static double machine_options_number(lua_State *L, const char *what)
{
	double number = lua_tonumber(L, -1);

	if (!(number >= 1e-6 && number <= 1e3))
		class_error(L, "%s: a number from 0.000001 to 1000 is expected, got %s", what, luaL_tolstring(L, -1, NULL));
	return number;
}

/* The virtio console: there or not, or there with the host's end that a string names. */
static void machine_options_take_console(lua_State *L, struct machine_options *options, const struct option_field *field,
					 const char *what)
{
	if (lua_type(L, -1) == LUA_TSTRING)
		machine_options_set_string(options, field, lua_tostring(L, -1));
	options->soc.console = options->console || arg_boolean(L, -1, what);
}

/* true stands as "", and false as no option. */
static void machine_options_take_directory(lua_State *L, struct machine_options *options, const struct option_field *field,
					   const char *what)
{
	if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
		return;
	if (lua_type(L, -1) == LUA_TSTRING && !lua_rawlen(L, -1))
		class_error(L, "%s: the name of a directory is expected, or true", what);
	machine_options_set_string(options, field, lua_isboolean(L, -1) ? "" : arg_string(L, -1, what));
}

/* The value is on top of the stack. */
static void machine_options_take_field(lua_State *L, struct machine_options *options, const struct option_field *field)
{
	void *place = (char *)options + field->offset;
	char what[64];
	char *path;

	snprintf(what, sizeof what, "warpcore.machine: %s", field->name);
	switch (field->type) {
	case TYPE_FILE:
		path = locate_file(arg_string(L, -1, what));
		machine_options_set_string(options, field, path);
		free(path);
		break;
	case TYPE_STRING:
		machine_options_set_string(options, field, arg_string(L, -1, what));
		break;
	case TYPE_COUNT:
		*(unsigned *)place = (unsigned)arg_integer(L, -1, what, 1, MACHINE_MAX_CORES);
		break;
	case TYPE_SIZE:
		*(uint64_t *)place = arg_size(L, -1, what);
		if (!*(uint64_t *)place)
			class_error(L, "%s: a size above 0 is expected", what);
		break;
	case TYPE_TIME:
		*(int64_t *)place = arg_time(L, -1, what);
		if (!*(int64_t *)place)
			class_error(L, "%s: at least 1 ns is expected", what);
		break;
	case TYPE_INTEGER:
		*(int64_t *)place = arg_integer(L, -1, what, 0, INT64_MAX);
		break;
	case TYPE_NUMBER:
		*(double *)place = machine_options_number(L, what);
		break;
	case TYPE_BOOLEAN:
		*(bool *)place = arg_boolean(L, -1, what);
		break;
	case TYPE_DISKS:
		disk_options_take(L, what, place);
		break;
	case TYPE_CONSOLE:
		machine_options_take_console(L, options, field, what);
		break;
	case TYPE_DIRECTORY:
		machine_options_take_directory(L, options, field, what);
		break;
	case TYPE_NET:
		options->net = net_options_text(L, -1);
		options->soc.net = true;
		break;
	case TYPE_RUN:
		break;
	}
}

static void machine_options_default(struct machine_options *options)
{
	options->quantum = options->quantum ? options->quantum : MACHINE_DEFAULT_QUANTUM;
	options->engine = options->engine ? options->engine : allocate_text("interp");
	options->timing = options->timing ? options->timing : allocate_text("icount");
	options->idle = options->idle ? options->idle : allocate_text("warp");
}

static bool machine_options_may_open(const char *file)
{
	return locate_is_below(file, ".");
}

void machine_options_take(lua_State *L, int index, struct machine_options *options)
{
	const char *names[OPTION_FIELDS + 1] = { NULL };

	for (size_t i = 0; i < OPTION_FIELDS; i++)
		names[i] = option_fields[i].name;
	arg_keys(L, index, "warpcore.machine", names);
	for (size_t i = 0; i < OPTION_FIELDS; i++) {
		if (lua_getfield(L, index, option_fields[i].name) != LUA_TNIL)
			machine_options_take_field(L, options, &option_fields[i]);
		lua_pop(L, 1);
	}
	if (!options->soc.board)
		class_error(L, "warpcore.machine: a board is needed, as in board = \"dts/ppce500.dts\"");
	if (sandbox_is_on(L))
		options->soc.may_open = machine_options_may_open;
	options->soc.open_disk = disk_open;
	options->soc.disks = options->disks.list;
	options->soc.ndisks = options->disks.count;
	machine_options_default(options);
}

/* False unless `value` is the one that this version has. */
static bool machine_options_only(const char *option, const char *value, const char *only, struct err *err)
{
	return !strcmp(value, only) || err_set(err, "warpcore.machine: %s \"%s\" is unknown; there is \"%s\"", option, value, only);
}

static bool machine_options_apply_idle(const struct machine_options *options, struct machine *machine, struct err *err)
{
	double speed = options->speed > 0 ? options->speed : 1;
	/* Three digits behind the point, or six for what is slower than the host. */
	int64_t denominator = speed >= 1 ? 1000 : 1000000;

	if (strcmp(options->idle, "warp") && strcmp(options->idle, "realtime"))
		return err_set(err, "warpcore.machine: idle \"%s\" is unknown; there are \"warp\" and \"realtime\"",
			       options->idle);
	warp_set_policy(machine->clock, strcmp(options->idle, "warp") ? WARP_REALTIME : WARP_JUMP);
	return warp_set_speed(machine->clock, (int64_t)(speed * (double)denominator + 0.5), denominator, err);
}

static void machine_options_print_log(void *opaque, enum log_class class, const char *text)
{
	fprintf(stderr, "%s: %s\n", log_class_name(class), text);
}

/* One name of the option log. */
static bool machine_options_log_mask(const char *name, unsigned *mask, struct err *err)
{
	if (!strcmp(name, "all")) {
		*mask = ~0u;
		return true;
	}
	for (enum log_class class = 0; class < LOG_CLASSES; class++) {
		if (!strcmp(name, log_class_name(class))) {
			*mask |= 1u << class;
			return true;
		}
	}
	return err_set(err, "warpcore.machine: log: there is no class \"%s\"; there are guest_error, unimplemented, info, "
		       "host_error, all", name);
}

static bool machine_options_apply_log(const struct machine_options *options, struct machine *machine, struct err *err)
{
	char *names = allocate_text(options->log ? options->log : ""), *rest = NULL;
	unsigned mask = 1u << LOG_HOST_ERROR; /* that much the user hears unasked */
	bool good = true;

	for (char *name = strtok_r(names, ", ", &rest); name && good; name = strtok_r(NULL, ", ", &rest))
		good = machine_options_log_mask(name, &mask, err);
	free(names);
	machine->log.sink = machine_options_print_log;
	machine->log.mask = mask;
	return good;
}

bool machine_options_apply(const struct machine_options *options, struct machine *machine, struct err *err)
{
	if (!machine_options_only("engine", options->engine, "interp", err)
	    || !machine_options_only("timing", options->timing, "icount", err)
	    || !machine_options_apply_idle(options, machine, err) || !machine_options_apply_log(options, machine, err))
		return false;
	machine->quantum = options->quantum;
	machine->adaptive = options->adaptive;
	if (options->adaptive) /* from the start: for the manifests of files that begin before the run */
		clock_note_influence(machine->clock, CLOCK_ADAPTIVE);
	if (options->pace || options->adaptive)
		machine->pace = options->pace;
	return true;
}

bool machine_options_start_semihost(const struct machine_options *options, struct machine *machine, struct err *err)
{
	if (!options->semihost)
		return true;
	return semihost_start(machine, *options->semihost ? options->semihost : NULL, err) ||
	       err_prefix(err, "warpcore.machine: semihost");
}

/* What must be the same for a replay: the state that the machine starts in says which board and files. */
bool machine_options_start_input(const struct machine_options *options, struct machine *machine, struct err *err)
{
	char digest[33], course[128];
	struct input_manifest manifest = { .version = WARPCORE_VERSION, .board = digest, .options = course };

	machine_digest(machine, digest);
	snprintf(course, sizeof course, "cores=%u quantum=%" PRId64 " timing=%s threads=%u", machine->ncores, options->quantum,
		 options->timing, options->threads);
	if (options->record && options->replay)
		return err_set(err, "record and replay cannot be asked for together");
	if (options->record)
		return input_record(machine->input, options->record, &manifest, MACHINE_OPTIONS_DIGEST_INTERVAL, err);
	return !options->replay || input_replay(machine->input, options->replay, &manifest, err);
}

static void machine_options_push_directory(lua_State *L, const char *text)
{
	if (text && !*text)
		lua_pushboolean(L, 1);
	else
		lua_pushstring(L, text);
}

void machine_options_push(lua_State *L, const struct machine_options *options)
{
	lua_newtable(L);
	for (size_t i = 0; i < OPTION_FIELDS; i++) {
		const void *place = (const char *)options + option_fields[i].offset;

		switch (option_fields[i].type) {
		case TYPE_FILE:
		case TYPE_STRING:
		case TYPE_NET:
			lua_pushstring(L, *(char *const *)place);
			break;
		case TYPE_COUNT:
			lua_pushinteger(L, *(const unsigned *)place);
			break;
		case TYPE_NUMBER:
			lua_pushnumber(L, *(const double *)place);
			break;
		case TYPE_BOOLEAN:
			lua_pushboolean(L, *(const bool *)place);
			break;
		case TYPE_DISKS:
			if (!options->disks.count)
				continue;
			disk_options_push(L, place);
			break;
		case TYPE_CONSOLE:
			if (options->console)
				lua_pushstring(L, options->console);
			else
				lua_pushboolean(L, options->soc.console);
			break;
		case TYPE_DIRECTORY:
			machine_options_push_directory(L, *(char *const *)place);
			break;
		case TYPE_RUN:
			continue;
		default:
			lua_pushinteger(L, *(const int64_t *)place);
			break;
		}
		/* What was not given, the tree says. */
		if ((lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) == 0) || lua_isnil(L, -1))
			lua_pop(L, 1);
		else
			lua_setfield(L, -2, option_fields[i].name);
	}
}

/* What is kept as a string that is owned. */
static bool machine_options_is_string(enum option_type type)
{
	return type == TYPE_FILE || type == TYPE_STRING || type == TYPE_CONSOLE || type == TYPE_DIRECTORY || type == TYPE_NET;
}

void machine_options_free(struct machine_options *options)
{
	for (size_t i = 0; i < OPTION_FIELDS; i++)
		if (machine_options_is_string(option_fields[i].type))
			free(*(char **)((char *)options + option_fields[i].offset));
	disk_options_free(&options->disks);
	memset(options, 0, sizeof *options);
}
