/*
 * Threads that contend: load for the kernel's futexes, with results that are known beforehand.
 *   futex mutex N LOOPS     N threads count under one mutex, giving up the processor in it
 *   futex inherit N LOOPS   the same with a mutex that inherits priority (FUTEX_LOCK_PI)
 *   futex queue N LOOPS     N threads put numbers into a short queue, N take them out: two condition variables
 *   futex barrier N LOOPS   N threads that meet after each of LOOPS rounds
 *   futex robust N LOOPS    LOOPS times a thread ends with a robust mutex locked, and N others learn of it
 *   futex timeout N LOOPS   N threads that wait LOOPS ms each for what does not come
 * Prints what came out, and leaves 1 when that is not what must come out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_THREADS 64
#define QUEUE 4

static unsigned threads, loops;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static unsigned long counter, wrong;
static unsigned queue[QUEUE], head, length;
static unsigned round_of[MAX_THREADS];

static void run(unsigned count, void *(*work)(void *))
{
	pthread_t all[2 * MAX_THREADS];

	for (unsigned i = 0; i < count; i++) {
		int error = pthread_create(&all[i], NULL, work, (void *)(unsigned long)i);

		if (error) {
			fprintf(stderr, "thread %u: %s\n", i, strerror(error));
			exit(2);
		}
	}
	for (unsigned i = 0; i < count; i++)
		pthread_join(all[i], NULL);
}

/* An addition that loses counts if another thread is in it. */
static void *count_up(void *opaque)
{
	for (unsigned i = 0; i < loops; i++) {
		unsigned long seen;

		pthread_mutex_lock(&mutex);
		seen = *(volatile unsigned long *)&counter;
		if (i % 8 == 0)
			sched_yield();
		*(volatile unsigned long *)&counter = seen + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static int run_mutex(void)
{
	run(threads, count_up);
	printf("%lu of %lu\n", counter, (unsigned long)threads * loops);
	return counter != (unsigned long)threads * loops;
}

static int run_inherit(void)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&mutex, &attributes);
	return run_mutex();
}

static void put(unsigned number)
{
	pthread_mutex_lock(&mutex);
	while (length == QUEUE)
		pthread_cond_wait(&emptied, &mutex);
	queue[(head + length++) % QUEUE] = number;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&mutex);
}

static void take(void)
{
	pthread_mutex_lock(&mutex);
	while (!length)
		pthread_cond_wait(&filled, &mutex);
	counter += queue[head];
	head = (head + 1) % QUEUE;
	length--;
	pthread_cond_broadcast(&emptied);
	pthread_mutex_unlock(&mutex);
}

static void *put_or_take(void *opaque)
{
	for (unsigned i = 1; i <= loops; i++) {
		if ((unsigned long)opaque < threads)
			put(i);
		else
			take();
	}
	return NULL;
}

static int run_queue(void)
{
	unsigned long sum = (unsigned long)threads * loops * (loops + 1) / 2;

	run(2 * threads, put_or_take);
	printf("%lu of %lu\n", counter, sum);
	return counter != sum;
}

static void *meet(void *opaque)
{
	unsigned self = (unsigned)(unsigned long)opaque;

	for (unsigned i = 1; i <= loops; i++) {
		round_of[self] = i;
		pthread_barrier_wait(&barrier);
		for (unsigned other = 0; other < threads; other++)
			if (round_of[other] != i)
				__sync_fetch_and_add(&wrong, 1);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static int run_barrier(void)
{
	pthread_barrier_init(&barrier, NULL, threads);
	run(threads, meet);
	printf("%u rounds, %lu wrong\n", round_of[0], wrong);
	return wrong != 0;
}

static void *lock_and_leave(void *opaque)
{
	pthread_mutex_lock(&mutex);
	return NULL;
}

static void *lock_and_learn(void *opaque)
{
	if (pthread_mutex_lock(&mutex) == EOWNERDEAD) {
		counter++;
		pthread_mutex_consistent(&mutex);
	}
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static int run_robust(void)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&mutex, &attributes);
	for (unsigned i = 0; i < loops; i++) {
		run(1, lock_and_leave);
		run(threads, lock_and_learn);
	}
	printf("%lu of %u\n", counter, loops);
	return counter != loops;
}

static void *wait_in_vain(void *opaque)
{
	struct timespec begin, until, end;

	clock_gettime(CLOCK_REALTIME, &begin);
	until = begin;
	until.tv_sec += (begin.tv_nsec / 1000000 + loops) / 1000;
	until.tv_nsec = (begin.tv_nsec + loops % 1000 * 1000000L) % 1000000000L;
	pthread_mutex_lock(&mutex);
	while (pthread_cond_timedwait(&filled, &mutex, &until) != ETIMEDOUT)
		;
	clock_gettime(CLOCK_REALTIME, &end);
	if (end.tv_sec < until.tv_sec || (end.tv_sec == until.tv_sec && end.tv_nsec < until.tv_nsec))
		wrong++;
	counter++;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static int run_timeout(void)
{
	run(threads, wait_in_vain);
	printf("%lu of %u, %lu early\n", counter, threads, wrong);
	return counter != threads || wrong;
}

static const struct {
	const char *name;
	int (*run)(void);
} kinds[] = {
	{ "mutex", run_mutex }, { "inherit", run_inherit }, { "queue", run_queue },
	{ "barrier", run_barrier }, { "robust", run_robust }, { "timeout", run_timeout },
};

int main(int argc, char **argv)
{
	if (argc == 4) {
		threads = (unsigned)atoi(argv[2]);
		loops = (unsigned)atoi(argv[3]);
	}
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds && threads && threads <= MAX_THREADS; i++)
		if (!strcmp(argv[1], kinds[i].name))
			return kinds[i].run();
	fprintf(stderr, "usage: futex mutex|inherit|queue|barrier|robust|timeout N LOOPS, N up to %d\n", MAX_THREADS);
	return 2;
}
