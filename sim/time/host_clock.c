#include "sim/time/host_clock.h"

#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

static int64_t host_clock_now(void *opaque)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void host_clock_wait(void *opaque, pthread_cond_t *changed, pthread_mutex_t *lock, int64_t until)
{
	struct timespec deadline = { until / NS_PER_SECOND, until % NS_PER_SECOND };

	if (until == HOST_CLOCK_FOREVER)
		pthread_cond_wait(changed, lock);
	else
		pthread_cond_timedwait(changed, lock, &deadline);
}

const struct host_clock *host_clock_monotonic(void)
{
	static const struct host_clock monotonic = { host_clock_now, host_clock_wait, NULL };

	return &monotonic;
}

void host_clock_init_condition(pthread_cond_t *changed)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(changed, &attributes);
	pthread_condattr_destroy(&attributes);
}
