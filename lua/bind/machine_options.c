#include "lua/bind/machine_options.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/kit/arg.h"
#include "lua/kit/class.h"
#include "lua/kit/locate.h"
#include "lua/kit/option.h"
#include "lua/bind/net_options.h"
#include "lua/kit/sandbox.h"
#include "sim/base/allocate.h"
#include "sim/machine/machine.h"
#include "sim/machine/semihost.h"
#include "sim/input/input.h"
#include "sim/time/warp.h"
#include "soc/host/disk.h"

/* Virtual ns between the digests of a recording, by which a replay sees early where it diverges. */
#define MACHINE_OPTIONS_DIGEST_INTERVAL INT64_C(1000000000)

/* Where the field of each row is kept. */
static const size_t machine_options_places[OPTION_ROWS] = {
#define MACHINE_OPTION(id, place, ...) [OPTION_##id] = offsetof(struct machine_options, place),
#define PROGRAM_OPTION(id, ...)
#include "lua/kit/option.def"
};

static void *machine_options_place(struct machine_options *options, enum option_id id)
{
	return (char *)options + machine_options_places[id];
}

static void machine_options_set_string(struct machine_options *options, enum option_id id, const char *text)
{
	char **place = machine_options_place(options, id);

	free(*place);
	*place = allocate_text(text);
}

/* A number above 0, or its text from the command line, on top of the stack. */
static double machine_options_number(lua_State *L, const char *what)
{
	double number = lua_tonumber(L, -1);

	if (!(number >= 1e-6 && number <= 1e3))
		class_error(L, "%s: a number from 0.000001 to 1000 is expected, got %s", what,
			    luaL_tolstring(L, -1, NULL));
	return number;
}

/* The virtio console: there or not, or there with the host's end that a string names. */
static void machine_options_take_console(lua_State *L, struct machine_options *options, enum option_id id,
					 const char *what)
{
	if (lua_type(L, -1) == LUA_TSTRING)
		machine_options_set_string(options, id, lua_tostring(L, -1));
	options->soc.console = options->console || arg_boolean(L, -1, what);
}

/* true stands as "", and false as no option. */
static void machine_options_take_directory(lua_State *L, struct machine_options *options, enum option_id id,
					   const char *what)
{
	if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
		return;
	if (lua_type(L, -1) == LUA_TSTRING && !lua_rawlen(L, -1))
		class_error(L, "%s: the name of a directory is expected, or true", what);
	machine_options_set_string(options, id, lua_isboolean(L, -1) ? "" : arg_string(L, -1, what));
}

/* The value is on top of the stack. */
static void machine_options_take_field(lua_State *L, struct machine_options *options, enum option_id id)
{
	void *place = machine_options_place(options, id);
	char what[64];
	char *path;

	snprintf(what, sizeof what, "warpcore.machine: %s", option_row(id)->field);
	switch (option_row(id)->type) {
	case TYPE_FILE:
		path = locate_file(arg_string(L, -1, what));
		machine_options_set_string(options, id, path);
		free(path);
		break;
	case TYPE_TEXT:
	case TYPE_CHOICE:
	case TYPE_PATH:
		machine_options_set_string(options, id, arg_string(L, -1, what));
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
		machine_options_take_console(L, options, id, what);
		break;
	case TYPE_DIRECTORY:
		machine_options_take_directory(L, options, id, what);
		break;
	case TYPE_NET:
		options->net = net_options_text(L, -1);
		options->soc.net = true;
		break;
	}
}

static void machine_options_default(struct machine_options *options)
{
	options->quantum = options->quantum ? options->quantum : MACHINE_DEFAULT_QUANTUM;
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		char **place = machine_options_place(options, id);

		if (option_row(id)->machine && option_row(id)->type == TYPE_CHOICE && !*place)
			*place = allocate_text(option_row(id)->choices[0]);
	}
}

static bool machine_options_may_open(const char *file)
{
	return locate_is_below(file, ".");
}

void machine_options_take(lua_State *L, int index, struct machine_options *options)
{
	const char *names[OPTION_ROWS + 1] = { NULL }, **next = names;

	for (enum option_id id = 0; id < OPTION_ROWS; id++)
		if (option_row(id)->field)
			*next++ = option_row(id)->field;
	arg_keys(L, index, "warpcore.machine", names);
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		if (!option_row(id)->machine)
			continue;
		if (lua_getfield(L, index, option_row(id)->field) != LUA_TNIL)
			machine_options_take_field(L, options, id);
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

/* False unless a TYPE_CHOICE has one of its choices. */
static bool machine_options_check_choice(const struct option_row *row, const char *value, struct err *err)
{
	char choices[128] = "";

	if (option_has_choice(row, value))
		return true;
	option_choices(row, " and ", choices, sizeof choices);
	return err_set(err, "warpcore.machine: %s \"%s\" is unknown; there %s %s", row->field, value,
		       row->choices[1] ? "are" : "is", choices);
}

static bool machine_options_check_choices(const struct machine_options *options, struct err *err)
{
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		const struct option_row *row = option_row(id);
		const void *place = (const char *)options + machine_options_places[id];

		if (row->machine && row->type == TYPE_CHOICE
		    && !machine_options_check_choice(row, *(char *const *)place, err))
			return false;
	}
	return true;
}

static bool machine_options_apply_idle(const struct machine_options *options, struct machine *machine, struct err *err)
{
	double speed = options->speed > 0 ? options->speed : 1;
	/* Three digits behind the point, or six for what is slower than the host. */
	int64_t denominator = speed >= 1 ? 1000 : 1000000;

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
	return err_set(err,
		       "warpcore.machine: log: there is no class \"%s\"; there are guest_error, unimplemented, info, "
		       "host_error, all",
		       name);
}

static bool machine_options_apply_log(const struct machine_options *options, struct machine *machine, struct err *err)
{
	char *names = allocate_text(options->log ? options->log : ""), *rest = NULL;
	unsigned mask = 1u << LOG_HOST_ERROR | 1u << LOG_WARNING; /* that much the user hears unasked */
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
	if (!machine_options_check_choices(options, err) || !machine_options_apply_idle(options, machine, err)
	    || !machine_options_apply_log(options, machine, err))
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
	snprintf(course, sizeof course, "cores=%u quantum=%" PRId64 " timing=%s threads=%u", machine->ncores,
		 options->quantum, options->timing, options->threads);
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

/* Pushes the value of one field; nil: it was not given. */
static void machine_options_push_field(lua_State *L, const struct machine_options *options, enum option_id id)
{
	const void *place = (const char *)options + machine_options_places[id];

	switch (option_row(id)->type) {
	case TYPE_TEXT:
	case TYPE_CHOICE:
	case TYPE_FILE:
	case TYPE_PATH:
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
		if (options->disks.count)
			disk_options_push(L, place);
		else
			lua_pushnil(L);
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
	case TYPE_SIZE:
	case TYPE_TIME:
	case TYPE_INTEGER:
		lua_pushinteger(L, *(const int64_t *)place);
		break;
	}
}

void machine_options_push(lua_State *L, const struct machine_options *options)
{
	lua_newtable(L);
	for (enum option_id id = 0; id < OPTION_ROWS; id++) {
		if (!option_row(id)->machine)
			continue;
		machine_options_push_field(L, options, id);
		/* What was not given, the tree says. */
		if ((lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) == 0) || lua_isnil(L, -1))
			lua_pop(L, 1);
		else
			lua_setfield(L, -2, option_row(id)->field);
	}
}

/* What is kept as a string that is owned. */
static bool machine_options_is_string(enum option_type type)
{
	switch (type) {
	case TYPE_TEXT:
	case TYPE_CHOICE:
	case TYPE_FILE:
	case TYPE_PATH:
	case TYPE_DIRECTORY:
	case TYPE_CONSOLE:
	case TYPE_NET:
		return true;
	default:
		return false;
	}
}

void machine_options_free(struct machine_options *options)
{
	for (enum option_id id = 0; id < OPTION_ROWS; id++)
		if (option_row(id)->machine && machine_options_is_string(option_row(id)->type))
			free(*(char **)machine_options_place(options, id));
	disk_options_free(&options->disks);
	memset(options, 0, sizeof *options);
}
