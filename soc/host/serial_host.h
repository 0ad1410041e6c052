/*
 * The host's end of a UART (option serial): where its output goes beside the
 * text that scripts see, and where a user's keys come from.
 *
 *   stdio      standard output, and standard input where nothing else reads it
 *   file:NAME  output only
 *   pty        a pseudo terminal; its name is serial_host_name()
 *   tcp:PORT   one client at a time on 127.0.0.1
 *
 * A thread of its own reads and posts external inputs (sim/input/input.h).
 * A terminal or client that reads slowly holds the simulation up, not its
 * virtual time; output that nobody is there for is dropped. A file that takes no
 * more ends the run with MACHINE_ERROR.
 * A copy of the process writes nothing.
 */
#ifndef WARPCORE_HOST_SERIAL_HOST_H
#define WARPCORE_HOST_SERIAL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/machine/machine_state.h"
#include "sim/input/input.h"

struct serial_host;

/* NULL: no such kind, or it cannot be opened. `use_stdin`: stdio may read standard input. */
struct serial_host *serial_host_open(const char *spec, bool use_stdin, struct machine *machine, struct input_port *port,
				     struct err *err);
void serial_host_close(struct serial_host *host);
/* A byte that the guest sent. Driving thread. */
void serial_host_write(struct serial_host *host, uint8_t byte);
/* False: what was sent is not all out, and nobody has been told yet; err has name and reason. */
bool serial_host_finish(struct serial_host *host, struct err *err);
/* "/dev/pts/3", "127.0.0.1:4000", or "" for the other kinds. */
const char *serial_host_name(const struct serial_host *host);

#endif
