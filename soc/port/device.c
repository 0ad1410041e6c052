#include "soc/port/device.h"

#include <inttypes.h>

void device_end_run(struct device *device, enum device_end end, int core)
{
	log_write(device->log, LOG_INFO, "%s: %s", device->path, end == DEVICE_POWEROFF ? "power off" : "reset");
	device->board.end_run(device->board.opaque, end, core);
}

uint64_t device_bad_access(struct device *device, const char *what, uint64_t offset, unsigned size)
{
	log_write(device->log, LOG_GUEST_ERROR, "%s: %s, offset 0x%" PRIx64 ", %u bytes", device->path, what, offset,
		  size);
	return 0;
}

uint64_t device_unimplemented(struct device *device, const char *what, uint64_t offset, unsigned size)
{
	log_write(device->log, LOG_UNIMPLEMENTED, "%s: %s, offset 0x%" PRIx64 ", %u bytes", device->path, what, offset,
		  size);
	return 0;
}
