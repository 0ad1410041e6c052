/* A host clock for tests: it stands still but for waits, and things happen to it at planned times. */
#ifndef WARPCORE_TESTS_TIME_FAKE_HOST_H
#define WARPCORE_TESTS_TIME_FAKE_HOST_H

#include "sim/time/host_clock.h"

#define FAKE_HOST_EVENTS 8

struct fake_host {
	struct host_clock clock; /* give this one to clock_set_host */
	int64_t now;
	int64_t oversleep; /* each wait that runs to its end takes so much longer */
	int waits;
	struct fake_host_event {
		int64_t at;
		void (*fn)(void *opaque); /* as if another thread did it, while the waiting one sleeps */
		void *opaque;
	} events[FAKE_HOST_EVENTS];
	int nevents, next;
};

void fake_host_init(struct fake_host *host);
/* In order of time. */
void fake_host_plan(struct fake_host *host, int64_t at, void (*fn)(void *opaque), void *opaque);

#endif
