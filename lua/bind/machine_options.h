/* The table that warpcore.machine takes: the rows of lua/kit/option.def that say where a field is kept here. */
#ifndef WARPCORE_BIND_MACHINE_OPTIONS_H
#define WARPCORE_BIND_MACHINE_OPTIONS_H

#include <lua.h>

#include "lua/bind/disk_options.h"
#include "sim/base/err.h"
#include "sim/machine/machine_state.h"
#include "soc/soc.h"

struct machine_options {
	struct soc_options soc; /* strings are owned here */
	struct disk_options disks; /* soc.disks */
	char *console;  /* the host's end of soc.console, as serial; NULL: none */
	char *engine, *timing, *idle, *serial, *net, *log, *record, *replay, *stats, *trace;
	int64_t quantum; /* ns */
	int64_t pace;    /* ns; 0: none */
	double speed;    /* 0: 1 */
	char *semihost;  /* the directory that the guest may read; "": none; NULL: its calls are not answered */
	unsigned threads;
	bool adaptive;
};

/* Reads the table at `index`; raises an error about what is not an option or has a wrong type. */
void machine_options_take(lua_State *L, int index, struct machine_options *options);
/* Sets what concerns the machine itself. False: an option that names something that there is not. */
bool machine_options_apply(const struct machine_options *options, struct machine *machine, struct err *err);
/* Begins to answer the guest's calls, if it is to; the machine is built. */
bool machine_options_start_semihost(const struct machine_options *options, struct machine *machine, struct err *err);
/* Starts the recording or replay; the machine is built. */
bool machine_options_start_input(const struct machine_options *options, struct machine *machine, struct err *err);
/* Pushes a table from which the same machine can be made. */
void machine_options_push(lua_State *L, const struct machine_options *options);
void machine_options_free(struct machine_options *options);

#endif
