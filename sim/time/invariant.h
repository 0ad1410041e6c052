/*
 * What must hold of the clock whenever nobody is inside of it
 * (VIRTUAL_TIME.md, 4). A debug build (make DEBUG=1) looks each time that the
 * clock's lock is given back, the stress tests after each of their operations.
 *
 * That time never goes back for one who looks twice no single look can tell: the
 * stress tests and the model do.
 */
#ifndef WARPCORE_TIME_INVARIANT_H
#define WARPCORE_TIME_INVARIANT_H

struct clock;

/* What does not hold, or NULL. Lock held. */
const char *invariant_broken(const struct clock *clock);
/* Aborts if something does not. Lock held. */
void invariant_assert(const struct clock *clock);

#endif
