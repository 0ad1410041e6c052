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

struct dtc_source {
	char *path, *directory;
	bool has_directives; /* of the C preprocessor */
};

struct dtc_files {
	FILE *text, *blob, *messages; /* from cpp, from dtc, from both */
};

/* A program that reads `in` (NULL: nothing) and writes `out`, and its messages. Exit status, or -1 and errno. */
static int dtc_run(char *const argv[], FILE *in, FILE *out, FILE *messages)
{
	posix_spawn_file_actions_t actions;
	int status = 0, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	if (in)
		posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error) {
		errno = error;
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
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

/* "FILE: PROGRAM: its messages" */
static void dtc_fail(const char *file, const char *program, FILE *messages, struct err *err)
{
	size_t length = 0;
	uint8_t *text = dtc_slurp(messages, &length);

	if (text)
		dtc_fold((char *)text);
	err_set(err, "%s: %s: %s", file, program, text && length ? (char *)text : "failed without a message");
	free(text);
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

/*
 * Where headers like <dt-bindings/gpio/gpio.h> are, for a source that lies in a tree of Linux, U-Boot or Zephyr: the
 * next directory above it with include/dt-bindings. NULL: none. free() it.
 */
static char *dtc_bindings(const char *directory)
{
	char *above = realpath(directory, NULL), *slash;

	while (above && (slash = strrchr(above, '/'))) {
		char *include = allocate_print("%s/include", above);
		char *bindings = allocate_print("%s/dt-bindings", include);
		bool found = !access(bindings, X_OK);

		free(bindings);
		if (found) {
			free(above);
			return include;
		}
		free(include);
		*slash = 0;
	}
	free(above);
	return NULL;
}

/* As the kernel does it. False: err says why. */
static bool dtc_preprocess(const struct dtc_source *source, FILE *out, FILE *messages, struct err *err)
{
	char *bindings = dtc_bindings(source->directory);
	char *argv[] = { "cpp",
			 "-nostdinc",
			 "-undef",
			 "-D__DTS__",
			 "-x",
			 "assembler-with-cpp",
			 "-fno-diagnostics-show-caret",
			 "-I",
			 source->directory,
			 source->path,
			 bindings ? "-I" : NULL,
			 bindings,
			 NULL };
	int status = dtc_run(argv, NULL, out, messages);

	if (status < 0)
		err_set(err, "%s: has #include or #define, which are for the C preprocessor; cannot run cpp: %s",
			source->path, strerror(errno));
	else if (status)
		dtc_fail(source->path, "cpp", messages, err);
	free(bindings);
	return !status;
}

static void *dtc_translate(const struct dtc_source *source, const struct dtc_files *files, size_t *size,
			   struct err *err)
{
	/* -q: warnings are about style and do not concern who runs a tree. */
	char *plain[] = { "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "-", "--", source->path, NULL };
	char *piped[] = { "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "-", "-i", source->directory, "-", NULL };
	int status;
	void *blob;

	if (source->has_directives && !dtc_preprocess(source, files->text, files->messages, err))
		return NULL;
	if (source->has_directives)
		rewind(files->text);
	status = dtc_run(source->has_directives ? piped : plain, source->has_directives ? files->text : NULL,
			 files->blob, files->messages);
	if (status < 0) {
		err_set(err, "%s: cannot run dtc (package device-tree-compiler): %s", source->path, strerror(errno));
		return NULL;
	}
	if (status) {
		dtc_fail(source->path, "dtc", files->messages, err);
		return NULL;
	}
	blob = dtc_slurp(files->blob, size);
	if (!blob)
		err_set(err, "%s: %s", source->path, strerror(ENOMEM));
	return blob;
}

/* Lines that begin with # are properties, too ("#address-cells"). */
static bool dtc_is_directive(const char *line, const char *end)
{
	static const char *const names[] = { "include", "define", "ifdef", "ifndef", "if", "undef", NULL };

	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	if (line == end || *line++ != '#')
		return false;
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	for (const char *const *name = names; *name; name++) {
		size_t length = strlen(*name);

		if ((size_t)(end - line) > length && !memcmp(line, *name, length) && strchr(" \t<\"(", line[length]))
			return true;
	}
	return false;
}

static bool dtc_has_directives(const char *text, size_t size)
{
	const char *end = text + size;

	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (dtc_is_directive(line, newline ? newline : end))
			return true;
		line = newline ? newline + 1 : end;
	}
	return false;
}

static void dtc_close(FILE *file)
{
	if (file)
		fclose(file);
}

void *dtc_compile(const char *file, const void *text, size_t length, size_t *size, struct err *err)
{
	const char *slash = strrchr(file, '/');
	struct dtc_files files = { dtc_open(), dtc_open(), dtc_open() };
	struct dtc_source source = {
		.path = allocate_print("%s%s", *file == '-' ? "./" : "", file),
		.directory = slash ? allocate_print("%.*s/", (int)(slash - file), file) : allocate_text("."),
		.has_directives = dtc_has_directives(text, length),
	};
	void *blob = NULL;

	if (files.text && files.blob && files.messages)
		blob = dtc_translate(&source, &files, size, err);
	else
		err_set(err, "%s: no temporary file: %s", file, strerror(errno));
	dtc_close(files.text);
	dtc_close(files.blob);
	dtc_close(files.messages);
	free(source.path);
	free(source.directory);
	return blob;
}
