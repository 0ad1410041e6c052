#include "soc/host/net_host.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <slirp/libslirp.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"
#include "sim/time/warp.h"

#define NET_HOST_IN_FLIGHT 1024 /* frames that were posted and have not arrived; more are lost */
#define NET_HOST_SOCKETS 256    /* at a time: a guest must not use up what this process may open */
#define NET_HOST_LOOK 100       /* host ms between looks at whether an answer is still waited for */

struct net_host {
	pid_t process; /* that opened it */
	struct machine *machine;
	struct input_port *port;
	Slirp *slirp;
	SlirpCb callbacks;
	_Atomic unsigned in_flight;
	unsigned nforwards;

	/* Guarded by the lock. */
	bool expecting;       /* between warp_expect_begin and _end */
	unsigned asked;       /* datagrams of the guest that nobody has answered yet */
	int64_t asked_at;     /* virtual time of the last of them */
	unsigned connections; /* that libslirp waits for: counted by net_host_add */
	int sockets;          /* that libslirp opened for the guest */

	/* The thread's. */
	pthread_t thread;
	bool threaded;
	int wake; /* an eventfd: something has changed */
	_Atomic bool closing;
	struct pollfd *fds; /* the first is `wake` */
	unsigned nfds, room;
};

/*
 * libslirp keeps its time, and the address of the name server, in global variables: one call of it at a time in a
 * process, each behind one that sets the time (net_host_look).
 */
static pthread_mutex_t net_host_mutex = PTHREAD_MUTEX_INITIALIZER;

static void net_host_lock(void)
{
	pthread_mutex_lock(&net_host_mutex);
}

static void net_host_unlock(void)
{
	pthread_mutex_unlock(&net_host_mutex);
}

/* The copies of this process that sweeps make find the lock free. */
static void net_host_prepare_forks(void)
{
	pthread_atfork(net_host_lock, net_host_unlock, net_host_unlock);
}

/* ---- Whether the outside may speak ---- */

static bool net_host_is_ip(const uint8_t *frame, size_t size)
{
	return size >= 34 && be16_load(frame + 12) == 0x0800;
}

static bool net_host_is_fragment(const uint8_t *frame, size_t size)
{
	return net_host_is_ip(frame, size) && be16_load(frame + 20) & 0x3fff; /* more of them, or an offset */
}

static bool net_host_is_datagram(const uint8_t *frame, size_t size)
{
	return net_host_is_ip(frame, size) && (frame[23] == IPPROTO_ICMP || frame[23] == IPPROTO_UDP);
}

/* libslirp may open a socket for it. */
static bool net_host_is_first(const uint8_t *frame, size_t size)
{
	size_t tcp;

	if (!net_host_is_ip(frame, size) || frame[23] != IPPROTO_TCP)
		return net_host_is_datagram(frame, size);
	tcp = 14 + 4 * (size_t)(frame[14] & 15);
	return size < tcp + 14 || (frame[tcp + 13] & 0x12) == 0x02; /* SYN without ACK */
}

static void net_host_expect(struct net_host *host, bool expecting)
{
	if (expecting == host->expecting)
		return;
	host->expecting = expecting;
	if (expecting)
		warp_expect_begin(host->machine->clock);
	else
		warp_expect_end(host->machine->clock);
}

static bool net_host_waits_for_answer(struct net_host *host)
{
	if (host->asked && warp_present(host->machine->clock) - host->asked_at >= NET_HOST_PATIENCE)
		host->asked = 0;
	return host->asked > 0;
}

/* A stream that is connected or connecting: no forward that waits for a client, no datagrams. */
static bool net_host_is_connection(int fd)
{
	socklen_t length = sizeof(int);
	int type = 0, listens = 0;

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
	getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
	return type == SOCK_STREAM && !listens;
}

/* ---- What libslirp calls ---- */

static ssize_t net_host_send_packet(const void *frame, size_t size, void *opaque)
{
	struct net_host *host = opaque;

	if (host->asked && net_host_is_datagram(frame, size))
		host->asked--;
	if (atomic_load(&host->in_flight) < NET_HOST_IN_FLIGHT) {
		atomic_fetch_add(&host->in_flight, 1);
		input_post(host->port, frame, size);
	}
	return (ssize_t)size;
}

static void net_host_guest_error(const char *text, void *opaque)
{
	struct net_host *host = opaque;

	log_write(&host->machine->log, LOG_GUEST_ERROR, "net: %s", text);
}

static int64_t net_host_clock(void *opaque)
{
	return warp_present(((struct net_host *)opaque)->machine->clock);
}

/* What to wait for net_host_fill asks anew each time; these only count. */
static void net_host_register(int fd, void *opaque)
{
	((struct net_host *)opaque)->sockets += fd >= 0;
}

static void net_host_unregister(int fd, void *opaque)
{
	((struct net_host *)opaque)->sockets -= fd >= 0;
}

static void net_host_notify(void *opaque)
{
	struct net_host *host = opaque;
	uint64_t one = 1;

	(void)!write(host->wake, &one, sizeof one);
}

static int net_host_add(int fd, int events, void *opaque)
{
	struct net_host *host = opaque;
	struct pollfd *place;

	if (host->nfds == host->room) {
		host->room = 2 * host->room;
		host->fds = allocate_again(host->fds, host->room * sizeof *host->fds);
	}
	place = &host->fds[host->nfds];
	*place = (struct pollfd){ .fd = fd };
	place->events = (short)((events & SLIRP_POLL_IN ? POLLIN : 0) | (events & SLIRP_POLL_OUT ? POLLOUT : 0)
				| (events & SLIRP_POLL_PRI ? POLLPRI : 0));
	host->connections += net_host_is_connection(fd);
	return (int)host->nfds++;
}

static int net_host_events(int index, void *opaque)
{
	int events = ((struct net_host *)opaque)->fds[index].revents;

	return (events & POLLIN ? SLIRP_POLL_IN : 0) | (events & POLLOUT ? SLIRP_POLL_OUT : 0)
	       | (events & POLLPRI ? SLIRP_POLL_PRI : 0) | (events & POLLERR ? SLIRP_POLL_ERR : 0)
	       | (events & POLLHUP ? SLIRP_POLL_HUP : 0);
}

/* ---- The thread ---- */

/* Sets libslirp's time and lets its timers run; with `polled`, does what the sockets are ready for. */
static void net_host_look(struct net_host *host, bool polled)
{
	slirp_pollfds_poll(host->slirp, !polled, net_host_events, host);
}

/* What to wait for, into host->fds; returns for how many ms at most. */
static int net_host_fill(struct net_host *host)
{
	uint32_t timeout = 1000;
	bool waits;

	host->nfds = 1;
	host->connections = 0;
	slirp_pollfds_fill(host->slirp, &timeout, net_host_add, host);
	waits = net_host_waits_for_answer(host);
	/* A frame must have arrived before time jumps on: else it would come at another time than it was posted. */
	net_host_expect(host, host->connections || waits || atomic_load(&host->in_flight));
	return waits && timeout > NET_HOST_LOOK ? NET_HOST_LOOK : (int)timeout;
}

static void *net_host_main(void *opaque)
{
	struct net_host *host = opaque;
	bool polled = false;

	while (!atomic_load(&host->closing)) {
		uint64_t wakes;
		int timeout;

		net_host_lock();
		net_host_look(host, polled);
		timeout = net_host_fill(host);
		net_host_unlock();
		polled = poll(host->fds, host->nfds, timeout) >= 0;
		if (polled && host->fds[0].revents)
			(void)!read(host->wake, &wakes, sizeof wakes);
	}
	return NULL;
}

static void net_host_start(struct net_host *host)
{
	sigset_t all, before;

	sigfillset(&all); /* signals are the main thread's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	host->threaded = !pthread_create(&host->thread, NULL, net_host_main, host);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- The driving thread ---- */

/* libslirp writes to sockets whose other end may be gone: that is no reason for this process to die. */
static void net_host_hold_sigpipe(sigset_t *pipe, sigset_t *before)
{
	sigemptyset(pipe);
	sigaddset(pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, pipe, before);
}

static void net_host_drop_sigpipe(const sigset_t *pipe, const sigset_t *before)
{
	static const struct timespec at_once;

	if (!sigismember(before, SIGPIPE))
		while (sigtimedwait(pipe, NULL, &at_once) > 0)
			;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Lock held. */
static void net_host_input(struct net_host *host, const uint8_t *frame, size_t size)
{
	net_host_look(host, false);
	if (host->sockets >= NET_HOST_SOCKETS && net_host_is_first(frame, size)) {
		log_write(&host->machine->log, LOG_INFO, "net: a packet of the guest is lost: it has %d sockets",
			  host->sockets);
		return;
	}
	net_host_expect(host, true); /* until the thread has seen what comes of it */
	if (net_host_is_datagram(frame, size)) {
		host->asked++;
		host->asked_at = clock_now(host->machine->clock);
	}
	slirp_input(host->slirp, frame, (int)size);
}

void net_host_send(struct net_host *host, const uint8_t *frame, size_t size)
{
	sigset_t pipe, before;

	/* libslirp 4.7 puts hostile ones together in memory that is not its own. */
	if (net_host_is_fragment(frame, size)) {
		log_write(&host->machine->log, LOG_UNIMPLEMENTED,
			  "net: a fragment of an IP packet of the guest is lost");
		return;
	}
	net_host_hold_sigpipe(&pipe, &before);
	net_host_lock();
	net_host_input(host, frame, size);
	net_host_unlock();
	net_host_drop_sigpipe(&pipe, &before);
	net_host_notify(host);
}

void net_host_delivered(struct net_host *host)
{
	if (atomic_fetch_sub(&host->in_flight, 1) == 1)
		net_host_notify(host);
}

/* ---- Opening ---- */

static struct in_addr net_host_address(uint8_t last)
{
	return (struct in_addr){ htonl(0x0a000200u | last) }; /* 10.0.2.last */
}

static Slirp *net_host_new_slirp(struct net_host *host, bool restricted)
{
	const SlirpConfig config = {
		.version = 1,
		.restricted = restricted,
		.in_enabled = true,
		.vnetwork = net_host_address(0),
		.vnetmask.s_addr = htonl(0xffffff00u),
		.vhost = net_host_address(2),
		.vnameserver = net_host_address(3),
		.vdhcp_start = net_host_address(15),
		.vhostname = "guest",
	};

	host->callbacks = (SlirpCb){ /* timers are IPv6's */
		.send_packet = net_host_send_packet,
		.guest_error = net_host_guest_error,
		.clock_get_ns = net_host_clock,
		.register_poll_fd = net_host_register,
		.unregister_poll_fd = net_host_unregister,
		.notify = net_host_notify,
	};
	return slirp_new(&config, &host->callbacks, host);
}

static bool net_host_forward(struct net_host *host, const struct net_forward *forward, struct err *err)
{
	const struct in_addr guest = net_host_address(15);

	if (!slirp_add_hostfwd(host->slirp, forward->udp, forward->address, forward->host_port, guest,
			       forward->guest_port))
		return true;
	return err_set(err, "net: forward=%s: port %u of the host cannot be had: %s", forward->text, forward->host_port,
		       strerror(errno));
}

static bool net_host_open_slirp(struct net_host *host, const struct net_spec *spec, struct err *err)
{
	bool good = true;

	net_host_lock();
	host->slirp = net_host_new_slirp(host, spec->restricted);
	for (unsigned i = 0; i < spec->nforwards && good; i++)
		good = net_host_forward(host, &spec->forwards[i], err);
	net_host_unlock();
	return good;
}

struct net_host *net_host_open(const struct net_spec *spec, struct machine *machine, struct input_port *port,
			       struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct net_host *host = allocate_zeroed(1, sizeof *host);

	pthread_once(&once, net_host_prepare_forks);
	host->process = getpid();
	host->machine = machine;
	host->port = port;
	host->nforwards = spec->nforwards;
	host->room = 16;
	host->fds = allocate_zeroed(host->room, sizeof *host->fds);
	host->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	host->fds[0] = (struct pollfd){ host->wake, POLLIN, 0 };
	atomic_fetch_add(&machine->listeners, host->nforwards);
	if (!net_host_open_slirp(host, spec, err)) {
		net_host_close(host);
		return NULL;
	}
	net_host_start(host);
	return host;
}

void net_host_close(struct net_host *host)
{
	if (!host || host->process != getpid())
		return; /* a copy of the process has not the thread */
	atomic_store(&host->closing, true);
	net_host_notify(host);
	if (host->threaded)
		pthread_join(host->thread, NULL);
	net_host_lock();
	net_host_expect(host, false);
	slirp_cleanup(host->slirp);
	net_host_unlock();
	atomic_fetch_sub(&host->machine->listeners, host->nforwards);
	close(host->wake);
	free(host->fds);
	free(host);
}
