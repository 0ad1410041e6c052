#include "lua/main/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lua/bind/disk_options.h"

/* Values of options that have no letter: above any letter. */
#define OPTION_LONG 256

enum option_kind {
	OPTION_TEXT,
	OPTION_COUNT,  /* 1 to 1024 */
	OPTION_NUMBER, /* from 0 on */
	OPTION_FLAG,   /* no value: there or not */
	OPTION_DISKS,  /* may be repeated */
	OPTION_SWITCH, /* there, with or without a value */
};

static const struct option_row {
	const char *name;
	char letter; /* 0: none */
	enum option_value value;
	enum option_kind kind;
} option_rows[] = {
	{ "board", 'b', OPTION_BOARD, OPTION_TEXT },
	{ "kernel", 'k', OPTION_KERNEL, OPTION_TEXT },
	{ "initrd", 0, OPTION_INITRD, OPTION_TEXT },
	{ "append", 'a', OPTION_APPEND, OPTION_TEXT },
	{ "disk", 0, OPTION_DISK, OPTION_DISKS },
	{ "entropy", 0, OPTION_ENTROPY, OPTION_FLAG },
	{ "console", 0, OPTION_CONSOLE, OPTION_TEXT },
	{ "seed", 0, OPTION_SEED, OPTION_NUMBER },
	{ "cores", 'n', OPTION_CORES, OPTION_COUNT },
	{ "core", 0, OPTION_CORE, OPTION_TEXT },
	{ "memory", 'm', OPTION_MEMORY, OPTION_TEXT },
	{ "engine", 0, OPTION_ENGINE, OPTION_TEXT },
	{ "timing", 0, OPTION_TIMING, OPTION_TEXT },
	{ "quantum", 0, OPTION_QUANTUM, OPTION_TEXT },
	{ "idle", 0, OPTION_IDLE, OPTION_TEXT },
	{ "speed", 0, OPTION_SPEED, OPTION_TEXT },
	{ "threads", 0, OPTION_THREADS, OPTION_COUNT },
	{ "serial", 0, OPTION_SERIAL, OPTION_TEXT },
	{ "net", 0, OPTION_NET, OPTION_TEXT },
	{ "run", 0, OPTION_RUN, OPTION_TEXT },
	{ "stats", 0, OPTION_STATS, OPTION_TEXT },
	{ "trace", 0, OPTION_TRACE, OPTION_TEXT },
	{ "record", 0, OPTION_RECORD, OPTION_TEXT },
	{ "replay", 0, OPTION_REPLAY, OPTION_TEXT },
	{ "log", 0, OPTION_LOG, OPTION_TEXT },
	{ "on", 0, OPTION_ON, OPTION_TEXT },
	{ "semihost", 0, OPTION_SEMIHOST, OPTION_SWITCH },
};
#define OPTION_ROWS (sizeof option_rows / sizeof *option_rows)

const char *options_usage(void)
{
	return "usage: warpcore [options] [script.lua [args]]\n"
	       "  -b, --board FILE      the device tree that is the machine: .dts or .dtb\n"
	       "  -k, --kernel FILE     ELF or legacy uImage to load and enter\n"
	       "      --initrd FILE     initial RAM disk\n"
	       "  -a, --append TEXT     boot arguments\n"
	       "      --disk FILE       a disk image behind a virtio block device; may be repeated. FILE,ro: read only;\n"
	       "                        FILE,overlay=F: writes go to F, FILE stays as it is\n"
	       "      --entropy         a virtio entropy device\n"
	       "      --console S       a virtio console (hvc0), to the host as with --serial\n"
	       "      --seed N          of what the guest finds random: 0\n"
	       "  -n, --cores N         cores, instead of what the tree says\n"
	       "      --core TYPE       e500v2 | e500mc, instead of what the tree or the kernel says\n"
	       "  -m, --memory SIZE     memory, instead of what the tree says: 256M\n"
	       "      --engine E        interp\n"
	       "      --timing T        icount\n"
	       "      --quantum Q       longest round in virtual time: 10us\n"
	       "      --idle P          warp | realtime\n"
	       "      --speed X         with --idle realtime: virtual seconds per second of the host\n"
	       "      --threads N       cores on so many host threads; not deterministic where they race\n"
	       "      --serial S        stdio | file:F | pty | tcp:PORT\n"
	       "      --net user[,...]  a network device on the host's network: forward=tcp:PORT:GUESTPORT,pcap=FILE,restrict\n"
	       "      --run TIME        without a script: run until power-off, or for that much virtual time\n"
	       "      --stats FILE      write the statistics at the end: .json .csv .txt\n"
	       "      --trace FILE      write a timeline of the cores for ui.perfetto.dev\n"
	       "      --record FILE     write the external input (keys, packets) with its virtual time\n"
	       "      --replay FILE     take all input from such a file: the same run again\n"
	       "      --log FILTER      classes to print, comma separated: guest_error,unimplemented,info or all;\n"
	       "                        what the host refused (host_error) is always printed\n"
	       "      --semihost[=DIR]  answer the guest's calls (warpcore.h); it may read the files of DIR and no others\n"
	       "      --on SYSTEM       where a script's sweeps run: local | parallel[:HOST,...] | slurm[:PARTITION]\n"
	       "      --sandbox         for scripts of others: no programs, files only below this directory, budgets\n"
	       "  -e CODE               run Lua code; may be repeated\n"
	       "  -i                    prompt after the script\n"
	       "  -v, --version         version\n"
	       "  -h, --help            this text\n"
	       "Without a script: a Lua prompt, or Lua read from standard input. `help()` there starts the manual.\n";
}

static const struct option_row *options_row(int code)
{
	for (size_t i = 0; i < OPTION_ROWS; i++)
		if (code == OPTION_LONG + (int)i || (option_rows[i].letter && code == option_rows[i].letter))
			return &option_rows[i];
	return NULL;
}

/* Beside the rows: version, help, sandbox, and the end. */
#define OPTION_FLAGS 4
#define OPTION_SANDBOX (OPTION_LONG + (int)OPTION_ROWS)

static int options_has_argument(enum option_kind kind)
{
	return kind == OPTION_FLAG ? no_argument : kind == OPTION_SWITCH ? optional_argument : required_argument;
}

static void options_long(struct option options[OPTION_ROWS + OPTION_FLAGS])
{
	for (size_t i = 0; i < OPTION_ROWS; i++)
		options[i] = (struct option){ option_rows[i].name, options_has_argument(option_rows[i].kind), NULL,
					      OPTION_LONG + (int)i };
	options[OPTION_ROWS] = (struct option){ "version", no_argument, NULL, 'v' };
	options[OPTION_ROWS + 1] = (struct option){ "help", no_argument, NULL, 'h' };
	options[OPTION_ROWS + 2] = (struct option){ "sandbox", no_argument, NULL, OPTION_SANDBOX };
	options[OPTION_ROWS + 3] = (struct option){ NULL, 0, NULL, 0 };
}

static bool options_count(const char *name, const char *text, struct err *err)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > 1024)
		return err_set(err, "--%s %s: a number from 1 on is expected", name, text);
	return true;
}

static bool options_number(const char *name, const char *text, struct err *err)
{
	char *end;

	errno = 0;
	if (strtoimax(text, &end, 10) < 0 || errno || end == text || *end)
		return err_set(err, "--%s %s: a number from 0 on is expected", name, text);
	return true;
}

static bool options_disk(struct options *options, const char *text, struct err *err)
{
	if (options->ndisks == SOC_MAX_DISKS)
		return err_set(err, "--disk: at most %d are allowed", SOC_MAX_DISKS);
	options->disks[options->ndisks++] = text;
	return disk_options_check_text(text, err);
}

static bool options_take_row(struct options *options, const struct option_row *row, struct err *err)
{
	options->values[row->value] = optarg ? optarg : "";
	switch (row->kind) {
	case OPTION_COUNT: return options_count(row->name, optarg, err);
	case OPTION_NUMBER: return options_number(row->name, optarg, err);
	case OPTION_DISKS: return options_disk(options, optarg, err);
	default: return true;
	}
}

static bool options_take(struct options *options, int code, struct err *err)
{
	const struct option_row *row = options_row(code);

	if (row)
		return options_take_row(options, row, err);
	switch (code) {
	case 'e':
		if (options->ncode == OPTIONS_MAX_CODE)
			return err_set(err, "-e: at most %d are allowed", OPTIONS_MAX_CODE);
		options->code[options->ncode++] = optarg;
		return true;
	case 'i':
		options->interactive = true;
		return true;
	case OPTION_SANDBOX:
		options->sandbox = true;
		return true;
	case 'v':
		options->version = true;
		return true;
	default:
		options->help = true;
		return true;
	}
}

bool options_parse(struct options *options, int argc, char **argv, struct err *err)
{
	struct option longs[OPTION_ROWS + OPTION_FLAGS];
	int code;

	memset(options, 0, sizeof *options);
	options->program = "warpcore";
	options_long(longs);
	opterr = 0;
	while ((code = getopt_long(argc, argv, "+:b:k:a:n:m:e:ivh", longs, NULL)) != -1) {
		if (code == ':')
			return err_set(err, "option %s needs a value; --help lists the options", argv[optind - 1]);
		if (code == '?' && optopt && optopt < OPTION_LONG && argv[optind - 1][1] != '-')
			return err_set(err, "unknown option -%c; --help lists the options", optopt);
		if (code == '?')
			return err_set(err, "unknown or wrong option %s; --help lists the options", argv[optind - 1]);
		if (!options_take(options, code, err))
			return false;
	}
	options->script = argv[optind];
	options->arguments = argv + optind + (options->script != NULL);
	return true;
}

bool options_is_batch(const struct options *options)
{
	return !options->script && !options->ncode && options->values[OPTION_RUN];
}

bool options_is_prompt(const struct options *options)
{
	bool nothing = !options->script && !options->ncode && !options->version;

	return options->interactive || (nothing && !options_is_batch(options));
}

static void options_push_disks(lua_State *L, const struct options *options)
{
	lua_newtable(L);
	for (unsigned i = 0; i < options->ndisks; i++) {
		disk_options_push_text(L, options->disks[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "disks");
}

void options_push(lua_State *L, const struct options *options)
{
	lua_newtable(L);
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		const char *text = options->values[row->value];

		if (!text || row->kind == OPTION_DISKS)
			continue;
		if (row->kind == OPTION_COUNT || row->kind == OPTION_NUMBER)
			lua_pushinteger(L, strtoimax(text, NULL, 10));
		else if (row->kind == OPTION_FLAG || (row->kind == OPTION_SWITCH && !*text))
			lua_pushboolean(L, 1);
		else
			lua_pushstring(L, text);
		lua_setfield(L, -2, row->name);
	}
	if (options->ndisks)
		options_push_disks(L, options);
}
