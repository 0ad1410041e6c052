#define _GNU_SOURCE /* O_PATH */
#include "sim/machine/host_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/allocate.h"
#include "sim/guest/warpcore.h"

struct host_files {
	int directory; /* an O_PATH descriptor */
	struct host_file *files[WARPCORE_FILES_MAX];
	size_t count;
	uint64_t bytes; /* of all data */
};

struct host_files *host_files_open(const char *directory, struct err *err)
{
	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct host_files *files;

	if (fd < 0) {
		err_set(err, "%s: %s", directory, strerror(errno));
		return NULL;
	}
	files = allocate_zeroed(1, sizeof *files);
	files->directory = fd;
	return files;
}

void host_files_close(struct host_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i]->name);
		free(files->files[i]->data);
		free(files->files[i]);
	}
	close(files->directory);
	free(files);
}

/* Sets the reason; returns -1 for who has a descriptor to return. */
__attribute__((format(printf, 3, 4)))
static int host_file_refuse(struct host_file *file, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(file->why.text, sizeof file->why.text, format, args);
	va_end(args);
	file->status = status;
	return -1;
}

static int host_file_refuse_errno(struct host_file *file)
{
	return host_file_refuse(file, errno == ENOENT || errno == ENOTDIR ? WARPCORE_NOT_FOUND : WARPCORE_DENIED, "%s",
				strerror(errno));
}

/* Looks at the name alone. */
static bool host_file_check_name(struct host_file *file)
{
	size_t length = strlen(file->name);

	if (file->name[0] == '/')
		return host_file_refuse(file, WARPCORE_DENIED,
					"an absolute path lies outside of the shared directory") >= 0;
	if (!length || length > WARPCORE_FILE_NAME_MAX || file->name[length - 1] == '/' || strstr(file->name, "//"))
		return host_file_refuse(file, WARPCORE_BAD_NAME,
					"a path of 1 to %d bytes without empty parts is expected",
					WARPCORE_FILE_NAME_MAX) >= 0;
	return true;
}

/* One step of the path, from the directory `at`: a descriptor, or -1. */
static int host_file_step(struct host_file *file, int at, const char *part, bool last)
{
	struct stat status;
	int fd;

	if (!strcmp(part, ".") || !strcmp(part, ".."))
		return host_file_refuse(file, WARPCORE_DENIED, "\"%s\" in a path may lead out of the shared directory",
					part);
	if (fstatat(at, part, &status, AT_SYMLINK_NOFOLLOW))
		return host_file_refuse_errno(file);
	if (S_ISLNK(status.st_mode))
		return host_file_refuse(file, WARPCORE_DENIED, "\"%s\" is a link; links are not followed", part);
	if (last && !S_ISREG(status.st_mode))
		return host_file_refuse(file, WARPCORE_DENIED, "it is not a regular file");
	/*
	 * Should it have become something else meanwhile: no link is followed here either, and nothing is waited for.
	 */
	fd = openat(at, part,
		    (last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 ? fd : host_file_refuse_errno(file);
}

/* A descriptor of the file, or -1. */
static int host_file_open(struct host_file *file, int directory)
{
	char path[WARPCORE_FILE_NAME_MAX + 1], *part = path, *slash;
	int at = directory, next;

	if (!host_file_check_name(file))
		return -1;
	strcpy(path, file->name);
	do {
		slash = strchr(part, '/');
		if (slash)
			*slash = 0;
		next = host_file_step(file, at, part, !slash);
		if (at != directory)
			close(at);
		at = next;
		part = slash ? slash + 1 : NULL;
	} while (part && at >= 0);
	return at;
}

/* Takes up to the size that it has now; one that shrinks meanwhile gives less. */
static void host_file_read(struct host_file *file, int fd, uint64_t most)
{
	struct stat status;
	ssize_t got = 1;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		host_file_refuse(file, WARPCORE_DENIED, "it is not a regular file");
		return;
	}
	if ((uint64_t)status.st_size > most) {
		host_file_refuse(file, WARPCORE_LIMIT, "a run may read %d MiB of files", WARPCORE_FILE_BYTES_MAX >> 20);
		return;
	}
	file->data = allocate_try_bytes((size_t)status.st_size + 1);
	if (!file->data) {
		host_file_refuse_errno(file);
		return;
	}
	while (got > 0 && file->size < (uint64_t)status.st_size) {
		got = read(fd, file->data + file->size, (size_t)status.st_size - file->size);
		file->size += got > 0 ? (uint64_t)got : 0;
	}
	if (got < 0)
		host_file_refuse_errno(file);
}

static void host_file_load(struct host_files *files, struct host_file *file)
{
	int fd = host_file_open(file, files->directory);

	strcpy(file->sha256, "none");
	if (fd < 0)
		return;
	host_file_read(file, fd, WARPCORE_FILE_BYTES_MAX - files->bytes);
	close(fd);
	if (!file->status)
		SHA256Data(file->data, file->size, file->sha256);
	files->bytes += file->size;
}

const struct host_file *host_files_get(struct host_files *files, const char *name, bool *fresh)
{
	struct host_file *file;

	*fresh = false;
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->files[i]->name, name))
			return files->files[i];
	if (files->count == WARPCORE_FILES_MAX)
		return NULL;
	*fresh = true;
	file = allocate_zeroed(1, sizeof *file);
	file->name = allocate_text(name);
	host_file_load(files, file);
	files->files[files->count++] = file;
	return file;
}

size_t host_files_count(const struct host_files *files)
{
	return files->count;
}

const struct host_file *host_files_at(const struct host_files *files, size_t index)
{
	return files->files[index];
}
