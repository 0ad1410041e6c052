/*
 * Calls to the simulator from a Linux program.
 *   semihost exit STATUS | begin REGION | end REGION | get NAME | set NAME VALUE | add NAME VALUE TIMES
 *   semihost cat FILE        from the host, into memory that has never been touched, to the standard output
 *   semihost read-only FILE  into memory that must not be written: dies of SIGSEGV, as any store there does
 * Exit status 1, and a line on the standard error, when a call fails.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/guest/warpcore.h"

static int finish(long status)
{
	if (status >= 0)
		return 0;
	fprintf(stderr, "error %ld\n", status);
	return 1;
}

static int get(const char *name)
{
	long long value;
	long status = warpcore_stat_get(name, &value);

	if (!status)
		printf("%lld\n", value);
	return finish(status);
}

static int add(const char *name, long long value, int times)
{
	long status = 0;

	while (times-- > 0 && !status)
		status = warpcore_stat_add(name, value);
	return finish(status);
}

static int read_file(const char *name, int protection)
{
	long long size = warpcore_size(name);
	char *buffer;
	long got;

	if (size < 0)
		return finish((long)size);
	buffer = mmap(NULL, (size_t)size + 1, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	got = warpcore_read(name, 0, buffer, (unsigned long)size + 1);
	if (got != size || fwrite(buffer, 1, (size_t)size, stdout) != (size_t)size)
		return finish(got < 0 ? got : -100);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "", *name = argc > 2 ? argv[2] : "";

	if (!strcmp(verb, "exit"))
		return finish(warpcore_exit((unsigned)atoi(name)));
	if (!strcmp(verb, "begin"))
		return finish(warpcore_begin(name));
	if (!strcmp(verb, "end"))
		return finish(warpcore_end(name));
	if (!strcmp(verb, "get"))
		return get(name);
	if (!strcmp(verb, "set") && argc == 4)
		return finish(warpcore_stat_set(name, atoll(argv[3])));
	if (!strcmp(verb, "add") && argc == 5)
		return add(name, atoll(argv[3]), atoi(argv[4]));
	if (!strcmp(verb, "cat"))
		return read_file(name, PROT_READ | PROT_WRITE);
	if (!strcmp(verb, "read-only"))
		return read_file(name, PROT_READ);
	fputs("usage: semihost exit|begin|end|get|set|add|cat|read-only NAME [VALUE [TIMES]]\n", stderr);
	return 2;
}
