#include "sim/input/input_log.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

#define INPUT_LOG_MAGIC "warpcore-input-log 1"

void input_log_free(struct input_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		free(log->entries[i].port);
		free(log->entries[i].bytes);
	}
	for (size_t i = 0; i < log->nfiles; i++)
		free(log->files[i].port);
	free(log->entries);
	free(log->files);
	free(log->version);
	free(log->board);
	free(log->options);
	*log = (struct input_log){ 0 };
}

void input_log_write_head(FILE *file, const struct input_manifest *manifest)
{
	fprintf(file, "%s\nversion %s\nboard %s\noptions %s\n", INPUT_LOG_MAGIC, manifest->version, manifest->board,
		manifest->options);
}

static void input_log_write_quoted(FILE *file, const void *data, size_t count)
{
	const uint8_t *bytes = data;

	fputc('"', file);
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] < 0x20 || bytes[i] > 0x7e || bytes[i] == '"' || bytes[i] == '\\')
			fprintf(file, "\\x%02x", bytes[i]);
		else
			fputc(bytes[i], file);
	}
	fputc('"', file);
}

void input_log_write(FILE *file, const struct input_entry *entry)
{
	fprintf(file, "%" PRId64 " %" PRId64 " ", entry->now, entry->insns);
	if (entry->kind == INPUT_BYTES) {
		fputs("input ", file);
		input_log_write_quoted(file, entry->port, strlen(entry->port));
		fputc(' ', file);
		input_log_write_quoted(file, entry->bytes, entry->count);
	} else if (entry->kind == INPUT_FILE) {
		fputs("file ", file);
		input_log_write_quoted(file, entry->port, strlen(entry->port));
		fprintf(file, " %s", entry->digest);
	} else {
		fprintf(file, "%s %s", entry->kind == INPUT_DIGEST ? "digest" : "end", entry->digest);
	}
	fputc('\n', file);
}

/* Takes `word` and a blank off the front of *text. */
static bool input_log_take_word(char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) || (*text)[length] != ' ')
		return false;
	*text += length + 1;
	return true;
}

/* A decimal number 0..2^63-1 and a blank. */
static bool input_log_take_number(char **text, int64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*number = strtoll(*text, &end, 10);
	if (errno || *end != ' ')
		return false;
	*text = end + 1;
	return true;
}

static int input_log_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte inside quotes. */
static bool input_log_take_byte(char **text, uint8_t *byte)
{
	char *t = *text;

	if (*t < 0x20 || *t > 0x7e)
		return false;
	if (*t != '\\') {
		*byte = (uint8_t)*t;
		*text = t + 1;
		return true;
	}
	if (t[1] != 'x' || input_log_hex(t[2]) < 0 || input_log_hex(t[3]) < 0)
		return false;
	*byte = (uint8_t)(input_log_hex(t[2]) << 4 | input_log_hex(t[3]));
	*text = t + 4;
	return true;
}

/* A quoted string; a NUL is put behind its bytes, which the caller frees. */
static uint8_t *input_log_take_quoted(char **text, size_t *count)
{
	uint8_t *bytes;

	if (*(*text)++ != '"')
		return NULL;
	bytes = allocate_bytes(strlen(*text) + 1);
	*count = 0;
	while (**text != '"') {
		if (!input_log_take_byte(text, &bytes[*count])) {
			free(bytes);
			return NULL;
		}
		++*count;
	}
	++*text;
	bytes[*count] = 0;
	return bytes;
}

static bool input_log_parse_bytes(struct input_entry *entry, char *text)
{
	size_t length;

	entry->kind = INPUT_BYTES;
	entry->port = (char *)input_log_take_quoted(&text, &length);
	if (!entry->port || strlen(entry->port) != length || *text++ != ' ')
		return false;
	entry->bytes = input_log_take_quoted(&text, &entry->count);
	return entry->bytes && !*text;
}

static bool input_log_parse_digest(struct input_entry *entry, const char *text, size_t digits)
{
	if (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)
		return false;
	memcpy(entry->digest, text, digits + 1);
	return true;
}

static bool input_log_parse_file(struct input_entry *entry, char *text)
{
	size_t length;

	entry->kind = INPUT_FILE;
	entry->port = (char *)input_log_take_quoted(&text, &length);
	if (!entry->port || strlen(entry->port) != length || *text++ != ' ')
		return false;
	if (strcmp(text, "none"))
		return input_log_parse_digest(entry, text, 64);
	strcpy(entry->digest, "none");
	return true;
}

static bool input_log_parse_entry(struct input_entry *entry, char *text)
{
	if (!input_log_take_number(&text, &entry->now) || !input_log_take_number(&text, &entry->insns))
		return false;
	if (input_log_take_word(&text, "input"))
		return input_log_parse_bytes(entry, text);
	if (input_log_take_word(&text, "file"))
		return input_log_parse_file(entry, text);
	if (input_log_take_word(&text, "digest"))
		entry->kind = INPUT_DIGEST;
	else if (input_log_take_word(&text, "end"))
		entry->kind = INPUT_END;
	else
		return false;
	return input_log_parse_digest(entry, text, 32);
}

/* The last entry is a file, which is looked up by its name and not by its time. */
static void input_log_move_file(struct input_log *log)
{
	log->files = allocate_again(log->files, (log->nfiles + 1) * sizeof *log->files);
	log->files[log->nfiles++] = log->entries[--log->count];
}

static bool input_log_add(struct input_log *log, unsigned line, char *text, struct err *err)
{
	struct input_entry *entry, *last = log->count ? &log->entries[log->count - 1] : NULL;

	if (last && last->kind == INPUT_END)
		return err_set(err, "nothing may follow the end");
	if (log->count == log->room) {
		log->room = log->room ? 2 * log->room : 64;
		log->entries = allocate_again(log->entries, log->room * sizeof *log->entries);
		last = log->count ? &log->entries[log->count - 1] : NULL;
	}
	entry = &log->entries[log->count++];
	*entry = (struct input_entry){ .line = line };
	if (!input_log_parse_entry(entry, text))
		return err_set(err, "not an entry (time, instructions, then input, file, digest or end)");
	if (last && (entry->now < last->now || entry->insns < last->insns))
		return err_set(err, "earlier than the entry before it");
	if (entry->kind == INPUT_FILE)
		input_log_move_file(log);
	return true;
}

static bool input_log_head(char **field, char *text, const char *word, struct err *err)
{
	if (!input_log_take_word(&text, word))
		return err_set(err, "no \"%s\"", word);
	*field = allocate_text(text);
	return true;
}

static bool input_log_line(struct input_log *log, unsigned line, char *text, struct err *err)
{
	switch (line) {
	case 1: return !strcmp(text, INPUT_LOG_MAGIC) ? true : err_set(err, "not an input log of this kind");
	case 2: return input_log_head(&log->version, text, "version", err);
	case 3: return input_log_head(&log->board, text, "board", err);
	case 4: return input_log_head(&log->options, text, "options", err);
	default: return input_log_add(log, line, text, err);
	}
}

static bool input_log_read_lines(struct input_log *log, FILE *file, const char *path, struct err *err)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	unsigned line = 0;
	bool good = true;

	while (good && (length = getline(&text, &room, file)) > 0) {
		line++;
		good = text[length - 1] == '\n' || err_set(err, "the file is cut off here");
		text[length - 1] = 0;
		if (good && strlen(text) != (size_t)length - 1)
			good = err_set(err, "a NUL in a text file");
		good = good && input_log_line(log, line, text, err);
	}
	if (good && !feof(file))
		good = err_set(err, "%s", strerror(errno));
	free(text);
	if (good && line < 4)
		good = err_set(err, "the file ends within its head");
	return good || err_prefix(err, "%s:%u", path, line);
}

bool input_log_read(struct input_log *log, const char *path, struct err *err)
{
	FILE *file = fopen(path, "r");
	bool good;

	*log = (struct input_log){ 0 };
	if (!file)
		return err_set(err, "%s: cannot be read: %s", path, strerror(errno));
	good = input_log_read_lines(log, file, path, err);
	fclose(file);
	if (!good)
		input_log_free(log);
	return good;
}
