/*
 * Ctrl-C. At the prompt it ends the run of a machine first (reason "stop"),
 * the Lua chunk second; in a script both at once.
 */
#ifndef WARPCORE_KIT_INTERRUPT_H
#define WARPCORE_KIT_INTERRUPT_H

#include <stdbool.h>

#include <lua.h>

struct machine;

/* Takes SIGINT over for the program's one state of Lua. */
void interrupt_install(lua_State *L, bool prompt);
void interrupt_remove(void);
/* A new chunk of the prompt begins: the first Ctrl-C of it is yet to come. */
void interrupt_begin_chunk(void);
/* Around machine_run: `enter` returns the machine that ran already, from a callback of which this one is run, for `leave`. */
struct machine *interrupt_enter(struct machine *machine);
void interrupt_leave(struct machine *outer);

#endif
