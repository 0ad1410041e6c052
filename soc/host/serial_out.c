#include "soc/host/serial_out.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/allocate.h"
#include "sim/machine/machine.h"

#define SERIAL_OUT_ROOM      65536 /* bytes that wait before the guest does */
#define SERIAL_OUT_LOOK      20    /* ms: how often a guest that waits looks whether its run is to end */
#define SERIAL_OUT_LAST_WAIT 2000  /* ms without a byte taken, after which the end of a run waits no longer */

struct serial_out {
	struct machine *machine;
	char *name;
	pthread_mutex_t lock; /* guards all below */
	FILE *file;
	bool each_byte;
	int error; /* errno of the first write that failed */
	bool told; /* the error has become the user's */
	int fd;
	bool present;
	uint8_t *bytes; /* a ring of SERIAL_OUT_ROOM, and more when a run ends while it is full */
	size_t room, first, count;
};

struct serial_out *serial_out_create(struct machine *machine, const char *name)
{
	struct serial_out *out = allocate_zeroed(1, sizeof *out);

	out->machine = machine;
	out->name = allocate_text(name);
	out->fd = -1;
	pthread_mutex_init(&out->lock, NULL);
	return out;
}

void serial_out_destroy(struct serial_out *out)
{
	if (!out)
		return;
	pthread_mutex_destroy(&out->lock);
	free(out->bytes);
	free(out->name);
	free(out);
}

void serial_out_set_file(struct serial_out *out, FILE *file, bool each_byte)
{
	out->file = file;
	out->each_byte = each_byte;
}

void serial_out_set_reader(struct serial_out *out, int fd, bool present)
{
	pthread_mutex_lock(&out->lock);
	out->fd = fd;
	out->present = present;
	if (!present)
		out->count = 0;
	pthread_mutex_unlock(&out->lock);
}

static bool serial_out_say(const struct serial_out *out, struct err *err)
{
	return err_set(err, "%s: %s", out->name, strerror(out->error));
}

/* ---- Files ---- */

static void serial_out_fail(struct serial_out *out)
{
	struct err err;

	out->error = errno ? errno : EIO;
	serial_out_say(out, &err);
	machine_stop(out->machine, MACHINE_ERROR, -1, err.text);
}

static void serial_out_write_file(struct serial_out *out, uint8_t byte)
{
	if (out->error)
		return;
	errno = 0;
	if (putc(byte, out->file) == EOF || ((out->each_byte || byte == '\n') && fflush(out->file)))
		serial_out_fail(out);
}

/* ---- Readers ---- */

static void serial_out_push(struct serial_out *out, uint8_t byte)
{
	if (out->count == out->room) {
		size_t room = out->room ? 2 * out->room : SERIAL_OUT_ROOM;
		uint8_t *bytes = allocate_bytes(room);

		for (size_t i = 0; i < out->count; i++)
			bytes[i] = out->bytes[(out->first + i) % out->room];
		free(out->bytes);
		out->bytes = bytes;
		out->first = 0;
		out->room = room;
	}
	out->bytes[(out->first + out->count++) % out->room] = byte;
}

/* A client that has gone away is no signal. */
static ssize_t serial_out_send(int fd, const void *bytes, size_t size)
{
	ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

	return sent < 0 && errno == ENOTSOCK ? write(fd, bytes, size) : sent;
}

/* A pseudo terminal may have been opened a moment ago. */
static bool serial_out_has_reader(struct serial_out *out)
{
	struct pollfd fd = { out->fd, 0, 0 };

	out->present = out->present || (poll(&fd, 1, 0) >= 0 && !(fd.revents & (POLLHUP | POLLERR)));
	return out->present;
}

/* Under the lock. True: the reader took something, or there is none any more. */
static bool serial_out_try(struct serial_out *out)
{
	bool moved = false;

	while (out->count && out->fd >= 0) {
		size_t chunk = out->room - out->first < out->count ? out->room - out->first : out->count;
		ssize_t sent = serial_out_send(out->fd, out->bytes + out->first, chunk);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0 && errno == EAGAIN && serial_out_has_reader(out))
			return moved;
		/* Gone, or never there: what it would have read has nowhere to go. */
		sent = sent > 0 ? sent : (ssize_t)out->count;
		out->count -= (size_t)sent;
		out->first = (out->first + (size_t)sent) % out->room;
		moved = true;
	}
	return moved;
}

/* False: it took nothing for so long. */
static bool serial_out_wait(struct serial_out *out, int ms)
{
	struct pollfd fd = { out->fd, POLLOUT, 0 };

	pthread_mutex_unlock(&out->lock);
	poll(&fd, 1, ms);
	pthread_mutex_lock(&out->lock);
	return serial_out_try(out);
}

static void serial_out_write_reader(struct serial_out *out, uint8_t byte)
{
	if (out->fd < 0)
		return;
	serial_out_push(out, byte);
	if (out->count == 1 || out->count >= SERIAL_OUT_ROOM)
		serial_out_try(out);
	while (out->count >= SERIAL_OUT_ROOM && !machine_must_stop(out->machine))
		serial_out_wait(out, SERIAL_OUT_LOOK);
}

bool serial_out_write(struct serial_out *out, uint8_t byte)
{
	bool waits;

	pthread_mutex_lock(&out->lock);
	if (out->file)
		serial_out_write_file(out, byte);
	else
		serial_out_write_reader(out, byte);
	waits = out->count == 1; /* who drains it goes on until it is empty */
	pthread_mutex_unlock(&out->lock);
	return waits;
}

int serial_out_waiting(struct serial_out *out)
{
	int fd;

	pthread_mutex_lock(&out->lock);
	fd = out->count ? out->fd : -1;
	pthread_mutex_unlock(&out->lock);
	return fd;
}

void serial_out_drain(struct serial_out *out)
{
	pthread_mutex_lock(&out->lock);
	serial_out_try(out);
	pthread_mutex_unlock(&out->lock);
}

bool serial_out_finish(struct serial_out *out, struct err *err)
{
	bool lost;

	pthread_mutex_lock(&out->lock);
	if (out->file && !out->error && fflush(out->file))
		out->error = errno;
	while (out->count && out->fd >= 0)
		if (!serial_out_wait(out, SERIAL_OUT_LAST_WAIT)) {
			out->error = ETIMEDOUT;
			out->count = 0;
		}
	lost = out->error && !out->told;
	out->told = out->told || lost;
	pthread_mutex_unlock(&out->lock);
	return !lost || serial_out_say(out, err);
}
