/*
 * Ends the process when one call of Lua's own library goes on for too long: a
 * pattern such as ("a*"):rep(30) runs for ever in C, where no hook of Lua's
 * gets a say; so does a finalizer, in which Lua has no hooks.
 *
 * Time is the process's CPU time, and only while neither a machine runs nor
 * the watchdog is fed. A copy of the process has no watchdog until it starts its own.
 *
 * Threads: that of the Lua state.
 */
#ifndef WARPCORE_KIT_WATCHDOG_H
#define WARPCORE_KIT_WATCHDOG_H

#define WATCHDOG_SECONDS 5

/* Once in a process. */
void watchdog_start(void);
/* Lua gets on. */
void watchdog_feed(void);
/* Around what may take its time (a run: 1), and around a callback in there (0). They nest. */
void watchdog_enter(unsigned patient);
void watchdog_leave(void);

#endif
