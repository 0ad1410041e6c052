#include "tests/time/fake_host.h"

#include <stdlib.h>

static int64_t fake_host_now(void *opaque)
{
	return ((struct fake_host *)opaque)->now;
}

static void fake_host_wait(void *opaque, pthread_cond_t *changed, pthread_mutex_t *lock, int64_t until)
{
	struct fake_host *host = opaque;
	struct fake_host_event *event = &host->events[host->next];

	if (++host->waits > 1000000)
		abort(); /* a test that waits for ever */
	if (host->next < host->nevents && event->at <= until) {
		host->next++;
		if (host->now < event->at)
			host->now = event->at;
		pthread_mutex_unlock(lock);
		event->fn(event->opaque);
		pthread_mutex_lock(lock);
	} else if (until == HOST_CLOCK_FOREVER) {
		abort(); /* nothing will ever happen */
	} else if (host->now < until) {
		host->now = until + host->oversleep;
	}
}

void fake_host_init(struct fake_host *host)
{
	*host = (struct fake_host){ .clock = { fake_host_now, fake_host_wait, host }, .now = 1000000000 };
}

void fake_host_plan(struct fake_host *host, int64_t at, void (*fn)(void *opaque), void *opaque)
{
	host->events[host->nevents++] = (struct fake_host_event){ at, fn, opaque };
}
