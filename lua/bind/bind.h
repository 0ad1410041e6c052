/*
 * What the bindings of a machine share: the object that a script holds, the
 * objects that lead into it, callbacks out of it.
 *
 * A machine belongs to its Lua object; everything that leads into it (a core,
 * its memory, a timer) keeps that object alive and asks it, at each use,
 * whether the machine is still open.
 *
 * The files bind*.c are one unit: a machine's object makes the objects that lead into it, and each of those asks the
 * machine's (bind.c) whether it is open, and calls back through it. None of them calls module.c or library.c, which
 * list what they offer to scripts and to lua/lib.
 */
#ifndef WARPCORE_BIND_BIND_H
#define WARPCORE_BIND_BIND_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "lua/kit/class.h"
#include "lua/bind/machine_options.h"
#include "sim/debug/debug.h"
#include "sim/machine/machine.h"
#include "soc/soc.h"

struct perfetto;
struct bind_model;
struct net_wire;
struct symbols;
struct timeline;
struct uart_text;

struct bind_machine {
	struct machine *machine;      /* NULL: closed */
	struct soc *soc;
	struct machine_options options;
	struct symbols *symbols;
	struct debug *debug;
	struct timeline *timeline;
	struct perfetto *perfetto;    /* the file of m.trace:perfetto, or NULL */
	struct uart_text *uarts;      /* one for each serial port */
	struct net_wire *wire;        /* of the option net, or NULL */
	int64_t stopped_at;           /* when a callback or handle ended this run, or -1 */
	bool broke;                   /* a handle ended this run: bind_push_broken gives its object */
	struct timer_list *timers;    /* of the script */
	lua_State *L;                 /* that runs it now; NULL: it does not run */
	lua_State *caller;            /* in which callbacks run: that one, or who asks for the digest */
	int64_t event_time;           /* of the callback that runs, or -1: see bind_present */
	struct bind_model *models;    /* of m.device:define */
	char *error;                  /* of a callback in this run: text with traceback, or NULL; free() it */
};

/* Every object that leads into a machine starts with this; its user value 1 is the machine's object. */
struct bind_object {
	struct bind_machine *owner;
	int index; /* of the core, the UART, ... */
};

extern const struct class bind_machine_class, bind_cores_class, bind_core_class, bind_registers_class,
	bind_memory_class, bind_uarts_class, bind_uart_class, bind_timer_class, bind_handle_class, bind_stats_class,
	bind_trace_class, bind_tree_class, bind_node_class, bind_warp_class, bind_symbols_class,
	bind_event_class, bind_hook_class, bind_devices_class, bind_device_class;

/* core.r, .ev, ...: objects of the class "registers", whose index is core * BIND_REGISTER_FILES + one of these. */
enum bind_registers {
	BIND_REGISTERS_R, BIND_REGISTERS_EV, BIND_REGISTERS_F, BIND_REGISTERS_FBITS, BIND_REGISTERS_SPR,
	BIND_REGISTER_FILES
};

/* warpcore.machine{...} */
int bind_machine_new(lua_State *L);
/* For the library: timeline(machine) -> list of { kind, core, state, from, to }, the oldest first. */
int bind_timeline_list(lua_State *L);
/* m:timer{...}; m.timers, pushed. */
int bind_timer_new(lua_State *L);
int bind_timer_push_all(lua_State *L);
/* Frees what m.device:define made; the machine is gone. */
void bind_device_forget(struct bind_machine *owner);
/* m:intercept{...} */
int bind_hook_new(lua_State *L);
/* Pushes the event of a hit of the handle that is on top of the stack. */
void bind_event_push(lua_State *L, enum debug_kind kind, const struct debug_hit *hit, int64_t hits);
/* m:at{...} */
int bind_handle_new(lua_State *L);
/* The address at `index`: an integer, or a symbol as in "start_kernel+0x10". */
uint64_t bind_symbols_address(lua_State *L, struct bind_machine *owner, int index, const char *what);
/* Pushes the name of an address, "start_kernel+0x10", or the address. */
void bind_symbols_push_name(lua_State *L, struct bind_machine *owner, uint64_t address);

/* Private functions of the library. */
/* machines() -> list of all open machines, in the order of their making */
int bind_machine_list(lua_State *L);
/* address(core, integer or symbol, what) -> integer; address_name(core, address) -> text */
int bind_code_address(lua_State *L);
int bind_code_name(lua_State *L);
/* device_define(devices, compatible strings, summary, table of functions) -> list of devices */
int bind_device_define(lua_State *L);
/* backtrace(core, n) -> list of { pc, sp, kind, name } */
int bind_code_backtrace(lua_State *L);
/* disassemble(core, word, address) -> text; assemble(core, text, address) -> word, or nil and why not */
int bind_code_disassemble(lua_State *L);
int bind_code_assemble(lua_State *L);
/* handle_waiters(handle [, table or nil]) -> table or nil; handle_function(handle) -> function or nil */
int bind_handle_waiters(lua_State *L);
int bind_handle_function(lua_State *L);

/* The object at stack index 1, its machine open; else an error. */
struct bind_object *bind_self(lua_State *L, const struct class *class);
/* The same, of the machine itself. */
struct bind_machine *bind_self_machine(lua_State *L);
/* Raises an error when the machine runs: `what` cannot be called from a callback. */
void bind_not_running(lua_State *L, struct bind_machine *owner, const char *what);

/*
 * Pushes the object of `class` and `index` that leads into the machine of the
 * object at stack index 1 (or into that machine): always the same object for
 * the same place.
 */
struct bind_object *bind_push(lua_State *L, const struct class *class, int index);
/* The same, a new object of `size` bytes each time, with room for `values` user values from number 2 on. */
void *bind_new(lua_State *L, const struct class *class, size_t size, int values);
/* Pushes the object of the machine that the object at `index` leads into. */
void bind_push_machine(lua_State *L, int index);
/* For struct class.now of those classes. */
int64_t bind_now(lua_State *L, int index);

/* Around machine_run, with the machine's object at stack index 1: callbacks find what is kept without it. */
void bind_enter(lua_State *L, struct bind_machine *owner);
void bind_leave(lua_State *L, struct bind_machine *owner);

/*
 * Keeps the object on top of the stack from being collected, by its address,
 * until bind_release; pops it. bind_push_kept is for callbacks.
 */
void bind_keep(lua_State *L, void *object);
void bind_release(lua_State *L, struct bind_machine *owner, const void *object);
void bind_push_kept(lua_State *L, struct bind_machine *owner, const void *object);

/* Remembers the kept object as the one that ended the run; never throws. Pushes it, or nil. */
void bind_set_broken(lua_State *L, struct bind_machine *owner, const void *object);
void bind_push_broken(lua_State *L, struct bind_machine *owner);

/* The virtual time at which a callback was called, else that of the clock. */
int64_t bind_present(const struct bind_machine *owner);

/* Around a call of the machine that may call back but is no run: a digest. With the object at stack index 1. */
void bind_lend(lua_State *L, struct bind_machine *owner);
void bind_take_back(lua_State *L, struct bind_machine *owner);
/* Raises the error of a function that was called meanwhile, unless a run goes on, which ends with it. */
void bind_raise(lua_State *L, struct bind_machine *owner);

/* Ends the run: its event has this time. Never throws. */
void bind_stop(struct bind_machine *owner, enum machine_reason reason, int core, int64_t time);

struct bind_callback {
	struct bind_machine *owner;
	const char *what; /* "a timer": for the error text */
	int core;         /* that causes it, or -1 */
	int64_t time;     /* of the event, virtual ns */
	/* Pushes the function and its event. Runs protected, as the function does. */
	void (*push)(lua_State *L, void *opaque);
	/*
	 * Looks at its first two results, on top of the stack, and leaves them there; NULL: only "stop" counts.
	 * Protected too.
	 */
	void (*take)(lua_State *L, void *opaque);
	void *opaque;
};
/*
 * Calls a function of the script from inside machine_run. If it returns "stop",
 * the run ends with MACHINE_STOP; if it fails, with MACHINE_ERROR, and the
 * error is kept in owner->error; then it returns true. Never throws.
 */
bool bind_call(const struct bind_callback *callback);

/* A table whose fields are fixed: reading any other is an error. `fields` ends with NULL. */
struct bind_record {
	const char *name; /* "event" */
	const char *const *fields;
	int room; /* for so many fields */
};
#define BIND_RECORD(name, fields) { name, fields, sizeof fields / sizeof *fields - 1 }
/* Pushes an empty record; fields are set as in any table. */
void bind_push_record(lua_State *L, const struct bind_record *record);

#endif
