#include "sim/symbol/backtrace.h"

#include "sim/core/core.h"
#include "sim/symbol/frame_state.h"
#include "sim/debug/peek.h"
#include "sim/symbol/symbols.h"

/* Frames that lie below their callee's: a switch to another stack. With more of them a chain goes in a circle. */
#define STACK_SWITCHES 8

/* Linux for 32-bit PowerPC: a word on the stack tells an interrupt frame; registers lie behind it. */
#define LINUX_MARKER_OFFSET 8
#define LINUX_MARKER 0x52454753 /* "REGS" */
#define LINUX_NIP_OFFSET 144
#define LINUX_LINK_OFFSET 160

/* Where the walk stands: a return address and the frame of the function it returns to. */
struct walk {
	const struct core *core;
	const struct symbols *symbols;
	uint64_t pc, sp;
	unsigned switches;
};

/* A word of the stack is an address: the ABI's are 32 bits wide. */
static bool backtrace_walk_peek(const struct walk *walk, uint64_t ea, uint64_t *address)
{
	uint32_t word;

	if (!peek_u32(walk->core, ea, &word))
		return false;
	*address = word;
	return true;
}

/* Steps out of the innermost function, or of one that an interrupt came into. */
static bool backtrace_walk_from_registers(struct walk *walk, uint64_t pc, uint64_t sp, uint64_t lr)
{
	struct frame_state state = frame_state_at(walk->core, walk->symbols, pc);

	walk->sp = sp;
	walk->pc = lr;
	if (state.framed && !backtrace_walk_peek(walk, sp, &walk->sp))
		return false;
	return !state.saved || backtrace_walk_peek(walk, walk->sp + 4, &walk->pc);
}

static bool backtrace_walk_out(struct walk *walk)
{
	uint64_t caller;

	if (!backtrace_walk_peek(walk, walk->sp, &caller) || !caller || caller & 3)
		return false;
	if (caller <= walk->sp && ++walk->switches > STACK_SWITCHES)
		return false;
	walk->sp = caller;
	return backtrace_walk_peek(walk, caller + 4, &walk->pc);
}

static bool backtrace_walk_at_interrupt(const struct walk *walk)
{
	uint32_t marker;

	return peek_u32(walk->core, walk->sp + LINUX_MARKER_OFFSET, &marker) && marker == LINUX_MARKER;
}

static bool backtrace_walk_into_interrupted(struct walk *walk, struct backtrace_frame *frame)
{
	uint64_t nip, sp, link;

	if (!backtrace_walk_peek(walk, walk->sp, &sp) ||
	    !backtrace_walk_peek(walk, walk->sp + LINUX_NIP_OFFSET, &nip) ||
	    !backtrace_walk_peek(walk, walk->sp + LINUX_LINK_OFFSET, &link))
		return false;
	if (sp <= walk->sp && ++walk->switches > STACK_SWITCHES)
		return false;
	*frame = (struct backtrace_frame){ nip, sp, BACKTRACE_INTERRUPT };
	return backtrace_walk_from_registers(walk, nip, sp, link);
}

size_t backtrace_read(const struct core *core, const struct symbols *symbols, struct backtrace_frame *frames,
		      size_t room)
{
	struct walk walk = { .core = core, .symbols = symbols };
	size_t n = 0;
	bool more;

	if (!room)
		return 0;
	frames[n++] = (struct backtrace_frame){ core->pc, core_gpr(core, 1), BACKTRACE_HERE };
	more = backtrace_walk_from_registers(&walk, core->pc, core_gpr(core, 1), core->lr);
	while (more && walk.pc && n < room) {
		frames[n++] = (struct backtrace_frame){ walk.pc, walk.sp, BACKTRACE_CALL };
		if (!backtrace_walk_at_interrupt(&walk)) {
			more = backtrace_walk_out(&walk);
			continue;
		}
		if (n == room)
			break;
		more = backtrace_walk_into_interrupted(&walk, &frames[n]);
		n += more;
	}
	return n;
}

char *backtrace_format(const struct backtrace_frame *frame, const struct symbols *symbols, char *text, size_t size)
{
	uint64_t ea = frame->kind == BACKTRACE_CALL ? frame->pc - 4 : frame->pc;

	/* Where an address below 4 stands for a return address, its call is as wide as it. */
	return symbols_format(symbols, frame->pc <= UINT32_MAX ? (uint32_t)ea : ea, text, size);
}
