/*
 * What ends a run from outside. Ctrl-C (SIGINT): at the prompt it ends the run of a machine first (reason "stop"),
 * the Lua chunk second; in a script both at once. The second one is an error that comes again and again, which no pcall
 * holds up; the third ends the program.
 * SIGTERM and SIGHUP do so in one step: run, chunk and program end, what was being written is completed.
 */
#ifndef WARPCORE_KIT_CTRL_C_H
#define WARPCORE_KIT_CTRL_C_H

#include <stdbool.h>

#include <lua.h>

struct machine;

/* Takes the signals over for the program's one state of Lua. */
void ctrl_c_install(lua_State *L, bool prompt);
/* In a copy of the process: signals are the host's own again, and the parent's thread is let go of. */
void ctrl_c_drop(void);
/* The number of the signal that came in the chunk that ran last; 0: none. */
int ctrl_c_remove(void);
/* The chunk is over, with an error perhaps: what completes its files runs undisturbed, unless more signals come. */
void ctrl_c_let_finish(void);
/* SIGTERM or SIGHUP has come: no new chunk begins. */
bool ctrl_c_is_ending(void);
/* A new chunk of the prompt begins: the first Ctrl-C of it is yet to come. */
void ctrl_c_begin_chunk(void);
/*
 * Around machine_run: `enter` returns the machine that ran already, from a callback of which this one is run, for
 * `leave`.
 */
struct machine *ctrl_c_enter(struct machine *machine);
void ctrl_c_leave(struct machine *outer);

#endif
