/*
 * A machine's timeline as a file that ui.perfetto.dev opens (the JSON of
 * Chrome's trace viewer): a track for each core, "running", "idle: REASON" or
 * "warped: REASON", one of the warps with what ended each, one for each owner
 * of timers with their firings. Time is virtual, in us with three digits behind
 * the point, that is exact.
 *
 * If asked, a counter of guest ns per host ns: then the file is not the same
 * again.
 *
 * Threads: between runs.
 */
#ifndef WARPCORE_TRACE_PERFETTO_H
#define WARPCORE_TRACE_PERFETTO_H

#include "sim/base/err.h"
#include "sim/trace/timeline.h"

struct perfetto;

struct perfetto_options {
	int64_t from, to; /* virtual ns; only what lies in between (to: CLOCK_NO_DEADLINE, all that comes) */
	bool host;        /* the counter */
	const char *manifest; /* members of a JSON object, "\"version\":\"1\"", or NULL */
};

/*
 * Writes what the timeline still has, and goes on with what comes, until
 * perfetto_close. NULL: the file cannot be written. One for each timeline.
 */
struct perfetto *perfetto_open(struct timeline *timeline, const char *path, const struct perfetto_options *options,
			       struct err *err);
/*
 * Makes the file a whole one as it is, to be gone on with: at the end of each
 * run. False: something could not be written.
 */
bool perfetto_flush(struct perfetto *perfetto, struct err *err);
/* The same, and no more. The object is gone either way. */
bool perfetto_close(struct perfetto *perfetto, struct err *err);

#endif
