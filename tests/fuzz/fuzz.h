/*
 * What the fuzz targets share. A target is a program fuzz_NAME.c with LLVMFuzzerTestOneInput; `make fuzz T=NAME` runs
 * it. Each looks for more than crashes where it can: a digest that must not depend on how a run was cut, an error that
 * must be one line.
 */
#ifndef WARPCORE_FUZZ_FUZZ_H
#define WARPCORE_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/machine/machine.h"
#include "soc/soc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((noreturn)) void fuzz_fail(const char *why);
/* What must hold whatever the input is. */
#define FUZZ_MUST(condition) ((condition) ? (void)0 : fuzz_fail(#condition))
/* A refusal must be one line that begins with the name of the file. */
void fuzz_check_refusal(const struct err *err, const char *file);

/* A file in memory with these bytes: a name under /proc/self/fd, good until it is filled again; number < 4. */
const char *fuzz_file(unsigned number, const void *data, size_t size);

/* dts/ppce500.dts with `more` behind it, compiled once: the name of its blob. */
const char *fuzz_board(const char *more);

/* The machine of the options, or NULL when they are refused, in one line: else the target fails. */
struct machine *fuzz_machine(const struct soc_options *options, struct soc **soc);

/* Runs it for so many instructions, or a millisecond, whichever ends first. */
void fuzz_run(struct machine *machine, int64_t insns);
/* No core runs: virtual time moves by `ns`, what is due fires. */
void fuzz_pass(struct machine *machine, int64_t ns);
/* An ELF kernel that counts, loads and stores for ever: number 3 of the files. */
const char *fuzz_kernel(void);

/* The input, taken from its front; zeroes when it is used up. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};
uint32_t fuzz_take(struct fuzz_input *input, unsigned bytes); /* 1 to 4, big-endian */

#endif
