#define _GNU_SOURCE /* memfd_create */
#include "soc/tree/dtc.h"

#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/allocate.h"

extern char **environ;

/* Runs dtc with its output going to `out` and its messages to `messages`. Exit status, or -1: err says why. */
static int dtc_run(const char *file, FILE *out, FILE *messages, struct err *err)
{
	/* -q: warnings are about style and do not concern who runs a tree. */
	char *const argv[] = { "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "-", "--", (char *)file, NULL };
	posix_spawn_file_actions_t actions;
	int status = 0, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error) {
		err_set(err, "%s: cannot run dtc (package device-tree-compiler): %s", file, strerror(error));
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			err_set(err, "%s: waiting for dtc: %s", file, strerror(errno));
			return -1;
		}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* NULL: there is more than this host has memory. */
static uint8_t *dtc_slurp(FILE *file, size_t *size)
{
	long end = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	uint8_t *data = allocate_try_bytes((size_t)(end > 0 ? end : 0) + 1);

	if (!data)
		return NULL;
	rewind(file);
	*size = end > 0 ? fread(data, 1, (size_t)end, file) : 0;
	data[*size] = 0;
	return data;
}

/* dtc's lines as one. */
static void dtc_fold(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == '\n')
		text[--length] = 0;
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ';';
		else if ((unsigned char)*c < ' ')
			*c = ' ';
}

static void *dtc_with_files(const char *file, FILE *out, FILE *messages, size_t *size, struct err *err)
{
	int status = dtc_run(file, out, messages, err);
	uint8_t *text;
	size_t length;

	if (!status) {
		text = dtc_slurp(out, size);
		if (!text)
			err_set(err, "%s: %s", file, strerror(ENOMEM));
		return text;
	}
	if (status > 0) {
		text = dtc_slurp(messages, &length);
		if (text)
			dtc_fold((char *)text);
		err_set(err, "%s: dtc: %s", file, text && length ? (char *)text : "failed without a message");
		free(text);
	}
	return NULL;
}

/* In memory: --sandbox leaves no directory for temporary files. */
static FILE *dtc_open(void)
{
	int fd = memfd_create("dtc", MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

void *dtc_compile(const char *file, size_t *size, struct err *err)
{
	FILE *out = dtc_open();
	FILE *messages = dtc_open();
	void *blob = NULL;

	if (out && messages)
		blob = dtc_with_files(file, out, messages, size, err);
	else
		err_set(err, "%s: no temporary file: %s", file, strerror(errno));
	if (out)
		fclose(out);
	if (messages)
		fclose(messages);
	return blob;
}
