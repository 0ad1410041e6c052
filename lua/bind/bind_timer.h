/*
 * Timers that a script made for a device whose model is in Lua: saved and restored with the device. They are known by
 * their names, since the functions that they call are the model's to make again.
 */
#ifndef WARPCORE_BIND_BIND_TIMER_H
#define WARPCORE_BIND_BIND_TIMER_H

#include "lua/bind/bind.h"

struct bind_timer;

/* Timers that were made while a state is restored, which are not armed by their making. */
struct bind_timer_list {
	struct bind_timer *first;
};

/*
 * A timer of `list` from the table at index 2, whose object leads into the machine of the one at index 1; pushed. It is
 * armed, or, where `made` is not NULL, put into that list.
 */
int bind_timer_make(lua_State *L, struct bind_machine *owner, struct timer_list *list, const char *what,
		    struct bind_timer_list *made);

/* The pending timers of a list; refused when two have one name. `path`: the device's, for messages. */
void bind_timer_save_all(struct timer_list *list, const char *path, struct state_visitor *visitor);
void bind_timer_cancel_all(struct timer_list *list);
/* Arms those of `made` that were pending when saved; refused when one of these is not among them. */
void bind_timer_restore_all(struct bind_timer_list *made, const char *path, struct state_visitor *visitor);
/* Lets those go that were not armed. */
void bind_timer_settle_all(struct bind_timer_list *made);

#endif
