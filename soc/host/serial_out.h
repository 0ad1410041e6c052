/*
 * Where the output of a guest's console goes: a file, or a terminal or client
 * that may be slow. Nothing is lost without a word: a file that takes no more
 * ends the run with an error; who reads slowly holds the simulation, not the
 * virtual time, up. What nobody is there to read is dropped.
 *
 * Threads: serial_out_write from those of the run, the others from any.
 */
#ifndef WARPCORE_HOST_SERIAL_OUT_H
#define WARPCORE_HOST_SERIAL_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/err.h"
#include "sim/machine/machine_state.h"

struct serial_out;

/* `name`: for errors, "serial.log" or "standard output". It is copied. */
struct serial_out *serial_out_create(struct machine *machine, const char *name);
void serial_out_destroy(struct serial_out *out);

/* Lines go out when they are complete; with `each_byte`, bytes at once. The file stays the caller's. */
void serial_out_set_file(struct serial_out *out, FILE *file, bool each_byte);
/* A descriptor that does not block, or -1. `present`: somebody reads there. The descriptor stays the caller's. */
void serial_out_set_reader(struct serial_out *out, int fd, bool present);

/* True: bytes wait for the reader, and somebody should call serial_out_drain when it takes more. */
bool serial_out_write(struct serial_out *out, uint8_t byte);
/* The descriptor for which bytes wait, or -1. */
int serial_out_waiting(struct serial_out *out);
void serial_out_drain(struct serial_out *out);

/* Waits, for a while, until all is out. False: it is not, and nobody has been told yet; err has name and reason. */
bool serial_out_finish(struct serial_out *out, struct err *err);

#endif
