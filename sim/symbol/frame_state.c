#include "sim/symbol/frame_state.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/bits.h"
#include "sim/base/endian.h"
#include "sim/core/core.h"
#include "sim/debug/peek.h"
#include "sim/symbol/symbols.h"

/* Instructions looked at. */
#define FRAME_MOST 16384

/* What is known of an instruction: 0, or FRAME_KNOWN and what has been done before it. */
enum frame_bit {
	FRAME_KNOWN = 1,
	FRAME_MADE = 2,     /* stwu r1 */
	FRAME_SAVED = 4,    /* LR into the caller's frame */
	FRAME_LR_IN_R0 = 8, /* mflr r0: so that a store of r0 saves it */
};

enum frame_step { STEP_OTHER, STEP_FRAME, STEP_UNFRAME, STEP_FETCH_LR, STEP_SAVE, STEP_RESTORE, STEP_RETURN };

/*
 * What an instruction does to the frame: the forms that prologues and epilogues take, with r0 for LR and
 * with a frame pointer or a copy of the old r1 (r11, r12) where compilers use one.
 */
static enum frame_step frame_step(uint32_t word)
{
	unsigned rs = word >> 21 & 31;

	if ((word & 0xffff8000) == 0x94218000 || (word & 0xffff07ff) == 0x7c21016e) /* stwu r1,-n(r1); stwux r1,r1,rB */
		return STEP_FRAME;
	if ((word & 0xffe08000) == 0x38200000 || word == 0x80210000) /* addi r1,rA,n; lwz r1,0(r1) */
		return STEP_UNFRAME;
	if ((word & 0xfc1f07ff) == 0x7c010378 && rs == (word >> 11 & 31)) /* mr r1,rS */
		return STEP_UNFRAME;
	if ((word & 0xffff8000) == 0x90010000 || (word & 0xffe0ffff) == 0x90000004) /* stw r0,n(r1); stw r0,4(rA) */
		return STEP_SAVE;
	if (word == 0x7c0802a6) /* mflr r0 */
		return STEP_FETCH_LR;
	if (word == 0x7c0803a6) /* mtlr r0 */
		return STEP_RESTORE;
	return word == 0x4e800020 || word == 0x4e800420 ? STEP_RETURN : STEP_OTHER; /* blr; bctr */
}

static uint8_t frame_after(uint8_t before, enum frame_step step)
{
	switch (step) {
	case STEP_FRAME:
		return before | FRAME_MADE;
	case STEP_UNFRAME:
		return before & (uint8_t)~FRAME_MADE;
	case STEP_FETCH_LR:
		return before | FRAME_LR_IN_R0;
	case STEP_SAVE:
		return before & FRAME_LR_IN_R0 ? before | FRAME_SAVED : before;
	case STEP_RESTORE:
		return before & (uint8_t)~FRAME_SAVED;
	default:
		return before;
	}
}

/* A function's code and what is known of each instruction. */
struct frame_code {
	uint64_t start;
	uint32_t words;
	uint8_t *bytes; /* the code */
	uint8_t *known;
};

/* First knowledge wins: in compiled code all ways to an instruction agree. True: it is new. */
static bool frame_learn(struct frame_code *code, uint64_t ea, uint8_t state)
{
	uint64_t at = (ea - code->start) / 4;

	if (at >= code->words || code->known[at])
		return false;
	code->known[at] = state;
	return true;
}

/* b and bc without LK stay in the function or leave it: a tail call lands nowhere here. */
static bool frame_follow(struct frame_code *code, uint32_t at)
{
	uint64_t ea = code->start + 4 * (uint64_t)at;
	uint32_t word = be32_load(code->bytes + 4 * (size_t)at);
	uint8_t after = frame_after(code->known[at], frame_step(word));
	bool learned = false;

	if ((word & 0xfc000003) == 0x48000000) /* b */
		return frame_learn(code, ea + (uint64_t)bits_sign_extend(word & 0x03fffffc, 26), after);
	if ((word & 0xfc000003) == 0x40000000) /* bc */
		learned = frame_learn(code, ea + (uint64_t)bits_sign_extend(word & 0xfffc, 16), after);
	return (frame_step(word) != STEP_RETURN && frame_learn(code, ea + 4, after)) || learned;
}

static void frame_follow_all(struct frame_code *code)
{
	bool learned;

	do {
		learned = false;
		for (uint32_t at = 0; at < code->words; at++)
			if (code->known[at])
				learned |= frame_follow(code, at);
	} while (learned);
}

/* Code that only a computed branch reaches (the cases of a switch) lies in the body, where all has been done. */
static void frame_assume_body(struct frame_code *code, uint32_t at)
{
	uint8_t body = FRAME_KNOWN;

	for (uint32_t i = 0; i < code->words; i++)
		body |= code->known[i];
	while (at && !code->known[at - 1])
		at--;
	code->known[at] = body;
	frame_follow_all(code);
}

/* The ABI's routine that an epilogue jumps to (_restgpr_31_x): the frame is still there when it begins. */
static uint8_t frame_on_entry(const char *name)
{
	bool epilogue = !strncmp(name, "_restgpr_", 9) || !strncmp(name, "_rest32gpr_", 11);

	return epilogue ? FRAME_KNOWN | FRAME_MADE | FRAME_SAVED : FRAME_KNOWN;
}

static uint8_t frame_from_start(const struct core *core, const struct symbol *symbol, uint64_t pc)
{
	uint64_t at = (pc - symbol->address) / 4, words = symbol->size / 4 > at ? symbol->size / 4 : at + 1;
	struct frame_code code = {
		.start = symbol->address, .words = words < FRAME_MOST ? (uint32_t)words : FRAME_MOST,
	};
	uint8_t state = FRAME_KNOWN;

	code.bytes = allocate_bytes(4 * (size_t)code.words);
	code.known = allocate_zeroed(code.words, 1);
	if (at < code.words && peek_bytes(core, code.start, code.bytes, 4 * (size_t)code.words)) {
		code.known[0] = frame_on_entry(symbol->name);
		frame_follow_all(&code);
		if (!code.known[at])
			frame_assume_body(&code, (uint32_t)at);
		state = code.known[at];
	}
	free(code.bytes);
	free(code.known);
	return state;
}

/* Without a start: what is still to be undone before the return must have been done. */
static uint8_t frame_from_end(const struct core *core, uint64_t pc)
{
	uint8_t state = FRAME_KNOWN;
	uint32_t word;

	for (unsigned n = 0; n < FRAME_MOST && peek_u32(core, pc + 4 * n, &word); n++) {
		enum frame_step step = frame_step(word);

		if (step == STEP_RETURN || step == STEP_FRAME)
			break;
		if (step == STEP_UNFRAME)
			state |= FRAME_MADE;
		if (step == STEP_RESTORE)
			state |= FRAME_SAVED;
	}
	return state;
}

struct frame_state frame_state_at(const struct core *core, const struct symbols *symbols, uint64_t pc)
{
	uint64_t offset;
	const struct symbol *symbol = symbols ? symbols_at(symbols, pc, &offset) : NULL;
	uint8_t state;

	if (symbol && symbol->kind == SYMBOL_FUNCTION && offset / 4 < FRAME_MOST)
		state = frame_from_start(core, symbol, pc);
	else
		state = frame_from_end(core, pc);
	return (struct frame_state){ state & FRAME_MADE, state & FRAME_SAVED };
}
