/* A disk's overlay: it is opened, read and written, or refused. The first two bytes choose what is read and written. */
#include <stdlib.h>

#include "soc/host/disk.h"
#include "tests/fuzz/fuzz.h"

#define DISK_SIZE 20480

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t image[DISK_SIZE], bytes[5000];
	struct fuzz_input input = { data, size };
	uint32_t offset = fuzz_take(&input, 2) % (DISK_SIZE - sizeof bytes);
	struct disk_image disk = {
		.file = fuzz_file(0, image, sizeof image),
		.overlay = fuzz_file(1, input.at, input.left),
	};
	struct err err = { "" };
	struct disk_port *port = disk_open(&disk, &err);

	if (!port)
		return 0;
	bytes[0] = 1;
	if (!disk_port_write(port, offset, bytes, sizeof bytes) || !disk_port_read(port, offset, bytes, sizeof bytes) ||
	    bytes[0] != 1)
		abort();
	disk_port_destroy(port);
	return 0;
}
