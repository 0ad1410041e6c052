/* A signal belongs to the process and its handler gets no argument: what it needs is the one static object here. */
#include "lua/kit/watchdog.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static struct watchdog {
	_Atomic unsigned hungry; /* ticks since it was fed */
	_Atomic uint64_t patience; /* a bit for each watchdog_enter, the last one lowest */
} watchdog;

static void watchdog_tick(int number)
{
	static const char text[] =
		"warpcore: sandbox: a call of a library function, or a finalizer, has taken more than "
		"5 seconds\n";

	if (atomic_load(&watchdog.patience) & 1) {
		atomic_store(&watchdog.hungry, 0);
		return;
	}
	if (atomic_fetch_add(&watchdog.hungry, 1) < WATCHDOG_SECONDS)
		return;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(1);
}

void watchdog_start(void)
{
	struct itimerval second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };
	struct sigaction action;

	_Static_assert(WATCHDOG_SECONDS == 5, "the text says so");
	watchdog_feed();
	memset(&action, 0, sizeof action);
	action.sa_handler = watchdog_tick;
	action.sa_flags = SA_RESTART;
	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &second, NULL);
}

void watchdog_feed(void)
{
	atomic_store(&watchdog.hungry, 0);
}

void watchdog_enter(unsigned patient)
{
	atomic_store(&watchdog.patience, atomic_load(&watchdog.patience) << 1 | patient);
	watchdog_feed();
}

void watchdog_leave(void)
{
	atomic_store(&watchdog.patience, atomic_load(&watchdog.patience) >> 1);
	watchdog_feed();
}
