#include "sim/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/allocate.h"

/* Files and pipes end some time; /dev/zero does not. */
static bool file_has_end(const struct stat *status, const char *name, struct err *err)
{
	if (S_ISDIR(status->st_mode))
		return err_set(err, "%s: %s", name, strerror(EISDIR));
	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
		return err_set(err, "%s: a device, a file is expected", name);
	return true;
}

static uint8_t *file_fail(FILE *file, uint8_t *data, const char *name, int error, struct err *err)
{
	err_set(err, "%s: %s", name, strerror(error));
	free(data);
	if (file)
		fclose(file);
	return NULL;
}

uint8_t *file_load(const char *name, size_t *size, struct err *err)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data = NULL, *more;
	size_t room = 0, have = 0, got;
	struct stat status;

	if (!file || fstat(fileno(file), &status))
		return file_fail(file, NULL, name, errno, err);
	if (!file_has_end(&status, name, err)) {
		fclose(file);
		return NULL;
	}
	/* Read to the end rather than trust st_size: a pipe has none. */
	do {
		if (have + 1 >= room) {
			room = room ? 2 * room : (size_t)(status.st_size > 0 ? status.st_size : 0) + 4096;
			more = allocate_try_again(data, room);
			if (!more)
				return file_fail(file, data, name, ENOMEM, err);
			data = more;
		}
		got = fread(data + have, 1, room - 1 - have, file);
		have += got;
	} while (got);
	if (ferror(file))
		return file_fail(file, data, name, errno, err);
	fclose(file);
	data[have] = 0;
	*size = have;
	return data;
}
