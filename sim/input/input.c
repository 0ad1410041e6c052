#include "sim/input/input.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/warp.h"

struct input_port {
	struct input *input;
	struct input_port *next;
	char *name;
	input_fn *fn;
	void *opaque;
};

/* One input_post, waiting for its delivery. */
struct input_message {
	struct input_message *next;
	struct input_port *port;
	bool scripted; /* by input_post_scripted */
	size_t count;
	uint8_t bytes[];
};

struct input {
	struct clock *clock;
	struct input_machine machine;
	struct input_port *ports;

	pthread_mutex_t lock; /* the queue */
	struct input_message *first, **last;
	_Atomic bool waiting;   /* the queue is not empty */
	_Atomic bool replaying;

	/* The driving thread's. */
	int64_t next_event; /* virtual time at which the log wants attention, or CLOCK_NO_DEADLINE */
	FILE *record;
	int record_error; /* errno of the first write that failed, or 0 */
	char *path;
	int64_t interval;
	struct input_log log; /* of a replay */
	size_t next_entry;
};

struct input *input_create(struct clock *clock, struct input_machine machine)
{
	struct input *input = allocate_zeroed(1, sizeof *input);

	input->clock = clock;
	input->machine = machine;
	input->last = &input->first;
	input->next_event = CLOCK_NO_DEADLINE;
	pthread_mutex_init(&input->lock, NULL);
	return input;
}

static void input_drop_queue(struct input *input)
{
	struct input_message *message, *next;

	for (message = input->first; message; message = next) {
		next = message->next;
		free(message);
	}
}

void input_destroy(struct input *input)
{
	struct input_port *port, *next;

	if (!input)
		return;
	input_drop_queue(input);
	for (port = input->ports; port; port = next) {
		next = port->next;
		free(port->name);
		free(port);
	}
	if (input->record)
		fclose(input->record);
	free(input->path);
	input_log_free(&input->log);
	pthread_mutex_destroy(&input->lock);
	free(input);
}

struct input_port *input_add_port(struct input *input, const char *name, input_fn *fn, void *opaque)
{
	struct input_port *port = allocate_bytes(sizeof *port);

	*port = (struct input_port){ input, input->ports, allocate_text(name), fn, opaque };
	input->ports = port;
	return port;
}

struct input_port *input_find_port(const struct input *input, const char *name)
{
	for (struct input_port *port = input->ports; port; port = port->next)
		if (!strcmp(port->name, name))
			return port;
	return NULL;
}

static bool input_queue(struct input_port *port, const void *bytes, size_t count, bool scripted)
{
	struct input *input = port->input;
	struct input_message *message;

	if (atomic_load(&input->replaying))
		return false;
	message = allocate_bytes(sizeof *message + count);
	*message = (struct input_message){ .port = port, .scripted = scripted, .count = count };
	if (count)
		memcpy(message->bytes, bytes, count);
	pthread_mutex_lock(&input->lock);
	*input->last = message;
	input->last = &message->next;
	atomic_store(&input->waiting, true);
	pthread_mutex_unlock(&input->lock);
	warp_input(input->clock, port->name);
	return true;
}

bool input_post(struct input_port *port, const void *bytes, size_t count)
{
	return input_queue(port, bytes, count, false);
}

bool input_post_scripted(struct input_port *port, const void *bytes, size_t count)
{
	return input_queue(port, bytes, count, true);
}

/* The first message of the queue, or NULL. */
static struct input_message *input_take(struct input *input)
{
	struct input_message *message;

	pthread_mutex_lock(&input->lock);
	message = input->first;
	if (message)
		input->first = message->next;
	if (!input->first)
		input->last = &input->first;
	atomic_store(&input->waiting, input->first != NULL);
	pthread_mutex_unlock(&input->lock);
	return message;
}

static int64_t input_insns(struct input *input)
{
	return input->machine.insns(input->machine.opaque);
}

/* A digest entry, or the last one, in a recording. */
/* At once: a recording is wanted most when what follows crashes. */
static bool input_flush_record(struct input *input)
{
	if (fflush(input->record) && !input->record_error)
		input->record_error = errno;
	return !input->record_error;
}

static void input_record_entry(struct input *input, const struct input_entry *entry)
{
	input_log_write(input->record, entry);
	input_flush_record(input);
}

static void input_write_digest(struct input *input, enum input_kind kind)
{
	struct input_entry entry = { .kind = kind, .now = clock_now(input->clock), .insns = input_insns(input) };

	input->machine.digest(input->machine.opaque, entry.digest);
	input_record_entry(input, &entry);
}

static void input_write_message(struct input *input, struct input_message *message)
{
	struct input_entry entry = {
		.kind = INPUT_BYTES,
		.now = clock_now(input->clock),
		.insns = input_insns(input),
		.port = message->port->name,
		.bytes = message->bytes,
		.count = message->count,
	};

	input_record_entry(input, &entry);
}

/* Delivers live input until a timer is due, which goes first. */
static void input_deliver_queue(struct input *input)
{
	struct input_message *message;
	int64_t now = clock_now(input->clock);

	while (clock_deadline(input->clock) > now && (message = input_take(input))) {
		if (input->record)
			input_write_message(input, message);
		else if (!message->scripted)
			clock_note_influence(input->clock, CLOCK_INPUT);
		message->port->fn(message->port->opaque, message->bytes, message->count, now);
		free(message);
	}
}

static void input_record_interval(struct input *input)
{
	int64_t now = clock_now(input->clock);

	if (now < input->next_event || clock_deadline(input->clock) <= now)
		return;
	input_write_digest(input, INPUT_DIGEST);
	input->next_event = timer_add(now, input->interval);
}

/* Makes the next entry of the replay the next event; behind the last one the replay is over. */
static void input_expect(struct input *input)
{
	if (input->next_entry == input->log.count) {
		input->next_event = CLOCK_NO_DEADLINE;
		warp_await(input->clock, CLOCK_NO_DEADLINE);
		atomic_store(&input->replaying, false);
		return;
	}
	input->next_event = input->log.entries[input->next_entry].now;
	/* The end need not be a round's: nothing may be different for its sake. */
	warp_await(input->clock, input->log.entries[input->next_entry].kind == INPUT_END ? CLOCK_NO_DEADLINE :
											   input->next_event);
}

static bool input_diverged(struct input *input, const struct input_entry *entry, const char *what, struct err *err)
{
	return err_set(err,
		       "%s:%u: the replay diverges: recorded at %" PRId64 " ns after %" PRId64
		       " instructions, here it is %" PRId64 " ns after %" PRId64 "%s",
		       input->path, entry->line, entry->now, entry->insns, clock_now(input->clock), input_insns(input),
		       what);
}

/* The entry's moment is now. */
static bool input_replay_entry(struct input *input, const struct input_entry *entry, struct err *err)
{
	struct input_port *port;
	char digest[33];

	if (entry->kind == INPUT_BYTES) {
		port = input_find_port(input, entry->port);
		warp_note_input(input->clock, port->name);
		port->fn(port->opaque, entry->bytes, entry->count, entry->now);
		return true;
	}
	input->machine.digest(input->machine.opaque, digest);
	return !strcmp(digest, entry->digest) || input_diverged(input, entry, ", in another state (digest)", err);
}

static int input_compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Where the guest stands relative to the entry: before it (-1), there (0), past it (1). */
static int input_progress(struct input *input, const struct input_entry *entry)
{
	int by_time = input_compare(clock_now(input->clock), entry->now);

	/* There may be more than one round end at one ns. */
	return by_time ? by_time : input_compare(input_insns(input), entry->insns);
}

static bool input_deliver_replay(struct input *input, struct err *err)
{
	while (clock_now(input->clock) >= input->next_event && clock_deadline(input->clock) > input->next_event) {
		const struct input_entry *entry = &input->log.entries[input->next_entry];
		int progress = input_progress(input, entry);

		if (progress < 0)
			return true;
		/* A run may go on behind the end of the recording, which need not be a round end. */
		if (progress > 0 && entry->kind != INPUT_END)
			return input_diverged(input, entry, "", err);
		if (progress == 0 && !input_replay_entry(input, entry, err))
			return false;
		input->next_entry++;
		input_expect(input);
	}
	return true;
}

static bool input_is_level(const struct input *input)
{
	return !input->machine.level || input->machine.level(input->machine.opaque);
}

bool input_deliver(struct input *input, struct err *err)
{
	bool waiting = atomic_load_explicit(&input->waiting, memory_order_relaxed);

	if ((!waiting && input->next_event > clock_now(input->clock)) || !input_is_level(input))
		return true;
	if (waiting)
		input_deliver_queue(input);
	if (input->next_event > clock_now(input->clock))
		return true;
	if (atomic_load_explicit(&input->replaying, memory_order_relaxed))
		return input_deliver_replay(input, err);
	input_record_interval(input);
	return true;
}

bool input_record(struct input *input, const char *path, const struct input_manifest *manifest, int64_t interval,
		  struct err *err)
{
	if (input->path)
		return err_set(err, "%s: a run is recorded or replayed once; %s is in use", path, input->path);
	input->record = fopen(path, "w");
	if (!input->record)
		return err_set(err, "%s: cannot be written: %s", path, strerror(errno));
	input->path = allocate_text(path);
	input_log_write_head(input->record, manifest);
	if (!input_flush_record(input))
		return err_set(err, "%s: cannot be written: %s", path, strerror(input->record_error));
	input->interval = interval;
	if (interval > 0)
		input->next_event = timer_add(clock_now(input->clock), interval);
	return true;
}

static bool input_same(const char *path, const char *what, const char *recorded, const char *here, struct err *err)
{
	return !strcmp(recorded, here) ||
	       err_set(err, "%s: recorded with another %s: %s, here it is %s", path, what, recorded, here);
}

static bool input_check_log(struct input *input, const char *path, const struct input_manifest *manifest,
			    struct err *err)
{
	const struct input_log *log = &input->log;

	if (!input_same(path, "version of Warpcore", log->version, manifest->version, err) ||
	    !input_same(path, "board", log->board, manifest->board, err) ||
	    !input_same(path, "set of options", log->options, manifest->options, err))
		return false;
	for (size_t i = 0; i < log->count; i++) {
		const struct input_entry *entry = &log->entries[i];

		if (entry->kind == INPUT_BYTES && !input_find_port(input, entry->port))
			return err_set(err, "%s:%u: this machine has no input \"%s\"", path, entry->line, entry->port);
	}
	return true;
}

bool input_replay(struct input *input, const char *path, const struct input_manifest *manifest, struct err *err)
{
	if (input->path)
		return err_set(err, "%s: a run is recorded or replayed once; %s is in use", path, input->path);
	if (!input_log_read(&input->log, path, err))
		return false;
	if (!input_check_log(input, path, manifest, err)) {
		input_log_free(&input->log);
		return false;
	}
	input->path = allocate_text(path);
	atomic_store(&input->replaying, true);
	input_expect(input);
	return true;
}

bool input_replaying(const struct input *input)
{
	return atomic_load(&input->replaying);
}

static const struct input_entry *input_find_file(const struct input *input, const char *name)
{
	for (size_t i = 0; i < input->log.nfiles; i++)
		if (!strcmp(input->log.files[i].port, name))
			return &input->log.files[i];
	return NULL;
}

static void input_write_file(struct input *input, const char *name, const char *sha256)
{
	struct input_entry entry = { .kind = INPUT_FILE, .port = (char *)name, .now = clock_now(input->clock),
				     .insns = input_insns(input) };

	snprintf(entry.digest, sizeof entry.digest, "%s", sha256);
	input_record_entry(input, &entry);
}

bool input_note_file(struct input *input, const char *name, const char *sha256, struct err *err)
{
	const struct input_entry *entry = input_find_file(input, name);

	if (input->record)
		input_write_file(input, name, sha256);
	if (entry && strcmp(entry->digest, sha256))
		return err_set(
			err, "%s:%u: the replay diverges: the file \"%s\" was recorded with SHA-256 %s, here it is %s",
			input->path, entry->line, name, entry->digest, sha256);
	if (!entry && input_replaying(input))
		return err_set(
			err, "%s: the replay diverges: the guest asks for the file \"%s\", in the recording it did not",
			input->path, name);
	return true;
}

static bool input_close_record(struct input *input, struct err *err)
{
	input_write_digest(input, INPUT_END);
	if (fclose(input->record) && !input->record_error)
		input->record_error = errno;
	input->record = NULL;
	input->next_event = CLOCK_NO_DEADLINE;
	return !input->record_error ||
	       err_set(err, "%s: could not be written: %s", input->path, strerror(input->record_error));
}

bool input_finish(struct input *input, struct err *err)
{
	const struct input_entry *entry;

	if (input->record)
		return input_close_record(input, err);
	if (!input_replaying(input))
		return true;
	entry = &input->log.entries[input->next_entry];
	if (input_progress(input, entry) || entry->kind != INPUT_END)
		return input_diverged(input, entry, ", where the run ends", err);
	return input_replay_entry(input, entry, err);
}

bool input_is_quiet(const struct input *input)
{
	return !input->record && !atomic_load(&input->replaying);
}

static void input_visit_message(struct state_visitor *v, struct input_message *message)
{
	char name[256] = "";
	uint32_t length = (uint32_t)strlen(message->port->name);

	state_u32(v, "length", &length);
	if (!state_at_most(v, "length of a port's name", length, sizeof name - 1))
		return;
	memcpy(name, message->port->name, length);
	v->bytes(v, "port", name, length);
	state_bool(v, "scripted", &message->scripted);
	v->bytes(v, "bytes", message->bytes, message->count);
}

static void input_restore_message(struct input *input, struct state_visitor *v, uint64_t count)
{
	char name[256] = "";
	uint32_t length = 0;
	struct input_message *message = NULL;
	struct input_port *port;

	state_u32(v, "length", &length);
	if (length < sizeof name)
		v->bytes(v, "port", name, length);
	port = input_find_port(input, name);
	if (v->failed || !port || count > 1 << 24) {
		state_refuse(v, "the saved state has input for a port that this machine has not");
		return;
	}
	message = allocate_bytes(sizeof *message + count);
	*message = (struct input_message){ .port = port, .count = count };
	state_bool(v, "scripted", &message->scripted);
	v->bytes(v, "bytes", message->bytes, count);
	*input->last = message;
	input->last = &message->next;
}

void input_visit_state(struct input *input, struct state_visitor *visitor)
{
	uint64_t end = UINT64_MAX, count = end; /* of a message's bytes; or no more messages */

	state_group(visitor, "input", 1);
	pthread_mutex_lock(&input->lock);
	if (visitor->restores) {
		input_drop_queue(input);
		input->first = NULL;
		input->last = &input->first;
		for (state_u64(visitor, "count", &count); count != end && !visitor->failed;) {
			input_restore_message(input, visitor, count);
			count = end;
			state_u64(visitor, "count", &count);
		}
		atomic_store(&input->waiting, input->first != NULL);
	} else {
		for (struct input_message *message = input->first; message; message = message->next) {
			count = message->count;
			state_u64(visitor, "count", &count);
			input_visit_message(visitor, message);
		}
		state_u64(visitor, "count", &end);
	}
	pthread_mutex_unlock(&input->lock);
}
