#include "tests/isa/objdump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/endian.h"

#define PROGRAM "powerpc-linux-gnu-objdump"

bool objdump_exists(void)
{
	return system(PROGRAM " --version >/dev/null 2>&1") == 0;
}

static bool write_words(int fd, const uint32_t *words, unsigned n)
{
	FILE *file = fdopen(fd, "wb");
	bool good = file;

	for (unsigned i = 0; good && i < n; i++) {
		uint8_t bytes[4];

		be32_store(bytes, words[i]);
		good = fwrite(bytes, 4, 1, file) == 1;
	}
	return file && !fclose(file) && good;
}

/* "   8:\t7c 00 04 ac \tmsync   " to its address and text. */
static bool parse_line(char *line, unsigned *address, char *text)
{
	char *end, *field = strchr(line, '\t');
	size_t length = 0;

	*address = (unsigned)strtoul(line, &end, 16);
	if (end == line || *end != ':' || !field || !(field = strchr(field + 1, '\t')))
		return false;
	for (field++; *field && *field != '\n' && length < OBJDUMP_TEXT - 1; field++) {
		if (*field == '\t')
			*field = ' ';
		if (*field != ' ' || (length && text[length - 1] != ' '))
			text[length++] = *field;
	}
	while (length && text[length - 1] == ' ')
		length--;
	text[length] = 0;
	return true;
}

static unsigned read_texts(FILE *pipe, unsigned n, char (*texts)[OBJDUMP_TEXT])
{
	char line[512], text[OBJDUMP_TEXT];
	unsigned address, found = 0;

	while (fgets(line, sizeof(line), pipe)) {
		if (parse_line(line, &address, text) && address / 4 < n) {
			strcpy(texts[address / 4], text);
			found++;
		}
	}
	return found;
}

bool objdump_read(const uint32_t *words, unsigned n, const char *options, char (*texts)[OBJDUMP_TEXT])
{
	char path[] = "/tmp/warpcore-objdump-XXXXXX", command[256];
	int fd = mkstemp(path);
	bool good = fd >= 0 && write_words(fd, words, n);
	FILE *pipe;

	snprintf(command, sizeof(command), PROGRAM " -z -D -b binary -EB -m powerpc:common -M %s %s", options, path);
	pipe = good ? popen(command, "r") : NULL;
	good = pipe && read_texts(pipe, n, texts) == n;
	if (pipe && pclose(pipe))
		good = false;
	if (fd >= 0)
		unlink(path);
	return good;
}
