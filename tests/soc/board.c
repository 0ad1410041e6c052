#include "tests/soc/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soc/host/disk.h"

static void board_sent(void *opaque, struct serial_port *port, uint8_t byte, int64_t when)
{
	struct board *board = opaque;

	if (board->nsent + 1 < sizeof board->sent)
		board->sent[board->nsent++] = (char)byte;
	board->sent_at = when;
}

static struct soc *board_build(struct machine *machine, const struct soc_options *options, struct err *err)
{
	struct soc_options with_disks = *options;

	with_disks.open_disk = disk_open;
	return soc_build(machine, &with_disks, err);
}

void board_open(struct board *board, const struct soc_options *options)
{
	struct err err = { "" };

	memset(board, 0, sizeof *board);
	board->machine = machine_create();
	board->soc = board_build(board->machine, options, &err);
	if (!board->soc)
		fail_msg("%s", err.text);
	if (soc_serials(board->soc))
		serial_port_listen(soc_serial(board->soc, 0), board_sent, board);
}

void board_open_ppce500(struct board *board, unsigned cores)
{
	struct soc_options options = { .board = PPCE500, .cores = cores };

	board_open(board, &options);
}

static const char *board_file(const char *source, bool changed)
{
	static char path[256];
	char here[128];
	FILE *file;

	assert_non_null(getcwd(here, sizeof here));
	snprintf(path, sizeof path, "/tmp/warpcore-test-board-%ld.dts", (long)getpid());
	file = fopen(path, "w");
	assert_non_null(file);
	if (changed)
		fprintf(file, "/include/ \"%s/%s\"\n", here, PPCE500);
	fputs(source, file);
	fclose(file);
	return path;
}

void board_open_changed_with(struct board *board, const char *source, struct soc_options options)
{
	options.board = board_file(source, true);
	board_open(board, &options);
	unlink(options.board);
}

void board_open_changed(struct board *board, const char *source)
{
	board_open_changed_with(board, source, (struct soc_options){ 0 });
}

void board_close(struct board *board)
{
	machine_destroy(board->machine);
}

const char *board_refuses_options(const struct soc_options *options)
{
	static struct err err;
	struct machine *machine = machine_create();

	struct soc_options strict = *options;

	err.text[0] = 0;
	strict.strict = true;
	if (board_build(machine, &strict, &err))
		fail_msg("%s was taken", options->board);
	machine_destroy(machine);
	if (strchr(err.text, '\n'))
		fail_msg("more than one line: %s", err.text);
	return err.text;
}

const char *board_refuses(const char *source)
{
	struct soc_options options = { .board = board_file(source, !strstr(source, "/dts-v1/")) };
	const char *text = board_refuses_options(&options);
	size_t length = strlen(options.board);

	unlink(options.board);
	if (strncmp(text, options.board, length) || strncmp(text + length, ": ", 2))
		fail_msg("does not name the file: %s", text);
	return text + length + 2;
}

uint64_t board_read(struct board *board, int core, uint64_t pa, unsigned size)
{
	struct bus_access access = { core, machine_now(board->machine) };
	uint64_t value = 0;

	assert_int_equal(bus_read(board->machine->bus, &access, pa, size, &value), BUS_OK);
	return value;
}

void board_write(struct board *board, int core, uint64_t pa, unsigned size, uint64_t value)
{
	struct bus_access access = { core, machine_now(board->machine) };

	assert_int_equal(bus_write(board->machine->bus, &access, pa, size, value), BUS_OK);
}

void board_pass(struct board *board, int64_t ns)
{
	int64_t until = machine_now(board->machine) + ns;
	int64_t deadline;

	while ((deadline = clock_deadline(board->machine->clock)) <= until)
		clock_advance(board->machine->clock, deadline);
	clock_advance(board->machine->clock, until);
}

bool board_pending(const struct board *board, unsigned core, enum core_cause cause)
{
	return atomic_load(&board->machine->cores[core]->pending) & cause;
}

enum machine_reason board_ends(struct board *board)
{
	struct machine_limits limits = { .until = machine_now(board->machine) + 1 };
	struct machine_event event;

	machine_run(board->machine, &limits, &event);
	return event.reason;
}
