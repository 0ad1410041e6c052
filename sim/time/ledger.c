#include "sim/time/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/clock_state.h"

#define LEDGER_MAX_LENGTH (1 << 24)

const char *ledger_reason_name(enum warp_reason reason)
{
	static const char *const names[] = {
		[WARP_RUNNING] = "running", [WARP_PARKED] = "parked", [WARP_WAITING] = "wait",
		[WARP_DOZING] = "doze", [WARP_LOOPING] = "loop", [WARP_CHECKSTOPPED] = "checkstop",
	};

	return names[reason];
}

const char *ledger_end_name(enum ledger_end end)
{
	static const char *const names[] = {
		[LEDGER_TIMER] = "timer", [LEDGER_LIMIT] = "limit", [LEDGER_INPUT] = "input",
		[LEDGER_EARLY] = "early", [LEDGER_HOOK] = "hook",
	};

	return names[end];
}

void ledger_init(struct ledger *ledger)
{
	ledger->length = LEDGER_DEFAULT_LENGTH;
	ledger->ring = allocate_bytes(ledger->length * sizeof *ledger->ring);
	ledger->first = 1;
}

void ledger_fini(struct ledger *ledger)
{
	free(ledger->ring);
	free(ledger->owners);
}

bool ledger_set_length(struct clock *clock, unsigned length, struct err *err)
{
	struct ledger *ledger = &clock->ledger;
	struct ledger_entry *ring;

	if (!length || length > LEDGER_MAX_LENGTH)
		return err_set(err, "the ledger's length must be 1 to %d entries, not %u", LEDGER_MAX_LENGTH, length);
	ring = allocate_try_bytes(length * sizeof *ring);
	if (!ring)
		return err_set(err, "no memory for a ledger of %u entries", length);
	clock_lock(clock);
	ledger_close(clock);
	free(ledger->ring);
	ledger->ring = ring;
	ledger->length = length;
	ledger->first = ledger->last + 1;
	clock_unlock(clock);
	return true;
}

unsigned ledger_length(struct clock *clock)
{
	unsigned length;

	clock_lock(clock);
	length = clock->ledger.length;
	clock_unlock(clock);
	return length;
}

/* One character a core: r, p, w, d, l, c. */
static void ledger_write_reasons(FILE *stream, const struct ledger_entry *entry)
{
	for (unsigned core = 0; core < entry->cores; core++)
		fputc(ledger_reason_name(entry->reason[core])[0], stream);
}

static void ledger_write(struct ledger *ledger, const struct ledger_entry *entry)
{
	FILE *stream = ledger->stream;

	fprintf(stream, "%" PRIu64 ",%s,%" PRId64 ",%" PRId64 ",\"%s\",\"%s\",", entry->sequence,
		ledger_end_name(entry->end), entry->from, entry->to, entry->owner, entry->name);
	ledger_write_reasons(stream, entry);
	if (entry->end == LEDGER_HOOK)
		fprintf(stream, ",%s,%s\n", timer_event_name(entry->event), timer_action_name(entry->action));
	else
		fputs(",,\n", stream);
	if (ferror(stream) && !ledger->stream_error)
		ledger->stream_error = errno ? errno : EIO;
}

/* A place for the next entry, its common part filled in. */
static struct ledger_entry *ledger_new_entry(struct clock *clock)
{
	struct ledger *ledger = &clock->ledger;
	struct ledger_entry *entry = &ledger->ring[++ledger->last % ledger->length];

	if (ledger->last - ledger->first >= ledger->length)
		ledger->first++;
	entry->sequence = ledger->last;
	entry->cores = clock->ncores;
	memcpy(entry->reason, clock->reasons, sizeof entry->reason);
	return entry;
}

static void ledger_listen(const struct ledger *ledger, const struct ledger_entry *entry)
{
	if (ledger->listener)
		ledger->listener(ledger->listener_opaque, entry);
}

static void ledger_stream_entry(struct ledger *ledger, const struct ledger_entry *entry)
{
	if (ledger->stream)
		ledger_write(ledger, entry);
}

void ledger_make_room(struct ledger *ledger, unsigned owner)
{
	unsigned room = 2 * owner + 16;

	if (owner < ledger->owners_room)
		return;
	ledger->owners = allocate_again(ledger->owners, room * sizeof *ledger->owners);
	memset(ledger->owners + ledger->owners_room, 0, (room - ledger->owners_room) * sizeof *ledger->owners);
	ledger->owners_room = room;
}

/* Of several cores it may be more than there are ns: it stays at the most then. */
static int64_t ledger_core_time(unsigned cores, int64_t ns)
{
	int64_t product;

	return __builtin_mul_overflow((int64_t)cores, ns, &product) ? INT64_MAX : product;
}

/* Into the totals with sign 1, or out of them with -1: since then no core is idle for another reason. */
static void ledger_count_warp(struct clock *clock, const struct ledger_entry *entry, unsigned owner, int sign)
{
	struct ledger *ledger = &clock->ledger;
	int64_t ns = entry->to - entry->from;

	clock_count(&ledger->count, sign);
	clock_count(&ledger->ns, sign * ns);
	clock_count(&ledger->partial, sign * (entry->end == LEDGER_INPUT));
	clock_count(&ledger->early, sign * (entry->end == LEDGER_EARLY));
	ledger_make_room(ledger, owner);
	ledger->owners[owner].count += sign;
	ledger->owners[owner].ns += sign * ns;
	for (unsigned reason = 0; reason < WARP_REASONS; reason++) {
		int64_t sum = sign * ledger_core_time(clock->reason_cores[reason], ns);

		ledger->reason_count[reason] += sign * (int64_t)clock->reason_cores[reason];
		ledger->reason_ns[reason] = timer_add(ledger->reason_ns[reason], sum);
	}
}

static void ledger_enter(struct clock *clock, struct ledger_entry *entry, int64_t from, int64_t to,
			 struct clock_source source)
{
	struct ledger *ledger = &clock->ledger;
	int64_t longest = atomic_load_explicit(&ledger->longest, memory_order_relaxed);

	entry->end = source.end;
	entry->from = from;
	entry->to = to;
	entry->owner = names_text(&clock->names, source.owner);
	entry->name = source.name;
	ledger_count_warp(clock, entry, source.owner, 1);
	ledger->open = source.end == LEDGER_LIMIT;
	ledger->open_longest = longest;
	if (to - from > longest)
		atomic_store_explicit(&ledger->longest, to - from, memory_order_relaxed);
	if (!ledger->open)
		ledger_stream_entry(ledger, entry);
}

/* Takes the open entry out of the totals again. */
static struct ledger_entry *ledger_reopen(struct clock *clock)
{
	struct ledger *ledger = &clock->ledger;
	struct ledger_entry *entry = &ledger->ring[ledger->last % ledger->length];

	ledger_count_warp(clock, entry, CLOCK_OWNER_RUN, -1);
	atomic_store_explicit(&ledger->longest, ledger->open_longest, memory_order_relaxed);
	ledger->open = false;
	return entry;
}

void ledger_add_warp(struct clock *clock, int64_t from, int64_t to, struct clock_source source)
{
	struct ledger_entry *entry, stretch;
	int64_t begin = from;

	if (clock->ledger.open && clock->ledger.ring[clock->ledger.last % clock->ledger.length].to == from) {
		entry = ledger_reopen(clock);
		from = entry->from;
	} else {
		ledger_close(clock);
		entry = ledger_new_entry(clock);
	}
	ledger_enter(clock, entry, from, to, source);
	if (!clock->ledger.listener)
		return;
	stretch = *entry;
	stretch.from = begin;
	ledger_listen(&clock->ledger, &stretch);
}

void ledger_close(struct clock *clock)
{
	struct ledger *ledger = &clock->ledger;

	if (ledger->open)
		ledger_stream_entry(ledger, &ledger->ring[ledger->last % ledger->length]);
	ledger->open = false;
}

void ledger_close_as(struct clock *clock, struct clock_source source)
{
	struct ledger_entry *entry;

	if (!clock->ledger.open || clock->ledger.ring[clock->ledger.last % clock->ledger.length].to != clock_now(clock))
		return;
	entry = ledger_reopen(clock);
	ledger_enter(clock, entry, entry->from, entry->to, source);
}

void ledger_add_hook(struct clock *clock, const struct timer_request *request, enum timer_action action, int64_t to)
{
	struct ledger_entry *entry;

	ledger_close(clock);
	entry = ledger_new_entry(clock);
	entry->end = LEDGER_HOOK;
	entry->from = request->event == TIMER_CANCEL ? request->now : request->expiry;
	entry->to = to;
	entry->owner = request->owner;
	entry->name = request->name;
	entry->event = request->event;
	entry->action = action;
	clock_count(&clock->ledger.interventions, 1);
	ledger_listen(&clock->ledger, entry);
	ledger_stream_entry(&clock->ledger, entry);
}

bool ledger_read(struct clock *clock, uint64_t sequence, struct ledger_entry *entry)
{
	const struct ledger *ledger = &clock->ledger;
	bool found;

	clock_lock(clock);
	found = sequence >= ledger->first && sequence <= ledger->last;
	if (found)
		*entry = ledger->ring[sequence % ledger->length];
	clock_unlock(clock);
	return found;
}

uint64_t ledger_last(struct clock *clock)
{
	uint64_t last;

	clock_lock(clock);
	last = clock->ledger.last;
	clock_unlock(clock);
	return last;
}

uint64_t ledger_last_closed(struct clock *clock)
{
	uint64_t last;

	clock_lock(clock);
	last = clock->ledger.last - clock->ledger.open;
	clock_unlock(clock);
	return last;
}

void ledger_totals(struct clock *clock, struct ledger_totals *totals)
{
	const struct ledger *ledger = &clock->ledger;

	clock_lock(clock);
	*totals = (struct ledger_totals){
		.count = ledger->count,
		.ns = ledger->ns,
		.longest = ledger->longest,
		.partial = ledger->partial,
		.early = ledger->early,
		.needless = ledger->needless,
		.rearmed = ledger->rearmed,
		.notifies = ledger->notifies,
		.slept = ledger->slept,
		.interventions = ledger->interventions,
	};
	clock_unlock(clock);
}

size_t ledger_by_owner(struct clock *clock, struct ledger_share *shares, size_t room)
{
	const struct ledger *ledger = &clock->ledger;
	size_t count = 0;

	clock_lock(clock);
	for (unsigned owner = 0; owner < ledger->owners_room; owner++) {
		if (!ledger->owners[owner].count)
			continue;
		if (count < room)
			shares[count] = (struct ledger_share){
				names_text(&clock->names, owner), ledger->owners[owner].count, ledger->owners[owner].ns,
			};
		count++;
	}
	clock_unlock(clock);
	return count;
}

void ledger_by_reason(struct clock *clock, struct ledger_share *shares)
{
	const struct ledger *ledger = &clock->ledger;

	clock_lock(clock);
	for (unsigned reason = 0; reason < WARP_REASONS; reason++)
		shares[reason] = (struct ledger_share){
			ledger_reason_name(reason), ledger->reason_count[reason], ledger->reason_ns[reason],
		};
	clock_unlock(clock);
}

bool ledger_stream(struct clock *clock, const char *path, const char *comment, struct err *err)
{
	FILE *stream;

	if (!ledger_stream_stop(clock, err))
		return false;
	stream = fopen(path, "w");
	if (!stream)
		return err_set(err, "%s: cannot be written: %s", path, strerror(errno));
	setvbuf(stream, NULL, _IOFBF, 1 << 16);
	if (comment)
		fprintf(stream, "# %s\n", comment);
	fputs("sequence,end,from_ns,to_ns,owner,name,reasons,event,action\n", stream);
	clock_lock(clock);
	clock->ledger.stream = stream;
	clock->ledger.stream_path = allocate_text(path);
	clock->ledger.stream_error = 0;
	clock_unlock(clock);
	return true;
}

static void ledger_write_end(const struct clock *clock, FILE *stream)
{
	unsigned influences = clock_influences(clock);

	fputs(influences ? "# not deterministic:" : "# deterministic", stream);
	for (unsigned i = 0; i < CLOCK_INFLUENCES; i++)
		if (influences >> i & 1)
			fprintf(stream, " %s", clock_influence_name(1u << i));
	fputc('\n', stream);
}

bool ledger_stream_stop(struct clock *clock, struct err *err)
{
	FILE *stream;
	char *path;
	int error;

	clock_lock(clock);
	ledger_close(clock);
	stream = clock->ledger.stream;
	error = clock->ledger.stream_error;
	path = clock->ledger.stream_path;
	clock->ledger.stream = NULL;
	clock->ledger.stream_path = NULL;
	clock_unlock(clock);
	if (!stream)
		return true;
	ledger_write_end(clock, stream);
	if (fclose(stream) && !error)
		error = errno;
	if (error)
		err_set(err, "%s: could not be written: %s", path, strerror(error));
	free(path);
	return !error;
}

void ledger_set_listener(struct clock *clock, ledger_listener_fn *fn, void *opaque)
{
	clock_lock(clock);
	clock->ledger.listener = fn;
	clock->ledger.listener_opaque = opaque;
	clock_unlock(clock);
}

static int64_t ledger_read_counter(const void *opaque)
{
	return atomic_load_explicit((const _Atomic int64_t *)opaque, memory_order_relaxed);
}

/* Warped share of the virtual time so far. */
static int64_t ledger_read_share(const void *opaque)
{
	const struct clock *clock = opaque;
	int64_t now = clock_now(clock);

	return now ? (int64_t)((__int128)1000000 * ledger_read_counter(&clock->ledger.ns) / now) : 0;
}

void ledger_add_stats(struct clock *clock, struct stats *stats)
{
	struct ledger *l = &clock->ledger;
	const struct {
		const _Atomic int64_t *counter;
		const char *unit, *name, *description;
	} rows[] = {
		{ &l->count, "events", "count", "warps" },
		{ &l->ns, "ns", "total", "virtual time warped over" },
		{ &l->longest, "ns", "longest", "longest warp" },
		{ &l->partial, "events", "partial", "warps ended by an external input" },
		{ &l->early, "events", "early", "warps that the host ended before their deadline" },
		{ &l->needless, "events", "spurious", "firings of the warp timer with nothing due" },
		{ &l->rearmed, "events", "rearmed", "times the warp timer was moved earlier" },
		{ &l->notifies, "events", "notifies", "times the driving thread was told that a timer is due" },
		{ &l->slept, "host ns", "slept", "host time slept while all cores were idle" },
		{ &l->interventions, "events", "interventions",
		  "arms, cancels and firings delayed or dropped by hooks" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		stats_add(stats, rows[i].unit, rows[i].description, ledger_read_counter, rows[i].counter,
			  "warp.%s", rows[i].name);
	stats_add(stats, "ppm", "share of the virtual time that was warped over", ledger_read_share, clock,
		  "warp.share");
}
