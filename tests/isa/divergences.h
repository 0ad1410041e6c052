/* Where objdump's reading of a word is not ours, one line each with the reason. */
#ifndef WARPCORE_TESTS_ISA_DIVERGENCES_H
#define WARPCORE_TESTS_ISA_DIVERGENCES_H

#include <stdbool.h>

#include "sim/isa/isa.h"

/* A row whose text differs: objdump's begins with `text`. */
struct divergence {
	enum isa_insn insn;
	const char *text;
	const char *reason;
	bool only_sometimes; /* depends on the operands */
};

static const struct divergence divergences[] = {
	{ ISA_bc, ".long", "each binutils dialect knows the branch hints of one architecture version", true },
	{ ISA_bclr, ".long", "the same", true },
	{ ISA_bcctr, ".long", "the same", true },
	{ ISA_mftb, ".long", "binutils has mftb for none of the two; U-Boot runs it on e500v2, EREF lists it", false },
	{ ISA_ehpriv, ".long", "binutils knows OC = 0 only; EREF has the field", true },
	{ ISA_ehpriv, "ehpriv", "and does not write it", true },
	{ ISA_dcbtep, "dcbtep r", "binutils writes TH as a register", false },
	{ ISA_dcbtstep, "dcbtstep r", "the same", false },
	{ ISA_dcbzlep, ".long", "unknown to binutils 2.40; EREF has it", false },
	{ ISA_tlbilx, "tlbilx", "binutils writes the extended mnemonics even with -Mraw", true },
};

/* Mnemonics that objdump reads for a core which does not have them. */
static const struct {
	const char *model; /* NULL: each */
	const char *mnemonics; /* with a blank around each */
	const char *reason;
} foreign[] = {
	{ "e500v2",
	  " evmwhgsmfaa evmwhgsmfan evmwhgsmiaa evmwhgsmian evmwhgssfaa evmwhgssfan evmwhgumiaa evmwhgumian"
	  " evmwhsmfaa evmwhsmfan evmwhsmiaa evmwhsmian evmwhssfaa evmwhssfan evmwhssian evmwhssmaa evmwhumiaa "
		"evmwhumian"
	  " evmwhusiaa evmwhusian evmwlsmf evmwlsmfa evmwlsmfaaw evmwlsmfanw evmwlssf evmwlssfa evmwlssfaaw "
		"evmwlssfanw ",
	  "not in SPEPIM or Power ISA 2.06; LLVM does not have them either" },
	{ "e500v2", " evfsmadd evfsmsub evfsnmadd evfsnmsub ", "SPE 2 of later cores" },
	{ NULL, " efdcfuid efdcfsid efdctuidz efdctsidz ", "64-bit integers: 64-bit cores" },
	{ "e500v2", " dcbtlse dcbtstlse dcblce icbtlse icblce ", "Book E 64-bit addressing" },
	{ "e500v2", " evlddepx evstddepx ", "external PID came with e500mc, which has no SPE" },
	{ "e500v2",
	  " fsqrt fsqrts fsqrt. fsqrts. fres fres. frsqrte frsqrte. mcrfs mtfsb0 mtfsb0. mtfsb1 mtfsb1."
	  " mtfsfi mtfsfi. ",
	  "e500v2 has no FPRs; binutils masks only some of FP" },
	{ "e500mc", " fsqrt fsqrts fsqrt. fsqrts. ", "e500mc has estimates only (E500MCRM, floating-point model)" },
	{ "e500mc", " ldepx stdepx lddx stddx ", "64-bit cores" },
	{ "e500mc", " eciwx ecowx tlbie tlbia ", "server family" },
	{ NULL, " mfdcr mtdcr mfdcrx mtdcrx mfapidi tlbsx. tlbli ", "other embedded families (4xx, 603)" },
};

#endif
