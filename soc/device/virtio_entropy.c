/*
 * NAME
 *   entropy - virtio entropy device (virtio 1.1, 5.4): random numbers from a seed
 *
 * BINDING (besides that of virtio.c)
 *   warpcore,seed  one or two cells; 0 when absent
 *
 * BEHAVIOUR
 *   The same seed gives the same bytes in each run: a guest's randomness never makes
 *   two runs differ. What the guest keeps secret with it is not secret.
 */
#include <string.h>

#include "sim/base/endian.h"
#include "sim/base/random.h"
#include "soc/device/virtio_backends.h"

#define ENTROPY_MAX 4096 /* bytes for one request; a driver asks again for more */

struct virtio_entropy {
	uint64_t seed;
	struct random random;
};

static bool virtio_entropy_open(struct virtio *virtio, struct builder *builder, struct err *err)
{
	struct virtio_entropy *entropy = virtio->state;

	entropy->seed = tree_u64(virtio->device.node, "warpcore,seed", 0);
	random_seed(&entropy->random, entropy->seed);
	return true;
}

static void virtio_entropy_process(struct virtio *virtio, unsigned queue, int64_t now)
{
	struct virtio_entropy *entropy = virtio->state;

	while (virtio_take(virtio, queue, now)) {
		uint64_t bytes = virtio->chain.writable_bytes;

		if (bytes > ENTROPY_MAX)
			bytes = ENTROPY_MAX;
		for (uint64_t at = 0; at < bytes; at += 8) {
			uint8_t word[8];

			le64_store(word, random_u64(&entropy->random));
			virtio_chain_write(virtio->device.bus, &virtio->chain, at, word,
					   bytes - at < 8 ? bytes - at : 8);
		}
		virtio_give(virtio, queue, (uint32_t)bytes, now);
	}
}

static void virtio_entropy_visit_state(struct virtio *virtio, struct state_visitor *visitor)
{
	state_u64(visitor, "random", &((struct virtio_entropy *)virtio->state)->random.state);
}

const struct virtio_backend virtio_entropy = {
	.name = "entropy",
	.id = 4,
	.nqueues = 1,
	.size = sizeof(struct virtio_entropy),
	.latency = 1000,
	.open = virtio_entropy_open,
	.process = virtio_entropy_process,
	.visit_state = virtio_entropy_visit_state,
};
