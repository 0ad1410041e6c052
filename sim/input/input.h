/*
 * External inputs: console keys, network packets, commands from another
 * thread. They reach the guest between rounds, on the driving thread, each with
 * a virtual timestamp; that and their bytes are all that a replay needs to come
 * out bit-identical (VIRTUAL_TIME.md, 3 and 6).
 *
 * An input is delivered when no timer is due, and no core has run on past the
 * present (because another armed a timer for it in the middle of a round): at
 * (now, instructions retired) the guest is then in one definite state, and a
 * replay that ends a round there comes to the same one.
 */
#ifndef WARPCORE_INPUT_INPUT_H
#define WARPCORE_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/state.h"
#include "sim/time/clock.h"
#include "sim/input/input_log.h"

struct input;
struct input_port;

/* What an input log asks of the machine. */
struct input_machine {
	int64_t (*insns)(void *opaque);                   /* retired by all cores */
	void (*digest)(void *opaque, char digest[33]);    /* machine_digest */
	bool (*level)(void *opaque);                      /* no core is past the present; NULL: never */
	void *opaque;
};

struct input *input_create(struct clock *clock, struct input_machine machine);
/* Closes a recording without an end. Ports go with it. */
void input_destroy(struct input *input);

/* Takes what arrives at a port. Driving thread, between rounds. */
typedef void input_fn(void *opaque, const uint8_t *bytes, size_t count, int64_t now);
/* `name`: what receives it, as "/soc/serial@4500"; copied, unique. While the machine is built. */
struct input_port *input_add_port(struct input *input, const char *name, input_fn *fn, void *opaque);
/* NULL: none of that name. */
struct input_port *input_find_port(const struct input *input, const char *name);

/* Nothing is recorded or replayed. Driving thread. */
bool input_is_quiet(const struct input *input);
/* What waits to be delivered, by port. Not while something is recorded or replayed. Between runs. */
void input_visit_state(struct input *input, struct state_visitor *visitor);

/* Sends bytes (copied) to a port, and ends a warp. False: refused, a replay is running. Any thread. */
bool input_post(struct input_port *port, const void *bytes, size_t count);

/*
 * The same for what the run's own script sends: it is as repeatable as the script, and leaves no mark
 * (CLOCK_INPUT) on the run. Driving thread, or while the machine stands.
 */
bool input_post_scripted(struct input_port *port, const void *bytes, size_t count);

/*
 * Delivers what has come, or what the replay has for this moment. At each round
 * end and whenever warp_wait returns; it does nothing while a timer is due.
 * Cheap when there is nothing. False: the replay diverges, err says where.
 */
bool input_deliver(struct input *input, struct err *err);

/*
 * Writes what is delivered from now on to a file, and a digest of the machine
 * each `interval` virtual ns (0: none). Before the first run.
 */
bool input_record(struct input *input, const char *path, const struct input_manifest *manifest, int64_t interval,
		  struct err *err);
/*
 * Takes all input from a file until its last entry; then the world may speak
 * again. After all ports are there, before the first run.
 */
bool input_replay(struct input *input, const char *path, const struct input_manifest *manifest, struct err *err);
bool input_replaying(const struct input *input);

/*
 * The guest reads a file of the host: what it contains, by its SHA-256 in hex or "none" where there is none, goes
 * into a recording, and must be the same in a replay. Once for each name. Driving thread. False: it is another file.
 */
bool input_note_file(struct input *input, const char *name, const char *sha256, struct err *err);

/*
 * The run is over: closes a recording with a digest of the end, or sees whether
 * a replay has come to the end of its file and to the same state. False: no.
 */
bool input_finish(struct input *input, struct err *err);

#endif
