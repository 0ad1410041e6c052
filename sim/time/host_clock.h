/*
 * The host's time, for what may depend on it: idle=realtime, pacing, limits in
 * host seconds. The guest never observes it. A test puts its own in its place.
 */
#ifndef WARPCORE_TIME_HOST_CLOCK_H
#define WARPCORE_TIME_HOST_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#define HOST_CLOCK_FOREVER INT64_MAX

struct host_clock {
	/* Monotonic ns from any origin, >= 0. Any thread. */
	int64_t (*now)(void *opaque);
	/*
	 * Waits, with `lock` held, until `changed` is signalled or the host time
	 * `until` is reached. May return early for no reason.
	 */
	void (*wait)(void *opaque, pthread_cond_t *changed, pthread_mutex_t *lock, int64_t until);
	void *opaque;
};

/* CLOCK_MONOTONIC. */
const struct host_clock *host_clock_monotonic(void);
/* A condition variable that the wait of host_clock_monotonic understands. */
void host_clock_init_condition(pthread_cond_t *changed);

#endif
