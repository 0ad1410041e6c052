/*
 * A pre-decoded instruction: what the decoder leaves for the engines.
 *
 * Operand fields by kind (the operand letters of the instruction table):
 *
 *   t     RT RS FRT FRS (also RS of `and RA,RS,RB`), BF (compare, mcrf, ...), BT
 *         (CR logical, mtfsb), TO, BO, CT, T (tlbilx), DUI (dnh)
 *   a     RA, FRA, BI, BA, BFA
 *   b     RB, FRB, SH, BB, BH
 *   c     RC (isel: BC), FRC, CR field of evsel
 *   imm   SI, UI, D (sign- or zero-extended as the form says, never shifted for
 *         addis/oris), LI and BD in bytes (sign-extended, times 4), MASK(MB,ME)
 *         of rlwinm/rlwimi/rlwnm, SPR/TBR/PMR number with its halves swapped
 *         back, FXM, FLM, U, MO, WC, LEV, E (wrteei), DUIS (dnh), OC (ehpriv),
 *         UIMM and SIMM of SPE (evaddiw, evslwi, evsplati), displacement of SPE
 *         memory forms in bytes
 *   flags Rc, OE, LK, AA, L (compare; EH of lwarx)
 */
#ifndef WARPCORE_ISA_OP_H
#define WARPCORE_ISA_OP_H

#include <stdint.h>

struct core;
struct op;

/* What one instruction did to the flow of its block. */
enum exec_result {
	EXEC_NEXT,  /* retired; the next op follows */
	EXEC_LEAVE, /* retired; core->pc is set: a branch, a change of context, a register access */
	EXEC_FAULT, /* not retired: an interrupt was taken, core->pc is its vector */
	EXEC_END,   /* the mark behind the last op of a block: nothing executed */
};

typedef enum exec_result exec_fn(struct core *core, const struct op *op);

enum op_flag {
	OP_RC = 1, /* record CR0 or CR1 */
	OP_OE = 2, /* record OV and SO */
	OP_LK = 4, /* branch and link */
	OP_AA = 8, /* absolute address */
	OP_L = 16, /* the form's L bit */
};

struct op {
	exec_fn *fn;    /* this instruction alone */
	exec_fn *chain; /* it and all that follow in the block (sim/exec/chain.h) */
	uint32_t word; /* the instruction as fetched */
	int32_t imm;
	uint16_t insn; /* enum isa_insn */
	uint8_t t, a, b, c;
	uint8_t flags; /* enum op_flag */
	uint8_t index; /* in its block: set by the block builder, 0 otherwise */
};

#endif
