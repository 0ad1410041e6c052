#define _GNU_SOURCE /* posix_openpt, ptsname_r */
#include "soc/host/serial_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "sim/base/allocate.h"
#include "sim/time/warp.h"
#include "soc/host/serial_out.h"

#define SERIAL_HOST_LOOK 50 /* ms: how often it looks whether somebody has opened the pseudo terminal */

struct serial_host {
	struct machine *machine;
	struct input_port *port;
	struct serial_out *out;
	pid_t process; /* that opened it */
	FILE *file;    /* stdio, file */
	int in;        /* to read from, or -1 */
	int listener;  /* tcp, or -1 */
	bool pty;
	bool present; /* pty: somebody has it open */
	int wake[2];  /* a byte: output waits; closing it ends the thread */
	bool threaded;
	bool raw; /* the terminal's mode was changed */
	struct termios saved;
	pthread_t thread;
	char name[64];
};

/* ---- Reading ---- */

/* The world has nothing more to say: a guest that waits for it has come to its end. */
static void serial_host_end_input(struct serial_host *host)
{
	atomic_fetch_sub(&host->machine->listeners, 1);
	warp_kick(host->machine->clock);
}

static bool serial_host_read(struct serial_host *host, int fd)
{
	char bytes[256];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n > 0)
		input_post(host->port, bytes, (size_t)n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* The client is gone, or there was none: takes the next one. */
static void serial_host_accept(struct serial_host *host)
{
	int fd = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	host->in = fd;
	serial_out_set_reader(host->out, fd, true);
}

static void serial_host_hang_up(struct serial_host *host)
{
	int fd = host->in;

	host->in = -1;
	if (host->listener < 0) {
		serial_host_end_input(host);
		return;
	}
	serial_out_set_reader(host->out, -1, false);
	close(fd);
}

/* A pseudo terminal says that it is hung up as long as nobody has it open; it cannot be waited for. */
static void serial_host_look_at_pty(struct serial_host *host)
{
	struct pollfd fd = { host->in, 0, 0 };
	bool present = poll(&fd, 1, 0) >= 0 && !(fd.revents & POLLHUP);

	if (present != host->present)
		serial_out_set_reader(host->out, host->in, present);
	host->present = present;
}

/* False: the run has no more use for the thread. */
static bool serial_host_is_woken(struct serial_host *host)
{
	char bytes[64];

	return read(host->wake[0], bytes, sizeof bytes) > 0;
}

static void *serial_host_main(void *opaque)
{
	struct serial_host *host = opaque;

	for (;;) {
		bool absent = host->pty && !host->present;
		struct pollfd fds[4] = {
			{ host->wake[0], POLLIN, 0 },
			{ absent ? -1 : host->in, POLLIN, 0 },
			{ host->in < 0 ? host->listener : -1, POLLIN, 0 },
			{ absent ? -1 : serial_out_waiting(host->out), POLLOUT, 0 },
		};

		if (poll(fds, 4, absent ? SERIAL_HOST_LOOK : -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[0].revents && !serial_host_is_woken(host))
			return NULL;
		if (fds[3].revents)
			serial_out_drain(host->out);
		if (host->pty)
			serial_host_look_at_pty(host);
		else if (fds[1].revents && !serial_host_read(host, host->in))
			serial_host_hang_up(host);
		if (host->pty && host->present && (fds[1].revents & POLLIN))
			serial_host_read(host, host->in);
		if (fds[2].revents)
			serial_host_accept(host);
		if (host->in < 0 && host->listener < 0)
			return NULL;
	}
}

static bool serial_host_start(struct serial_host *host, struct err *err)
{
	sigset_t all, before;

	if (pipe2(host->wake, O_CLOEXEC | O_NONBLOCK))
		return err_set(err, "serial: %s", strerror(errno));
	atomic_fetch_add(&host->machine->listeners, 1);
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	host->threaded = !pthread_create(&host->thread, NULL, serial_host_main, host);
	if (host->file)
		serial_out_set_file(host->out, host->file, host->threaded); /* somebody may be waiting for it */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (host->threaded)
		return true;
	atomic_fetch_sub(&host->machine->listeners, 1);
	return err_set(err, "serial: this host has no room for one more thread");
}

/* ---- Writing ---- */

void serial_host_write(struct serial_host *host, uint8_t byte)
{
	char wake = 0;

	if (host->process != getpid())
		return;
	if (serial_out_write(host->out, byte) && host->threaded)
		(void)!write(host->wake[1], &wake, 1);
}

bool serial_host_finish(struct serial_host *host, struct err *err)
{
	return host->process != getpid() || serial_out_finish(host->out, err);
}

/* ---- Opening ---- */

static void serial_host_close_fd(int fd)
{
	if (fd > STDERR_FILENO)
		close(fd);
}

/* A terminal sends each key at once and shows none itself; Ctrl-C stays what it is. */
static void serial_host_set_raw(struct serial_host *host)
{
	struct termios mode;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &host->saved))
		return;
	mode = host->saved;
	mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	mode.c_iflag &= ~(tcflag_t)ICRNL;
	host->raw = !tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

static bool serial_host_open_stdio(struct serial_host *host, bool use_stdin)
{
	host->file = stdout;
	serial_out_set_file(host->out, stdout, false);
	if (!use_stdin)
		return true;
	serial_host_set_raw(host);
	host->in = STDIN_FILENO;
	return true;
}

static bool serial_host_open_file(struct serial_host *host, const char *name, struct err *err)
{
	host->file = fopen(name, "wbe");
	if (!host->file)
		return err_set(err, "%s: %s", name, strerror(errno));
	serial_out_set_file(host->out, host->file, false);
	return true;
}

static bool serial_host_open_pty(struct serial_host *host, struct err *err)
{
	struct termios mode;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), slave;

	if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, host->name, sizeof host->name)) {
		if (master >= 0)
			close(master);
		return err_set(err, "serial \"pty\": %s", strerror(errno));
	}
	host->in = master;
	host->pty = true;
	serial_out_set_reader(host->out, master, false);
	slave = open(host->name, O_RDWR | O_NOCTTY | O_CLOEXEC); /* opened once, it is hung up until somebody comes */
	if (slave >= 0 && !tcgetattr(slave, &mode)) {
		cfmakeraw(&mode);
		tcsetattr(slave, TCSANOW, &mode);
	}
	serial_host_close_fd(slave);
	return true;
}

static bool serial_host_open_tcp(struct serial_host *host, const char *port, struct err *err)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	char *end;
	long number = strtol(port, &end, 10);
	int fd, on = 1;

	if (end == port || *end || number < 0 || number > 65535)
		return err_set(err, "serial \"tcp:%s\": a port from 0 (any) to 65535 is expected", port);
	address.sin_port = htons((uint16_t)number);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, "serial \"tcp:%s\": %s", port, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&address, &length)) {
		err_set(err, "serial \"tcp:%s\": %s", port, strerror(errno));
		close(fd);
		return false;
	}
	host->listener = fd;
	snprintf(host->name, sizeof host->name, "127.0.0.1:%u", ntohs(address.sin_port));
	return true;
}

static bool serial_host_open_kind(struct serial_host *host, const char *spec, bool use_stdin, struct err *err)
{
	if (!strcmp(spec, "stdio"))
		return serial_host_open_stdio(host, use_stdin);
	if (!strncmp(spec, "file:", 5))
		return serial_host_open_file(host, spec + 5, err);
	if (!strcmp(spec, "pty"))
		return serial_host_open_pty(host, err);
	if (!strncmp(spec, "tcp:", 4))
		return serial_host_open_tcp(host, spec + 4, err);
	return err_set(err, "serial \"%s\" is unknown; there are stdio, file:NAME, pty and tcp:PORT", spec);
}

/* What errors of its output call it. */
static const char *serial_host_label(const char *spec)
{
	if (!strncmp(spec, "file:", 5))
		return spec + 5;
	return strcmp(spec, "stdio") ? spec : "standard output";
}

struct serial_host *serial_host_open(const char *spec, bool use_stdin, struct machine *machine, struct input_port *port,
				     struct err *err)
{
	struct serial_host *host = allocate_bytes(sizeof *host);

	*host = (struct serial_host){
		.machine = machine,
		.port = port,
		.in = -1,
		.listener = -1,
		.wake = { -1, -1 },
	};
	host->process = getpid();
	host->out = serial_out_create(machine, serial_host_label(spec));
	if (!serial_host_open_kind(host, spec, use_stdin, err)) {
		serial_host_close(host);
		return NULL;
	}
	if ((host->in < 0 && host->listener < 0) || serial_host_start(host, err))
		return host;
	serial_host_close(host);
	return NULL;
}

void serial_host_close(struct serial_host *host)
{
	if (!host || host->process != getpid())
		return; /* a copy of the process has neither the thread nor a say in what is written */
	serial_host_close_fd(host->wake[1]);
	if (host->threaded)
		pthread_join(host->thread, NULL);
	serial_host_close_fd(host->wake[0]);
	serial_host_close_fd(host->in);
	serial_host_close_fd(host->listener);
	if (host->raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &host->saved);
	if (host->file == stdout)
		fflush(stdout);
	else if (host->file)
		fclose(host->file);
	serial_out_destroy(host->out);
	free(host);
}

const char *serial_host_name(const struct serial_host *host)
{
	return host->name;
}
