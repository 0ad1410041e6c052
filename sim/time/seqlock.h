/*
 * Many readers, one writer at a time: a reader copies a few words and tries
 * again if a writer was there meanwhile. It never blocks the writer and never
 * sees half of a change.
 *
 * The words themselves are atomics: written with release, read with acquire.
 * A reader that picked up one word of a write section is thereby sure to see
 * the odd sequence number when it looks again. (Fences would do as well, but
 * ThreadSanitizer does not understand them.)
 */
#ifndef WARPCORE_TIME_SEQLOCK_H
#define WARPCORE_TIME_SEQLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct seqlock {
	_Atomic uint32_t sequence; /* odd: a writer is at work */
};

/* The writers exclude each other by other means: a mutex. */
static inline void seqlock_write_begin(struct seqlock *lock)
{
	uint32_t sequence = atomic_load_explicit(&lock->sequence, memory_order_relaxed);

	atomic_store_explicit(&lock->sequence, sequence + 1, memory_order_relaxed);
}

static inline void seqlock_write_end(struct seqlock *lock)
{
	uint32_t sequence = atomic_load_explicit(&lock->sequence, memory_order_relaxed);

	atomic_store_explicit(&lock->sequence, sequence + 1, memory_order_release);
}

static inline uint32_t seqlock_read_begin(const struct seqlock *lock)
{
	return atomic_load_explicit(&lock->sequence, memory_order_acquire);
}

/* True: what was read since seqlock_read_begin is of no use. */
static inline bool seqlock_read_retry(const struct seqlock *lock, uint32_t begun)
{
	return begun & 1 || atomic_load_explicit(&lock->sequence, memory_order_relaxed) != begun;
}

/* One word of the protected data. */
static inline void seqlock_store(_Atomic int64_t *word, int64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

static inline int64_t seqlock_load(const _Atomic int64_t *word)
{
	return atomic_load_explicit(word, memory_order_acquire);
}

#endif
