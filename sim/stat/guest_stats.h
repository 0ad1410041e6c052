/*
 * Statistics that the guest makes and counts: they stand among the others under
 * their names. They are guest state: the guest can read them back.
 *
 * Threads: as the statistics (sim/stat/stats.h): while nothing else runs.
 */
#ifndef WARPCORE_STAT_GUEST_STATS_H
#define WARPCORE_STAT_GUEST_STATS_H

#include <stdint.h>

#include "sim/base/state.h"
#include "sim/stat/stats.h"

#define GUEST_STATS_NAME 64 /* bytes, with the NUL */

struct guest_stats;

/* They go into `stats`, which the result must outlive where it is read; at most `most`. */
struct guest_stats *guest_stats_create(struct stats *stats, unsigned most);
void guest_stats_destroy(struct guest_stats *guest);

/*
 * The value of that name, made with 0 where it is new; NULL: there are too many. `name`: shorter than
 * GUEST_STATS_NAME.
 */
int64_t *guest_stats_value(struct guest_stats *guest, const char *name);

void guest_stats_visit_state(struct guest_stats *guest, struct state_visitor *visitor);

#endif
