/*
 * The guest's call chain, as the PowerPC ABI leaves it on the stack (System V ABI,
 * PowerPC supplement, chapter 3: the back chain at 0(r1), the return address in the
 * caller's frame at 4(r1)), through the interrupt frames of Linux as well.
 *
 * Where the innermost function stands in its prologue or epilogue decides whether
 * LR or the stack has its return address: with its symbol the code from its start on
 * tells, without one the code ahead is a good guess.
 */
#ifndef WARPCORE_SYMBOL_BACKTRACE_H
#define WARPCORE_SYMBOL_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

struct core;
struct symbols;

enum backtrace_kind {
	BACKTRACE_HERE,      /* pc is the next instruction */
	BACKTRACE_CALL,      /* pc is a return address: the call is the instruction before */
	BACKTRACE_INTERRUPT, /* pc is where an interrupt came in (Linux's frame) */
};

struct backtrace_frame {
	uint64_t pc;
	uint64_t sp; /* of the function's caller when its own frame is not made yet */
	enum backtrace_kind kind;
};

/* Innermost first, at most `room` frames; returns how many. `symbols` may be NULL. No side effects. */
size_t backtrace_read(const struct core *core, const struct symbols *symbols, struct backtrace_frame *frames,
		      size_t room);
/* "name+0x1c" of the frame (of the call, for a return address), or the address; returns `text`. */
char *backtrace_format(const struct backtrace_frame *frame, const struct symbols *symbols, char *text, size_t size);

#endif
