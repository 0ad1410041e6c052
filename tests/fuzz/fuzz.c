#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"
#include "sim/time/clock.h"
#include "soc/host/disk.h"
#include "soc/tree/dtc.h"

#define FUZZ_FILES   4
#define FUZZ_PPCE500 "dts/ppce500.dts"

void fuzz_fail(const char *why)
{
	fprintf(stderr, "fuzz: %s\n", why);
	abort();
}

void fuzz_check_refusal(const struct err *err, const char *file)
{
	if (strncmp(err->text, file, strlen(file)) || strchr(err->text, '\n'))
		fuzz_fail(err->text);
}

static void fuzz_fill(int fd, const void *data, size_t size)
{
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		fuzz_fail("no file in memory");
}

const char *fuzz_file(unsigned number, const void *data, size_t size)
{
	static int fds[FUZZ_FILES];
	static char names[FUZZ_FILES][32];

	assert(number < FUZZ_FILES);
	if (!fds[number]) {
		fds[number] = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(names[number], sizeof *names, "/proc/self/fd/%d", fds[number]);
	}
	fuzz_fill(fds[number], data, size);
	return names[number];
}

const char *fuzz_board(const char *more)
{
	static char name[32];
	char here[512], *source, path[] = "/tmp/warpcore-fuzz-XXXXXX.dts";
	struct err err;
	size_t size;
	void *blob;
	int fd;

	if (*name)
		return name;
	fd = mkstemps(path, 4);
	if (!getcwd(here, sizeof here))
		fuzz_fail("no directory");
	source = allocate_print("/include/ \"%s/%s\"\n%s", here, FUZZ_PPCE500, more);
	fuzz_fill(fd, source, strlen(source));
	close(fd);
	blob = dtc_compile(path, source, strlen(source), &size, &err);
	unlink(path);
	free(source);
	if (!blob)
		fuzz_fail(err.text);
	fd = memfd_create("board", MFD_CLOEXEC);
	fuzz_fill(fd, blob, size);
	free(blob);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return name;
}

struct machine *fuzz_machine(const struct soc_options *options, struct soc **soc)
{
	struct machine *machine = machine_create();
	struct soc_options all = *options;
	struct err err = { "" };

	all.open_disk = disk_open;
	*soc = soc_build(machine, &all, &err);
	if (*soc)
		return machine;
	if (!*err.text || strchr(err.text, '\n'))
		fuzz_fail(err.text);
	machine_destroy(machine);
	return NULL;
}

void fuzz_run(struct machine *machine, int64_t insns)
{
	struct machine_limits limits = { .until = machine_now(machine) + 1000000, .insns = insns };
	struct machine_event event;

	machine_run(machine, &limits, &event);
}

void fuzz_pass(struct machine *machine, int64_t ns)
{
	int64_t until = machine_now(machine) + ns;
	int64_t deadline;

	while ((deadline = clock_deadline(machine->clock)) <= until)
		clock_advance(machine->clock, deadline);
	clock_advance(machine->clock, until);
}

const char *fuzz_kernel(void)
{
	/* addi r3, r3, 1; stw r3, 0(r4); lwz r5, 0x600(r3); b back */
	static const uint32_t words[] = { 0x38630001, 0x90640000, 0x80a30600, 0x4bfffff4 };
	static const uint16_t head[] = { 0x7f45, 0x4c46, 0x0102, 0x0100, 0, 0,      0,  0,  2, 20, 0, 1, 0, 0x1000,
					 0,      52,     0,      0,      0, 0,      52, 32, 1, 0,  0, 0, 0, 1,
					 0,      84,     0,      0x1000, 0, 0x1000, 0,  16, 0, 16, 0, 7, 0, 4 };
	uint8_t elf[sizeof head + sizeof words];

	for (unsigned i = 0; i < sizeof head / sizeof *head; i++)
		be16_store(elf + 2 * i, head[i]);
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		be32_store(elf + sizeof head + 4 * i, words[i]);
	return fuzz_file(3, elf, sizeof elf);
}

uint32_t fuzz_take(struct fuzz_input *input, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes--) {
		value <<= 8;
		if (input->left) {
			value |= *input->at++;
			input->left--;
		}
	}
	return value;
}
