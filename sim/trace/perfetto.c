#include "sim/trace/perfetto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/clock.h"

/* Groups of tracks ("processes" of the format) and tracks in the first. */
enum perfetto_group { GROUP_CORES = 1, GROUP_TIMERS = 2, GROUP_REGIONS = 3 };
#define TRACK_WARPS 100

#define NOT_SEEN (-1) /* a core's state before its first event */

/* The tracks of a group that appear as they are needed. */
struct perfetto_tracks {
	enum perfetto_group group;
	const char **names; /* by number, from 1 on; owned by the machine */
	unsigned count;
};

struct perfetto_core {
	int state;     /* enum core_state, or NOT_SEEN */
	int64_t since; /* what has been written goes up to here */
};

struct perfetto {
	struct timeline *timeline;
	struct perfetto_options options;
	char *path, *manifest;
	FILE *file;
	bool first;  /* no event has been written */
	bool failed; /* a write has, and who asked has been told */
	struct perfetto_core cores[MACHINE_MAX_CORES];
	struct perfetto_tracks timers, regions; /* of owners; of names */
	int64_t host_from, host_to; /* the last TIMELINE_HOST; 0: none */
};

/* ---- Text ---- */

static void perfetto_text(FILE *file, const char *text)
{
	fputc('"', file);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', file);
		if (*c < 0x20)
			fprintf(file, "\\u%04x", *c);
		else
			fputc(*c, file);
	}
	fputc('"', file);
}

/* ns as us with three digits behind the point. */
static void perfetto_time(FILE *file, const char *key, int64_t ns)
{
	fprintf(file, ",\"%s\":%" PRId64 ".%03d", key, ns / 1000, (int)(ns % 1000));
}

/* Begins an event of a track; the caller adds members and closes it. */
static FILE *perfetto_begin(struct perfetto *perfetto, char phase, unsigned group, unsigned track)
{
	fprintf(perfetto->file, "%s{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u", perfetto->first ? "" : ",\n", phase, group,
		track);
	perfetto->first = false;
	return perfetto->file;
}

static void perfetto_name_track(struct perfetto *perfetto, const char *what, unsigned group, unsigned track,
				const char *name)
{
	FILE *file = perfetto_begin(perfetto, 'M', group, track);

	fprintf(file, ",\"name\":\"%s\",\"args\":{\"name\":", what);
	perfetto_text(file, name);
	fputs("}}", file);
}

/* A stretch of a track, cut to what the options want, up to its name. False: nothing of it is. */
static bool perfetto_slice(struct perfetto *perfetto, unsigned group, unsigned track, int64_t from, int64_t to)
{
	from = from < perfetto->options.from ? perfetto->options.from : from;
	to = to > perfetto->options.to ? perfetto->options.to : to;
	if (to <= from)
		return false;
	perfetto_begin(perfetto, 'X', group, track);
	perfetto_time(perfetto->file, "ts", from);
	perfetto_time(perfetto->file, "dur", to - from);
	fputs(",\"name\":", perfetto->file);
	return true;
}

/* ---- Events ---- */

/* Writes what a core did up to `to`. */
static void perfetto_core_until(struct perfetto *perfetto, unsigned number, int64_t to, bool warped)
{
	struct perfetto_core *core = &perfetto->cores[number];
	const char *kind = core->state == CORE_RUNNING ? "running" : warped ? "warped" : "idle";

	if (to <= core->since)
		return;
	if (core->state != NOT_SEEN && perfetto_slice(perfetto, GROUP_CORES, number, core->since, to))
		fprintf(perfetto->file, "\"%s%s%s\"}", kind, core->state == CORE_RUNNING ? "" : ": ",
			core->state == CORE_RUNNING ? "" : core_state_name((enum core_state)core->state));
	core->since = to;
}

static void perfetto_warp(struct perfetto *perfetto, const struct timeline_event *event)
{
	for (unsigned i = 0; i < timeline_machine(perfetto->timeline)->ncores; i++) {
		perfetto_core_until(perfetto, i, event->from, false);
		perfetto_core_until(perfetto, i, event->to, true);
	}
	if (!perfetto_slice(perfetto, GROUP_CORES, TRACK_WARPS, event->from, event->to))
		return;
	fputs("\"warp\",\"args\":{\"owner\":", perfetto->file);
	perfetto_text(perfetto->file, event->owner);
	fputs(",\"ended by\":", perfetto->file);
	perfetto_text(perfetto->file, event->name);
	fputs("}}", perfetto->file);
}

/* The track of that name, made at its first event. */
static unsigned perfetto_track(struct perfetto *perfetto, struct perfetto_tracks *tracks, const char *name)
{
	for (unsigned i = 0; i < tracks->count; i++)
		if (tracks->names[i] == name || !strcmp(tracks->names[i], name))
			return i + 1;
	tracks->names = allocate_again(tracks->names, (tracks->count + 1) * sizeof *tracks->names);
	tracks->names[tracks->count++] = name;
	perfetto_name_track(perfetto, "thread_name", tracks->group, tracks->count, name);
	return tracks->count;
}

static void perfetto_fired(struct perfetto *perfetto, const struct timeline_event *event)
{
	unsigned track;
	FILE *file;

	if (event->from < perfetto->options.from || event->from > perfetto->options.to)
		return;
	track = perfetto_track(perfetto, &perfetto->timers, event->owner);
	file = perfetto_begin(perfetto, 'i', GROUP_TIMERS, track);
	perfetto_time(file, "ts", event->from);
	fputs(",\"s\":\"t\",\"name\":", file);
	perfetto_text(file, event->name);
	fputs("}", file);
}

/* The group of regions appears with its first passage. */
static void perfetto_region(struct perfetto *perfetto, const struct timeline_event *event)
{
	unsigned track;

	if (!perfetto->regions.count)
		perfetto_name_track(perfetto, "process_name", GROUP_REGIONS, 0, "regions of interest");
	track = perfetto_track(perfetto, &perfetto->regions, event->name);
	if (!perfetto_slice(perfetto, GROUP_REGIONS, track, event->from, event->to))
		return;
	perfetto_text(perfetto->file, event->name);
	fputs("}", perfetto->file);
}

static void perfetto_host(struct perfetto *perfetto, const struct timeline_event *event)
{
	int64_t passed = event->to - perfetto->host_to;
	FILE *file;

	if (!perfetto->options.host)
		return;
	if (perfetto->host_to && passed > 0 && event->from >= perfetto->options.from &&
	    event->from <= perfetto->options.to) {
		file = perfetto_begin(perfetto, 'C', GROUP_CORES, 0);
		perfetto_time(file, "ts", event->from);
		fprintf(file, ",\"name\":\"guest ns per host ns\",\"args\":{\"ratio\":%.3f}}",
			(double)(event->from - perfetto->host_from) / (double)passed);
	}
	perfetto->host_from = event->from;
	perfetto->host_to = event->to;
}

static void perfetto_event(void *opaque, const struct timeline_event *event)
{
	struct perfetto *perfetto = opaque;

	switch ((enum timeline_kind)event->kind) {
	case TIMELINE_STATE:
		perfetto_core_until(perfetto, event->core, event->from, false);
		perfetto->cores[event->core].state = event->state;
		break;
	case TIMELINE_WARP:
		perfetto_warp(perfetto, event);
		break;
	case TIMELINE_FIRED:
		perfetto_fired(perfetto, event);
		break;
	case TIMELINE_REGION:
		perfetto_region(perfetto, event);
		break;
	case TIMELINE_HOST:
		perfetto_host(perfetto, event);
		break;
	}
}

/* ---- The file ---- */

static void perfetto_begin_file(struct perfetto *perfetto)
{
	char name[32];

	fputs("{\"traceEvents\":[\n", perfetto->file);
	perfetto_name_track(perfetto, "process_name", GROUP_CORES, 0, "cores");
	perfetto_name_track(perfetto, "process_name", GROUP_TIMERS, 0, "timers");
	perfetto_name_track(perfetto, "thread_name", GROUP_CORES, TRACK_WARPS, "warps");
	for (unsigned i = 0; i < timeline_machine(perfetto->timeline)->ncores; i++) {
		snprintf(name, sizeof name, "core %u", i);
		perfetto_name_track(perfetto, "thread_name", GROUP_CORES, i, name);
	}
}

/* Where a core's first event of the timeline is not its first: it has been as the core was before that. */
static void perfetto_begin_cores(struct perfetto *perfetto)
{
	bool all = !timeline_lost(perfetto->timeline);

	for (unsigned i = 0; i < MACHINE_MAX_CORES; i++)
		perfetto->cores[i] = (struct perfetto_core){ all ? CORE_PARKED : NOT_SEEN, 0 };
}

struct perfetto *perfetto_open(struct timeline *timeline, const char *path, const struct perfetto_options *options,
			       struct err *err)
{
	struct perfetto *perfetto;
	FILE *file = fopen(path, "w");

	if (!file) {
		err_set(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	perfetto = allocate_zeroed(1, sizeof *perfetto);
	perfetto->timeline = timeline;
	perfetto->options = *options;
	perfetto->path = allocate_text(path);
	perfetto->manifest = allocate_text(options->manifest ? options->manifest : "");
	perfetto->file = file;
	perfetto->timers.group = GROUP_TIMERS;
	perfetto->regions.group = GROUP_REGIONS;
	perfetto->first = true;
	perfetto_begin_file(perfetto);
	perfetto_begin_cores(perfetto);
	timeline_visit(timeline, perfetto_event, perfetto);
	timeline_set_sink(timeline, perfetto_event, perfetto);
	timeline_set_host(timeline, options->host);
	return perfetto;
}

bool perfetto_flush(struct perfetto *perfetto, struct err *err)
{
	int64_t now = machine_now(timeline_machine(perfetto->timeline));
	long end;

	if (perfetto->failed)
		return true;
	errno = 0;
	for (unsigned i = 0; i < timeline_machine(perfetto->timeline)->ncores; i++)
		perfetto_core_until(perfetto, i, now, false);
	end = ftell(perfetto->file);
	fprintf(perfetto->file,
		"\n],\"displayTimeUnit\":\"ns\",\"otherData\":{\"lost\":%" PRIu64 ",\"deterministic\":%s%s%s}}\n",
		timeline_lost(perfetto->timeline),
		perfetto->options.host || clock_influences(timeline_machine(perfetto->timeline)->clock) ? "false"
													: "true",
		*perfetto->manifest ? "," : "", perfetto->manifest);
	if (!fflush(perfetto->file) && !ferror(perfetto->file) && !fseek(perfetto->file, end, SEEK_SET))
		return true;
	perfetto->failed = true;
	return err_set(err, "%s: %s", perfetto->path, strerror(errno ? errno : EIO));
}

bool perfetto_close(struct perfetto *perfetto, struct err *err)
{
	bool good = perfetto_flush(perfetto, err);

	timeline_set_sink(perfetto->timeline, NULL, NULL);
	timeline_set_host(perfetto->timeline, false);
	if (fclose(perfetto->file) && good && !perfetto->failed)
		good = err_set(err, "%s: %s", perfetto->path, strerror(errno));
	free(perfetto->timers.names);
	free(perfetto->regions.names);
	free(perfetto->manifest);
	free(perfetto->path);
	free(perfetto);
	return good;
}
