/*
 * Copies of this process for warpcore.sweep: each goes on from where the script
 * stands, machines and all, computes one string and ends.
 *
 * Threads: none may run beside the script's when a copy is made; they would not
 * be in it.
 */
#ifndef WARPCORE_KIT_PROCESS_H
#define WARPCORE_KIT_PROCESS_H

#include <lua.h>

/*
 * process_start(function) -> pid, descriptor: runs it in a copy; its string, or the text of its error, comes through
 * the descriptor.
 */
int process_start(lua_State *L);
/*
 * process_read(list of descriptors, seconds) -> index, text: waits for one of them; text is nil when it came to its
 * end (and then it is closed). Nothing when the time is over.
 */
int process_read(lua_State *L);
/* process_end(pid [, kill]) -> "exit" or "signal", number: waits for the copy to end, after killing it. */
int process_end(lua_State *L);
/* process_cores() -> integer: processors of the host. process_seconds() -> number: its clock, for progress lines. */
int process_cores(lua_State *L);
int process_seconds(lua_State *L);
/* process_tty() -> boolean: standard error is a terminal. */
int process_tty(lua_State *L);
/* process_rename(from, to) -> boolean: puts a finished file in the place of an old one. */
int process_rename(lua_State *L);

#endif
